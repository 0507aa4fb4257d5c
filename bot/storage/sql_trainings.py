"""Runs of the training in the database; see `bot.storage.trainings.TrainingRepository`."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import Row, and_, insert, select, update

from bot.storage.dialects import erasing, writing
from bot.storage.tables import trainings
from bot.storage.threads import SqlRepository, in_thread
from bot.storage.trainings import FORGOTTEN, Run, RunStatus

FIELDS = tuple(field.name for field in fields(Run))


class SqlTrainings(SqlRepository):
    """The repository on an engine."""

    @in_thread
    def add(self, /, **values: Any) -> Run:
        """Note a new run that is running."""
        given = {
            "status": RunStatus.RUNNING, "suspects": [], "reason": "", "figures": [], **values
        }  # fmt: skip
        with writing(self._engine) as connection:
            row = connection.execute(insert(trainings).values(given).returning(trainings))
            return _run(row.one())

    @in_thread
    def change(self, /, run_id: int, **values: Any) -> Run:
        """Change fields of a run; raises KeyError if there is none."""
        chosen = update(trainings).where(trainings.c.id == run_id)
        with writing(self._engine) as connection:
            rows = connection.execute(chosen.values(values).returning(trainings))
            row = rows.one_or_none()
        if row is None:
            raise KeyError(run_id)
        return _run(row)

    @in_thread
    def running(self) -> Run | None:
        """Return the run that is noted as running, whatever became of it."""
        query = select(trainings).where(trainings.c.status == RunStatus.RUNNING)
        with self._engine.connect() as connection:
            row = (connection.execute(query.order_by(trainings.c.id.desc()))).first()
        return None if row is None else _run(row)

    @in_thread
    def of(self, user_id: int) -> Sequence[Run]:
        """Return the runs that somebody has begun, the oldest first."""
        query = select(trainings).where(trainings.c.user_id == user_id).order_by(trainings.c.id)
        with self._engine.connect() as connection:
            return [_run(row) for row in connection.execute(query)]

    @in_thread
    def forget(self, user_id: int) -> bool:
        """Forget who began the runs that have ended, if it was them; return whether it was."""
        ended = and_(trainings.c.user_id == user_id, trainings.c.status != RunStatus.RUNNING)
        nobody = {"user_id": None, "user_name": FORGOTTEN, "chat_id": None, "thread_id": None}
        with erasing(self._engine) as connection:
            result = connection.execute(update(trainings).where(ended).values(nobody))
        return result.rowcount > 0

    @in_thread
    def newest(self, most: int = 1) -> Sequence[Run]:
        """Return the last runs, newest first."""
        query = select(trainings).order_by(trainings.c.id.desc()).limit(most)
        with self._engine.connect() as connection:
            return [_run(row) for row in connection.execute(query)]


def _run(row: Row[Any]) -> Run:
    values = {name: row._mapping[name] for name in FIELDS}
    values |= {"status": RunStatus(values["status"]), "suspects": tuple(values["suspects"])}
    return Run(**values)
