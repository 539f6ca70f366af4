import pytest
from hypothesis import given

from certify.accounts.policy import permit
from certify.accounts.reading import CaseReading, reading_of
from certify.web.applicant.waiting import stands
from schemas.case import Case
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
from workflows.rules.case import rounds

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


def test_the_applicant_is_told_why_a_case_lapsed(monkeypatch: pytest.MonkeyPatch) -> None:
    lapsed = Walk(edition=7).to_intake().act("accept_application", SECRETARY).pass_time(days=60)
    shown = reading_of(lapsed.case, principal(APPLICANT), rules())
    assert (shown.stage, shown.without_decision) == (Stage.LAPSED, False)
    assert "evidence was not handed in" in stands("en", shown)

    monkeypatch.setattr(rounds, "ROUNDS_MAX", 1)
    undecided = Walk(Tier.MEDIUM, edition=7).to_round().voted(Choice.GRANT).pass_time(days=40)
    shown = reading_of(undecided.case, principal(APPLICANT), rules())
    assert (shown.stage, shown.without_decision) == (Stage.LAPSED, True)
    assert "ended without a decision" in stands("en", shown)


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
