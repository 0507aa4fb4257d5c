"""The tables. A change here needs a migration; a test compares the two."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, DateTime, MetaData, String, Table
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

# Alembic's own, which it makes and writes; here only to be read.
schema_version = Table("alembic_version", MetaData(), Column("version_num", String(32)))
