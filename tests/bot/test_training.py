"""/train over HTTP: how it is asked for, watched, stopped, judged, and survived."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from bot.api_server import BotApiServer, Fault
from bot.services.trainer import Trainer
from bot.services.training import Asker, Busy, Silence
from bot.storage import Run, RunStatus, TrainingRepository
from bot.texts import training as texts
from bot.texts.words import words_in
from model import model_card
from model.training.order import Correction, training_lock
from tests.bot import fake_trainer
from tests.bot.presses import press_forged
from tests.bot.workshop import open_workshop
from tests.model.models import make_model

ENGLISH = words_in("en")
SHIPPED = model_card().version
NEW = "2999-run-1"
BUTTONS = ["Quick", "Full"]
GO_ON = "Resume the last one"


async def no_corrections() -> Sequence[Correction]:
    return ()


async def test_the_panel_says_what_would_be_trained_and_begins_it(
    api_server: BotApiServer, tmp_path: Path
) -> None:
    async with open_workshop(api_server, tmp_path) as shop:
        panel = await shop.say("/train")
        assert SHIPPED in panel.text
        assert "0 corrections" in panel.text
        assert [button.text for button in panel.buttons] == BUTTONS
        await shop.chat.press(panel, "Quick")
        await shop.says("answers from now on. It is better", after=panel)
        run = await shop.last_run()
        assert (run.status, run.version, run.reason) == (RunStatus.PROMOTED, NEW, "better")
        assert (run.user_name, run.chat_id) == ("Ada", shop.chat.chat.id)
        assert await shop.version() == NEW


async def test_the_report_has_figures_pictures_and_the_page(
    api_server: BotApiServer, tmp_path: Path
) -> None:
    async with open_workshop(api_server, tmp_path) as shop:
        await shop.say("/train quick")
        report = await shop.says("people's corrections: better\n90% → 99.8%")
        assert "newly right 8, newly wrong 0, p = 0.008" in report.text
        assert "calibration error 5% → 1%\ndigits refused 2% → 1%" in report.text
        assert "⚪ MNIST test set: no clear difference" in report.text
        assert [button.text for button in report.buttons] == ["Roll back"]
        page = await shop.whole_report()
        assert shop.chat.download(page).startswith(b"<!doctype html>")
        photos = [m for m in shop.chat.replies if m.media is not None and m.media.kind == "photo"]
        assert len(photos) == 3
        progress = next(m for m in shop.chat.replies if m.message_id < report.message_id)
        assert "answers from now on" in progress.text
        assert progress.buttons == ()
        answer = await shop.chat.press(report, "Roll back")
        assert answer.text == f"{SHIPPED} answers from now on."
        assert await shop.version() == SHIPPED
        assert (await shop.last_run()).status is RunStatus.CANDIDATE


async def test_what_is_worse_waits_for_an_admin(api_server: BotApiServer, tmp_path: Path) -> None:
    async with open_workshop(api_server, tmp_path, "worse") as shop:
        await shop.say("/train full")
        report = await shop.says("people's corrections: worse\n99.8% → 90%")
        assert "doesn't answer yet. It is significantly worse" in report.text
        assert (await shop.last_run()).status is RunStatus.CANDIDATE
        assert await shop.version() == SHIPPED
        await shop.chat.press(report, "Promote")
        assert await shop.version() == NEW
        assert (await shop.last_run()).status is RunStatus.PROMOTED
        promoted = await shop.chat.wait_for_edit(report)
        answer = await shop.chat.press(promoted, "All models")
        assert not answer.text


async def test_models_are_listed_promoted_and_discarded(
    api_server: BotApiServer, tmp_path: Path
) -> None:
    async with open_workshop(api_server, tmp_path, "worse") as shop:
        await shop.say("/train quick")
        await shop.whole_report()
        listed = await shop.say("/models")
        newest, shipped = (button.text for button in listed.buttons)
        assert newest.startswith(NEW)
        assert shipped.endswith("answers now · comes with the bot")
        await shop.chat.press(listed, newest)
        page = await shop.chat.wait_for_edit(listed)
        assert "Quick training, by Ada" in page.text
        assert [button.text for button in page.buttons] == ["Promote", "Discard", "All models"]
        answer = await shop.chat.press(page, "Discard")
        assert answer.text == f"{NEW} is deleted."
        again = await shop.say("/models")
        assert len(again.buttons) == 1
        late = await shop.chat.press(page, "All models")
        assert not late.show_alert
        assert (await shop.last_run()).status is RunStatus.DISCARDED


async def test_cancel_leaves_nothing_behind(api_server: BotApiServer, tmp_path: Path) -> None:
    async with open_workshop(api_server, tmp_path, "endless") as shop:
        progress = await shop.say("/train quick")
        training = await shop.says("Epoch 1 of 2, batch 5 of 5")
        assert "▓" in training.text
        assert "pictures a second, about 1 min left" in training.text
        answer = await shop.chat.press(progress, "Cancel")
        assert answer.text == ENGLISH.plain(texts.CANCELLING)
        assert training_lock(tmp_path / "training").holder() is None
        assert [entry.name for entry in (tmp_path / "training").iterdir()] == ["lock"]
        run = await shop.last_run()
        assert run.status is RunStatus.CANCELLED
        await shop.says("The training was cancelled.")
        assert (await shop.say("/train cancel")).text == ENGLISH.plain(texts.NOTHING_RUNS)
        assert (await shop.say("/train")).text.startswith("Training")


async def test_a_second_one_is_told_who_trains_and_how_far_it_is(
    api_server: BotApiServer, tmp_path: Path
) -> None:
    async with open_workshop(api_server, tmp_path, "endless") as shop:
        await shop.say("/train quick")
        await shop.says("Epoch 1 of 2")
        for command in ("/train", "/train full", "/train status"):
            told = await shop.say(command)
            assert "Ada started a training 0 min ago" in told.text
            assert "Epoch 1 of 2" in told.text
        assert len(await shop.database.trainings.newest(9)) == 1


@pytest.mark.parametrize(
    ("behaviour", "words"),
    [
        ("missing", "MNIST could not be downloaded. Name it with MNIST_PATH."),
        ("crash", "its process ended with code 7"),
    ],
)
async def test_a_failure_says_why_and_the_next_one_may_begin(
    api_server: BotApiServer, tmp_path: Path, behaviour: str, words: str
) -> None:
    async with open_workshop(api_server, tmp_path, behaviour) as shop:
        for _ in range(2):
            progress = await shop.say("/train quick")
            await shop.says(words, after=progress)
            assert (await shop.last_run()).status is RunStatus.FAILED
        assert (await shop.say("/train resume")).text == ENGLISH.plain(texts.NOTHING_TO_RESUME)


@pytest.mark.parametrize(
    ("behaviour", "limit", "words"),
    [
        ("endless", {"train_hours": 1e-3}, "longer than TRAIN_HOURS"),
        ("swell", {"train_memory": 500}, "more memory than TRAIN_MEMORY"),
    ],
)
async def test_limits_end_a_run_that_can_go_on(
    api_server: BotApiServer, tmp_path: Path, behaviour: str, limit: dict[str, Any], words: str
) -> None:
    async with open_workshop(api_server, tmp_path, behaviour, **limit) as shop:
        progress = await shop.say("/train quick")
        await shop.says(words, after=progress, button=GO_ON)
        assert (await shop.last_run()).status is RunStatus.INTERRUPTED


async def test_a_stop_of_the_bot_interrupts_and_resume_goes_on(
    api_server: BotApiServer, tmp_path: Path
) -> None:
    async with open_workshop(api_server, tmp_path, "endless") as shop:
        await shop.say("/train quick")
        await shop.says("Epoch 1 of 2, batch 5 of 5")
        account, chat = shop.bot, shop.chat
    assert training_lock(tmp_path / "training").holder() is None
    async with open_workshop(api_server, tmp_path, account=account, chat=chat) as shop:
        told = await shop.says("interrupted: the bot was stopped.", button=GO_ON)
        await shop.chat.press(told, GO_ON)
        await shop.says("answers from now on")
        run = await shop.last_run()
        assert (run.id, run.status) == (1, RunStatus.PROMOTED)
        assert not list((tmp_path / "training" / "1").glob("*.keras"))


async def test_a_deleted_progress_message_stops_neither_training_nor_report(
    api_server: BotApiServer, tmp_path: Path
) -> None:
    async with open_workshop(api_server, tmp_path) as shop:
        progress = await shop.say("/train quick")
        await shop.chat.delete(progress)
        report = await shop.says("It is better on at least one set", after=progress)
        assert report.message_id != progress.message_id
        assert (await shop.last_run()).status is RunStatus.PROMOTED


async def test_where_the_group_is_gone_the_report_comes_in_private(
    api_server: BotApiServer, tmp_path: Path
) -> None:
    async with open_workshop(api_server, tmp_path) as shop:
        await shop.say("/start")  # a bot may not write first
        group = api_server.group("Lab", [shop.chat.person])
        await group.add(shop.bot)
        inside = group.as_member(shop.chat.person)
        command = await inside.send_text("/train@DigitBot quick")
        await inside.wait_for_reply(to=command)
        await group.remove(shop.bot)
        await shop.says("It is better on at least one set")
        run = await shop.last_run()
        assert (run.chat_id, run.status) == (inside.chat.id, RunStatus.PROMOTED)


async def test_progress_backs_off_when_telegram_says_so(
    api_server: BotApiServer, tmp_path: Path
) -> None:
    async with open_workshop(api_server, tmp_path, "endless") as shop:
        api_server.faults.add("editMessageText", Fault.too_many_requests(1), times=1)
        await shop.say("/train quick")
        await shop.says("Epoch 1 of 2, batch 5 of 5")
        edits = [e for e in api_server.exchanges if e.method == "editMessageText"]
        assert [e.error is None for e in edits].count(False) == 1


async def test_a_report_outlasts_a_torn_network(api_server: BotApiServer, tmp_path: Path) -> None:
    async with open_workshop(api_server, tmp_path) as shop:
        progress = await shop.say("/train quick")
        api_server.faults.add("sendMessage", Fault.server_error(), times=2)
        report = await shop.says("It is better on at least one set", after=progress)
        assert api_server.faults.take("sendMessage") is None  # both have happened
        assert report.message_id != progress.message_id


async def test_a_rollback_is_one_step_however_often_it_is_pressed(
    api_server: BotApiServer, tmp_path: Path
) -> None:
    async with open_workshop(api_server, tmp_path) as shop:
        store = shop.trainer.models.store
        for version in ("2999-a", "2999-b"):
            store.add(make_model(tmp_path, version))
            await shop.trainer.promotion.promote(version)
        await shop.say("/train quick")
        report = await shop.says("answers from now on. It is better", button="Roll back")
        data = str(report.buttons[0].callback_data)
        for _ in range(3):
            said = await press_forged(shop.chat, report, data)
            assert said == "2999-b answers from now on."
        assert await shop.version() == "2999-b"


async def test_an_old_cancel_button_is_not_for_the_run_after(
    api_server: BotApiServer, tmp_path: Path
) -> None:
    async with open_workshop(api_server, tmp_path, "endless") as shop:
        progress = await shop.say("/train quick")
        await shop.says("Epoch 1 of 2, batch 5 of 5")
        said = await press_forged(shop.chat, progress, "1:train/cancel/77")
        assert said == ENGLISH.plain(texts.NOTHING_RUNS)
        assert shop.trainer.state is not None
        await shop.chat.press(progress, "Cancel")


async def test_the_shell_leaves_the_bots_training_alone(
    api_server: BotApiServer, tmp_path: Path
) -> None:
    async with open_workshop(api_server, tmp_path, "endless") as shop:
        progress = await shop.say("/train quick")
        await shop.says("Epoch 1 of 2, batch 5 of 5")
        shell = Trainer(
            tmp_path, shop.trainer.models, shop.database.trainings, no_corrections,
            command=fake_trainer.command("better"),
        )  # fmt: skip
        async with shell.running(Silence(), take_up=False):
            with pytest.raises(Busy):
                await shell.start("quick", Asker(None, "root"))
        await asyncio.sleep(0.5)
        assert shop.trainer.state is not None
        await shop.chat.press(progress, "Cancel")


class FailingRuns:
    """The runs of a training, which cannot be told once how much it was taught."""

    def __init__(self, runs: TrainingRepository, failure: Exception) -> None:
        self._runs, self._failures = runs, [failure]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._runs, name)

    async def change(self, run_id: int, **values: Any) -> Run:
        if "taught" in values and self._failures:
            raise self._failures.pop()
        return await self._runs.change(run_id, **values)


async def test_a_database_that_is_away_for_a_moment_ends_no_training(
    api_server: BotApiServer, tmp_path: Path
) -> None:
    async with open_workshop(api_server, tmp_path) as shop:
        locked = OperationalError("UPDATE", {}, Exception("locked"))
        shop.trainer.runs = FailingRuns(shop.trainer.runs, locked)
        await shop.say("/train quick")
        run = await shop.last_run()
        assert (run.status, run.taught) == (RunStatus.PROMOTED, 0)


async def test_a_training_that_nobody_can_watch_is_ended(
    api_server: BotApiServer, tmp_path: Path
) -> None:
    async with open_workshop(api_server, tmp_path, "endless") as shop:
        bug = RuntimeError("a bug")
        shop.trainer.runs = FailingRuns(shop.trainer.runs, bug)
        await shop.say("/train quick")
        assert (await shop.last_run()).status is RunStatus.FAILED
        assert training_lock(tmp_path / "training").holder() is None
