"""A new scheme version is rehearsed over every label: who would fail, on which criterion, and why."""

from typing import Any

import pytest

from schemas.case import Case
from schemas.rehearsal import Rehearsal, Shortfall
from schemas.scheme import SchemeRules, Tier
from schemas.stages import Verdict
from tests.builders import Walk, issued_label, sha256
from workflows.rules.case.attestation import attest
from workflows.rules.label.rehearsal import rehearse


def labelled(tier: Tier = Tier.LOW) -> Walk:
    walk = Walk(tier, members=9).to_grant()
    return walk.take((attest(walk.case, issued_label(walk.case), walk.now),))


def with_criterion(rules: SchemeRules, criterion: str, **changes: Any) -> SchemeRules:
    changed = rules.criteria[criterion].model_copy(update=changes)
    return rules.model_copy(update={"criteria": {**rules.criteria, criterion: changed}})


def failing(case: Case, present: SchemeRules, new: SchemeRules) -> dict[str, Shortfall]:
    return rehearse(case, present, new).failing


@pytest.mark.parametrize("tier", [Tier.LOW, Tier.CRITICAL])
def test_a_label_does_not_fail_the_version_it_was_granted_under(tier: Tier) -> None:
    walk = labelled(tier)
    found = rehearse(walk.case, walk.rules, walk.rules)
    assert (found.failing, found.tier_before, found.tier_after) == ({}, tier, tier)


def test_a_criterion_that_is_new_fails_everyone_until_it_is_judged() -> None:
    walk = labelled()
    model = walk.rules.criteria["I-1.1-01"].model_copy(update={"id": "I-1.1-99"})
    new = walk.rules.model_copy(update={"criteria": {**walk.rules.criteria, "I-1.1-99": model}})
    assert failing(walk.case, walk.rules, new) == {"I-1.1-99": Shortfall.NEW_CRITERION}


def test_a_criterion_that_the_tier_did_not_ask_for_was_not_judged() -> None:
    walk = labelled()
    new = with_criterion(walk.rules, "I-2.4-04", tiers=tuple(Tier), kind="mandatory", answered_by=None)
    assert failing(walk.case, walk.rules, new)["I-2.4-04"] == Shortfall.NOT_JUDGED


@pytest.mark.parametrize("source", ["register", "questionnaire", "agreement", "application"])
def test_what_a_rule_answered_is_not_shown_where_the_new_version_wants_evidence(source: str) -> None:
    walk = labelled()
    answered = {one.criterion for one in walk.case.rounds_on_label[-1].results if one.source == source}
    assert answered
    for criterion in answered:
        new = with_criterion(walk.rules, criterion, kind="mandatory", answered_by=None, answered_by_low=None,
                             answered_if=None)  # fmt: skip
        assert failing(walk.case, walk.rules, new) == {criterion: Shortfall.NOT_SHOWN}


def test_what_was_of_another_role_is_not_shown_by_whom_the_new_version_asks() -> None:
    walk = labelled()
    (*earlier, last) = walk.case.rounds
    judged = next(one for one in last.results if one.source == "review" and one.mandatory)
    by_role = judged.model_copy(update={"source": "role", "verdict": Verdict.NOT_APPLICABLE})
    results = tuple(by_role if one == judged else one for one in last.results)
    case = walk.case.model_copy(update={"rounds": (*earlier, last.model_copy(update={"results": results}))})
    assert failing(case, walk.rules, walk.rules) == {judged.criterion: Shortfall.NOT_SHOWN}


def test_one_type_of_several_that_are_wanted_together_no_longer_fits() -> None:
    walk = labelled()
    item = next(iter(walk.case.evidence.values()))
    shown, both = item.criteria[0], (item.type, "interview")
    assert failing(walk.case, walk.rules, with_criterion(walk.rules, shown, evidence=both)) == {}
    new = with_criterion(walk.rules, shown, evidence=both, evidence_rule="all_of")
    assert failing(walk.case, walk.rules, new) == {shown: Shortfall.EVIDENCE_NO_LONGER_FITS}


def test_evidence_of_a_type_that_counts_no_more_no_longer_fits() -> None:
    walk = labelled()
    shown = next(iter(walk.case.evidence.values())).criteria[0]
    new = with_criterion(walk.rules, shown, evidence=("interview",))
    assert failing(walk.case, walk.rules, new) == {shown: Shortfall.EVIDENCE_NO_LONGER_FITS}


def test_what_becomes_recommended_fails_nobody() -> None:
    walk = labelled()
    new = walk.rules
    for criterion in walk.rules.criteria:
        new = with_criterion(new, criterion, kind="recommended")
    assert failing(walk.case, walk.rules, new) == {}


def test_a_new_question_counts_as_unknown_and_may_raise_the_tier() -> None:
    walk = labelled()
    floor = walk.rules.scoring.floors[0]
    scoring = walk.rules.scoring.model_copy(update={"floors": (floor.model_copy(update={"when": floor.when}),)})
    renamed = tuple("Q99" if question == "Q3" else question for question in walk.rules.questions)
    new = walk.rules.model_copy(update={"questions": renamed, "scoring": scoring})
    assert "Q3" not in new.questions
    with pytest.raises(KeyError):
        # A floor that names a question the version does not have is no scheme: `certify scheme check` refuses it.
        rehearse(walk.case, walk.rules, new)
    without = new.model_copy(update={"scoring": scoring.model_copy(update={"floors": (), "caps": ()})})
    assert rehearse(walk.case, walk.rules, without).tier_after == walk.case.tier


def test_the_figures_count_labels_and_criteria() -> None:
    walk = labelled()
    line = rehearse(walk.case, walk.rules, with_criterion(walk.rules, "I-2.4-04", tiers=tuple(Tier), kind="mandatory",
                                                          answered_by=None))  # fmt: skip
    fine = rehearse(walk.case, walk.rules, walk.rules)
    rehearsal = Rehearsal(scheme="s", version="2", digest=sha256("s"), labels=(line, line, fine))
    assert len(rehearsal.would_fail) == 2
    assert rehearsal.by_criterion == {"I-2.4-04": 2}
