"""What an installation holds about a person, for that person (GDPR, articles 15 and 20; 152-FZ, article 14).

Everything that names them and nothing of others: whoever acted on them is left out, and a text that they wrote in
a case stays in the case, where they read it. Secrets are told of and never given out. docs/privacy.md names every
table; a test holds the two together.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel
from sqlalchemy import func, literal
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from certify.accounts.access_ledger import OpeningCount
from certify.accounts.passkey_uses import PasskeyUse
from certify.accounts.people import Account
from certify.accounts.security_log import lines_about
from certify.accounts.sessions import SignedIn
from certify.accounts.tokens import ApiToken
from certify.accounts.totp import TotpSecret
from certify.register import attempts, drafts, streams
from certify.register.access_ends import AccessEnd
from certify.register.attempts import AttemptCount
from certify.register.cases import CaseRecord
from certify.register.database import Database
from certify.register.drafts import Draft
from certify.register.entries import JournalEntry
from certify.register.invitations import InvitationRecord
from certify.register.matters import MatterRecord, state_of
from certify.register.passkeys import PasskeyRecord
from certify.register.people import PersonRecord
from certify.register.recoveries import RecoveryRecord
from certify.register.ties import TieDeclaration
from schemas.records import Entry

_CONFIDENTIAL: Final = frozenset({"complaint", "access"})
"""Streams whose names hold a complaint's tracking code, or lead to one: told by their kind only."""

_NOT_TOLD: Final = frozenset({"person", "actor", "left_out"})
"""Fields of a security event that name somebody: the person knows that it is about them."""

_MINE: Final[dict[str, tuple[type[SQLModel], str, tuple[str, ...]]]] = {
    "account": (Account, "person", ("name", "email")),
    "roles": (PersonRecord, "id", ("roles", "organisation", "areas", "entry")),
    "ends_of_access": (AccessEnd, "person", ("ended_at", "restored_at")),
    "sessions": (SignedIn, "person", ("started_at", "last_seen_at", "strong_at", "authn", "device")),
    "passkeys": (PasskeyRecord, "person", ("credential_id", "public_key")),
    "code_generators": (TotpSecret, "person", ("confirmed_at",)),
    "tokens": (ApiToken, "person", ("id", "name", "scopes", "expires_at", "revoked_at", "last_used_on")),
    "ties": (TieDeclaration, "person", ("declared_at", "ties")),
    "recoveries": (RecoveryRecord, "person", ("requested_at", "due_at", "ended")),
    "invitations_asked": (InvitationRecord, "asked_by", ("asked_at", "roles", "organisation", "areas", "ended")),
    "refusals_counted": (AttemptCount, "actor", ("minute", "count")),
    "openings_counted": (OpeningCount, "person", ("minute", "count")),
}
"""By its name in what is given out: a table, the column of whose a row is, and the columns that are told."""


class OwnData(BaseModel):
    """What is held about one person, at one moment.

    Attributes:
        rows: by kind, the rows of the database about them, columns by name.
        passkey_names: how they call their passkeys, and when each was last used.
        drafts: what they have begun and not handed in.
        interests: what they declared in cases and matters; a statement is named by its digest and stays there.
        about_you: entries of the record that others, or they, made about them.
        acts: entries of the record that they made.
        security_events: lines of the security log that name them.
    """

    made_at: datetime
    person: str
    rows: dict[str, list[dict[str, Any]]]
    passkey_names: list[dict[str, Any]]
    drafts: list[dict[str, Any]]
    interests: list[dict[str, Any]]
    about_you: list[dict[str, Any]]
    acts: list[dict[str, Any]]
    security_events: list[dict[str, Any]]


async def own_data(database: Database, security_log: Path | None, person: str, now: datetime) -> OwnData:
    """Return what is held about a person; the caller has made sure that it is they who ask."""
    async with database.reading() as session:
        rows = {name: await _rows(session, person, *mine) for name, mine in _MINE.items()}
        found: dict[str, Any] = {
            "passkey_names": await _passkey_names(session, person),
            "drafts": await _drafts(session, person),
            "interests": await _interests(session, person),
            "about_you": await _about(session, person),
            "acts": await _acts(session, person),
        }
    events = await asyncio.to_thread(lines_about, security_log, person)
    told = [{name: value for name, value in event.items() if name not in _NOT_TOLD} for event in events]
    return OwnData(made_at=now, person=person, rows=rows, security_events=told, **found)


async def _rows(
    session: AsyncSession, person: str, table: type[SQLModel], whose: str, columns: Iterable[str]
) -> list[dict[str, Any]]:
    found = (await session.exec(select(table).where(getattr(table, whose) == person))).all()
    return [{name: getattr(row, name) for name in columns} for row in found]


async def _passkey_names(session: AsyncSession, person: str) -> list[dict[str, Any]]:
    mine = select(PasskeyRecord.credential_id).where(PasskeyRecord.person == person)
    query = select(PasskeyUse).where(col(PasskeyUse.credential_id).in_(mine))
    rows = (await session.exec(query)).all()
    return [{"credential_id": row.credential_id, "name": row.name, "last_used_on": row.last_used_on} for row in rows]


async def _drafts(session: AsyncSession, person: str) -> list[dict[str, Any]]:
    rows = (await session.exec(select(Draft.subject, Draft.saved_at).where(Draft.person == person))).all()
    return [
        {"subject": subject, "saved_at": saved_at, "content": await drafts.load(session, person, subject)}
        for subject, saved_at in rows
    ]


async def _interests(session: AsyncSession, person: str) -> list[dict[str, Any]]:
    # The cells are sealed: no database finds a name in them.
    cases = (await session.exec(select(CaseRecord))).all()
    matters = (await session.exec(select(MatterRecord))).all()
    names = f'"{person}"'
    held = [(f"case/{row.id}", row.case) for row in cases if names in row.state]
    held += [(_told(row.stream), state_of(row)) for row in matters if names in row.state]
    return [
        {"where": where, **state.interests[person].model_dump(mode="json", exclude={"person"})}
        for where, state in held
        if person in state.interests
    ]


async def _about(session: AsyncSession, person: str) -> list[dict[str, Any]]:
    """Return the entries of the stream `people` about a person, without who made them."""
    rows = await streams.entries_with_bodies(session, "people")
    return [
        {"number": row.number, "kind": row.kind, "at": body.get("at"), "digest": row.digest}
        for row, body in rows
        if body.get("person") == person
    ]


async def _acts(session: AsyncSession, person: str) -> list[dict[str, Any]]:
    """Return the entries that a person made; an entry is RFC 8785 JSON, so its actor is written in one way.

    Of refused attempts as many a minute as are entries whatever stood in the way: one more would say that it was an
    interest, which is hidden from whom an applicant keeps away (procedure, People). `refusals_counted` counts them all.
    """
    written = literal(f'"actor":"{person}"'.encode())
    if session.get_bind().dialect.name == "postgresql":
        names_them = func.position(written.op("IN")(JournalEntry.content)) > 0
    else:
        names_them = func.instr(JournalEntry.content, written) > 0
    query = select(JournalEntry).where(names_them).order_by(col(JournalEntry.position))
    every = [(row, Entry.model_validate_json(row.content)) for row in (await session.exec(query)).all()]
    refused: Counter[datetime] = Counter()
    found = [one for one in every if one[1].actor == person and _is_told(one[1], refused)]
    return [
        {
            "stream": _told(entry.stream),
            "number": entry.number,
            "kind": entry.kind,
            "at": entry.at,
            "authn": entry.authn,
            "digest": row.digest,
        }
        for row, entry in found
    ]


def _is_told(entry: Entry, refused: Counter[datetime]) -> bool:
    if entry.stream != attempts.STREAM:
        return True
    minute = entry.at.replace(second=0, microsecond=0)
    refused[minute] += 1
    return refused[minute] <= attempts.KEPT_A_MINUTE


def _told(stream: str) -> str:
    kind = stream.partition("/")[0]
    return kind if kind in _CONFIDENTIAL else stream
