"""Which model answers: promotions, what becomes of unfit ones, and what other processes decide."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.services.models import Load, ModelPinned, Models
from model import ArtifactError, model_card
from model.card import LITERT_FILE
from model.store import ModelStore, UnknownModel
from tests.bot.readers import Named
from tests.model.models import make_model

SHIPPED = model_card().version


class FakeReaders:
    """Readers of folders; those in `unfit` raise when they are loaded."""

    def __init__(self) -> None:
        self.unfit: set[str] = set()
        self.serving: list[str] = []
        self.swapped = asyncio.Event()

    def make_load(self, folder: Path) -> Load:
        """Return what stands for loading the model in `folder`."""

        def load() -> Named:
            if folder.name in self.unfit:
                raise ArtifactError(f"{folder.name} is unfit")
            return Named(folder.name)

        return load

    def start(self, load: Load) -> None:
        self._first = load

    async def ready(self) -> None:
        await self.swap(self._first)

    async def swap(self, load: Load) -> None:
        reader = load()
        assert isinstance(reader, Named)
        self.serving.append(reader.read(b"").model_version)
        self.swapped.set()


@pytest.fixture
def readers() -> FakeReaders:
    return FakeReaders()


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    store = ModelStore(tmp_path / "models")
    for version in ("v1", "v2"):
        store.add(make_model(tmp_path, version))
    return store


Open = Callable[..., Models]


@pytest.fixture
def opened(readers: FakeReaders, store: ModelStore) -> Open:
    def make(pinned: Path | None = None) -> Models:
        models = Models(store, pinned, readers.make_load, look=0.01)
        readers.start(models.load())
        return models

    return make


async def test_the_shipped_model_answers_until_another_is_promoted(
    opened: Open, readers: FakeReaders, store: ModelStore
) -> None:
    models = opened()
    async with models.served_by(readers):
        assert models.card.version == SHIPPED
        await models.promote("v1")
        assert models.card.version == "v1"
        await models.promote("v2")
        await models.rollback()
    assert readers.serving == [SHIPPED, "v1", "v2", "v1"]
    assert store.preferred()[0].name == "v1"


async def test_a_restart_serves_what_was_promoted(opened: Open, readers: FakeReaders) -> None:
    models = opened()
    async with models.served_by(readers):
        await models.promote("v1")
    again = opened()
    async with again.served_by(readers):
        assert again.card.version == "v1"


async def test_an_unfit_model_is_not_promoted(
    opened: Open, readers: FakeReaders, store: ModelStore
) -> None:
    readers.unfit.add("v1")
    models = opened()
    async with models.served_by(readers):
        with pytest.raises(ArtifactError, match="v1 is unfit"):
            await models.promote("v1")
        with pytest.raises(UnknownModel):
            await models.promote("v7")
        assert models.card.version == SHIPPED
    assert store.preferred()[0].name == SHIPPED


async def test_a_model_that_became_unfit_gives_way_to_the_one_before(
    opened: Open, readers: FakeReaders, store: ModelStore
) -> None:
    store.promote("v1")
    store.promote("v2")
    readers.unfit.add("v2")
    models = opened()
    async with models.served_by(readers):
        assert models.card.version == "v1"
    readers.unfit.add("v1")
    models = opened()
    async with models.served_by(readers):
        assert models.card.version == SHIPPED


async def test_what_cannot_be_written_down_is_not_served(
    opened: Open, readers: FakeReaders, store: ModelStore
) -> None:
    models = opened()
    async with models.served_by(readers):
        (store.get("v1").folder / LITERT_FILE).write_bytes(b"damaged")
        with pytest.raises(ArtifactError, match="damaged"):
            await models.promote("v1")
    assert readers.serving == [SHIPPED, "v1", SHIPPED]
    assert models.card.version == SHIPPED


async def test_model_path_decides_alone(
    opened: Open, readers: FakeReaders, store: ModelStore, tmp_path: Path
) -> None:
    store.promote("v1")
    models = opened(make_model(tmp_path, "mine"))
    async with models.served_by(readers):
        assert models.card.version == "mine"
        for change in (models.promote("v2"), models.rollback()):
            with pytest.raises(ModelPinned, match="MODEL_PATH"):
                await change
    unfit = make_model(tmp_path, "rotten")
    readers.unfit.add(unfit.name)
    models = opened(unfit)
    with pytest.raises(ArtifactError, match="unfit"):
        async with models.served_by(readers):
            pass


async def test_what_the_shell_promotes_is_taken_over(
    opened: Open, readers: FakeReaders, store: ModelStore
) -> None:
    models = opened()
    async with models.served_by(readers):
        readers.swapped.clear()
        store.promote("v1")
        async with asyncio.timeout(60):
            await readers.swapped.wait()
            while models.card.version != "v1":  # noqa: ASYNC110
                await asyncio.sleep(0.01)
    assert readers.serving == [SHIPPED, "v1"]
