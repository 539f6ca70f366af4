"""Codes of a generator (RFC 6238; ASVS 5.0, 6.5.1, 6.5.5)."""

import asyncio
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from certify.accounts import totp
from certify.accounts.totp import TotpKey, TotpSecret
from certify.register.database import Database
from schemas.errors import NotPermitted, Unacceptable, Unavailable
from tests.unit.certify.accounts.conftest import NOW

STEP = timedelta(seconds=totp.STEP_SECONDS)


@pytest.fixture
def key(tmp_path: Path) -> TotpKey:
    return TotpKey(tmp_path / "accounts" / "totp.key")


@pytest.fixture
async def secret(database: Database, key: TotpKey) -> bytes:
    """Ada's generator, set up an hour ago."""
    async with database.writing() as session:
        made = await totp.enrol(session, person="ada", key=key)
    before = NOW - timedelta(hours=1)
    async with database.writing() as session:
        await totp.confirm(session, person="ada", code=code(made, before), key=key, now=before)
    return made


def code(secret: bytes, at: datetime) -> str:
    return totp.generator(secret).generate(int(at.timestamp())).decode()


async def take(database: Database, key: TotpKey, given: str, *, now: datetime = NOW) -> bool:
    try:
        async with database.writing() as session:
            await totp.use(session, person="ada", code=given, key=key, now=now)
    except NotPermitted as error:
        if error.code != "code_wrong":
            raise
        return False
    return True


@pytest.mark.parametrize(("at", "expected"), [(59, "94287082"), (1111111109, "07081804"), (20000000000, "65353130")])
def test_codes_are_those_of_the_standard(at: int, expected: str) -> None:
    made = TOTP(b"12345678901234567890", 8, SHA1(), totp.STEP_SECONDS)  # noqa: S303  # RFC 6238, appendix B

    assert made.generate(at).decode() == expected
    assert totp.generator(b"12345678901234567890").generate(at).decode() == expected[2:]


@pytest.mark.parametrize("steps", [-1, 0, 1])
async def test_a_clock_may_be_one_step_off(database: Database, key: TotpKey, secret: bytes, steps: int) -> None:
    assert await take(database, key, code(secret, NOW + steps * STEP))


@pytest.mark.parametrize("steps", [-2, 2])
async def test_a_clock_that_is_two_steps_off_is_too_far(
    database: Database, key: TotpKey, secret: bytes, steps: int
) -> None:
    assert not await take(database, key, code(secret, NOW + steps * STEP))


async def test_a_code_is_good_once_however_it_is_spaced(database: Database, key: TotpKey, secret: bytes) -> None:
    given = code(secret, NOW)
    spaced = f" {given[:3]}\u00a0{given[3:]}\n"

    assert await take(database, key, spaced)
    for again in (given, spaced, f"{given[:3]}-{given[3:]}", "\u200b".join(given), f"\ufeff{given}"):
        assert not await take(database, key, again), repr(again)


async def test_of_the_same_code_at_once_one_is_taken(database: Database, key: TotpKey, secret: bytes) -> None:
    given = code(secret, NOW)

    assert sorted(await asyncio.gather(*(take(database, key, given) for _ in range(5)))) == [False] * 4 + [True]


async def test_an_earlier_code_is_refused_after_a_later_one(database: Database, key: TotpKey, secret: bytes) -> None:
    assert await take(database, key, code(secret, NOW + STEP))
    assert not await take(database, key, code(secret, NOW))


ARABIC = "\u0661\u0662\u0663\u0664\u0665\u0666"


@pytest.mark.parametrize("given", ["", "12345", "1234567", "abcdef", ARABIC, "0" * 5000], ids=range(6))
async def test_what_is_no_code_is_wrong(database: Database, key: TotpKey, secret: bytes, given: str) -> None:
    assert not await take(database, key, given)


async def test_a_generator_counts_only_after_its_first_code(database: Database, key: TotpKey) -> None:
    async with database.writing() as session:
        secret = await totp.enrol(session, person="ada", key=key)
    assert not await take(database, key, code(secret, NOW))
    async with database.reading() as session:
        assert not await totp.is_enrolled(session, "ada")
        assert await totp.pending_secret(session, person="ada", key=key) == secret


async def test_a_second_generator_takes_the_place_of_none(database: Database, key: TotpKey, secret: bytes) -> None:
    async with database.writing() as session:
        with pytest.raises(Unacceptable, match="has_generator"):
            await totp.enrol(session, person="ada", key=key)


async def test_the_secret_lies_encrypted_under_a_key_only_its_owner_reads(
    database: Database, key: TotpKey, secret: bytes, tmp_path: Path
) -> None:
    async with database.reading() as session:
        row = await session.get_one(TotpSecret, "ada")
    assert secret not in row.secret
    assert stat.S_IMODE((tmp_path / "accounts" / "totp.key").stat().st_mode) == 0o600
    assert key.open("ada", row.secret) == secret


@pytest.mark.parametrize("change", ["person", "byte", "key"])
async def test_a_secret_moved_or_changed_is_no_code_and_says_it_cannot_be_checked(
    database: Database, key: TotpKey, secret: bytes, tmp_path: Path, change: str
) -> None:
    async with database.reading() as session:
        row = await session.get_one(TotpSecret, "ada")
    sealed = row.secret[:-1] + bytes([row.secret[-1] ^ 1]) if change == "byte" else row.secret
    other = TotpKey(tmp_path / "other.key") if change == "key" else key

    with pytest.raises(Unavailable, match="codes_unreadable"):
        other.open("ben" if change == "person" else "ada", sealed)


def test_the_address_for_the_app_names_issuer_and_account() -> None:
    address = totp.uri(b"12345678901234567890", account="ada@example.org", issuer="Register & Co")

    assert address == (
        "otpauth://totp/Register%20%26%20Co:ada%40example.org"
        "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Register%20%26%20Co"
    )
    assert totp.as_typed(b"12345678901234567890").split() == ["GEZD", "GNBV", "GY3T", "QOJQ"] * 2


def test_a_step_is_thirty_seconds_since_1970() -> None:
    assert totp.step_at(datetime(1970, 1, 1, 0, 1, tzinfo=UTC)) == 2
