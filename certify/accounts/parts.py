"""What a person is to one case: the parts from which every right to read it follows."""

from collections.abc import Collection
from enum import StrEnum

from schemas.case import Case
from schemas.people import PersonFacts, Role
from schemas.scheme import Tier
from schemas.stages import Stage
from workflows.rules.interests import declared_none, free_of_interest, is_kept_away, took_no_part

COMMISSION_STAGES = frozenset(
    {Stage.RECOMMENDATION, Stage.DECISION, Stage.ATTESTATION, Stage.GRANTED, Stage.REFUSED}
)  # fmt: skip
THIRD_PARTY_STAGES = frozenset({Stage.EVALUATION, Stage.CORRECTION, Stage.RECOMMENDATION, Stage.DECISION})
THIRD_PARTY_TIERS = frozenset({Tier.CRITICAL})
"""Tiers that need a neutral third party's report (Code, I-1.5)."""


class Part(StrEnum):
    """How a person stands to a case; the `informed` ones declared that they have no interest in it.

    Attributes:
        AUDITOR: reads everything in the record and changes nothing; the impartiality committee reads likewise.
        ASKED: an expert who was asked to review, whatever they answered.
        REVIEWER: an expert who declared no interest and said yes, once the plan was approved.
        MEMBER: a member of the Commission, once the case has reached it.
        PANEL: sits on the panel of an open appeal against an act in the case, and declared no interest in it.
    """

    APPLICANT = "applicant"
    SECRETARIAT = "secretariat"
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
    held = {
        Part.APPLICANT: own and person.has(Role.APPLICANT),
        Part.SECRETARIAT: not own and person.has(Role.SECRETARIAT),
        Part.AUDITOR: not own and (person.has(Role.AUDITOR) or person.has(Role.IMPARTIALITY_MEMBER)),
        Part.ASKED: _was_asked(case, person),
        Part.REVIEWER: _was_asked(case, person) and _reviews(case, person),
        Part.MEMBER: _sits(case, person),
        Part.INFORMED_MEMBER: _sits(case, person) and _is_free(case, person) and bool(took_no_part(case, person)),
        Part.THIRD_PARTY: _is_third_party(case, person),
        Part.INFORMED_THIRD_PARTY: _is_third_party(case, person) and _is_free(case, person),
        Part.LABEL_OFFICER: _releases(case, person),
        Part.PANEL: not own and case.id in hears and bool(free_of_interest(case, person)),
    }
    return frozenset(part for part, holds in held.items() if holds)


def _is_free(case: Case, person: PersonFacts) -> bool:
    return bool(declared_none(case, person))


def _was_asked(case: Case, person: PersonFacts) -> bool:
    return person.has(Role.EXPERT) and person.person in case.assignments


def _reviews(case: Case, person: PersonFacts) -> bool:
    said_yes = case.assignments[person.person].accepted is True
    return said_yes and case.plan is not None and _is_free(case, person)


def _sits(case: Case, person: PersonFacts) -> bool:
    reached = case.stage in COMMISSION_STAGES or bool(case.results) or bool(case.rounds)
    return person.has(Role.COMMISSIONER) and reached


def _is_third_party(case: Case, person: PersonFacts) -> bool:
    drawn = case.third_party_drawn == person.person if case.edition > 1 else case.tier in THIRD_PARTY_TIERS
    return person.has(Role.NEUTRAL_THIRD_PARTY) and drawn and case.stage in THIRD_PARTY_STAGES


def _releases(case: Case, person: PersonFacts) -> bool:
    here = case.stage == Stage.ATTESTATION or case.released_by == person.person
    return person.has(Role.LABEL_OFFICER) and here
