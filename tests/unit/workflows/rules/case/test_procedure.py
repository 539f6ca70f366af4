"""Every act: in its stage, by its role, for its case, in its time; and the one predicate that says so."""

from datetime import timedelta

import pytest

from schemas.acts import ACTS
from schemas.errors import NotPermitted, ProcedureError, Unacceptable
from schemas.people import Role
from schemas.scheme import Tier
from schemas.stages import Choice, Stage
from tests.builders import APPLICANT, MEMBERS, ORGANISATION, SECRETARY, Walk, person, text
from tests.unit.workflows.rules.case.ready import BELONGS_TO, READY
from tests.unit.workflows.rules.refusals import refused
from workflows.rules.case.procedure import decide, due, may, next_due_at

KINDS = sorted(READY)
ELSEWHERE = [(kind, stage) for kind in KINDS for stage in Stage if stage not in BELONGS_TO[kind]]
STRANGERS = [(kind, role) for kind in KINDS for role in Role]


def test_every_act_of_a_case_is_in_these_tables() -> None:
    assert set(READY) == set(BELONGS_TO) == set(ACTS) - {"lodge_application"}


@pytest.mark.parametrize("kind", KINDS)
def test_an_act_in_its_stage_by_its_person_is_taken(kind: str) -> None:
    walk, who, content = READY[kind]()

    assert may(kind, walk.case, who, walk.rules)
    events = decide(walk.case, walk.build(kind, who, **content), walk.now, walk.rules)

    assert events[0].actor == who.person


@pytest.mark.parametrize(("kind", "stage"), ELSEWHERE)
def test_an_act_in_another_stage_is_refused(kind: str, stage: Stage) -> None:
    walk, who, content = READY[kind]()
    elsewhere = walk.case.model_copy(update={"stage": stage})

    with refused("wrong_stage"):
        decide(elsewhere, walk.build(kind, who, **content), walk.now, walk.rules)
    assert not may(kind, elsewhere, who, walk.rules)


@pytest.mark.parametrize(("kind", "role"), STRANGERS)
def test_an_act_by_a_stranger_is_refused_unless_the_role_alone_gives_it(kind: str, role: Role) -> None:
    walk, _, content = READY[kind]()
    stranger = person("stranger", role, organisation="org-elsewhere")
    given_by_role = {
        Role.SECRETARIAT: {
            "accept_application", "decline_application", "assign_reviewer", "approve_plan", "record_lookup",
            "appoint_rapporteur", "record_hearing", "open_round", "ask_question",
            "countersign", "report_undeclared_interest", "confirm_undeclared_interest", "reject_undeclared_interest",
            "assign_reviewers", "draw_third_party", "relieve_reviewer",
        },
        Role.COMMISSIONER: {"declare_interests", "report_undeclared_interest"},
        Role.NEUTRAL_THIRD_PARTY: {"declare_interests", "report_undeclared_interest"},
        Role.LABEL_OFFICER: {"declare_interests", "report_undeclared_interest"},
    }  # fmt: skip
    act = walk.build(kind, stranger, **content)

    if kind in given_by_role.get(role, set()):
        assert decide(walk.case, act, walk.now, walk.rules)
    else:
        # Whoever only keeps the case may declare an interest, and this act declares that there is none.
        keeps = (kind, role) == ("declare_interests", Role.SECRETARIAT)
        with pytest.raises(Unacceptable if keeps else NotPermitted):
            decide(walk.case, act, walk.now, walk.rules)


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"recuse", "declare_interests"}))
def test_an_act_by_someone_who_lost_the_role_since_is_refused(kind: str) -> None:
    walk, who, content = READY[kind]()
    without = who.model_copy(update={"roles": ()})

    with pytest.raises(NotPermitted) as refusal:
        decide(walk.case, walk.build(kind, without, **content), walk.now, walk.rules)
    assert refusal.value.code in {"role_missing", "not_the_applicant", "no_part_in_case"}


def test_a_member_who_lost_the_seat_may_still_leave_the_electorate() -> None:
    walk, who, content = READY["recuse"]()
    walk.act("recuse", who.model_copy(update={"roles": ()}), **content)

    assert who.person in walk.case.rounds[-1].recused


@pytest.mark.parametrize("kind", KINDS)
def test_an_act_before_anything_was_lodged_is_refused(kind: str) -> None:
    walk, who, content = READY[kind]()
    with refused("unknown_application"):
        decide(None, walk.build(kind, who, **content), walk.now, walk.rules)


@pytest.mark.parametrize("kind", KINDS)
def test_an_act_for_another_case_is_refused(kind: str) -> None:
    walk, who, content = READY[kind]()
    with refused("another_case"):
        decide(walk.case, walk.build(kind, who, **content, application="case-2"), walk.now, walk.rules)


@pytest.mark.parametrize("kind", KINDS)
def test_a_refused_act_changes_nothing(kind: str) -> None:
    walk, _, content = READY[kind]()
    before = walk.case.model_dump_json()

    with pytest.raises(ProcedureError):
        walk.act(kind, person("nobody"), **content)
    assert walk.case.model_dump_json() == before


def test_the_clock_alone_may_move_a_case_only_while_evidence_is_gathered_or_a_round_is_open() -> None:
    walk = Walk().to_intake()
    assert next_due_at(walk.case, walk.rules) is None
    walk.act("accept_application", SECRETARY)
    assert next_due_at(walk.case, walk.rules) == walk.case.evidence_due_at
    walk.with_evidence().act("submit_evidence", APPLICANT)
    assert next_due_at(walk.case, walk.rules) is None

    voting = Walk().to_round()
    assert next_due_at(voting.case, voting.rules) == voting.case.rounds[0].closes_at
    assert next_due_at(voting.voted(*[Choice.GRANT] * 3).case, voting.rules) is None


def test_evidence_lapses_exactly_at_its_time_and_not_a_second_before() -> None:
    walk = Walk().to_intake().act("accept_application", SECRETARY)
    due_at = walk.case.evidence_due_at
    assert due_at is not None

    assert due(walk.case, due_at - timedelta(seconds=1), walk.rules) == ()
    assert [event.kind for event in due(walk.case, due_at, walk.rules)] == ["application_lapsed"]


def test_no_act_slips_in_between_a_deadline_and_the_clock_that_follows_it() -> None:
    walk = Walk().to_intake().act("accept_application", SECRETARY).with_evidence()
    walk.now += timedelta(days=60)
    with refused("too_late"):
        walk.act("submit_evidence", APPLICANT)

    voting = Walk().to_round()
    voting.now = voting.case.rounds[0].closes_at
    with refused("too_late"):
        voting.voted(Choice.GRANT)
    voting.pass_time(seconds=0)
    with refused("no_open_round"):
        voting.ballot(voting.members[0], Choice.GRANT)


@pytest.mark.parametrize("tier", list(Tier))
def test_a_straight_case_of_every_tier_ends_in_attestation(tier: Tier) -> None:
    assert Walk(tier, members=9).to_grant().case.stage == Stage.ATTESTATION


def test_the_applicant_may_leave_in_every_stage_until_the_round_closes_with_a_decision() -> None:
    steps = (
        Walk().to_intake(),
        Walk().to_intake().act("accept_application", SECRETARY),
        Walk().to_planning(),
        Walk().to_evaluation(),
        Walk(edition=2).to_correction(),
        Walk().to_recommendation(),
        Walk().to_decision(),
        Walk().to_round().voted(Choice.GRANT),
    )
    assert {walk.case.stage for walk in steps} == set(BELONGS_TO["withdraw_application"])

    for walk in steps:
        left = walk.act("withdraw_application", APPLICANT, reasons=text()).case
        assert (left.stage, left.ended_at) == (Stage.WITHDRAWN_BY_APPLICANT, walk.now)

    with refused("wrong_stage"):
        Walk().to_grant().act("withdraw_application", APPLICANT)


def test_a_commissioner_of_the_applicants_own_organisation_takes_no_part() -> None:
    walk = Walk().to_round()
    voter = walk.voters()[0].model_copy(update={"organisation": ORGANISATION})

    with refused("own_organisation"):
        walk.ballot(voter, Choice.GRANT)
    with refused("own_organisation"):
        Walk().to_recommendation().act(
            "appoint_rapporteur", SECRETARY, rapporteur="member-a", people={"member-a": MEMBERS[0].model_copy(
                update={"organisation": ORGANISATION})},
        )  # fmt: skip
