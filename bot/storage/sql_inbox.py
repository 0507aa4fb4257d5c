"""Updates in the database; see `bot.storage.inbox.InboxRepository`."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.storage.dialects import insert_new, writing
from bot.storage.inbox import Kept, Lane, State
from bot.storage.tables import inbox

FIELDS = tuple(field.name for field in fields(Kept))
# What is left of one that is done: enough to know it again, nothing of its sender.
EMPTY = {"state": State.DONE, "chat_id": 0, "person_id": 0, "body": "", "error": None}
IS_TAKEN = inbox.c.state.in_([State.TAKEN, State.ALONE])


class SqlInbox:
    """The repository on an engine."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def write(self, arrived: Sequence[Kept], done: Collection[int]) -> Collection[int]:
        """Add those that have arrived, close those that are done, in one transaction."""
        new: set[int] = set()
        async with self._engine.begin() as connection:  # which writes first, and so need not ask
            if arrived:
                new = await _insert(connection, arrived)
            if done:
                chosen = update(inbox).where(inbox.c.update_id.in_(done))
                await connection.execute(chosen.values(EMPTY))
        return new

    async def take(self, lane: Lane, most: int) -> Sequence[Kept]:
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
        async with writing(self._engine) as connection:
            rows = await connection.execute(taking.returning(inbox))
            return sorted((_kept(row) for row in rows), key=lambda kept: kept.update_id)

    async def change(self, update_ids: Collection[int], **values: object) -> None:
        """Change fields of some."""
        chosen = update(inbox).where(inbox.c.update_id.in_(update_ids))
        async with self._engine.begin() as connection:
            await connection.execute(chosen.values(values))

    async def release(self, *, died: bool) -> None:
        """Let what is taken wait again; with `died` that is the bot's death, which is counted."""
        values: dict[str, Any] = {"state": State.WAITING}
        if died:
            values["deaths"] = inbox.c.deaths + 1
            values["tries"] = inbox.c.tries + case((inbox.c.state == State.ALONE, 1), else_=0)
        async with writing(self._engine) as connection:
            await connection.execute(update(inbox).where(IS_TAKEN).values(values))

    async def suspects(self, deaths: int) -> Sequence[Kept]:
        """Return what waits and was being handled at so many deaths of the bot, oldest first."""
        return await self._list(inbox.c.state == State.WAITING, inbox.c.deaths >= deaths)

    async def lanes(self) -> Mapping[Lane, int]:
        """Count what waits, longest waiting lane first."""
        query = (
            select(inbox.c.chat_id, inbox.c.person_id, func.count())
            .where(inbox.c.state == State.WAITING)
            .group_by(inbox.c.chat_id, inbox.c.person_id)
            .order_by(func.min(inbox.c.update_id))
        )
        async with self._engine.connect() as connection:
            rows = await connection.execute(query)
            return {Lane(chat_id, person_id): count for chat_id, person_id, count in rows}

    async def poisonous(self) -> Sequence[Kept]:
        """Return those that were given up, oldest first."""
        return await self._list(inbox.c.state == State.POISON)

    async def of(self, person_id: int) -> Sequence[Kept]:
        """Return what a person has sent that is not done."""
        return await self._list(inbox.c.person_id == person_id)

    async def forget(self, person_id: int) -> int:
        """Delete what a person has sent, unless it is taken; return how many there were."""
        theirs = and_(inbox.c.person_id == person_id, ~IS_TAKEN)
        async with writing(self._engine) as connection:
            return (await connection.execute(delete(inbox).where(theirs))).rowcount

    async def forget_older(self, before: datetime, *, poison_before: datetime) -> int:
        """Delete what was done, and what was given up, of before then; return how many."""
        old = or_(
            and_(inbox.c.state == State.DONE, inbox.c.sent_at < before),
            and_(inbox.c.state == State.POISON, inbox.c.sent_at < poison_before),
        )
        async with writing(self._engine) as connection:
            return (await connection.execute(delete(inbox).where(old))).rowcount

    async def _list(self, *which: ColumnElement[bool]) -> Sequence[Kept]:
        query = select(inbox).where(*which).order_by(inbox.c.update_id)
        async with self._engine.connect() as connection:
            return [_kept(row) for row in await connection.execute(query)]


async def _insert(connection: AsyncConnection, arrived: Sequence[Kept]) -> set[int]:
    """Add rows; return the numbers of those that were not there."""
    adding = insert_new(connection, inbox)
    if len(arrived) == 1:  # then a count tells
        (kept,) = arrived
        result = await connection.execute(adding, _row(kept))
        return {kept.update_id} if result.rowcount else set()
    rows = [_row(kept) for kept in arrived]
    return set(await connection.scalars(adding.returning(inbox.c.update_id), rows))


def _row(kept: Kept) -> dict[str, Any]:
    return {name: getattr(kept, name) for name in FIELDS}


def _kept(row: Row[Any]) -> Kept:
    values = {name: row._mapping[name] for name in FIELDS}
    return Kept(**{**values, "state": State(values["state"])})
