from datetime import timedelta

import pytest
from pwdlib import PasswordHash

from certify.accounts import links, people, sessions, tokens
from certify.accounts.passwords import Passwords
from certify.accounts.sign_in import accept_invitation, sign_in, sign_in_with_link
from certify.register.database import Database
from schemas.errors import NotPermitted, ProcedureError, Unacceptable
from schemas.people import Role
from tests.unit.certify.accounts.conftest import NOW

SECRET = "a long enough secret"


@pytest.fixture
async def ada_with_password(database: Database, passwords: Passwords, ada: people.Invitation) -> str:
    await accept_invitation(database, passwords, token=ada.token, password=SECRET, now=NOW)
    return ada.person


async def holder(database: Database, cookie: str) -> tuple[str, str]:
    async with database.reading() as session:
        found = await sessions.find_live(session, cookie, NOW)
    return found.person, found.authn


async def refusal_of(database: Database, passwords: Passwords, email: str, password: str) -> ProcedureError:
    with pytest.raises(ProcedureError) as refusal:
        await sign_in(database, passwords, email=email, password=password, now=NOW)
    return refusal.value


@pytest.mark.usefixtures("ada_with_password")
async def test_the_right_password_begins_a_new_session_each_time(
    database: Database, passwords: Passwords, ada_with_password: str
) -> None:
    cookies = [await sign_in(database, passwords, email=" ADA@example.org", password=SECRET, now=NOW) for _ in range(2)]

    assert cookies[0] != cookies[1]
    assert await holder(database, cookies[0]) == await holder(database, cookies[1]) == (ada_with_password, "password")


@pytest.mark.usefixtures("ada_with_password")
async def test_wrong_password_unknown_address_and_no_password_get_one_answer(
    database: Database, passwords: Passwords
) -> None:
    async with database.writing() as session:
        await people.admit(session, name="Ben", email="ben@example.org", roles=[Role.EXPERT], by="engine", now=NOW)

    answers = {
        str(await refusal_of(database, passwords, email, password))
        for email, password in [
            ("ada@example.org", "another long secret"),
            ("ada@example.org", SECRET + "x" * 128),
            ("nobody@example.org", SECRET),
            ("ben@example.org", SECRET),
            ("not an address", ""),
        ]
    }

    assert answers == {"sign_in_failed: The e-mail address or the password is wrong."}


class WatchedHasher(PasswordHash):
    """A hasher that counts how often it was made to work."""

    def __init__(self, inner: PasswordHash) -> None:
        super().__init__(inner.hashers)
        self.checks = 0

    def verify_and_update(self, password: str | bytes, hash: str | bytes) -> tuple[bool, str | None]:  # noqa: A002  # the library's own word
        self.checks += 1
        return super().verify_and_update(password, hash)


async def test_argon2_works_as_often_for_an_address_nobody_has(
    database: Database, quick_hasher: PasswordHash, ada: people.Invitation
) -> None:
    hasher = WatchedHasher(quick_hasher)
    passwords = Passwords(hasher)

    for number, email in enumerate(("ada@example.org", "nobody@example.org"), start=1):
        await refusal_of(database, passwords, email, SECRET)
        assert hasher.checks == number


@pytest.mark.parametrize("email", ["ada@example.org", "nobody@example.org"])
async def test_after_five_failures_even_the_right_password_waits(
    database: Database, passwords: Passwords, ada_with_password: str, email: str
) -> None:
    for _ in range(5):
        assert (await refusal_of(database, passwords, email, "wrong and long enough")).code == "sign_in_failed"

    assert (await refusal_of(database, passwords, email, SECRET)).code == "too_many_attempts"


async def test_whoever_is_told_to_wait_or_comes_by_what_is_not_good_is_told_among_the_security_events(
    database: Database, passwords: Passwords, ada_with_password: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, str | None]] = []

    def hear(kind: str, *_: object, code: str | None = None, **__: object) -> None:
        told.append((kind, code))

    for module in ("sign_in", "tokens"):
        monkeypatch.setattr(f"certify.accounts.{module}.note", hear)
    for _ in range(6):
        await refusal_of(database, passwords, "ada@example.org", "wrong and long enough")
    async with database.reading() as session:
        for token in ("malformed", f"vcl_{'0' * 12}_{'x' * 43}"):
            with pytest.raises(NotPermitted):
                await tokens.find_live(session, token, NOW)

    assert told[-3:] == [("sign_in_refused", "too_many_attempts"), ("token_refused", None), ("token_refused", None)]


async def test_success_makes_failures_forgotten(
    database: Database, passwords: Passwords, ada_with_password: str
) -> None:
    for _ in range(3):
        for _ in range(4):
            await refusal_of(database, passwords, "ada@example.org", "wrong and long enough")
        await sign_in(database, passwords, email="ada@example.org", password=SECRET, now=NOW)


async def test_an_old_hash_is_renewed_at_sign_in(
    database: Database, passwords: Passwords, ada_with_password: str
) -> None:
    async with database.writing() as session:
        account = await session.get_one(people.Account, ada_with_password)
        people.set_hash(session, account, old := PasswordHash.recommended().hash(SECRET))

    await sign_in(database, passwords, email="ada@example.org", password=SECRET, now=NOW)

    async with database.reading() as session:
        fresh = (await session.get_one(people.Account, ada_with_password)).password_hash
    assert fresh != old
    await sign_in(database, passwords, email="ada@example.org", password=SECRET, now=NOW)


async def test_an_invitation_sets_a_password_signs_in_and_is_used_up(
    database: Database, passwords: Passwords, ada: people.Invitation
) -> None:
    cookie = await accept_invitation(database, passwords, token=ada.token, password=SECRET, now=NOW)

    assert await holder(database, cookie) == (ada.person, "password")
    with pytest.raises(NotPermitted, match="link_invalid"):
        await accept_invitation(database, passwords, token=ada.token, password="another long secret", now=NOW)
    await sign_in(database, passwords, email="ada@example.org", password=SECRET, now=NOW)


async def test_a_second_invitation_is_void_once_there_is_a_password(
    database: Database, passwords: Passwords, ada: people.Invitation
) -> None:
    async with database.writing() as session:
        second = await people.invite_again(session, person=ada.person, now=NOW)
    await accept_invitation(database, passwords, token=ada.token, password=SECRET, now=NOW)

    with pytest.raises(NotPermitted, match="link_invalid"):
        await accept_invitation(database, passwords, token=second, password="another long secret", now=NOW)
    await sign_in(database, passwords, email="ada@example.org", password=SECRET, now=NOW)


async def test_a_refused_password_leaves_the_invitation_good(
    database: Database, passwords: Passwords, ada: people.Invitation
) -> None:
    with pytest.raises(Unacceptable, match="password_common"):
        await accept_invitation(database, passwords, token=ada.token, password="password1234", now=NOW)

    await accept_invitation(database, passwords, token=ada.token, password=SECRET, now=NOW)


async def test_the_name_that_is_being_set_is_no_password(
    database: Database, passwords: Passwords, ada: people.Invitation
) -> None:
    with pytest.raises(Unacceptable, match="password_of_known_words"):
        await accept_invitation(
            database, passwords, token=ada.token, password="grace-hopper-1", name="Grace Hopper", now=NOW
        )


async def test_an_unknown_link_is_refused_before_argon2_works(database: Database, quick_hasher: PasswordHash) -> None:
    passwords = Passwords(quick_hasher, at_once=0, waiting=0)

    with pytest.raises(NotPermitted, match="link_invalid"):
        await accept_invitation(database, passwords, token="no such token", password=SECRET, now=NOW)


async def test_an_invitation_is_no_sign_in_link(
    database: Database, passwords: Passwords, ada: people.Invitation
) -> None:
    with pytest.raises(NotPermitted, match="link_invalid"):
        await sign_in_with_link(database, token=ada.token, now=NOW)


@pytest.mark.parametrize("reusable", [True, False])
async def test_a_link_signs_in_once_unless_it_is_reusable(
    database: Database, ada: people.Invitation, *, reusable: bool
) -> None:
    async with database.writing() as session:
        token = await links.create_link(
            session, person=ada.person, expires_at=NOW + timedelta(hours=1), reusable=reusable
        )

    assert await holder(database, await sign_in_with_link(database, token=token, now=NOW)) == (ada.person, "link")
    if reusable:
        await sign_in_with_link(database, token=token, now=NOW)
    else:
        with pytest.raises(NotPermitted, match="link_invalid"):
            await sign_in_with_link(database, token=token, now=NOW)


async def test_looking_at_a_link_does_not_use_it(database: Database, ada: people.Invitation) -> None:
    async with database.writing() as session:
        token = await links.create_link(session, person=ada.person, expires_at=NOW + timedelta(hours=1))
        await links.holder_of(session, token, purpose="demo", now=NOW)

    await sign_in_with_link(database, token=token, now=NOW)


async def test_a_link_ends_by_its_time(database: Database, ada: people.Invitation) -> None:
    async with database.writing() as session:
        token = await links.create_link(session, person=ada.person, expires_at=NOW)

    with pytest.raises(NotPermitted, match="link_invalid"):
        await sign_in_with_link(database, token=token, now=NOW)
