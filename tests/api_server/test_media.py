"""What becomes of files on their way through the server."""

import io

import pytest
from PIL import Image

from bot.api_server import ApiError, BotApiServer, ChatWindow, Message
from tests.api_server.conftest import RawCall
from tests.api_server.images import picture


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def sizes(message: Message) -> list[tuple[int, int]]:
    assert message.media is not None
    return [(size["width"], size["height"]) for size in message.media.body]


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((2560, 1920), [(90, 68), (320, 240), (800, 600), (1280, 960)]),
        ((960, 1280), [(68, 90), (240, 320), (600, 800), (960, 1280)]),
        ((500, 100), [(90, 18), (320, 64), (500, 100)]),
        ((28, 28), [(28, 28)]),
        ((90, 90), [(90, 90)]),
    ],
)
async def test_photos_come_in_sizes_the_largest_last(
    chat: ChatWindow, size: tuple[int, int], expected: list[tuple[int, int]]
) -> None:
    sent = await chat.send_photo(picture(size))
    assert sizes(sent) == expected
    with opened(chat.download(sent)) as image:
        assert (image.format, image.size) == ("JPEG", expected[-1])


async def test_photos_are_turned_upright_and_lose_their_metadata(chat: ChatWindow) -> None:
    buffer = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    Image.new("RGB", (200, 100)).save(buffer, "JPEG", exif=exif)
    sent = await chat.send_photo(buffer.getvalue())
    assert sizes(sent)[-1] == (100, 200)
    with opened(chat.download(sent)) as image:
        assert not image.getexif()


async def test_transparency_becomes_white(chat: ChatWindow) -> None:
    sent = await chat.send_photo(picture(mode="RGBA", colour="#00000000"))
    with opened(chat.download(sent)) as image:
        assert image.getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"no picture", "IMAGE_PROCESS_FAILED"),
        (picture()[:60], "IMAGE_PROCESS_FAILED"),
        (picture((420, 20)), "PHOTO_INVALID_DIMENSIONS"),
        (picture((9000, 1001), mode="1", colour="black"), "PHOTO_INVALID_DIMENSIONS"),
    ],
)
async def test_what_is_no_photo(chat: ChatWindow, data: bytes, reason: str) -> None:
    with pytest.raises(ApiError, match=reason):
        await chat.send_photo(data)
    assert chat.messages == ()


async def test_documents_stay_as_they_are(chat: ChatWindow) -> None:
    data = picture((2000, 1500), format="BMP")
    sent = await chat.send_document(data)
    assert chat.download(sent) == data
    assert sent.media is not None
    assert not {"file_name", "mime_type"} & sent.media.body.keys()


async def test_the_same_file_is_known_again(chat: ChatWindow) -> None:
    one = await chat.send_document(b"one")
    again = await chat.send_document(b"one", file_name="same.png")
    other = await chat.send_document(b"two")
    ids = [m.media.body["file_unique_id"] for m in (one, again, other) if m.media]
    assert ids[0] == ids[1] != ids[2]


@pytest.mark.parametrize(
    ("data", "is_animated", "is_video", "width"),
    [
        (picture((100, 50), format="WEBP"), False, False, 100),
        (b"\x1f\x8b gzip", True, False, 512),
        (b"\x1a\x45\xdf\xa3 webm", False, True, 512),
    ],
)
async def test_kinds_of_stickers(
    chat: ChatWindow, data: bytes, is_animated: bool, is_video: bool, width: int
) -> None:
    sent = await chat.send_sticker(data)
    assert sent.media is not None
    body = sent.media.body
    assert (body["is_animated"], body["is_video"], body["width"]) == (is_animated, is_video, width)


@pytest.mark.parametrize("kind", ["voice", "audio", "video", "animation", "video_note"])
async def test_what_is_no_picture_comes_as_what_it_is(
    chat: ChatWindow, raw: RawCall, kind: str
) -> None:
    await getattr(chat, f"send_{kind}")()
    (update,) = (await raw("getUpdates"))["result"]
    assert update["message"][kind]["duration"] > 0
    assert ("document" in update["message"]) == (kind == "animation")  # for older bots


async def test_files_are_bounded_the_oldest_go_first() -> None:
    async with BotApiServer(max_file_bytes=1000) as server:
        server.add_bot("DigitBot")
        chat = server.private_chat(server.add_person("Anna"))
        first, second, third = [await chat.send_document(bytes([n]) * 400) for n in range(3)]
        with pytest.raises(ApiError, match="temporarily unavailable"):
            chat.download(first)
        assert len(chat.download(second)) == len(chat.download(third)) == 400


async def test_messages_are_bounded_the_oldest_go_first() -> None:
    server = BotApiServer(messages_per_chat=2)
    server.add_bot("DigitBot")
    chat = server.private_chat(server.add_person("Anna"))
    for words in "one", "two", "three":
        await chat.send_text(words)
    assert [message.text for message in chat.messages] == ["two", "three"]
