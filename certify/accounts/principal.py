"""Who is asking: the one thing every way in ends in, and every permission starts from."""

from datetime import datetime
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

from schemas.identifiers import Identifier
from schemas.people import PersonFacts

Authn = Literal["session", "password", "password_totp", "passkey", "token", "link"]
"""How a person came in: with a password, with a password and a code, with a passkey, with an API token, or by a link
of the demonstration. `session` is the word of earlier versions for `password`."""

Lacking = Literal["", "second_factor", "enrolment"]
"""What a sign-in still needs before it is good for more than one's own account: the second factor one has, or one."""

Scope = Literal["act", "read"]
ALL_SCOPES: Final[frozenset[Scope]] = frozenset({"act", "read"})
"""`act` for whatever changes something, `read` for the rest."""


class Principal(BaseModel):
    """A person who was let in, for the length of one request.

    Attributes:
        facts: roles, organisation and areas as the record says them now.
        name: for pages; never goes into the record.
        authn: how they came in; `rule` where nobody did, and what they stated before is declared in their name.
        scopes: what this way in is good for; a token may have less than its person.
        hears: cases an act of which is under an appeal that the person was drawn to decide, with no interest declared.
        strong_at: when the person last proved who they are as strongly as their roles ask; None for never.
        lacks: what the sign-in still needs.
        recovery: id of a recovery of the account that is under way; its person is told on every page.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    facts: PersonFacts
    name: str
    authn: Authn | Literal["rule"]
    scopes: frozenset[Scope]
    hears: frozenset[Identifier] = frozenset()
    strong_at: datetime | None = None
    lacks: Lacking = ""
    recovery: str | None = None

    @property
    def code_given_at(self) -> datetime | None:
        """When the person last gave a one-time code of their generator; None where they showed something else."""
        return self.strong_at if self.authn == "password_totp" else None

    @property
    def person(self) -> str:
        """The person's opaque id."""
        return self.facts.person
