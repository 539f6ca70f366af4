"""Who is asking: the one thing every way in ends in, and every permission starts from."""

from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

from schemas.identifiers import Identifier, Moment
from schemas.people import PersonFacts

Authn = Literal["session", "token", "link"]
"""How a person came in: with a password, with an API token, or by a sign-in link."""

Scope = Literal["act", "read"]
ALL_SCOPES: Final[frozenset[Scope]] = frozenset({"act", "read"})
"""`act` for whatever changes something, `read` for the rest."""


class Principal(BaseModel):
    """A person who was let in, for the length of one request.

    Attributes:
        facts: roles, organisation and areas as the record says them now.
        name: for pages; never goes into the record.
        scopes: what this way in is good for; a token may have less than its person.
        strong_at: when a passkey or a second factor was last shown in this session; None where never.
        hears: cases an act of which is under an appeal that the person was drawn to decide, with no interest declared.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    facts: PersonFacts
    name: str
    authn: Authn
    scopes: frozenset[Scope]
    hears: frozenset[Identifier] = frozenset()
    strong_at: Moment | None = None

    @property
    def person(self) -> str:
        """The person's opaque id."""
        return self.facts.person
