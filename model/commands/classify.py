"""`digitbot classify`: read the digit in image files."""

import json
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.table import Column, Table

from model.errors import UnreadableImage
from model.preview import draw_preview
from model.reader import DigitReader
from model.reading import Reading


@dataclass(frozen=True, slots=True)
class _Line:
    """What became of one file."""

    path: Path
    reading: Reading | None
    reason: str | None
    ms: float


def classify(paths: list[Path], as_json: bool, preview: Path | None, model: Path | None) -> bool:
    """Read each file and print what was read; returns whether all were readable.

    Raises:
        ArtifactError: the model cannot be used.
    """
    reader = DigitReader.load(model)
    table = Table(Column("file", overflow="fold"), "digit", "confidence", "ms", box=None)
    unreadable = False
    names: Counter[str] = Counter()
    for path in paths:
        names[path.name] += 1
        line = _classify_one(reader, path, preview, names[path.name])
        unreadable |= line.reading is None
        if as_json:
            typer.echo(json.dumps(_as_object(line, reader.card.version)))
        else:
            table.add_row(*_as_row(line))
    if not as_json:
        is_read = sys.stdout.isatty()  # by a person, whose screen is only so wide
        Console(markup=False, width=None if is_read else 1_000).print(table)
    return not unreadable


def _classify_one(reader: DigitReader, path: Path, preview: Path | None, namesake: int) -> _Line:
    start = time.perf_counter()
    try:
        data = _content(path)
        reading = reader.read(data)
    except IsADirectoryError:
        return _Line(path, None, f"is a folder: name what is in it, as {path}/*.jpg", 0.0)
    except OSError as error:
        return _Line(path, None, error.strerror or str(error), 0.0)
    except UnreadableImage as error:
        return _Line(path, None, str(error), (time.perf_counter() - start) * 1000)
    elapsed = (time.perf_counter() - start) * 1000
    if preview is not None:
        preview.mkdir(parents=True, exist_ok=True)
        # The suffix stays in the name: 7.jpg and 7.png have a preview each, and so have two 7.jpg.
        name = path.name if namesake == 1 else f"{path.name}.{namesake}"
        (preview / f"{name}.preview.png").write_bytes(draw_preview(data, reading))
    return _Line(path, reading, reading.reason, elapsed)


def _content(path: Path) -> bytes:
    return sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()


def _shown(path: Path) -> str:
    """A name without what would move the cursor, or the terminal to worse."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in str(path))


def _as_object(line: _Line, version: str) -> dict[str, Any]:
    reading = line.reading
    return {
        "path": str(line.path),
        "status": reading.status if reading else "unreadable",
        "number": reading.number if reading else "",
        "digits": [
            {
                "digit": d.digit,
                "confidence": round(d.confidence, 6),
                "box": list(d.box),
                "scores": [round(s, 6) for s in d.scores],
            }
            for d in (reading.digits if reading else ())
        ],
        "reason": line.reason,
        "model": version,
        "ms": round(line.ms, 2),
    }


def _as_row(line: _Line) -> tuple[str, str, str, str]:
    if line.reading is None:
        return _shown(line.path), "–", line.reason or "", ""
    if not line.reading.digits:
        return _shown(line.path), "none", (line.reason or "").replace("_", " "), f"{line.ms:.1f}"
    sure = " ".join(f"{d.confidence:.1%}" for d in line.reading.digits)
    return _shown(line.path), line.reading.number, sure, f"{line.ms:.1f}"
