"""Codes of a generator as the second factor (RFC 6238): enrolment, and each code good once (ASVS 5.0, 6.5.1, 6.5.5).

Secrets lie encrypted beside the record; the key is a file of its own, so that a copy of the database gives no codes.
"""

import hmac
import os
import re
import secrets
from base64 import b32encode
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar, Final
from urllib.parse import quote

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from sqlalchemy import LargeBinary
from sqlmodel import Field, col, delete
from sqlmodel.ext.asyncio.session import AsyncSession

from certify.accounts.proven import is_ours
from certify.register.row_proofs import Proven, prove
from schemas.errors import NotPermitted, Unacceptable, Unavailable

SECRET_BYTES: Final = 20
"""160 bits, the length of HMAC-SHA-1 (RFC 4226, 4, R6)."""
DIGITS: Final = 6
STEP_SECONDS: Final = 30
DRIFT: Final = (0, -1, 1)
"""Steps beside the present one that are taken too: clocks of phones differ (RFC 6238, 6)."""
_KEY_BYTES, _NONCE_BYTES = 32, 12
_BETWEEN: Final = re.compile(r"[\s\u200b\u2060\ufeff-]+")


class TotpSecret(Proven, table=True):
    """Working table: a person's generator.

    Attributes:
        secret: nonce and AES-256-GCM of the secret, bound to the person.
        confirmed_at: when the first code was right; until then it is no second factor.
        last_step: the time step of the last code taken; earlier ones and this one are used up.
    """

    __tablename__ = "totp_secret"
    PROVEN: ClassVar = ("person", "secret", "confirmed_at", "last_step")

    person: str = Field(primary_key=True)
    secret: bytes = Field(sa_type=LargeBinary)
    confirmed_at: datetime | None = None
    last_step: int = 0


class TotpKey:
    """The key under which secrets lie; made at first use."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def seal(self, person: str, secret: bytes) -> bytes:
        """Return a secret encrypted for one person."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._cipher().encrypt(nonce, secret, person.encode())

    def open(self, person: str, sealed: bytes) -> bytes:
        """Return what was sealed.

        Raises:
            Unavailable: `codes_unreadable`; the key file is another one or the row was changed.
        """
        try:
            return self._cipher().decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], person.encode())
        except InvalidTag:
            raise Unavailable("codes_unreadable", "Codes cannot be checked now; please tell the secretariat.") from None

    def _cipher(self) -> AESGCM:
        if not self._path.exists():
            _write_new(self._path, secrets.token_bytes(_KEY_BYTES))
        return AESGCM(self._path.read_bytes())


def _write_new(path: Path, content: bytes) -> None:
    """Write a file whole, readable by its owner only; of two at once, the first one stays."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


async def enrol(session: AsyncSession, *, person: str, key: TotpKey) -> bytes:
    """Begin a new generator and return its secret, to be shown once; it counts when `confirm` was given a code.

    Raises:
        Unacceptable: `has_generator`; the old one is taken away first.
    """
    row = await session.get(TotpSecret, person, with_for_update=True)
    if row is not None and row.confirmed_at is not None:
        raise Unacceptable("has_generator", "You have a code generator; remove it before you set up another one.")
    secret = secrets.token_bytes(SECRET_BYTES)
    fresh = TotpSecret(person=person, secret=key.seal(person, secret))
    prove(session, fresh)
    await session.merge(fresh)
    await session.flush()
    return secret


async def pending_secret(session: AsyncSession, *, person: str, key: TotpKey) -> bytes | None:
    """Return the secret of a generator that waits for its first code."""
    row = await session.get(TotpSecret, person)
    return key.open(person, row.secret) if row is not None and row.confirmed_at is None else None


async def confirm(session: AsyncSession, *, person: str, code: str, key: TotpKey, now: datetime) -> None:
    """Take the first code of a new generator: from now on it is a second factor.

    Raises:
        NotPermitted: `code_wrong`.
    """
    row = await session.get(TotpSecret, person, with_for_update=True, populate_existing=True)
    if row is None or row.confirmed_at is not None or not is_ours(session, row):
        raise _wrong()
    row.last_step, row.confirmed_at = _step_of(row, code, key, now), now
    prove(session, row)
    session.add(row)


async def use(session: AsyncSession, *, person: str, code: str, key: TotpKey, now: datetime) -> None:
    """Take a code; the session must be writing, and of the same code twice at once one is refused.

    Raises:
        NotPermitted: `code_wrong`: wrong, used before, or there is no generator of ours.
    """
    row = await session.get(TotpSecret, person, with_for_update=True, populate_existing=True)
    if row is None or row.confirmed_at is None or not is_ours(session, row):
        raise _wrong()
    row.last_step = _step_of(row, code, key, now)
    prove(session, row)
    session.add(row)
    await session.flush()


def _step_of(row: TotpSecret, code: str, key: TotpKey, now: datetime) -> int:
    """Return the step a code belongs to.

    Raises:
        NotPermitted: `code_wrong`.
    """
    given = _BETWEEN.sub("", code)
    totp = generator(key.open(row.person, row.secret))
    present = step_at(now)
    for step in (present + drift for drift in DRIFT):
        # Only ASCII digits: `hmac.compare_digest` takes no others, and neither do generators make them.
        right = totp.generate(step * STEP_SECONDS)
        if step > row.last_step and given.isascii() and hmac.compare_digest(right, given.encode()):
            return step
    raise _wrong()


def generator(secret: bytes) -> TOTP:
    """Return the generator of a secret, with what every app on a phone can do: SHA-1, six digits, 30 seconds."""
    return TOTP(secret, DIGITS, SHA1(), STEP_SECONDS)  # noqa: S303  # HMAC-SHA-1 is what RFC 6238 apps speak


async def is_enrolled(session: AsyncSession, person: str) -> bool:
    """Whether a person has a generator that counts."""
    row = await session.get(TotpSecret, person)
    return row is not None and row.confirmed_at is not None


async def remove(session: AsyncSession, person: str) -> None:
    """Take a person's generator away."""
    await session.exec(delete(TotpSecret).where(col(TotpSecret.person) == person))


def as_typed(secret: bytes) -> str:
    """Return a secret as people type it where no camera is: base32 in groups of four."""
    text = b32encode(secret).decode().rstrip("=")
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def uri(secret: bytes, *, account: str, issuer: str) -> str:
    """Return the address that a generator reads from a QR code (Google Authenticator's key URI format)."""
    label = f"{quote(issuer, safe='')}:{quote(account, safe='')}"
    text = b32encode(secret).decode().rstrip("=")
    return f"otpauth://totp/{label}?secret={text}&issuer={quote(issuer, safe='')}"


def step_at(moment: datetime) -> int:
    """Return the time step of a moment."""
    return int(moment.astimezone(UTC).timestamp()) // STEP_SECONDS


def _wrong() -> NotPermitted:
    return NotPermitted("code_wrong", "The code is wrong or was used before; wait for the next one.")
