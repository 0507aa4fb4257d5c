"""What can be switched in a chat: what the bot is there, what it hears, and who one is oneself.

On Telegram these are in the settings of chats, and some with @BotFather.
"""

from typing import Final

from bot.api_server import Group
from bot.api_server.groups import set_status
from bot.playground.acts import Act, Perform
from bot.playground.cast import Cast
from bot.playground.feed import Feed
from bot.playground.views import JsonObject


class Switch(Act):
    """One of them, on or off."""

    on: bool


async def _privacy(cast: Cast, feed: Feed, wanted: Switch) -> JsonObject:
    """The bot's privacy mode, which holds in all groups."""
    _group(cast, wanted)
    cast.bot.reads_all_group_messages = not wanted.on
    feed.setup_changed()
    return {}


async def _bot_in(cast: Cast, feed: Feed, wanted: Switch) -> JsonObject:
    """Add the bot to the group, or remove it."""
    group = _group(cast, wanted)
    person = wanted.window(cast).person
    await (group.add if wanted.on else group.remove)(cast.bot, by=person)
    feed.setup_changed()
    return {}


async def _bot_admin(cast: Cast, feed: Feed, wanted: Switch) -> JsonObject:
    """Make the bot an admin of the group, or a plain member again."""
    group = _group(cast, wanted)
    person = wanted.window(cast).person
    if not group.chat.status(cast.bot.id).is_in:
        raise ValueError("The bot is not in this group: add it first.")
    await (group.promote if wanted.on else group.demote)(cast.bot, by=person)
    feed.setup_changed()
    return {}


async def _anonymous(cast: Cast, feed: Feed, wanted: Switch) -> JsonObject:
    """Write in the name of the group, as its admins may."""
    chat, person = _group(cast, wanted).chat, wanted.window(cast).person
    status = chat.status(person.id)
    if not status.is_admin:
        raise ValueError("Only admins of the group can write anonymously.")
    set_status(cast.server.world, chat, person, status, by=person, is_anonymous=wanted.on)
    feed.setup_changed()
    return {}


async def _blocked(cast: Cast, feed: Feed, wanted: Switch) -> JsonObject:
    """Block the bot in one's private chat, or let it in again."""
    window = wanted.window(cast)
    if window.chat.is_group:
        raise ValueError("Bots are blocked in one's private chat with them.")
    await (window.block if wanted.on else window.unblock)()
    feed.setup_changed()
    return {}


async def _migrate(cast: Cast, feed: Feed, wanted: Act) -> JsonObject:
    """Turn a group into a supergroup, which has another id."""
    group = _group(cast, wanted)
    if group.chat.type != "group":
        raise ValueError("This is a supergroup already.")
    await group.migrate(by=wanted.window(cast).person)
    feed.setup_changed()
    return {"chat": group.id}


def _group(cast: Cast, wanted: Act) -> Group:
    wanted.window(cast)  # nobody acts on a chat they are not in
    return cast.group_of(wanted.chat)


SWITCHES: Final[dict[str, tuple[type[Act], Perform]]] = {
    "privacy": (Switch, _privacy),
    "bot_in": (Switch, _bot_in),
    "bot_admin": (Switch, _bot_admin),
    "anonymous": (Switch, _anonymous),
    "blocked": (Switch, _blocked),
    "migrate": (Act, _migrate),
}
