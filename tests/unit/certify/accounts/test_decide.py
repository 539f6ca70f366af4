"""`decide` as a whole: default deny, denials override, the strength of a sign-in, and a second opinion (G4, I13)."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify.accounts.parts import Part, parts_in
from certify.accounts.policy import ACTIONS, NOTHING, CaseFacts, MatterFacts, admit, decide, permit, permit_in_matter
from certify.accounts.policy.case_table import READERS
from certify.accounts.policy.exclusions import APART, apart
from certify.accounts.policy.outside_table import OUTSIDE_CASES
from certify.accounts.principal import Principal
from certify.accounts.strength import STEP_UP, STRONG_FOR
from schemas.case import Case
from schemas.people import PersonFacts, Role
from schemas.scheme import Tier
from schemas.stages import Stage
from tests.builders import APPLICANT, MEMBERS, SECRETARY, Walk, text
from tests.matters import MatterWalk
from tests.unit.certify.accounts import policy_table
from tests.unit.certify.accounts.cases import NOW, PEOPLE, case_at, declared, principal, rules
from tests.unit.certify.accounts.worlds import worlds
from workflows.rules.kernels import KERNELS
from workflows.rules.matter.ethics_questions import ETHICS_QUESTION
from workflows.rules.permission import Permission


def strong(facts: PersonFacts, **changes: object) -> Principal:
    return principal(facts, strong_at=NOW, **changes)


def code(answer: Permission) -> str | None:
    return answer.refusal.code if answer.refusal else None


def test_the_table_of_all_rights_is_the_one_that_was_reviewed() -> None:
    assert policy_table.FILE.read_text().splitlines() == [*policy_table.lines()]


def test_what_has_no_rule_is_refused_whatever_it_is_about() -> None:
    secretary = strong(PEOPLE["secretariat"])
    question = MatterWalk(ETHICS_QUESTION).act("ask_commission", APPLICANT, text=text()).state

    for facts in (NOTHING, CaseFacts(case_at(Stage.INTAKE), rules()), MatterFacts(ETHICS_QUESTION, question, rules())):
        assert code(decide(secretary, "read_minds", facts, NOW)) == "not_permitted"
    assert code(admit(secretary, "read_minds")) == "not_permitted"


def test_a_right_in_cases_is_none_outside_them_and_the_other_way_round() -> None:
    secretary = strong(PEOPLE["secretariat"])

    assert not decide(secretary, "read_case", NOTHING, NOW)
    assert not decide(secretary, "invite_person", CaseFacts(case_at(Stage.INTAKE), rules()), NOW)
    assert decide(secretary, "invite_person", NOTHING, NOW)


def test_whoever_holds_none_of_the_roles_is_not_admitted_to_what_roles_alone_open() -> None:
    assert admit(strong(PEOPLE["secretariat"]), "invite_person")
    assert code(admit(strong(PEOPLE["expert"]), "invite_person")) == "role_missing"
    assert admit(strong(PEOPLE["expert"]), "enter_reviewers_room")
    assert code(admit(strong(PEOPLE["applicant"]), "enter_reviewers_room")) == "role_missing"


def test_who_may_begin_is_admitted_to_cases_and_matters_before_it_is_known_which_one() -> None:
    reads = strong(PEOPLE["operator"], authn="token", scopes=frozenset({"read"}))

    for reading in ("read_case", "read_matter"):
        assert admit(reads, reading)
    for act in ("cast_ballot", "cast_vote", "act_in_case", "act_in_matter"):
        assert code(admit(reads, act)) == "scope_missing"
        assert admit(strong(PEOPLE["operator"]), act)


def refusals() -> Iterator[tuple[str, Permission]]:
    expert, secretary = strong(PEOPLE["expert"]), strong(PEOPLE["secretariat"])
    yield "not_permitted", decide(secretary, "read_minds", NOTHING, NOW)
    yield "role_missing", permit(expert, "invite_person")
    yield "role_missing", permit(expert, "enter_secretariats_room")
    yield "roles_apart", permit(strong(PersonFacts(person="both", roles=(Role.OPERATOR, Role.AUDITOR))), "list_cases")
    yield "scope_missing", permit(strong(PEOPLE["expert"], scopes=frozenset()), "list_cases")
    yield "step_up_needed", decide(principal(PEOPLE["secretariat"]), "invite_person", NOTHING, NOW)
    yield "unknown_application", permit(secretary, "read_case")
    yield "unknown_matter", permit_in_matter(secretary, "read_matter", MatterFacts(ETHICS_QUESTION, None))


def test_a_refusal_has_a_stable_code_and_tells_a_person_why_in_a_sentence() -> None:
    for expected, answer in refusals():
        assert answer.refusal is not None
        assert answer.refusal.code == expected
        assert re.fullmatch(r"[A-Z][a-z].*\.", answer.refusal.message)


@pytest.mark.parametrize("action", OUTSIDE_CASES)
def test_a_refusal_for_want_of_a_role_names_every_role_that_would_do(action: str) -> None:
    refusal = permit(strong(PersonFacts(person="somebody")), action).refusal

    assert refusal is not None
    assert OUTSIDE_CASES[action] <= set(refusal.message.split())


@pytest.mark.parametrize(
    ("ago", "code_"),
    [
        (timedelta(0), None),
        (STRONG_FOR, None),
        (STRONG_FOR + timedelta(seconds=1), "step_up_needed"),
        (-timedelta(seconds=1), "step_up_needed"),
        (None, "step_up_needed"),
    ],
)
def test_a_ballot_needs_a_strong_sign_in_at_most_five_minutes_ago(ago: timedelta | None, code_: str | None) -> None:
    member = principal(PEOPLE["commissioner"], strong_at=None if ago is None else NOW - ago)

    assert code(decide(member, "cast_ballot", CaseFacts(case_at(Stage.DECISION), rules()), NOW)) == code_


def test_a_strong_sign_in_is_asked_of_nobody_to_whom_the_act_is_refused_anyway() -> None:
    facts = CaseFacts(case_at(Stage.DECISION), rules())

    assert code(decide(principal(PEOPLE["applicant elsewhere"]), "cast_ballot", facts, NOW)) == "unknown_application"
    assert code(decide(principal(PEOPLE["secretariat"]), "cast_ballot", facts, NOW)) != "step_up_needed"


def test_every_action_that_needs_a_strong_sign_in_has_a_rule_and_changes_something() -> None:
    in_matters = {act for kernel in KERNELS.values() for act in kernel.acts} | {"erase_complainant_contact"}

    assert in_matters | ACTIONS >= STEP_UP
    assert not [action for action in STEP_UP if action.startswith(("read_", "list_"))]


@pytest.mark.parametrize("one", Role)
@pytest.mark.parametrize("other", Role)
def test_roles_that_exclude_each_other_act_in_nothing_together(one: Role, other: Role) -> None:
    both = PersonFacts(person="somebody", roles=(one, other))
    excluded = any({one, other} == {role, against} for role, others in APART for against in others)

    assert bool(apart(both.roles)) is (excluded and one != other)
    if excluded:
        refused = {action for action in ACTIONS if code(admit(strong(both), action)) == "roles_apart"}
        assert refused >= {"invite_person", "lodge_application", "cast_ballot", "release_label"}
        assert ("list_cases" in refused) is (Role.OPERATOR in {one, other})


def test_of_roles_that_exclude_each_other_only_those_are_named_that_somebody_holds() -> None:
    assert apart((Role.APPLICANT, Role.EXPERT, Role.SECRETARIAT)) == (Role.SECRETARIAT, {Role.EXPERT})


_ALWAYS = {
    Part.APPLICANT: "application_text evidence evidence_list openings hearing reason questions reviewers_questions",
    Part.SECRETARIAT: "application_text evidence evidence_list recommendation third_party_report hearing reason"
    " questions ballots",
    Part.AUDITOR: "evidence_list recommendation third_party_report hearing reason questions ballots",
    Part.REVIEWER: "application_text evidence evidence_list questions",
    Part.INFORMED_MEMBER: "application_text evidence evidence_list recommendation third_party_report hearing questions"
    " reviewers_questions confirmation ballots",
    Part.INFORMED_THIRD_PARTY: "application_text evidence evidence_list third_party_report questions"
    " reviewers_questions",
    Part.PANEL: "application_text evidence evidence_list recommendation third_party_report hearing reason questions"
    " reviewers_questions confirmation",
}
_OF_THE_BODY = {Part.SECRETARIAT, Part.AUDITOR, Part.INFORMED_MEMBER}
_KEEPS = "interest_reports openings reviews reviewers_questions confirmation participants record decision_record"
_MET = {
    Part.SECRETARIAT: "reviews results",
    Part.AUDITOR: "reviews results",
    Part.APPLICANT: "reviews results confirmation",
    Part.REVIEWER: "reviews results reviewers_questions confirmation",
    Part.INFORMED_MEMBER: "reviews results",
    Part.PANEL: "reviews results",
}
_OUT = {
    Part.SECRETARIAT: "separate_opinions",
    Part.AUDITOR: "separate_opinions",
    Part.APPLICANT: "recommendation separate_opinions",
    Part.REVIEWER: "recommendation separate_opinions",
    Part.INFORMED_MEMBER: "separate_opinions",
    Part.PANEL: "separate_opinions",
}
"""A second opinion, written from the procedure by parts where the policy is written by actions."""


_CONFIDED = {"application_text", "evidence"}
_OVER = {Stage.GRANTED, Stage.REFUSED, Stage.DECLINED, Stage.WITHDRAWN_BY_APPLICANT, Stage.LAPSED}
_FOUND = {
    "reviews", "results", "agreement", "recommendation", "third_party_report", "separate_opinions",
    "reviewers_questions", "confirmation", "differences",
}  # fmt: skip
"""What others found, asked or corrected: nothing of it is for who has still to judge by themselves."""


def is_confided(case: Case, person: str, part: Part) -> bool:
    """Whether what the applicant confided is still open to somebody with a part: the procedure closes it again."""
    is_over = case.stage in _OVER
    if part is Part.REVIEWER:
        return not is_over and case.plan is not None and person in {case.plan.lead, *case.plan.criteria}
    if part is Part.INFORMED_MEMBER:
        votes = [vote for vote in case.rounds if vote.closed_at is None]
        called = all(person in {*vote.electorate, *vote.reserves, case.rapporteur} for vote in votes)
        return not is_over and called
    return True


def second_opinion(case: Case, person: PersonFacts, parts: frozenset[Part]) -> set[str]:
    found = {"case"} if parts else set()
    for part in parts:
        always = set(_ALWAYS.get(part, "").split())
        found |= always if is_confided(case, person.person, part) else always - _CONFIDED
        if case.results:
            found |= set(_MET.get(part, "").split())
        if (
            case.results
            and case.stage != Stage.EVALUATION
            and part in {Part.SECRETARIAT, Part.AUDITOR, Part.INFORMED_MEMBER}
        ):
            found.add("agreement")
        if case.decision is not None:
            found |= set(_OUT.get(part, "").split())
        if part in {Part.SECRETARIAT, Part.AUDITOR} and person.person not in case.assignments:
            found |= set(_KEEPS.split())
        if part is Part.INFORMED_MEMBER and person.person not in case.assignments:
            found.add("interest_reports")
        if part is Part.APPLICANT and (case.raises or case.disputed_tier is not None):
            found.add("confirmation")
    found |= {"differences"} if "evidence_list" in found else set()
    return {f"read_{name}" for name in (found - _FOUND if is_still_to_judge(case, person.person) else found)}


def is_still_to_judge(case: Case, person: str) -> bool:
    if case.stage in _OVER or person in case.reviews:
        return False
    return any(one.reviewer == person and one.accepted in {None, True} for one in case.assignments.values())


@given(worlds(), st.booleans())
def test_the_readings_of_a_case_are_those_of_a_second_opinion(world: tuple[Case, PersonFacts], hears: bool) -> None:
    case, person = world
    asking = principal(person, hears=frozenset({case.id} if hears else ()))
    found = {action for action in READERS if permit(asking, action, case)}
    barred = Role.OPERATOR in person.roles and len(person.roles) > 1

    assert found == (set() if barred else second_opinion(case, person, parts_in(case, person, asking.hears)))


@given(worlds(), st.sampled_from(sorted(ACTIONS)), st.booleans())
def test_neither_an_interest_nor_a_tie_ever_adds_a_right(
    world: tuple[Case, PersonFacts], action: str, tied: bool
) -> None:
    case, person = world
    conflicted = {**case.interests, person.person: declared(person.person, has_interest=True)}
    after = case if tied else case.model_copy(update={"interests": conflicted})
    burdened = person.model_copy(update={"tied_to": (case.lodged.organisation,)}) if tied else person

    if permit(principal(burdened), action, after, rules()):
        assert permit(principal(person), action, case, rules())


@given(worlds(), st.sampled_from(sorted(ACTIONS)))
def test_a_way_in_with_fewer_scopes_never_has_more_rights(world: tuple[Case, PersonFacts], action: str) -> None:
    case, person = world
    whole = bool(permit(principal(person), action, case, rules()))

    for scopes in (frozenset({"read"}), frozenset({"act"}), frozenset[str]()):
        narrowed = principal(person, authn="token", scopes=scopes)
        assert whole or not permit(narrowed, action, case, rules())
    assert not permit(principal(person, scopes=frozenset()), action, case, rules())


def test_a_matter_that_is_not_for_somebody_looks_like_none() -> None:
    question = MatterWalk(ETHICS_QUESTION).act("ask_commission", APPLICANT, text=text()).state
    stranger = strong(PEOPLE["applicant elsewhere"])

    forbidden = permit_in_matter(stranger, "read_matter", MatterFacts(ETHICS_QUESTION, question, rules()))
    absent = permit_in_matter(stranger, "read_matter", MatterFacts(ETHICS_QUESTION, None, rules()))
    act = permit_in_matter(stranger, "cast_vote", MatterFacts(ETHICS_QUESTION, question, rules()))

    assert (
        str(forbidden.refusal) == str(absent.refusal) == str(act.refusal) == "unknown_matter: There is no such matter."
    )
    for reader in (APPLICANT, SECRETARY, MEMBERS[0]):
        assert permit_in_matter(strong(reader), "read_matter", MatterFacts(ETHICS_QUESTION, question, rules()))


def test_an_act_that_opens_a_matter_is_judged_by_its_rules_and_no_other_act_is_let_through() -> None:
    somebody = strong(PEOPLE["applicant"])

    assert permit_in_matter(somebody, "ask_commission", MatterFacts(ETHICS_QUESTION, None, rules(), opens=True))
    assert not permit_in_matter(somebody, "cast_vote", MatterFacts(ETHICS_QUESTION, None, rules()))


@pytest.mark.parametrize("tier", Tier)
def test_a_decision_about_a_case_without_the_rules_of_its_scheme_allows_no_act(tier: Tier) -> None:
    facts = CaseFacts(case_at(Stage.DECISION, tier=tier))

    assert not decide(strong(PEOPLE["commissioner"]), "cast_ballot", facts, NOW)


def test_what_depends_on_the_day_is_decided_for_the_moment_that_was_asked_about() -> None:
    walk = Walk(edition=7).to_intake().act("accept_application", SECRETARY).with_evidence()
    item = next(iter(walk.case.items.values()))
    expiring = item.model_copy(update={"expires": (walk.now + timedelta(days=3)).date()})
    case = walk.case.model_copy(update={"evidence": {**walk.case.evidence, item.id: expiring}})

    def asked(days: int) -> str | None:
        now = walk.now + timedelta(days=days)
        return code(decide(principal(APPLICANT, strong_at=now), "submit_evidence", CaseFacts(case, walk.rules), now))

    assert (asked(1), asked(5)) == (None, "expired_evidence_handed_in")
