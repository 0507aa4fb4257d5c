"""How the bot is: told to admins in the chat, and to machines by `bot.web.monitor`."""

import asyncio
import time
from dataclasses import dataclass
from typing import Protocol

from bot.services.heartbeat import MAX_AGE, Heartbeat
from bot.services.trainer import Trainer
from bot.services.training import State
from model import ModelCard

PATIENCE = 3.0  # seconds for the database to answer


@dataclass(frozen=True, slots=True)
class Health:
    """How it is in a moment."""

    up_for: float  # seconds
    model: str  # the version that answers
    database: str | None  # what is wrong with it, if anything
    heard: float | None  # seconds since Telegram last answered, None if it never has
    waiting: int  # updates that are not done
    retried: int  # times that an update was tried again, since the start
    poisonous: int  # updates that were given up and are kept
    restarts: int  # of reader workers, since the start
    training: State | None

    @property
    def hears(self) -> bool:
        """Whether Telegram has answered lately."""
        return self.heard is not None and self.heard <= MAX_AGE

    @property
    def is_ready(self) -> bool:
        """Whether a photo that is sent now would be answered soon."""
        return self.database is None and self.hears


class Pings(Protocol):
    """The part of `bot.storage.Database` that is used here."""

    async def ping(self) -> None:
        """Return if the database answers; raise what prevents it."""
        ...


class Updates(Protocol):
    """The part of `bot.services.inbox.Inbox` that is used here."""

    @property
    def waiting(self) -> int:
        """How many are not done."""
        ...

    @property
    def retried(self) -> int:
        """How many tries followed one that failed."""
        ...

    @property
    def poisonous(self) -> int:
        """How many were given up and are kept."""
        ...


class Restarts(Protocol):
    """The part of `bot.services.reader_pool.ReaderPool` that is used here."""

    @property
    def restarts(self) -> int:
        """How many workers were replaced."""
        ...


class Served(Protocol):
    """The part of `bot.services.models.Models` that is used here."""

    @property
    def card(self) -> ModelCard:
        """The card of the model that answers."""
        ...


class HealthCheck:
    """Looks at everything that the bot depends on."""

    def __init__(
        self,
        database: Pings,
        models: Served,
        readers: Restarts,
        inbox: Updates,
        heartbeat: Heartbeat,
        trainer: Trainer | None = None,
        patience: float = PATIENCE,
    ) -> None:
        self._database = database
        self._models = models
        self._readers = readers
        self._inbox = inbox
        self._heartbeat = heartbeat
        self._trainer = trainer
        self._patience = patience
        self._began = time.monotonic()

    async def look(self) -> Health:
        """Return how it is now; takes `patience` at most."""
        return Health(
            up_for=time.monotonic() - self._began,
            model=self._models.card.version,
            database=await self._ping(),
            heard=self._heartbeat.age(),
            waiting=self._inbox.waiting,
            retried=self._inbox.retried,
            poisonous=self._inbox.poisonous,
            restarts=self._readers.restarts,
            training=self._trainer.state if self._trainer else None,
        )

    async def _ping(self) -> str | None:
        try:
            async with asyncio.timeout(self._patience):
                await self._database.ping()
        except TimeoutError:
            return f"no answer within {self._patience:.0f} s"
        except Exception as error:  # each driver has its own
            return type(error).__name__
        return None
