from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from labels.key_set import GRACE, KeySet, TrustedKey
from labels.keyring import FINISHING, Keyring
from schemas.errors import LabelError
from tests.unit.labels.conftest import key

OLD, NEW, ELSEWHERE = key("of 2026"), key("of 2027"), key("of another machine")
LOST_AT, TODAY = datetime(2027, 2, 1, tzinfo=UTC), date(2026, 12, 31)
KEYS = KeySet(
    (
        TrustedKey(OLD.public_key, date(2026, 1, 1), date(2026, 12, 31)),
        TrustedKey(NEW.public_key, date(2027, 1, 1), date(2027, 12, 31)),
        TrustedKey(ELSEWHERE.public_key, date(2027, 6, 1), date(2028, 5, 31)),
    )
)
RING = Keyring.of(KEYS, [NEW, OLD])


def test_the_key_of_the_day_signs() -> None:
    assert RING.for_day(date(2026, 12, 31)) is OLD
    assert RING.for_day(date(2027, 1, 1)) is NEW


def test_a_key_that_is_not_held_here_does_not_stand_in_the_way() -> None:
    assert RING.for_day(date(2027, 7, 1)) is NEW


@pytest.mark.parametrize("day", [date(2025, 12, 31), date(2028, 1, 1)])
def test_without_a_key_for_the_day_nothing_is_signed(day: date) -> None:
    with pytest.raises(LabelError, match="no_key_for_today"):
        RING.for_day(day)


def test_what_was_begun_is_finished_with_its_key_also_on_the_day_after_its_period() -> None:
    assert RING.intended(OLD.kid, date(2027, 1, 1)) is OLD
    assert RING.intended(NEW.kid, date(2027, 1, 1)) is NEW


def test_what_was_begun_is_not_finished_with_a_key_that_verifiers_would_not_believe_any_more() -> None:
    assert RING.intended(OLD.kid, date(2027, 1, 2)) is None
    assert FINISHING < GRACE


def test_what_was_begun_before_keys_were_named_was_begun_with_the_oldest() -> None:
    assert RING.intended(None, TODAY) is OLD


def test_a_compromised_key_signs_nothing_and_finishes_nothing() -> None:
    ring = Keyring.of(KEYS.with_compromised(KEYS.keys[0], LOST_AT), [OLD, NEW])

    assert ring.intended(OLD.kid, TODAY) is ring.intended(None, TODAY) is None
    with pytest.raises(LabelError, match="no_key_for_today"):
        ring.for_day(date(2026, 6, 1))


def test_a_key_that_is_not_held_or_not_trusted_finishes_nothing() -> None:
    assert RING.intended(ELSEWHERE.kid, TODAY) is RING.intended("00000000", TODAY) is None
    assert Keyring.of(KeySet(()), [OLD]).intended(None, TODAY) is None


def test_a_signer_that_only_shares_the_short_name_is_not_taken_for_the_key() -> None:
    class Namesake:
        kid, alg, public_key = OLD.kid, OLD.alg, NEW.public_key
        sign = NEW.sign

    assert Keyring.of(KeySet((replace(KEYS.keys[0]),)), [Namesake()]).signers == ()
