"""Verdicts in the database; see `bot.storage.corrections.CorrectionRepository`."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    delete,
    func,
    insert,
    or_,
    select,
    tuple_,
    update,
)

from bot.storage.corrections import Correction, Score, Status, Verdict
from bot.storage.dialects import erasing, writing
from bot.storage.tables import verdicts
from bot.storage.threads import SqlRepository, in_thread

FIELDS = tuple(field.name for field in fields(Verdict))
HAS_PICTURE = verdicts.c.picture.is_not(None)


class SqlCorrections(SqlRepository):
    """The repository on an engine."""

    @in_thread
    def put(self, said: Sequence[Verdict]) -> Collection[str]:
        """Add verdicts in the place of former ones on the same digits; return their pictures."""
        same = tuple_(verdicts.c.chat_id, verdicts.c.message_id, verdicts.c.position).in_(
            [(verdict.chat_id, verdict.message_id, verdict.position) for verdict in said]
        )
        rows = [{**asdict(verdict), "status": Status.PENDING} for verdict in said]
        with writing(self._engine, verdicts) as connection:
            _, pictures = _delete(connection, same)
            connection.execute(insert(verdicts), rows)
        return pictures

    @in_thread
    def list(
        self, *, status: Status | None = None, since: datetime | None = None
    ) -> Sequence[Correction]:
        """Return the corrections of this status, or any, said since then, or ever; oldest first."""
        query = select(verdicts).where(HAS_PICTURE).order_by(verdicts.c.id)
        if status is not None:
            query = query.where(verdicts.c.status == status)
        if since is not None:
            query = query.where(verdicts.c.said_at >= since)
        with self._engine.connect() as connection:
            return [_correction(row) for row in connection.execute(query)]

    @in_thread
    def get(self, correction_id: int) -> Correction | None:
        """Return one correction, None if it is not there any more."""
        query = select(verdicts).where(HAS_PICTURE, verdicts.c.id == correction_id)
        with self._engine.connect() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else _correction(row)

    @in_thread
    def about(self, chat_id: int, *message_ids: int) -> Sequence[Verdict]:
        """Return what was said of the pictures in these messages, in their order."""
        query = (
            select(verdicts)
            .where(verdicts.c.chat_id == chat_id, verdicts.c.message_id.in_(message_ids))
            .order_by(verdicts.c.message_id, verdicts.c.position)
        )
        with self._engine.connect() as connection:
            return [_verdict(row) for row in connection.execute(query)]

    @in_thread
    def review(self, ids: Collection[int], status: Status) -> int:
        """Give corrections a status; return how many of them are still there."""
        chosen = update(verdicts).where(HAS_PICTURE, verdicts.c.id.in_(ids))
        with writing(self._engine, verdicts) as connection:
            return connection.execute(chosen.values(status=status)).rowcount

    @in_thread
    def scores(self, user_id: int | None = None) -> Sequence[Score]:
        """Count everybody's verdicts, or one person's, by the model's version, oldest first."""
        right = func.count().filter(verdicts.c.truth == verdicts.c.answer)
        query = (
            select(verdicts.c.model_version, func.count(), right)
            .group_by(verdicts.c.model_version)
            .order_by(func.min(verdicts.c.said_at))
        )
        if user_id is not None:
            query = query.where(verdicts.c.user_id == user_id)
        with self._engine.connect() as connection:
            rows = connection.execute(query)
            return [Score(version, right, count - right) for version, count, right in rows]

    @in_thread
    def of(self, user_id: int) -> Sequence[Verdict]:
        """Return what is kept of a person: said by them, or of pictures they sent; oldest first."""
        query = select(verdicts).where(_of(user_id)).order_by(verdicts.c.id)
        with self._engine.connect() as connection:
            return [_verdict(row) for row in connection.execute(query)]

    @in_thread
    def forget(self, user_id: int) -> tuple[int, Collection[str]]:
        """Delete what `of` returns; return how many rows that were, and the pictures."""
        with erasing(self._engine, verdicts) as connection:
            return _delete(connection, _of(user_id))

    @in_thread
    def forget_older(self, before: datetime) -> tuple[int, Collection[str]]:
        """Delete what was said before then; return how many rows that were, and the pictures."""
        with erasing(self._engine, verdicts) as connection:
            return _delete(connection, verdicts.c.said_at < before)

    @in_thread
    def pictures(self) -> Collection[str]:
        """Return all pictures that rows name."""
        with self._engine.connect() as connection:
            return set(connection.scalars(select(verdicts.c.picture).where(HAS_PICTURE)))


def _delete(connection: Connection, which: ColumnElement[bool]) -> tuple[int, Collection[str]]:
    query = delete(verdicts).where(which).returning(verdicts.c.picture)
    pictures = list(connection.scalars(query))
    return len(pictures), {picture for picture in pictures if picture is not None}


def _of(user_id: int) -> ColumnElement[bool]:
    return or_(verdicts.c.user_id == user_id, verdicts.c.sender_id == user_id)


def _verdict(row: Row[Any]) -> Verdict:
    return Verdict(**{name: row._mapping[name] for name in FIELDS})


def _correction(row: Row[Any]) -> Correction:
    return Correction(row.id, _verdict(row), row.picture, Status(row.status))
