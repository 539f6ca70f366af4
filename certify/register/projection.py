"""From an entry to the views: which view follows which stream."""

from collections.abc import Awaitable, Callable
from typing import Any

from pydantic import JsonValue
from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register import appeals, cases, complaints, label_views, matters, participants, people, schemes
from schemas.event import Event
from schemas.events import CASE_EVENTS
from schemas.record_events import RECORD_EVENTS
from workflows.rules.kernels import KERNELS

_VIEWS: dict[str, Callable[[AsyncSession, str, int, Any], Awaitable[None]]] = {
    "case": cases.apply,
    "scheme": schemes.apply,
    "people": people.apply,
}
_BESIDE: dict[str, Callable[[AsyncSession, Any, Event], Awaitable[None]]] = {
    "appeal": appeals.follow,
    "complaint": complaints.follow,
    "label": label_views.follow,
    "organisation": participants.follow,
}
"""Views that are folded from a kind of matter besides the matter itself."""

NOT_FOLDED = frozenset({"attempts", "access", "keys"})


async def project(session: AsyncSession, stream: str, number: int, body: dict[str, JsonValue]) -> None:
    """Bring the views up to date with one new entry."""
    kind, _, key = stream.partition("/")
    if kind in NOT_FOLDED:
        return
    if kind in KERNELS:
        event = KERNELS[kind].events.validate_python(body)
        await _follow(session, kind, await matters.apply(session, kind, key, event), event)
        return
    reader = CASE_EVENTS if kind == "case" else RECORD_EVENTS
    await _VIEWS[kind](session, key, number, reader.validate_python(body))


async def _follow(session: AsyncSession, kind: str, state: Any, event: Event) -> None:
    """Bring the views that lie beside a kind of matter up to date."""
    view = _BESIDE.get(kind)
    if view is not None:
        await view(session, state, event)
