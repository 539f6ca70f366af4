"""Status lists: every standing is told, and whatever is wrong with a list tells nothing about a label."""

import zlib
from datetime import UTC, date, datetime, timedelta

import pytest
from cbor2 import CBORTag
from hypothesis import given
from hypothesis import strategies as st

from labels import status
from labels.cose import to_be_signed
from labels.encoding import from_base36, from_cbor, to_cbor
from labels.key_set import GRACE, TrustedKey, Use
from labels.keys import KeyInMemory
from labels.status import SHARD, TTL, VALIDITY, Shard, StatusList, signed_list, standing_in, verified_list
from schemas.errors import CouldNotCheck
from schemas.label import FINAL_STANDINGS, Standing
from tests.unit.labels.conftest import key

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
TODAY = NOW.date()
ADDRESS = "https://v.example.eu/s/0"
SIGNER = key("the status lists of 2026")
LIST = signed_list(
    bytes(Shard([(5, Standing.SUSPENDED), (6, Standing.WITHDRAWN), (SHARD - 1, Standing.SUPERSEDED)])),
    address=ADDRESS, version=42, at=NOW, signer=SIGNER,
)  # fmt: skip


def of_status(signer: KeyInMemory, first: date = TODAY, last: date = TODAY) -> TrustedKey:
    """A key as a verifier knows it, in use on the day of the list unless said."""
    return TrustedKey(signer.public_key, first, last, Use.STATUS)


def verified(content: bytes = LIST, at: datetime = NOW, known: int = 0, signer: KeyInMemory = SIGNER) -> StatusList:
    """Read a list as a verifier does."""
    return verified_list(content, [of_status(signer)], address=ADDRESS, at=at, known_version=known)


def refused(*arguments: object, **named: object) -> str:
    """The code of the refusal."""
    with pytest.raises(CouldNotCheck) as refusal:
        verified(*arguments, **named)  # type: ignore[arg-type]
    return refusal.value.code


def resigned(changes: dict[object, object], header: dict[object, object] | None = None) -> bytes:
    """The list with other claims or another header, signed by the right key."""
    protected, _, payload, _ = from_cbor(LIST).value
    protected = to_cbor({**from_cbor(protected), **(header or {})})
    claims = {name: value for name, value in {**from_cbor(payload), **changes}.items() if value is not None}
    body = to_cbor(claims)
    return to_cbor(CBORTag(18, [protected, {}, body, SIGNER.sign(to_be_signed(protected, body, b""))]))


def test_a_list_tells_how_each_label_stands() -> None:
    found = verified()
    assert [standing_in(found, index) for index in (4, 5, 6, 7, SHARD - 1)] == [
        None, Standing.SUSPENDED, Standing.WITHDRAWN, None, Standing.SUPERSEDED,
    ]  # fmt: skip
    assert standing_in(found, 3 * SHARD + 5) == Standing.SUSPENDED
    assert (found.version, found.issued_at, found.expires_at) == (42, NOW, NOW + VALIDITY)


@given(st.lists(st.tuples(st.integers(0, SHARD - 1), st.sampled_from(sorted(status.VALUES))), max_size=40))
def test_the_last_step_of_a_label_is_the_one_that_counts(steps: list[tuple[int, Standing]]) -> None:
    found = StatusList(ADDRESS, 1, NOW, NOW, bytes(Shard(steps)))
    for index, standing in dict(steps).items():
        assert found.value_of(index) == status.VALUES[standing]


def test_every_standing_that_a_label_can_have_has_a_value() -> None:
    assert set(Standing) - set(status.VALUES) == {Standing.UNKNOWN_NUMBER, Standing.COULD_NOT_CHECK}
    told_by_its_end = {Standing.EXPIRED}
    assert all(status.VALUES[standing] for standing in FINAL_STANDINGS - told_by_its_end)


def test_a_list_older_than_one_that_is_known_is_refused() -> None:
    assert refused(known=43) == "list_older"
    assert verified(known=42).version == 42


def test_a_list_is_relied_on_for_a_day_and_not_before_its_time() -> None:
    assert verified(at=NOW + VALIDITY).version == 42
    assert refused(at=NOW + VALIDITY + timedelta(seconds=1)) == "list_stale"
    assert verified(at=NOW - TTL).version == 42  # clocks of phones
    assert refused(at=NOW - TTL - timedelta(seconds=1)) == "list_stale"


def test_another_key_signs_no_list() -> None:
    assert refused(signer=key("a label key")) == "list_not_signed"
    with pytest.raises(CouldNotCheck):
        verified_list(LIST, [], address=ADDRESS, at=NOW)


DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("first", "last", "counts"),
    [
        (TODAY - GRACE - DAY, TODAY - GRACE, True),
        (TODAY - GRACE - DAY, TODAY - GRACE - DAY, False),
        (TODAY + DAY, TODAY + DAY, False),
    ],
)
def test_a_key_that_was_not_in_use_when_a_list_says_it_was_signed_signs_none(
    first: date,
    last: date,
    counts: bool,
) -> None:
    key = of_status(SIGNER, first, last)
    if counts:
        assert verified_list(LIST, [key], address=ADDRESS, at=NOW).version == 42
    else:
        with pytest.raises(CouldNotCheck, match="not in use by then"):
            verified_list(LIST, [key], address=ADDRESS, at=NOW)


def test_a_list_of_another_shard_tells_nothing() -> None:
    with pytest.raises(CouldNotCheck) as refusal:
        verified_list(LIST, [of_status(SIGNER)], address=ADDRESS[:-1] + "1", at=NOW)
    assert refusal.value.code == "list_of_another_address"


@pytest.mark.parametrize(
    "changes",
    [
        {65533: {"bits": 1, "lst": zlib.compress(bytes(SHARD // 8))}}, {65533: {"bits": 2, "lst": b"not compressed"}},
        {65533: {"bits": 2, "lst": zlib.compress(bytes(SHARD // 4 - 1))}},
        {65533: {"bits": 2, "lst": zlib.compress(bytes(2**28))}},
        {65533: {"bits": 2, "lst": zlib.compress(bytes(SHARD // 4)) + b"more"}},
        {65533: {"bits": 2, "lst": zlib.compress(bytes(SHARD // 4))[:-4]}},
        {65533: None}, {2: 7}, {2: None}, {4: 2**70}, {4: "soon"}, {6: None}, {-65538: None}, {-65538: "42"},
    ],
)  # fmt: skip
def test_a_signed_list_of_another_shape_is_refused(changes: dict[object, object]) -> None:
    assert refused(resigned(changes)) == "list_malformed"


@pytest.mark.parametrize("header", [{1: -7}, {1: 5}, {16: "application/cwt"}, {33: b"x5c"}, {4: "kid", 5: 1}])
def test_a_list_with_another_header_is_refused(header: dict[object, object]) -> None:
    assert refused(resigned({}, header)) == "list_malformed"


def test_a_label_token_is_no_list(token: str) -> None:
    assert refused(from_base36(token)) == "list_malformed"


@given(st.integers(0, len(LIST) - 1), st.integers(1, 255))
def test_a_list_with_a_changed_byte_is_refused(place: int, change: int) -> None:
    changed = bytearray(LIST)
    changed[place] ^= change
    assert refused(bytes(changed)) in {"list_malformed", "list_not_signed"}


@given(st.binary(max_size=300))
def test_no_bytes_crash_the_reader(content: bytes) -> None:
    assert refused(content) in {"list_malformed", "list_not_signed"}
