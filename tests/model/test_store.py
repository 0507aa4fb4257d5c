"""The model store: what is served is whole, whatever happens to the process that changes it."""

import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from model.card import KERAS_FILE, LITERT_FILE, SCOUT_FILE, model_card, model_folder, write_card
from model.errors import ArtifactError
from model.lock import Lock
from model.store import CURRENT, ModelInUse, ModelStore, UnknownModel, check_whole, checksums
from tests.model.models import make_model

SHIPPED = model_card().version


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "models")


def add(store: ModelStore, tmp_path: Path, *versions: str) -> None:
    for version in versions:
        store.add(make_model(tmp_path, version))


def served(store: ModelStore) -> str:
    (version,) = [model.card.version for model in store.versions() if model.is_served]
    return version


def test_an_empty_store_serves_the_shipped_model(store: ModelStore) -> None:
    (model,) = store.versions()
    assert (model.card.version, model.is_shipped, model.is_served) == (SHIPPED, True, True)
    assert store.preferred() == [model_folder(None)]
    with pytest.raises(UnknownModel, match="no earlier model"):
        store.rollback()


def test_a_version_is_kept_whole_and_is_not_served_unasked(
    store: ModelStore, tmp_path: Path
) -> None:
    add(store, tmp_path, "30000101-1", "30000101-2")
    assert [m.card.version for m in store.versions()] == ["30000101-2", "30000101-1", SHIPPED]
    assert served(store) == SHIPPED
    check_whole(store.get("30000101-1").folder)


def test_promoting_and_rolling_back(store: ModelStore, tmp_path: Path) -> None:
    add(store, tmp_path, "v1", "v2", "v3")
    for version in ("v1", "v2", SHIPPED, "v3"):
        mark = store.mark()
        assert store.promote(version).is_served
        assert served(store) == version
        assert store.mark() != mark
    way_back = [store.rollback().card.version for _ in range(3)]
    assert way_back == [SHIPPED, "v2", "v1"]
    assert store.rollback().card.version == SHIPPED
    with pytest.raises(UnknownModel):
        store.rollback()


@pytest.mark.parametrize("name", [LITERT_FILE, SCOUT_FILE, KERAS_FILE])
def test_what_is_damaged_neither_comes_in_nor_is_promoted(
    store: ModelStore, tmp_path: Path, name: str
) -> None:
    add(store, tmp_path, "v1")
    for folder in (make_model(tmp_path, "v2"), store.get("v1").folder):
        (folder / name).write_bytes(b"rust")
    with pytest.raises(ArtifactError, match="damaged"):
        store.add(tmp_path / "made-v2")
    with pytest.raises(ArtifactError, match="damaged"):
        store.promote("v1")
    assert served(store) == SHIPPED
    assert {m.card.version for m in store.versions()} == {"v1", SHIPPED}


@pytest.mark.parametrize("name", [LITERT_FILE, SCOUT_FILE, KERAS_FILE])
def test_what_lacks_a_file_does_not_come_in(store: ModelStore, tmp_path: Path, name: str) -> None:
    folder = make_model(tmp_path, "v1")
    (folder / name).unlink()
    with pytest.raises(ArtifactError, match=name):
        store.add(folder)


def test_a_model_from_before_there_was_a_scout_is_whole(store: ModelStore, tmp_path: Path) -> None:
    folder = make_model(tmp_path, "v1")
    (folder / SCOUT_FILE).unlink()
    write_card(folder, replace(model_card(folder), sha256=checksums(folder)))
    kept = store.add(folder)
    check_whole(kept.folder)
    assert store.promote("v1").is_served


def test_a_version_cannot_be_replaced_by_another_of_its_name(
    store: ModelStore, tmp_path: Path
) -> None:
    add(store, tmp_path, "v1")
    store.add(tmp_path / "made-v1")  # the same once more does no harm
    other = make_model(tmp_path / "other", "v1")
    (other / LITERT_FILE).write_bytes(b"other")
    with pytest.raises(ArtifactError):
        store.add(other)


@pytest.mark.parametrize("version", ["v9", "", "../../etc", ".lock", CURRENT])
def test_what_is_no_version_is_refused(store: ModelStore, tmp_path: Path, version: str) -> None:
    add(store, tmp_path, "v1")
    for act in (store.promote, store.discard, store.get):
        with pytest.raises(UnknownModel):
            act(version)


def test_a_lost_or_scribbled_current_serves_the_next_best(
    store: ModelStore, tmp_path: Path
) -> None:
    add(store, tmp_path, "v1", "v2")
    store.promote("v1")
    current = tmp_path / "models" / CURRENT
    current.write_text("gone\n../made-v2\nv1\n")
    assert [folder.name for folder in store.preferred()] == ["v1", SHIPPED]
    current.write_bytes(b"\xff\xfe\x00")
    assert served(store) == SHIPPED


def test_discarding_spares_what_is_served_or_shipped(store: ModelStore, tmp_path: Path) -> None:
    add(store, tmp_path, "v1", "v2")
    store.promote("v1")
    for version in ("v1", SHIPPED):
        with pytest.raises(ModelInUse):
            store.discard(version)
    store.discard("v2")
    assert {m.card.version for m in store.versions()} == {"v1", SHIPPED}


def test_pruning_keeps_the_newest_the_served_and_the_way_back(
    store: ModelStore, tmp_path: Path
) -> None:
    versions = [f"v{n:02}" for n in range(15)]
    add(store, tmp_path, *versions)
    for version in ("v00", "v01", "v02"):
        store.promote(version)
    assert set(store.prune(keep=3)) == {"v00", *versions[3:12]}
    kept = {m.card.version for m in store.versions()}
    assert kept == {"v01", "v02", *versions[12:], SHIPPED}
    assert store.rollback().card.version == "v01"
    assert store.rollback().card.version == SHIPPED
    assert store.prune() == []


CRASHES = """
import os, sys
from contextlib import suppress
from pathlib import Path
from model.store import ModelStore, UnknownModel, check_whole

root, made, shipped = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
TOUCHES = {"open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.chmod", "os.truncate",
           "shutil.copyfile", "shutil.rmtree", "tempfile.mkdtemp"}

def change(store):
    store.add(made / "made-v3")
    store.promote("v3")
    store.rollback()
    store.promote("v3")
    with suppress(UnknownModel):  # gone already, if an earlier one came so far
        store.discard("v1")
    store.prune(keep=1)

def dying_at(instant):
    left = instant
    def hook(event, arguments):
        nonlocal left
        if event in TOUCHES:
            left -= 1
            if left < 0:
                os._exit(7)
    return hook

died = 0
while True:
    for folder in root.glob("models*"):
        os.system(f"rm -rf {folder}")
    store = ModelStore(root / "models")
    for version in ("v1", "v2"):
        store.add(made / f"made-{version}")
    store.promote("v2")
    child = os.fork()
    if not child:
        sys.addaudithook(dying_at(died))
        change(store)
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    (served,) = [m for m in store.versions() if m.is_served]
    assert served.card.version in ("v2", "v3"), (died, served)
    for model in store.versions():
        check_whole(model.folder)
    change(ModelStore(root / "models"))  # whatever it left, the next one is not hindered
    rest = {entry.name for entry in (root / "models").iterdir()}
    assert rest == {"current", ".lock", "v2", "v3"}, (died, rest)
    if code == 0:
        break
    assert code == 7, code
    died += 1
print(died)
"""


def test_a_crash_at_any_instant_leaves_whole_models_and_one_of_them_served(tmp_path: Path) -> None:
    for version in ("v1", "v2", "v3"):
        make_model(tmp_path / "made", version)
    done = subprocess.run(
        [sys.executable, "-c", CRASHES, str(tmp_path), str(tmp_path / "made"), SHIPPED],
        cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 40


def test_a_lock_is_free_once_its_holder_was_killed(tmp_path: Path) -> None:
    code = f"""
import os
from pathlib import Path
from model.lock import Lock
lock = Lock(Path({str(tmp_path / "lock")!r}))
assert lock.try_acquire("me")
print("held", flush=True)
input()
"""
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2],
    ) as process:  # fmt: skip
        assert process.stdout is not None
        process.stdout.readline()
        lock = Lock(tmp_path / "lock")
        assert lock.holder() == "me"
        assert not lock.try_acquire("you")
        process.kill()
        process.wait()
        assert lock.holder() is None
        assert lock.try_acquire("you")
        assert lock.holder() == "you"
        lock.release()
        assert lock.holder() is None


def test_whoever_asks_for_the_holder_refuses_nobody(tmp_path: Path) -> None:
    lock = Lock(tmp_path / "lock")
    stopped = threading.Event()

    def ask() -> None:
        while not stopped.is_set():
            lock.holder()

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        for _ in range(200):
            mine = Lock(tmp_path / "lock")
            assert mine.try_acquire("me")
            mine.release()
    finally:
        stopped.set()
        asking.join()


def test_what_was_promoted_meanwhile_is_not_discarded(store: ModelStore, tmp_path: Path) -> None:
    add(store, tmp_path, "v1")
    with Lock(store.root / ".lock"):
        outcome: list[Exception | None] = []

        def discard() -> None:
            try:
                store.discard("v1")
            except ModelInUse as error:
                outcome.append(error)

        other = threading.Thread(target=discard)
        other.start()
        other.join(0.3)  # it waits for the lock, with whatever it looked at before
        (store.root / CURRENT).write_text("v1\n")
    other.join()
    assert len(outcome) == 1
    assert served(store) == "v1"


def test_the_shipped_model_has_one_place(store: ModelStore, tmp_path: Path) -> None:
    assert store.add(model_folder(None)).is_shipped
    assert not (store.root / SHIPPED).exists()
    add(store, tmp_path, "v1")
    (store.root / CURRENT).write_text(f"{SHIPPED}\nv1\n")  # promoted before it was shipped
    assert served(store) == SHIPPED
