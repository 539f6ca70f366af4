"""API tokens: `vcl_<12 characters: id>_<43 characters: secret><8 characters: CRC>`, with scopes and an end.

The checksum lets a scanner of public places tell a lost token from a text that looks like one, and us refuse a typing
mistake without asking the database. Tokens of earlier versions have none and hold until their end.
"""

import hmac
import re
import secrets
import zlib
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import ClassVar, Final

from sqlmodel import Field, select
from sqlmodel.ext.asyncio.session import AsyncSession

from certify.accounts.opaque import digest_of_secret, new_secret
from certify.accounts.principal import ALL_SCOPES, Scope
from certify.accounts.proven import is_ours
from certify.accounts.security_events import note
from certify.register.columns import from_words, words
from certify.register.row_proofs import Proven, is_proven, prove
from schemas.errors import NotFound, NotPermitted, Unacceptable

FORMAT: Final = re.compile(r"vcl_([0-9a-f]{12})_([A-Za-z0-9_-]{43})([0-9a-f]{8})?")
"""For our own reading and for whoever scans public places for lost tokens."""

LONGEST_LIFE = timedelta(days=365)


class ApiToken(Proven, table=True):
    """Working table: one token, without its secret."""

    __tablename__ = "api_token"
    PROVEN: ClassVar = ("id", "person", "secret_digest", "scopes", "expires_at", "revoked_at")

    id: str = Field(primary_key=True)
    person: str = Field(index=True)
    name: str
    secret_digest: str
    scopes: str
    expires_at: datetime
    revoked_at: datetime | None = None
    last_used_on: date | None = None

    @property
    def granted(self) -> frozenset[Scope]:
        """The scopes of the token."""
        held = from_words(self.scopes)
        return frozenset(scope for scope in ALL_SCOPES if scope in held)


async def create(
    session: AsyncSession, *, person: str, name: str, scopes: Collection[str], expires_at: datetime, now: datetime
) -> str:
    """Make a token and return it whole; it is never shown again.

    Raises:
        Unacceptable: `unknown_scope` or `token_expiry`.
    """
    if not scopes or not set(scopes) <= ALL_SCOPES:
        raise Unacceptable("unknown_scope", f"A token has one or both of the scopes {', '.join(sorted(ALL_SCOPES))}.")
    if not now < expires_at <= now + LONGEST_LIFE:
        raise Unacceptable("token_expiry", f"A token ends within {LONGEST_LIFE.days} days.")
    row = ApiToken(
        id=secrets.token_hex(6),
        person=person,
        name=name[:100],
        secret_digest="",
        scopes=words(sorted(scopes)),
        expires_at=expires_at,
    )
    secret = new_secret()
    row.secret_digest = digest_of_secret(secret)
    prove(session, row)
    session.add(row)
    token = f"vcl_{row.id}_{secret}"
    return f"{token}{checksum(token)}"


def checksum(token: str) -> str:
    """Return the CRC-32 of a token's other characters, as eight hexadecimal digits."""
    return f"{zlib.crc32(token.encode()):08x}"


async def find_live(session: AsyncSession, token: str, now: datetime, *, request_id: str = "none") -> ApiToken:
    """Return the row of a token that still holds.

    Raises:
        NotPermitted: `token_invalid`: malformed, unknown, revoked, over, or not ours; which of them is not said.
    """
    parts = FORMAT.fullmatch(token)
    if parts is None or (parts[3] is not None and parts[3] != checksum(token.removesuffix(parts[3]))):
        raise _refused(None, now, request_id)
    row = await session.get(ApiToken, parts[1])
    if row is None or not hmac.compare_digest(row.secret_digest, digest_of_secret(parts[2])):
        raise _refused(None, now, request_id)
    if row.revoked_at is not None or now >= row.expires_at or not is_ours(session, row):
        raise _refused(row.person, now, request_id)
    return row


def _refused(person: str | None, now: datetime, request_id: str) -> NotPermitted:
    note("token_refused", person, at=now, authn="token", request_id=request_id)
    return NotPermitted("token_invalid", "This token is not valid.")


async def note_use(session: AsyncSession, token_id: str, now: datetime) -> None:
    """Write down the day on which a token was last used."""
    row = await session.get(ApiToken, token_id, with_for_update=True)
    if row is not None:
        row.last_used_on = now.date()
        session.add(row)


async def of_person(session: AsyncSession, person: str) -> Sequence[ApiToken]:
    """Return a person's tokens, revoked ones too, by name."""
    rows = (await session.exec(select(ApiToken).where(ApiToken.person == person))).all()
    return sorted(rows, key=lambda row: (row.name, row.id))


async def revoke_all(session: AsyncSession, *, person: str, now: datetime) -> None:
    """Revoke all of a person's tokens."""
    for row in await of_person(session, person):
        _revoke(session, row, now)


async def revoke(session: AsyncSession, *, person: str, token_id: str, now: datetime) -> None:
    """Revoke one of a person's own tokens.

    Raises:
        NotFound: `unknown_token`; another person's token is as good as none.
    """
    row = await session.get(ApiToken, token_id)
    if row is None or row.person != person:
        raise NotFound("unknown_token", "There is no such token.")
    _revoke(session, row, now)


def _revoke(session: AsyncSession, row: ApiToken, now: datetime) -> None:
    # What somebody else wrote ends too, and is still told from ours.
    proven = is_proven(session, row)
    row.revoked_at = row.revoked_at or now
    if proven:
        prove(session, row)
    session.add(row)
