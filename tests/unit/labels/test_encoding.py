import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labels.encoding import ALPHABET, from_base36, from_cbor, to_base36, to_cbor
from schemas.errors import VerificationError


@given(st.binary(max_size=200))
def test_base36_comes_back(data: bytes) -> None:
    assert from_base36(to_base36(data)) == data


@given(st.text(alphabet=ALPHABET, max_size=200))
def test_base36_has_one_spelling_for_each_value(text: str) -> None:
    try:
        data = from_base36(text)
    except VerificationError:
        return
    assert to_base36(data) == text


def test_thirty_one_bytes_take_forty_eight_characters() -> None:
    assert to_base36(bytes(31)) == "0" * 48
    assert len(to_base36(b"\xff" * 31)) == 48


@pytest.mark.parametrize("count", range(1, 31))
def test_a_last_block_takes_the_fewest_characters_that_hold_it(count: int) -> None:
    characters = len(to_base36(b"\xff" * count))

    assert 36**characters > 256**count - 1
    assert 36 ** (characters - 1) <= 256**count - 1


@pytest.mark.parametrize("text", ["0", "000", "ZZ", "Z" * 48, "a0", "A-", "00 ", "\u0660\u0660", "0_", "+0"])
def test_base36_of_no_bytes_is_refused(text: str) -> None:
    with pytest.raises(VerificationError) as refusal:
        from_base36(text)

    assert refusal.value.code == "malformed"


@given(
    st.recursive(
        st.integers(-(2**40), 2**40) | st.text() | st.binary(), lambda child: st.lists(child, max_size=3), max_leaves=9
    )
)
def test_cbor_comes_back(value: object) -> None:
    assert from_cbor(to_cbor(value)) == value


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        ("a2010203", "the end is missing"),
        ("0100", "a byte after the end"),
        ("1801", "1 in two bytes"),
        ("9f01ff", "an array without its length"),
        ("5f4101ff", "a byte string in pieces"),
        ("a201020103", "a key twice"),
        ("a202010102", "keys out of order"),
        ("62c328", "a text that is no UTF-8"),
        ("d81c81d81d00", "an array that holds itself"),
        ("8181818181818181818101", "ten arrays deep"),
        ("fb3ff8000000000000", "a float longer than it need be"),
        ("", "nothing"),
    ],
)
def test_cbor_that_is_not_deterministic_is_refused(data: str, fault: str) -> None:
    with pytest.raises(VerificationError) as refusal:
        from_cbor(bytes.fromhex(data))

    assert refusal.value.code == "malformed"


@given(st.binary(max_size=60))
def test_any_bytes_are_deterministic_cbor_or_malformed(data: bytes) -> None:
    try:
        value = from_cbor(data)
    except VerificationError:
        return
    assert cbor2.dumps(value, canonical=True) == data
