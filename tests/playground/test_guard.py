"""Who may ask the page's server for anything."""

import pytest

from bot.loopback import is_loopback
from bot.playground.guard import is_own_host


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8080", "localhost:8080", "LOCALHOST", "[::1]:8080", "192.168.1.7:8080"]
)
def test_addresses_and_localhost_are_own(host: str) -> None:
    assert is_own_host(host, "127.0.0.1")


@pytest.mark.parametrize(
    "host", ["evil.example:8080", "127.0.0.1.evil.example", "localhost.evil.example", "", "a b"]
)
def test_names_that_somebody_points_here_are_not(host: str) -> None:
    assert not is_own_host(host, "127.0.0.1")


def test_the_name_the_server_was_given_is_its_own() -> None:
    assert is_own_host("desk.local:8080", "desk.local")


@pytest.mark.parametrize(
    ("host", "inside"),
    [
        ("127.0.0.1", True),
        ("127.0.0.2", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.1.7", False),
        ("desk.local", False),
    ],
)
def test_only_loopback_stays_on_this_machine(host: str, inside: bool) -> None:
    assert is_loopback(host) is inside
