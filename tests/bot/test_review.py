"""/corrections over HTTP: what admins see of others' corrections, and what their word does."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.api_server import BotApiServer
from bot.services.correction_files import CORRECTIONS, CorrectionFiles
from bot.services.training_setup import lessons
from bot.storage import Status, Verdict
from bot.texts import review as texts
from bot.texts.words import words_in
from tests.bot.readings import draw_seven, encode
from tests.bot.workshop import Workshop, open_workshop

BEN, MALLORY = 5001, 5002
NOTHING_LEFT = words_in("en").plain(texts.NOTHING_LEFT)


@pytest.fixture
async def shop(api_server: BotApiServer, tmp_path: Path) -> AsyncIterator[Workshop]:
    async with open_workshop(api_server, tmp_path) as running:
        yield running


async def correct(shop: Workshop, user_id: int, truth: int | None, message_id: int) -> None:
    """Keep a correction as the keypad does."""
    files = CorrectionFiles(shop.data_dir / CORRECTIONS)
    picture = await files.save(encode(draw_seven(28, 28), "PNG"), encode(draw_seven()))
    said_at = datetime.now(UTC)
    verdict = Verdict(9, message_id, 0, user_id, user_id, said_at, "v1", 7, truth, picture)
    await shop.database.corrections.put([verdict])


async def statuses(shop: Workshop) -> list[Status]:
    return [one.status for one in await shop.database.corrections.list()]


async def test_an_admin_accepts_and_rejects_them_one_by_one(shop: Workshop) -> None:
    assert (await shop.say("/corrections")).text == NOTHING_LEFT
    for n, truth in enumerate((1, None, 4)):
        await correct(shop, BEN, truth, n)
    shown = await shop.say("/corrections")
    assert shown.media is not None
    assert shown.text.startswith("Correction 1 of 3")
    assert shown.text.endswith("says it's 1.") or shown.text.endswith("says it is 1.")
    await shop.chat.press(shown, "Accept")
    second = await shop.chat.wait_for_edit(shown)
    assert second.text.startswith("Correction 1 of 2")
    await shop.chat.press(second, "Next")
    third = await shop.chat.wait_for_edit(second)
    assert "4" in third.text
    await shop.chat.press(third, "Reject")
    fourth = await shop.chat.wait_for_edit(third)
    await shop.chat.press(fourth, "Reject")
    assert (await shop.chat.wait_for_edit(fourth)).text == NOTHING_LEFT
    assert await statuses(shop) == [Status.ACCEPTED, Status.REJECTED, Status.REJECTED]


async def test_all_of_one_person_are_rejected_at_once(shop: Workshop) -> None:
    for n in range(5):
        await correct(shop, MALLORY, 7 - n, n)
    await correct(shop, BEN, 1, 9)
    shown = await shop.say("/corrections")
    await shop.chat.press(shown, shown.buttons[-1])
    left = await shop.chat.wait_for_edit(shown)
    assert left.text.startswith("Correction 1 of 1")
    assert await statuses(shop) == [Status.REJECTED] * 5 + [Status.PENDING]


async def test_training_learns_from_what_is_not_rejected_and_trusts_what_is_reviewed(
    shop: Workshop,
) -> None:
    admin = shop.chat.person.id
    for n, user_id in enumerate((BEN, BEN, BEN, admin)):
        await correct(shop, user_id, None if n == 3 else n, n)
    await shop.database.corrections.review([1], Status.ACCEPTED)
    await shop.database.corrections.review([2], Status.REJECTED)
    files = CorrectionFiles(shop.data_dir / CORRECTIONS)
    found = await lessons(shop.database.corrections, files, {admin})
    assert [(one.id, one.label, one.is_reviewed) for one in found] == [
        (1, 0, True),
        (3, 2, False),
        (4, 10, True),
    ]
    assert all(one.glyph.is_file() for one in found)
    assert (await shop.say("/corrections")).text.startswith("Correction 1 of 1")


async def test_the_suspects_of_the_last_training_come_first(shop: Workshop) -> None:
    for n in range(3):
        await correct(shop, BEN, n, n)
    await shop.database.corrections.review([1], Status.REJECTED)
    await shop.say("/train quick")
    report = await shop.says("/corrections", button="Roll back")
    assert report.text
    assert (await shop.last_run()).suspects == (2,)
    await shop.whole_report()
    await correct(shop, BEN, 5, 3)
    shown = await shop.say("/corrections")
    assert len(shown.text.splitlines()) == 3
