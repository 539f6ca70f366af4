"""The numbers are those of the procedure in `labels.verification`; the vectors ask much more."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from time import tzset

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labels.cose import EXTERNAL_AAD, payload_of, protected_header, seal, to_be_signed, unseal
from labels.encoding import ALPHABET, from_base36, to_base36
from labels.key_set import GRACE, KeySet, LabelKey, TrustedKey, Use
from labels.keys import KeyInMemory
from labels.signing import prepare, sign
from labels.verification import Verification, is_as_signed, signed_statement, signing_key, verify
from schemas.errors import VerificationError
from schemas.label import Authenticity, IssuedLabel, LabelStatement

LOST_AT = datetime(2026, 12, 1, 8, tzinfo=UTC)
END_OF_TIME = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
fuzzed = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)


@pytest.fixture
def in_tokyo(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Somebody verifies on a machine whose clock is nine hours ahead."""
    with monkeypatch.context() as changed:
        changed.setenv("TZ", "JST-9")
        tzset()
        yield
    tzset()


def test_a_label_of_ours_is_authentic(token: str, trusted: KeySet, statement: LabelStatement, at: datetime) -> None:
    answer = verify(token, trusted, at=at)

    assert (answer.authenticity, answer.statement, answer.expired) == (Authenticity.AUTHENTIC, statement, False)
    assert answer.kid == trusted.keys[0].kid
    assert answer.kid in answer.reason


def test_bytes_and_base36_are_the_same_token(token: str, trusted: KeySet, at: datetime) -> None:
    assert verify(from_base36(token), trusted, at=at) == verify(token, trusted, at=at)


def test_a_label_expires_after_its_last_second(token: str, trusted: KeySet, statement: LabelStatement) -> None:
    end = statement.expires_at

    assert verify(token, trusted, at=end).expired is False
    assert verify(token, trusted, at=end + timedelta(seconds=1)).expired is True
    assert verify(token, trusted, at=end + timedelta(seconds=1)).authenticity is Authenticity.AUTHENTIC


def test_1_a_token_with_a_part_missing_is_malformed(token: str, trusted: KeySet, at: datetime) -> None:
    answer = verify(token[:-1], trusted, at=at)

    assert (_refused(answer), answer.kid) == ("malformed", None)


def test_1_a_token_longer_than_any_label_is_not_even_decoded(trusted: KeySet, at: datetime) -> None:
    answer = verify("Z" * 1_000_000, trusted, at=at)

    assert (_refused(answer), answer.reason) == ("malformed", "No label token is this long.")
    assert verify("Z" * 601, trusted, at=at).reason == answer.reason
    assert verify("Z" * 600, trusted, at=at).reason != answer.reason


def test_2_a_token_of_a_key_nobody_trusts_shows_no_claims_and_names_that_key(
    token: str, signer: KeyInMemory, stranger: KeyInMemory, at: datetime
) -> None:
    others = KeySet((LabelKey(stranger.public_key, date(2026, 1, 1), date(2026, 12, 31)),))

    answer = verify(token, others, at=at)

    assert (_refused(answer), answer.kid) == ("unknown_key", signer.kid)


def test_3_the_signature_is_verified_before_the_payload_is_read(
    signer: KeyInMemory, trusted: KeySet, at: datetime
) -> None:
    protected, rubbish = protected_header(signer.kid), b"\xff"
    unsigned = seal(protected, rubbish, bytes(64))
    signed = seal(protected, rubbish, signer.sign(to_be_signed(protected, rubbish)))

    assert _refused(verify(unsigned, trusted, at=at)) == "bad_signature"
    assert _refused(verify(signed, trusted, at=at)) == "malformed"


@pytest.mark.parametrize("use", sorted(set(Use) - {Use.LABEL, Use.CERTIFICATE}))
def test_2_a_key_of_another_use_signs_no_label(token: str, trusted: KeySet, at: datetime, use: Use) -> None:
    others = KeySet((replace(trusted.keys[0], use=use),))

    assert _refused(verify(token, others, at=at)) == "unknown_key"


def test_6_a_label_in_the_log_before_its_key_was_lost_stays_authentic(
    token: str, trusted: KeySet, at: datetime
) -> None:
    lost = trusted.with_compromised(trusted.keys[0], LOST_AT)

    before = verify(token, lost, at=at, witnessed_at=LOST_AT - timedelta(seconds=1))

    assert before == verify(token, trusted, at=at)


@pytest.mark.parametrize(
    ("witnessed_at", "why"),
    [
        (None, "nothing shows that the log held this before"),
        (LOST_AT, "the log holds this since 2026-12-01 08:00 UTC only"),
        (LOST_AT + timedelta(days=1), "since 2026-12-02 08:00 UTC only"),
    ],
)
def test_6_a_label_not_shown_to_be_in_the_log_before_its_key_was_lost_is_not_authentic(
    token: str, trusted: KeySet, at: datetime, witnessed_at: datetime | None, why: str
) -> None:
    lost = trusted.with_compromised(trusted.keys[0], LOST_AT)

    answer = verify(token, lost, at=at, witnessed_at=witnessed_at)

    assert _refused(answer) == "not_in_log"
    assert answer.reason.startswith(
        f"Key {trusted.keys[0].kid} may have been in other hands since 2026-12-01 08:00 UTC"
    )
    assert why in answer.reason


def test_6_moments_are_told_in_utc_wherever_somebody_verifies(
    token: str, trusted: KeySet, at: datetime, in_tokyo: None
) -> None:
    seen = LOST_AT.astimezone(timezone(timedelta(hours=-5)))

    answer = verify(token, trusted.with_compromised(trusted.keys[0], LOST_AT), at=at, witnessed_at=seen)

    assert answer.reason.count("2026-12-01 08:00 UTC") == 2


FIRST_SECOND = datetime(2026, 1, 1, tzinfo=UTC)
OVER = datetime(2027, 1, 1, tzinfo=UTC) + GRACE
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize("seen", [FIRST_SECOND, LOST_AT, OVER - SECOND])
def test_6_a_label_that_was_seen_when_its_key_was_in_use_stays_authentic_after_it(
    token: str, trusted: KeySet, seen: datetime
) -> None:
    later = datetime(2028, 1, 1, tzinfo=UTC)

    assert verify(token, trusted, at=later, witnessed_at=seen) == verify(token, trusted, at=later)


@pytest.mark.parametrize("seen", [FIRST_SECOND - SECOND, OVER])
def test_6_a_label_that_was_seen_when_its_key_was_not_in_use_is_not_authentic(
    token: str, trusted: KeySet, at: datetime, seen: datetime
) -> None:
    answer = verify(token, trusted, at=at, witnessed_at=seen.astimezone(timezone(timedelta(hours=-5))))

    assert _refused(answer) == "key_not_in_use"
    assert f"in use from 2026-01-01 to 2026-12-31; the log holds this since {seen:%Y-%m-%d}" in answer.reason


@pytest.mark.parametrize(
    ("first", "last", "stays"),
    [
        (date(2025, 7, 1), date(2026, 1, 1), True),
        (date(2026, 12, 31), date(2027, 6, 30), True),
        (date(2025, 1, 1), date(2025, 12, 31), False),
        (date(2027, 1, 1), date(2027, 12, 31), False),
    ],
)
def test_6_a_label_is_proved_again_later_where_a_witness_of_the_days_of_its_key_is_believed_no_more(
    token: str,
    trusted: KeySet,
    stranger: KeyInMemory,
    at: datetime,
    first: date,
    last: date,
    stays: bool,
) -> None:
    witness = TrustedKey(stranger.public_key, first, last, Use.WITNESS)
    lost = KeySet((*trusted.keys, replace(witness, compromised_at=OVER)))
    answers = [verify(token, keys, at=at, witnessed_at=OVER) for keys in (lost, KeySet((*trusted.keys, witness)))]

    assert answers[0].authenticity == ("authentic" if stays else "key_not_in_use")
    assert _refused(answers[1]) == "key_not_in_use"
    assert _refused(verify(token, lost, at=at, witnessed_at=FIRST_SECOND - SECOND)) == "key_not_in_use"


def test_6_the_first_day_of_a_key_begins_for_everybody_at_the_same_moment(
    token: str, trusted: KeySet, stranger: KeyInMemory, at: datetime, in_tokyo: None
) -> None:
    witness = TrustedKey(stranger.public_key, date(2026, 1, 1), date(2026, 12, 31), Use.WITNESS, compromised_at=OVER)
    lost = KeySet((*trusted.keys, witness))

    assert _refused(verify(token, lost, at=at, witnessed_at=FIRST_SECOND - SECOND)) == "key_not_in_use"


def test_5_an_end_the_key_could_not_promise_is_refused(
    a_statement: Callable[..., LabelStatement], signer: KeyInMemory, trusted: KeySet, at: datetime
) -> None:
    last, beyond = datetime(2028, 12, 31, 23, 59, 59, tzinfo=UTC), datetime(2029, 1, 1, tzinfo=UTC)
    tokens = [_token(a_statement(expires_at=end), signer) for end in (last, beyond)]

    assert verify(tokens[0], trusted, at=at).authenticity is Authenticity.AUTHENTIC
    assert _refused(verify(tokens[1], trusted, at=at)) == "unknown_key"
    assert _refused(verify(tokens[0], trusted, at=at, longest_validity_months=18)) == "unknown_key"


@pytest.mark.parametrize(
    ("valid_to", "months", "end"),
    [
        (date(2026, 8, 31), 18, date(2028, 2, 29)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2028, 8, 31), 6, date(2029, 2, 28)),
        (date(2027, 12, 31), 23, date(2029, 11, 30)),
    ],
)
def test_5_a_month_without_that_day_ends_the_promise_at_its_last(
    a_statement: Callable[..., LabelStatement],
    signer: KeyInMemory,
    at: datetime,
    valid_to: date,
    months: int,
    end: date,
) -> None:
    keys = KeySet((LabelKey(signer.public_key, date(2026, 1, 1), valid_to),))
    last = datetime.combine(end, time(23, 59, 59), UTC)
    tokens = [_token(a_statement(expires_at=moment), signer) for moment in (last, last + timedelta(seconds=1))]

    answers = [verify(token, keys, at=at, longest_validity_months=months) for token in tokens]

    assert answers[0].authenticity is Authenticity.AUTHENTIC
    assert _refused(answers[1]) == "unknown_key"


def test_5_a_promise_does_not_outlast_the_calendar(
    a_statement: Callable[..., LabelStatement], signer: KeyInMemory, at: datetime
) -> None:
    keys = KeySet((LabelKey(signer.public_key, date(2026, 1, 1), date(9998, 6, 30)),))
    token = _token(a_statement(expires_at=END_OF_TIME), signer)

    assert verify(token, keys, at=at, longest_validity_months=24).authenticity is Authenticity.AUTHENTIC
    assert _refused(verify(token, keys, at=at, longest_validity_months=12)) == "unknown_key"


def test_what_a_lost_key_signed_is_returned_to_look_for_its_proof(
    token: str, trusted: KeySet, statement: LabelStatement, at: datetime
) -> None:
    lost = trusted.with_compromised(trusted.keys[0], LOST_AT)

    assert _refused(verify(token, lost, at=at)) == "not_in_log"
    assert signed_statement(token, lost) == signed_statement(from_base36(token), lost) == statement


def test_what_is_looked_for_in_the_log_passed_the_steps_before(token: str, trusted: KeySet) -> None:
    with pytest.raises(VerificationError, match="malformed"):
        signed_statement(token[:-1], trusted)
    with pytest.raises(VerificationError, match="unknown_key"):
        signed_statement(token, KeySet(()))
    with pytest.raises(VerificationError, match="unknown_key"):
        signed_statement(token, trusted, longest_validity_months=18)


def test_3_a_signature_holds_only_for_what_it_was_given_for(signer: KeyInMemory, trusted: KeySet, token: str) -> None:
    protected, payload, other = protected_header(signer.kid), b"anything", b"certify/other/1"
    signed = unseal(seal(protected, payload, signer.sign(to_be_signed(protected, payload, other))))

    assert signing_key(signed, trusted, other) == trusted.keys[0]
    for envelope, aad in ((signed, EXTERNAL_AAD), (unseal(from_base36(token)), other)):
        with pytest.raises(VerificationError, match="bad_signature"):
            signing_key(envelope, trusted, aad)


@fuzzed
@given(st.binary(max_size=300))
def test_no_bytes_are_accepted_but_those_that_were_signed(trusted: KeySet, at: datetime, data: bytes) -> None:
    assert _refused(verify(data, trusted, at=at)) == "malformed"


@fuzzed
@given(st.text(max_size=300) | st.text(alphabet=ALPHABET, max_size=700))
def test_no_text_is_accepted_but_what_was_signed(trusted: KeySet, at: datetime, text: str) -> None:
    assert _refused(verify(text, trusted, at=at)) == "malformed"


@fuzzed
@given(place=st.integers(0, 10_000), flip=st.integers(1, 255))
def test_no_changed_byte_is_accepted(token: str, trusted: KeySet, at: datetime, place: int, flip: int) -> None:
    data = bytearray(from_base36(token))
    data[place % len(data)] ^= flip

    assert _refused(verify(bytes(data), trusted, at=at)) in {"malformed", "unknown_key", "bad_signature"}


@fuzzed
@given(payload=st.binary(max_size=80))
def test_nothing_our_key_signs_by_mistake_stops_the_verifier(
    signer: KeyInMemory, trusted: KeySet, at: datetime, payload: bytes
) -> None:
    protected = protected_header(signer.kid)
    token = seal(protected, payload, signer.sign(to_be_signed(protected, payload)))

    assert _refused(verify(token, trusted, at=at)) == "malformed"


def _token(statement: LabelStatement, signer: KeyInMemory) -> str:
    protected, payload = protected_header(signer.kid), payload_of(statement)
    return to_base36(seal(protected, payload, signer.sign(to_be_signed(protected, payload))))


def _refused(answer: Verification) -> str:
    """Return why a token was refused, after making sure that it says nothing."""
    assert (answer.statement, answer.expired) == (None, None)
    assert answer.reason
    return answer.authenticity.value


def kept(token: str, said: LabelStatement, kid: str, /, **changes: object) -> IssuedLabel:
    """A label as a record keeps it."""
    told = said.model_dump(exclude={"holder"})
    issued = {"decision_number": "case-1/30", "holder": "Northwind", "issued_at": datetime(2026, 9, 1, tzinfo=UTC)}
    return IssuedLabel.model_validate({**told, **issued, "token": token, "kid": kid, **changes})


def test_a_label_that_is_kept_as_it_was_signed_is_so(token: str, trusted: KeySet, statement: LabelStatement) -> None:
    kid = trusted.keys[0].kid
    assert is_as_signed(kept(token, statement, kid, holder=statement.holder or "Northwind"), trusted)
    assert not is_as_signed(kept(token, statement, kid), KeySet(()))


@pytest.mark.parametrize(
    "change",
    [
        {"token": "2"},
        {"kid": "00000000"},
        {"id": "FEDCBA9876543210"},
        {"expires_at": datetime(2027, 1, 1, 23, 59, 59, tzinfo=UTC)},
        {"tier": "critical"},
        {"status_index": 9},
        {"subject_digest": "1" * 24},
        {"name_version": "Golden Goose 9.9"},
    ],
    ids="-".join,
)
def test_a_label_of_which_something_else_is_kept_is_not_as_it_was_signed(
    token: str, trusted: KeySet, statement: LabelStatement, change: dict[str, object]
) -> None:
    holder = statement.holder or "Northwind"
    assert not is_as_signed(kept(token, statement, trusted.keys[0].kid, holder=holder, **change), trusted)


def test_a_holder_that_the_token_names_is_the_one_that_is_kept(signer: KeyInMemory, statement: LabelStatement) -> None:
    named = statement.model_copy(update={"holder": "Northwind"})
    token = to_base36(sign(prepare(named), signer))
    trusted = KeySet((TrustedKey(signer.public_key, date(2026, 1, 1), date(2026, 12, 31)),))

    assert is_as_signed(kept(token, named, signer.kid), trusted)
    assert not is_as_signed(kept(token, named, signer.kid, holder="Somebody else"), trusted)
