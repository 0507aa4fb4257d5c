"""A whole bot on python-telegram-bot talks with a person, over HTTP."""

import io

from PIL import Image
from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    ReplyParameters,
    Update,
)
from telegram.constants import ChatAction
from telegram.ext import CallbackQueryHandler, CommandHandler, ContextTypes, MessageHandler, filters

from bot.api_server import BotApiServer, ChatWindow, User
from tests.api_server.conftest import RunApp
from tests.api_server.images import picture

BUTTON = InlineKeyboardMarkup([[InlineKeyboardButton("What I saw", callback_data="v1:preview")]])
Context = ContextTypes.DEFAULT_TYPE


async def greet(update: Update, _: Context) -> None:
    assert update.message and update.effective_user
    await update.message.reply_html(f"Hello <b>{update.effective_user.first_name}</b> 🖊️ <i>you</i>")


async def measure(update: Update, _: Context) -> None:
    """Say how large the photo is, quoting it, with a button."""
    message = update.message
    assert message
    await message.chat.send_action(ChatAction.UPLOAD_PHOTO)
    file = await message.photo[-1].get_file()
    data = bytes(await file.download_as_bytearray())
    with Image.open(io.BytesIO(data)) as image:
        words = f"{image.format} {image.size[0]}x{image.size[1]}"
    await message.reply_text(
        words, reply_parameters=ReplyParameters(message.message_id), reply_markup=BUTTON
    )


async def preview(update: Update, _: Context) -> None:
    """Answer the button, then add the picture that the question was about."""
    query = update.callback_query
    assert query and query.message
    asked = query.message.reply_to_message  # type: ignore[attr-defined]
    await query.answer("Here you are", show_alert=True)
    await query.message.reply_photo(asked.photo[-1].file_id, caption="as it came")  # type: ignore[attr-defined]
    await query.edit_message_reply_markup(None)


async def test_a_command_is_answered_with_entities(run_app: RunApp, chat: ChatWindow) -> None:
    async with run_app(CommandHandler("start", greet)):
        sent = await chat.send_text("/start")
        reply = await chat.wait_for_reply(to=sent)
    assert reply.text == "Hello Anna 🖊️ you"
    assert [(e.type, e.offset, e.length) for e in reply.entities] == [
        ("bold", 6, 4),
        ("italic", 15, 3),  # the pen is two UTF-16 units and a selector
    ]


async def test_a_photo_goes_there_and_back(run_app: RunApp, chat: ChatWindow) -> None:
    handlers = MessageHandler(filters.PHOTO, measure), CallbackQueryHandler(preview)
    async with run_app(*handlers):
        sent = await chat.send_photo(picture((2600, 1300)))
        reply = await chat.wait_for_reply(to=sent)
        assert (reply.text, reply.reply_to) == ("JPEG 1280x640", sent.message_id)
        assert chat.actions[-1].action == "upload_photo"

        answer = await chat.press(reply, "What I saw")
        assert (answer.text, answer.show_alert) == ("Here you are", True)
        photo = await chat.wait_for_reply(to=reply)
        assert photo.caption == "as it came"
        assert chat.download(photo) == chat.download(sent)
        edited = await chat.wait_for_edit(reply)
        assert edited.buttons == ()


async def test_answers_find_their_questions_when_many_come_at_once(
    run_app: RunApp, chat: ChatWindow
) -> None:
    sizes = [(20 + n, 10) for n in range(12)]
    async with run_app(MessageHandler(filters.PHOTO, measure)):
        photos = [await chat.send_photo(picture(size)) for size in sizes]
        replies = [await chat.wait_for_reply(to=photo) for photo in photos]
    assert [reply.text for reply in replies] == [f"JPEG {w}x{h}" for w, h in sizes]


async def test_two_people_do_not_see_each_other(
    run_app: RunApp, api_server: BotApiServer, chat: ChatWindow
) -> None:
    ben = api_server.private_chat(api_server.add_person("Ben"))
    async with run_app(CommandHandler("start", greet)):
        from_anna, from_ben = await chat.send_text("/start"), await ben.send_text("/start")
        to_anna = await chat.wait_for_reply(to=from_anna)
        to_ben = await ben.wait_for_reply(to=from_ben)
    assert (to_anna.text, to_ben.text) == ("Hello Anna 🖊️ you", "Hello Ben 🖊️ you")
    assert len(chat.messages) == len(ben.messages) == 2


async def test_media_can_be_exchanged_by_an_upload(run_app: RunApp, chat: ChatWindow) -> None:
    async def swap(update: Update, _: Context) -> None:
        assert update.message
        reply = await update.message.reply_photo(
            picture(), caption="<b>before</b>", parse_mode="HTML"
        )
        after = InputMediaPhoto(picture((10, 10)), caption="after")
        await reply.edit_media(after, reply_markup=BUTTON)

    async with run_app(MessageHandler(filters.TEXT, swap)):
        reply = await chat.wait_for_reply(to=await chat.send_text("swap"))
        edited = reply if reply.caption == "after" else await chat.wait_for_edit(reply)
    assert edited.caption == "after"
    assert edited.edit_date is not None
    with Image.open(io.BytesIO(chat.download(edited))) as image:
        assert image.size == (10, 10)


async def test_what_waits_while_the_bot_is_away_comes_later(
    run_app: RunApp, chat: ChatWindow, anna: User
) -> None:
    asked = [await chat.send_text("/start") for _ in range(3)]
    async with run_app(CommandHandler("start", greet)):
        await chat.wait_for(lambda message: message.from_bot and len(chat.replies) == 3)
    assert {message.sender for message in asked} == {anna}
    assert len(chat.messages) == 6
