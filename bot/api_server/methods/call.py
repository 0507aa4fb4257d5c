"""One call of a method: who asks, with what, and the readings of parameters that methods share."""

from dataclasses import dataclass
from typing import Any, Final

from bot.api_server.bots import BotAccount
from bot.api_server.chats import Chat
from bot.api_server.entities import detected, trimmed
from bot.api_server.errors import BadRequest
from bot.api_server.files import FileStore
from bot.api_server.html import parse_html
from bot.api_server.limits import Meter
from bot.api_server.markup import inline_keyboard
from bot.api_server.media import MediaMaker
from bot.api_server.objects import Entity, Json, JsonObject, Message
from bot.api_server.params import Params
from bot.api_server.render import message_json
from bot.api_server.webhook import Webhooks
from bot.api_server.world import World

TEXT_LIMIT: Final = 4096
CAPTION_LIMIT: Final = 1024
_ENTITY_FIELDS: Final = ("type", "offset", "length", "url", "language", "custom_emoji_id")


@dataclass(frozen=True, slots=True)
class Call:
    """What a method works with."""

    world: World
    files: FileStore
    media: MediaMaker
    meter: Meter
    webhooks: Webhooks
    bot: BotAccount
    params: Params

    def chat(self) -> Chat:
        """The chat that `chat_id` names."""
        return self.world.chat_for(self.bot, self.params.chat_id())

    def chat_to_write_in(self) -> Chat:
        """The same, where the bot may write."""
        chat = self.chat()
        chat.check_bot_may_write(self.bot.id)
        return chat

    def own_message(self, chat: Chat) -> Message:
        """The message to edit, which must be the bot's."""
        message = chat.messages.get(self.params.integer("message_id") or 0)
        if message is None:
            raise BadRequest("message to edit not found")
        if message.sender.id != self.bot.id or message.service is not None:
            raise BadRequest("message can't be edited")
        return message

    def text(self) -> tuple[str, tuple[Entity, ...]]:
        """The words of a text message, 1 to 4096 characters."""
        text, entities = formatted(self.params, "text", "entities")
        if not text.strip():
            raise BadRequest("message text is empty")
        if len(text) > TEXT_LIMIT:
            raise BadRequest("message is too long")
        return text, entities

    def caption(self, source: JsonObject | None = None) -> tuple[str, tuple[Entity, ...]]:
        """The words under media, at most 1024 characters; `source` is an InputMedia object."""
        params = self.params if source is None else Params(source)
        text, entities = formatted(params, "caption", "caption_entities")
        if len(text) > CAPTION_LIMIT:
            raise BadRequest("message caption is too long")
        return text, entities

    def keyboard(self) -> JsonObject | None:
        """The inline keyboard in `reply_markup`."""
        return inline_keyboard(self.params.json("reply_markup"))

    def thread_id(self, chat: Chat) -> int | None:
        """The topic that `message_thread_id` names."""
        thread_id = self.params.integer("message_thread_id")
        chat.check_topic(thread_id)
        return thread_id

    def send_options(self, chat: Chat) -> dict[str, Any]:
        """What every sending method takes besides its contents, as fields of Message."""
        return {
            "reply_to": self._reply_to(chat),
            "thread_id": self.thread_id(chat),
            "keyboard": self.keyboard(),
            "has_protected_content": self.params.flag("protect_content"),
        }

    def post(self, chat: Chat, **fields: Any) -> Message:
        """Send a message, as far as the rate allows; `fields` are those of Message."""
        self.meter.count(self.bot.id, chat)
        return self.world.post(chat, self.bot.user, **fields)

    def answer(self, chat: Chat, message: Message) -> Json:
        """A message as the result of the call."""
        return message_json(chat, message)

    def _reply_to(self, chat: Chat) -> int | None:
        quoted = self.params.object("reply_parameters") or {}
        message_id = quoted.get("message_id", self.params.integer("reply_to_message_id"))
        if message_id is None:
            return None
        if isinstance(message_id, int) and message_id in chat.messages:
            return message_id
        if quoted.get("allow_sending_without_reply") or self.params.flag(
            "allow_sending_without_reply"
        ):
            return None
        raise BadRequest("message to be replied not found")


def formatted(params: Params, text_name: str, entities_name: str) -> tuple[str, tuple[Entity, ...]]:
    """Words with their entities, from HTML or given apart; links and commands are found in them."""
    text = params.text(text_name)
    mode = params.text("parse_mode").lower()
    if mode == "html":
        plain, entities = parse_html(text)
    elif mode in {"markdown", "markdownv2"}:
        raise BadRequest("this server parses HTML only")
    elif mode:
        raise BadRequest("unsupported parse_mode")
    else:
        given = params.array(entities_name) or []
        plain, entities = trimmed(text, tuple(map(_entity, given)))
    return plain, detected(plain, entities)


def _entity(value: Json) -> Entity:
    if (
        not isinstance(value, dict)
        or not isinstance(value.get("type"), str)
        or not isinstance(value.get("offset"), int)
        or not isinstance(value.get("length"), int)
    ):
        raise BadRequest("can't parse MessageEntity: expected an Object with type, offset, length")
    return Entity(**{name: value[name] for name in _ENTITY_FIELDS if name in value})
