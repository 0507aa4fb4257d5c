"""Who may import whom: TensorFlow only to train, Telegram only in the bot, OpenCV in workers."""

import pickle
import subprocess
import sys
import tomllib
from pathlib import Path

from bot.services.reader import ReaderAnswer
from tests.bot.readings import make_digit, make_reading

ROOT = Path(__file__).parents[1]

REPORT = """
import sys
print(*sorted(sys.modules))
"""

# A whole bot, short of the network: built, and a photo read and drawn by its worker.
BOT = """
import asyncio
from bot.app import build_application
from bot.services.reader_pool import ReaderPool
from bot.settings import load_settings
from tests.bot.builders import make_services
from tests.bot.readers import always_seven
from tests.bot.readings import draw_seven, encode

async def main():
    settings = load_settings(_env_file=None, telegram_bot_token="1:a")
    async with ReaderPool(always_seven, workers=1) as pool:
        build_application(settings, make_services(pool, settings))
        answer = await pool.read(encode(draw_seven()), preview=True)
    assert answer.number == "7" and answer.preview

asyncio.run(main())
"""

# What happens inside one of its workers.
WORKER = """
from bot.services import reader_worker
from bot.services.limits import Limits
from tests.bot.readers import always_seven
from tests.bot.readings import draw_seven, encode

edition = reader_worker.Edition(0, always_seven)
reader_worker.initialise(edition, Limits())
assert reader_worker.read(edition, encode(draw_seven()), True).preview
"""


def modules_after(code: str) -> set[str]:
    """Return the modules that a fresh interpreter has imported after running `code`."""
    done = subprocess.run(
        [sys.executable, "-c", code + REPORT], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_the_bot_runs_without_tensorflow() -> None:
    loaded = modules_after(BOT)
    assert {"telegram", "model"} <= loaded
    assert not loaded & {"tensorflow", "keras", "matplotlib", "jinja2", "prometheus_client"}


def test_the_bot_is_no_web_server_unless_it_is_told_to_be() -> None:
    absent = "import bot.app, bot.run, sys; assert 'aiohttp.web' not in sys.modules, 'loaded'"
    assert "aiohttp" in modules_after(absent)


def test_the_bot_itself_leaves_arrays_to_its_workers() -> None:
    answer = pickle.dumps(ReaderAnswer.of(make_reading(make_digit(7))))
    loaded = modules_after(f"import bot.app, pickle; assert pickle.loads({answer!r}).digits")
    assert "telegram" in loaded
    assert not loaded & {"numpy", "cv2", "ai_edge_litert"}


def test_storage_loads_what_migrates_only_to_migrate(tmp_path: Path) -> None:
    opening = (
        "import asyncio\n"
        "from pathlib import Path\n"
        "from bot.storage import open_database\n"
        "async def main():\n"
        f"    async with open_database(Path({str(tmp_path)!r})): pass\n"
        "asyncio.run(main())\n"
    )
    assert {"sqlalchemy", "alembic"} <= modules_after(opening)
    loaded = modules_after(opening)
    assert "sqlalchemy" in loaded
    assert not loaded & {"alembic", "psycopg", "sqlalchemy.orm"}


def test_a_worker_reads_without_tensorflow_telegram_and_database() -> None:
    loaded = modules_after(WORKER)
    assert "cv2" in loaded
    assert not loaded & {"tensorflow", "keras", "jinja2", "telegram", "sqlalchemy", "aiohttp"}


def test_the_command_line_is_light_until_a_command_is_called() -> None:
    loaded = modules_after("import bot.cli")
    assert "typer" in loaded
    assert not loaded & {"telegram", "sqlalchemy", "aiohttp", "cv2", "tensorflow"}


def test_a_start_does_not_pay_for_the_command_line() -> None:
    starting = (
        "import os, sys\n"
        "from bot.__main__ import main\n"
        "sys.argv[1:], os.environ['TELEGRAM_BOT_TOKEN'] = ['run'], 'no token'\n"
        "try: main()\n"
        "except SystemExit as end: assert end.code == 2, end\n"
    )
    loaded = modules_after(starting)
    assert {"bot.run", "bot.settings"} <= loaded
    assert not loaded & {"typer", "rich"}


def test_the_workers_that_import_the_main_script_again_get_no_command_line() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    module, function = project["scripts"]["digitbot"].split(":")
    loaded = modules_after(f"from {module} import {function}")
    assert "bot" in loaded
    assert not loaded & {"typer", "rich", "pydantic", "telegram"}


def test_model_knows_nothing_of_the_bot() -> None:
    loaded = modules_after("import model, model.cli, model.reader, model.preview")
    assert not loaded & {"bot", "telegram", "tensorflow"}
