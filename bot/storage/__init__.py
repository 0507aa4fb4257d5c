"""The one place that owns the database.

Handlers see `PreferencesRepository` and its dataclass; `open_database` yields the real one.
"""

from bot.storage.database import Database, open_database
from bot.storage.preferences import Preferences, PreferencesRepository

__all__ = ["Database", "Preferences", "PreferencesRepository", "open_database"]
