"""Entering an organisation in the Register without a vote: proposed by a person, done by the body's command line."""

from typing import Annotated
from uuid import UUID, uuid5

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from certify.accounts.principal import Principal
from certify.procedure.matters import Matters
from certify.register import matters as register
from certify.register import participants
from certify.register.database import Database
from schemas.added_later import added_later
from schemas.application import ActorRole
from schemas.errand import Errand
from schemas.errors import AlreadyDecided, Unavailable
from schemas.identifiers import Line, Name, PostalAddress
from schemas.organisation import Organisation

_ORGANISATION, _ENTER, _PROPOSE = "organisation", "enter_participant", "propose_entry"
_NAMESPACE = UUID("0a4a35f8-6a0c-5d3c-8a5b-0d1f7c3b9e21")


class Entrant(BaseModel):
    """An organisation as it is entered (Code, II-2.1, II-2.2)."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    roles: tuple[ActorRole, ...] = Field(min_length=1, max_length=8)
    ethics_officer: Line | None = None
    officer_contact: Line | None = None
    address: PostalAddress | None = added_later(None)


class ProposedEntry(BaseModel):
    """What another person of the secretariat is to confirm; until then the organisation is not in the Register.

    Attributes:
        organisation: the organisation's id.
        number: of the proposal, by which `confirm_entry` and `reject_entry` name it.
    """

    organisation: str
    number: int


def organisation_id(name: str, country: str) -> str:
    """Return the id of an organisation: the same name in the same country is the same organisation."""
    return str(uuid5(_NAMESPACE, f"{country}/{name}"))


async def enter_organisation(matters: Matters, database: Database, entrant: Entrant) -> str:
    """Enter an organisation in the Register by the body's command line, and return its id.

    Raises:
        AlreadyDecided: `already_entered`; `entry_waits`: somebody proposed it, and another person settles that.
        OutOfOrder: `known_here`: it applied, or has left; the Commission votes.
        Unavailable: `not_recorded_yet`: it will stand there once the record is back.
    """
    organisation = organisation_id(entrant.name, entrant.country)
    await _require_outside(database, organisation, entrant.name)
    content = entrant.model_dump(mode="json")
    errand = Errand(key=f"enter/{organisation}", to=_ORGANISATION, subject=organisation, act=_ENTER, content=content)
    await matters.engine_act(errand, sent_by="register")
    return organisation


async def propose_entry(
    matters: Matters, database: Database, entrant: Entrant, *, by: Principal, request_id: str
) -> ProposedEntry:
    """Propose to enter an organisation in the Register; another person confirms or rejects it.

    Raises:
        AlreadyDecided, OutOfOrder, Unavailable: as `enter_organisation`.
        NotPermitted: the person is not of the secretariat, or is of the organisation.
    """
    organisation = organisation_id(entrant.name, entrant.country)
    await _require_outside(database, organisation, entrant.name)
    number = await _next_number(database, organisation)
    key = f"propose/{organisation}/{number}"
    sent = await matters.act(by, _ORGANISATION, _PROPOSE, organisation, entrant, key=key, request_id=request_id)
    if sent.receipt is None:
        raise Unavailable("not_recorded_yet", "The entry was taken; the record does not hold it yet.")
    return ProposedEntry(organisation=organisation, number=number)


async def _require_outside(database: Database, organisation: str, name: str) -> None:
    async with database.reading() as session:
        entry = await participants.find(session, organisation)
    if entry is not None and entry.is_participant:
        raise AlreadyDecided("already_entered", f"{name} stands in the Register already.")


async def _next_number(database: Database, organisation: str) -> int:
    async with database.reading() as session:
        state = await register.find(session, Organisation, _ORGANISATION, organisation)
    return state.entry_proposal.number + 1 if state is not None and state.entry_proposal is not None else 1
