"""A training run as the rest of the bot sees it: who asked, how it stands, why it ended."""

from dataclasses import dataclass, replace
from typing import Final, Protocol

from bot.storage import Run
from model.training.events import (
    Compared,
    End,
    Entered,
    Event,
    Failed,
    Finished,
    Phase,
    Step,
    Stopped,
)

TREND: Final = 200  # points of loss and accuracy that are remembered

# Why a run ended that did not end by itself; what the gate and the process say comes beside these.
CANCELLED: Final = "cancelled"
SHUT_DOWN: Final = "shut down"
TOO_LONG: Final = "too long"
TOO_LARGE: Final = "too large"


class CannotTrain(Exception):
    """There is a reason, which the person can act on."""


class Busy(CannotTrain):
    """A run is under way; None if the shell has begun it."""

    def __init__(self, run: Run | None) -> None:
        super().__init__(run)
        self.run = run


class NoTensorFlow(CannotTrain):
    """This installation serves only."""


class NothingToResume(CannotTrain):
    """The last run was not interrupted, or kept nothing."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who wants a training, and where they want to hear of it."""

    user_id: int | None
    user_name: str
    chat_id: int | None = None
    thread_id: int | None = None
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a training may take."""

    threads: int = 1
    hours: float = 6.0
    memory: float = 4000  # MB


@dataclass(frozen=True, slots=True)
class State:
    """How a run stands."""

    run: Run
    phase: Phase = "preparing"
    step: Step | None = None
    trend: tuple[Step, ...] = ()  # the latest last, evenly thinned
    compared: Compared | None = None
    end: End | None = None

    def after(self, event: Event) -> "State":
        """How it stands once this has been said."""
        match event:
            case Entered():
                return replace(self, phase=event.phase, end=None)
            case Step():
                trend = (*self.trend, event)
                return replace(self, step=event, trend=trend[:: 1 + (len(trend) > TREND)])
            case Compared():
                return replace(self, compared=event)
            case Finished() | Failed() | Stopped():
                return replace(self, end=event)
        return self


class Reporter(Protocol):
    """Hears how a run goes."""

    def goes_on(self, state: State) -> None:
        """Show it, some time soon."""
        ...

    async def has_ended(self, state: State) -> None:
        """Tell whoever waits for it; `state.run` says how it ended."""
        ...


class Silence:
    """Nobody listens."""

    def goes_on(self, state: State) -> None:
        """Show nothing."""

    async def has_ended(self, state: State) -> None:
        """Tell nobody."""
