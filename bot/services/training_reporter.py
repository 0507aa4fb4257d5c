"""A training as the chat sees it: a message that edits itself, and the report at the end."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, InputMediaPhoto
from telegram.constants import MediaGroupLimit, ParseMode
from telegram.error import BadRequest, Forbidden, RetryAfter, TelegramError
from telegram.ext import ExtBot

from bot.services.training import State
from bot.storage import Run, RunStatus
from bot.texts import models as models_texts
from bot.texts import training
from bot.texts.training_report import report
from bot.texts.words import Words, words_in
from model.training.events import Finished

log = logging.getLogger(__name__)

EVERY = 3.0  # seconds between two edits, at least
TRIES = 5  # to show how it ended where its progress was shown

CANCEL = "1:train/cancel/"  # then the run
RESUME = "1:train/resume"
PROMOTE = "1:models/promote/"  # then the version
DISCARD = "1:models/discard/"  # then the version
ROLL_BACK = "1:models/rollback/"  # then the version that is taken back


@dataclass(frozen=True, slots=True)
class Place:
    """Where to send something."""

    chat_id: int
    thread_id: int | None = None


class TrainingReporter:
    """Shows runs where they were asked for; see `bot.services.training.Reporter`.

    Whatever becomes of the message or the chat, the training goes on, and its result reaches
    whoever began it: in private, if it cannot be told where they asked.
    """

    def __init__(self, bot: ExtBot[int], folder: Callable[[Run], Path]) -> None:
        self._bot = bot
        self._folder = folder
        self._latest: State | None = None
        self._news = asyncio.Event()
        self._editing = asyncio.Lock()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Keep the message up to date within the block."""
        showing = asyncio.create_task(self._keep_showing())
        try:
            yield
        finally:
            showing.cancel()

    def goes_on(self, state: State) -> None:
        """Show it, some time soon."""
        self._latest = state
        self._news.set()

    async def has_ended(self, state: State) -> None:
        """Tell how it ended: in the message that showed it, and in a new one that is noticed."""
        run, words = state.run, words_in(state.run.language)
        async with self._editing:  # an edit under way must not come after this one
            self._latest = None
            if run.message_id is not None:
                await self._edit(run, training.outcome(words, run), None, tries=TRIES)
        if run.status is not RunStatus.CANCELLED:  # who cancels sees to it
            await self._report(state, words)

    async def _keep_showing(self) -> None:
        shown: tuple[int | None, str] | None = None
        while True:
            await self._news.wait()
            self._news.clear()
            async with self._editing:
                state = self._latest
                if state is None or state.run.message_id is None:
                    continue
                text = training.progress(words_in(state.run.language), state)
                if shown == (state.run.message_id, text):
                    continue
                shown = (state.run.message_id, text)
                wait = await self._edit(state.run, text, cancel_keyboard(state.run))
            await asyncio.sleep(max(EVERY, wait))

    async def _edit(
        self, run: Run, text: str, keyboard: InlineKeyboardMarkup | None, tries: int = 1
    ) -> float:
        """Edit the message of a run; return how many seconds to leave it alone."""
        try:
            await self._bot.edit_message_text(
                text,
                run.chat_id,
                run.message_id,
                parse_mode=ParseMode.HTML,
                reply_markup=keyboard,
                rate_limit_args=tries,
            )
        except RetryAfter as refusal:
            return refusal._retry_after.total_seconds()  # the public one warns of its new type
        except TelegramError as error:  # deleted, gone, or no network: the training goes on
            log.info("The progress of training %d cannot be shown: %s", run.id, error)
        return 0.0

    async def _report(self, state: State, words: Words) -> None:
        run = state.run
        places = [Place(run.chat_id, run.thread_id)] if run.chat_id is not None else []
        if run.user_id is not None and run.user_id != run.chat_id:
            places.append(Place(run.user_id))
        for place in places:
            try:
                await self._send(state, words, place)
            except (BadRequest, Forbidden) as error:
                log.info("The report of training %d cannot be sent: %s", run.id, error)
            except TelegramError as error:
                log.warning("The report of training %d cannot be sent: %s", run.id, error)
                return
            else:
                return

    async def _send(self, state: State, words: Words, place: Place) -> None:
        run, end = state.run, state.end
        if run.version is None or not isinstance(end, Finished):
            keyboard = resume_keyboard(words) if run.status is RunStatus.INTERRUPTED else None
            await self._say(place, training.outcome(words, run), keyboard)
            return
        await self._say(place, report(words, run, end), report_keyboard(words, run))
        folder = self._folder(run)
        pictures = [folder / name for name in end.pictures if (folder / name).is_file()]
        album = [InputMediaPhoto(await asyncio.to_thread(path.read_bytes)) for path in pictures]
        if len(album) >= MediaGroupLimit.MIN_MEDIA_LENGTH:
            await self._bot.send_media_group(
                place.chat_id,
                album[: MediaGroupLimit.MAX_MEDIA_LENGTH],
                message_thread_id=place.thread_id,
            )
        if (page := folder / end.report).is_file():
            data = await asyncio.to_thread(page.read_bytes)
            await self._bot.send_document(
                place.chat_id,
                data,
                filename=f"training-{run.id}.html",
                message_thread_id=place.thread_id,
            )

    async def _say(self, place: Place, text: str, keyboard: InlineKeyboardMarkup | None) -> None:
        await self._bot.send_message(
            place.chat_id,
            text,
            ParseMode.HTML,
            message_thread_id=place.thread_id,
            reply_markup=keyboard,
        )


def cancel_keyboard(run: Run) -> InlineKeyboardMarkup:
    """The button under a run's progress."""
    return _keyboard((words_in(run.language).plain(training.CANCEL), f"{CANCEL}{run.id}"))


def resume_keyboard(words: Words) -> InlineKeyboardMarkup:
    """The button under the news that a run was interrupted."""
    return _keyboard((words.plain(training.RESUME), RESUME))


def report_keyboard(words: Words, run: Run) -> InlineKeyboardMarkup:
    """The buttons under a report."""
    if run.status is RunStatus.PROMOTED:
        return _keyboard((words.plain(models_texts.ROLL_BACK), f"{ROLL_BACK}{run.version}"))
    return _keyboard(
        (words.plain(models_texts.PROMOTE), f"{PROMOTE}{run.version}"),
        (words.plain(models_texts.DISCARD), f"{DISCARD}{run.version}"),
    )


def _keyboard(*buttons: tuple[str, str]) -> InlineKeyboardMarkup:
    row = [InlineKeyboardButton(text, callback_data=data) for text, data in buttons]
    return InlineKeyboardMarkup([row])
