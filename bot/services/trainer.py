"""The training of this installation: one run at a time, from the order to the promotion.

The bot owns the life of the process that trains. What that says is read from a file of the run, so
a bot that was killed takes up the thread where it finds it: a process that still runs is adopted,
one that has ended meanwhile is believed, and one that died is told to whoever waits for it.
"""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from bot.services.models import Models
from bot.services.promotion import Promotion
from bot.services.training import (
    CANCELLED,
    SHUT_DOWN,
    TOO_LARGE,
    TOO_LONG,
    Asker,
    Busy,
    Limits,
    NoTensorFlow,
    NothingToResume,
    Reporter,
    Silence,
    State,
)
from bot.services.training_end import conclude
from bot.services.training_folders import TrainingFolders
from bot.services.training_process import TRAIN, AlreadyTraining, EventTail, TrainingProcess
from bot.storage import Run, RunStatus, TrainingRepository, is_unavailable
from model.training.events import Chose, Event
from model.training.order import Correction, Order, Preset, read_order, write_order

log = logging.getLogger(__name__)

RETRY: Final = 2.0  # seconds between two tries to write to a database that is away
LOOK: Final = 0.2  # seconds between two looks at the process
GRACE: Final = 7.0  # seconds to stop in, of the ten that Docker gives the bot


class Trainer:
    """Trains; `running` makes it work.

    `corrections` are what there is to learn from; `settings` becomes a part of the order, such as
    where MNIST is. `command` is the process, for tests.
    """

    def __init__(
        self,
        data_dir: Path,
        models: Models,
        runs: TrainingRepository,
        corrections: Callable[[], Awaitable[Sequence[Correction]]],
        settings: Callable[[Order], Order] = lambda order: order,
        limits: Limits | None = None,
        command: Sequence[str] = TRAIN,
    ) -> None:
        self.runs = runs
        self.models = models
        self.promotion = Promotion(models, runs)
        self._folders = TrainingFolders(data_dir)
        self._corrections = corrections
        self._settings = settings
        self._limits = limits or Limits()
        self._command = command
        self._reporter: Reporter = Silence()
        self._state: State | None = None
        self._process: TrainingProcess | None = None
        self._watching: asyncio.Task[Run] | None = None
        self._cause: str | None = None
        self._starting = asyncio.Lock()
        self._ready = asyncio.Event()  # to start runs: it is known what an earlier bot has left

    @property
    def state(self) -> State | None:
        """How the run under way stands, None if there is none."""
        return self._state

    def folder(self, run: Run) -> Path:
        """Where a run keeps its files."""
        return self._folders.of(run)

    @asynccontextmanager
    async def running(self, reporter: Reporter, *, take_up: bool = True) -> AsyncIterator[None]:
        """Take up what an earlier bot has left, and train when asked to within the block.

        At its end a run under way is asked to keep what it has, and is interrupted. Without
        `take_up`, what others have begun is left to them.
        """
        self._reporter = reporter
        if take_up:
            await self._take_up()
        self._ready.set()
        try:
            yield
        finally:
            await self._shut_down()

    async def start(self, preset: Preset, asker: Asker) -> Run:
        """Begin a run.

        Raises `Busy`, or another `CannotTrain`.
        """
        await self._ready.wait()
        async with self._starting:
            self._refuse_if_impossible()
            seed = random.randrange(2**31)  # noqa: S311 - of a training, not of a secret
            run = await self.runs.add(
                preset=preset,
                **asdict(asker),
                message_id=None,
                started_at=datetime.now(UTC),
                seed=seed,
                compared_with=self.models.card.version,
            )
            order = Order(
                run.id,
                preset,
                self.folder(run),
                self.models.store.root.resolve(),
                self.models.folder.resolve(),
                seed,
                corrections=tuple(await self._corrections()),
            )
            return await self._launch(run, self._settings(order))

    async def resume(self, asker: Asker) -> Run:
        """Go on with the last run, which was interrupted.

        Raises `Busy`, `NothingToResume`, or another `CannotTrain`.
        """
        await self._ready.wait()
        async with self._starting:
            self._refuse_if_impossible()
            run = await self.resumable()
            if run is None:
                raise NothingToResume
            order = await asyncio.to_thread(read_order, self.folder(run))
            run = await self.runs.change(
                run.id,
                **asdict(asker),
                message_id=None,
                status=RunStatus.RUNNING,
                ended_at=None,
                reason="",
                compared_with=self.models.card.version,
            )
            return await self._launch(run, replace(order, current=self.models.folder.resolve()))

    async def resumable(self) -> Run | None:
        """Return the run that `resume` would go on with."""
        for run in await self.runs.newest():
            if run.status is RunStatus.INTERRUPTED and self._folders.can_go_on(run):
                return run
        return None

    async def cancel(self, number: int | None = None) -> bool:
        """End the run under way at once and remove what it has made; return whether that is so.

        Not if there is none, or another than run `number`, or its end has begun already. What it
        has to show for itself is gone when this returns.
        """
        state, watching = self._state, self._watching
        if state is None or watching is None or self._process is None:
            return False
        if number is not None and number != state.run.id:
            return False
        self._cause = CANCELLED
        self._process.kill()
        run = await asyncio.shield(watching)
        return run.status is RunStatus.CANCELLED

    async def shown_by(self, run: Run, message_id: int) -> None:
        """Note which message shows how a run goes."""
        run = await self._note(run, message_id=message_id)
        if self._state is not None and self._state.run.id == run.id:
            self._state = replace(self._state, run=replace(self._state.run, message_id=message_id))
            self._reporter.goes_on(self._state)

    def _refuse_if_impossible(self) -> None:
        if self._state is not None:
            raise Busy(self._state.run)
        if self._command is TRAIN and find_spec("tensorflow") is None:
            raise NoTensorFlow

    async def _launch(self, run: Run, order: Order) -> Run:
        environment = self._folders.environment(run, self._limits.threads)
        try:
            await asyncio.to_thread(write_order, order)
            process = await asyncio.to_thread(
                TrainingProcess.start, self.folder(run), environment, self._command
            )
        except AlreadyTraining:
            await self._give_up(run, RunStatus.FAILED, "another training")
            raise Busy(None) from None
        except BaseException:
            await self._give_up(run, RunStatus.FAILED, "it could not be started")
            raise
        self._watch(State(run), process)
        return run

    async def _give_up(self, run: Run, status: RunStatus, reason: str) -> None:
        await self.runs.change(run.id, status=status, reason=reason, ended_at=datetime.now(UTC))

    async def _note(self, run: Run, **changes: Any) -> Run:
        """Write down how a run under way stands, as soon as the database can be written to."""
        while True:
            try:
                return await self.runs.change(run.id, **changes)
            except Exception as error:
                if not is_unavailable(error):
                    raise
                log.warning("The training %d cannot be noted, next try in %.0f s", run.id, RETRY)
                await asyncio.sleep(RETRY)

    async def _take_up(self) -> None:
        """See what became of a run that an earlier bot has left running."""
        run = await self.runs.running()
        if run is None:
            return
        process = await asyncio.to_thread(TrainingProcess.left_over, self.folder(run))
        if process is not None:
            log.info("The training %d still runs, and is taken up.", run.id)
            self._watch(State(run), process)
        else:
            log.info("The training %d has ended while nobody watched.", run.id)
            self._watch(State(run), None)

    def _watch(self, state: State, process: TrainingProcess | None) -> None:
        self._state, self._process, self._cause = state, process, None
        self._watching = asyncio.create_task(self._see_through(process))

    async def _see_through(self, process: TrainingProcess | None) -> Run:
        """Hear and watch the run to its end, and return how it has ended."""
        assert self._state is not None
        loop = asyncio.get_running_loop()
        tail = EventTail(self.folder(self._state.run))
        deadline = loop.time() + self._limits.hours * 3600
        try:
            while True:
                is_alive = process is not None and process.is_alive()
                for event in await asyncio.to_thread(tail.new):  # many, of one that is taken up
                    await self._hear(event)
                self._reporter.goes_on(self._state)
                if process is None or not is_alive:  # what it said last has been heard
                    break
                if loop.time() > deadline:
                    self._cause = TOO_LONG
                elif await asyncio.to_thread(process.memory) > self._limits.memory:
                    self._cause = TOO_LARGE
                if self._cause in (TOO_LONG, TOO_LARGE):
                    process.kill()
                await asyncio.sleep(LOOK)
            fate = process.fate() if process is not None else "unknown"
            state = await conclude(
                self._state, self._cause, fate, self._folders, self.models, self.runs
            )
        except Exception:
            log.exception("The training %d cannot be concluded", self._state.run.id)
            if process is not None:
                process.kill()  # nobody would watch it any more
                while process.is_alive():  # noqa: ASYNC110 - the kernel sends no event
                    await asyncio.sleep(LOOK)
            run = await self._note(
                self._state.run, status=RunStatus.FAILED, ended_at=datetime.now(UTC)
            )
            state = replace(self._state, run=run)
        finally:
            self._state = self._process = None
        try:
            await self._reporter.has_ended(state)
        except Exception:
            log.exception("The training %d cannot be reported", state.run.id)
        return state.run

    async def _hear(self, event: Event) -> None:
        assert self._state is not None
        self._state = self._state.after(event)
        if isinstance(event, Chose):
            run = await self._note(
                self._state.run,
                taught=event.taught,
                held_back=event.held_back,
                suspects=event.suspects,
            )
            self._state = replace(self._state, run=run)

    async def _shut_down(self) -> None:
        watching, process = self._watching, self._process
        if watching is None or watching.done():
            return
        if process is not None:
            self._cause = SHUT_DOWN
            await asyncio.to_thread(process.ask_to_stop)
        done, _ = await asyncio.wait({watching}, timeout=GRACE)
        if not done and process is not None:
            process.kill()
        await asyncio.wait({watching}, timeout=GRACE)
