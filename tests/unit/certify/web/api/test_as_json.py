"""What a program sends is read strictly, with all that its model holds; the model itself goes on taking both."""

from datetime import date
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from certify.web.api.as_json import AS_JSON
from schemas.identifiers import Day
from schemas.stages import Verdict


class Part(BaseModel):
    is_known: bool


class Whole(BaseModel):
    number: int = 0
    day: Day = date(2026, 1, 1)
    verdict: Verdict = Verdict.MET
    parts: tuple[Part, ...] = ()


SENT: TypeAdapter[Whole] = TypeAdapter(Annotated[Whole, AS_JSON])


def refused_at(sent: Any) -> tuple[Any, ...]:
    with pytest.raises(ValidationError) as refused:
        SENT.validate_python(sent)
    return refused.value.errors()[0]["loc"][-3:]


def test_what_json_writes_as_text_or_list_is_read() -> None:
    sent = {"number": 3, "day": "2026-03-02", "verdict": "not_met", "parts": [{"is_known": True}]}

    read = SENT.validate_python(sent)

    assert read == Whole(number=3, day=date(2026, 3, 2), verdict=Verdict.NOT_MET, parts=(Part(is_known=True),))


def test_a_text_is_no_number_and_a_number_no_flag_though_the_model_takes_them() -> None:
    loose = {"number": "3", "parts": [{"is_known": 0}]}

    assert Whole.model_validate(loose) == Whole(number=3, parts=(Part(is_known=False),))
    assert refused_at({"number": "3"}) == ("number",)
    assert refused_at({"parts": [{"is_known": 0}]}) == ("parts", 0, "is_known")


def test_what_is_nested_deeper_than_it_can_be_written_is_refused() -> None:
    deep: list[Any] = []
    for _ in range(5000):
        deep = [deep]

    with pytest.raises(ValidationError, match="is nested too deep"):
        SENT.validate_python({"parts": deep})
