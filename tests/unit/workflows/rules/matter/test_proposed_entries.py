"""Entries without a vote take two of the secretariat (Code, II-2.4)."""

from typing import Any

import pytest

from schemas.clocks import Party, Waiting
from schemas.identifiers import ENGINE
from schemas.organisation import EntryOutcome
from schemas.people import PersonFacts, Role
from tests.builders import APPLICANT, MEMBERS, ORGANISATION, SECRETARY, person, scheme, text
from tests.matters import MatterWalk
from tests.unit.workflows.rules.matter.joining import (
    ENTRANT,
    JOINING,
    OTHER_SECRETARY,
    SECOND,
    entered,
    joining,
    left,
    proposed,
    rejected,
    seeded,
)
from tests.unit.workflows.rules.refusals import refused
from workflows.rules.matter.extracts import awaits_extract
from workflows.rules.matter.organisations import ORGANISATION as KERNEL
from workflows.rules.matter.proposed_entries import waits_for

TIED = person("tilda", Role.SECRETARIAT).model_copy(update={"tied_to": (ORGANISATION,)})
SETTLING = ("confirm_entry", "reject_entry")


def settle(walk: MatterWalk, kind: str, who: PersonFacts, number: int = 1) -> MatterWalk:
    reasons = {"reasons": text()} if kind == "reject_entry" else {}
    return walk.act(kind, who, number=number, **reasons)


def may(walk: MatterWalk, kind: str, who: PersonFacts) -> str | None:
    refusal = KERNEL.may(kind, walk.state, who, scheme().rules).refusal
    return refusal.code if refusal is not None else None


def test_a_proposed_organisation_does_not_stand_in_the_register() -> None:
    walk = proposed(ethics_officer="Olga Officer", address="Quay 1")
    assert (walk.kinds(), walk.state.is_participant, walk.state.name) == (["entry_proposed"], False, None)
    assert not awaits_extract(walk.state)
    for kind, content in {
        "name_officer": {"officer": "Olga", "public_contact": "o@a.example"},
        "leave_code": {},
    }.items():
        with refused("not_in_register"):
            walk.act(kind, APPLICANT, **content)


def test_another_person_confirms_it_and_the_organisation_is_entered_as_it_was_proposed() -> None:
    walk = settle(proposed(ethics_officer="Olga Officer", address="Quay 1"), "confirm_entry", SECOND)
    assert walk.kinds() == ["entry_proposed", "participant_entered"]
    entry, state = walk.events[-1], walk.state
    assert (entry.actor, entry.proposed_by, entry.motion) == (SECOND.person, SECRETARY.person, None)  # type: ignore[attr-defined]  # an entry
    assert (state.is_participant, state.name, state.country, state.roles) == (True, "Acme Vision", "EE", ("developer",))
    assert (state.officer, state.address, state.register_entry) == ("Olga Officer", "Quay 1", 2)
    assert state.entry_proposal.outcome == EntryOutcome.CONFIRMED


def test_the_two_months_for_an_officer_begin_with_the_confirmation() -> None:
    walk = proposed()
    assert walk.pass_time(days=100).kinds() == ["entry_proposed"]
    settle(walk, "confirm_entry", SECOND)
    assert (walk.state.officer_due_at - walk.now).days == 60


def test_whoever_proposed_it_does_not_confirm_it_but_may_take_it_back() -> None:
    walk = proposed()
    with refused("second_person_needed"):
        settle(walk, "confirm_entry", SECRETARY)
    assert (may(walk, "confirm_entry", SECRETARY), may(walk, "confirm_entry", SECOND)) == ("second_person_needed", None)
    assert settle(walk, "reject_entry", SECRETARY).state.waiting_entry is None


@pytest.mark.parametrize(
    ("who", "code"),
    [
        (OTHER_SECRETARY, "own_organisation"),
        (TIED, "tied_to_party"),
        (APPLICANT, "role_missing"),
        (MEMBERS[0], "role_missing"),
        (person("olaf", Role.OPERATOR), "role_missing"),
        (person("aud", Role.AUDITOR), "role_missing"),
        (person(ENGINE), "role_missing"),
    ],
)
def test_only_the_secretariat_proposes_and_settles_and_nobody_of_the_organisation(who: PersonFacts, code: str) -> None:
    with refused(code):
        proposed(who)
    for kind in SETTLING:
        with refused(code):
            settle(proposed(), kind, who)
        assert may(proposed(), kind, who) == code


def test_a_rejected_organisation_may_be_proposed_anew_or_apply() -> None:
    walk = rejected()
    assert (walk.state.entry_proposal.outcome, walk.state.is_participant) == (EntryOutcome.REJECTED, False)
    assert may(walk, "propose_entry", SECRETARY) is None
    assert walk.act("propose_entry", SECRETARY, **ENTRANT).state.waiting_entry.number == 2
    assert settle(walk, "confirm_entry", SECOND, number=2).state.is_participant
    assert rejected().act("apply_to_join", APPLICANT, **JOINING).state.application.number == 1
    assert rejected().act("enter_participant", person(ENGINE), **ENTRANT).state.is_participant


def test_whoever_applied_after_a_rejection_is_voted_on() -> None:
    walk = rejected().act("apply_to_join", APPLICANT, **JOINING).act("take_back_application", APPLICANT)
    with refused("known_here"):
        walk.act("propose_entry", SECRETARY, **ENTRANT)


def test_while_a_proposal_waits_nothing_else_enters_the_organisation() -> None:
    walk = proposed()
    with refused("entry_waits"):
        walk.act("propose_entry", SECOND, **ENTRANT)
    with refused("entry_waits"):
        walk.act("apply_to_join", APPLICANT, **JOINING)
    with refused("entry_waits"):
        walk.act("enter_participant", person(ENGINE), **ENTRANT)
    assert may(walk, "propose_entry", SECOND) == "entry_waits"


def test_what_is_settled_is_what_was_read() -> None:
    walk = rejected().act("propose_entry", SECOND, **{**ENTRANT, "name": "Acme Visions"})
    for kind in SETTLING:
        with refused("unknown_proposal"):
            settle(walk, kind, SECRETARY, number=1)


@pytest.mark.parametrize("walk", [rejected, entered, seeded, lambda: settle(proposed(), "confirm_entry", SECOND)])
def test_what_is_settled_or_was_never_proposed_waits_for_nobody(walk: Any) -> None:
    for kind in SETTLING:
        with refused("nothing_waits"):
            settle(walk(), kind, SECOND)
    assert waits_for(walk().state) == ()


def test_a_proposal_waits_for_the_secretariat_and_nothing_says_by_when() -> None:
    assert waits_for(proposed().state) == (Waiting(waits_for=Party.SECRETARIAT),)


@pytest.mark.parametrize(
    ("walk", "code"), [(joining, "application_pending"), (entered, "already_entered"), (left, "known_here")]
)
def test_whoever_is_known_here_is_not_proposed(walk: Any, code: str) -> None:
    with refused(code):
        walk().act("propose_entry", SECRETARY, **ENTRANT)
    assert may(walk(), "propose_entry", SECRETARY) == code
