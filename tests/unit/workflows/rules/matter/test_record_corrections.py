"""Corrections are new entries by two different people; nothing in the record is changed (procedure, rule 5)."""

import pytest

from schemas.clocks import Party, Waiting
from schemas.people import PersonFacts, Role
from tests.builders import APPLICANT, EXPERTS, MEMBERS, ORGANISATION, SECRETARY, person, sha256, text
from tests.matters import MatterWalk
from tests.unit.workflows.rules.refusals import refused
from workflows.rules.matter.record_corrections import RECORD_CORRECTION, waits_for

ENTRY = {"stream": "case/case-1", "number": 3, "entry_digest": sha256("entry"), "party": ORGANISATION}
EVERYTHING = person("root", *Role)


def proposed(by: PersonFacts = SECRETARY) -> MatterWalk:
    return MatterWalk(RECORD_CORRECTION).act("propose_correction", by, text=text("The date is wrong."), **ENTRY)


def test_a_second_person_confirms_and_the_correction_stands() -> None:
    walk = proposed().act("confirm_correction", MEMBERS[0])
    assert (walk.state.confirmed_by, walk.state.is_over) == (MEMBERS[0].person, True)


def test_a_second_person_may_disagree_with_reasons() -> None:
    walk = proposed().act("reject_correction", MEMBERS[0], reasons=text("It is right."))
    assert (walk.state.confirmed_by, walk.state.is_over) == (None, True)


@pytest.mark.parametrize("who", [SECRETARY, EVERYTHING])
@pytest.mark.parametrize("kind", ["confirm_correction", "reject_correction"])
def test_nobody_confirms_their_own_correction_an_administrator_neither(who: PersonFacts, kind: str) -> None:
    content = {"reasons": text()} if kind == "reject_correction" else {}
    with refused("same_person"):
        proposed(who).act(kind, who, **content)


@pytest.mark.parametrize("who", [APPLICANT, EXPERTS[0], person("gus", Role.AUDITOR), person("olaf", Role.OPERATOR)])
def test_only_who_keeps_or_decides_corrects(who: PersonFacts) -> None:
    with refused("role_missing"):
        proposed(who)
    with refused("role_missing"):
        proposed().act("confirm_correction", who)


def test_nobody_corrects_the_case_of_their_own_organisation() -> None:
    own = SECRETARY.model_copy(update={"organisation": ORGANISATION})
    with refused("own_organisation"):
        proposed(own)
    with refused("own_organisation"):
        proposed(MEMBERS[0]).act("confirm_correction", own)


def test_what_does_not_stand_in_the_record_cannot_be_corrected() -> None:
    with refused("unknown_entry"):
        MatterWalk(RECORD_CORRECTION).act(
            "propose_correction", SECRETARY, text=text(), **{**ENTRY, "entry_digest": None}
        )


def test_a_correction_is_confirmed_or_rejected_once() -> None:
    with refused("matter_ended"):
        proposed().act("confirm_correction", MEMBERS[0]).act("reject_correction", MEMBERS[1], reasons=text())


KINDS = [("confirm_correction", {}), ("reject_correction", {"reasons": text()})]


@pytest.mark.parametrize("code", ["has_interest", "tied_to_applicant", "interest_reported"])
def test_whom_a_case_or_label_behind_keeps_out_neither_proposes_nor_answers(code: str) -> None:
    with refused(code):
        MatterWalk(RECORD_CORRECTION).act("propose_correction", SECRETARY, text=text(), kept_out=code, **ENTRY)
    for kind, content in KINDS:
        with refused(code):
            proposed().act(kind, MEMBERS[0], kept_out=code, **content)


def test_to_whom_the_applicant_keeps_away_there_is_no_entry() -> None:
    with refused("unknown_entry"):
        MatterWalk(RECORD_CORRECTION).act("propose_correction", SECRETARY, text=text(), kept_out="kept_away", **ENTRY)
    with refused("unknown_matter"):
        proposed().act("confirm_correction", MEMBERS[0], kept_out="kept_away")


def test_an_act_that_nothing_keeps_out_is_written_as_before() -> None:
    assert "kept_out" not in proposed().sent[0].model_dump(mode="json")


def test_a_proposed_correction_waits_for_another_who_keeps_the_record_until_it_is_answered() -> None:
    assert waits_for(proposed().state) == (Waiting(waits_for=Party.SECRETARIAT),)
    assert waits_for(proposed().act("confirm_correction", MEMBERS[0]).state) == ()
