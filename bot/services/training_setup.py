"""What the training of this installation is made of: its settings, and the corrections it knows."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import partial

from bot.services.correction_files import CorrectionFiles
from bot.services.models import Models
from bot.services.trainer import Trainer
from bot.services.training import Limits
from bot.services.training_process import TRAIN
from bot.settings import Installation
from bot.storage import CorrectionRepository, Database, Status
from model.training.order import Correction, Order

NOT_A_DIGIT = 10  # the class


def make_trainer(
    settings: Installation,
    models: Models,
    database: Database,
    files: CorrectionFiles,
    command: Sequence[str] | None = None,
) -> Trainer:
    """Return what trains here; `command` is the process that does."""
    return Trainer(
        settings.data_dir,
        models,
        database.trainings,
        partial(lessons, database.corrections, files, settings.admin_ids),
        partial(_with_settings, settings),
        Limits(settings.train_threads, settings.train_hours, settings.train_memory),
        command or TRAIN,
    )


async def lessons(
    repository: CorrectionRepository, files: CorrectionFiles, admin_ids: Collection[int]
) -> list[Correction]:
    """All corrections that no admin has rejected; what an admin says needs no review.

    Who said it is a number that means nothing elsewhere: the order lies on the disk for a while.
    """
    people: dict[int, int] = {}
    return [
        Correction(
            correction.id,
            people.setdefault(correction.verdict.user_id, len(people)),
            files.glyph(correction.picture).resolve(),
            NOT_A_DIGIT if correction.verdict.truth is None else correction.verdict.truth,
            correction.status is Status.ACCEPTED or correction.verdict.user_id in admin_ids,
        )
        for correction in await repository.list()
        if correction.status is not Status.REJECTED
    ]


def _with_settings(settings: Installation, order: Order) -> Order:
    return replace(
        order,
        mnist=settings.mnist_path.resolve() if settings.mnist_path else None,
        extras=tuple(path.resolve() for path in settings.train_extra),
        measure=tuple(path.resolve() for path in settings.evaluation_paths),
    )
