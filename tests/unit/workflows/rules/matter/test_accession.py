"""Joining the Code: applied for, considered by the Commission, entered or refused (Code, II-2.1 to II-2.4)."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from schemas.clocks import Clock
from schemas.identifiers import ENGINE
from schemas.organisation import JoinOutcome
from schemas.people import InstitutionFacts, Role
from schemas.voting import Voice
from tests.builders import APPLICANT, MEMBERS, ORGANISATION, SECRETARY, person, scheme, text
from tests.matters import MatterWalk
from tests.unit.workflows.rules.matter.joining import (
    JOINING,
    OFFICER,
    OTHER_SECRETARY,
    entered,
    joining,
    left,
    seeded,
    voting,
)
from tests.unit.workflows.rules.refusals import refused
from workflows.rules.matter.accession import VOTES_MAX
from workflows.rules.matter.organisations import ORGANISATION as KERNEL
from workflows.rules.matter.organisations import clocks_of


def clocks(walk: MatterWalk) -> list[Clock]:
    return list(clocks_of(walk.state, walk.rules))


def refused_one() -> MatterWalk:
    return voting().carried(Voice.AGAINST).act("refuse_accession", SECRETARY, reasons=text("Not yet."))


def test_a_carried_vote_enters_the_organisation_in_the_register() -> None:
    walk = voting(**OFFICER, has_ethics_commission=True).carried()

    assert walk.kinds()[-2:] == ["motion_closed", "participant_entered"]
    assert walk.events[-1].actor == ENGINE
    state = walk.state
    assert (state.name, state.country, state.roles) == ("Acme Vision", "EE", ("developer", "operator"))
    assert (state.entered_at, state.motion, state.is_participant) == (walk.now, 1, True)
    assert (state.officer, state.public_contact) == ("Olga Officer", "ethics@acme.example")
    assert state.has_ethics_commission
    assert state.application.outcome == JoinOutcome.ENTERED


def test_an_address_goes_from_the_application_into_the_register_and_again_with_a_later_one() -> None:
    walk = entered(**OFFICER, address="12 Quay Street, Tallinn")
    assert walk.state.address == "12 Quay Street, Tallinn"

    walk.act("leave_code", APPLICANT, labels=())
    walk.act("apply_to_join", APPLICANT, **JOINING).act("open_accession_vote", SECRETARY).carried()
    assert walk.state.address is None


def test_an_address_that_the_secretariat_enters_stands_in_the_register() -> None:
    assert seeded(address="12 Quay Street, Tallinn").state.address == "12 Quay Street, Tallinn"


def test_without_an_address_an_application_and_an_entry_are_written_as_before_there_were_any() -> None:
    events = [event.model_dump(mode="json") for event in entered().events]

    assert "address" not in events[0]["application"]
    assert "address" not in events[-1]


@pytest.mark.parametrize("address", ["", "12 Quay Street\nTallinn", "x" * 201])
def test_an_address_is_one_line_of_two_hundred_characters_at_most(address: str) -> None:
    with pytest.raises(ValidationError, match="address"):
        seeded(address=address)


def test_the_vote_follows_the_rule_of_the_low_tier() -> None:
    vote = voting().state.open_motion
    rules = scheme().rules.tiers["low"].decision

    assert (vote.subject, len(vote.electorate)) == ("admit", rules.members_present_min)
    assert (vote.quorum, vote.majority) == (str(rules.members_present_min), rules.majority)


def test_whoever_was_voted_down_is_told_why_and_may_apply_again() -> None:
    walk = voting().carried(Voice.AGAINST)
    assert walk.kinds()[-1] == "join_voted_down"
    assert not walk.state.is_participant
    with refused("application_pending"):
        walk.act("apply_to_join", APPLICANT, **JOINING)

    walk.act("refuse_accession", SECRETARY, reasons=text("Not yet."))
    assert (walk.state.application.outcome, walk.state.application.reasons) == ("refused", text("Not yet."))
    walk.act("apply_to_join", APPLICANT, **JOINING).act("open_accession_vote", SECRETARY).carried()
    assert (walk.state.is_participant, walk.state.application.number, walk.state.motion) == (True, 2, 2)


def test_a_vote_without_quorum_decides_nothing_and_another_can_be_opened() -> None:
    walk = voting().all_declare().pass_time(days=30)
    assert walk.state.open_motion is None
    assert walk.state.application.outcome == JoinOutcome.PENDING

    walk.act("open_accession_vote", SECRETARY).carried()
    assert walk.state.is_participant


def test_an_interest_declared_for_one_application_is_declared_anew_for_the_next() -> None:
    walk = refused_one()
    assert walk.state.interests
    walk.act("apply_to_join", APPLICANT, **JOINING)
    assert walk.state.interests == {}


def test_an_application_can_be_taken_back_before_the_vote_and_not_in_it() -> None:
    walk = joining().act("take_back_application", APPLICANT)
    assert walk.state.application.outcome == JoinOutcome.TAKEN_BACK
    with refused("nothing_applied_for"):
        walk.act("open_accession_vote", SECRETARY)
    with refused("nothing_applied_for"):
        walk.act("take_back_application", APPLICANT)

    with refused("motion_is_open"):
        voting().act("take_back_application", APPLICANT)
    with refused("voted_down"):
        voting().carried(Voice.AGAINST).act("take_back_application", APPLICANT)


OTHERS = (
    SECRETARY,
    person("zora", Role.APPLICANT, organisation="org-other"),
    person("ed", Role.EXPERT, organisation=ORGANISATION),
)


@pytest.mark.parametrize("who", OTHERS, ids=lambda who: who.person)
def test_only_the_organisation_itself_applies_and_takes_back(who: Any) -> None:
    with refused("not_the_organisation"):
        MatterWalk(KERNEL, ORGANISATION).act("apply_to_join", who, **JOINING)
    with refused("not_the_organisation"):
        joining().act("take_back_application", who)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ({"namesake": "org-other"}, "name_taken"),
        ({"officer": "Olga"}, "contact_missing"),
        ({"public_contact": "ethics@acme.example"}, "officer_missing"),
        ({"private_contact": text("+372 5")}, "officer_missing"),
    ],
)
def test_an_application_that_names_what_cannot_stand_in_the_register_is_refused(
    content: dict[str, Any], code: str
) -> None:
    with refused(code):
        joining(**content)


def test_a_name_that_was_taken_meanwhile_is_not_voted_on() -> None:
    with refused("name_taken"):
        joining().act("open_accession_vote", SECRETARY, namesake="org-other")


def test_an_organisation_that_stands_in_the_register_or_waits_does_not_apply() -> None:
    with refused("already_entered"):
        entered().act("apply_to_join", APPLICANT, **JOINING)
    with refused("application_pending"):
        joining().act("apply_to_join", APPLICANT, **JOINING)


def test_only_the_secretariat_opens_the_vote_and_none_of_that_organisation() -> None:
    for who in (APPLICANT, MEMBERS[0]):
        with refused("role_missing"):
            joining().act("open_accession_vote", who)
    with refused("own_organisation"):
        joining().act("open_accession_vote", OTHER_SECRETARY)
    with refused("motion_is_open"):
        voting().act("open_accession_vote", SECRETARY)
    with refused("nothing_applied_for"):
        entered().act("open_accession_vote", SECRETARY)


def test_nobody_is_refused_whom_the_commission_has_not_voted_down() -> None:
    for walk in (joining(), voting(), entered(), refused_one()):
        with refused("not_voted_down"):
            walk.act("refuse_accession", SECRETARY, reasons=text())
    with refused("role_missing"):
        voting().carried(Voice.AGAINST).act("refuse_accession", MEMBERS[0], reasons=text())


def test_a_member_of_the_organisation_is_not_drawn() -> None:
    walk = joining()
    walk.members = (*walk.members[:6], MEMBERS[6].model_copy(update={"organisation": ORGANISATION}))
    assert MEMBERS[6].person not in walk.act("open_accession_vote", SECRETARY).state.open_motion.pool


def test_whoever_lost_the_seat_votes_no_more_in_a_vote_that_was_open_before() -> None:
    walk = voting().all_declare()
    first, second, *_ = walk.voters()
    others = tuple(one.person for one in MEMBERS if one.person != first.person)
    seats = InstitutionFacts(commission=others, entry=7)
    with refused("seat_lost"):
        walk.vote(first, institution=seats)
    walk.vote(second, institution=seats)
    walk.vote(first, institution=InstitutionFacts(commission=others))
    assert set(walk.state.open_motion.ballots) == {first.person, second.person}, "before any election the role counts"


def test_so_many_votes_are_taken_on_one_organisation_and_no_more() -> None:
    walk = joining()
    for _ in range(VOTES_MAX):
        walk.act("open_accession_vote", SECRETARY).pass_time(days=30)
    with refused("too_many_motions"):
        walk.act("open_accession_vote", SECRETARY)


def test_the_commission_is_reminded_of_its_time_until_the_applicant_has_an_answer() -> None:
    walk = joining()
    assert walk.state.application.decide_by - walk.now >= timedelta(days=28)
    (clock,) = clocks(walk)
    assert (clock.name, clock.waits_for, clock.has_effect) == ("accession", "commission", False)
    walk.pass_time(days=40)
    assert [event.days for event in walk.events if event.kind == "reminder_given"] == [7, 3, -1]

    assert [clock.name for clock in clocks(refused_one())] == []
    assert [clock.name for clock in clocks(voting().carried(Voice.AGAINST))] == ["accession"]


def test_what_the_record_of_before_tells_of_entries_by_one_alone_still_holds() -> None:
    walk = seeded(ethics_officer="Olga Officer")
    assert (walk.state.entered_at, walk.state.motion, walk.state.entry) == (walk.now, None, 1)
    assert seeded(person(ENGINE)).state.is_participant
    for who in (APPLICANT, MEMBERS[0], person("olaf", Role.OPERATOR)):
        with refused("role_missing"):
            seeded(who)
    with refused("own_organisation"):
        seeded(OTHER_SECRETARY)


@pytest.mark.parametrize(
    ("walk", "code"),
    [(joining, "application_pending"), (entered, "already_entered"), (left, "known_here"), (refused_one, "known_here")],
)
def test_whoever_is_known_here_is_entered_by_a_vote_only(walk: Any, code: str) -> None:
    content = {"name": "Acme Vision", "country": "EE", "roles": ("developer",)}
    with refused(code):
        walk().act("enter_participant", SECRETARY, **content)
    assert KERNEL.may("enter_participant", walk().state, SECRETARY, scheme().rules).refusal.code == code  # type: ignore[union-attr]  # refused


def test_an_act_before_anything_is_known_of_an_organisation_is_refused() -> None:
    for kind, content in {"open_accession_vote": {}, "name_officer": {"officer": "Olga"}, "leave_code": {}}.items():
        with refused("unknown_matter"):
            MatterWalk(KERNEL, ORGANISATION).act(kind, APPLICANT, **content)
