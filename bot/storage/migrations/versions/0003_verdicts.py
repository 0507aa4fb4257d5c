"""What people said of the answers."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "verdicts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sender_id", sa.BigInteger(), nullable=True),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("model_version", sa.String(64), nullable=False),
        sa.Column("answer", sa.SmallInteger(), nullable=False),
        sa.Column("truth", sa.SmallInteger(), nullable=True),
        sa.Column("picture", sa.String(32), nullable=True),
        sa.Column("status", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("chat_id", "message_id", "position"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_verdicts_sender_id", "verdicts", ["sender_id"])
    op.create_index("ix_verdicts_user_id", "verdicts", ["user_id"])


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("verdicts")
