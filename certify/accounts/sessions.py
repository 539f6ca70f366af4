"""Sessions: rows on the server behind an opaque cookie; listed, ended, and over after 30 idle minutes or 12 hours."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar, get_args

from sqlmodel import Field, col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from certify.accounts import people
from certify.accounts.opaque import digest_of_secret, new_secret
from certify.accounts.principal import Authn
from certify.accounts.proven import is_ours
from certify.accounts.security_events import note
from certify.register import access_ends
from certify.register.row_proofs import Proven, prove
from schemas.errors import NotFound, NotPermitted

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
NOTED_EVERY = timedelta(minutes=1)
"""A session's last use is written down at most this often."""


class SignedIn(Proven, table=True):
    """Working table: one session.

    Attributes:
        id_digest: SHA-256 of the cookie's value; also the name by which its person ends it.
        authn: how its person came in, or last proved who they are.
        device: what the browser said of itself, for the person's own list.
        strong_at: when its person last proved who they are.
    """

    __tablename__ = "signed_in"
    PROVEN: ClassVar = ("id_digest", "person", "authn", "started_at", "strong_at")

    id_digest: str = Field(primary_key=True)
    person: str = Field(index=True)
    authn: str
    device: str
    started_at: datetime = Field(index=True)
    last_seen_at: datetime
    strong_at: datetime | None = None

    @property
    def way(self) -> Authn:
        """How its person came in; what nobody knows any more counts as a password."""
        return next((known for known in get_args(Authn) if known == self.authn), "session")

    @property
    def is_by_password(self) -> bool:
        """Whether a password alone began it."""
        return self.way in {"session", "password"}

    def is_live(self, now: datetime) -> bool:
        """Whether the session still holds."""
        return now < self.last_seen_at + IDLE and now < self.started_at + ABSOLUTE


async def begin(
    session: AsyncSession,
    *,
    person: str,
    authn: Authn,
    device: str = "",
    now: datetime,
    strong_at: datetime | None = None,
    started_at: datetime | None = None,
    request_id: str = "none",
) -> str:
    """Begin a session and return the cookie's value; the one way to get one, always a new one.

    Args:
        session: the transaction.
        person: whose it is.
        authn: how they came in.
        device: what the browser says of itself.
        now: when.
        strong_at: when the person proved who they are.
        started_at: of the session it takes the place of; twelve hours count from there.
        request_id: the request it came with, where it is refused.

    Raises:
        NotPermitted: `access_ended`: an officer ended the person's access, whatever they prove.
    """
    if await access_ends.has_ended(session, person):
        note("sign_in_refused", person, at=now, authn=authn, request_id=request_id, code="access_ended")
        raise NotPermitted("access_ended", "Your access has ended; write to the secretariat of the body.")
    await session.exec(delete(SignedIn).where(col(SignedIn.started_at) < now - ABSOLUTE))
    await people.note_sign_in(session, person, now.date())
    opaque = new_secret()
    row = SignedIn(
        id_digest=digest_of_secret(opaque),
        person=person,
        authn=authn,
        device=device[:120],
        started_at=started_at or now,
        last_seen_at=now,
        strong_at=strong_at,
    )
    prove(session, row)
    session.add(row)
    return opaque


async def find_live(session: AsyncSession, cookie: str, now: datetime) -> SignedIn:
    """Return the session behind a cookie.

    Raises:
        NotPermitted: `not_signed_in`: unknown, ended, over, or not ours.
    """
    return await find_live_by_digest(session, digest_of_secret(cookie), now)


async def find_live_by_digest(session: AsyncSession, id_digest: str, now: datetime, *, hold: bool = False) -> SignedIn:
    """Return the session of a digest; `hold` keeps others from it until the transaction ends.

    Raises:
        NotPermitted: as `find_live`.
    """
    row = await session.get(SignedIn, id_digest, with_for_update=hold or None)
    if row is None or not row.is_live(now) or not is_ours(session, row):
        raise NotPermitted("not_signed_in", "Sign in first.")
    return row


async def note_use(session: AsyncSession, id_digest: str, now: datetime) -> None:
    """Write down that a session is in use; one that was ended meanwhile stays ended."""
    row = await session.get(SignedIn, id_digest, with_for_update=True)
    if row is not None and row.last_seen_at < now:
        row.last_seen_at = now
        session.add(row)


async def strengthen(session: AsyncSession, cookie: str, *, person: str, authn: Authn, now: datetime) -> str:
    """End a session after a proof of who its person is, begin a stronger one in its place and return its cookie.

    Raises:
        NotPermitted: `not_signed_in`; it ended meanwhile, or is another person's.
    """
    return await _in_its_place(session, cookie, person=person, authn=authn, strong_at=now, now=now)


async def renew(session: AsyncSession, cookie: str, *, person: str, now: datetime) -> str:
    """End a session, begin one in its place that is as strong and return its cookie.

    Raises:
        NotPermitted: as `strengthen`.
    """
    return await _in_its_place(session, cookie, person=person, authn=None, strong_at=None, now=now)


async def _in_its_place(
    session: AsyncSession, cookie: str, *, person: str, authn: Authn | None, strong_at: datetime | None, now: datetime
) -> str:
    """A new id whenever rights grow (ASVS 5.0, 7.2.4); the twelve hours go on counting from the first sign-in."""
    row = await find_live_by_digest(session, digest_of_secret(cookie), now, hold=True)
    if row.person != person:
        raise NotPermitted("not_signed_in", "Sign in first.")
    await session.delete(row)
    await session.flush()
    return await begin(
        session, person=person, authn=authn or row.way, device=row.device, now=now,
        strong_at=strong_at or row.strong_at, started_at=row.started_at,
    )  # fmt: skip


async def sign_out(session: AsyncSession, cookie: str) -> None:
    """End the session behind a cookie, if there is one."""
    await session.exec(delete(SignedIn).where(col(SignedIn.id_digest) == digest_of_secret(cookie)))


async def of_person(session: AsyncSession, person: str, now: datetime) -> Sequence[SignedIn]:
    """Return a person's live sessions, the latest first."""
    query = select(SignedIn).where(SignedIn.person == person).order_by(col(SignedIn.started_at).desc())
    return [row for row in (await session.exec(query)).all() if row.is_live(now)]


async def end(session: AsyncSession, *, person: str, id_digest: str) -> None:
    """End one of a person's own sessions.

    Raises:
        NotFound: `unknown_session`; another person's session is as good as none.
    """
    row = await session.get(SignedIn, id_digest)
    if row is None or row.person != person:
        raise NotFound("unknown_session", "There is no such session.")
    await session.delete(row)


async def end_all(session: AsyncSession, person: str, *, but: str | None = None) -> int:
    """End all of a person's sessions, `but` the one behind this cookie, and return how many."""
    query = delete(SignedIn).where(col(SignedIn.person) == person)
    if but is not None:
        query = query.where(col(SignedIn.id_digest) != digest_of_secret(but))
    return int((await session.exec(query)).rowcount)
