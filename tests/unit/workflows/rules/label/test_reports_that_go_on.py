"""A reported interest that nobody had settled as the label was issued waits for a second person there (rule 2; I14)."""

from typing import Any

import pytest

from schemas.label_events import LabelProlonged
from schemas.label_life import ReportedInterest
from schemas.people import ParticipantFacts, PersonFacts, Role
from schemas.scheme import Tier
from tests.builders import EXPERTS, MEMBERS, ORGANISATION, SECRETARY, Walk, issued_label, person, text
from tests.label_walk import LABEL_ID, NEW_LABEL, LabelWalk
from tests.unit.workflows.rules.label.test_label_renewal import near_the_end, new_label
from tests.unit.workflows.rules.refusals import refused
from workflows.rules.case.attestation import attest
from workflows.rules.case.interest_reports import REPORTS_MAX
from workflows.rules.deadlines import last_second_after_months
from workflows.rules.label.beginnings import begin_life_content
from workflows.rules.label.errands import errand_of
from workflows.rules.label.found_interests import INTERESTS_MAX

REVIEWER, MEMBER = EXPERTS[0], MEMBERS[1]
SVEN, SONJA = person("sven", Role.SECRETARIAT), person("sonja", Role.SECRETARIAT)
SAID = text("They are married.")


def with_reports(*people: PersonFacts, settled: str | None = None) -> Walk:
    """A case whose label was issued after somebody reported an interest of each of these people."""
    walk = Walk(Tier.MEDIUM, edition=4).to_grant()
    for one in people:
        by = {"people": {one.person: one}, "statement": SAID}
        walk.act("report_undeclared_interest", SECRETARY, person=one.person, **by)
        if settled == "reject":
            walk.act("reject_undeclared_interest", SONJA, person=one.person, reasons=text())
    expires_at = last_second_after_months(walk.now, walk.rules.tiers[Tier.MEDIUM].validity_months)
    label = issued_label(walk.case).model_copy(update={"issued_at": walk.now, "expires_at": expires_at})
    return walk.take((attest(walk.case, label, walk.now),))


def its_label(walk: Walk, **changes: Any) -> LabelWalk:
    return LabelWalk(subject=LABEL_ID, begun_at=walk.now, **{**begin_life_content(walk.case), **changes})


def test_what_waits_for_a_second_person_as_the_label_is_issued_waits_at_the_label() -> None:
    walk = with_reports(MEMBER)
    with refused("wrong_stage"):
        walk.act("confirm_undeclared_interest", SVEN, person=MEMBER.person)
    label = its_label(walk)
    (found,) = label.state.reported_interests
    assert (found.person, found.statement, found.reported_by) == (MEMBER.person, SAID, SECRETARY.person)
    assert (found.is_open, found.role, label.state.interested) == (True, Role.COMMISSIONER, frozenset())

    label.act("confirm_interest", SVEN, person=MEMBER.person)
    with refused("interest_reported"):
        label.act("propose_suspension", MEMBER, because="mark_misused", reasons=text(), restoration=text())


def test_what_was_settled_in_the_case_does_not_go_on() -> None:
    content = begin_life_content(with_reports(MEMBER, settled="reject").case)
    assert "reported_interests" not in content
    assert its_label(with_reports(MEMBER, settled="reject")).state.surveillances == ()


def test_nobody_settles_at_the_label_what_they_reported_in_the_case() -> None:
    label = its_label(with_reports(MEMBER))
    for part in (SECRETARY, MEMBER):
        with refused("another_settles"):
            label.act("confirm_interest", part, person=MEMBER.person)
    label.act("reject_interest", SVEN, person=MEMBER.person, reasons=text())
    assert label.state.interested == frozenset()


def test_the_label_is_looked_at_again_at_once_as_by_any_report() -> None:
    label = its_label(with_reports(REVIEWER))
    (review,) = label.state.surveillances
    assert (review.cause, review.needs_holder, review.sample) == ("interest", False, ())
    assert review.criteria == tuple(sorted(set(label.state.shares[REVIEWER.person]) & set(label.state.met)))
    assert REVIEWER.person not in (review.about or "")


def test_one_review_answers_all_that_came_along_and_a_sample_stands_for_who_evaluated_nothing() -> None:
    label = its_label(with_reports(REVIEWER, MEMBER))
    (review,) = label.state.surveillances
    share = set(label.state.shares[REVIEWER.person]) & set(label.state.met)
    assert len(review.sample) == 5
    assert set(review.criteria) == share | set(review.sample)


def test_a_label_that_ends_as_it_begins_is_not_looked_at() -> None:
    left = ParticipantFacts(
        organisation=ORGANISATION, entered_at=None, officer_named=True, officer_reachable=True, entry=2
    )
    label = its_label(with_reports(MEMBER), participant=left)
    assert (label.standings[-1], label.state.surveillances) == ("ended_by_holder", ())


def test_what_was_reported_of_a_reviewer_is_settled_by_the_secretariat_alone_as_in_the_case() -> None:
    label = its_label(with_reports(REVIEWER))
    with refused("nothing_reported"):
        label.act("confirm_interest", MEMBERS[0], person=REVIEWER.person)
    with refused("unknown_report"):
        its_label(with_reports(REVIEWER, MEMBER)).act("confirm_interest", MEMBERS[0], person=REVIEWER.person)
    label.act("confirm_interest", SVEN, person=REVIEWER.person)
    assert label.state.interested == {REVIEWER.person}


def test_a_secretary_whose_interest_is_confirmed_at_the_label_keeps_it_no_more() -> None:
    label = its_label(with_reports(SVEN))
    label.act("report_interest", SVEN, person=REVIEWER.person, statement=text())
    label.act("confirm_interest", SONJA, person=SVEN.person)
    for kind, content in (
        ("put_scope_to_vote", {"scope": text(), "reasons": text()}),
        ("confirm_interest", {"person": REVIEWER.person}),
    ):
        with refused("interest_reported"):
            label.act(kind, SVEN, **content)


def test_what_came_along_takes_nothing_of_the_labels_own_room() -> None:
    label = its_label(with_reports(MEMBER))
    content = label.state.reported_interests[0]
    many = tuple(content.model_copy(update={"person": f"x-{place}"}) for place in range(REPORTS_MAX))
    label = its_label(with_reports(MEMBER), reported_interests=many)
    known = [*label.state.electors, *label.state.shares]
    for place, whose in enumerate(known[:INTERESTS_MAX]):
        label.act("report_interest", person(f"s{place}", Role.SECRETARIAT), person=whose, statement=text())
    with refused("too_many_interests"):
        label.act("report_interest", SVEN, person=known[INTERESTS_MAX], statement=text())


@pytest.mark.parametrize("answer", ["confirm", "reject", None])
def test_the_label_that_carries_another_one_on_knows_what_was_reported_there(answer: str | None) -> None:
    walk = near_the_end()
    walk.act("report_interest", SECRETARY, person=REVIEWER.person, statement=SAID)
    if answer is not None:
        content = {"reasons": text()} if answer == "reject" else {}
        walk.act(f"{answer}_interest", SVEN, person=REVIEWER.person, **content)
    walk.judged().maintained().act("put_prolongation_to_vote", SECRETARY, days=30).carried()
    walk.take((LabelProlonged(at=walk.now, actor="engine", label=new_label(walk)),))
    carried_on = LabelWalk.from_content(NEW_LABEL, errand_of(walk.state).content).state

    kept: tuple[ReportedInterest, ...] = () if answer == "reject" else walk.state.reported_interests
    assert (carried_on.reported_interests, carried_on.surveillances) == (kept, ())
    assert carried_on.interested == walk.state.interested
