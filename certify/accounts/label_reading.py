"""Who reads what of the life of a label: its standing is everybody's, who judges it is not."""

from pydantic import JsonValue

from certify.accounts.matter_parts import KEEPERS, MatterPart
from certify.accounts.matter_reading import Readers
from schemas.label_life import LabelLife
from schemas.people import PersonFacts, Role
from schemas.review import Finding, Review
from schemas.surveillance import Judging, LiveCheck
from workflows.rules.second_person import knows_of

_DECIDING = KEEPERS | {MatterPart.MEMBER, MatterPart.ELECTOR}
_INVOLVED = _DECIDING | {MatterPart.PARTY, MatterPart.JUDGE}


def _more(life: LabelLife, person: PersonFacts, parts: frozenset[MatterPart]) -> dict[str, JsonValue]:
    told: dict[str, JsonValue] = {}
    if not _INVOLVED & parts:
        told["steps"] = [step.model_dump(mode="json", exclude={"reasons"}) for step in life.steps]
    if _DECIDING & parts and not KEEPERS & parts:
        told["reported_interests"] = _reported(life, person)
    if _DECIDING & parts and not KEEPERS & parts and person.has(Role.EXPERT):
        told["judging"] = _met(life)
    if KEEPERS & parts:
        told["interests"] = [one.model_dump(mode="json") for one in life.interests.values() if one.has_interest]
    if {MatterPart.ASKED, MatterPart.JUDGE} & parts:
        told["asked_to_judge"] = _asked(life, person)
    if {MatterPart.PARTY, MatterPart.JUDGE} & parts:
        told["findings"] = _findings(life)
        told["live_checks"] = _live_checks(life)
    if MatterPart.PARTY in parts and not _DECIDING & parts:
        # Not who reported it.
        told["changes"] = [one.model_dump(mode="json", exclude={"reported_by"}) for one in life.changes]
    return told


def _reported(life: LabelLife, person: PersonFacts) -> list[JsonValue]:
    """Return the reported interests that somebody may know of who does not keep the label.

    Of those that came from the case they learn no more than there: nothing of a reviewer, and not who reported.
    """
    known = (one for one in life.reported_interests if knows_of(one.role, person))
    return [one.model_dump(mode="json", exclude={"reported_by"} if one.role is not None else set()) for one in known]


def _met(life: LabelLife) -> dict[str, JsonValue]:
    """Return who judges each surveillance, and what they found and checked once that met.

    It is what a member reads who is an expert too: they may be asked to judge it themselves, and those who judge are
    blind to each other (procedure, Life of a label).
    """
    met = {one.number for one in life.surveillances if one.judged_at is not None or not one.is_open}
    hidden = Judging.model_fields.keys() - {"assignments"}
    return {
        str(number): judging.model_dump(mode="json") | ({} if number in met else {key: {} for key in hidden})
        for number, judging in life.judging.items()
    }


def _asked(life: LabelLife, person: PersonFacts) -> dict[str, JsonValue]:
    """Return what somebody is asked to judge, by the number of the surveillance, and what they found themselves."""
    found: dict[str, JsonValue] = {}
    for number, judging in life.judging.items():
        held, mine = judging.assignments.get(person.person), judging.reviews.get(person.person)
        check = judging.live_checks.get(person.person)
        one = life.surveillance(number)
        if held is not None and one is not None:
            found[str(number)] = {
                "assignment": held.model_dump(mode="json"),
                "criteria": list(one.criteria),
                "is_open": one.is_open,
                "findings": [one.model_dump(mode="json") for one in mine.findings] if mine is not None else [],
                "live_check": check.model_dump(mode="json") if check is not None else None,
            }
    return found


def _findings(life: LabelLife) -> dict[str, JsonValue]:
    """Return what was found in each surveillance once its findings met, without whose it is."""
    return {
        str(one.number): [_unnamed(finding) for finding in _of(life.judged_by(one.number).counted)]
        for one in life.surveillances
        if one.judged_at is not None
    }


def _live_checks(life: LabelLife) -> dict[str, JsonValue]:
    """Return how the system in use was checked in each surveillance once its findings met, without by whom."""
    return {
        str(one.number): [check.model_dump(mode="json") for check in _free_judges_checks(life, one.number)]
        for one in life.surveillances
        if one.judged_at is not None and life.judged_by(one.number).live_checks
    }


def _free_judges_checks(life: LabelLife, number: int) -> list[LiveCheck]:
    judging = life.judged_by(number)
    return sorted(
        (check for who, check in judging.live_checks.items() if who in judging.judges), key=lambda one: one.recorded_at
    )


def _of(reviews: tuple[Review, ...]) -> list[Finding]:
    return sorted((finding for review in reviews for finding in review.findings), key=lambda one: one.criterion)


def _unnamed(finding: Finding) -> JsonValue:
    told: JsonValue = finding.model_dump(mode="json", include={"criterion", "verdict", "rationale", "cited"})
    return told


LABEL_READERS = Readers(more=_more)
