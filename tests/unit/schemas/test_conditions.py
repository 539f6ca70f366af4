"""The grammar of conditions, held against Python's own reading of the same words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, ValidationError

from schemas.conditions import MAX_DEPTH, MAX_LENGTH, Condition, ConditionError, parse

NAMES = ("Q1", "Q2", "groups_people", "_x")
operands = st.sampled_from(NAMES) | st.integers(0, 3).map(str)
comparisons = st.builds("{} {} {}".format, operands, st.sampled_from(("==", "!=", "<", "<=", ">", ">=")), operands)
expressions = st.recursive(
    comparisons,
    lambda inner: (
        st.builds("({})".format, inner)
        | st.builds("not {}".format, inner)
        | st.builds("{} {} {}".format, inner, st.sampled_from(("and", "or")), inner)
    ),
    max_leaves=6,
).filter(lambda text: len(text) <= MAX_LENGTH)
values = st.fixed_dictionaries({name: st.integers(0, 3) for name in NAMES})


@given(expressions, values)
def test_a_condition_holds_exactly_when_python_says_so(text: str, given_values: dict[str, int]) -> None:
    expected = eval(text, {"__builtins__": {}}, given_values)  # noqa: S307  # the yardstick; text is made above

    assert parse(text).holds(given_values) is expected


@given(expressions)
def test_a_condition_asks_for_exactly_the_names_in_its_text(text: str) -> None:
    assert parse(text).names() == {name for name in NAMES if name in text}


@given(st.text(max_size=40))
def test_any_text_is_parsed_or_refused_with_a_position_inside_it(text: str) -> None:
    assert 0 <= position_of_refusal(text) <= len(text)


def position_of_refusal(text: str) -> int:
    try:
        parse(text)
    except ConditionError as refused:
        return refused.position
    return 0


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("", 0),
        ("Q1", 2),
        ("Q1 ==", 5),
        ("Q1 = 1", 3),
        ("Q1 == -1", 6),
        ("Q1 == 010", 6),
        ("Q1 == 1x", 6),
        ("Q1 < Q2 < 3", 8),
        ("(Q1 == 1", 8),
        ("Q1 == 1)", 7),
        ("Q1 == 1 and", 11),
        ("and == 1", 0),
        ("Q1 == 1 Q2 == 1", 8),
        ("Q1.real == 1", 2),
        ("__import__('os')", 10),
        ("Q1 == 1\u00a0", 7),
        ("Ж == 1", 0),
    ],
)
def test_what_is_not_in_the_grammar_is_refused_where_it_stops_fitting(text: str, position: int) -> None:
    with pytest.raises(ConditionError) as refused:
        parse(text)

    assert refused.value.position == position
    assert f"character {position + 1}" in str(refused.value)


def test_nesting_is_accepted_up_to_its_limit_and_refused_beyond() -> None:
    parse("(" * MAX_DEPTH + "Q1 == 1" + ")" * MAX_DEPTH)

    with pytest.raises(ConditionError, match="deeper"):
        parse("not " * (MAX_DEPTH + 1) + "Q1 == 1")


def test_a_text_over_the_limit_is_refused() -> None:
    with pytest.raises(ConditionError, match="longer"):
        parse(" or ".join(["Q1 == 1"] * 60))


def test_a_condition_without_one_of_its_values_is_an_error_and_never_an_answer() -> None:
    with pytest.raises(KeyError):
        parse("Q1 == 1").holds({})


class Holder(BaseModel):
    model_config = ConfigDict(frozen=True)

    when: Condition


def test_a_condition_in_a_model_is_written_as_its_text_and_read_back_equal() -> None:
    holder = Holder(when=parse("Q1 == 3 and not Q2 < 1"))

    assert holder.model_dump_json() == '{"when":"Q1 == 3 and not Q2 < 1"}'
    assert Holder.model_validate_json(holder.model_dump_json()) == holder
    assert Holder.model_validate(holder.model_dump()) == holder
    assert Holder.model_json_schema()["properties"]["when"] == {"title": "When", "type": "string"}


@pytest.mark.parametrize("wrong", [1, None, ["Q1 == 1"], "Q1"])
def test_a_model_refuses_what_is_no_condition(wrong: object) -> None:
    with pytest.raises(ValidationError):
        Holder.model_validate({"when": wrong})


def test_a_parsed_condition_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        parse("Q1 == 1").text = "Q1 == 2"  # type: ignore[misc]  # that it cannot be is the point
