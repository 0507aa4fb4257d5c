"""Chats in the database; see `bot.storage.chats.ChatRepository`."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from bot.storage.chats import ChatSettings, Detail, Preview, Trigger
from bot.storage.dialects import erasing, writing
from bot.storage.tables import chats
from bot.storage.threads import SqlRepository, in_thread


class SqlChats(SqlRepository):
    """The repository on an engine."""

    @in_thread
    def get(self, chat_id: int) -> ChatSettings:
        """Return a chat's settings, the defaults if it has none."""
        query = select(chats).where(chats.c.chat_id == chat_id)
        with self._engine.connect() as connection:
            row = connection.execute(query).one_or_none()
        return ChatSettings() if row is None else _settings(row)

    @in_thread
    def change(self, chat_id: int, change: Callable[[ChatSettings], ChatSettings]) -> ChatSettings:
        """Replace a chat's settings by what `change` makes of them, and return that."""
        with writing(self._engine, chats) as connection:
            settings = change(_settings(_own_row(connection, chat_id)))
            connection.execute(
                update(chats).where(chats.c.chat_id == chat_id).values(asdict(settings))
            )
        return settings

    @in_thread
    def greet(self, chat_id: int) -> bool:
        """Note that the bot says hello in a chat; return whether it never did before."""
        with writing(self._engine, chats) as connection:
            row = _own_row(connection, chat_id)
            _set(connection, chat_id, greeted=True)
        return not row.greeted

    @in_thread
    def leave(self, chat_id: int, when: datetime) -> None:
        """Note that the bot was removed from a chat."""
        with writing(self._engine, chats) as connection:
            _set(connection, chat_id, left_at=when)

    @in_thread
    def come_back(self, chat_id: int) -> None:
        """Note that the bot is in a chat that it had left."""
        with writing(self._engine, chats) as connection:
            _set(connection, chat_id, left_at=None)

    @in_thread
    def forget_left(self, before: datetime) -> int:
        """Forget all of the chats that were left before then; return how many there were."""
        with erasing(self._engine, chats) as connection:
            result = connection.execute(delete(chats).where(chats.c.left_at < before))
        return result.rowcount

    @in_thread
    def forget(self, chat_id: int) -> bool:
        """Forget all of a chat; return whether anything was known."""
        with erasing(self._engine, chats) as connection:
            result = connection.execute(delete(chats).where(chats.c.chat_id == chat_id))
        return result.rowcount > 0

    @in_thread
    def migrate(self, old_chat_id: int, new_chat_id: int) -> None:
        """Give all that is kept of a group to the supergroup that it became."""
        old, new = (chats.c.chat_id == chat_id for chat_id in (old_chat_id, new_chat_id))
        with writing(self._engine, chats) as connection:
            # Telegram tells of it twice, once in each of the two chats.
            if connection.execute(select(chats.c.chat_id).where(old)).first() is None:
                return
            connection.execute(delete(chats).where(new))
            connection.execute(update(chats).where(old).values(chat_id=new_chat_id))


def _own_row(connection: Connection, chat_id: int) -> Row[Any]:
    """Return a chat's row, made if need be."""
    query = select(chats).where(chats.c.chat_id == chat_id)
    row = connection.execute(query).one_or_none()
    if row is not None:
        return row
    defaults = asdict(ChatSettings())
    connection.execute(insert(chats).values(chat_id=chat_id, greeted=False, **defaults))
    return connection.execute(query).one()


def _set(connection: Connection, chat_id: int, **values: object) -> None:
    connection.execute(update(chats).where(chats.c.chat_id == chat_id).values(**values))


def _settings(row: Row[Any]) -> ChatSettings:
    return ChatSettings(
        Preview(row.preview), Detail(row.detail), row.language, Trigger(row.trigger)
    )
