"""From an entry to the views: which view follows which stream."""

from collections.abc import Awaitable, Callable
from typing import Any

from pydantic import JsonValue
from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register import cases, participants, people, schemes
from schemas.events import CASE_EVENTS
from schemas.record_events import RECORD_EVENTS

_VIEWS: dict[str, Callable[[AsyncSession, str, int, Any], Awaitable[None]]] = {
    "case": cases.apply,
    "organisation": participants.apply,
    "scheme": schemes.apply,
    "people": people.apply,
}
NOT_FOLDED = frozenset({"attempts", "access"})


async def project(session: AsyncSession, stream: str, number: int, body: dict[str, JsonValue]) -> None:
    """Bring the views up to date with one new entry."""
    kind, _, key = stream.partition("/")
    if kind in NOT_FOLDED:
        return
    reader = CASE_EVENTS if kind == "case" else RECORD_EVENTS
    await _VIEWS[kind](session, key, number, reader.validate_python(body))
