"""What one matter tells another: a refusal that passes is no answer, one that stands is."""

from typing import Any

import pytest
from temporalio.testing import ActivityEnvironment

from certify.activities.errands import Errandry
from schemas.errand import Errand, ErrandAnswer
from schemas.errors import NotFound, OutOfOrder, ProcedureError, Unavailable

LABEL = "0123456789ABCDEF"


class Refusing:
    """Matters that refuse every act with the same."""

    def __init__(self, error: ProcedureError) -> None:
        self.error = error

    def name_of(self, workflow_id: str) -> str:
        return workflow_id

    async def engine_act(self, _errand: Errand, *, sent_by: str) -> None:
        assert sent_by
        raise self.error


async def run(error: ProcedureError, act: str) -> Any:
    errand = Errand(key="one", to="label", subject=LABEL, act=act)
    errandry = Errandry(Refusing(error), None, None, None)  # type: ignore[arg-type]  # nothing here asks for schemes or keys
    return await ActivityEnvironment().run(errandry.run_errand, errand)


@pytest.mark.parametrize("act", ["end_by_leaving", "supersede", "note_appeal", "open_review"])
async def test_a_matter_that_is_behind_its_clock_is_told_again(act: str) -> None:
    with pytest.raises(Unavailable, match="too_late"):
        await run(OutOfOrder("too_late", "Something is due first."), act)


async def test_the_review_of_a_complaint_waits_until_the_label_has_room_for_it() -> None:
    full = OutOfOrder("too_many_surveillances", "At most four.")
    with pytest.raises(Unavailable, match="too_many_surveillances"):
        await run(full, "open_review")
    assert await run(full, "note_appeal") == ErrandAnswer(refused="too_many_surveillances")


async def test_a_label_that_is_to_be_replaced_and_has_no_life_yet_is_told_again() -> None:
    unknown = NotFound("unknown_matter", "There is no such matter.")
    with pytest.raises(Unavailable, match="unknown_matter"):
        await run(unknown, "supersede")
    assert await run(unknown, "note_appeal") == ErrandAnswer(refused="unknown_matter")


async def test_a_refusal_that_stands_is_the_answer() -> None:
    refusal = OutOfOrder("label_ended", "The label has ended.")
    assert await run(refusal, "end_by_leaving") == ErrandAnswer(refused="label_ended")
