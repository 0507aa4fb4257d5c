"""The tables. A change here needs a migration; a test compares the two."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeDecorator

metadata = MetaData()


class Moment(TypeDecorator[datetime]):
    """A time with its zone, which is UTC: SQLite would forget it."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Refuse a time that could be anywhere."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A time without its zone cannot be kept.")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Say that it is UTC."""
        return None if value is None else value.replace(tzinfo=UTC)


chats = Table(
    "chats",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("preview", String(16), nullable=False),
    Column("detail", String(16), nullable=False),
    Column("language", String(16)),
    Column("trigger", String(16), nullable=False),
    Column("greeted", Boolean, nullable=False),
    Column("left_at", Moment),
)

verdicts = Table(
    "verdicts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("chat_id", BigInteger, nullable=False),
    Column("message_id", BigInteger, nullable=False),
    Column("position", Integer, nullable=False),
    Column("sender_id", BigInteger, index=True),
    Column("user_id", BigInteger, nullable=False, index=True),
    Column("said_at", Moment, nullable=False),
    Column("model_version", String(64), nullable=False),
    Column("answer", SmallInteger, nullable=False),
    Column("truth", SmallInteger),
    Column("picture", String(32)),
    Column("status", String(16), nullable=False),
    UniqueConstraint("chat_id", "message_id", "position"),
    sqlite_autoincrement=True,  # an id that once was a row's is never another's
)

trainings = Table(
    "trainings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("preset", String(16), nullable=False),
    Column("status", String(16), nullable=False, index=True),
    Column("user_id", BigInteger),
    Column("user_name", String(128), nullable=False),
    Column("chat_id", BigInteger),
    Column("thread_id", BigInteger),
    Column("message_id", BigInteger),
    Column("language", String(16), nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("seed", Integer, nullable=False),
    Column("compared_with", String(64), nullable=False),
    Column("taught", Integer),
    Column("held_back", Integer),
    Column("suspects", JSON, nullable=False),
    Column("version", String(64)),
    Column("reason", Text, nullable=False),
    Column("figures", JSON, nullable=False),
    sqlite_autoincrement=True,  # its folder keeps the name
)

bans = Table(
    "bans",
    metadata,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("name", String(128), nullable=False),
    Column("since", Moment, nullable=False),
    Column("is_told", Boolean, nullable=False),
)

inbox = Table(
    "inbox",
    metadata,
    Column("update_id", BigInteger, primary_key=True, autoincrement=False),
    Column("chat_id", BigInteger, nullable=False),
    Column("person_id", BigInteger, nullable=False, index=True),
    Column("sent_at", Moment, nullable=False),
    Column("body", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("tries", SmallInteger, nullable=False),
    Column("deaths", SmallInteger, nullable=False),
    Column("error", Text),
    Index("ix_inbox_lane", "state", "chat_id", "person_id", "update_id"),
)

# Alembic's own, which it makes and writes; here only to be read.
schema_version = Table("alembic_version", MetaData(), Column("version_num", String(32)))
