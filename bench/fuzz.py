"""`python -m bench.fuzz [libFuzzer's options]`: look for files that the decoder stage chokes on.

Guided by coverage, with atheris, for as long as it is let: `-max_total_time=600` for ten minutes.
Where atheris is not installed, every file of the corpus is tried once instead. What fails lies in
build/fuzz/ afterwards, and is tried again by `python -m bench.fuzz FILE`.

Anything but a picture or an `UnreadableImage` is a finding, and so is what takes ten seconds.
"""

# ruff: noqa: PLC0415 - atheris has to be there before what it is to see the inside of
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

FOLDER = Path("build/fuzz")
FILES = 1_000  # to start from
LARGEST = 100_000  # bytes; larger ones only slow the search down
SECONDS = 10  # that one file may take
WITHOUT = """atheris is not installed, so nothing is searched for: each file of the corpus is tried
once instead. To search: .venv/bin/pip install atheris (CPython 3.11 to 3.13 on Linux)."""


def decode(data: bytes) -> None:
    """What is fuzzed: bytes to pixels, as small and as large as the reader asks for them."""
    from model.errors import UnreadableImage
    from model.pipeline.image import DEFAULT, Photo

    try:
        photo = Photo(data)
        for side in (DEFAULT.glance, DEFAULT.side):
            assert max(photo.at(side).pixels.shape[:2]) <= side
    except UnreadableImage:
        pass


def corpus() -> Iterable[tuple[str, bytes]]:
    """What is wrong with each file to start from, and the file."""
    from bench.hostile import hostile_files

    return ((file.kind, file.data) for file in hostile_files(FILES))


def try_each(
    files: Iterable[tuple[str, bytes]],
    target: Callable[[bytes], None] = decode,
    folder: Path = FOLDER,
) -> int:
    """Decode each, keep and name those that fail, and return how many did."""
    failures = 0
    for name, data in files:
        try:
            target(data)
        except Exception as error:
            failures += 1
            folder.mkdir(parents=True, exist_ok=True)
            kept = folder / f"crash-{failures}"
            kept.write_bytes(data)
            print(f"{name}: {error!r}, kept as {kept}", file=sys.stderr)
    return failures


def main(arguments: list[str]) -> int:
    """Search, or try each; return the exit code."""
    named = [name for name in arguments if not name.startswith("-")]
    try:
        import atheris
    except ImportError:
        print(WITHOUT, file=sys.stderr)
        files = ((name, Path(name).read_bytes()) for name in named) if named else corpus()
        return 1 if try_each(files) else 0
    with atheris.instrument_imports(include=["PIL", "model.pipeline.image"]):
        decode(b"")  # imports all that it uses
    folder = FOLDER / "corpus"
    folder.mkdir(parents=True, exist_ok=True)
    for n, (_, data) in enumerate(corpus()):
        if len(data) <= LARGEST:
            (folder / f"{n:05}").write_bytes(data)
    options = [f"-timeout={SECONDS}", f"-max_len={LARGEST}", f"-artifact_prefix={FOLDER}/"]
    atheris.Setup([sys.argv[0], *options, *arguments, *([] if named else [str(folder)])], decode)
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
