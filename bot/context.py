"""What every handler gets beside the update: the collaborators, typed."""

from dataclasses import dataclass
from typing import Any

from telegram.ext import CallbackContext, ExtBot

from bot.services.reader import Reader
from bot.storage import PreferencesRepository
from model import ModelCard


@dataclass(frozen=True, slots=True)
class Services:
    """The collaborators of the handlers, made once at start-up."""

    reader: Reader
    preferences: PreferencesRepository
    model_card: ModelCard


class Context(CallbackContext[ExtBot[int], dict[Any, Any], dict[Any, Any], Services]):
    """PTB's context with the services under their name."""

    @property
    def services(self) -> Services:
        """The collaborators, which PTB keeps as its `bot_data`."""
        return self.bot_data
