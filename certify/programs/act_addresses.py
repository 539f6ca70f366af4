"""Where the API takes each act: `POST /api/{collection}/{id}/{act}`, and to the collection what opens something new.

Made from the acts themselves, as the routes are; without a network.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from pydantic import BaseModel

from certify.accounts.strength import STEP_UP
from certify.procedure.bodies import BODIES
from certify.procedure.institutions import Entrant
from certify.procedure.matter_kinds import KINDS, ORGANISATIONS
from certify.procedure.signed_acts import SIGNED
from schemas.acts import ACTS
from schemas.application import Application
from schemas.offered_file import OfferedFile

APPLICATIONS: Final = "applications"


@dataclass(frozen=True, kw_only=True)
class ActAddress:
    """One act of a person, and where it is sent.

    Attributes:
        about: what it is, in one line.
        body: what a person writes for it.
        opens: it opens something new, and so names no id.
        takes_file: it offers a file, which is uploaded before.
    """

    collection: str
    act: str
    about: str
    body: type[BaseModel]
    opens: bool = False
    takes_file: bool = False

    @property
    def word(self) -> str:
        """The act as addresses spell it."""
        return self.act.replace("_", "-")

    @property
    def asks_proof(self) -> bool:
        """Whether its person proves just before that it is they who act; a token proves nothing."""
        return self.act in STEP_UP

    @property
    def is_signed(self) -> bool:
        """Whether its person signs it with a passkey, where the case asks for that."""
        return self.collection == APPLICATIONS and self.act in SIGNED

    @property
    def address(self) -> str:
        """Where it is sent, with `{id}` for what it is done in."""
        return f"/api/{self.collection}" if self.opens else f"/api/{self.collection}/{{id}}/{self.word}"

    def path(self, subject: str | None = None) -> str:
        """Return where it is sent, in one case or matter."""
        return self.address if self.opens else f"{self.of(subject or '')}/{self.word}"

    def of(self, subject: str) -> str:
        """Return the address of what it is done in."""
        return f"/api/{self.collection}/{quote(subject, safe='')}"


def act_addresses() -> tuple[ActAddress, ...]:
    """Return every act of people who are signed in, by collection and act."""
    return tuple(sorted(_all(), key=lambda one: (one.collection, not one.opens, one.act)))


def _all() -> Iterator[ActAddress]:
    yield ActAddress(
        collection=APPLICATIONS, act="lodge_application", about=_about(ACTS["lodge_application"]), body=Application,
        opens=True,
    )  # fmt: skip
    yield ActAddress(
        collection=APPLICATIONS, act="amend_application", about=_about(ACTS["amend_application"]), body=Application
    )
    entering = "Propose to enter an organisation that joined before the Register was kept here; another confirms it."
    yield ActAddress(
        collection=ORGANISATIONS.collection, act="enter_organisation", about=entering, body=Entrant, opens=True
    )
    for act, body in BODIES.items():
        yield ActAddress(
            collection=APPLICATIONS, act=act, about=_about(ACTS[act]), body=body, takes_file=_offers(ACTS[act])
        )
    for kind in KINDS.values():
        for act, body in kind.bodies.items():
            model = kind.kernel.acts[act]
            yield ActAddress(
                collection=kind.collection, act=act, about=_about(model), body=body, opens=kind.makes_id(act),
                takes_file=_offers(model),
            )  # fmt: skip


def _about(model: type[BaseModel]) -> str:
    return (model.__doc__ or "").strip().splitlines()[0]


def _offers(model: type[BaseModel]) -> bool:
    return issubclass(model, OfferedFile)
