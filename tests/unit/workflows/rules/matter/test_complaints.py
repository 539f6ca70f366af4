"""Complaints: filed by anybody, handled and decided by people who took no part (ISO/IEC 17065, 7.13)."""

from typing import Any

import pytest

from schemas.complaint import About, ComplaintOutcome, ConcernedFacts
from schemas.errand import ErrandDone
from schemas.identifiers import ENGINE, PUBLIC
from schemas.people import PersonFacts, Role
from tests.builders import APPLICANT, EXPERTS, MEMBERS, ORGANISATION, SECRETARY, START, person, text
from tests.matters import MatterWalk
from tests.unit.workflows.rules.refusals import refused
from workflows.rules.matter.complaint_kernel import COMPLAINT, errand_of

ANYBODY = PersonFacts(person=PUBLIC)
HANDLER = person("hana", Role.SECRETARIAT)
DECIDER = MEMBERS[0]
LABEL = "7Q2MXK4T0B9DHE3W"
CODE = "0123456789ABCDEF"
CONCERNED = ConcernedFacts(
    is_known=True, holder=ORGANISATION, involved=(EXPERTS[0].person, MEMBERS[1].person, SECRETARY.person)
)
DECISION: dict[str, Any] = {
    "outcome": ComplaintOutcome.UPHELD,
    "reasons": text("The limits are not stated."),
    "public_reason": text("Upheld."),
    "concerned": CONCERNED,
}


def filed(**changes: Any) -> MatterWalk:
    walk = MatterWalk(COMPLAINT, CODE)
    content = {"about": About.LABEL, "label": LABEL, "text": text("It reads no sevens."), "concerned": CONCERNED}
    return walk.act("file_complaint", ANYBODY, **{"authn": "none", **content, **changes})


def assigned(handler: PersonFacts = HANDLER, **changes: Any) -> MatterWalk:
    walk = filed(**changes)
    return assign(walk, handler, concerned=changes.get("concerned", CONCERNED))


def assign(walk: MatterWalk, handler: PersonFacts, who: PersonFacts = SECRETARY, **facts: Any) -> MatterWalk:
    content = {"handler": handler.person, "people": {handler.person: handler}, "concerned": CONCERNED}
    return walk.act("assign_handler", who, **{**content, **facts})


def handled(**changes: Any) -> MatterWalk:
    return assigned(**changes).act("declare_matter_interests", HANDLER, has_interest=False)


def found(**changes: Any) -> MatterWalk:
    walk = handled(**changes).act("record_findings", HANDLER, findings=text("It reads none."))
    return walk.act("declare_matter_interests", DECIDER, has_interest=False)


def answer(walk: MatterWalk, number: int = 1, **changes: Any) -> MatterWalk:
    content = {"number": number, "answer": text("In a shop."), "authn": "none"}
    return walk.act("answer_as_complainant", ANYBODY, **{**content, **changes})


def test_a_complaint_names_nobody_and_has_thirty_days() -> None:
    walk = filed()
    assert (walk.events[0].actor, walk.state.opened_by) == (PUBLIC, PUBLIC)
    assert (walk.state.due_at - START).days == 30
    assert walk.state.holder == ORGANISATION


def test_a_label_is_told_of_a_complaint_by_a_name_that_is_not_its_code() -> None:
    assert CODE not in filed().state.reference


@pytest.mark.parametrize("who", [APPLICANT, SECRETARY, MEMBERS[0], PersonFacts(person=ENGINE)])
def test_nobody_who_is_signed_in_files_or_answers_for_the_public(who: PersonFacts) -> None:
    with refused("only_without_account"):
        MatterWalk(COMPLAINT, CODE).act("file_complaint", who, about=About.BODY, text=text(), concerned=CONCERNED)
    asked = handled().act("ask_complainant", HANDLER, question=text("Where?"))
    with refused("only_without_account"):
        asked.act("answer_as_complainant", who, number=1, answer=text())


def test_a_session_does_not_pass_for_somebody_without_an_account() -> None:
    with refused("only_without_account"):
        filed(authn="session")


@pytest.mark.parametrize("kind", sorted(set(COMPLAINT.acts) - {"file_complaint", "answer_as_complainant"}))
def test_somebody_without_an_account_does_nothing_else(kind: str) -> None:
    contents: dict[str, dict[str, Any]] = {
        "assign_handler": {"handler": "hana"}, "declare_matter_interests": {"has_interest": False},
        "ask_complainant": {"question": text()}, "record_findings": {"findings": text()},
        "decide_complaint": DECISION,
    }  # fmt: skip
    with refused("role_missing"):
        filed().act(kind, ANYBODY, authn="none", **contents[kind])


def test_a_complaint_is_filed_once_and_not_at_any_length() -> None:
    with refused("already_filed"):
        filed().act("file_complaint", ANYBODY, authn="none", about=About.BODY, text=text(), concerned=CONCERNED)
    with refused("text_too_long"):
        filed(text=text().model_copy(update={"length": 10_001}))


def test_the_handler_is_competent_free_and_took_no_part() -> None:
    walk = filed()
    with refused("took_part"):
        assign(walk, EXPERTS[0])
    with refused("took_part"):
        assign(walk, SECRETARY)
    with refused("own_organisation"):
        assign(walk, person("omar", Role.EXPERT, organisation=ORGANISATION))
    with refused("tied_to_party"):
        assign(walk, HANDLER.model_copy(update={"tied_to": (ORGANISATION,)}))
    with refused("role_missing"):
        assign(walk, APPLICANT)
    with refused("unknown_person"):
        assign(walk, HANDLER, people={})
    with refused("facts_missing"):
        assign(walk, HANDLER, concerned=None)
    assert assign(walk, HANDLER).state.handler == HANDLER.person
    with refused("already_assigned"):
        assign(walk, HANDLER)


def test_only_the_secretariat_assigns_and_not_for_its_own_organisation() -> None:
    with refused("role_missing"):
        assign(filed(), HANDLER, who=MEMBERS[0])
    with refused("own_organisation"):
        assign(filed(), HANDLER, who=person("otto", Role.SECRETARIAT, organisation=ORGANISATION))


def test_a_handler_who_declares_an_interest_leaves_and_their_findings_do_not_count() -> None:
    walk = found()
    walk.act("declare_matter_interests", HANDLER, has_interest=True, statement=text("My brother made it."))

    assert walk.kinds()[-2:] == ["matter_interests_declared", "handler_left"]
    assert (walk.state.handler, walk.state.findings) == (None, None)
    with refused("has_interest"):
        assign(walk, HANDLER)
    with refused("findings_missing"):
        walk.act("decide_complaint", DECIDER, **DECISION)


def test_only_a_handler_who_declared_asks_and_finds() -> None:
    walk = assigned()
    with refused("interests_not_declared"):
        walk.act("ask_complainant", HANDLER, question=text())
    with refused("not_the_handler"):
        walk.act("record_findings", SECRETARY, findings=text())
    with refused("no_part_in_matter"):
        walk.act("declare_matter_interests", EXPERTS[1], has_interest=False)


def test_the_clock_stands_still_while_the_complainant_is_waited_for() -> None:
    walk = handled().pass_time(days=10).act("ask_complainant", HANDLER, question=text("Where?"))
    with refused("question_is_open"):
        walk.act("record_findings", HANDLER, findings=text())
    with refused("question_is_open"):
        walk.act("ask_complainant", HANDLER, question=text("When?"))
    due_at = walk.state.due_at
    answer(walk.pass_time(days=4))

    assert walk.state.questions[0].answer == text("In a shop.")
    assert (walk.state.due_at - due_at).days == 4
    assert walk.kinds()[-2:] == ["complainant_answered", "clock_resumed"]


def test_whoever_does_not_answer_is_not_waited_for_for_ever() -> None:
    walk = handled().act("ask_complainant", HANDLER, question=text("Where?")).pass_time(days=30)

    assert walk.kinds()[-2:] == ["complaint_question_lapsed", "clock_resumed"]
    with refused("no_open_question"):
        answer(walk)
    assert walk.act("record_findings", HANDLER, findings=text()).state.findings == text()


def test_an_answer_is_to_the_question_that_is_open_and_in_time() -> None:
    walk = handled().act("ask_complainant", HANDLER, question=text("Where?"))
    with refused("another_question"):
        answer(walk, number=2)
    with refused("text_too_long"):
        answer(walk, answer=text().model_copy(update={"length": 10_001}))
    walk.now = walk.state.questions[0].due_at
    with refused("too_late"):
        answer(walk)


def test_no_more_than_twenty_questions_are_asked() -> None:
    walk = handled()
    for number in range(1, 21):
        answer(walk.act("ask_complainant", HANDLER, question=text("Where?")), number)
    with refused("too_many_questions"):
        walk.act("ask_complainant", HANDLER, question=text("Where?"))


def handled_by(found_by: PersonFacts, *others: PersonFacts) -> ConcernedFacts:
    """What the record says of a complaint that several people handled, one after the other."""
    everybody = tuple(sorted(one.person for one in (found_by, *others)))
    return CONCERNED.model_copy(update={"handled": everybody, "found_by": found_by.person})


def test_a_handler_who_was_replaced_does_not_decide_on_what_they_found() -> None:
    other = person("ines", Role.SECRETARIAT)
    walk = assign(found(), other).act("declare_matter_interests", HANDLER, has_interest=False)
    for found_by in (HANDLER, other):
        with refused("handles_and_decides"):
            walk.act("decide_complaint", HANDLER, **{**DECISION, "concerned": handled_by(found_by, HANDLER, other)})


def test_what_a_handler_found_who_was_replaced_does_not_count() -> None:
    other = person("ines", Role.SECRETARIAT)
    walk = assign(found(), other).act("declare_matter_interests", other, has_interest=False)
    with refused("findings_missing"):
        walk.act("decide_complaint", DECIDER, **{**DECISION, "concerned": handled_by(HANDLER, other)})

    walk.act("record_findings", other, findings=text("It reads some."))
    walk.act("decide_complaint", DECIDER, **{**DECISION, "concerned": handled_by(other, HANDLER)})
    assert walk.state.decision.outcome == ComplaintOutcome.UPHELD


def test_somebody_who_was_not_involved_decides_once_there_are_findings() -> None:
    with refused("findings_missing"):
        handled().act("declare_matter_interests", DECIDER, has_interest=False).act(
            "decide_complaint", DECIDER, **DECISION
        )
    walk = found()
    with refused("handles_and_decides"):
        walk.act("decide_complaint", HANDLER, **DECISION)
    with refused("interests_not_declared"):
        walk.act("decide_complaint", MEMBERS[2], **DECISION)
    with refused("took_part"):
        walk.act("declare_matter_interests", MEMBERS[1], has_interest=False).act(
            "decide_complaint", MEMBERS[1], **DECISION
        )
    with refused("role_missing"):
        walk.act("decide_complaint", EXPERTS[1], **DECISION)
    walk.act("decide_complaint", DECIDER, **DECISION)
    assert walk.state.decision.outcome == ComplaintOutcome.UPHELD
    with refused("already_decided"):
        walk.act("decide_complaint", DECIDER, **DECISION)


def test_what_is_decided_keeps_to_the_scheme_and_is_short_in_public() -> None:
    with refused("unknown_criterion"):
        found().act("decide_complaint", DECIDER, **{**DECISION, "criteria": ("I-9.9-99",)})
    with refused("public_reason_too_long"):
        long = text().model_copy(update={"length": 501})
        found().act("decide_complaint", DECIDER, **{**DECISION, "public_reason": long})


def test_an_upheld_complaint_about_a_label_lets_its_record_open_a_review_and_then_ends() -> None:
    walk = found().act("decide_complaint", DECIDER, **{**DECISION, "criteria": ("I-1.1-01",)})
    errand = errand_of(walk.state)

    assert not walk.state.is_over
    assert errand is not None
    assert (errand.to, errand.subject, errand.act) == ("label", LABEL, "open_review")
    assert errand.content == {"complaint": walk.state.reference, "criteria": ["I-1.1-01"]}
    walk.take((ErrandDone(at=walk.now, actor=ENGINE, key=errand.key),))
    assert (walk.state.review, walk.state.is_over, errand_of(walk.state)) == ("opened", True, None)


def test_a_label_that_refuses_a_review_leaves_a_trace_in_the_complaint() -> None:
    walk = found().act("decide_complaint", DECIDER, **DECISION)
    walk.take((ErrandDone(at=walk.now, actor=ENGINE, key="open_review", refused="matter_ended"),))
    assert (walk.state.review, walk.state.is_over) == ("matter_ended", True)


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({}, ComplaintOutcome.NOT_UPHELD),
        ({}, ComplaintOutcome.OUT_OF_SCOPE),
        ({"label": None, "about": About.BODY, "concerned": ConcernedFacts()}, ComplaintOutcome.UPHELD),
        ({"concerned": ConcernedFacts()}, ComplaintOutcome.UPHELD),
    ],
    ids=["not upheld", "out of scope", "no label", "a label nobody knows"],
)
def test_nothing_follows_for_a_label_otherwise(changes: dict[str, Any], outcome: ComplaintOutcome) -> None:
    walk = found(**changes).act("decide_complaint", DECIDER, **{**DECISION, "outcome": outcome})
    assert (walk.state.is_over, errand_of(walk.state)) == (True, None)


def test_the_secretariat_is_reminded_before_and_after_the_outcome_is_due() -> None:
    days = [event.days for event in filed().pass_time(days=40).events if event.kind == "reminder_given"]
    assert days == [7, 3, -1]


def test_an_act_before_anything_was_filed_is_refused() -> None:
    with refused("unknown_matter"):
        MatterWalk(COMPLAINT, CODE).act("record_findings", HANDLER, findings=text())
