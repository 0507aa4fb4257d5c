"""The tables. A change here needs a migration; a test compares the two."""

from sqlalchemy import BigInteger, Boolean, Column, MetaData, String, Table

metadata = MetaData()

chat_preferences = Table(
    "chat_preferences",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("preview", Boolean, nullable=False),
)

# Alembic's own, which it makes and writes; here only to be read.
schema_version = Table("alembic_version", MetaData(), Column("version_num", String(32)))
