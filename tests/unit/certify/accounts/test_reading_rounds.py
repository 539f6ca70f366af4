"""What a reading tells of rounds, of people who take part, of questions and of clocks."""

import json
from datetime import timedelta

from certify.accounts.policy import CASE_PERMISSIONS, permit
from certify.accounts.principal import Principal
from certify.accounts.reading import CaseReading, reading_of
from certify.accounts.reading_clocks import waiting_for
from schemas.case import Case, TierRaise
from schemas.clocks import Stop
from schemas.people import PersonFacts, Role
from schemas.scheme import Tier
from schemas.stages import Choice, Stage
from tests.unit.certify.accounts import cases
from tests.unit.certify.accounts.cases import MEMBERS, PEOPLE, REVIEWERS, case_at, digest, principal, rules

TAKING_PART = {*REVIEWERS, *MEMBERS, "third-jon", "release-kim", "officer-fay"}


def reading(who: str, case: Case) -> CaseReading:
    return reading_of(case, principal(PEOPLE[who]), rules())


def may_read(person: PersonFacts, case: Case) -> bool:
    return bool(permit(principal(person), "read_case", case))


def test_everyone_who_knows_of_a_round_reads_how_many_of_how_many_voted() -> None:
    for who in ("applicant", "expert", "commissioner", "commissioner undeclared", "secretariat", "auditor"):
        vote = reading(who, case_at(Stage.DECISION)).rounds[0]
        assert (vote.cast, vote.base, vote.quorum) == (1, 3, "2/3")


def test_choices_of_a_closed_round_are_for_the_commission_the_secretariat_and_the_auditor() -> None:
    case = case_at(Stage.ATTESTATION)

    shown = {who: reading(who, case).rounds[0].ballots for who, facts in PEOPLE.items() if may_read(facts, case)}

    assert {who for who, ballots in shown.items() if ballots is not None} == {"secretariat", "auditor", "commissioner"}
    assert {one.member: one.choice for one in shown["auditor"] or ()} == {
        MEMBERS[0]: Choice.GRANT, MEMBERS[1]: Choice.ABSTAIN, MEMBERS[2]: Choice.GRANT,
    }  # fmt: skip


def test_a_ballot_of_a_member_who_left_is_neither_counted_nor_shown() -> None:
    vote = cases.open_round(ballots=(cases.ballot_of(MEMBERS[0], Choice.GRANT),))
    case = case_at(Stage.DECISION, rounds=(cases.closed(vote.model_copy(update={"recused": (MEMBERS[0],)})),))

    shown = reading("auditor", case).rounds[0]

    assert (shown.cast, shown.base, shown.recused, shown.ballots) == (0, 2, 1, ())


def test_a_member_reads_that_they_voted_and_not_how() -> None:
    case = case_at(Stage.DECISION, rounds=(cases.open_round(ballots=(cases.ballot_of(MEMBERS[0], Choice.GRANT),)),))

    own = reading("commissioner", case).own

    assert (own.is_elector, own.has_voted) == (True, True)


def test_only_those_who_keep_or_audit_the_case_read_who_takes_part() -> None:
    case = case_at(Stage.DECISION)

    shown = {who for who, facts in PEOPLE.items() if may_read(facts, case) and reading(who, case).participants}

    assert shown == {"secretariat", "auditor"}


def test_the_texts_that_may_be_opened_are_those_the_reading_names() -> None:
    shown = reading("applicant", case_at(Stage.DECISION))

    expected = {digest("heard"), digest("why it does not apply"), digest("looked up")}
    assert shown.texts >= expected
    assert digest("interest of expert-ada") not in shown.texts
    named = set(_digests(json.loads(shown.model_dump_json())))
    assert shown.texts == named


def _digests(part: object) -> list[str]:
    if isinstance(part, dict):
        if set(part) == {"digest", "length"}:
            return [part["digest"]]
        return [found for value in part.values() for found in _digests(value)]
    return [found for value in part for found in _digests(value)] if isinstance(part, list) else []


def test_reviewers_do_not_read_each_others_questions_before_the_findings_meet() -> None:
    ben = principal(PersonFacts(person=REVIEWERS[1], roles=(Role.EXPERT,)))

    def numbers(who: Principal, stage: Stage) -> list[int]:
        return [one.number for one in reading_of(case_at(stage), who, rules()).questions]

    assert numbers(ben, Stage.EVALUATION) == [1]
    assert numbers(principal(PEOPLE["expert"]), Stage.EVALUATION) == [1, 2]
    assert numbers(ben, Stage.RECOMMENDATION) == [1, 2]
    assert numbers(principal(PEOPLE["applicant"]), Stage.EVALUATION) == [1, 2]


def test_who_asked_is_shown_to_those_who_keep_the_case_and_to_whoever_asked() -> None:
    def askers(who: str) -> list[str | None]:
        return [one.asked_by for one in reading(who, case_at(Stage.EVALUATION, results=())).questions]

    assert askers("applicant") == [None, None]
    assert askers("expert") == [None, REVIEWERS[0]]
    assert askers("auditor") == ["officer-fay", REVIEWERS[0]]


def test_what_the_lead_reviewer_found_is_the_applicants_to_know_once_it_moves_the_tier() -> None:
    case = case_at(Stage.EVALUATION)
    step = TierRaise(before=Tier.HIGH, tier=Tier.CRITICAL, confirmation=case.confirmation)
    assert reading("applicant", case).confirmation is None
    for moved in ({"disputed_tier": Tier.CRITICAL}, {"raises": (step,)}):
        found = reading("applicant", case.model_copy(update=moved)).confirmation
        assert found is not None
        assert found.rationale == {"Q1": cases.text("rationale of an answer")}
    assert reading("expert", case).confirmation is not None
    assert (
        reading("expert", case.model_copy(update={"confirmation": cases.confirmed(by=REVIEWERS[1])})).confirmation
        is None
    )


def test_the_clock_of_somebody_who_was_asked_bears_no_name_for_those_who_may_not_know_it() -> None:
    asked = {
        one: cases.assigned(one, accepted=None).model_copy(update={"answer_due_at": cases.NOW + timedelta(days=days)})
        for one, days in ((REVIEWERS[0], 5), (REVIEWERS[1], 3))
    }
    case = case_at(Stage.PLANNING, assignments=asked)

    def names(who: str) -> list[str]:
        found = reading(who, case).clocks
        assert {one.clock for one in waiting_for(case, principal(PEOPLE[who]), rules())} == {one.name for one in found}
        return [one.name for one in found]

    assert names("applicant") == ["assignment"]
    assert reading("applicant", case).clocks[0].due_at == cases.NOW + timedelta(days=3)
    assert names("expert") == ["assignment", f"assignment/{REVIEWERS[0]}"]
    assert names("secretariat") == [f"assignment/{REVIEWERS[1]}", f"assignment/{REVIEWERS[0]}"]


def test_both_sides_see_the_same_clock_also_while_it_stands_still() -> None:
    stop = Stop(stopped_at=cases.NOW, due_at=cases.NOW + timedelta(days=9))
    case = case_at(
        Stage.EVALUATION, edition=2, evaluation_due_at=cases.NOW + timedelta(days=9), stops={"evaluation": stop}
    )
    of_applicant = reading("applicant", case).clocks
    assert of_applicant == reading("expert", case).clocks == reading("secretariat", case).clocks
    assert {one.name: one.stopped_at for one in of_applicant} == {"evaluation": cases.NOW, "question/2": None}


def test_each_button_is_there_or_says_why_not() -> None:
    may = reading("applicant", case_at(Stage.INTAKE)).may

    assert set(may) == set(CASE_PERMISSIONS)
    assert may["offer_evidence"] is None
    assert may["submit_evidence"] == "wrong_stage"
    assert may["accept_application"] == may["open_tier_round"] == "role_missing"


def test_a_requirement_without_evidence_or_reason_is_not_covered_and_missing() -> None:
    shown = reading("applicant", case_at(Stage.EVIDENCE))

    uncovered = {one.criterion for one in shown.requirements if not one.covered}
    assert uncovered == set(shown.missing) != set()
    assert set(shown.not_applicable) == {"II-1.3-01"}
