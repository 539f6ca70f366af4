"""What the tests of entries without a vote share: a second person of the secretariat, and an entry that waits."""

from typing import Any

from certify.accounts.people import Account
from certify.procedure.institutions import organisation_id
from schemas.people import PersonFacts, Role
from schemas.record_events import PersonAdmitted
from tests.builders import SECRETARY, START, person
from tests.pages.conftest import House, keep, name_of

SECOND = person("sonja", Role.SECRETARIAT)
ENTRANT: dict[str, Any] = {"name": "Harbour AI", "country": "DE", "roles": ["developer"]}
HARBOUR = organisation_id(ENTRANT["name"], ENTRANT["country"])


async def employ(house: House, who: PersonFacts = SECOND) -> PersonFacts:
    """Admit one more person of the secretariat."""
    admitted = PersonAdmitted(
        at=START, actor="engine", person=who.person, roles=who.roles, organisation=who.organisation
    )
    async with house.services.database.writing() as session:
        await keep(session, "people", admitted)
        session.add(Account(person=who.person, name=name_of(who), email=f"{who.person}@example.org"))
    return who


async def propose(house: House, who: PersonFacts = SECRETARY, **changes: Any) -> str:
    """Propose an entry through the API; return the id of the organisation."""
    answer = await (await house.browser(who)).post("/api/organisations", json={**ENTRANT, **changes})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["organisation"])
