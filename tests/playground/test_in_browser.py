"""The playground as people use it: a real Chromium, at the width of a phone and of a desktop."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from bot.api_server import BotApiServer
from bot.playground.cast import Cast
from bot.playground.stages import LookingGlass
from bot.services.reader_pool import ReaderPool
from tests.bot.readings import draw_seven, encode
from tests.contract import Contract
from tests.playground.browser import DESKTOP, PATIENCE, PHONE, Screen
from tests.playground.conftest import Playground, running

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

JPEG = (encode(draw_seven(1600, 1200)), "seven.jpg", "image/jpeg")
PNG = (encode(draw_seven(500, 700), "PNG"), "seven.png", "image/png")

expect.set_options(timeout=PATIENCE)


@pytest_asyncio.fixture(loop_scope="session")
async def playground(
    contract: Contract, reader: ReaderPool, glass: LookingGlass, tmp_path: Path
) -> AsyncIterator[Playground]:
    """As elsewhere, but in the one loop that the browser lives in."""
    async with (
        BotApiServer(on_exchange=contract.check) as server,
        running(await Cast.assemble(server), reader, glass, tmp_path) as playground,
    ):
        yield playground
    assert contract.violations == []


@pytest_asyncio.fixture(params=[PHONE, DESKTOP], ids=["phone", "desktop"], loop_scope="session")
async def screen(
    request: pytest.FixtureRequest, browser: Browser, playground: Playground
) -> AsyncIterator[Screen]:
    """The page, open; it must complain of nothing and ask nothing of anybody else."""
    is_phone = request.param is PHONE
    context = await browser.new_context(
        viewport=request.param, has_touch=is_phone, is_mobile=is_phone, locale="en-GB"
    )
    screen = Screen(context, await context.new_page())
    await screen.open(playground.url)
    yield screen
    assert screen.complaints == []
    assert screen.elsewhere == []
    assert f"{playground.url}/api/events" in screen.requests
    await context.close()


async def test_a_drawn_seven_is_read_and_what_was_seen_is_shown(screen: Screen) -> None:
    page = screen.page
    await page.get_by_role("button", name="Start").click()
    await expect(screen.answers.last).to_contain_text("Hi!")
    await screen.draw()
    await page.locator("#pad-send").click()
    await expect(screen.messages.nth(2).get_by_alt_text("Photo from Anna")).to_be_visible()
    answer = screen.answers.nth(1)
    await expect(answer).to_contain_text("It says 7. I'm 99% sure.")
    await expect(answer.locator(".words b")).to_have_text("7")
    await expect(answer.locator(".quote img")).to_be_visible()
    await answer.get_by_role("button", name="What I saw").click()
    picture = answer.get_by_alt_text("Photo from DigitBot")
    await expect(picture).to_be_visible()
    await expect(answer.get_by_role("button", name="What I saw")).to_have_count(0)
    await expect(answer.locator(".stamp")).to_contain_text("edited")
    await expect(screen.messages).to_have_count(4)
    assert await picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 300


async def test_the_panel_shows_each_stage_of_the_last_photo(screen: Screen) -> None:
    page = screen.page
    await screen.draw()
    await page.locator("#pad-send").click()
    await expect(screen.answers.first).to_contain_text("It says 7")
    panel = page.locator("#panel")
    if not await panel.is_visible():
        await page.get_by_role("button", name="Inside the reader").click()
    await expect(panel.locator(".result")).to_contain_text("It says 7")
    for stage in ("decoded", "ink", "boxes", "glyph"):
        item = panel.locator(f'[data-stage="{stage}"]')
        await expect(item.locator("img")).to_be_visible()
        await expect(item.locator(".ms")).to_contain_text("ms")
    scores = panel.get_by_role("meter")
    await expect(scores).to_have_count(10)
    await expect(panel.locator('.best[data-digit="7"]')).to_be_visible()
    assert float(await scores.nth(7).get_attribute("aria-valuenow") or 0) > 0.9
    await panel.get_by_role("button", name="Close").click()
    await expect(panel).to_be_hidden()


async def test_a_photo_in_the_group_is_replied_to_with_a_command(
    screen: Screen, playground: Playground
) -> None:
    await screen.go_to("Class 3b", person="Wei")
    await screen.give("drop", "#scroller", JPEG)
    await screen.say("Is this a 7?")
    photo = screen.messages.last
    await expect(photo).to_contain_text("Is this a 7?")
    await screen.go_to("Class 3b", person="Anna")
    await expect(screen.messages.last.locator(".name")).to_have_text("Wei")
    await screen.act_on(screen.messages.last, "Reply")
    await expect(screen.page.locator("#reply")).to_contain_text("Is this a 7?")
    await screen.say("/digit@DigitBot")
    command = screen.page.locator("#log > li.own", has_text="/digit@DigitBot")
    await expect(command.locator(".quote")).to_contain_text("Wei")
    said = [m for m in playground.group.messages if not m.from_bot and m.service is None]
    shown, sent = said
    assert sent.reply_to == shown.message_id
    assert [entity.type for entity in sent.entities] == ["bot_command"]
    answer = screen.answers.filter(has_text="It says 7. I'm 99% sure.")
    await expect(answer).to_have_count(1)
    await expect(answer.locator(".quote")).to_contain_text("Wei")
    await expect(answer.locator(".quote img")).to_be_visible()
    # Privacy mode: of the two, the bot was told of the command alone, with the photo in it.
    told = [
        update["message"]
        for exchange in playground.cast.server.exchanges
        if exchange.method == "getUpdates" and exchange.result
        for update in exchange.result
        if "message" in update
    ]
    here = [message for message in told if message["chat"]["id"] == playground.group.chat.id]
    heard = [message for message in here if message["from"]["id"] == playground.anna.id]
    assert [message["text"] for message in heard] == ["/digit@DigitBot"]
    assert "photo" in heard[0]["reply_to_message"]
    assert not any("photo" in message for message in told)


async def test_a_command_in_the_group_is_answered_in_its_topic(
    screen: Screen, playground: Playground
) -> None:
    await screen.go_to("Class 3b")
    await screen.page.get_by_role("tab", name="Homework").click()
    await screen.say("/help@DigitBot")
    await expect(screen.answers.last).to_contain_text("What works best")
    await expect(screen.page.get_by_role("tab", name="Homework")).to_have_attribute(
        "aria-selected", "true"
    )
    assert playground.group.messages[-1].thread_id == playground.group.messages[-2].thread_id
    await screen.page.get_by_role("tab", name="General").click()
    await expect(screen.messages).to_have_count(1)
    await expect(screen.answers).to_contain_text("DigitBot")  # its hello, in the admin's language


async def test_what_the_bot_hears_and_who_one_is_can_be_switched(
    screen: Screen, playground: Playground
) -> None:
    page, club = screen.page, playground.cast.club
    await screen.go_to("Maths club", person="Anna")
    await screen.switch("Privacy mode")
    await screen.give("drop", "#scroller", JPEG)
    await screen.say("@digitbot what is this?")
    answer = screen.answers.filter(has_text="It says 7")
    await expect(answer).to_have_count(1)
    await screen.switch("Privacy mode")
    await screen.switch("The bot is an admin")
    await screen.say("@digitbot and this?")
    await screen.give("drop", "#scroller", JPEG)
    await screen.say("@digitbot this one, I mean")

    await expect(answer).to_have_count(2)
    await screen.switch("Write anonymously")
    await screen.say("/digit@DigitBot")
    await expect(screen.answers).to_have_count(5)  # of which one is the group's own question
    await expect(screen.answers.nth(-2).locator(".name")).to_have_text("Maths club")
    await expect(screen.answers.last).to_contain_text("Reply to a photo with /digit")
    before = club.id
    await page.get_by_role("button", name="Chat settings").click()
    await page.get_by_role("button", name="Make it a supergroup").click()
    await expect(screen.answers).to_have_count(0)  # another chat, in which nothing was said yet
    await expect(page.locator("#log")).to_contain_text("The group became a supergroup")
    assert club.id != before
    await screen.say("/digit@DigitBot")
    await expect(screen.answers).to_have_count(2)  # the question, as the group's, and the answer


async def test_who_blocks_the_bot_cannot_write_to_it(screen: Screen) -> None:
    await screen.switch("Block the bot")
    await expect(screen.page.locator("#subtitle")).to_have_text("blocked")
    await screen.say("hello")
    await expect(screen.page.locator("#toast")).to_contain_text("unblock it first")
    screen.complaints[:] = [line for line in screen.complaints if "400" not in line]
    await screen.switch("Block the bot")
    await screen.say("hello")
    await expect(screen.answers).to_have_count(1)


async def test_a_dropped_file_goes_as_a_photo_or_as_it_is(
    screen: Screen, playground: Playground
) -> None:
    page = screen.page
    await screen.give("dragover", "#scroller", PNG)
    await expect(page.locator("#drop")).to_be_visible()
    await screen.give("drop", "#scroller", PNG)
    await expect(page.locator("#drop")).to_be_hidden()
    await expect(page.locator("#files li")).to_have_count(1)
    await page.get_by_label("Send", exact=True).click()
    await expect(screen.answers).to_have_count(1)
    await screen.give("drop", "#scroller", PNG)
    await page.locator("#kind").get_by_text("File").click()
    await page.get_by_label("Send", exact=True).click()
    await expect(screen.answers).to_have_count(2)
    await expect(screen.page.locator(".file")).to_contain_text("seven.png")
    own = [message for message in playground.private.messages if not message.from_bot]
    assert [message.media.kind for message in own if message.media] == ["photo", "document"]
    assert playground.private.download(own[1]) == PNG[0]


async def test_pasted_and_chosen_pictures_make_an_album(
    screen: Screen, playground: Playground
) -> None:
    page = screen.page
    await screen.give("paste", "#words", PNG)
    data, name, kind = JPEG
    await page.locator("#picker").set_input_files({"name": name, "mimeType": kind, "buffer": data})
    await expect(page.locator("#files li")).to_have_count(2)
    await screen.say("both")
    album = screen.page.locator("#log > li.own")
    await expect(album).to_have_count(1)
    await expect(album.locator(".media.two img")).to_have_count(2)
    await expect(album).to_contain_text("both")
    answer = screen.answers.first
    await expect(answer).to_contain_text("I've looked at 2 pictures")
    await expect(answer).to_contain_text("2. 7 (99%)")
    await answer.get_by_role("button", name="What I saw").click()
    shown = screen.answers.nth(1).get_by_alt_text("Photo from DigitBot, ")
    await expect(shown).to_have_count(2)
    await expect(shown.last).to_have_attribute("alt", "Photo from DigitBot, 2. 7 (99%)")
    await expect(answer.get_by_role("button", name="What I saw")).to_have_count(0)
    assert len({m.media_group_id for m in playground.private.messages if not m.from_bot}) == 1


async def test_nothing_is_lost_when_sending_fails(screen: Screen) -> None:
    await screen.give("drop", "#scroller", (b"no picture", "x.png", "image/png"))
    await screen.say("look")
    await expect(screen.page.locator("#toast")).to_contain_text("Send it as a file instead")
    await expect(screen.page.locator("#files li")).to_have_count(1)
    await expect(screen.page.get_by_label("Message", exact=True)).to_have_value("look")
    screen.complaints[:] = [line for line in screen.complaints if "422" not in line]
    screen.complaints[:] = [line for line in screen.complaints if "400" not in line]


async def test_the_pad_undoes_clears_and_changes_its_paper(screen: Screen) -> None:
    page, middle = screen.page, (0.5, 0.5)
    await screen.draw([(0.3, 0.5), (0.7, 0.5)])
    await screen.draw([(0.5, 0.2), (0.5, 0.4)])
    assert sum(await screen.pixel(*middle)) < 200
    assert sum(await screen.pixel(0.5, 0.3)) < 200
    await page.get_by_role("button", name="Undo").click()
    assert sum(await screen.pixel(*middle)) < 200
    assert sum(await screen.pixel(0.5, 0.3)) > 600
    await page.locator("#ground").get_by_text("Light on dark").click()
    assert sum(await screen.pixel(*middle)) > 600
    assert sum(await screen.pixel(0.5, 0.3)) < 200
    await page.get_by_role("button", name="Clear").click()
    assert sum(await screen.pixel(*middle)) < 200
    await expect(page.locator("#pad-send")).to_be_disabled()
    await page.get_by_label("Pen width").fill("80")
    await screen.draw([(0.3, 0.5), (0.7, 0.5)])
    assert sum(await screen.pixel(0.5, 0.53)) > 600


async def test_it_all_works_by_keyboard(screen: Screen, playground: Playground) -> None:
    page = screen.page
    keyboard = page.keyboard
    await page.get_by_label("Message", exact=True).focus()
    await keyboard.type("/")
    menu = page.get_by_role("listbox", name="Commands")
    await expect(menu.get_by_role("option").first).to_have_attribute("aria-selected", "true")
    await keyboard.press("ArrowDown")
    marked = menu.get_by_role("option", selected=True)
    await expect(marked).to_have_attribute("id", "command-1")
    command = await marked.locator("b").inner_text()
    await keyboard.press("Enter")
    await expect(screen.answers).to_have_count(1)
    assert playground.private.messages[0].text == command
    await page.get_by_role("button", name="Draw a digit").focus()
    await keyboard.press("Enter")
    await expect(page.locator("#canvas")).to_be_focused()
    await keyboard.down("Shift")
    for _ in range(20):
        await keyboard.press("ArrowDown")
    await keyboard.up("Shift")
    assert sum(await screen.pixel(0.5, 0.4)) < 200
    await page.locator("#pad-send").focus()
    await keyboard.press("Enter")
    saw = screen.answers.last.get_by_role("button", name="What I saw", exact=True)
    await saw.focus()
    await keyboard.press("Enter")
    await expect(screen.answers.last.get_by_alt_text("Photo from DigitBot")).to_be_visible()
    assert len(playground.private.replies) == 2


async def test_words_are_never_taken_for_html(screen: Screen, playground: Playground) -> None:
    words = "<img src=x onerror=alert(1)> <b>bold</b> &amp; https://example.org/?a=1&b=2"
    await screen.say(words)
    own = screen.page.locator("#log > li.own .words")
    await expect(own).to_contain_text("<b>bold</b> &amp;")
    await expect(own.locator("b, img")).to_have_count(0)
    link = own.get_by_role("link")
    await expect(link).to_have_attribute("href", "https://example.org/?a=1&b=2")
    await expect(link).to_have_attribute("rel", "noopener noreferrer")


async def test_a_reload_comes_back_to_the_same_place(screen: Screen) -> None:
    await screen.go_to("Class 3b", person="Ada")
    await screen.say("I was here")
    await screen.page.reload()
    await screen.page.locator("#title", has_text="Class 3b").wait_for()
    await expect(screen.page.locator("#log > li.own")).to_contain_text("I was here")


async def test_light_and_dark_follow_the_system_and_the_switch(screen: Screen) -> None:
    page = screen.page

    async def lightness() -> int:
        ground = "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)"
        return sum(await page.evaluate(ground))

    await page.emulate_media(color_scheme="light")
    assert await lightness() > 600
    await page.emulate_media(color_scheme="dark")
    assert await lightness() < 150
    if await page.locator("#back").is_visible():
        await page.locator("#back").click()
    await page.get_by_role("button", name="Switch between light and dark").click()
    assert await lightness() > 600


async def test_nothing_sticks_out_of_the_window(screen: Screen) -> None:
    await screen.say("A" * 300)
    await expect(screen.answers).to_have_count(1)
    sizes = await screen.page.evaluate(
        "[document.documentElement.scrollWidth, innerWidth,"
        " document.querySelector('#scroller').scrollWidth,"
        " document.querySelector('#scroller').clientWidth]"
    )
    assert sizes[0] <= sizes[1]
    assert sizes[2] <= sizes[3]
