"""Practices are written from findings, agreed to, and published by a second person (Code, II-2.6)."""

import pytest

from schemas.clocks import Party, Waiting
from schemas.people import PersonFacts, Role
from tests.builders import APPLICANT, EXPERTS, MEMBERS, ORGANISATION, SECRETARY, person, text
from tests.matters import MatterWalk
from tests.unit.workflows.rules.refusals import refused
from workflows.rules.matter.practices import PRACTICE, waits_for

FOUND = {
    "case": "case-1",
    "criterion": "I-1.1-01",
    "practice": "best",
    "party": ORGANISATION,
    "article": "I-1.1",
}
EVERYTHING = person("root", *Role)


def offered(by: PersonFacts = SECRETARY) -> MatterWalk:
    return MatterWalk(PRACTICE).act("offer_practice", by, text=text("They ask before they sort."), **FOUND)


def published() -> MatterWalk:
    return offered().act("give_consent", APPLICANT).act("publish_practice", MEMBERS[0])


def test_with_consent_a_second_person_publishes() -> None:
    assert not offered().act("give_consent", APPLICANT).state.is_public
    assert published().state.is_public


def test_without_consent_or_after_it_was_taken_back_nothing_is_published() -> None:
    for walk in (
        offered(),
        offered().act("refuse_consent", APPLICANT),
        offered().act("give_consent", APPLICANT).act("refuse_consent", APPLICANT),
    ):
        with refused("no_consent"):
            walk.act("publish_practice", MEMBERS[0])


def test_only_the_organisation_it_comes_from_consents() -> None:
    other = person("zora", Role.APPLICANT, organisation="org-other")
    for who in (other, SECRETARY, MEMBERS[0], EVERYTHING):
        with refused("not_the_party"):
            offered().act("give_consent", who)


def test_whoever_wrote_it_does_not_publish_it_an_administrator_neither() -> None:
    with refused("same_person"):
        offered(EVERYTHING).act("give_consent", APPLICANT).act("publish_practice", EVERYTHING)
    own = MEMBERS[0].model_copy(update={"organisation": ORGANISATION})
    with refused("own_organisation"):
        offered().act("give_consent", APPLICANT).act("publish_practice", own)


def test_a_finding_that_no_case_has_is_no_practice() -> None:
    with refused("no_such_finding"):
        MatterWalk(PRACTICE).act("offer_practice", SECRETARY, text=text(), **{**FOUND, "article": None})


def test_a_published_practice_can_be_taken_down_once_and_the_record_keeps_it() -> None:
    walk = published().act("take_practice_down", SECRETARY, reasons=text("It names a town."))
    assert (walk.state.is_public, walk.state.is_over) == (False, True)
    assert "practice_published" in walk.kinds()
    with refused("matter_ended"):
        walk.act("take_practice_down", SECRETARY, reasons=text())
    with refused("not_published"):
        offered().act("take_practice_down", SECRETARY, reasons=text())


def test_consent_after_the_publication_changes_nothing_any_more() -> None:
    with refused("already_published"):
        published().act("refuse_consent", APPLICANT)


@pytest.mark.parametrize("who", [APPLICANT, EXPERTS[0], MEMBERS[0]])
def test_only_the_secretariat_writes_practices(who: PersonFacts) -> None:
    with refused("role_missing"):
        offered(who)


def test_a_practice_waits_for_the_consent_and_then_for_who_publishes() -> None:
    consented = offered().act("give_consent", APPLICANT)
    assert waits_for(offered().state) == (Waiting(waits_for=Party.APPLICANT),)
    assert waits_for(consented.state) == (Waiting(waits_for=Party.COMMISSION),)
    for settled in (published(), offered().act("refuse_consent", APPLICANT)):
        assert waits_for(settled.state) == ()
