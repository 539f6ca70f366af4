"""What a person is to a matter of a kind that has parts of its own."""

from certify.accounts.matter_reading import MatterPart, parts_in_matter
from schemas.appeal import Appeal
from schemas.complaint import Complaint
from schemas.people import PersonFacts
from workflows.rules.appeal_panels import sitting


def parts_in_complaint(complaint: Complaint, person: PersonFacts) -> frozenset[MatterPart]:
    """Return all parts a person has in a complaint; nobody of the organisation whose label it is about has any."""
    if complaint.holder is not None and person.organisation == complaint.holder:
        return frozenset()
    held = parts_in_matter(complaint, person)
    return held | {MatterPart.HANDLER} if complaint.handler == person.person else held


def parts_in_appeal(appeal: Appeal, person: PersonFacts) -> frozenset[MatterPart]:
    """Return all parts a person has in an appeal; the Commission, whose act it may be, has none.

    Whoever was drawn reads nothing of substance before they declared that they have no interest.
    """
    held = parts_in_matter(appeal, person) - {MatterPart.MEMBER, MatterPart.ELECTOR}
    sits = person.person in sitting(appeal)
    if sits or person.person in {*appeal.panel, *appeal.gone}:
        held |= {MatterPart.PANEL}
    return held | {MatterPart.INFORMED} if sits and appeal.has_declared_none(person.person) else held
