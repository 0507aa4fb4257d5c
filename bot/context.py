"""What every handler gets beside the update: the collaborators, typed."""

from dataclasses import dataclass, field
from typing import Any, Protocol

from telegram import Update
from telegram.ext import CallbackContext, ExtBot

from bot.services.answered import Answered
from bot.services.bans import Bans
from bot.services.corrections import Corrections
from bot.services.desk import Desk
from bot.services.health import HealthCheck
from bot.services.inbox import Inbox
from bot.services.meter import Meter
from bot.services.patience import Patience
from bot.services.reader import Reader
from bot.services.trainer import Trainer
from bot.settings import Settings
from bot.storage import ChatRepository
from bot.texts.words import Words, words_in
from model import ModelCard


class Served(Protocol):
    """The part of `bot.services.models.Models` that all handlers may use."""

    @property
    def card(self) -> ModelCard:
        """The card of the model that answers now."""
        ...


@dataclass(frozen=True, slots=True)
class Services:
    """The collaborators of the handlers, made once at start-up."""

    reader: Reader
    chats: ChatRepository
    models: Served
    corrections: Corrections
    bans: Bans
    inbox: Inbox
    settings: Settings
    desk: Desk = field(default_factory=Desk)
    answered: Answered = field(default_factory=Answered)
    patience: Patience = field(default_factory=Patience)
    meter: Meter = field(default_factory=Meter)
    trainer: Trainer | None = None  # where there is nobody to ask for a training
    health: HealthCheck | None = None


class Context(CallbackContext[ExtBot[int], dict[Any, Any], dict[Any, Any], Services]):
    """PTB's context with the services under their name."""

    @property
    def services(self) -> Services:
        """The collaborators, which PTB keeps as its `bot_data`."""
        return self.bot_data

    async def words(self, update: Update) -> Words:
        """Return the language to answer an update in.

        The one chosen for its chat, else the one its sender chose in private, else that of their
        app. A private chat has the id of the person: https://core.telegram.org/bots/api#chat.
        """
        chat, user = update.effective_chat, update.effective_user
        for chat_id in dict.fromkeys(place.id for place in (chat, user) if place):
            settings = await self.services.chats.get(chat_id)
            if settings.language:
                return words_in(settings.language)
        return words_in(user.language_code if user else None)
