"""Which model answers, and how another takes its place while photos are read.

The model store says which version is to be served; MODEL_PATH, where it is set, overrules it. Here
both become what the readers read with. A promotion goes to the readers first: only a model that one
of them has loaded and tried is written down as the current one.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Protocol

from bot.services.outage import Outage
from bot.services.reader_worker import ImageReader, load_digit_reader
from model import ModelCard, ModelError, model_card
from model.store import ModelStore, StoredModel

log = logging.getLogger(__name__)

MODELS = "models"  # the store, in DATA_DIR
LOOK = 2.0  # seconds between looks at whether `digitbot models` has promoted another

Load = Callable[[], ImageReader]
MakeLoad = Callable[[Path], Load]


class ModelPinned(ModelError):
    """MODEL_PATH decides which model answers, so nothing can be promoted."""


class Readers(Protocol):
    """The part of `bot.services.reader_pool.ReaderPool` that is used here."""

    async def ready(self) -> None:
        """Wait until one can read; raise the `ModelError` that prevents it."""
        ...

    async def swap(self, load: Load) -> None:
        """Read with another model; raise `ModelError` and change nothing if it is unfit."""
        ...


def digit_reader(folder: Path) -> Load:
    """What a worker calls to load the model in `folder`."""
    return partial(load_digit_reader, folder)


class Models:
    """The models of the installation, and the one that answers."""

    def __init__(
        self,
        store: ModelStore,
        pinned: Path | None = None,
        make_load: MakeLoad = digit_reader,
        *,
        look: float = LOOK,
    ) -> None:
        self.store = store
        self.pinned = pinned
        self._make_load = make_load
        self._look = look
        self._folder = pinned or store.preferred()[0]
        self._mark = store.mark()
        self._changing = asyncio.Lock()
        self._readers: Readers
        self._card: ModelCard

    def load(self) -> Load:
        """What the readers are to start with."""
        return self._make_load(self._folder)

    @asynccontextmanager
    async def served_by(self, readers: Readers) -> AsyncIterator[None]:
        """Wait until `readers`, which started with `load`, can read; keep them up to date then.

        A version that turns out to be unfit, as after an update of the bot that changed the
        pipeline, gives way to the one served before it.
        Raises the `ModelError` of MODEL_PATH's model, or of the last that could be tried.
        """
        self._readers = readers
        await self._settle()
        following = asyncio.create_task(self._follow())
        try:
            yield
        finally:
            following.cancel()

    @property
    def card(self) -> ModelCard:
        """The card of the model that answers."""
        return self._card

    @property
    def folder(self) -> Path:
        """The folder of the model that answers."""
        return self._folder

    async def promote(self, version: str) -> StoredModel:
        """Serve `version` from now on.

        Raises `ModelPinned`, `UnknownModel`, or the `ModelError` that makes it unfit; the former
        one goes on answering then.
        """
        async with self._changing:
            self._refuse_if_pinned()
            model = self.store.get(version)
            return await self._change_to(model, partial(self.store.promote, version))

    async def rollback(self) -> StoredModel:
        """Serve what was served before; raises as `promote` does."""
        async with self._changing:
            self._refuse_if_pinned()
            return await self._change_to(self.store.predecessor(), self.store.rollback)

    async def _settle(self) -> None:
        try:
            await self._readers.ready()
        except ModelError as error:
            others = [] if self.pinned else self.store.preferred()[1:]
            if not others:
                raise
            log.error("The model in %s cannot be served: %s", self._folder, error)
            await self._fall_back(others)
        self._card = model_card(self._folder)

    async def _fall_back(self, folders: list[Path]) -> None:
        *others, last = folders
        for folder in others:
            try:
                await self._readers.swap(self._make_load(folder))
            except ModelError as error:
                log.error("Nor can the one in %s: %s", folder, error)
            else:
                self._folder = folder
                return
        await self._readers.swap(self._make_load(last))
        self._folder = last

    async def _change_to(
        self, model: StoredModel, write_down: Callable[[], StoredModel]
    ) -> StoredModel:
        await self._readers.swap(self._make_load(model.folder))
        try:
            written = await asyncio.to_thread(write_down)
        except BaseException:
            await self._readers.swap(self._make_load(self._folder))
            raise
        self._mark = self.store.mark()
        self._folder, self._card = written.folder, written.card
        log.info("The model %s answers from now on.", written.card.version)
        return written

    async def _follow(self) -> None:
        """Take over what another process promotes in the store."""
        outage = Outage("Looking for what others promote")
        while not self.pinned:
            await asyncio.sleep(self._look)
            try:
                if self.store.mark() != self._mark:
                    await self._take_over()
            except Exception as error:
                outage.failed(error)
            else:
                outage.worked()

    async def _take_over(self) -> None:
        async with self._changing:
            self._mark = self.store.mark()
            folder = self.store.preferred()[0]
            if folder == self._folder:
                return
            try:
                await self._readers.swap(self._make_load(folder))
            except ModelError as error:
                log.error("The model in %s cannot be served: %s", folder, error)
                return
            self._folder, self._card = folder, model_card(folder)
            log.info("The model %s answers from now on.", self._card.version)

    def _refuse_if_pinned(self) -> None:
        if self.pinned:
            raise ModelPinned(
                f"MODEL_PATH says that the model in {self.pinned} answers. Unset it and restart"
                " the bot to choose another."
            )
