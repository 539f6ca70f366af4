import asyncio
import time

import pytest
from pwdlib import PasswordHash

from certify.accounts.passwords import AT_ONCE, WAITING, Passwords, check_password, common_passwords
from schemas.errors import Unacceptable, Unavailable


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("elevenchars", "password_too_short"),
        ("x1" * 64 + "y", "password_too_long"),
        ("password1234", "password_common"),
        ("PassWord1234", "password_common"),
        ("aaaaaaaaaaaa", "password_common"),
    ],
)
def test_a_bad_password_is_refused(password: str, code: str) -> None:
    with pytest.raises(Unacceptable) as refusal:
        check_password(password)

    assert refusal.value.code == code


KNOWN = ("Register of Trust", "https://labels.example.org", "Ada Lovelace", "ada@example.org")


@pytest.mark.parametrize(
    "password", ["lovelace-2026", "Ada.Lovelace1", "trust.register", "labels.example.org", "LOVELACEregister"]
)
def test_a_name_or_an_address_that_others_know_is_no_password(password: str) -> None:
    with pytest.raises(Unacceptable, match="password_of_known_words"):
        check_password(password, KNOWN)


@pytest.mark.parametrize("password", ["trust no lovelace poem", "the register of 1000 cats", "adaadaadaada"])
def test_a_long_sentence_may_name_them(password: str) -> None:
    check_password(password, KNOWN)


@pytest.mark.parametrize("password", ["twelve chars", "x1" * 64, "только строчные буквы", "            z"])
def test_any_other_composition_is_accepted(password: str) -> None:
    check_password(password)


def test_the_list_of_common_passwords_holds_only_what_the_other_rules_let_pass() -> None:
    listed = common_passwords()

    assert len(listed) > 1000
    assert all(12 <= len(password) <= 128 and password == password.casefold() for password in listed)


async def test_a_hash_is_argon2id_and_matches_only_its_password(passwords: Passwords) -> None:
    async with passwords.turn() as turn:
        stored = await turn.hash("a long enough secret")

        assert stored.startswith("$argon2id$")
        assert (await turn.check("a long enough secret", stored)).matches
        assert not (await turn.check("a long enough Secret", stored)).matches


async def test_without_a_hash_nothing_matches_not_even_the_decoy(passwords: Passwords) -> None:
    async with passwords.turn() as turn:
        assert not (await turn.check("nobody has this password", None)).matches


async def test_a_hash_with_older_parameters_comes_back_fresh(passwords: Passwords) -> None:
    old = PasswordHash.recommended().hash("a long enough secret")

    async with passwords.turn() as turn:
        checked = await turn.check("a long enough secret", old)
        assert checked.matches
        assert checked.fresh_hash is not None
        assert (await turn.check("a long enough secret", checked.fresh_hash)).fresh_hash is None


class CountingHasher(PasswordHash):
    """A hasher that takes a while and knows how many were at work together."""

    def __init__(self, inner: PasswordHash) -> None:
        super().__init__(inner.hashers)
        self.running = 0
        self.most = 0

    def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
        self.running += 1
        self.most = max(self.most, self.running)
        time.sleep(0.002)
        self.running -= 1
        return super().hash(password, salt=salt)


async def test_two_are_hashed_at_a_time_some_wait_and_the_rest_are_sent_away(quick_hasher: PasswordHash) -> None:
    hasher = CountingHasher(quick_hasher)
    passwords = Passwords(hasher)

    async def one() -> str:
        async with passwords.turn() as turn:
            return await turn.hash("a long enough secret")

    answers = await asyncio.gather(*(one() for _ in range(AT_ONCE + WAITING + 3)), return_exceptions=True)

    refused = [answer for answer in answers if isinstance(answer, Unavailable)]
    assert [answer.code for answer in refused] == ["busy_signing_in"] * 3
    assert len([answer for answer in answers if isinstance(answer, str)]) == AT_ONCE + WAITING
    assert hasher.most == 2
    assert (await one()).startswith("$argon2id$")


async def test_a_place_is_given_back_when_its_holder_fails(passwords: Passwords) -> None:
    for _ in range(AT_ONCE + WAITING + 1):
        with pytest.raises(ZeroDivisionError):
            async with passwords.turn():
                raise ZeroDivisionError
