"""What a person is to a matter of a kind that has parts of its own."""

from certify.accounts.matter_reading import MatterPart, parts_in_matter
from schemas.complaint import Complaint
from schemas.people import PersonFacts


def parts_in_complaint(complaint: Complaint, person: PersonFacts) -> frozenset[MatterPart]:
    """Return all parts a person has in a complaint; nobody of the organisation whose label it is about has any."""
    if complaint.holder is not None and person.organisation == complaint.holder:
        return frozenset()
    held = parts_in_matter(complaint, person)
    return held | {MatterPart.HANDLER} if complaint.handler == person.person else held
