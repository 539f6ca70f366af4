import json
from datetime import timedelta

import pytest
from hypothesis import given

from certify.accounts.policy import CASE_PERMISSIONS, permit
from certify.accounts.principal import Principal
from certify.accounts.reading import CaseReading, reading_of
from certify.accounts.reading_clocks import waiting_for
from schemas.case import Case, TierRaise
from schemas.clocks import Stop
from schemas.correction import Grade
from schemas.errors import NotFound, NotPermitted
from schemas.people import PersonFacts, Role
from schemas.review import Finding
from schemas.scheme import Tier
from schemas.stages import Choice, Stage
from tests.builders import APPLICANT, EXPERTS, SECRETARY, Walk
from tests.unit.certify.accounts import cases
from tests.unit.certify.accounts.cases import MEMBERS, PEOPLE, REVIEWERS, case_at, digest, principal, rules
from tests.unit.certify.accounts.worlds import SOMEBODY, worlds

TAKING_PART = {*REVIEWERS, *MEMBERS, "third-jon", "release-kim", "officer-fay"}


def reading(who: str, case: Case) -> CaseReading:
    return reading_of(case, principal(PEOPLE[who]), rules())


def may_read(person: PersonFacts, case: Case) -> bool:
    return bool(permit(principal(person), "read_case", case))


@pytest.mark.parametrize("stage", cases.STAGES)
def test_a_reading_exists_exactly_for_those_who_may_know_of_the_case(stage: Stage) -> None:
    case = case_at(stage)

    for who, facts in PEOPLE.items():
        if may_read(facts, case):
            assert reading(who, case).id == case.id
        else:
            with pytest.raises(NotFound, match="unknown_application"):
                reading(who, case)


def test_a_case_that_is_not_there_is_unknown() -> None:
    with pytest.raises(NotFound, match="unknown_application"):
        reading_of(None, principal(PEOPLE["secretariat"]), rules())


def test_a_token_that_only_acts_gets_no_reading() -> None:
    acts = principal(PEOPLE["secretariat"], authn="token", scopes=frozenset({"act"}))

    with pytest.raises(NotPermitted, match="scope_missing"):
        reading_of(case_at(Stage.INTAKE), acts, rules())


@pytest.mark.parametrize("stage", cases.STAGES)
def test_the_applicant_reads_no_id_of_anyone_who_judges_or_decides(stage: Stage) -> None:
    shown = reading("applicant", case_at(stage)).model_dump_json()

    assert {person for person in TAKING_PART if person in shown} == set()


def test_the_secretariat_does_read_those_ids() -> None:
    shown = reading("secretariat", case_at(Stage.GRANTED)).model_dump_json()

    assert {person for person in TAKING_PART if person in shown} == TAKING_PART


@given(worlds())
def test_whoever_is_no_more_than_the_applicant_reads_no_id_but_their_own(world: tuple[Case, PersonFacts]) -> None:
    case, person = world
    applicant = person.model_copy(update={"roles": (Role.APPLICANT,), "organisation": cases.APPLICANT_ORGANISATION})

    shown = reading_of(case, principal(applicant), rules()).model_dump_json()

    assert {other for other in TAKING_PART if other in shown} == set()


@given(worlds())
def test_no_reading_shows_a_choice_while_the_round_is_open(world: tuple[Case, PersonFacts]) -> None:
    case, person = world
    if not may_read(person, case):
        return

    shown = reading_of(case, principal(person), rules())

    for vote, one in zip(case.rounds, shown.rounds, strict=True):
        if vote.is_open:
            assert one.ballots is None
            assert one.tally is None
            assert _reasons_of_ballots(case) & shown.texts == set()
            assert one.cast == len(vote.ballots)


def _reasons_of_ballots(case: Case) -> set[str]:
    return {one.reasons.digest for vote in case.rounds for one in vote.ballots.values() if one.reasons}


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("choice", Choice)
def test_an_open_round_reads_the_same_whatever_was_chosen(who: str, choice: Choice) -> None:
    members = (cases.ballot_of(MEMBERS[0], choice), cases.ballot_of(MEMBERS[1], choice))
    case = case_at(Stage.DECISION, rounds=(cases.open_round(ballots=members),))
    other = tuple(cases.ballot_of(one.member, Choice.ABSTAIN) for one in members)
    elsewhere = case_at(Stage.DECISION, rounds=(cases.open_round(ballots=other),))

    if may_read(PEOPLE[who], case):
        assert reading(who, case) == reading(who, elsewhere)


@given(worlds())
def test_before_the_evaluation_closes_no_reviewer_reads_the_findings_of_another(
    world: tuple[Case, PersonFacts],
) -> None:
    case, person = world
    asked = person.person in case.assignments
    if case.results or not asked or not may_read(person, case):
        return

    shown = reading_of(case, principal(person), rules())

    others = {one.findings[0].rationale.digest for who, one in case.reviews.items() if who != SOMEBODY}
    assert shown.texts & others == set()
    assert shown.lookup_findings == ()
    assert shown.participants is None
    assert [one.reviewer for one in shown.reviews] == [who for who in case.reviews if who == SOMEBODY]


@pytest.mark.parametrize("who", ["applicant", "commissioner", "third party", "label officer"])
@pytest.mark.parametrize("stage", [Stage.INTAKE, Stage.EVIDENCE, Stage.PLANNING, Stage.EVALUATION])
def test_before_the_evaluation_closes_nobody_outside_the_record_reads_findings(who: str, stage: Stage) -> None:
    case = case_at(stage)

    if may_read(PEOPLE[who], case):
        shown = reading(who, case)
        assert (shown.reviews, shown.results, shown.lookup_findings) == ((), (), ())


def test_while_a_correction_is_judged_reviewers_are_blind_to_each_others_new_findings() -> None:
    walk = Walk(Tier.HIGH, edition=2).to_correction()
    assert walk.case.plan is not None
    first, second, *_ = (who for who, share in walk.case.plan.criteria.items() if "I-1.1-01" in share)
    author = next(one for one in EXPERTS if one.person == first)
    reader = next(one for one in EXPERTS if one.person == second)
    walk.corrected("I-1.1-01")
    walk.act("submit_review", author, findings=walk.findings(first))
    (new,) = [one for one in walk.case.reviews[first].findings if one.manifest == 2]

    def shown_to(who: PersonFacts) -> list[Finding]:
        shown = reading_of(walk.case, principal(who), rules())
        return [finding for review in shown.reviews for finding in review.findings]

    assert new not in shown_to(reader)
    assert new not in shown_to(APPLICANT)
    assert {one.manifest for one in shown_to(reader)} == {1}
    assert new in shown_to(author)
    assert new in shown_to(SECRETARY)


def test_everyone_in_the_case_reads_nonconformities_and_nobody_who_raised_them() -> None:
    for who in ("applicant", "expert", "secretariat", "commissioner"):
        (one,) = reading(who, case_at(Stage.CORRECTION)).nonconformities
        assert (one.criterion, one.grade, one.stands_still) == (cases.CRITERION, Grade.MAJOR, False)
    shown = reading("applicant", case_at(Stage.CORRECTION)).model_dump_json()
    assert not any(reviewer in shown for reviewer in REVIEWERS)


def test_what_a_correction_changed_is_read_by_all_who_read_the_list_of_evidence() -> None:
    walk = Walk(edition=2).to_correction().offer("I-1.1-01", file="new.pdf")
    before = reading_of(walk.case, principal(APPLICANT), rules())
    assert [(one.criterion, one.added) for one in before.not_handed_in] == [
        ("I-1.1-01", (f"E{walk.case.items_numbered}",))
    ]
    walk.act("submit_correction", APPLICANT)

    for who in (APPLICANT, SECRETARY, EXPERTS[0]):
        shown = reading_of(walk.case, principal(who), rules())
        assert [(one.version, one.differences) for one in shown.differences] == [(2, before.not_handed_in)]
        assert (shown.not_handed_in, shown.manifest_version) == ((), 2)
        assert all(one.stands_still for one in shown.nonconformities)
    assert reading_of(walk.case, principal(EXPERTS[0]), rules()).own.outstanding == ("I-1.1-01",)


def decided(tier: Tier) -> Case:
    """A decided case in which one of those who voted for the grant wrote a separate opinion."""
    case = case_at(Stage.ATTESTATION, tier=tier)
    vote = case.rounds[0]
    ballot = vote.ballots[MEMBERS[0]].model_copy(update={"dissent": cases.text("I dissent")})
    changed = vote.model_copy(update={"ballots": {**vote.ballots, MEMBERS[0]: ballot}})
    return case.model_copy(update={"rounds": (changed,)})


@pytest.mark.parametrize("who", ["applicant", "expert", "secretariat", "auditor", "commissioner"])
def test_separate_opinions_are_read_of_a_decided_case_where_the_scheme_publishes_them(who: str) -> None:
    assert reading(who, decided(Tier.CRITICAL)).separate_opinions == (cases.text("I dissent"),)
    assert reading(who, decided(Tier.HIGH)).separate_opinions == ()
    undecided = decided(Tier.CRITICAL).model_copy(update={"decision": None, "stage": Stage.DECISION})
    assert reading(who, undecided).separate_opinions == ()


def test_a_separate_opinion_names_nobody_to_the_applicant() -> None:
    assert MEMBERS[0] not in reading("applicant", decided(Tier.CRITICAL)).model_dump_json()


def test_the_applicant_reads_what_to_supplement_and_not_who_asked_for_it() -> None:
    walk = Walk(Tier.MEDIUM, members=6, edition=2).to_round()
    walk.voted(*[Choice.SEND_BACK] * 6, reasons=cases.text("Show the test data."))
    shown = reading_of(walk.case, principal(APPLICANT), rules())

    assert (shown.sent_back, shown.stage) == (1, Stage.EVIDENCE)
    assert set(shown.to_be_supplemented) == {cases.text("Show the test data.")}
    assert cases.text("Show the test data.").digest in shown.texts
    assert "member-" not in shown.model_dump_json()
    assert shown.results != ()


def test_nobody_reads_the_choices_of_a_round_that_was_voided() -> None:
    walk = Walk(Tier.MEDIUM, edition=2).to_round().voted(Choice.GRANT, reasons=cases.text("Hidden."))
    walk.act("declare_interests", EXPERTS[0], has_interest=True, statement=cases.text("Tied."))

    for who in (SECRETARY, walk.members[3]):
        (vote,) = reading_of(walk.case, principal(who), rules()).rounds
        assert (vote.ballots, vote.set_aside) == (None, "reviewer_has_interest")


def test_a_reviewer_always_reads_their_own_review() -> None:
    shown = reading("expert", case_at(Stage.EVALUATION))

    assert [one.reviewer for one in shown.reviews] == [REVIEWERS[0]]
    assert shown.own.review == cases.review_by(REVIEWERS[0])
    assert shown.own.criteria == (cases.CRITERION,)


def test_once_closed_reviewers_read_each_other_without_names() -> None:
    shown = reading("expert", case_at(Stage.RECOMMENDATION))

    assert [one.reviewer for one in shown.reviews] == [REVIEWERS[0], None]
    assert shown.texts >= {digest(f"rationale of {person}") for person in REVIEWERS}


def test_the_applicant_reads_findings_and_results_once_the_evaluation_is_closed() -> None:
    shown = reading("applicant", case_at(Stage.RECOMMENDATION))

    assert [one.reviewer for one in shown.reviews] == [None, None]
    assert [one.criterion for one in shown.results] == [cases.CRITERION]
    assert shown.recommendation is None


def test_the_scope_is_all_an_expert_sees_before_saying_yes() -> None:
    ada = REVIEWERS[0]
    case = case_at(Stage.PLANNING, assignments={ada: cases.assigned(ada, accepted=None)}, interests={})

    shown = reading("expert", case)

    assert shown.system.purpose == "reads digits"
    assert shown.organisation_name == "Acme"
    assert shown.own.assignment == cases.assigned(ada, accepted=None)
    assert (shown.evidence, shown.requirements, shown.application_digest) == ((), (), None)
    assert shown.may_open_evidence is False
    assert shown.texts == frozenset()


def test_the_auditor_reads_the_list_of_evidence_and_opens_none_of_it() -> None:
    shown = reading("auditor", case_at(Stage.DECISION))

    assert [item.id for item in shown.evidence] == ["E1"]
    assert shown.item(digest("file")) is None
    assert shown.application_digest is None


def test_a_reviewer_opens_the_items_of_the_case_and_no_other() -> None:
    shown = reading("expert", case_at(Stage.EVALUATION))

    item = shown.item(digest("file"))
    assert item is not None
    assert item.id == "E1"
    assert shown.item(digest("another file")) is None


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
