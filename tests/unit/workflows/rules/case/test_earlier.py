"""Stage 2: earlier cases, and an answer that is lower than last time and needs a reason."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.case import Case, EarlierAnswers
from schemas.scheme import Tier
from schemas.stages import Stage
from tests.builders import ORGANISATION, SECRETARY, START, Walk, lodged, text
from tests.small_scheme import SmallWalk
from tests.unit.workflows.rules.refusals import gates, refused
from workflows.rules.case.earlier import is_earlier, last_answers, lowered

RULES = Walk().rules
SCORES = st.none() | st.integers(min_value=0, max_value=3)
ANSWERS = st.fixed_dictionaries(dict.fromkeys(RULES.questions, SCORES))


def case(
    name: str, days: int, *, organisation: str = ORGANISATION, system: str = "Digit Reader", **answers: Any
) -> Case:
    one = Walk().to_intake().case
    changed = one.lodged.model_copy(
        update={
            "organisation": organisation,
            "system": one.lodged.system.model_copy(update={"name": system}),
            "answers": {**one.lodged.answers, **answers},
        }
    )
    return one.model_copy(update={"id": name, "lodged": changed, "lodged_at": START + timedelta(days=days)})


NOW = case("now", 100)


def test_a_case_of_the_same_organisation_or_system_that_was_lodged_before_is_earlier() -> None:
    assert is_earlier(case("a", 1), NOW)
    assert is_earlier(case("b", 1, system="Face Reader"), NOW)
    assert is_earlier(case("c", 1, organisation="org-other"), NOW)
    assert not is_earlier(case("d", 1, organisation="org-other", system="Face Reader"), NOW)
    assert not is_earlier(case("e", 101), NOW)
    assert not is_earlier(NOW, NOW)


def test_last_time_is_the_last_case_of_the_system_and_the_last_of_the_organisation() -> None:
    others = [
        case("system-1", 1, organisation="org-other"),
        case("system-2", 5, organisation="org-other"),
        case("organisation-1", 9, system="Face Reader"),
        case("later", 200),
    ]
    assert [one.application for one in last_answers(others, NOW)] == ["system-2", "organisation-1"]
    assert [one.application for one in last_answers([*others, case("both", 20)], NOW)] == ["both"]
    assert last_answers([], NOW) == ()


@given(ANSWERS, ANSWERS)
def test_lower_is_less_points_than_before_and_unknown_is_the_most(before: dict[str, Any], now: dict[str, Any]) -> None:
    def points(answer: int | None) -> int:
        return RULES.scoring.scale.max if answer is None else answer

    expected = {one for one in now if points(now[one]) < points(before[one])}
    assert set(lowered(before, now, RULES)) == expected


def test_a_question_that_was_not_asked_last_time_is_not_lower() -> None:
    assert lowered({"Q1": 3}, {"Q1": 2, "Q2": 0}, RULES) == ("Q1",)


def before(**answers: Any) -> tuple[EarlierAnswers, ...]:
    return (EarlierAnswers(application="case-0", answers={**lodged().answers, **answers}),)


def test_a_lower_answer_than_last_time_is_taken_only_with_a_reason() -> None:
    with refused("lower_answer_unexplained"):
        SmallWalk(edition=2).to_intake().act("accept_application", SECRETARY, earlier=before(Q3=2, Q1=1))
    walk = SmallWalk(edition=2).to_intake()
    walk.act("accept_application", SECRETARY, earlier=before(Q3=2), note=text("Only a prototype then."))
    assert walk.case.stage == Stage.EVIDENCE


def test_the_refusal_names_the_questions_in_the_order_of_the_scheme() -> None:
    walk = SmallWalk(edition=2).to_intake()
    answers = before(Q12=3, Q2=None, Q1=1)
    with pytest.raises(Exception, match=r"say in the note why: Q1, Q2, Q12\.$"):
        walk.act("accept_application", SECRETARY, earlier=answers)


def test_the_same_or_higher_answers_need_no_reason_and_the_first_edition_asks_for_none() -> None:
    walk = SmallWalk(Tier.HIGH, edition=2).to_intake()
    assert walk.act("accept_application", SECRETARY, earlier=before()).case.stage == Stage.EVIDENCE
    first = SmallWalk().to_intake().act("accept_application", SECRETARY, earlier=before(Q3=2))
    assert first.case.stage == Stage.EVIDENCE


def test_whoever_has_not_joined_yet_is_evaluated_and_the_decision_waits_for_the_entry() -> None:
    walk = SmallWalk(edition=2, gates=gates(G3="no")).to_decision()
    assert walk.case.stage == Stage.DECISION
    outside = walk.build("open_round", SECRETARY).participant
    assert outside is not None
    with refused("not_in_register"):
        walk.act("open_round", SECRETARY, participant=outside.model_copy(update={"entered_at": None}))
    assert walk.act("open_round", SECRETARY).case.open_round is not None
