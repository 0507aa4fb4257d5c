"""The tables. A change here needs a migration; a test compares the two."""

from sqlalchemy import BigInteger, Boolean, Column, MetaData, Table

metadata = MetaData()

chat_preferences = Table(
    "chat_preferences",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("preview", Boolean, nullable=False),
)
