"""Whom a program takes a request to come from: the one that sent it, unless a proxy it trusts says another."""

from typing import Any

import pytest
from starlette.applications import Starlette

from certify.config import Settings
from certify.programs import serving

STRANGER, CLIENT = "203.0.113.9", "198.51.100.7"


async def seen_from(sender: str, monkeypatch: pytest.MonkeyPatch, *, trusted: str | None) -> tuple[str, str]:
    """Return address and scheme that the application is told, of a request that says it was sent on."""
    monkeypatch.delenv("FORWARDED_ALLOW_IPS", raising=False)
    if trusted is not None:
        monkeypatch.setenv("FORWARDED_ALLOW_IPS", trusted)
    seen: list[tuple[str, str]] = []

    async def application(scope: Any, _receive: Any, _send: Any) -> None:
        seen.append((scope["client"][0], scope["scheme"]))

    config = serving.configuration(application, Settings())
    config.load()
    forwarded = [
        (b"x-forwarded-for", CLIENT.encode()),
        (b"x-forwarded-proto", b"https"),
        (b"forwarded", b"for=1.2.3.4"),
    ]
    scope = {"type": "http", "client": (sender, 5000), "scheme": "http", "headers": forwarded}
    await config.loaded_app(scope, None, None)
    return seen[0]


@pytest.mark.parametrize("trusted", [None, "10.0.0.1"])
async def test_a_stranger_who_says_that_another_asked_is_the_one_who_asked(
    monkeypatch: pytest.MonkeyPatch, trusted: str | None
) -> None:
    assert await seen_from(STRANGER, monkeypatch, trusted=trusted) == (STRANGER, "http")


async def test_a_proxy_that_is_trusted_says_who_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    assert await seen_from(STRANGER, monkeypatch, trusted=STRANGER) == (CLIENT, "https")


def test_no_version_of_the_server_is_told_and_no_request_written_down() -> None:
    config = serving.configuration(Starlette(), Settings())

    assert not config.server_header
    assert not config.access_log
