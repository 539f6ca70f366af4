"""What each unsafe request leaves: the entries of the journal and the lines of the security log that came with it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

from fastapi import FastAPI
from sqlmodel import col, select
from starlette.routing import compile_path
from starlette.types import Message, Receive, Scope, Send

from certify.accounts.security_events import LOGGER
from certify.register.database import Database
from certify.register.entries import JournalEntry
from certify.web.permissions import SAFE_METHODS, DeclaredRoute, declared_routes
from schemas.records import Entry
from tests.pages.conftest import House, shared_routes


@dataclass(frozen=True)
class Trace:
    """One unsafe request that was answered without a refusal.

    Attributes:
        route: as it is declared, `POST /api/people`.
        action: what the route declares; None where it is for everybody.
        who: whoever asked, and how they came in; None for nobody.
        entries: what the journal has more than before.
        lines: what the security log has more.
        repeats: the act was sent before under the same key, and is not done twice.
    """

    route: str
    action: str | None
    status: int
    request_id: str | None
    who: str | None
    authn: str | None
    entries: tuple[Entry, ...]
    lines: tuple[dict[str, Any], ...]
    repeats: bool


class _Lines(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.told: list[dict[str, Any]] = []

    def emit(self, record: logging.LogRecord) -> None:
        told = getattr(record, "security", {})
        if told.get("outcome") != "attempted":  # what is done is told before, and then as done
            self.told.append(told)


@cache
def unsafe_routes(app: FastAPI) -> tuple[DeclaredRoute, ...]:
    """Return every route of an application that could change something, in the order in which they are looked for.

    `*` are the folders of files, which are read only.
    """
    return tuple(one for one in declared_routes(app.routes) if one.method not in {*SAFE_METHODS, "*"})


def name_of_route(one: DeclaredRoute) -> str:
    """Return a route as the tables here name it."""
    return f"{one.method} {one.path}"


def route_of(app: FastAPI, method: str, path: str) -> DeclaredRoute | None:
    """Return the unsafe route that an address leads to."""
    return next(
        (one for one in unsafe_routes(app) if one.method == method and compile_path(one.path)[0].match(path)), None
    )


@contextmanager
def watched(house: House) -> Iterator[list[Trace]]:
    """Note what each unsafe request of a house leaves that is answered without a refusal, one after the other."""
    traces: list[Trace] = []
    keys: set[tuple[str, bytes | None]] = set()
    lines, answers, level = _Lines(), house.app, LOGGER.level

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in SAFE_METHODS:
            return await answers(scope, receive, send)
        statuses: list[int] = []

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])
            await send(message)

        state, key = scope.setdefault("state", {}), dict(scope["headers"]).get(b"idempotency-key")
        before, told = len(await entries_of(house.services.database)), len(lines.told)
        await answers(scope, receive, sending)
        route = route_of(shared_routes(house.services), scope["method"], scope["path"])
        if route is None or not statuses or statuses[0] >= 400:
            return None
        asking, found = state.get("asking"), await entries_of(house.services.database)
        traces.append(
            Trace(
                route=name_of_route(route),
                action=getattr(route.declared, "action", None),
                status=statuses[0],
                request_id=state.get("request_id"),
                who=asking.person if asking is not None else None,
                authn=asking.authn if asking is not None else None,
                entries=tuple(found[before:]),
                lines=tuple(lines.told[told:]),
                repeats=key is not None and (scope["path"], key) in keys,
            )
        )
        keys.add((scope["path"], key))
        return None

    LOGGER.addHandler(lines)
    LOGGER.setLevel(logging.INFO)
    house.app = app  # type: ignore[method-assign]  # browsers that are opened from now on ask it
    try:
        yield traces
    finally:
        del house.app
        LOGGER.removeHandler(lines)
        LOGGER.setLevel(level)


async def entries_of(database: Database) -> list[Entry]:
    """Return the journal in the order it was written."""
    async with database.reading() as session:
        rows = await session.exec(select(JournalEntry.content).order_by(col(JournalEntry.position)))
        return [Entry.model_validate_json(content) for content in rows]
