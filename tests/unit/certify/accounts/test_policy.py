from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify.accounts.policy import (
    ACTIONS,
    CASE_ACTS,
    permit,
    permit_lodging,
    require_readable,
    require_sendable,
)
from certify.accounts.policy.case_table import READERS
from schemas.case import Case, TierRaise
from schemas.errors import NotFound, NotPermitted
from schemas.people import PersonFacts, Role
from schemas.scheme import Tier
from schemas.stages import Stage
from tests.builders import person
from tests.unit.certify.accounts import cases
from tests.unit.certify.accounts.cases import PEOPLE, STAGES, case_at, principal, rules
from tests.unit.certify.accounts.worlds import worlds
from workflows.rules.case import procedure
from workflows.rules.permission import Permission

LETTERS = {
    "c": "read_case",
    "t": "read_application_text",
    "e": "read_evidence",
    "l": "read_evidence_list",
    "x": "read_differences",
    "r": "read_reviews",
    "a": "read_agreement",
    "s": "read_results",
    "m": "read_recommendation",
    "3": "read_third_party_report",
    "h": "read_hearing",
    "o": "read_separate_opinions",
    "w": "read_reason",
    "p": "read_participants",
    "b": "read_ballots",
    "j": "read_record",
    "d": "read_decision_record",
    "q": "read_questions",
    "v": "read_reviewers_questions",
    "f": "read_confirmation",
    "g": "read_openings",
    "i": "read_interest_reports",
}

TRUTH = """
                         intake           evidence         planning         evaluation       correction         recommendation     decision           attestation         granted             refused
applicant                ctelxhwqvg        ctelxhwqvg        ctelxhwqvg        ctelxhwqvg        ctelxrshwqvfg       ctelxrshwqvfg       ctelxrshwqvfg       ctelxrsmhowqvfg      ctelxrsmhowqvfg      ctelxrsmhowqvfg
applicant elsewhere      -                -                -                -                -                  -                  -                  -                   -                   -
secretariat              ctelxrm3hwpbjdqvfgi ctelxrm3hwpbjdqvfgi ctelxrm3hwpbjdqvfgi ctelxrm3hwpbjdqvfgi ctelxrasm3hwpbjdqvfgi ctelxrasm3hwpbjdqvfgi ctelxrasm3hwpbjdqvfgi ctelxrasm3howpbjdqvfgi ctelxrasm3howpbjdqvfgi ctelxrasm3howpbjdqvfgi
auditor                  clxrm3hwpbjdqvfgi  clxrm3hwpbjdqvfgi  clxrm3hwpbjdqvfgi  clxrm3hwpbjdqvfgi  clxrasm3hwpbjdqvfgi  clxrasm3hwpbjdqvfgi  clxrasm3hwpbjdqvfgi  clxrasm3howpbjdqvfgi  clxrasm3howpbjdqvfgi  clxrasm3howpbjdqvfgi
expert                   -                -                c                ctelxq           ctelxrsqvf         ctelxrsqvf         ctelxrsqvf         ctelxrsmoqvf        clxrsmoqvf          clxrsmoqvf
expert not asked         -                -                -                -                -                  -                  -                  -                   -                   -
commissioner             -                -                -                -                ctelxrasm3hbqvfi    ctelxrasm3hbqvfi    ctelxrasm3hbqvfi    ctelxrasm3hobqvfi    clxrasm3hobqvfi      clxrasm3hobqvfi
commissioner undeclared  -                -                -                -                c                  c                  c                  c                   c                   c
third party              -                -                -                ctelx3qv         ctelx3qv           ctelx3qv           ctelx3qv           -                   -                   -
label officer            -                -                -                -                -                  -                  -                  c                   -                   -
operator                 -                -                -                -                -                  -                  -                  -                   -                   -
"""  # noqa: E501  # a table is read by its columns


def rows() -> list[tuple[str, str, str]]:
    heading, *lines = TRUTH.strip("\n").splitlines()
    stages = heading.split()
    return [
        (line[:25].strip(), stage, letters)
        for line in lines
        for stage, letters in zip(stages, line[25:].split(), strict=True)
    ]


@pytest.mark.parametrize(("who", "stage", "letters"), rows())
def test_who_reads_what_in_which_stage(who: str, stage: str, letters: str) -> None:
    case = case_at(Stage(stage))

    found = [letter for letter, action in LETTERS.items() if permit(principal(PEOPLE[who]), action, case)]

    assert "".join(found) == letters.replace("-", "")


def test_the_table_names_every_reading_of_a_case() -> None:
    assert set(LETTERS.values()) == set(READERS)


@pytest.mark.parametrize(
    ("stage", "letters"),
    [(Stage.INTAKE, "ctelxm3hwqvf"), (Stage.CORRECTION, "ctelxrsm3hwqvf"), (Stage.REFUSED, "ctelxrsm3howqvf")],
)
def test_whoever_hears_an_appeal_reads_the_file_without_names_and_ballots_and_acts_in_nothing(
    stage: Stage, letters: str
) -> None:
    case = case_at(stage)
    judge = principal(person("judge-a", Role.APPEAL_MEMBER))
    hearing = judge.model_copy(update={"hears": frozenset({case.id})})

    assert "".join(letter for letter, action in LETTERS.items() if permit(hearing, action, case)) == letters
    assert not any(permit(hearing, kind, case, rules()) for kind in CASE_ACTS)
    assert not permit(judge, "read_case", case)
    tied = hearing.facts.model_copy(update={"tied_to": (case.lodged.organisation,)})
    assert not permit(hearing.model_copy(update={"facts": tied}), "read_case", case)
    assert not permit(hearing, "read_case", case.model_copy(update={"id": "case-2"}))


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("who", PEOPLE)
def test_an_act_is_permitted_to_whoever_may_know_the_case_exactly_when_the_case_would_take_it(
    who: str, stage: Stage
) -> None:
    case, person = case_at(stage), PEOPLE[who]

    for kind in CASE_ACTS:
        answer = permit(principal(person), kind, case, rules())
        expected = procedure.may(kind, case, person, rules())
        if permit(principal(person), "read_case", case):
            assert _code(answer) == _code(expected)
        else:
            assert _code(answer) == "unknown_application"


def _code(answer: Permission) -> str | None:
    return answer.refusal.code if answer.refusal else None


ACTORS = {
    ("offer_evidence", Stage.INTAKE): {"applicant"},
    ("accept_application", Stage.INTAKE): {"secretariat"},
    ("assign_reviewer", Stage.PLANNING): {"secretariat"},
    ("declare_interests", Stage.PLANNING): {"secretariat", "secretariat tied", "expert"},
    ("record_lookup", Stage.EVALUATION): {"secretariat"},
    ("end_correction", Stage.CORRECTION): {"applicant"},
    ("appoint_rapporteur", Stage.RECOMMENDATION): {"secretariat"},
    ("declare_interests", Stage.DECISION): {
        "secretariat",
        "secretariat tied",
        "expert",
        "commissioner",
        "commissioner undeclared",
        "third party",
    },
    ("cast_ballot", Stage.DECISION): {"commissioner"},
    ("recuse", Stage.DECISION): {"commissioner"},
    ("release_label", Stage.ATTESTATION): {"label officer"},
    ("withdraw_application", Stage.GRANTED): set(),
}


@pytest.mark.parametrize(("kind", "stage"), ACTORS)
def test_who_does_what_in_which_stage(kind: str, stage: Stage) -> None:
    case = case_at(stage)

    found = {who for who, facts in PEOPLE.items() if permit(principal(facts), kind, case, rules())}

    assert found == ACTORS[kind, stage]


@pytest.mark.parametrize(
    ("action", "roles"),
    [
        ("lodge_application", {"applicant"}),
        ("enter_organisation", {"secretariat"}),
        ("invite_person", {"secretariat"}),
        ("hand_in_scheme", {"secretariat"}),
        ("rehearse_scheme", {"secretariat", "commissioner", "auditor", "impartiality_member"}),
        ("read_people", {"secretariat", "auditor", "impartiality_member"}),
        ("read_draws", {"secretariat", "auditor", "impartiality_member"}),
        ("list_cases", {role.value for role in Role} - {"operator"}),
    ],
)
def test_who_does_what_outside_cases(action: str, roles: set[str]) -> None:
    found = {role.value for role in Role if permit(principal(PersonFacts(person="somebody", roles=(role,))), action)}

    assert found == roles


def test_an_action_without_a_rule_is_refused_to_everybody() -> None:
    case = case_at(Stage.DECISION)

    for facts in PEOPLE.values():
        assert not permit(principal(facts), "read_minds", case, rules())
        assert not permit(principal(facts), "lodge_application ", case, rules())


def test_an_act_without_the_rules_of_its_scheme_is_refused() -> None:
    answer = permit(principal(PEOPLE["commissioner"]), "cast_ballot", case_at(Stage.DECISION))

    assert _code(answer) == "not_permitted"


def test_a_token_that_only_reads_does_nothing_and_one_that_only_acts_reads_nothing() -> None:
    reads = principal(PEOPLE["secretariat"], authn="token", scopes=frozenset({"read"}))
    acts = principal(PEOPLE["secretariat"], authn="token", scopes=frozenset({"act"}))
    case = case_at(Stage.INTAKE)

    for action in ACTIONS:
        is_reading = action.startswith(("read_", "list_", "rehearse_", "enter_")) and action != "enter_organisation"
        assert _code(permit(acts if is_reading else reads, action, case, rules())) == "scope_missing"
    assert permit(reads, "read_case", case)
    assert permit(acts, "accept_application", case, rules())


def test_a_forbidden_case_looks_like_one_that_is_not_there() -> None:
    stranger = principal(PEOPLE["applicant elsewhere"])

    with pytest.raises(NotFound) as forbidden:
        require_readable(stranger, case_at(Stage.INTAKE))
    with pytest.raises(NotFound) as absent:
        require_readable(stranger, None)
    with pytest.raises(NotFound) as act:
        require_sendable(stranger, "withdraw_application", case_at(Stage.INTAKE))

    assert str(forbidden.value) == str(absent.value) == str(act.value)


def test_somebody_gets_the_case_that_they_may_read() -> None:
    case = case_at(Stage.INTAKE)

    assert require_readable(principal(PEOPLE["applicant"]), case) is case


def test_a_conflicted_member_may_send_a_ballot_so_that_the_case_refuses_it_on_record() -> None:
    case = case_at(Stage.DECISION, assignments={cases.MEMBERS[0]: cases.assigned(cases.MEMBERS[0])})
    member = principal(PEOPLE["commissioner"])

    assert require_sendable(member, "cast_ballot", case) is case
    assert _code(permit(member, "cast_ballot", case, rules())) == "reviewed_and_decides"


def test_whoever_hears_an_appeal_may_send_an_act_so_that_the_case_refuses_it_on_record() -> None:
    case = case_at(Stage.DECISION)
    judge = principal(person("judge-a", Role.APPEAL_MEMBER), hears=frozenset({case.id}))

    assert require_sendable(judge, "cast_ballot", case) is case


def test_sending_an_act_needs_the_scope_for_it() -> None:
    reads = principal(PEOPLE["applicant"], authn="token", scopes=frozenset({"read"}))

    with pytest.raises(NotPermitted, match="scope_missing"):
        require_sendable(reads, "withdraw_application", case_at(Stage.INTAKE))


def test_somebody_lodges_only_for_their_own_organisation() -> None:
    lodged = case_at(Stage.INTAKE).lodged

    assert permit_lodging(principal(PEOPLE["applicant"]), lodged)
    assert _code(permit_lodging(principal(PEOPLE["applicant elsewhere"]), lodged)) == "not_the_applicant"
    reads = principal(PEOPLE["applicant"], authn="token", scopes=frozenset({"read"}))
    assert _code(permit_lodging(reads, lodged)) == "scope_missing"


def test_an_expert_loses_the_case_with_the_role() -> None:
    case = case_at(Stage.EVALUATION)
    former = PEOPLE["expert"].model_copy(update={"roles": (Role.COMMISSIONER,)})

    assert _code(permit(principal(former), "submit_review", case, rules())) == "unknown_application"


def test_who_keeps_or_audits_cases_sees_none_of_their_own_organisation() -> None:
    case = case_at(Stage.DECISION)

    for who in ("secretariat", "auditor"):
        own = PEOPLE[who].model_copy(update={"organisation": cases.APPLICANT_ORGANISATION})
        assert not permit(principal(own), "read_case", case)


@pytest.mark.parametrize("stage", STAGES)
def test_the_impartiality_committee_reads_what_an_auditor_reads_and_acts_in_no_case(stage: Stage) -> None:
    case, auditor = case_at(stage), PEOPLE["auditor"]
    committee = auditor.model_copy(update={"roles": (Role.IMPARTIALITY_MEMBER,)})

    for action in sorted(ACTIONS - set(CASE_ACTS)):
        answers = [bool(permit(principal(who), action, case, rules())) for who in (auditor, committee)]
        assert answers[0] == answers[1], action
    assert permit(principal(committee), "read_record", case)
    assert not any(permit(principal(committee), act, case, rules()) for act in CASE_ACTS)


def test_a_reviewer_who_sits_in_the_commission_reads_as_a_reviewer_only() -> None:
    case = case_at(Stage.DECISION)
    both = PEOPLE["expert"].model_copy(update={"roles": (Role.EXPERT, Role.COMMISSIONER)})

    assert permit(principal(both), "read_evidence", case)
    assert not permit(principal(both), "read_ballots", case)
    assert not permit(principal(both), "read_recommendation", case)


@pytest.mark.parametrize(
    ("accepted", "has_interest", "evidence"),
    [(True, False, True), (None, False, False), (False, False, False), (True, True, False)],
)
def test_an_expert_opens_evidence_only_after_no_interest_and_yes(
    accepted: bool | None, has_interest: bool, evidence: bool
) -> None:
    ada = cases.REVIEWERS[0]
    case = case_at(
        Stage.EVALUATION,
        assignments={ada: cases.assigned(ada, accepted=accepted)},
        interests={ada: cases.declared(ada, has_interest=has_interest)},
    )

    assert bool(permit(principal(PEOPLE["expert"]), "read_evidence", case)) is evidence
    assert permit(principal(PEOPLE["expert"]), "read_case", case)


@pytest.mark.parametrize(
    ("changes", "reads"),
    [
        ({}, False),
        ({"raises": (TierRaise(before=Tier.MEDIUM, tier=Tier.CRITICAL),)}, True),
        ({"disputed_tier": Tier.CRITICAL}, True),
    ],
    ids=["tier kept", "tier raised", "tier disputed"],
)
def test_an_applicant_learns_what_the_lead_reviewer_found_before_findings_meet_only_where_it_moves_the_tier(
    changes: dict[str, Any], reads: bool
) -> None:
    case = case_at(Stage.EVALUATION, **changes)

    assert bool(permit(principal(PEOPLE["applicant"]), "read_confirmation", case)) is reads


@pytest.mark.parametrize("tier", Tier)
def test_a_neutral_third_party_sees_only_cases_of_the_critical_tier(tier: Tier) -> None:
    case = case_at(Stage.EVALUATION, tier=tier)

    assert bool(permit(principal(PEOPLE["third party"]), "read_case", case)) is (tier == Tier.CRITICAL)


@given(worlds(), st.sampled_from(sorted(ACTIONS)))
def test_an_interest_never_adds_a_right(world: tuple[Case, PersonFacts], action: str) -> None:
    case, person = world
    with_interest = case.model_copy(
        update={"interests": case.interests | {person.person: cases.declared(person.person, has_interest=True)}}
    )

    if permit(principal(person), action, with_interest, rules()):
        assert permit(principal(person), action, case, rules())


@given(worlds(), st.sampled_from(sorted(READERS)))
def test_only_the_known_readings_are_open_and_only_through_read_case(
    world: tuple[Case, PersonFacts], action: str
) -> None:
    case, person = world

    if action in READERS and permit(principal(person), action, case):
        assert permit(principal(person), "read_case", case)


def test_once_a_round_is_open_only_those_who_vote_or_may_step_in_open_what_was_confided() -> None:
    first, *others = cases.MEMBERS
    waiting = case_at(Stage.DECISION, rounds=())
    narrow = cases.open_round(electorate=tuple(others))
    reserve = narrow.model_copy(update={"reserves": (first,)})
    member = principal(person(first, Role.COMMISSIONER))

    def opens(case: Case) -> bool:
        return bool(permit(member, "read_evidence", case))

    assert opens(waiting)
    assert opens(waiting.model_copy(update={"rounds": (cases.open_round(),)}))
    assert opens(waiting.model_copy(update={"rounds": (reserve,)}))
    assert not opens(waiting.model_copy(update={"rounds": (narrow,)}))
    assert opens(waiting.model_copy(update={"rounds": (narrow,), "rapporteur": first}))
