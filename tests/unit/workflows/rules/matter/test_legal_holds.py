"""A legal hold takes two people to set and two to lift (security.md, 8)."""

from typing import Any

import pytest

from schemas.clocks import Party, Waiting
from schemas.legal_hold import HeldKind
from schemas.people import InstitutionFacts, PersonFacts, Role
from tests.builders import APPLICANT, EXPERTS, LABEL_OFFICER, MEMBERS, ORGANISATION, SECRETARY, person, text
from tests.matters import MatterWalk
from tests.unit.workflows.rules.refusals import refused
from workflows.rules.matter.legal_holds import LEGAL_HOLD, waits_for

CHAIR, MEMBER = MEMBERS[0], MEMBERS[1]
SEATS = InstitutionFacts(commission=tuple(one.person for one in MEMBERS), chair=CHAIR.person)
CASE: dict[str, Any] = {
    "about": HeldKind.CASE,
    "held": "case-1",
    "is_known": True,
    "party": ORGANISATION,
    "reasons": text("A court asks for it."),
}
EVERYTHING = person("root", *Role)
ANSWERS: dict[str, dict[str, Any]] = {
    "confirm_hold": {},
    "refuse_hold": {"reasons": text()},
    "lift_hold": {},
    "keep_hold": {"reasons": text()},
}


def asked(by: PersonFacts = SECRETARY, **changes: Any) -> MatterWalk:
    return MatterWalk(LEGAL_HOLD).act("ask_hold", by, **{**CASE, **changes})


def answered(walk: MatterWalk, kind: str, by: PersonFacts = LABEL_OFFICER, **facts: Any) -> MatterWalk:
    return walk.act(kind, by, institution=SEATS, **ANSWERS[kind], **facts)


def confirmed(by: PersonFacts = LABEL_OFFICER, **changes: Any) -> MatterWalk:
    return answered(asked(**changes), "confirm_hold", by)


def lifting(by: PersonFacts = SECRETARY) -> MatterWalk:
    return confirmed().act("ask_lifting", by, reasons=text("The court has decided."))


def walked() -> MatterWalk:
    """Every act but the refusal of the setting."""
    kept = answered(lifting(), "keep_hold")
    return answered(kept.act("ask_lifting", SECRETARY, reasons=text("It is over.")), "lift_hold")


@pytest.mark.parametrize("by", [LABEL_OFFICER, CHAIR])
def test_what_one_asked_for_and_another_confirmed_stands(by: PersonFacts) -> None:
    hold = confirmed(by).state
    assert (hold.opened_by, hold.confirmed_by, hold.is_over) == (SECRETARY.person, by.person, False)


def test_a_hold_stands_from_its_asking_on_and_until_its_lifting_was_confirmed() -> None:
    assert not asked().state.is_over
    assert not lifting().state.is_over

    lifted = answered(lifting(), "lift_hold").state
    assert (lifted.is_over, lifted.lifted_by) == (True, LABEL_OFFICER.person)


def test_a_hold_that_a_second_person_refused_is_over() -> None:
    walk = answered(asked(), "refuse_hold")
    assert (walk.state.is_over, walk.state.refused) == (True, text())
    with refused("matter_ended"):
        answered(walk, "confirm_hold")


def test_a_hold_that_was_kept_can_be_asked_about_again() -> None:
    kept = answered(lifting(), "keep_hold").state
    assert (kept.is_over, kept.lifting_asked_by, kept.kept) == (False, None, text())
    assert walked().state.is_over


@pytest.mark.parametrize("kind", ["confirm_hold", "refuse_hold"])
def test_nobody_answers_a_hold_they_asked_for_an_administrator_neither(kind: str) -> None:
    with refused("same_person"):
        answered(asked(EVERYTHING), kind, EVERYTHING)


@pytest.mark.parametrize("kind", ["lift_hold", "keep_hold"])
def test_nobody_answers_a_lifting_they_asked_for_an_administrator_neither(kind: str) -> None:
    with refused("same_person"):
        answered(lifting(EVERYTHING), kind, EVERYTHING)


@pytest.mark.parametrize("who", [APPLICANT, EXPERTS[0], CHAIR, LABEL_OFFICER, person("olaf", Role.OPERATOR)])
def test_only_the_secretariat_asks(who: PersonFacts) -> None:
    with refused("role_missing"):
        asked(who)
    with refused("role_missing"):
        lifting(who)


@pytest.mark.parametrize("kind", ANSWERS)
@pytest.mark.parametrize("who", [APPLICANT, EXPERTS[0], MEMBER, person("sam", Role.SECRETARIAT)])
def test_only_a_label_officer_or_the_chair_answers(who: PersonFacts, kind: str) -> None:
    with refused("role_missing"):
        answered(asked() if kind in {"confirm_hold", "refuse_hold"} else lifting(), kind, who)


def test_nobody_holds_or_frees_what_is_their_own_organisations() -> None:
    own = {"organisation": ORGANISATION}
    with refused("own_organisation"):
        asked(SECRETARY.model_copy(update=own))
    with refused("own_organisation"):
        confirmed(LABEL_OFFICER.model_copy(update=own))
    with refused("own_organisation"):
        answered(lifting(), "lift_hold", LABEL_OFFICER.model_copy(update=own))


def test_nobody_holds_or_frees_what_concerns_themselves() -> None:
    about = {"about": HeldKind.PERSON, "party": None}
    with refused("own_hold"):
        asked(held=SECRETARY.person, **about)
    with refused("own_hold"):
        confirmed(held=LABEL_OFFICER.person, **about)


def test_what_there_is_not_is_not_held() -> None:
    with refused("unknown_held"):
        asked(is_known=False, party=None)


def test_nothing_is_answered_twice_or_before_it_was_asked() -> None:
    with refused("hold_confirmed"):
        answered(confirmed(), "refuse_hold")
    with refused("hold_unconfirmed"):
        asked().act("ask_lifting", SECRETARY, reasons=text())
    with refused("no_lifting_asked"):
        answered(confirmed(), "lift_hold")
    with refused("lifting_asked"):
        lifting().act("ask_lifting", SECRETARY, reasons=text())


@pytest.mark.parametrize("kind", ANSWERS)
def test_whom_a_case_or_label_behind_keeps_out_neither_asks_nor_answers(kind: str) -> None:
    kept_out = {"kept_out": "has_interest"}
    with refused("has_interest"):
        answered(asked() if kind in {"confirm_hold", "refuse_hold"} else lifting(), kind, **kept_out)
    with refused("has_interest"):
        asked(**kept_out)
    with refused("has_interest"):
        confirmed().act("ask_lifting", SECRETARY, reasons=text(), **kept_out)


def test_to_whom_the_applicant_keeps_away_there_is_nothing_to_hold() -> None:
    with refused("unknown_held"):
        asked(kept_out="kept_away")


def test_a_hold_waits_for_the_second_person_of_its_setting_and_of_its_lifting() -> None:
    for waiting in (asked(), lifting()):
        assert waits_for(waiting.state) == (Waiting(waits_for=Party.LABEL_OFFICER),)
    for settled in (confirmed(), answered(asked(), "refuse_hold"), answered(lifting(), "keep_hold"), walked()):
        assert waits_for(settled.state) == ()
