"""The page's own API, as a browser would ask it, and as one must not."""

import io
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from aiohttp import ClientResponse, ClientSession, FormData
from PIL import Image

from bot.api_server.chats import Status
from bot.playground import views
from bot.playground.page import STATIC
from tests.bot.readings import draw_seven, encode
from tests.playground.conftest import Playground

Get = Callable[[str], Awaitable[ClientResponse]]
Post = Callable[..., Awaitable[tuple[int, dict[str, Any]]]]


@pytest.fixture
async def session(playground: Playground) -> AsyncIterator[ClientSession]:
    async with ClientSession(playground.url) as session:
        yield session


@pytest.fixture
def post(session: ClientSession, playground: Playground) -> Post:
    """Do something as Anna in her chat with the bot, unless told otherwise."""

    async def post(act: str, **details: Any) -> tuple[int, dict[str, Any]]:
        place = {"person": playground.anna.id, "chat": playground.anna.id}
        async with session.post(f"/api/{act}", json=place | details) as response:
            return response.status, await response.json()

    return post


def send_form(playground: Playground, *files: tuple[bytes, str, str], **details: Any) -> FormData:
    place = {"person": playground.anna.id, "chat": playground.anna.id}
    form = FormData()
    for name, value in (place | details).items():
        form.add_field(name, str(value))
    for data, file_name, kind in files:
        form.add_field("files", data, filename=file_name, content_type=kind)
    return form


JPEG = (encode(draw_seven(1600, 1200)), "seven.jpg", "image/jpeg")
WEBP = (encode(draw_seven(512, 512), "WEBP"), "seven.webp", "image/webp")


async def test_the_page_and_its_parts_are_served_under_a_strict_policy(
    session: ClientSession,
) -> None:
    index = await session.get("/")
    html = await index.text()
    parts = re.findall(r'(?:src|href)="(/static/[^"]+)"', html)
    assert {"/static/main.js", "/static/base.css", "/static/icon.svg"} <= set(parts)
    for path in ["/", *parts]:
        response = await session.get(path)
        assert response.status == 200
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_nothing_in_the_page_is_inline_or_from_elsewhere() -> None:
    html = (STATIC / "index.html").read_text()
    assert not re.findall(r"<script(?![^>]*\bsrc=)", html)
    assert not re.findall(r"<style|\sstyle=|\son\w+=", html)
    for file in STATIC.iterdir():
        text = file.read_text()
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write", text), file
        own = text.replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"""["'(]https?://[^`$]""", own), file


def test_every_module_imports_what_exists() -> None:
    for file in STATIC.glob("*.js"):
        for names, module in re.findall(
            r'import \{([^}]+)\} from "\./(\w+\.js)"', file.read_text()
        ):
            other = (STATIC / module).read_text()
            for name in names.split(","):
                exported = rf"export (?:async )?(?:const|function) {name.strip()}\b"
                assert re.search(exported, other), (file.name, name)


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
    ids=str,
)
async def test_other_sites_are_refused(
    session: ClientSession, playground: Playground, headers: dict[str, str]
) -> None:
    before = playground.private.messages
    form = send_form(playground, text="hello")
    async with session.post("/api/send", data=form, headers=headers) as response:
        assert response.status == 403
    async with session.get("/api/commands", headers=headers) as response:
        assert response.status == 403
    assert playground.private.messages == before


async def test_its_own_origin_is_served(session: ClientSession, playground: Playground) -> None:
    headers = {"Origin": playground.url, "Sec-Fetch-Site": "same-origin"}
    form = send_form(playground, text="hello")
    async with session.post("/api/send", data=form, headers=headers) as response:
        assert response.status == 200
    assert playground.private.messages[0].text == "hello"


async def test_events_begin_with_everything_and_bring_the_answer(
    session: ClientSession, playground: Playground
) -> None:
    async with session.get("/api/events") as stream:
        assert stream.content_type == "text/event-stream"
        first = await next_event(stream)
        assert first["type"] == "everything"
        await session.post("/api/send", data=send_form(playground, text="/help"))
        own = await next_message(stream, playground.anna.id)
        assert own["text"] == "/help"
        answer = await next_message(stream, playground.anna.id)
        assert answer["from_bot"]
        assert "What works best" in answer["text"]


async def next_event(stream: ClientResponse) -> dict[str, Any]:
    while True:
        line = await stream.content.readline()
        assert line, "the stream ended"
        if line.startswith(b"data: "):
            event: dict[str, Any] = json.loads(line[6:])
            return event


async def next_message(stream: ClientResponse, chat: int) -> dict[str, Any]:
    """The next one in `chat`: the bot may still be greeting the groups it was added to."""
    while True:
        event = await next_event(stream)
        if event["type"] == "message" and event["message"]["chat"] == chat:
            message: dict[str, Any] = event["message"]
            return message


async def test_a_picture_goes_as_a_photo_a_file_or_a_sticker(
    session: ClientSession, playground: Playground
) -> None:
    for file, details in (
        (JPEG, {"text": "look"}),
        (JPEG, {"kind": "file"}),
        (WEBP, {}),
        (WEBP, {"kind": "file"}),
        ((b"%PDF", "a.pdf", "application/pdf"), {}),
    ):
        async with session.post("/api/send", data=send_form(playground, file, **details)) as sent:
            assert sent.status == 200
    messages = [m for m in playground.private.messages if not m.from_bot]
    kinds = [message.media.kind for message in messages if message.media]
    assert kinds == ["photo", "document", "sticker", "document", "document"]
    assert messages[0].caption == "look"
    assert playground.private.download(messages[1]) == JPEG[0]
    assert playground.private.download(messages[3]) == WEBP[0]


async def test_several_pictures_are_an_album_of_at_most_ten(
    session: ClientSession, playground: Playground
) -> None:
    form = send_form(playground, *[JPEG] * 12, text="all of them", kind="file")
    async with session.post("/api/send", data=form) as response:
        assert response.status == 200
    sent = [m for m in playground.private.messages if not m.from_bot]
    albums = [message.media_group_id for message in sent]
    assert [albums.count(album) for album in dict.fromkeys(albums)] == [10, 2]
    assert [message.caption for message in sent] == ["all of them"] + [""] * 11
    assert sent[0].media is not None
    assert sent[0].media.body["file_name"] == "seven.jpg"


async def test_what_cannot_be_sent_is_told(session: ClientSession, playground: Playground) -> None:
    broken = (b"no picture", "x.png", "image/png")
    for form, words in (
        (send_form(playground), "nothing to send"),
        (send_form(playground, broken), "as a file instead"),
        (send_form(playground, text="x", person="many"), "odd"),
        (send_form(playground, text="x", chat=1), "not in that chat"),
    ):
        async with session.post("/api/send", data=form) as response:
            assert 400 <= response.status < 500
            assert words in (await response.json())["error"]
    assert playground.private.messages == ()


async def test_files_come_back_as_pictures_only_if_they_are_some(
    session: ClientSession, playground: Playground
) -> None:
    svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
    for data, name, kind in (JPEG, WEBP, (svg, "x.svg", "image/svg+xml")):
        sent = await playground.private.send_document(data, file_name=name, mime_type=kind)
        assert sent.media is not None
        async with session.get(f"/api/files/{sent.media.file_id}") as response:
            assert await response.read() == data
            shown = response.content_type
            assert shown == (kind if data is not svg else "application/octet-stream")
            assert ("Content-Disposition" in response.headers) == (data is svg)
    async with session.get("/api/files/unknown") as response:
        assert response.status == 422


async def test_a_look_inside_has_pictures_times_and_scores(
    session: ClientSession, playground: Playground
) -> None:
    sent = await playground.private.send_photo(JPEG[0])
    assert sent.media is not None
    async with session.get(f"/api/look/{sent.media.file_id}") as response:
        look = await response.json()
    assert look["number"] == "7"
    assert len(look["scores"]) == 10
    pictures = [stage["picture"] for stage in look["stages"]]
    assert all(picture.startswith("data:image/png;base64,") for picture in pictures[:4])
    file = await playground.private.send_document(b"no picture")
    assert file.media is not None
    async with session.get(f"/api/look/{file.media.file_id}") as response:
        assert response.status == 422
        assert "picture" in (await response.json())["error"]


async def test_a_button_is_pressed_and_answers_in_place(playground: Playground, post: Post) -> None:
    chat = playground.private
    reply = await chat.wait_for_reply(to=await chat.send_photo(JPEG[0]))
    data = reply.buttons[0].callback_data
    status, answer = await post("press", message=reply.message_id, data=data)
    assert (status, answer) == (200, {"text": "", "alert": False})
    assert (await chat.wait_for_edit(reply)).media is not None
    status, answer = await post("press", message=reply.message_id, data=data)
    assert status == 400
    assert "no button" in answer["error"]


async def test_commands_are_those_of_the_chat(
    session: ClientSession, playground: Playground
) -> None:
    place = {"person": playground.anna.id, "chat": playground.anna.id}
    async with session.get("/api/commands", params=place) as response:
        menu = await response.json()
    assert [entry["command"] for entry in menu] == [c.command for c in playground.cast.bot.commands]
    async with session.get("/api/commands") as response:
        assert response.status == 400


async def test_people_react_edit_delete_and_change_language(
    playground: Playground, post: Post
) -> None:
    chat, anna = playground.private, playground.anna
    sent = await chat.send_text("hello")
    assert await post("react", message=sent.message_id, emoji="🎉") == (200, {})
    assert chat.reactions(sent) == {anna.id: "🎉"}
    assert await post("edit", message=sent.message_id, text="bye") == (200, {})
    assert chat.messages[0].text == "bye"
    reply = await chat.wait_for_reply(to=sent)
    assert (await post("edit", message=reply.message_id, text="mine"))[0] == 400
    assert await post("delete", message=sent.message_id) == (200, {})
    assert sent.message_id not in [message.message_id for message in chat.messages]
    assert (await post("delete", message=sent.message_id))[0] == 400
    assert await post("language", code="ar") == (200, {})
    assert (await playground.private.send_text("x")).sender.language_code == "ar"
    assert (await post("language", code="tlh"))[0] == 400


async def test_privacy_mode_decides_what_the_bot_hears(playground: Playground, post: Post) -> None:
    bot, group = playground.cast.bot, playground.cast.group.id
    assert (await post("privacy", chat=group, on=False)) == (200, {})
    assert bot.reads_all_group_messages
    assert (await post("privacy", chat=group, on=True)) == (200, {})
    assert not bot.reads_all_group_messages


async def test_the_bot_is_removed_added_and_made_an_admin(
    playground: Playground, post: Post
) -> None:
    cast = playground.cast
    for act, on, status in (
        ("bot_admin", True, Status.ADMINISTRATOR),
        ("bot_admin", False, Status.MEMBER),
        ("bot_in", False, Status.KICKED),
        ("bot_in", True, Status.MEMBER),
    ):
        assert (await post(act, chat=cast.club.id, on=on)) == (200, {})
        assert cast.club.chat.status(cast.bot.id) is status
        assert views.chat(cast.club.chat, cast)["bot_admin"] == status.is_admin
        assert views.chat(cast.club.chat, cast)["bot_in"] == status.is_in
    await post("bot_in", chat=cast.club.id, on=False)
    assert (await post("bot_admin", chat=cast.club.id, on=True))[0] == 400
    assert (await post("bot_in", on=False))[0] == 400


async def test_only_admins_of_a_group_write_anonymously(playground: Playground, post: Post) -> None:
    cast = playground.cast
    assert (await post("anonymous", chat=cast.group.id, on=True))[0] == 400
    assert (await post("anonymous", chat=cast.club.id, on=True)) == (200, {})
    window = cast.window(playground.anna.id, cast.club.id)
    sent = await window.send_text("hello")
    assert views.message(window.chat, sent)["name"] == "Maths club"
    assert (await post("anonymous", chat=cast.club.id, on=False)) == (200, {})
    assert (await window.send_text("hello")).sender == playground.anna


async def test_the_bot_is_blocked_and_let_in_again(playground: Playground, post: Post) -> None:
    chat = playground.private
    assert (await post("blocked", on=True)) == (200, {})
    assert views.chat(chat.chat, playground.cast)["blocked"]
    assert (await post("blocked", chat=playground.cast.club.id, on=True))[0] == 400
    assert (await post("blocked", on=False)) == (200, {})
    sent = await chat.send_text("hello")
    await chat.wait_for_reply(to=sent)


async def test_a_group_becomes_a_supergroup_once(playground: Playground, post: Post) -> None:
    cast = playground.cast
    before = cast.club.id
    assert (await post("migrate", chat=before)) == (200, {"chat": cast.club.id})
    assert cast.club.id != before
    assert before not in [chat.id for chat in cast.chats]
    assert (await post("migrate", chat=cast.club.id))[0] == 400
    assert (await post("migrate", chat=cast.group.id))[0] == 400


async def test_nobody_switches_anything_in_chats_they_are_not_in(
    playground: Playground, post: Post
) -> None:
    ada, club = playground.cast.admin_id, playground.cast.club.id
    for act in ("privacy", "bot_in", "bot_admin", "anonymous"):
        assert (await post(act, person=ada, chat=club, on=False))[0] == 400
    assert (await post("migrate", person=ada, chat=club))[0] == 400


async def test_a_gif_sent_as_a_photo_is_a_still(
    session: ClientSession, playground: Playground
) -> None:
    frames = [draw_seven(64, 64), draw_seven(64, 64).transpose(Image.Transpose.ROTATE_180)]
    buffer = io.BytesIO()
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:])
    form = send_form(playground, (buffer.getvalue(), "seven.gif", "image/gif"), kind="photo")
    async with session.post("/api/send", data=form) as response:
        assert response.status == 200
    (sent,) = [message for message in playground.private.messages if not message.from_bot]
    assert sent.media is not None
    assert sent.media.kind == "photo"
    assert playground.private.download(sent).startswith(b"\xff\xd8\xff")
    await playground.private.wait_for_reply(to=sent)


async def test_topics_are_opened_in_the_group_alone(playground: Playground, post: Post) -> None:
    group = playground.cast.group
    status, answer = await post("topics", chat=group.id, name=" Sums ")
    assert status == 200
    assert group.chat.topics[answer["id"]] == "Sums"
    assert (await post("topics", name="Sums"))[0] == 400
    assert (await post("topics", chat=group.id, name=" "))[0] == 400


async def test_unknown_acts_and_malformed_ones_are_refused(
    session: ClientSession, post: Post
) -> None:
    async with session.post("/api/dance", json={}) as response:
        assert response.status == 404
    assert (await post("react", message="x", emoji=None))[0] == 400
    assert (await post("react", message=1, emoji=None, extra=1))[0] == 400
