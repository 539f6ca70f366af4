"""Suspending at once or by a vote, what becomes of it, and restoring (procedure, Life of a label)."""

from datetime import timedelta

import pytest

from schemas.label import Standing
from schemas.people import InstitutionFacts, Role
from schemas.scheme import Tier
from schemas.voting import Voice
from tests.builders import APPLICANT, EXPERTS, MEMBERS, ORGANISATION, SECRETARY, person, text
from tests.label_walk import JUDGES, LabelWalk
from tests.unit.workflows.rules.refusals import refused
from workflows.rules.deadlines import working_days_after

PROPOSAL = {"because": "mark_misused", "reasons": text("Misused."), "restoration": text("Take it down.")}


def declared(walk: LabelWalk, *members: int) -> LabelWalk:
    for place in members:
        walk.act("declare_matter_interests", MEMBERS[place], has_interest=False)
    return walk


def test_chair_and_one_more_member_suspend_at_once() -> None:
    walk = LabelWalk().suspended()

    assert walk.state.standing == Standing.SUSPENDED
    step = walk.state.steps[-1]
    assert (step.because, step.restoration) == ("mark_misused", text("Take it down."))
    assert walk.events[-1].actor == MEMBERS[1].person


def test_the_chair_may_also_be_the_second() -> None:
    walk = declared(LabelWalk(), 0, 3).act("propose_suspension", MEMBERS[3], **PROPOSAL)
    walk.act("confirm_suspension", MEMBERS[0])
    assert walk.state.standing == Standing.SUSPENDED


def test_the_deputy_stands_for_the_chair() -> None:
    seats = InstitutionFacts(commission=tuple(one.person for one in MEMBERS), deputy=MEMBERS[4].person)
    walk = declared(LabelWalk(), 3, 4).act("propose_suspension", MEMBERS[3], **PROPOSAL, institution=seats)
    walk.act("confirm_suspension", MEMBERS[4], institution=seats)
    assert walk.state.standing == Standing.SUSPENDED


def test_two_members_without_chair_or_deputy_do_not_suspend() -> None:
    walk = declared(LabelWalk(), 2, 3).act("propose_suspension", MEMBERS[2], **PROPOSAL)
    with refused("chair_or_deputy_needed"):
        walk.act("confirm_suspension", MEMBERS[3])


def test_nobody_confirms_their_own_proposal() -> None:
    walk = declared(LabelWalk(), 0).act("propose_suspension", MEMBERS[0], **PROPOSAL)
    with refused("second_member_needed"):
        walk.act("confirm_suspension", MEMBERS[0])


def test_a_proposal_of_somebody_without_a_seat_by_now_is_not_confirmed() -> None:
    walk = declared(LabelWalk(), 0, 3).act("propose_suspension", MEMBERS[3], **PROPOSAL)
    others = tuple(one.person for one in MEMBERS if one != MEMBERS[3])
    seats = InstitutionFacts(commission=others, chair=MEMBERS[0].person)
    with refused("proposer_not_seated"):
        walk.act("confirm_suspension", MEMBERS[0], institution=seats)


def test_a_proposal_is_confirmed_for_as_long_as_a_suspension_without_a_vote_would_stand() -> None:
    walk = declared(LabelWalk(), 0, 3).act("propose_suspension", MEMBERS[3], **PROPOSAL)
    days = walk.rules.clocks.suspension_void_after_working_days
    end = working_days_after(walk.now, days, walk.rules.clocks.calendar)
    walk.now = end
    with refused("proposal_too_old"):
        walk.act("confirm_suspension", MEMBERS[0])
    walk.now = end - timedelta(seconds=1)
    walk.act("confirm_suspension", MEMBERS[0])
    assert walk.state.standing == Standing.SUSPENDED


def test_nothing_is_confirmed_before_it_is_proposed() -> None:
    walk = declared(LabelWalk(), 0)
    with refused("nothing_proposed"):
        walk.act("confirm_suspension", MEMBERS[0])


def test_without_an_elected_chair_only_a_vote_suspends() -> None:
    seats = InstitutionFacts(commission=tuple(one.person for one in MEMBERS))
    walk = declared(LabelWalk(), 0)
    with refused("no_chair"):
        walk.act("propose_suspension", MEMBERS[0], **PROPOSAL, institution=seats)
    walk.act("put_suspension_to_vote", SECRETARY, **PROPOSAL).carried()

    assert walk.state.standing == Standing.SUSPENDED
    assert walk.state.suspension.void_at is None
    assert walk.state.steps[-1].motion == 1


def test_a_member_who_lost_their_seat_does_not_suspend() -> None:
    seats = InstitutionFacts(commission=(MEMBERS[1].person,), chair=MEMBERS[1].person)
    walk = declared(LabelWalk(), 0)
    with refused("not_seated"):
        walk.act("propose_suspension", MEMBERS[0], **PROPOSAL, institution=seats)


@pytest.mark.parametrize(
    ("who", "code"),
    [
        (SECRETARY, "role_missing"),
        (APPLICANT, "role_missing"),
        (person("member-a", Role.COMMISSIONER, organisation=ORGANISATION), "own_organisation"),
        (person(EXPERTS[0].person, Role.COMMISSIONER), "reviewed_and_decides"),
        (MEMBERS[5], "interests_not_declared"),
    ],
)
def test_who_may_not_suspend(who, code: str) -> None:
    with refused(code):
        LabelWalk().act("propose_suspension", who, **PROPOSAL)


def test_only_a_ground_for_suspension_suspends() -> None:
    walk = declared(LabelWalk(), 0)
    with refused("no_such_ground"):
        walk.act("propose_suspension", MEMBERS[0], **{**PROPOSAL, "because": "granted"})
    with refused("no_such_ground"):
        walk.act("put_suspension_to_vote", SECRETARY, **{**PROPOSAL, "because": "left_code"})


def test_a_suspension_that_nobody_confirms_falls_away_after_ten_working_days() -> None:
    walk = LabelWalk().suspended()
    begun_at, void_at = walk.now, walk.state.suspension.void_at
    assert void_at - begun_at == timedelta(days=14)

    walk.until(void_at - timedelta(seconds=1))
    assert walk.state.standing == Standing.SUSPENDED
    walk.until(void_at)
    assert walk.state.standing == Standing.IN_FORCE
    assert walk.state.steps[-1].because == "suspension_not_confirmed"


def test_the_commission_is_reminded_before_a_suspension_falls_away() -> None:
    walk = LabelWalk().suspended().pass_time(days=15)
    given = [(one.clock, one.days) for one in walk.events if one.kind == "reminder_given"]
    assert given == [("suspension/1", 7), ("suspension/1", 3)]


def test_a_confirmed_suspension_stands_until_the_label_is_restored() -> None:
    walk = LabelWalk().suspended().act("put_confirmation_to_vote", SECRETARY).carried()
    walk.pass_time(days=60)
    assert walk.state.standing == Standing.SUSPENDED
    with refused("confirmed_already"):
        walk.act("put_confirmation_to_vote", SECRETARY)

    walk.act("put_restoration_to_vote", SECRETARY, reasons=text("It is down.")).carried()
    assert walk.standings == ["in_force", "suspended", "in_force"]
    assert walk.state.steps[-1].because == "conditions_met"


def test_a_suspension_that_the_commission_votes_down_ends_at_once() -> None:
    walk = LabelWalk().suspended().act("put_confirmation_to_vote", SECRETARY).carried(Voice.AGAINST)
    assert walk.state.standing == Standing.IN_FORCE
    assert walk.state.steps[-1].because == "suspension_voted_down"


@pytest.mark.parametrize("is_voted_down", [True, False])
def test_on_a_ground_whose_suspension_fell_away_only_the_commission_suspends(is_voted_down: bool) -> None:
    walk = LabelWalk().suspended()
    if is_voted_down:
        walk.act("put_confirmation_to_vote", SECRETARY).carried(Voice.AGAINST)
    else:
        assert walk.state.suspension is not None
        assert walk.state.suspension.void_at is not None
        walk.until(walk.state.suspension.void_at)
    walk.pass_time(seconds=1)
    with refused("suspension_fell_away"):
        walk.suspended()
    walk.suspended("harm_reported").act("put_confirmation_to_vote", SECRETARY).carried()
    walk.act("put_restoration_to_vote", SECRETARY, reasons=text()).carried()
    walk.act(
        "put_suspension_to_vote", SECRETARY, because="mark_misused", reasons=text(), restoration=text()
    ).carried().act("put_restoration_to_vote", SECRETARY, reasons=text()).carried()
    walk.suspended()


def test_new_danger_is_acted_on_at_once_after_a_surveillance_since_the_suspension_fell_away_was_passed() -> None:
    walk = LabelWalk().to_surveillance().handed_in().judged()
    walk.suspended("life_or_health_at_risk").until(walk.state.suspension.void_at).pass_time(seconds=1).maintained()
    with refused("suspension_fell_away"):  # what was looked at had been opened before
        walk.suspended("life_or_health_at_risk")
    walk.act("open_extraordinary_surveillance", SECRETARY, cause="incident", reasons=text()).handed_in().judged()
    with refused("suspension_fell_away"):
        walk.suspended("life_or_health_at_risk")
    walk.maintained().suspended("life_or_health_at_risk")
    assert walk.standings[-1] == "suspended"


def test_a_vote_to_confirm_ends_no_later_than_the_suspension_would() -> None:
    walk = LabelWalk(Tier.CRITICAL).suspended()
    walk.act("put_confirmation_to_vote", SECRETARY)
    assert walk.state.open_motion.closes_at == walk.state.suspension.void_at


def test_a_vote_to_confirm_without_quorum_lets_the_suspension_fall_away() -> None:
    walk = LabelWalk(Tier.HIGH).suspended().act("put_confirmation_to_vote", SECRETARY).all_declare()
    walk.vote(walk.voters()[0]).pass_time(days=15)
    assert walk.kinds()[-2:] == ["motion_closed", "suspension_voided"]


def test_a_suspension_sets_an_open_vote_aside() -> None:
    walk = LabelWalk().heard().act("put_scope_to_vote", SECRETARY, scope=text("Less."), reasons=text())
    walk.suspended()
    assert walk.kinds()[-2:] == ["label_suspended", "vote_set_aside"]
    walk.act("put_confirmation_to_vote", SECRETARY).carried()
    assert walk.state.suspension.void_at is None


def test_a_failed_vote_to_suspend_changes_nothing() -> None:
    walk = LabelWalk().act("put_suspension_to_vote", SECRETARY, **PROPOSAL).carried(Voice.AGAINST)
    assert walk.standings == ["in_force"]


def test_restoring_is_decided_by_the_rule_of_the_tier() -> None:
    low = LabelWalk().suspended().act("put_restoration_to_vote", SECRETARY, reasons=text())
    critical = LabelWalk(Tier.CRITICAL).suspended().act("put_restoration_to_vote", SECRETARY, reasons=text())

    assert len(low.state.open_motion.electorate) == 3
    assert (critical.state.open_motion.quorum, critical.state.open_motion.majority) == ("2/3", "3/4")


def test_a_label_in_force_is_not_restored_and_a_suspended_one_not_suspended() -> None:
    with refused("not_suspended"):
        LabelWalk().act("put_restoration_to_vote", SECRETARY, reasons=text())
    with refused("not_in_force"):
        declared(LabelWalk().suspended(), 2).act("propose_suspension", MEMBERS[2], **PROPOSAL)
    with refused("not_suspended"):
        LabelWalk().act("put_confirmation_to_vote", SECRETARY)


def test_a_label_is_not_restored_while_what_it_was_suspended_for_is_not_judged() -> None:
    walk = LabelWalk().to_surveillance().pass_time(days=30)
    assert walk.state.standing == Standing.SUSPENDED
    with refused("not_judged"):
        walk.act("put_restoration_to_vote", SECRETARY, reasons=text())
    walk.handed_in().judged().act("put_restoration_to_vote", SECRETARY, reasons=text()).carried()

    assert walk.state.standing == Standing.IN_FORCE
    assert walk.state.surveillances[0].outcome == "restore"


def test_a_surveillance_missed_while_suspended_comes_before_restoring() -> None:
    walk = LabelWalk().suspended().act("put_confirmation_to_vote", SECRETARY).carried()
    walk.to_surveillance().pass_time(days=31)
    with refused("surveillance_missed"):
        walk.act("put_restoration_to_vote", SECRETARY, reasons=text())


def test_the_secretariat_of_the_holder_puts_nothing_to_the_vote() -> None:
    with refused("own_organisation"):
        LabelWalk().act(
            "put_suspension_to_vote", person("sofia", Role.SECRETARIAT, organisation=ORGANISATION), **PROPOSAL
        )


def test_one_vote_is_open_at_a_time() -> None:
    walk = LabelWalk().act("put_suspension_to_vote", SECRETARY, **PROPOSAL)
    with refused("motion_is_open"):
        walk.heard().act("put_scope_to_vote", SECRETARY, scope=text("Less."), reasons=text())


def test_who_evaluated_the_case_or_judged_a_surveillance_belongs_to_no_electorate() -> None:
    walk = LabelWalk().to_surveillance().handed_in().judged()
    both = [person(one.person, Role.COMMISSIONER) for one in (EXPERTS[0], JUDGES[0])]
    walk.members = (*walk.members[:5], *both)
    walk.act("put_suspension_to_vote", SECRETARY, **PROPOSAL)

    assert {one.person for one in both}.isdisjoint(walk.state.open_motion.pool)


def test_an_elected_substitute_steps_in_for_a_member_with_an_interest() -> None:
    walk = LabelWalk(Tier.MEDIUM)
    walk.members = walk.members[:5]
    spare = MEMBERS[7]
    seats = InstitutionFacts(
        commission=tuple(one.person for one in walk.members), substitutes=(EXPERTS[0].person, spare.person)
    )
    people = {one.person: one for one in (*walk.members, spare, EXPERTS[0])}
    walk.act("put_suspension_to_vote", SECRETARY, **PROPOSAL, institution=seats, people=people)
    walk.act("declare_matter_interests", MEMBERS[0], has_interest=True, statement=text("My cousin's."))

    assert walk.kinds()[-2:] == ["elector_left", "substitute_stepped_in"]
    assert spare.person in walk.state.open_motion.base


def test_an_elected_substitute_who_found_an_interest_before_their_turn_steps_aside_at_once() -> None:
    walk = LabelWalk(Tier.MEDIUM)
    walk.members = walk.members[:5]
    first, second = MEMBERS[7:9]
    seats = InstitutionFacts(
        commission=tuple(one.person for one in walk.members), substitutes=(first.person, second.person)
    )
    people = {one.person: one for one in (*walk.members, first, second)}
    walk.act("put_suspension_to_vote", SECRETARY, **PROPOSAL, institution=seats, people=people)
    walk.act("declare_matter_interests", first, has_interest=True, statement=text("My cousin's."))
    walk.act("leave_electorate", MEMBERS[0], reason=text())

    assert walk.kinds()[-3:] == ["substitute_stepped_in", "elector_left", "substitute_stepped_in"]
    assert walk.state.open_motion.base == (*(one.person for one in walk.members[1:]), second.person)


def before_it_is_missed(walk: LabelWalk) -> LabelWalk:
    walk.to_surveillance()
    return walk.until(walk.clocks()["surveillance_missed/1"].due_at - timedelta(days=1))


@pytest.mark.parametrize("tier", Tier)
def test_vote_to_suspend_ends_when_a_missed_surveillance_suspends(tier: Tier) -> None:
    walk = before_it_is_missed(LabelWalk(tier))
    walk.act("put_suspension_to_vote", SECRETARY, **PROPOSAL)

    walk.pass_time(days=1, hours=1)

    assert walk.state.open_motion is None
    assert [one.reason for one in walk.events if one.kind == "vote_set_aside"] == ["suspended"]
    assert walk.standings == ["in_force", "suspended"]
    assert walk.state.suspension.surveillance == 1


@pytest.mark.parametrize("tier", Tier)
def test_vote_to_restore_ends_when_the_suspension_falls_away(tier: Tier) -> None:
    walk = LabelWalk(tier).suspended()
    walk.until(walk.state.suspension.void_at - timedelta(hours=1))
    walk.act("put_restoration_to_vote", SECRETARY, reasons=text("Taken down."))

    walk.pass_time(hours=2)

    assert walk.state.open_motion is None
    assert [one.reason for one in walk.events if one.kind == "vote_set_aside"] == ["suspension_voided"]
    assert walk.standings == ["in_force", "suspended", "in_force"]


@pytest.mark.parametrize("standing", [Standing.IN_FORCE, Standing.SUSPENDED])
def test_vote_that_closed_on_another_standing_changes_nothing(standing: Standing) -> None:
    walk = LabelWalk()
    if standing == Standing.SUSPENDED:
        walk.act("put_suspension_to_vote", SECRETARY, **PROPOSAL)
    else:
        walk.suspended().act("put_restoration_to_vote", SECRETARY, reasons=text("Taken down."))
    before = walk.standings
    walk.state = walk.state.model_copy(update={"standing": standing})

    walk.carried()

    assert walk.standings == before


def test_proposer_who_declares_an_interest_is_not_one_of_the_two() -> None:
    walk = declared(LabelWalk(), 0, 1, 2)
    walk.act("propose_suspension", MEMBERS[0], **PROPOSAL)
    walk.act("declare_matter_interests", MEMBERS[0], has_interest=True, statement=text("I work for a competitor."))

    with refused("proposer_has_interest"):
        walk.act("confirm_suspension", MEMBERS[1])
    assert walk.state.standing == Standing.IN_FORCE


def test_proposer_of_whom_an_interest_is_found_is_not_one_of_the_two() -> None:
    walk = declared(LabelWalk(Tier.HIGH), 0, 1)
    walk.act("propose_suspension", MEMBERS[0], **PROPOSAL)
    walk.act("report_interest", SECRETARY, person=MEMBERS[0].person, statement=text("Worked for them."))
    walk.act("confirm_interest", person("sven", Role.SECRETARIAT), person=MEMBERS[0].person)

    with refused("proposer_has_interest"):
        walk.act("confirm_suspension", MEMBERS[1])
