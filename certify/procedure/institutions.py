"""Entering an organisation in the Register."""

from typing import Annotated
from uuid import UUID, uuid5

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from certify.accounts.principal import Principal
from certify.procedure.matters import Matters
from certify.register import participants
from certify.register.database import Database
from schemas.added_later import added_later
from schemas.application import ActorRole
from schemas.errand import Errand
from schemas.errors import AlreadyDecided, Unavailable
from schemas.identifiers import Line, Name, PostalAddress

_ORGANISATION, _ENTER = "organisation", "enter_participant"
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


def organisation_id(name: str, country: str) -> str:
    """Return the id of an organisation: the same name in the same country is the same organisation."""
    return str(uuid5(_NAMESPACE, f"{country}/{name}"))


async def enter_organisation(
    matters: Matters, database: Database, entrant: Entrant, *, by: Principal | None = None, request_id: str = "none"
) -> str:
    """Enter an organisation in the Register and return its id; without a person it is the body's command line.

    Raises:
        AlreadyDecided: `already_entered`.
        OutOfOrder: `known_here`: it applied, or has left; the Commission votes.
        Unavailable: `not_recorded_yet`: it will stand there once the record is back.
    """
    organisation = organisation_id(entrant.name, entrant.country)
    async with database.reading() as session:
        entry = await participants.find(session, organisation)
    if entry is not None and entry.is_participant:
        raise AlreadyDecided("already_entered", f"{entrant.name} stands in the Register already.")
    key = f"enter/{organisation}"
    if by is None:
        content = entrant.model_dump(mode="json")
        errand = Errand(key=key, to=_ORGANISATION, subject=organisation, act=_ENTER, content=content)
        await matters.engine_act(errand, sent_by="register")
    else:
        sent = await matters.act(by, _ORGANISATION, _ENTER, organisation, entrant, key=key, request_id=request_id)
        if sent.receipt is None:
            raise Unavailable("not_recorded_yet", "The entry was taken; the record does not hold it yet.")
    return organisation
