"""Decisions of the second edition are recomputed whatever way led to them: corrections, hearings, substitutes."""

from collections.abc import Callable

import pytest

from schemas.decision_record import DecisionRecord, record_of
from schemas.people import InstitutionFacts, Role
from schemas.scheme import Tier
from schemas.stages import Choice, Outcome
from tests.builders import APPLICANT, AREAS, EXPERTS, MEMBERS, SECRETARY, person, text
from tests.small_scheme import SmallWalk, small
from workflows.rules.case.recomputation import recompute

GRANT, REFUSE, BACK = Choice.GRANT, Choice.REFUSE, Choice.SEND_BACK
FIRST = "I-1.1-01"


def decided(walk: SmallWalk, choice: Choice = GRANT) -> SmallWalk:
    walk.act("open_round", SECRETARY).all_declare()
    return walk.voted(*[choice] * len(walk.voters()))


def in_correction() -> SmallWalk:
    return SmallWalk(edition=2).to_correction()


def corrected() -> SmallWalk:
    return decided(in_correction().corrected(FIRST).reviewed().recommended())


def left_open(*, offered: bool) -> SmallWalk:
    walk = in_correction()
    if offered:
        walk.offer(FIRST, file="later.pdf")
    walk.act("end_correction", APPLICANT).recommended(recommends=Outcome.REFUSED)
    return decided(walk.act("record_hearing", SECRETARY, protocol=text()), REFUSE)


def sent_back() -> SmallWalk:
    walk = SmallWalk(Tier.MEDIUM, members=6, edition=2).to_round().voted(*[BACK] * 6, reasons=text())
    walk.offer(FIRST, file="supplement.pdf").act("submit_evidence", APPLICANT).reviewed()
    return decided(walk.recommended())


def refused_after(way: str) -> SmallWalk:
    walk = SmallWalk(edition=2).to_recommendation().recommended().act("open_round", SECRETARY).all_declare()
    walk.voted(REFUSE, REFUSE, GRANT)
    if way == "heard":
        walk.act("record_hearing", SECRETARY, protocol=text())
    elif way == "waived":
        walk.act("waive_hearing", APPLICANT)
    else:
        walk.pass_time(days=10)
    return decided(walk, REFUSE)


def with_a_substitute() -> SmallWalk:
    walk = SmallWalk(members=9, edition=2).to_round()
    walk.act("recuse", walk.voters()[0], reason=text()).all_declare()
    return walk.voted(*[GRANT] * len(walk.voters()))


def with_an_elected_substitute() -> SmallWalk:
    walk = SmallWalk(Tier.MEDIUM, members=5, edition=2).to_decision()
    walk.members = MEMBERS
    elected = InstitutionFacts(
        commission=tuple(one.person for one in MEMBERS[:5]), substitutes=("member-h", "member-f"), entry=1
    )
    everyone = {one.person: one for one in MEMBERS}
    walk.act("open_round", SECRETARY, institution=elected, people=everyone).all_declare()
    walk.act("recuse", walk.voters()[0], reason=text()).all_declare()
    return walk.voted(*[GRANT] * len(walk.voters()))


def with_an_expert_who_was_reminded_and_is_silent() -> SmallWalk:
    """Asked besides those who judge; the record of the decision knows of no reminder."""
    walk = SmallWalk(edition=6).to_planning()
    silent = person("xena", Role.EXPERT, areas=AREAS)
    areas = walk.rules.tiers[walk.case.tier].reviewers.areas
    walk.act("assign_reviewer", SECRETARY, reviewer="xena", areas=areas[:1], people={"xena": silent})
    walk.staffed(EXPERTS[0]).reviewed().recommended().pass_time(days=2, hours=1)
    assert walk.events[-1].kind == "reminder_given"
    return decided(walk)


WAYS: dict[str, Callable[[], SmallWalk]] = {
    "corrected": corrected,
    "left open": lambda: left_open(offered=False),
    "offered and not handed in": lambda: left_open(offered=True),
    "sent back": sent_back,
    "heard": lambda: refused_after("heard"),
    "waived": lambda: refused_after("waived"),
    "unheard in time": lambda: refused_after("passed"),
    "with a substitute": with_a_substitute,
    "with an elected substitute": with_an_elected_substitute,
    "with a silent expert": with_an_expert_who_was_reminded_and_is_silent,
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_decision_is_recomputed_from_its_record_alone(way: Callable[[], SmallWalk]) -> None:
    case = way().case
    assert case.decision is not None
    record = DecisionRecord.model_validate_json(record_of(case, small()).model_dump_json(), strict=True)

    answer = recompute(record)

    assert answer.differences == ()
    assert answer.outcome == case.decision.outcome


def test_an_interest_found_after_a_round_takes_nobody_out_of_what_was_counted_in_it() -> None:
    walk = SmallWalk(Tier.MEDIUM, members=6, edition=2).to_round().pass_time(days=40)
    leaving = walk.case.rounds[0].electorate[-1]
    member = next(one for one in MEMBERS if one.person == leaving)
    walk.act("declare_interests", member, has_interest=True, statement=text())
    decided(walk)

    assert [vote.tally.base for vote in walk.case.rounds if vote.tally is not None] == [6, 5]
    assert recompute(record_of(walk.case, small())).differences == ()


def test_a_finding_that_does_not_stand_on_the_manifest_decided_on_is_a_difference() -> None:
    record = record_of(corrected().case, small())
    assert record.manifest is not None
    review = record.reviews[EXPERTS[0].person]
    earlier = tuple(
        one.model_copy(update={"manifest": 1, "cited": ("E1",)}) if one.criterion == FIRST else one
        for one in review.findings
    )
    tampered = record.model_copy(
        update={
            "reviews": {review.reviewer: review.model_copy(update={"findings": earlier})},
            "manifest": record.manifest.model_copy(update={"items": record.manifest.items[1:]}),
        }
    )

    assert not recompute(tampered).agrees


def test_a_nonconformity_filed_under_another_criterion_is_a_difference() -> None:
    record = record_of(corrected().case, small())
    other = record.nonconformities[FIRST].model_copy(update={"criterion": "I-6.1-01"})

    answer = recompute(record.model_copy(update={"nonconformities": {FIRST: other}}))

    assert [one.place for one in answer.differences] == [f"/nonconformities/{FIRST}/criterion"]
