"""The one place that owns the database.

Handlers see small repositories as protocols, and their dataclasses; `open_database` yields the real
ones, on SQLite or PostgreSQL.
"""

from bot.storage.bans import Ban, BanRepository
from bot.storage.chats import ChatRepository, ChatSettings, Detail, Preview, Trigger
from bot.storage.corrections import Correction, CorrectionRepository, Score, Status, Verdict
from bot.storage.database import Database, open_database
from bot.storage.dialects import is_unavailable
from bot.storage.inbox import InboxRepository, Kept, Lane
from bot.storage.trainings import Run, RunStatus, TrainingRepository

__all__ = [
    "Ban",
    "BanRepository",
    "ChatRepository",
    "ChatSettings",
    "Correction",
    "CorrectionRepository",
    "Database",
    "Detail",
    "InboxRepository",
    "Kept",
    "Lane",
    "Preview",
    "Run",
    "RunStatus",
    "Score",
    "Status",
    "TrainingRepository",
    "Trigger",
    "Verdict",
    "is_unavailable",
    "open_database",
]
