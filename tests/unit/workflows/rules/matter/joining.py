"""Organisations on their way into the Register and out of it, for tests that change one thing."""

from typing import Any

from schemas.people import PersonFacts, Role
from tests.builders import APPLICANT, ORGANISATION, SECRETARY, person, text
from tests.matters import MatterWalk
from workflows.rules.matter.organisations import ORGANISATION as KERNEL

JOINING: dict[str, Any] = {
    "name": "Acme Vision",
    "country": "EE",
    "roles": ("developer", "operator"),
    "text": text("We join."),
}
OFFICER: dict[str, Any] = {"officer": "Olga Officer", "public_contact": "ethics@acme.example"}
OTHER_SECRETARY = person("sven", Role.SECRETARIAT, organisation=ORGANISATION)
SECOND = person("sonja", Role.SECRETARIAT)
ENTRANT: dict[str, Any] = {"name": "Acme Vision", "country": "EE", "roles": ("developer",)}


def joining(**changes: Any) -> MatterWalk:
    """An organisation that has applied, without an officer unless said otherwise."""
    walk = MatterWalk(KERNEL, ORGANISATION)
    return walk.act("apply_to_join", APPLICANT, **{**JOINING, **changes})


def voting(**changes: Any) -> MatterWalk:
    """The Commission votes on it."""
    return joining(**changes).act("open_accession_vote", SECRETARY)


def entered(**changes: Any) -> MatterWalk:
    """The Commission let it in."""
    return voting(**changes).carried()


def seeded(by: PersonFacts = SECRETARY, **changes: Any) -> MatterWalk:
    """One alone entered it: the engine, or somebody of the secretariat as the record of before tells."""
    return MatterWalk(KERNEL, ORGANISATION).act("enter_participant", by, **{**ENTRANT, **changes})


def proposed(by: PersonFacts = SECRETARY, **changes: Any) -> MatterWalk:
    """Somebody of the secretariat proposed its entry."""
    return MatterWalk(KERNEL, ORGANISATION).act("propose_entry", by, **{**ENTRANT, **changes})


def rejected(by: PersonFacts = SECOND) -> MatterWalk:
    """Its entry was proposed and rejected."""
    return proposed().act("reject_entry", by, number=1, reasons=text("Nobody knows it."))


def left(*labels: str) -> MatterWalk:
    """It has left the Code, with these labels in force."""
    return entered(**OFFICER).act("leave_code", APPLICANT, labels=labels)
