"""`certify audit export`: who did what, when, how strongly signed in, by which request; what was done and what refused.

From the journal alone, so that what is exported is what `certify check` verifies. No content: of a body only what a
refused act was and why (OWASP ASVS 5.0, 16.2.1, 16.3.2). The stream of a complaint is its tracking code, the secret of
whoever made it, and is told by its kind only.
"""

import json
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from sqlmodel import col, select

from certify.accounts.security_events import line
from certify.config import Settings
from certify.programs.record import open_to_read
from certify.register import attempts
from certify.register.database import Database
from certify.register.entries import JournalBody, JournalEntry
from certify.register.schema import require_shape
from schemas.records import Entry

SECURITY = ("people", "attempts", "keys", "access", "erasure", "legal_hold", "scheme")
"""Kinds of streams that are about accounts, permissions, keys and what may be read; the others are the business."""
_CONFIDENTIAL = frozenset({"complaint"})
_OF_CONTACTS = frozenset({"contact_opened", "contact_erased"})
"""In the stream `access/…` of a complaint, whose name is its code too."""
_AT_A_TIME = 500


async def export(settings: Settings, *, since: datetime | None, everything: bool) -> AsyncIterator[str]:
    """Yield one JSON line an entry, in the order of the journal.

    Args:
        settings: where the record is.
        since: leave out what was recorded before.
        everything: also cases and matters.

    Raises:
        Unavailable: `record_unreadable`, `earlier_version`.
    """
    database = open_to_read(settings)
    try:
        database.require_file()
        await require_shape(database)
        async for found in _entries(database, since):
            kind = found["stream"].partition("/")[0]
            if everything or kind in SECURITY:
                hides = kind in _CONFIDENTIAL or found["kind"] in _OF_CONTACTS
                yield line({**found, "stream": kind} if hides else found)
    finally:
        await database.close()


async def _entries(database: Database, since: datetime | None) -> AsyncIterator[dict[str, Any]]:
    position = 0
    async with database.reading() as session:
        while True:
            query = (
                select(JournalEntry, JournalBody.body)
                .outerjoin(
                    JournalBody,
                    (col(JournalBody.stream) == JournalEntry.stream) & (col(JournalBody.number) == JournalEntry.number),
                )
                .where(col(JournalEntry.position) > position)
                .order_by(col(JournalEntry.position))
                .limit(_AT_A_TIME)
            )
            if since is not None:
                query = query.where(col(JournalEntry.recorded_at) >= since)
            rows = (await session.exec(query)).all()
            for row, body in rows:
                yield _told(row, body)
            if not rows:
                return
            position = rows[-1][0].position or position


def _told(row: JournalEntry, body: bytes | None) -> dict[str, Any]:
    entry = Entry.model_validate_json(row.content)
    told = {"recorded_at": row.recorded_at, "at": entry.at, "stream": entry.stream, "number": entry.number}
    told |= {"kind": entry.kind, "actor": entry.actor, "authn": entry.authn, "request_id": entry.request_id}
    told |= {"outcome": "done", "digest": row.digest}
    if entry.stream == attempts.STREAM and body is not None:
        refused = json.loads(body)
        told |= {"outcome": "refused", "act": refused.get("act"), "code": refused.get("code")}
    return told
