"""What all work pages share: the bar of the person, the start page by what waits for them, sending an act."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ValidationError

from certify.accounts.principal import Principal
from certify.procedure.acts import Sent
from certify.procedure.bodies import BODIES
from certify.web.language import Language, language_of, marked, sentence
from certify.web.people import Someone, request_id
from certify.web.permissions import permission
from certify.web.rendering import Link, SignedIn
from certify.web.services import Services
from certify.web.wrong_fields import malformed_form
from schemas.people import Role

router = APIRouter()

_ROLES = {
    Role.APPLICANT: marked("Applicant"),
    Role.SECRETARIAT: marked("Secretariat"),
    Role.EXPERT: marked("Expert reviewer"),
    Role.COMMISSIONER: marked("Member of the Commission"),
    Role.NEUTRAL_THIRD_PARTY: marked("Neutral third party"),
    Role.LABEL_OFFICER: marked("Label officer"),
    Role.AUDITOR: marked("Auditor"),
    Role.OPERATOR: marked("Operator"),
    Role.APPEAL_MEMBER: marked("Member of the appeal pool"),
    Role.IMPARTIALITY_MEMBER: marked("Member of the impartiality committee"),
}
HOMES = {
    Role.APPLICANT: ("/applicant", marked("My applications")),
    Role.EXPERT: ("/reviewer", marked("My reviews")),
    Role.COMMISSIONER: ("/commission", marked("Commission")),
    Role.NEUTRAL_THIRD_PARTY: ("/commission", marked("Reports")),
    Role.LABEL_OFFICER: ("/commission", marked("Releases")),
    Role.SECRETARIAT: ("/secretariat", marked("Secretariat")),
    Role.AUDITOR: ("/secretariat", marked("Cases")),
    Role.APPEAL_MEMBER: ("/appeals", marked("Appeals")),
    Role.IMPARTIALITY_MEMBER: ("/secretariat", marked("Cases")),
}


_TIES = marked("My ties")
_ACCOUNT = marked("My account")
TIED = frozenset(
    {Role.EXPERT, Role.COMMISSIONER, Role.NEUTRAL_THIRD_PARTY, Role.LABEL_OFFICER, Role.SECRETARIAT, Role.APPEAL_MEMBER}
)
"""Who declares standing ties: whoever has a part in other people's cases."""


@router.get("/work", dependencies=[permission("read_own_account")])
async def start(principal: Someone) -> RedirectResponse:
    """Lead to where a person's work begins."""
    return RedirectResponse(home_of(principal), status_code=303)


def role_names(language: Language, roles: tuple[Role, ...]) -> tuple[str, ...]:
    """Return the names of roles in a language."""
    return tuple(sentence(language, _ROLES[role]) for role in roles)


def signed_in_bar(request: Request, principal: Principal) -> SignedIn:
    """Return the bar above every work page."""
    language = language_of(request, remembered=True)
    homes = dict.fromkeys(HOMES[role] for role in principal.facts.roles if role in HOMES)
    return SignedIn(
        name=principal.name,
        recovery=principal.recovery,
        role=", ".join(role_names(language, principal.facts.roles)),
        links=(
            *(Link(text=sentence(language, text), href=href) for href, text in homes),
            *((Link(text=sentence(language, _TIES), href="/my/ties"),) if TIED & set(principal.facts.roles) else ()),
            Link(text=sentence(language, _ACCOUNT), href="/account"),
        ),
    )


def bar_of(request: Request) -> SignedIn | None:
    """Return the bar of whoever a refused request came from, None where nobody signed in fully sent it."""
    principal: Principal | None = getattr(request.state, "principal", None)
    return signed_in_bar(request, principal) if principal is not None and not principal.lacks else None


def home_of(principal: Principal) -> str:
    """Return where a person's work begins."""
    return next((HOMES[role][0] for role in principal.facts.roles if role in HOMES), "/")


async def send(
    request: Request, services: Services, principal: Principal, kind: str, application: str, fields: dict[str, Any]
) -> Sent:
    """Send an act that a form describes; its hidden key keeps a double click from acting twice.

    Raises:
        MalformedForm: `malformed_form`, with every field that is wrong.
        ProcedureError: the act is refused.
    """
    key = str(fields.pop("idempotency_key", "")) or request_id(request)
    body = _body(kind, fields)
    return await services.procedure.act(principal, kind, application, body, key=key, request_id=request_id(request))


def _body(kind: str, fields: dict[str, Any]) -> BaseModel:
    try:
        return BODIES[kind].model_validate(fields)
    except ValidationError as error:
        raise malformed_form(error) from None
