"""Erasure of evidence takes two different people, and only what nobody needs any more (security I17, I19)."""

from typing import Any

import pytest

from schemas.clocks import Party, Waiting
from schemas.errand import Errand, ErrandDone
from schemas.people import InstitutionFacts, PersonFacts, Role
from tests.builders import APPLICANT, EXPERTS, LABEL_OFFICER, MEMBERS, ORGANISATION, SECRETARY, person, sha256, text
from tests.matters import MatterWalk
from tests.unit.workflows.rules.refusals import refused
from workflows.rules.matter.erasures import ERASURE, waits_for

CHAIR, MEMBER = MEMBERS[0], MEMBERS[1]
SEATS = InstitutionFacts(commission=tuple(one.person for one in MEMBERS), chair=CHAIR.person)
CASE: dict[str, Any] = {"case": "case-1", "party": ORGANISATION, "reasons": text("The time is over.")}
ITEM: dict[str, Any] = {**CASE, "item": "E3", "digest_of_file": sha256("file")}
EVERYTHING = person("root", *Role)


def asked(by: PersonFacts = SECRETARY, **changes: Any) -> MatterWalk:
    return MatterWalk(ERASURE).act("ask_erasure", by, **{**CASE, **changes})


def approved(by: PersonFacts = LABEL_OFFICER, **changes: Any) -> MatterWalk:
    return asked(**changes).act("approve_erasure", by, party=ORGANISATION, institution=SEATS)


def told(walk: MatterWalk, refused: str | None = None) -> MatterWalk:
    walk.take((ErrandDone(at=walk.now, actor="engine", key="erase", refused=refused),))
    return walk


def test_nothing_is_erased_before_a_second_person_approved() -> None:
    assert ERASURE.errand(asked().state) is None


@pytest.mark.parametrize("by", [LABEL_OFFICER, CHAIR])
@pytest.mark.parametrize("content", [CASE, ITEM], ids=["a case", "an item"])
def test_an_approved_erasure_has_the_keys_destroyed_once(by: PersonFacts, content: dict[str, Any]) -> None:
    walk = approved(by, **content)
    digest = content.get("digest_of_file")
    assert (walk.state.opened_by, walk.state.approved_by) == (SECRETARY.person, by.person)
    assert ERASURE.errand(walk.state) == Errand(
        key="erase", to="vault", subject="case-1", act="erase", content={"digest": digest}
    )

    told(walk)
    assert (walk.state.is_over, walk.state.keys_destroyed_at) == (True, walk.now)
    assert ERASURE.errand(walk.state) is None


def test_all_files_are_erased_without_the_texts_of_the_record() -> None:
    errand = ERASURE.errand(approved(files_only=True).state)
    assert errand is not None
    assert errand.content == {"digest": None, "files_only": True}
    with refused("item_or_files"):
        asked(**ITEM, files_only=True)


def test_an_erasure_that_the_vault_refused_says_so() -> None:
    walk = told(approved(), "not_sealed")
    assert (walk.state.is_over, walk.state.keys_destroyed_at, walk.state.failed) == (True, None, "not_sealed")


@pytest.mark.parametrize("kind", ["approve_erasure", "refuse_erasure"])
def test_nobody_answers_what_they_asked_for_an_administrator_neither(kind: str) -> None:
    content = {"reasons": text()} if kind == "refuse_erasure" else {"party": ORGANISATION}
    with refused("same_person"):
        asked(EVERYTHING).act(kind, EVERYTHING, institution=SEATS, **content)


@pytest.mark.parametrize("who", [APPLICANT, EXPERTS[0], CHAIR, LABEL_OFFICER, person("olaf", Role.OPERATOR)])
def test_only_the_secretariat_asks(who: PersonFacts) -> None:
    with refused("role_missing"):
        asked(who)


@pytest.mark.parametrize("who", [APPLICANT, EXPERTS[0], MEMBER, person("sam", Role.SECRETARIAT)])
def test_only_a_label_officer_or_the_chair_approves(who: PersonFacts) -> None:
    with refused("role_missing"):
        approved(who)


def test_nobody_erases_the_evidence_of_their_own_organisation() -> None:
    own = {"organisation": ORGANISATION}
    with refused("own_organisation"):
        asked(SECRETARY.model_copy(update=own))
    with refused("own_organisation"):
        approved(LABEL_OFFICER.model_copy(update=own))


@pytest.mark.parametrize(
    ("fact", "code"), [("still_needed", "evidence_needed"), ("held", "evidence_held"), ("legal_hold", "legal_hold")]
)
def test_what_is_needed_or_held_is_not_erased_when_asked_nor_when_approved(fact: str, code: str) -> None:
    with refused(code):
        asked(**{fact: True})
    with refused(code):
        asked().act("approve_erasure", LABEL_OFFICER, party=ORGANISATION, institution=SEATS, **{fact: True})


def test_a_case_and_an_item_that_there_are_not_are_refused() -> None:
    with refused("unknown_application"):
        asked(party=None)
    with refused("unknown_item"):
        asked(item="E9")


def test_a_second_person_may_refuse_with_reasons_and_it_is_over() -> None:
    walk = asked().act("refuse_erasure", LABEL_OFFICER, reasons=text("Not yet."), institution=SEATS)
    assert (walk.state.is_over, walk.state.approved_by) == (True, None)
    with refused("matter_ended"):
        walk.act("approve_erasure", LABEL_OFFICER, party=ORGANISATION, institution=SEATS)


def test_what_was_approved_is_not_refused_after_all() -> None:
    with refused("erasure_approved"):
        approved().act("refuse_erasure", CHAIR, reasons=text(), institution=SEATS)


@pytest.mark.parametrize("code", ["has_interest", "tied_to_applicant"])
def test_whom_the_case_keeps_out_neither_asks_nor_answers(code: str) -> None:
    with refused(code):
        asked(kept_out=code)
    with refused(code):
        asked().act("approve_erasure", LABEL_OFFICER, party=ORGANISATION, institution=SEATS, kept_out=code)
    with refused(code):
        asked().act("refuse_erasure", LABEL_OFFICER, reasons=text(), institution=SEATS, kept_out=code)


def test_to_whom_the_applicant_keeps_away_there_is_no_application() -> None:
    with refused("unknown_application"):
        asked(kept_out="kept_away")


def test_an_erasure_waits_for_the_second_person_until_one_answered() -> None:
    assert waits_for(asked().state) == (Waiting(waits_for=Party.LABEL_OFFICER),)
    assert waits_for(approved().state) == ()
    refusing = asked().act("refuse_erasure", LABEL_OFFICER, institution=SEATS, reasons=text())
    assert waits_for(refusing.state) == ()
