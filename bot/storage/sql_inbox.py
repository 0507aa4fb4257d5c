"""Updates in the database; see `bot.storage.inbox.InboxRepository`."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, case, delete, func, or_, select, update

from bot.storage.dialects import erasing, insert_new, writing
from bot.storage.inbox import Kept, Lane, State
from bot.storage.tables import inbox
from bot.storage.threads import SqlRepository, in_thread

FIELDS = tuple(field.name for field in fields(Kept))
# What is left of one that is done: enough to know it again, nothing of its sender.
EMPTY = {"state": State.DONE, "chat_id": 0, "person_id": 0, "body": "", "error": None}
IS_TAKEN = inbox.c.state.in_([State.TAKEN, State.ALONE])


class SqlInbox(SqlRepository):
    """The repository on an engine."""

    @in_thread
    def write(self, arrived: Sequence[Kept], done: Collection[int]) -> Collection[int]:
        """Add those that have arrived, close those that are done, in one transaction."""
        new: set[int] = set()
        with self._engine.begin() as connection:  # which writes first, and so need not ask
            if arrived:
                new = _insert(connection, arrived)
            if done:
                chosen = update(inbox).where(inbox.c.update_id.in_(done))
                connection.execute(chosen.values(EMPTY))
        return new

    @in_thread
    def take(self, lane: Lane, most: int) -> Sequence[Kept]:
        """Return what has waited longest in a lane, from now on taken."""
        oldest = (
            select(inbox.c.update_id)
            .where(
                inbox.c.state == State.WAITING,
                inbox.c.chat_id == lane.chat_id,
                inbox.c.person_id == lane.person_id,
            )
            .order_by(inbox.c.update_id)
            .limit(most)
        )
        taking = update(inbox).where(inbox.c.update_id.in_(oldest)).values(state=State.TAKEN)
        with writing(self._engine) as connection:
            rows = connection.execute(taking.returning(inbox))
            return sorted((_kept(row) for row in rows), key=lambda kept: kept.update_id)

    @in_thread
    def change(self, /, update_ids: Collection[int], **values: object) -> None:
        """Change fields of some."""
        chosen = update(inbox).where(inbox.c.update_id.in_(update_ids))
        with self._engine.begin() as connection:
            connection.execute(chosen.values(values))

    @in_thread
    def release(self, *, died: bool) -> None:
        """Let what is taken wait again; with `died` that is the bot's death, which is counted."""
        values: dict[str, Any] = {"state": State.WAITING}
        if died:
            values["deaths"] = inbox.c.deaths + 1
            values["tries"] = inbox.c.tries + case((inbox.c.state == State.ALONE, 1), else_=0)
        with writing(self._engine) as connection:
            connection.execute(update(inbox).where(IS_TAKEN).values(values))

    @in_thread
    def suspects(self, deaths: int) -> Sequence[Kept]:
        """Return what waits and was being handled at so many deaths of the bot, oldest first."""
        return self._list(inbox.c.state == State.WAITING, inbox.c.deaths >= deaths)

    @in_thread
    def lanes(self) -> Mapping[Lane, int]:
        """Count what waits, longest waiting lane first."""
        query = (
            select(inbox.c.chat_id, inbox.c.person_id, func.count())
            .where(inbox.c.state == State.WAITING)
            .group_by(inbox.c.chat_id, inbox.c.person_id)
            .order_by(func.min(inbox.c.update_id))
        )
        with self._engine.connect() as connection:
            rows = connection.execute(query)
            return {Lane(chat_id, person_id): count for chat_id, person_id, count in rows}

    @in_thread
    def poisonous(self) -> Sequence[Kept]:
        """Return those that were given up, oldest first."""
        return self._list(inbox.c.state == State.POISON)

    @in_thread
    def of(self, person_id: int) -> Sequence[Kept]:
        """Return what a person has sent that is not done."""
        return self._list(inbox.c.person_id == person_id)

    @in_thread
    def forget(self, person_id: int) -> int:
        """Delete what a person has sent, unless it is taken; return how many there were."""
        theirs = and_(inbox.c.person_id == person_id, ~IS_TAKEN)
        with erasing(self._engine) as connection:
            return connection.execute(delete(inbox).where(theirs)).rowcount

    @in_thread
    def forget_older(self, before: datetime, *, poison_before: datetime) -> int:
        """Delete what was done, and what was given up, of before then; return how many."""
        old = or_(
            and_(inbox.c.state == State.DONE, inbox.c.sent_at < before),
            and_(inbox.c.state == State.POISON, inbox.c.sent_at < poison_before),
        )
        with erasing(self._engine) as connection:
            return connection.execute(delete(inbox).where(old)).rowcount

    def _list(self, *which: ColumnElement[bool]) -> Sequence[Kept]:
        query = select(inbox).where(*which).order_by(inbox.c.update_id)
        with self._engine.connect() as connection:
            return [_kept(row) for row in connection.execute(query)]


def _insert(connection: Connection, arrived: Sequence[Kept]) -> set[int]:
    """Add rows; return the numbers of those that were not there."""
    adding = insert_new(connection, inbox)
    if len(arrived) == 1:  # then a count tells
        (kept,) = arrived
        counting = {"preserve_rowcount": True}  # which SQLAlchemy vouches for only if asked
        result = connection.execute(adding, _row(kept), execution_options=counting)
        return {kept.update_id} if result.rowcount else set()
    rows = [_row(kept) for kept in arrived]
    return set(connection.scalars(adding.returning(inbox.c.update_id), rows))


def _row(kept: Kept) -> dict[str, Any]:
    return {name: getattr(kept, name) for name in FIELDS}


def _kept(row: Row[Any]) -> Kept:
    values = {name: row._mapping[name] for name in FIELDS}
    return Kept(**{**values, "state": State(values["state"])})
