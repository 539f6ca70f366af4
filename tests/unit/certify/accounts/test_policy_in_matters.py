"""Who may do and read what in matters: their parts in it, the rules of its kind, and nothing else."""

from typing import Any

import pytest

from certify.accounts.matter_parts import READING_PARTS, MatterPart
from certify.accounts.policy import MatterFacts, permit_in_matter
from certify.accounts.policy.matter_table import CLOCK_FIELDS, may_read_clock, readable_fields
from schemas.complaint import About, ConcernedFacts
from schemas.identifiers import PUBLIC
from schemas.people import PersonFacts, Role
from tests.appeals import walk_of
from tests.builders import APPLICANT, MEMBERS, ORGANISATION, SECRETARY, person, text
from tests.matters import MatterWalk
from tests.unit.certify.accounts.cases import principal
from workflows.rules.kernels import KERNELS
from workflows.rules.matter.complaint_kernel import COMPLAINT
from workflows.rules.matter.ethics_questions import ETHICS_QUESTION
from workflows.rules.permission import Permission

AUDITOR = person("gus", Role.AUDITOR)
HANDLER = person("hana", Role.EXPERT)
CONCERNED = ConcernedFacts(is_known=True, holder=ORGANISATION)
STRANGER = person("zora", Role.APPLICANT, organisation="org-other")


def question() -> MatterWalk:
    return MatterWalk(ETHICS_QUESTION).act("ask_commission", APPLICANT, text=text())


def complaint() -> MatterWalk:
    """A complaint about a label of the organisation."""
    return MatterWalk(COMPLAINT, "0123456789ABCDEF").act(
        "file_complaint",
        PersonFacts(person=PUBLIC),
        authn="none",
        about=About.LABEL,
        label="7Q2MXK4T0B9DHE3W",
        text=text(),
        concerned=CONCERNED,
    )


def handled() -> MatterWalk:
    """The same, and somebody who is not of the secretariat handles it."""
    people = {HANDLER.person: HANDLER}
    return complaint().act("assign_handler", SECRETARY, handler=HANDLER.person, people=people, concerned=CONCERNED)


def appeal() -> MatterWalk:
    return walk_of().lodged()


def asked(walk: MatterWalk, who: PersonFacts, action: str, **facts: Any) -> Permission:
    given = {"rules": walk.rules, **facts}
    return permit_in_matter(principal(who), action, MatterFacts(walk.kernel, walk.state, **given))


def code(answer: Permission) -> str | None:
    return answer.refusal.code if answer.refusal else None


@pytest.mark.parametrize("build", [question, complaint, handled, appeal])
@pytest.mark.parametrize(
    "who", [APPLICANT, SECRETARY, AUDITOR, *MEMBERS[:2], HANDLER, STRANGER], ids=lambda who: who.person
)
def test_an_act_is_permitted_to_whoever_may_know_the_matter_exactly_when_the_rules_of_its_kind_say_so(
    build: Any, who: PersonFacts
) -> None:
    walk = build()

    for act in walk.kernel.acts:
        expected = walk.kernel.may(act, walk.state, who, walk.rules)
        knows = bool(asked(walk, who, "read_matter"))
        assert code(asked(walk, who, act)) == (code(expected) if knows else "unknown_matter")


def test_an_act_in_a_matter_without_the_rules_of_its_scheme_is_refused() -> None:
    assert asked(question(), MEMBERS[0], "propose_answer")
    assert code(asked(question(), MEMBERS[0], "propose_answer", rules=None)) == "not_permitted"


def test_a_matter_is_known_by_the_parts_of_its_own_kind() -> None:
    assert asked(question(), MEMBERS[0], "read_matter")
    assert code(asked(appeal(), MEMBERS[0], "read_matter")) == "unknown_matter"
    assert code(asked(complaint(), person("otto", Role.AUDITOR, organisation=ORGANISATION), "read_matter")) == (
        "unknown_matter"
    )


@pytest.mark.parametrize("action", ["read_complainant_contact", "erase_complainant_contact"])
def test_only_the_secretariat_keeps_how_a_complainant_is_reached(action: str) -> None:
    walk = handled()

    assert asked(walk, SECRETARY, action)
    for who in (AUDITOR, HANDLER, MEMBERS[0]):
        assert asked(walk, who, "read_matter")
        assert code(asked(walk, who, action)) == "not_permitted"


@pytest.mark.parametrize("action", ["read_complainant_contact", "erase_complainant_contact", "read_label_evidence"])
def test_what_is_about_one_kind_of_matter_is_refused_in_another_even_to_who_keeps_it(action: str) -> None:
    assert asked(question(), SECRETARY, "read_matter")
    assert code(asked(question(), SECRETARY, action)) == "not_permitted"


@pytest.mark.parametrize("keeper", [MatterPart.KEEPER, MatterPart.AUDITOR])
def test_who_keeps_a_matter_reads_every_field_and_clock_of_it(keeper: MatterPart) -> None:
    assert readable_fields("complaint", {"text", "unheard_of"}, {keeper}) == {"text", "unheard_of"}
    assert may_read_clock("complaint", "unheard_of", (), {keeper, MatterPart.PARTY})


@pytest.mark.parametrize("part", sorted(READING_PARTS - {MatterPart.KEEPER, MatterPart.AUDITOR}))
def test_what_no_table_names_is_for_keepers_only(part: MatterPart) -> None:
    assert "unheard_of" not in readable_fields("complaint", {"unheard_of"}, {part})
    assert readable_fields("unheard_of", {"text"}, {part}) == frozenset()
    assert not may_read_clock("complaint", "unheard_of", {"due_at"}, {part})
    assert not may_read_clock("unheard_of", "complaint", {"due_at"}, {part})


@pytest.mark.parametrize("kind", CLOCK_FIELDS)
def test_a_clock_is_read_by_whoever_reads_the_field_it_tells_of(kind: str) -> None:
    fields = set(KERNELS[kind].state.model_fields)

    for clock, field in CLOCK_FIELDS[kind].items():
        assert may_read_clock(kind, clock, {field}, {MatterPart.PARTY})
        assert not may_read_clock(kind, clock, fields - {field}, {MatterPart.PARTY})
