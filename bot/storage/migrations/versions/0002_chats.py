"""What a chat has chosen becomes more than the preview, and its greeting and end are kept."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table with what the former one held."""
    op.create_table(
        "chats",
        sa.Column("chat_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("preview", sa.String(16), nullable=False),
        sa.Column("detail", sa.String(16), nullable=False),
        sa.Column("language", sa.String(16), nullable=True),
        sa.Column("trigger", sa.String(16), nullable=False),
        sa.Column("greeted", sa.Boolean(), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("chat_id"),
    )
    op.execute(
        'INSERT INTO chats (chat_id, preview, detail, "trigger", greeted)'
        " SELECT chat_id, CASE WHEN preview THEN 'always' ELSE 'on_request' END,"
        " 'runners_up', 'addressed', false FROM chat_preferences"
    )
    op.drop_table("chat_preferences")


def downgrade() -> None:
    """Go back to the former table with what it can hold."""
    op.create_table(
        "chat_preferences",
        sa.Column("chat_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("preview", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("chat_id"),
    )
    op.execute(
        "INSERT INTO chat_preferences (chat_id, preview)"
        " SELECT chat_id, preview = 'always' FROM chats"
    )
    op.drop_table("chats")
