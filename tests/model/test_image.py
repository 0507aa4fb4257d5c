"""Stage 1: what is decoded, how upright, how large, and what is refused."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from model.errors import ImageTooLarge, ImageTooSmall, NotAnImage, UnreadableImage
from model.pipeline.image import DEFAULT, decode
from tests.model.pictures import as_phones_store, encode, page, png_header

PAGE = page(size=(240, 160))


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF", "WEBP", "GIF", "JPEG"])
def test_every_format_gives_the_same_picture(kind: str) -> None:
    options = {"lossless": True} if kind == "WEBP" else {"quality": 95} if kind == "JPEG" else {}
    picture = decode(encode(PAGE, kind, **options))
    assert picture.original == (240, 160)
    assert np.abs(picture.pixels.astype(int) - PAGE).mean() < 2


def test_a_jpeg_with_more_pictures_behind_it_is_decoded_as_one() -> None:
    image = Image.fromarray(page(size=(1200, 900)))
    burst = encode(image, "MPO", save_all=True, append_images=[Image.new("RGB", (8, 8))])
    assert np.array_equal(decode(burst, 320).pixels, decode(encode(image, "JPEG"), 320).pixels)


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA", "CMYK", "I;16"])
def test_every_mode_keeps_ink_dark_on_light(mode: str) -> None:
    grey = Image.fromarray(PAGE).convert("L")
    if mode == "I;16":
        image = Image.fromarray(np.asarray(grey, np.uint16) * 200)
    else:
        image = Image.fromarray(PAGE).convert(mode, dither=Image.Dither.NONE)
    picture = decode(encode(image, "TIFF" if mode == "CMYK" else "PNG"))
    assert picture.pixels.shape == (160, 240, 3)
    assert picture.pixels[5, 5].mean() > 200
    assert picture.pixels.min() < 80


def test_sixteen_bit_colour_png_is_read() -> None:
    ok, data = cv2.imencode(".png", PAGE.astype(np.uint16) * 257)
    assert ok
    assert np.abs(decode(data.tobytes()).pixels[..., ::-1].astype(int) - PAGE).mean() < 2


@pytest.mark.parametrize(("ink", "ground_is_bright"), [(255, False), (0, True), (200, False)])
def test_ink_on_nothing_gets_a_ground_it_stands_out_from(ink: int, ground_is_bright: bool) -> None:
    rgba = np.zeros((100, 100, 4), np.uint8)
    rgba[30:70, 45:55] = (ink, ink, ink, 255)
    pixels = decode(encode(rgba)).pixels.astype(int)
    assert bool(pixels[5, 5].mean() > 127) is ground_is_bright
    assert abs(pixels[50, 50].mean() - pixels[5, 5].mean()) > 100


def test_paper_with_a_transparent_margin_is_continued() -> None:
    rgba = np.dstack([PAGE, np.full(PAGE.shape[:2], 255, np.uint8)])
    rgba[:, :40] = 0
    pixels = decode(encode(rgba)).pixels.astype(int)
    assert np.abs(pixels[80, 10] - pixels[5, 200]).max() < 10


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_undone(orientation: int) -> None:
    picture = decode(as_phones_store(PAGE, orientation))
    assert picture.original == (240, 160)
    assert np.abs(picture.pixels.astype(int) - PAGE).mean() < 3


def test_a_broken_exif_block_costs_only_the_orientation() -> None:
    data = encode(PAGE, "JPEG", exif=b"Exif\x00\x00MM\x00*\x00\x00\xff\xff broken")
    assert decode(data).original == (240, 160)


@pytest.mark.parametrize("kind", ["GIF", "WEBP"])
def test_the_first_frame_of_an_animation_counts(kind: str) -> None:
    first, second = Image.fromarray(PAGE), Image.new("RGB", (240, 160), "red")
    options = {"lossless": True} if kind == "WEBP" else {}
    data = encode(first, kind, save_all=True, append_images=[second], duration=100, **options)
    assert np.abs(decode(data).pixels.astype(int) - PAGE).mean() < 2


@pytest.mark.parametrize(("kind", "w", "h"), [("JPEG", 2600, 1950), ("PNG", 1500, 900)])
def test_large_images_are_reduced_and_know_their_scale(kind: str, w: int, h: int) -> None:
    picture = decode(encode(page(size=(w, h)), kind))
    assert max(picture.pixels.shape[:2]) == DEFAULT.side
    assert picture.original == (w, h)
    assert picture.scale == pytest.approx(w / DEFAULT.side)


def test_colours_are_decoded_once() -> None:
    picture = decode(encode(PAGE, "JPEG"))
    assert picture.pixels is picture.pixels


def test_sixty_megapixels_are_refused_before_they_are_decoded() -> None:
    data = png_header(10_000, 6_000)
    assert len(data) < 5_000
    with pytest.raises(ImageTooLarge, match="50 megapixels"):
        decode(data)


def test_a_bomb_beyond_pillows_own_limit_is_refused_the_same_way() -> None:
    for side in (10_000, 30_000):
        with pytest.raises(ImageTooLarge, match="50 megapixels"):
            decode(png_header(side, side))


@pytest.mark.parametrize("size", [(7, 100), (100, 7), (1, 1)])
def test_a_side_under_eight_pixels_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(ImageTooSmall, match="at least 8"):
        decode(encode(Image.new("L", size)))


@pytest.mark.parametrize("size", [(8, 641), (5000, 62), (6_250_000, 8)])
def test_a_strip_with_nothing_left_of_it_at_working_size_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(ImageTooSmall, match="too narrow"):
        decode(encode(Image.new("L", size)))


def test_a_narrow_strip_is_read() -> None:
    assert decode(encode(Image.new("L", (640, 8)))).grey.shape == (8, 640)


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "CMYK", "I;16", "1"])
def test_many_pixels_are_the_same_picture_with_fewer_of_them(mode: str) -> None:
    large = Image.fromarray(page(size=(4800, 3600)))
    if mode == "I;16":
        large = Image.fromarray(np.asarray(large.convert("L"), np.uint16) * 200)
    else:
        large = large.convert(mode, dither=Image.Dither.NONE)
    picture = decode(encode(large, "TIFF" if mode == "CMYK" else "PNG"))
    assert picture.original == (4800, 3600)
    assert picture.grey.shape == (480, 640)
    grey = np.asarray(large, np.float32) if mode == "I;16" else np.asarray(large.convert("L"))
    small = cv2.resize(grey, (640, 480), interpolation=cv2.INTER_AREA)
    if mode == "I;16":  # whatever range it uses becomes 0 to 255
        small = (small - small.min()) * (255 / np.ptp(small))
    assert np.abs(picture.grey.astype(int) - small).mean() < 3


def test_what_follows_a_jpeg_is_of_no_account() -> None:
    file = encode(PAGE, "JPEG")  # as phones append a video, in which there is everything
    video = b"\xff\xd8\xff\xda\x00\x02" * 3000
    assert np.array_equal(decode(file + video).grey, decode(file).grey)


def test_a_jpeg_of_more_scans_than_anybody_needs_is_refused() -> None:
    file = encode(PAGE, "JPEG", progressive=True)
    last, end = file.rfind(b"\xff\xda"), file.rfind(b"\xff\xd9")
    assert decode(file).grey.shape == (160, 240)
    with pytest.raises(NotAnImage, match="more parts"):
        decode(file[:end] + file[last:end] * 40 + file[end:])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"%PDF-1.7",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        encode(PAGE)[:-200],
        encode(PAGE, "JPEG")[:900],
    ],
    ids=["empty", "text", "pdf", "svg", "cut png", "cut jpeg"],
)
def test_what_is_no_whole_image_is_refused(data: bytes) -> None:
    with pytest.raises(NotAnImage) as caught:
        decode(data)
    assert str(caught.value).endswith(".")


@given(st.binary(max_size=400))
def test_random_bytes_raise_nothing_else(data: bytes) -> None:
    with pytest.raises(UnreadableImage):
        decode(data)


@given(st.data())
def test_mutated_files_are_read_or_refused(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(["PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF"]))
    file = bytearray(encode(page(size=(64, 48)), kind))
    for _ in range(data.draw(st.integers(1, 12))):
        file[data.draw(st.integers(0, len(file) - 1))] = data.draw(st.integers(0, 255))
    try:
        assert decode(bytes(file)).pixels.ndim == 3
    except UnreadableImage as error:
        assert str(error)
