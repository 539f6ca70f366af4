import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.label_number import (
    ALPHABET,
    MistypedNumber,
    bytes_of,
    check_character,
    format_number,
    id_of,
    parse_number,
)

ID = "60RK4CSM6MV3EE1S"
ids = st.binary(min_size=10, max_size=10).map(id_of)


@given(st.binary(min_size=10, max_size=10))
def test_ten_bytes_make_sixteen_characters_and_come_back(cti: bytes) -> None:
    label_id = id_of(cti)

    assert len(label_id) == 16
    assert set(label_id) <= set(ALPHABET)
    assert bytes_of(label_id) == cti


@pytest.mark.parametrize("length", [0, 9, 11])
def test_an_id_of_another_length_cannot_be_made(length: int) -> None:
    with pytest.raises(ValueError, match="10 bytes"):
        id_of(bytes(length))


def test_a_number_is_printed_in_groups_of_four_and_a_check_character() -> None:
    assert format_number(ID) == "60RK-4CSM-6MV3-EE1S-F"


def test_the_check_character_agrees_with_luhn_worked_out_by_hand() -> None:
    # Doubled from the right, folded: only the last character, 1, counts, as 2; 30 is Y.
    assert check_character("0000000000000001") == "Y"
    # 16 (G) doubled is 32, which folds to 1 + 0.
    assert check_character("000000000000000G") == "Z"


@given(ids)
def test_what_is_printed_can_be_typed_back(label_id: str) -> None:
    assert parse_number(format_number(label_id)) == label_id


@pytest.mark.parametrize(
    "typed",
    [
        "60RK4CSM6MV3EE1S",
        "60RK-4CSM-6MV3-EE1S",
        "60RK4CSM6MV3EE1SF",
        "60rk-4csm-6mv3-ee1s-f",
        " 60RK 4CSM 6MV3 EE1S F ",
        "6ORK-4CSM-6MV3-EEIS-F",
        "6oRK-4CSM-6MV3-EElS-F",
    ],
)
def test_a_number_is_understood_however_it_is_typed(typed: str) -> None:
    assert parse_number(typed) == ID


@given(ids, st.data())
def test_every_single_wrong_character_is_caught(label_id: str, data: st.DataObject) -> None:
    number = format_number(label_id).replace("-", "")
    place = data.draw(st.integers(0, len(number) - 1))
    wrong = data.draw(st.sampled_from([character for character in ALPHABET if character != number[place]]))

    with pytest.raises(MistypedNumber) as refusal:
        parse_number(number[:place] + wrong + number[place + 1 :])

    assert refusal.value.code == "mistyped_number"
    assert refusal.value.group is None


def test_every_single_wrong_character_of_one_number_is_caught_without_exception() -> None:
    number = format_number(ID).replace("-", "")
    wrong = [
        number[:place] + other + number[place + 1 :]
        for place in range(17)
        for other in ALPHABET
        if other != number[place]
    ]

    caught = [typed for typed in wrong if _is_refused(typed)]

    assert len(wrong) == 17 * 31
    assert caught == wrong


@pytest.mark.parametrize(
    ("typed", "group"),
    [
        ("U0RK-4CSM-6MV3-EE1S-F", 0),
        ("60RK-4CSU-6MV3-EE1S-F", 1),
        ("60RK-4CSM-6\u041cV3-EE1S-F", 2),
        ("60RK-4CSM-6MV3-EE1*-F", 3),
        ("60RK-4CSM-6MV3-EE1S-=", 4),
        ("60RK-4CSM-6MV3-EE1S-F-UUUU", 4),
    ],
)
def test_an_impossible_character_names_its_group(typed: str, group: int) -> None:
    with pytest.raises(MistypedNumber) as refusal:
        parse_number(typed)

    assert refusal.value.group == group


@pytest.mark.parametrize("typed", ["", "-", "60RK-4CSM-6MV3-EE1", "60RK-4CSM-6MV3-EE1S-F0"])
def test_a_number_of_another_length_is_refused_without_a_group(typed: str) -> None:
    with pytest.raises(MistypedNumber, match="16 characters") as refusal:
        parse_number(typed)

    assert refusal.value.group is None


@given(st.text(max_size=40))
def test_any_text_is_a_number_or_mistyped(text: str) -> None:
    try:
        label_id = parse_number(text)
    except MistypedNumber:
        return
    assert id_of(bytes_of(label_id)) == label_id


def _is_refused(typed: str) -> bool:
    try:
        parse_number(typed)
    except MistypedNumber:
        return True
    return False
