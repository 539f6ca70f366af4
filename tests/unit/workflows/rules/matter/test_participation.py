"""Life in the Register: the ethics officer within two months, the group, and leaving (Code, II-2.1, II-2.2)."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from schemas.errand import ErrandDone
from schemas.identifiers import ENGINE
from schemas.label import FINAL_STANDINGS
from schemas.organisation import OfficerState
from schemas.people import Role
from schemas.relations import Relation
from tests.builders import APPLICANT, MEMBERS, ORGANISATION, SECRETARY, person, sha256, text
from tests.label_walk import ENGINE_ITSELF, LabelWalk
from tests.matters import MatterWalk
from tests.unit.workflows.rules.matter.joining import JOINING, OFFICER, OTHER_SECRETARY, entered, joining, left, seeded
from tests.unit.workflows.rules.refusals import refused
from workflows.rules.kernels import KERNELS
from workflows.rules.matter.extracts import awaits_extract, extract_of
from workflows.rules.matter.organisations import clocks_of
from workflows.rules.matter.participation import errand_of

LABELS = ("0123456789ABCDEF", "ZZZZZZZZZZZZZZZZ")
PARENT = Relation(organisation="org-parent", is_a="parent")


def reminders(walk: MatterWalk) -> list[int]:
    return [event.days for event in walk.events if event.kind == "reminder_given" and event.clock == "officer"]


def test_an_officer_is_awaited_for_two_months_and_then_the_register_says_that_none_is_named() -> None:
    walk = entered()
    assert walk.state.officer_state == OfficerState.AWAITED
    walk.pass_time(days=59)
    assert (reminders(walk), walk.state.officer_state) == ([30, 14, 3], OfficerState.AWAITED)
    walk.pass_time(days=1)
    assert walk.kinds()[-1] == "officer_term_ended"
    assert walk.state.officer_state == OfficerState.NOT_NAMED
    walk.pass_time(days=400)
    assert reminders(walk) == [30, 14, 3, -1]
    assert walk.state.is_participant

    walk.act("name_officer", APPLICANT, **OFFICER)
    assert (walk.state.officer_state, list(clocks_of(walk.state, walk.rules))) == (OfficerState.NAMED, [])


def test_the_clock_stays_on_view_past_its_end_and_has_no_effect_any_more() -> None:
    walk = entered().pass_time(days=60)
    (clock,) = clocks_of(walk.state, walk.rules)
    assert (clock.name, clock.waits_for, clock.has_effect) == ("officer", "applicant", False)


def test_nobody_is_reminded_of_an_officer_who_is_named() -> None:
    for walk in (entered(**OFFICER), seeded(ethics_officer="Olga Officer")):
        assert walk.pass_time(days=90).kinds()[-1] == "participant_entered"


def test_an_entry_of_before_the_term_was_recorded_has_the_schemes_term() -> None:
    walk = seeded()
    walk.state = walk.state.model_copy(update={"officer_due_at": None})
    assert walk.pass_time(days=60).state.officer_state == OfficerState.NOT_NAMED


def test_one_officer_after_another_is_named_and_the_contact_is_published_or_kept() -> None:
    walk = entered(**OFFICER).act("name_officer", APPLICANT, officer="Otto", private_contact=text("+372 5"))
    assert (walk.state.officer, walk.state.public_contact, walk.state.private_contact) == ("Otto", None, text("+372 5"))
    with refused("contact_missing"):
        walk.act("name_officer", APPLICANT, officer="Odo")
    with pytest.raises(ValidationError):
        walk.act("name_officer", APPLICANT, officer="  ", public_contact="x")


def test_an_internal_ethics_commission_is_named_and_dissolved() -> None:
    walk = entered().act("name_ethics_commission", APPLICANT, name="Ethics board")
    assert (walk.state.has_ethics_commission, walk.state.ethics_commission) == (True, "Ethics board")
    walk.act("name_ethics_commission", APPLICANT)
    assert (walk.state.has_ethics_commission, walk.state.ethics_commission) == (False, None)


def test_an_image_for_the_certificates_is_chosen_replaced_and_taken_away_and_no_extract_tells_of_it() -> None:
    walk = entered()
    extract = extract_of(walk.state)
    assert walk.state.holder_image is None
    for image in (sha256("first"), sha256("second"), None):
        walk.act("choose_holder_image", APPLICANT, image=image)
        assert walk.state.holder_image == image
    assert extract_of(walk.state) == extract


def test_an_act_carries_the_digest_of_an_image_and_no_more() -> None:
    with pytest.raises(ValidationError):
        entered().act("choose_holder_image", APPLICANT, image="a picture")


ACTS: dict[str, dict[str, Any]] = {
    "name_officer": OFFICER,
    "name_ethics_commission": {"name": "Board"},
    "leave_code": {},
    "choose_holder_image": {"image": sha256("image")},
}


@pytest.mark.parametrize("kind", list(ACTS))
def test_only_a_participant_acts_as_one(kind: str) -> None:
    for who in (SECRETARY, MEMBERS[0], person("zora", Role.APPLICANT, organisation="org-other")):
        with refused("not_the_organisation"):
            entered().act(kind, who, **ACTS[kind])
    for walk in (joining(), left()):
        with refused("not_in_register"):
            walk.act(kind, APPLICANT, **ACTS[kind])


def test_leaving_ends_the_place_in_the_register_and_tells_every_label_in_turn() -> None:
    walk = left(*reversed(LABELS))
    assert (walk.state.is_participant, walk.state.left_at) == (False, walk.now)
    assert list(clocks_of(walk.state, walk.rules)) == []

    told = []
    while (errand := errand_of(walk.state)) is not None:
        told.append((errand.to, errand.subject, errand.act))
        walk.take((ErrandDone(at=walk.now, actor=ENGINE, key=errand.key, refused=None),))
    assert told == [("label", label, "end_by_leaving") for label in LABELS]


def test_a_label_understands_what_it_is_told_and_ends_by_it() -> None:
    errand = errand_of(left(LABELS[0]).state)
    assert errand is not None
    label = KERNELS[errand.to]
    facts = {"act_id": "errand-1", "matter": errand.subject, "actor": ENGINE_ITSELF}
    act = label.acts[errand.act].model_validate({**errand.content, **facts})
    assert getattr(type(act), "by_engine", False)

    walk = LabelWalk()
    assert walk.state.standing not in FINAL_STANDINGS
    assert walk.act(errand.act, ENGINE_ITSELF).state.standing in FINAL_STANDINGS


def test_a_label_that_refuses_is_not_told_again() -> None:
    walk = left(LABELS[0])
    walk.take((ErrandDone(at=walk.now, actor=ENGINE, key=f"end_by_leaving/{LABELS[0]}", refused="matter_ended"),))
    assert errand_of(walk.state) is None


def test_whoever_left_joins_again_by_a_new_application() -> None:
    walk = left().act("apply_to_join", APPLICANT, **JOINING).act("open_accession_vote", SECRETARY).carried()
    assert (walk.state.is_participant, walk.state.left_at, walk.state.officer) == (True, None, None)
    assert walk.state.officer_state == OfficerState.AWAITED


def test_a_group_is_stated_by_the_organisation_and_what_the_secretariat_finds_stands_beside_it() -> None:
    found = Relation(organisation="org-sub", is_a="subsidiary", until=date(2026, 1, 1))
    walk = joining().act("declare_group", APPLICANT, relations=(PARENT,))
    walk.act("declare_group", SECRETARY, relations=(found,)).act("declare_group", APPLICANT, relations=())

    assert (walk.state.declared_group, walk.state.found_group) == ((), (found,))
    assert (PARENT.pair(ORGANISATION), found.pair(ORGANISATION)) == (
        (ORGANISATION, "org-parent"), ("org-sub", ORGANISATION),
    )  # fmt: skip


def test_nobody_else_states_a_group_and_nobody_their_own_parent() -> None:
    for who in (MEMBERS[0], OTHER_SECRETARY, person("zora", Role.APPLICANT, organisation="org-other")):
        with refused("role_missing"):
            entered().act("declare_group", who, relations=(PARENT,))
    with refused("own_parent"):
        entered().act("declare_group", APPLICANT, relations=(Relation(organisation=ORGANISATION, is_a="parent"),))


def test_a_relation_does_not_end_before_it_begins() -> None:
    with pytest.raises(ValidationError, match="ends before"):
        Relation(organisation="org-a", is_a="parent", since=date(2026, 1, 2), until=date(2026, 1, 1))


def test_an_extract_says_what_the_register_says_since_the_entry_that_changed_it() -> None:
    walk = entered()
    extract = extract_of(walk.state)
    assert extract is not None
    assert (extract.status, extract.officer, extract.as_of) == ("entered", "awaited", walk.now)
    assert (extract.entry, walk.events[extract.entry - 1].kind) == (walk.state.entry, "participant_entered")
    assert awaits_extract(walk.state)

    walk.pass_time(days=60)
    assert {"officer": "not_named"}.items() <= dict(extract_of(walk.state) or ()).items()
    walk.act("name_officer", APPLICANT, **OFFICER)
    named = extract_of(walk.state)
    walk.act("name_officer", APPLICANT, **{**OFFICER, "officer": "Otto"}).act("declare_group", APPLICANT, relations=())
    assert extract_of(walk.state) == named, "another officer is no other extract"
    assert "Olga" not in str(named)
    walk.act("leave_code", APPLICANT)
    assert {"status": "left", "left_at": walk.now}.items() <= dict(extract_of(walk.state) or ()).items()


def test_there_is_no_extract_before_the_first_entry() -> None:
    assert extract_of(joining().state) is None
    assert not awaits_extract(joining().state)
