"""What admins do, as they do it in the playground: train, watch, judge, review, ban."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, expect

from bot.api_server import BotApiServer
from bot.playground.app import bot_settings, open_playground
from bot.playground.cast import Cast
from bot.playground.stages import LookingGlass
from bot.services.correction_files import CORRECTIONS, CorrectionFiles
from bot.storage import Database, Verdict
from tests.bot import fake_trainer
from tests.bot.readings import draw_seven, encode
from tests.bot.workshop import playing_services
from tests.contract import Contract
from tests.playground.browser import DESKTOP, PATIENCE, PHONE, Screen

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

expect.set_options(timeout=PATIENCE)

NEW = "2999-run-1"


class Office:
    """Ada's chat with the bot, on her screen, and the database behind."""

    def __init__(self, screen: Screen, cast: Cast, database: Database, folder: Path) -> None:
        self.screen, self.cast = screen, cast
        self._database, self._files = database, CorrectionFiles(folder / CORRECTIONS)

    async def asks(self, command: str) -> Locator:
        """Let her send a command; return the answer."""
        before = await self.screen.answers.count()
        await self.screen.say(command)
        await expect(self.screen.answers).to_have_count(before + 1)
        return self.screen.answers.last

    def message(self, words: str) -> Locator:
        """The last message with these words."""
        return self.screen.answers.filter(has_text=words).last

    async def somebody_corrects(self, user_id: int, truth: int) -> None:
        """Keep a correction as the keypad does."""
        glyph, crop = encode(draw_seven(28, 28), "PNG"), encode(draw_seven())
        verdict = Verdict(
            *(9, truth, 0, user_id, user_id, datetime.now(UTC), "v1", 7, truth),
            await self._files.save(glyph, crop),
        )
        await self._database.corrections.put([verdict])


@pytest.fixture
def behaviour() -> str:
    """Of the trainer; tests may want another."""
    return "worse"


@pytest_asyncio.fixture(params=[PHONE, DESKTOP], ids=["phone", "desktop"], loop_scope="session")
async def office(
    request: pytest.FixtureRequest,
    browser: Browser,
    contract: Contract,
    glass: LookingGlass,
    tmp_path: Path,
    behaviour: str,
) -> AsyncIterator[Office]:
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(BotApiServer(on_exchange=contract.check))
        cast = await Cast.assemble(server)
        server.world.change_person(cast.admin_id, language_code="en")
        settings = bot_settings(cast, tmp_path)
        services, database = await stack.enter_async_context(
            playing_services(settings, fake_trainer.command(behaviour))
        )
        url = await stack.enter_async_context(open_playground(cast, settings, services, glass))
        context = await browser.new_context(
            viewport=request.param, is_mobile=request.param is PHONE, locale="en-GB"
        )
        stack.push_async_callback(context.close)
        screen = Screen(context, await context.new_page())
        await screen.open(url)
        await screen.go_to("DigitBot", person="Ada")
        yield Office(screen, cast, database, tmp_path)
        assert screen.complaints == []
    assert contract.violations == []


async def test_a_training_from_the_panel_to_a_promotion_and_back(office: Office) -> None:
    panel = await office.asks("/train")
    await expect(panel).to_contain_text("How often it is right")
    await panel.get_by_role("button", name="Quick").click()
    report = office.message("🔴 people's corrections: worse")
    await expect(report).to_contain_text("doesn't answer yet. It is significantly worse")
    await expect(office.message("training-1.html")).to_be_visible()
    await expect(office.screen.answers.get_by_alt_text("Photo from DigitBot")).to_have_count(3)

    models = await office.asks("/models")
    await models.get_by_role("button", name=NEW).click()
    await expect(models).to_contain_text("Quick training, by Ada")
    await models.get_by_role("button", name="Promote").click()
    await expect(office.screen.page.get_by_text(f"{NEW} answers from now on.")).to_be_visible()
    await office.screen.page.get_by_role("button", name="OK", exact=True).click()
    await models.get_by_role("button", name="All models").click()
    await expect(models.get_by_role("button", name=NEW)).to_contain_text("answers now")
    await models.get_by_role("button", name="Roll back").click()
    await office.screen.page.get_by_role("button", name="OK", exact=True).click()
    await models.get_by_role("button", name="All models").click()
    await expect(models.get_by_role("button", name=NEW)).not_to_contain_text("answers now")


@pytest.mark.parametrize("behaviour", ["endless"])
async def test_a_training_is_watched_and_cancelled(office: Office) -> None:
    await office.asks("/train quick")
    progress = office.message("Quick training")
    await expect(progress).to_contain_text("▓")
    await expect(progress).to_contain_text("Epoch 1 of 2")
    await progress.get_by_role("button", name="Cancel").click()
    await expect(office.screen.answers).to_have_text([re.compile("The training was cancelled")])


async def test_corrections_are_reviewed_as_pictures_and_their_author_banned(office: Office) -> None:
    wei = next(person for person in office.cast.people if person.first_name == "Wei")
    for truth in range(1, 4):
        await office.somebody_corrects(wei.id, truth)
    shown = await office.asks("/corrections")
    await expect(shown).to_contain_text("Correction 1 of 3")
    await expect(shown.get_by_alt_text("Photo from DigitBot")).to_be_visible()
    await shown.get_by_role("button", name="Accept", exact=True).click()
    await expect(shown).to_contain_text("Correction 1 of 2")
    await shown.get_by_role("button", name="Reject all of theirs").click()
    await expect(shown).to_contain_text("There are no corrections to review.")

    answer = await office.asks(f"/ban {wei.id}")
    await expect(answer).to_contain_text("is banned")
    listed = await office.asks("/ban")
    await listed.get_by_role("button", name="Unban").click()
    await expect(listed).to_contain_text("Nobody is banned.")


async def test_the_menu_has_what_admins_can_do(office: Office) -> None:
    page = office.screen.page
    await page.get_by_role("button", name="Commands").click()
    for command in ("/train", "/models", "/corrections", "/health", "/ban", "/unban"):
        await expect(page.get_by_role("option", name=command).first).to_be_visible()
