"""The page that tells who opened the files of a case: the applicant by their part, those who keep the case by name."""

from collections.abc import Mapping

from fastapi import Request
from fastapi.responses import Response

from certify.accounts import access_ledger, people
from certify.accounts.openings import Opening, openings_for
from certify.accounts.policy import permit
from certify.accounts.principal import Principal
from certify.web.act_pages import Room
from certify.web.language import Language, language_of, marked, sentence
from certify.web.rendering import render
from certify.web.services import Services
from certify.web.work import signed_in_bar

SHOWN_MAX = 500
_PARTS = {
    "applicant": marked("Your organisation"),
    "party": marked("The holder"),
    "reviewer": marked("Reviewer"),
    "judge": marked("Reviewer"),
    "informed_member": marked("Member of the Commission"),
    "informed_third_party": marked("Neutral third party"),
    "panel": marked("Member of the appeal panel"),
    "secretariat": marked("Secretariat"),
    "keeper": marked("Secretariat"),
}
_APPLICANT = marked("The applicant")


async def show_openings(
    request: Request, services: Services, principal: Principal, room: Room, application: str
) -> Response:
    """Show the ledger of a case.

    Raises:
        NotFound: `unknown_application`.
        NotPermitted: `not_permitted`.
    """
    opened, language = await room.open(services, principal, application), language_of(request, remembered=True)
    permit(principal, "read_openings", opened.case).require()
    async with services.database.reading() as session:
        found = openings_for(opened.case, principal, await access_ledger.openings(session, application))
        names = await people.names_of(session, {one.person for one in found if one.person})
    return render(
        request,
        "casework/openings.html",
        person=signed_in_bar(request, principal),
        room=room.path,
        openings=found[:SHOWN_MAX],
        all=len(found),
        who=lambda one: who(language, one, names),
        **opened.context,
    )


def who(language: Language, one: Opening, names: Mapping[str, str]) -> str:
    """Return what somebody is called: their name where it is told, else their part with a letter of its own."""
    if one.person is not None:
        part = sentence(language, _APPLICANT if one.part == "applicant" else _PARTS[one.part])
        return f"{names.get(one.person, one.person)} ({part})"
    letter = chr(ord("A") + one.pseudonym - 1) if one.pseudonym <= 26 else str(one.pseudonym)
    part = sentence(language, _PARTS[one.part])
    return part if one.part in {"applicant", "party"} else f"{part} {letter}"
