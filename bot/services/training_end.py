"""How a run ends: what its process has left is judged, noted and cleared away."""

import asyncio
import json
import logging
from dataclasses import asdict, replace
from datetime import UTC, datetime

from bot.services.models import Models
from bot.services.training import CANCELLED, SHUT_DOWN, State
from bot.services.training_folders import TrainingFolders
from bot.storage import RunStatus, TrainingRepository
from model import ModelError
from model.training.events import Failed, Finished, Stopped

log = logging.getLogger(__name__)


async def conclude(
    state: State,
    cause: str | None,
    fate: str,
    folders: TrainingFolders,
    models: Models,
    runs: TrainingRepository,
) -> State:
    """Return how a run stands whose process is no more.

    `cause` is why the bot has ended the process, if it has; `fate` how that ended by itself.
    """
    end, version, figures = state.end, None, []
    if cause == CANCELLED:
        await asyncio.to_thread(folders.remove, state.run)
        status, reason = RunStatus.CANCELLED, CANCELLED
    elif isinstance(end, Finished):
        status, reason = await _let_through(end, models)
        version, figures = end.version, [asdict(result) for result in end.sets]
        await asyncio.to_thread(folders.tidy, state.run)
        await asyncio.to_thread(models.store.prune)
    elif isinstance(end, Failed):
        status, reason = RunStatus.FAILED, end.message
    else:
        reason = cause or (SHUT_DOWN if isinstance(end, Stopped) else fate)
        can_go_on = await asyncio.to_thread(folders.can_go_on, state.run)
        status = RunStatus.INTERRUPTED if can_go_on else RunStatus.FAILED
    log.info("The training %d is %s: %s", state.run.id, status, reason)
    run = await runs.change(
        state.run.id,
        status=status,
        reason=reason,
        version=version,
        figures=json.loads(json.dumps(figures)),
        ended_at=datetime.now(UTC),
    )
    return replace(state, run=run)


async def _let_through(end: Finished, models: Models) -> tuple[RunStatus, str]:
    """Promote what has passed the gate, if it can be served."""
    if not end.passed:
        return RunStatus.CANDIDATE, end.reason
    try:
        await models.promote(end.version)
    except ModelError as error:
        return RunStatus.CANDIDATE, str(error)
    return RunStatus.PROMOTED, end.reason
