"""What admins make of models: promote, discard or roll back one, noted at the run that made it."""

import asyncio

from bot.services.models import Models
from bot.storage import RunStatus, TrainingRepository
from model.store import ModelInUse

REMEMBERED = 100  # runs; there are fewer models than that


class Promotion:
    """Changes which model answers, and what the runs say of theirs."""

    def __init__(self, models: Models, runs: TrainingRepository) -> None:
        self._models = models
        self._runs = runs

    async def promote(self, version: str) -> None:
        """Let a model answer; raises `ModelError`."""
        await self._models.promote(version)
        await self._note(version, RunStatus.CANDIDATE, RunStatus.PROMOTED)

    async def roll_back(self) -> str:
        """Let the model answer that did before; return its version. Raises `ModelError`."""
        taken_back = self._models.card.version
        model = await self._models.rollback()
        await self._note(taken_back, RunStatus.PROMOTED, RunStatus.CANDIDATE)
        return model.card.version

    async def discard(self, version: str) -> None:
        """Remove a model that does not answer; raises `ModelError`."""
        store = self._models.store
        if self._models.folder == store.get(version).folder:
            raise ModelInUse(f"{version} answers: it stays.")
        await asyncio.to_thread(store.discard, version)
        await self._note(version, RunStatus.CANDIDATE, RunStatus.DISCARDED)

    async def _note(self, version: str, before: RunStatus, after: RunStatus) -> None:
        for run in await self._runs.newest(REMEMBERED):
            if run.version == version and run.status is before:
                await self._runs.change(run.id, status=after)
