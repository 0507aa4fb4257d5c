"""The bot over real HTTP: what people send on one side, what they see on the other.

The pipeline is real and runs in worker processes; only its network is one that sees a 7 everywhere.
"""

import asyncio
import re
import struct
import zlib
from collections.abc import Sequence
from functools import partial

import pytest

from bot.api_server import Fault, Message
from bot.api_server.faults import DOWNLOAD
from bot.services.attachments import PAUSES
from bot.services.patience import TRIES
from bot.texts import chat as texts
from bot.texts import problems
from bot.texts.words import LANGUAGES
from model.errors import ImageTooLarge, NotAnImage
from tests.bot.builders import ENGLISH
from tests.bot.live import Running
from tests.bot.readings import (
    draw_seven,
    encode,
)

ANSWER = "It says 7. I'm 99% sure."
MEGAPIXELS_60 = (10_000, 6_000)


def png_bomb(width: int, height: int) -> bytes:
    """Return a PNG of a few kB that decodes to `width` × `height` pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        checksum = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)

    packer = zlib.compressobj(9)
    row = bytes(1 + (width + 7) // 8)
    pixels = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


async def test_a_photo_is_answered_on_the_photo(running: Running) -> None:
    sent = await running.chat.send_photo(encode(draw_seven(1280, 960)))
    reply = await running.chat.wait_for_reply(to=sent)
    assert reply.reply_to == sent.message_id
    assert reply.text.endswith(ANSWER)
    assert [entity.type for entity in reply.entities] == ["bold"]
    assert [button.text for button in reply.buttons] == ["What I saw", "✅", "✏️"]
    assert [action.action for action in running.chat.actions] == ["typing"]


@pytest.mark.parametrize(
    ("image_format", "file_name", "mime_type"),
    [
        ("PNG", "seven.png", "image/png"),
        ("PNG", None, None),
        ("JPEG", "seven.txt", "text/plain"),
        ("BMP", "../../etc/passwd", "video/mp4"),
    ],
)
async def test_a_file_counts_by_its_content(
    running: Running, image_format: str, file_name: str | None, mime_type: str | None
) -> None:
    data = encode(draw_seven(), image_format)
    sent = await running.chat.send_document(data, file_name=file_name, mime_type=mime_type)
    reply = await running.chat.wait_for_reply(to=sent)
    assert reply.reply_to == sent.message_id
    assert reply.text.endswith(ANSWER)


async def test_a_static_sticker_is_read(running: Running) -> None:
    sent = await running.chat.send_sticker(encode(draw_seven(512, 512), "WEBP"))
    assert (await running.chat.wait_for_reply(to=sent)).text.endswith(ANSWER)


@pytest.mark.parametrize(
    "data",
    [b"%PDF-1.7 no picture", encode(draw_seven())[:400], b"\x89PNG\r\n\x1a\n" + bytes(100)],
    ids=["no image", "cut off", "only a signature"],
)
async def test_a_broken_file_gets_a_clear_message(running: Running, data: bytes) -> None:
    sent = await running.chat.send_document(data, file_name="seven.png", mime_type="image/png")
    reply = await running.chat.wait_for_reply(to=sent)
    assert reply.reply_to == sent.message_id
    assert reply.text == problems.problem(ENGLISH, NotAnImage())


async def test_a_60_megapixel_png_of_a_few_kilobytes_is_not_decoded(running: Running) -> None:
    bomb = png_bomb(*MEGAPIXELS_60)
    assert len(bomb) < 20_000
    sent = await running.chat.send_document(bomb, file_name="bomb.png")
    reply = await running.chat.wait_for_reply(to=sent)
    assert reply.text == problems.problem(ENGLISH, ImageTooLarge())


@pytest.mark.parametrize("claimed", [21 * 2**20, None], ids=["announced", "as it is"])
async def test_a_21_megabyte_file_is_told_the_limit(running: Running, claimed: int | None) -> None:
    data = b"x" if claimed else bytes(21 * 2**20)
    sent = await running.chat.send_document(data, claimed_size=claimed)
    reply = await running.chat.wait_for_reply(to=sent)
    assert "20 MB" in reply.text
    assert "getFile" not in [exchange.method for exchange in running.server.exchanges]


async def test_other_things_get_one_friendly_line(running: Running) -> None:
    chat = running.chat
    for send in (
        partial(chat.send_text, "hello"),
        partial(chat.send_sticker, b"\x1f\x8b animated"),
        chat.send_voice,
        chat.send_video,
        chat.send_animation,
        chat.send_audio,
        chat.send_video_note,
    ):
        sent = await send()
        assert (await chat.wait_for_reply(to=sent)).text == ENGLISH(texts.HINT)
    assert len(chat.replies) == 7


async def test_the_button_shows_what_the_model_saw_in_place(running: Running) -> None:
    chat = running.chat
    sent = await chat.send_photo(encode(draw_seven()))
    reply = await chat.wait_for_reply(to=sent)
    answer = await chat.press(reply, "What I saw")
    assert answer.text == ""
    edited = await chat.wait_for_edit(reply)
    assert edited.media is not None
    assert edited.media.kind == "photo"
    assert edited.text == reply.text
    assert edited.entities == reply.entities
    assert [button.text for button in edited.buttons] == ["✅", "✏️"]
    assert chat.replies == (edited,)


async def test_the_button_of_a_deleted_photo_says_so(running: Running) -> None:
    chat = running.chat
    sent = await chat.send_photo(encode(draw_seven()))
    reply = await chat.wait_for_reply(to=sent)
    await chat.delete(sent)
    answer = await chat.press(reply, "What I saw")
    assert answer.text == ENGLISH(problems.PHOTO_GONE)
    assert answer.show_alert


async def test_commands_answer(running: Running) -> None:
    chat = running.chat
    for command, words in (("/start", "Hi!"), ("/help", "What works best"), ("/about", "Model")):
        sent = await chat.send_text(command)
        assert words in (await chat.wait_for_reply(to=sent)).text


async def test_the_profile_is_published_meanwhile(running: Running) -> None:
    profile = running.bot.profile
    async with asyncio.timeout(60):
        while len(profile.short_descriptions) < len(LANGUAGES):  # noqa: ASYNC110 - no event tells
            await asyncio.sleep(0.05)
    assert profile.descriptions[""] == ENGLISH(texts.DESCRIPTION)
    assert {language for _, language in profile.commands} == {"", *LANGUAGES} - {"en"}


async def test_an_edited_caption_is_not_answered_again(running: Running) -> None:
    chat = running.chat
    sent = await chat.send_photo(encode(draw_seven()), caption="one")
    await chat.wait_for_reply(to=sent)
    await chat.edit_text(sent, "two")
    last = await chat.send_text("done?")
    await chat.wait_for_reply(to=last)
    assert len(chat.replies) == 2


async def test_many_photos_at_once_are_answered_in_few_messages(running: Running) -> None:
    chat = running.chat
    photo = encode(draw_seven())
    for _ in range(25):
        await chat.send_photo(photo)

    def count(answers: Sequence[Message]) -> int:
        return sum(len(re.findall(r"7.*99%", answer.text)) for answer in answers)

    await chat.wait_for(lambda _: count(chat.replies) >= 25)
    assert count(chat.replies) == 25
    assert len(chat.replies) < 10


async def test_429_delays_an_answer_and_loses_none(running: Running) -> None:
    running.server.faults.add("sendMessage", Fault.too_many_requests(1), times=1)
    sent = await running.chat.send_photo(encode(draw_seven()))
    assert (await running.chat.wait_for_reply(to=sent)).text.endswith(ANSWER)


async def test_a_download_that_fails_is_tried_again(running: Running) -> None:
    running.server.faults.add("getFile", Fault.server_error(), times=1)
    running.server.faults.add(DOWNLOAD, Fault.torn_connection(), times=1)
    sent = await running.chat.send_photo(encode(draw_seven()))
    assert (await running.chat.wait_for_reply(to=sent)).text.endswith(ANSWER)


async def test_while_telegram_is_gone_a_chat_keeps_its_order(running: Running) -> None:
    is_at_work = asyncio.Event()
    running.server.world.listeners.append(lambda e: is_at_work.set() if e.action else None)
    running.server.faults.add("getFile", Fault.server_error(503), times=TRIES)
    first = await running.chat.send_photo(encode(draw_seven()))
    await asyncio.wait_for(is_at_work.wait(), 30)
    second = await running.chat.send_photo(encode(draw_seven()))
    await running.chat.wait_for(lambda m: m.from_bot and m.reply_to == second.message_id)
    order = [first.message_id, second.message_id]
    assert [message.reply_to for message in running.chat.replies] == order


async def test_a_file_that_cannot_be_had_is_asked_for_again(running: Running) -> None:
    running.server.faults.add(DOWNLOAD, Fault.server_error(), times=len(PAUSES))
    sent = await running.chat.send_photo(encode(draw_seven()))
    assert "send it again" in (await running.chat.wait_for_reply(to=sent)).text
