"""Stage 5: findings, lookups, the third party's report, and what each criterion comes to."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.people import Role
from schemas.review import Finding, Result
from schemas.scheme import Tier
from schemas.stages import Choice, Stage, Verdict
from tests.builders import APPLICANT, EXPERTS, ORGANISATION, SECRETARY, THIRD_PARTY, Walk, person, text
from tests.unit.workflows.rules.refusals import refused
from workflows.rules.case.evaluation import failed, results_of, to_be_judged, worst

EDDA = EXPERTS[0]
WORST_FIRST = [Verdict.NOT_MET, Verdict.PARTLY_MET, Verdict.MET, Verdict.NOT_APPLICABLE]
VERDICTS = st.sampled_from(Verdict)


def changed(walk: Walk, **changes: object) -> tuple[Finding, ...]:
    """Edda's findings, with something else in the first one."""
    first, *others = walk.findings("edda")
    return (first.model_copy(update=changes), *others)


@given(st.lists(VERDICTS, min_size=1, max_size=5))
def test_the_worst_verdict_wins_whatever_the_order(verdicts: list[Verdict]) -> None:
    expected = min(verdicts, key=WORST_FIRST.index)
    assert worst(verdicts) == worst(reversed(verdicts)) == expected


@given(st.lists(VERDICTS, min_size=1, max_size=5), VERDICTS)
def test_one_more_verdict_never_makes_a_criterion_better(verdicts: list[Verdict], more: Verdict) -> None:
    before, after = worst(verdicts), worst([*verdicts, more])
    assert WORST_FIRST.index(after) <= WORST_FIRST.index(before)


@given(st.lists(VERDICTS, min_size=1, max_size=5))
def test_not_applicable_stands_only_if_all_agree(verdicts: list[Verdict]) -> None:
    assert (worst(verdicts) == Verdict.NOT_APPLICABLE) == (set(verdicts) == {Verdict.NOT_APPLICABLE})


def test_what_two_reviewers_find_meets_as_the_worst_in_the_case_itself() -> None:
    case = Walk(Tier.HIGH).to_evaluation().case
    assert case.plan is not None
    judged = [set(share) for share in case.plan.criteria.values()]
    shared = min(judged[0] & judged[1])
    walk = Walk(Tier.HIGH).to_evaluation()
    key = shared.replace("-", "_").replace(".", "_")
    walk.reviewed(by=EXPERTS[:1], **{key: Verdict.PARTLY_MET}).reviewed(by=EXPERTS[1:])

    assert {one.criterion: one.verdict for one in walk.case.results}[shared] == Verdict.PARTLY_MET
    assert failed(walk.case.results) == (shared,)


def test_only_mandatory_criteria_that_are_not_met_and_not_inapplicable_fail() -> None:
    results = [
        Result(criterion=f"I-1.1-0{place}", verdict=verdict, source="review", mandatory=mandatory)
        for place, (verdict, mandatory) in enumerate((v, m) for v in WORST_FIRST for m in (True, False))
    ]
    for order in list(permutations(results))[:50]:
        assert set(failed(order)) == {"I-1.1-00", "I-1.1-02"}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"criterion": "II-2.6-01"}, "unknown_criterion"),
        ({"criterion": "I-1.2-01"}, "criterion_twice"),
        ({"cited": ("E999",)}, "unknown_item"),
        ({"cited": ()}, "evidence_not_cited"),
        ({"verdict": Verdict.PARTLY_MET, "cited": ()}, "evidence_not_cited"),
        ({"verdict": Verdict.NOT_APPLICABLE}, "not_applicable_not_stated"),
    ],
)
def test_findings_that_break_a_rule_are_refused_whole(changes: dict[str, object], code: str) -> None:
    walk = Walk().to_evaluation()
    with refused(code):
        walk.act("submit_review", EDDA, findings=changed(walk, **changes))
    assert walk.case.reviews == {}


def test_a_review_covers_everything_that_was_given_to_the_reviewer() -> None:
    walk = Walk().to_evaluation()
    with refused("findings_missing"):
        walk.act("submit_review", EDDA, findings=walk.findings("edda")[1:])


def test_not_met_needs_no_evidence_and_not_applicable_needs_the_applicants_reason() -> None:
    walk = Walk().to_intake().act("state_not_applicable", APPLICANT, criterion="I-1.1-01", reason=text())
    walk.with_evidence().act("accept_application", SECRETARY).staffed(EDDA)
    first, second, *others = walk.findings("edda")
    findings = (
        first.model_copy(update={"verdict": Verdict.NOT_APPLICABLE, "cited": ()}),
        second.model_copy(update={"verdict": Verdict.NOT_MET, "cited": ()}),
        *others,
    )
    walk.act("submit_review", EDDA, findings=findings)
    verdicts = {one.criterion: one.verdict for one in walk.case.results}
    assert verdicts["I-1.1-01"] == Verdict.NOT_APPLICABLE
    assert failed(walk.case.results) == (second.criterion,)


def test_a_reviewer_who_declared_no_interests_hands_nothing_in() -> None:
    walk = Walk().to_evaluation()
    silent = walk.case.model_copy(update={"interests": {}})
    walk._state = silent
    with refused("interests_not_declared"):
        walk.act("submit_review", EDDA, findings=walk.findings("edda"))


def test_an_expert_who_was_not_asked_or_did_not_say_yes_hands_nothing_in() -> None:
    walk = Walk().to_planning().act("assign_reviewer", SECRETARY, reviewer="emil", areas=("ethics_or_law",))
    walk.act("declare_interests", EXPERTS[1], has_interest=False).staffed(EDDA)
    findings = walk.findings("edda")
    with refused("assignment_not_accepted"):
        walk.act("submit_review", EXPERTS[1], findings=findings)
    with refused("not_assigned"):
        walk.act("submit_review", EXPERTS[2], findings=findings)


def test_a_review_is_handed_in_once() -> None:
    walk = Walk(Tier.MEDIUM).to_evaluation()
    walk.act("submit_review", EDDA, findings=walk.findings("edda"))
    with refused("already_reviewed"):
        walk.act("submit_review", EDDA, findings=walk.findings("edda"))


def test_findings_meet_only_when_every_reviewer_and_every_lookup_is_in() -> None:
    walk = Walk(Tier.MEDIUM).to_evaluation()
    for expert in EXPERTS[:2]:
        walk.act("submit_review", expert, findings=walk.findings(expert.person))
        assert (walk.case.stage, walk.case.results) == (Stage.EVALUATION, ())
    walk.reviewed()

    assert walk.case.stage == Stage.RECOMMENDATION
    assert walk.events[-1].kind == "evaluation_closed"
    assert walk.case.results == results_of(walk.case, walk.rules)


def test_a_lookup_is_recorded_once_by_someone_free_and_only_where_the_plan_has_one() -> None:
    walk = Walk(Tier.MEDIUM).to_evaluation()
    assert walk.case.plan is not None
    criterion = walk.case.plan.lookups[0]
    cited = tuple(item.id for item in walk.case.evidence.values() if criterion in item.criteria)
    looked_up = {"criterion": criterion, "verdict": Verdict.MET, "rationale": text(), "cited": cited}

    with refused("own_organisation"):
        walk.act("record_lookup", SECRETARY.model_copy(update={"organisation": ORGANISATION}), **looked_up)
    with refused("not_a_lookup"):
        walk.act("record_lookup", SECRETARY, **{**looked_up, "criterion": "I-1.1-01"})
    with refused("evidence_not_cited"):
        walk.act("record_lookup", SECRETARY, **{**looked_up, "cited": ()})
    walk.act("record_lookup", SECRETARY, **looked_up)
    with refused("already_recorded"):
        walk.act("record_lookup", SECRETARY, **looked_up)


def test_a_recommended_criterion_is_judged_only_where_the_applicant_showed_something() -> None:
    silent = Walk().to_planning()
    assert "I-5.1-01" not in to_be_judged(silent.case, silent.rules, lookup=False)

    spoken = Walk().to_intake().offer("I-5.1-01")
    spoken.with_evidence().act("accept_application", SECRETARY)
    assert "I-5.1-01" in to_be_judged(spoken.case, spoken.rules, lookup=False)


def test_in_the_low_tier_21_answers_stand_in_register_questionnaire_agreement_and_form() -> None:
    walk = Walk().to_round()
    sources: dict[str, set[str]] = {}
    for result in walk.case.rounds[0].results:
        if result.mandatory:
            sources.setdefault(result.source, set()).add(result.criterion)

    assert sources == {
        "register": {"II-2.1-01", "II-2.2-01", "II-2.2-02"},
        "questionnaire": {"I-1.5-01", "I-2.1-01"},
        "agreement": {"I-2.1-04", "I-2.3-03", "I-2.4-01", "I-2.8-02", "I-2.8-03", "II-2.1-02"},
        "application": {
            "I-1.4-01", "I-1.4-03", "I-2.2-03", "I-2.6-01", "I-2.6-02", "I-2.6-03", "I-2.8-01", "I-2.9-01",
            "I-3.2-01", "I-3.2-02",
        },
        "review": {
            "I-1.1-01", "I-1.2-01", "I-1.3-01", "I-1.3-02", "I-2.7-04", "I-3.1-01", "I-4.1-01", "I-6.1-01",
        },
    }  # fmt: skip


def test_criteria_of_a_role_the_applicant_does_not_hold_are_not_applicable_by_rule() -> None:
    by_role = [one for one in Walk(roles=("operator",)).to_recommendation().case.results if one.source == "role"]
    assert by_role
    assert {one.verdict for one in by_role} == {Verdict.NOT_APPLICABLE}


def test_the_third_party_reports_once_after_declaring_and_never_while_a_round_is_open() -> None:
    walk = Walk().to_evaluation()
    with refused("interests_not_declared"):
        walk.act("record_third_party_report", THIRD_PARTY, report=text())
    walk.act("declare_interests", THIRD_PARTY, has_interest=False)
    walk.act("record_third_party_report", THIRD_PARTY, report=text())
    assert (walk.case.third_party, walk.case.third_party_report) == ("tilda", text())
    with refused("already_reported"):
        walk.act("record_third_party_report", THIRD_PARTY, report=text())

    voting = Walk().to_round().act("declare_interests", THIRD_PARTY, has_interest=False)
    with refused("round_is_open"):
        voting.act("record_third_party_report", THIRD_PARTY, report=text())
    voting.voted(Choice.GRANT)


def test_a_reviewer_who_became_a_third_party_since_does_not_report_in_the_same_case() -> None:
    walk = Walk().to_evaluation()
    since = person("edda", Role.EXPERT, Role.NEUTRAL_THIRD_PARTY)
    with refused("is_reviewer"):
        walk.act("record_third_party_report", since, report=text())
