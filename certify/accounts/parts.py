"""What a person is to one case: the parts from which every right to read it follows."""

from collections.abc import Callable, Collection
from enum import StrEnum
from typing import Final

from schemas.case import Case
from schemas.people import PersonFacts, Role
from schemas.scheme import Tier
from schemas.stages import Stage
from workflows.rules.case.interests import declared_none, free_of_interest, is_kept_away, took_no_part

COMMISSION_STAGES = frozenset(
    {Stage.RECOMMENDATION, Stage.DECISION, Stage.ATTESTATION, Stage.GRANTED, Stage.REFUSED}
)  # fmt: skip
THIRD_PARTY_STAGES = frozenset({Stage.EVALUATION, Stage.CORRECTION, Stage.RECOMMENDATION, Stage.DECISION})
THIRD_PARTY_TIERS = frozenset({Tier.CRITICAL})
"""Tiers that need a neutral third party's report (Code, I-1.5)."""


class Part(StrEnum):
    """How a person stands to a case; the `informed` ones declared that they have no interest in it.

    Attributes:
        TIED_SECRETARIAT: of the secretariat and tied to the applicant: knows that there is the case, which others keep.
        AUDITOR: reads everything in the record and changes nothing; the impartiality committee reads likewise.
        ASKED: an expert who was asked to review, whatever they answered.
        REVIEWER: an expert who declared no interest and said yes, once the plan was approved.
        MEMBER: a member of the Commission, once the case has reached it.
        PANEL: sits on the panel of an open appeal against an act in the case, and declared no interest in it.
    """

    APPLICANT = "applicant"
    SECRETARIAT = "secretariat"
    TIED_SECRETARIAT = "tied_secretariat"
    AUDITOR = "auditor"
    ASKED = "asked"
    REVIEWER = "reviewer"
    MEMBER = "member"
    INFORMED_MEMBER = "informed_member"
    THIRD_PARTY = "third_party"
    INFORMED_THIRD_PARTY = "informed_third_party"
    LABEL_OFFICER = "label_officer"
    PANEL = "panel"


def parts_in(case: Case, person: PersonFacts, hears: Collection[str] = ()) -> frozenset[Part]:
    """Return all parts a person has in a case; whoever has none may not know that it exists.

    Args:
        case: as it stands.
        person: as the record knows them.
        hears: ids of the cases in which the person hears an appeal (`Principal.hears`): a case knows of no appeal.
    """
    own = person.organisation == case.lodged.organisation
    if not own and is_kept_away(case, person):
        return frozenset()
    held = [part for role in person.roles for part in _PARTS[role](case, person, own)]
    if not own and case.id in hears and free_of_interest(case, person):
        held.append(Part.PANEL)
    return frozenset(held)


def _as_applicant(_case: Case, _person: PersonFacts, own: bool) -> tuple[Part, ...]:  # as the others
    return (Part.APPLICANT,) if own else ()


def _as_secretariat(case: Case, person: PersonFacts, own: bool) -> tuple[Part, ...]:
    if own:
        return ()
    return (Part.SECRETARIAT,) if free_of_interest(case, person) else (Part.TIED_SECRETARIAT,)


def _as_auditor(_case: Case, _person: PersonFacts, own: bool) -> tuple[Part, ...]:
    return () if own else (Part.AUDITOR,)


def _as_expert(case: Case, person: PersonFacts, _own: bool) -> tuple[Part, ...]:
    if person.person not in case.assignments:
        return ()
    return (Part.ASKED, Part.REVIEWER) if _reviews(case, person) else (Part.ASKED,)


def _as_member(case: Case, person: PersonFacts, _own: bool) -> tuple[Part, ...]:
    if not (case.stage in COMMISSION_STAGES or case.results or case.rounds):
        return ()
    informed = _is_free(case, person) and took_no_part(case, person)
    return (Part.MEMBER, Part.INFORMED_MEMBER) if informed else (Part.MEMBER,)


def _as_third_party(case: Case, person: PersonFacts, _own: bool) -> tuple[Part, ...]:
    drawn = case.third_party_drawn == person.person if case.edition > 1 else case.tier in THIRD_PARTY_TIERS
    if not drawn or person.person in case.third_party_refused or case.stage not in THIRD_PARTY_STAGES:
        return ()
    return (Part.THIRD_PARTY, Part.INFORMED_THIRD_PARTY) if _is_free(case, person) else (Part.THIRD_PARTY,)


def _as_label_officer(case: Case, person: PersonFacts, _own: bool) -> tuple[Part, ...]:
    here = case.stage == Stage.ATTESTATION or case.released_by == person.person
    return (Part.LABEL_OFFICER,) if here else ()


def _as_nobody(_case: Case, _person: PersonFacts, _own: bool) -> tuple[Part, ...]:
    return ()


_PARTS: Final[dict[Role, Callable[[Case, PersonFacts, bool], tuple[Part, ...]]]] = {
    Role.APPLICANT: _as_applicant,
    Role.SECRETARIAT: _as_secretariat,
    Role.AUDITOR: _as_auditor,
    Role.IMPARTIALITY_MEMBER: _as_auditor,
    Role.EXPERT: _as_expert,
    Role.COMMISSIONER: _as_member,
    Role.NEUTRAL_THIRD_PARTY: _as_third_party,
    Role.LABEL_OFFICER: _as_label_officer,
    Role.OPERATOR: _as_nobody,
    Role.APPEAL_MEMBER: _as_nobody,
}
"""What each role makes of a person in a case; who hears an appeal is known by the case's id, not by the role."""


def _is_free(case: Case, person: PersonFacts) -> bool:
    return bool(declared_none(case, person))


def _reviews(case: Case, person: PersonFacts) -> bool:
    said_yes = case.assignments[person.person].accepted is True
    return said_yes and case.plan is not None and _is_free(case, person)
