"""What the public page of the institutions is filled with."""

from datetime import date

from certify.web.public.views import PublicView


class BodyRow(PublicView):
    """One elected body: seats and terms; nobody is named who did not agree.

    Attributes:
        elected: elections say who sits there; otherwise the roles that people hold.
        held: seats that somebody holds; `vacant` the others.
        has_chair: whether somebody leads it; None where nobody is to.
        until: the last day of the longest term.
    """

    name: str
    elected: bool
    seats: int = 0
    held: int = 0
    vacant: int = 0
    substitutes: int = 0
    has_chair: bool | None = None
    until: date | None = None
    names: tuple[str, ...] = ()


class GroupRow(PublicView):
    """One working group: how many from inside, whom its members from outside represent."""

    name: str
    purpose: str
    inside: int
    outside: tuple[tuple[str, str], ...]


class ReportRow(PublicView):
    """One year's report on impartiality."""

    year: int
    text: str
