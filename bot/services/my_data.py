"""Everything that is kept of a person, as zip files to hand over."""

import asyncio
import io
import json
import zipfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict
from typing import Any

from bot.services.correction_files import CorrectionFiles
from bot.storage import ChatSettings, Kept, Run, Verdict

PART = 40 * 2**20  # bytes of pictures in one file; bots may send 50 MB

Files = dict[str, bytes]


async def packed(
    user_id: int,
    settings: ChatSettings,
    said: Sequence[Verdict],
    waiting: Sequence[Kept],
    runs: Sequence[Run],
    files: CorrectionFiles,
    part_size: int = PART,
) -> AsyncIterator[bytes]:
    """Yield zip files: the settings of the private chat, all verdicts, and the pictures.

    And the messages that wait to be answered, or could not be, and the trainings they began.

    Of a picture that somebody else sent, only what this person said of it is theirs. A file is full
    when it has more than `part_size` bytes.
    """
    entries = [_entry(user_id, verdict) for verdict in said]
    part: Files = {"settings.json": _json(asdict(settings)), "verdicts.json": _json(entries)}
    if waiting:
        part["waiting.json"] = _json([json.loads(kept.body) for kept in waiting])
    if runs:
        part["trainings.json"] = _json(
            [{"began_at": run.started_at.isoformat(), "name": run.user_name} for run in runs]
        )
    for verdict in said:
        if verdict.picture is None or verdict.sender_id != user_id:
            continue
        try:
            glyph, crop = await files.load(verdict.picture)
        except FileNotFoundError:  # deleted just now
            continue
        part |= {files.glyph(verdict.picture).name: glyph, files.crop(verdict.picture).name: crop}
        if sum(map(len, part.values())) > part_size:
            yield await asyncio.to_thread(_zipped, part)
            part = {}
    if part:
        yield await asyncio.to_thread(_zipped, part)


def _entry(user_id: int, verdict: Verdict) -> dict[str, Any]:
    is_own = verdict.sender_id == user_id
    return {
        "said_at": verdict.said_at.isoformat(),
        "said_by_you": verdict.user_id == user_id,
        "about_your_picture": is_own,
        "chat_id": verdict.chat_id,
        "message_id": verdict.message_id,
        "digit": verdict.position + 1,
        "model": verdict.model_version,
        "answer": verdict.answer,
        "truth": "not a digit" if verdict.truth is None else verdict.truth,
        "picture": verdict.picture if is_own else None,
    }


def _json(value: object) -> bytes:
    return json.dumps(value, indent=2).encode()


def _zipped(files: Files) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:  # pictures are compressed already
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()
