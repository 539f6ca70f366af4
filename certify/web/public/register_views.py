"""What the public Register of participants is filled with (Code, II-2.4)."""

from datetime import date

from certify.web.public.views import PublicView
from schemas.public_facts import SeatIn


class ParticipantRow(PublicView):
    """A participant in the Register (Code, II-2.4).

    Attributes:
        country: ISO 3166-1 code.
        address: in one line, None where the participant published none.
        roles: names of the AI Actor roles, in the reader's language.
        ethics_officer: as the participant wants it published, None while not yet named (II-2.2).
        officer_by: until when an officer is awaited; None once one is named or the time is over.
        ethics_commission: name of the internal ethics commission, empty where there is one without a name.
        extract: address of the signed extract.
        left_on: of a former participant.
        seats: where its people sit in the body now.
    """

    name: str
    country: str
    roles: tuple[str, ...]
    entered_on: date
    ethics_officer: str | None = None
    officer_contact: str | None = None
    officer_by: date | None = None
    ethics_commission: str | None = None
    extract: str | None = None
    left_on: date | None = None
    address: str | None = None
    seats: tuple[SeatIn, ...] = ()


class RegisterView(PublicView):
    """One page of the Register of participants."""

    participants: tuple[ParticipantRow, ...]
    left: tuple[ParticipantRow, ...] = ()
    total: int
    next_href: str | None = None
