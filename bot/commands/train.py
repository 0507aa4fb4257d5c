"""`digitbot train --preset`: the same run as /train begins in the chat, with its progress here.

The run is noted in the database, and learns from the same corrections. What passes the gate is
promoted, and a running bot takes it over within a few seconds.
"""

import asyncio
import getpass
from html import unescape

from rich.console import Console
from rich.live import Live
from rich.text import Text

from bot.errors import CannotStart
from bot.services.correction_files import CORRECTIONS, CorrectionFiles
from bot.services.models import MODELS, Load, Models
from bot.services.training import Asker, Busy, CannotTrain, State
from bot.services.training_setup import make_trainer
from bot.settings import load_installation
from bot.storage import Run, RunStatus, open_database
from bot.texts import training
from bot.texts.training_report import report
from bot.texts.words import words_in
from model.store import ModelStore
from model.training.events import Finished
from model.training.order import Preset

GOOD = {RunStatus.PROMOTED, RunStatus.CANDIDATE}


async def train(preset: Preset) -> bool:
    """Run a training to its end; return whether there is a new model. Ctrl+C cancels it.

    Raises `CannotStart`, also if a training runs already.
    """
    settings = load_installation()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    models = Models(ModelStore(settings.data_dir / MODELS), settings.model_path)
    console = Console()
    async with (
        open_database(settings.data_dir, settings.database_url) as database,
        models.served_by(_NoReaders()),
    ):
        files = CorrectionFiles(settings.data_dir / CORRECTIONS)
        trainer = make_trainer(settings, models, database, files)
        with Live(console=console, auto_refresh=False) as live:
            reporter = _Terminal(live)
            async with trainer.running(reporter, take_up=False):
                try:
                    await trainer.start(preset, Asker(None, getpass.getuser()))
                except CannotTrain as error:
                    raise CannotStart(_problem(error)) from error
                try:
                    run = await reporter.ended
                except asyncio.CancelledError:
                    await trainer.cancel()
                    raise
        console.print(f"\nIts files are in {trainer.folder(run)}.")
    return run.status in GOOD


class _NoReaders:
    """Nobody reads here; but what is promoted is loaded and tried all the same."""

    async def ready(self) -> None:
        """Nothing to wait for."""

    async def swap(self, load: Load) -> None:
        """See whether it can be served."""
        await asyncio.to_thread(load)


class _Terminal:
    """Shows a run in the terminal; see `bot.services.training.Reporter`."""

    def __init__(self, live: Live) -> None:
        self._live = live
        self.ended: asyncio.Future[Run] = asyncio.get_running_loop().create_future()

    def goes_on(self, state: State) -> None:
        """Draw it anew."""
        self._draw(training.progress(words_in(None), state))

    async def has_ended(self, state: State) -> None:
        """Show the report, or why there is none."""
        words, end = words_in(None), state.end
        if state.run.version is not None and isinstance(end, Finished):
            self._draw(report(words, state.run, end))
        else:
            self._draw(training.outcome(words, state.run))
        if not self.ended.done():
            self.ended.set_result(state.run)

    def _draw(self, html: str) -> None:
        plain = unescape(html.replace("<b>", "").replace("</b>", ""))
        self._live.update(Text(plain), refresh=True)


def _problem(error: CannotTrain) -> str:
    words = words_in(None)
    if isinstance(error, Busy):
        return words.plain(training.BUSY_ELSEWHERE)
    return words.plain(training.NO_TENSORFLOW)
