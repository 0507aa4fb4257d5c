"""Settings: what is read, what is refused and in which words."""

import re
from pathlib import Path

import pytest

from bot.errors import CannotStart
from bot.settings import Address, Settings, load_settings
from tests.bot.builders import (
    TOKEN,
)

ROOT = Path(__file__).parents[2]
NAMES = {name.upper() for name in Settings.model_fields}


@pytest.fixture(autouse=True)
def bare_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No .env in the current folder."""
    monkeypatch.chdir(tmp_path)


def test_only_the_token_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", TOKEN)
    settings = load_settings()
    assert settings.telegram_bot_token.get_secret_value() == TOKEN
    assert settings.telegram_api_url == "https://api.telegram.org"
    assert settings.admin_ids == frozenset()
    assert settings.data_dir == Path("data")
    assert settings.database_url is None
    assert settings.model_path is None
    assert settings.log_level == "INFO"
    assert 1 <= settings.reader_workers <= 4


def test_env_file_is_read_and_the_environment_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text(
        f"TELEGRAM_BOT_TOKEN={TOKEN}\nADMIN_IDS= 12, 34,\nLOG_LEVEL=debug\nDATA_DIR=\n"
        "TELEGRAM_API_URL=http://127.0.0.1:8081/\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("LOG_LEVEL", "ERROR")
    settings = load_settings()
    assert settings.admin_ids == {12, 34}
    assert settings.log_level == "ERROR"
    assert settings.data_dir == Path("data"), "an empty value counts as none"
    assert settings.telegram_api_url == "http://127.0.0.1:8081", "paths are appended to it"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TELEGRAM_BOT_TOKEN", "not a token"),
        ("TELEGRAM_BOT_TOKEN", "123:abc/../x"),
        ("TELEGRAM_API_URL", "localhost:8081"),
        ("TELEGRAM_API_URL", "ftp://api.telegram.org"),
        ("ADMIN_IDS", "12;34"),
        ("EVALUATION_PATHS", "gone"),
        ("ADMIN_IDS", "@anna"),
        ("DATABASE_URL", "mysql://anna:secret@host/digits"),
        ("MODEL_PATH", "/no/such/folder"),
        ("WEBHOOK_URL", "bot.example.org/hook"),
        ("WEBHOOK_LISTEN", "port 8080"),
        ("WEBHOOK_LISTEN", "127.0.0.1:99999"),
        ("WEBHOOK_SECRET", "open sesame"),
        ("WEBHOOK_CERTIFICATE", "/no/such/file"),
        ("MONITOR_LISTEN", "http://127.0.0.1:9464"),
        ("LOG_FORMAT", "yaml"),
        ("LOG_LEVEL", "LOUD"),
        ("READER_WORKERS", "0"),
        ("READER_WORKERS", "many"),
    ],
)
def test_a_malformed_setting_is_one_sentence_that_names_it(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", TOKEN)
    monkeypatch.setenv(name, value)
    with pytest.raises(CannotStart) as caught:
        load_settings()
    (problem,) = caught.value.problems
    assert problem.startswith(f"{name} must be ")
    assert value not in problem, "a mistyped token is still a secret"


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("127.0.0.1:8443", "127.0.0.1", 8443),
        ("[::1]:80", "::1", 80),
        ("localhost:0", "localhost", 0),
    ],
)
def test_where_to_listen(monkeypatch: pytest.MonkeyPatch, text: str, host: str, port: int) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", TOKEN)
    monkeypatch.setenv("MONITOR_LISTEN", text)
    address = load_settings().monitor_listen
    assert address == Address(host, port)
    assert str(address) == text


def test_every_problem_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_LEVEL", "LOUD")
    monkeypatch.setenv("ADMIN_IDS", "x,y,z")
    with pytest.raises(CannotStart) as caught:
        load_settings()
    assert [problem.split()[0] for problem in caught.value.problems] == [
        "TELEGRAM_BOT_TOKEN",
        "ADMIN_IDS",
        "LOG_LEVEL",
    ]


def test_the_token_is_not_in_the_repr() -> None:
    assert TOKEN not in repr(load_settings(telegram_bot_token=TOKEN))


def test_each_setting_is_explained_in_the_example_and_nothing_else_is() -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    found = [re.match(r"#?([A-Z_]+)=", line) for line in lines]
    documented = [match[1] for match in found if match]
    assert sorted(documented) == sorted(NAMES)
    for line, before in zip(lines[1:], lines, strict=False):
        if re.match(r"#?[A-Z_]+=", line):
            assert before.startswith("# "), f"{line} is not explained"


def test_the_example_itself_is_accepted_once_it_has_a_token() -> None:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    text = text.replace("TELEGRAM_BOT_TOKEN=", f"TELEGRAM_BOT_TOKEN={TOKEN}")
    Path(".env").write_text(re.sub(r"(?m)^#([A-Z_]+=)", r"\1", text), encoding="utf-8")
    assert load_settings().admin_ids == {1234567, 7654321}


def test_a_home_is_understood_where_no_shell_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", TOKEN)
    monkeypatch.setenv("HOME", str(Path.cwd()))
    (Path.cwd() / "digits.npz").touch()
    monkeypatch.setenv("DATA_DIR", "~/bot")
    monkeypatch.setenv("TRAIN_EXTRA", "~/digits.npz")
    settings = load_settings()
    assert settings.data_dir == Path.cwd() / "bot"
    assert settings.train_extra == (Path.cwd() / "digits.npz",)


def test_a_slip_of_the_pen_does_not_pass_unnoticed() -> None:
    Path(".env").write_text(f"TELEGRAM_BOT_TOKEN={TOKEN}\nADMIN_ID=1\nEDITOR=vi\n")
    with pytest.raises(CannotStart) as caught:
        load_settings()
    assert caught.value.problems == ("ADMIN_ID in .env is no setting: do you mean ADMIN_IDS?",)


def test_an_env_file_of_another_encoding_is_told() -> None:
    Path(".env").write_text(f"TELEGRAM_BOT_TOKEN={TOKEN}\n", encoding="utf-16")
    with pytest.raises(CannotStart, match="UTF-8"):
        load_settings()
