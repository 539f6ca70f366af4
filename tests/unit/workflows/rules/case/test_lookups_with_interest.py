"""Whoever of the secretariat recorded a lookup stands behind a round as a reviewer does (procedure, rules 1 and 2)."""

from typing import Any

import pytest

from schemas.decision_record import record_of
from schemas.people import Role
from schemas.scheme import Tier
from schemas.stages import Choice, Stage, Verdict
from tests.builders import APPLICANT, EXPERTS, MEMBERS, SECRETARY, person, text
from tests.small_scheme import LOOKED_UP, SmallWalk, small
from tests.unit.workflows.rules.case.tampering import changed, document_of, found_in
from tests.unit.workflows.rules.refusals import not_signed, refused
from workflows.rules.case.fold import fold
from workflows.rules.case.grants import check_grant
from workflows.rules.case.interests import took_no_part
from workflows.rules.case.reopening import rests_on

(LOOKUP,) = LOOKED_UP
OTHER = person("sven", Role.SECRETARIAT)
SAID: dict[str, Any] = {"has_interest": True, "statement": text("She is married to the director.")}


def walk_to_round(edition: int = 4) -> SmallWalk:
    return SmallWalk(Tier.MEDIUM, edition=edition).to_round()


def looked_up_again(walk: SmallWalk, verdict: Verdict = Verdict.MET) -> SmallWalk:
    cited = tuple(item.id for item in walk.case.items.values() if LOOKUP in item.criteria)
    return walk.act("record_lookup", OTHER, criterion=LOOKUP, verdict=verdict, rationale=text(), cited=cited)


def confirmed(walk: SmallWalk) -> SmallWalk:
    people = {SECRETARY.person: SECRETARY}
    walk.act(
        "report_undeclared_interest", MEMBERS[0], person=SECRETARY.person, statement=SAID["statement"], people=people
    )
    return walk.act("confirm_undeclared_interest", OTHER, person=SECRETARY.person)


def test_an_interest_of_who_recorded_a_lookup_voids_the_open_round() -> None:
    declared = walk_to_round().act("declare_interests", SECRETARY, **SAID)
    for walk in (declared, confirmed(walk_to_round())):
        assert walk.case.rounds[0].set_aside == "secretariat_has_interest"
        with refused("secretariat_has_interest"):
            walk.act("open_round", OTHER)
        assert fold(walk.events) == walk.case


def test_another_of_the_secretariat_looks_up_again_and_the_rapporteur_recommends_anew() -> None:
    walk = confirmed(walk_to_round())
    with refused("has_interest"):
        walk.act("record_lookup", SECRETARY, criterion=LOOKUP, verdict=Verdict.MET, rationale=text())
    looked_up_again(walk)
    assert walk.case.lookups_by == {LOOKUP: OTHER.person}
    assert (walk.case.stage, walk.case.recommendation) == (Stage.RECOMMENDATION, None)

    walk.act("submit_recommendation", MEMBERS[0], recommends="granted", reasons=text()).act("open_round", OTHER)
    walk.all_declare().voted(*[Choice.GRANT] * len(walk.voters()))
    check_grant(walk.case, walk.rules, small().digest)
    assert found_in(document_of(record_of(walk.case, small()))) == set()


def test_another_verdict_on_a_lookup_leads_to_a_correction() -> None:
    walk = looked_up_again(confirmed(walk_to_round()), Verdict.NOT_MET)
    assert walk.case.stage == Stage.CORRECTION
    assert list(walk.case.nonconformities) == [LOOKUP]


def test_nobody_recommends_on_lookups_by_somebody_with_an_interest() -> None:
    walk = confirmed(SmallWalk(Tier.MEDIUM, edition=4).to_recommendation())
    walk.act("appoint_rapporteur", OTHER, rapporteur=MEMBERS[1].person)
    walk.act("declare_interests", MEMBERS[1], has_interest=False)
    with refused("secretariat_has_interest"):
        walk.act("submit_recommendation", MEMBERS[1], recommends="granted", reasons=text())


def test_a_lookup_by_somebody_with_an_interest_is_owed_while_the_evaluation_goes_on() -> None:
    walk = SmallWalk(Tier.MEDIUM, edition=4).to_evaluation().reviewed(())
    confirmed(walk)
    for expert in EXPERTS[:2]:
        walk.act("submit_review", expert, findings=walk.findings(expert.person))
    assert walk.case.stage == Stage.EVALUATION
    assert looked_up_again(walk).case.stage == Stage.RECOMMENDATION


def test_a_decision_is_reopened_before_its_label_is_released() -> None:
    walk = confirmed(SmallWalk(Tier.CRITICAL, members=9, edition=4).to_grant())
    assert (walk.case.stage, walk.case.decision) == (Stage.DECISION, None)
    with refused("secretariat_has_interest"):
        walk.act("open_round", OTHER)
    assert looked_up_again(walk).case.stage == Stage.RECOMMENDATION


def test_the_signer_takes_no_lookup_by_somebody_with_an_interest() -> None:
    walk = SmallWalk(Tier.MEDIUM, edition=4).to_grant()
    assert SECRETARY.person not in rests_on(walk.case)
    declared = walk.case.interests["edda"].model_copy(
        update={"person": SECRETARY.person, "has_interest": True, "statement": SAID["statement"]}
    )
    tied = walk.case.model_copy(update={"interests": {**walk.case.interests, SECRETARY.person: declared}})
    assert SECRETARY.person in rests_on(tied)
    with not_signed("secretariat_has_interest"):
        check_grant(tied, walk.rules, small().digest)


def test_nobody_who_recorded_a_lookup_decides_the_case_later() -> None:
    later = person(SECRETARY.person, Role.COMMISSIONER)
    assert took_no_part(walk_to_round(3).case, later)
    assert took_no_part(walk_to_round().case, later).refusal


def test_a_record_that_hides_who_looked_something_up_is_not_believed() -> None:
    walk = SmallWalk(Tier.MEDIUM, edition=4).to_grant()
    document = document_of(record_of(walk.case, small()))
    assert found_in(document) == set()
    assert ("/lookups_by", "author_missing") in found_in(changed(document, {"/lookups_by": {}}))


@pytest.mark.parametrize("edition", [2, 3])
def test_in_a_case_lodged_before_a_lookup_stands_whoever_recorded_it(edition: int) -> None:
    walk = confirmed(walk_to_round(edition))
    assert walk.case.open_round
    assert walk.case.lookups_by == {}
    declared = walk_to_round(edition).act("declare_interests", SECRETARY, **SAID)
    assert declared.case.open_round


def test_after_a_round_was_voided_the_applicant_may_still_leave() -> None:
    walk = confirmed(walk_to_round()).act("withdraw_application", APPLICANT)
    assert walk.case.stage == Stage.WITHDRAWN_BY_APPLICANT
