"""Ties that the record learned after somebody had their part in a case: no label is signed until two people say so."""

from certify.accounts.people import names_of
from certify.register import people
from certify.web.casework import OpenCase
from certify.web.services import Services
from workflows.rules.case.reopening import rests_on, tied_since


async def found_ties(services: Services, opened: OpenCase) -> list[str]:
    """Return by their names on whom a grant would rest that the signer refuses, for who may know who takes part."""
    if opened.reading.participants is None:
        return []
    async with services.database.reading() as session:
        known = await people.facts_of(session, sorted(rests_on(opened.case)))
        tied = tied_since(opened.case, known.values())
        names = await names_of(session, tied)
    return sorted(names.get(person, person) for person in tied)
