"""Oneself: who I am, my API tokens."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from certify.accounts import tokens
from certify.accounts.own_data import OwnData, own_data
from certify.accounts.principal import Principal, Scope
from certify.accounts.security_events import note, tell
from certify.procedure.standing_ties import state_ties
from certify.register import ties as register
from certify.web.api.acts import PROBLEM
from certify.web.api.as_json import AS_JSON
from certify.web.api.gated import GatedRoute
from certify.web.people import RequestId, Someone
from certify.web.permissions import permission
from certify.web.services import Serviced
from schemas.errors import NotPermitted
from schemas.identifiers import Name
from schemas.people import PersonFacts
from schemas.ties import Ties

router = APIRouter(tags=["accounts"], responses=PROBLEM, route_class=GatedRoute)
TokenId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{12}$")]


class Me(BaseModel):
    """Who is asking."""

    facts: PersonFacts
    name: str
    authn: str


class NewToken(BaseModel):
    """What a token is to be for; `read` alone changes nothing."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[Name, Field(max_length=100)]
    scopes: list[Scope] = Field(default=["read"], max_length=2)
    days: int = Field(default=90, ge=1, le=365)


class Token(BaseModel):
    """A token, shown once."""

    token: str


class TokenLine(BaseModel):
    """A token in a list."""

    id: str
    name: str
    scopes: str
    expires_at: datetime
    revoked_at: datetime | None


def _require_act(principal: Principal) -> None:
    if "act" not in principal.scopes:
        raise NotPermitted("scope_missing", "This token lacks the scope act.")


class DeclaredTies(BaseModel):
    """All that ties you to organisations; it takes the place of what you declared before."""

    model_config = ConfigDict(extra="forbid")

    ties: Ties


@router.get(
    "/me/ties",
    operation_id="read_ties",
    summary="Read what ties you to organisations",
    dependencies=[permission("read_own_account")],
)
async def read_ties(principal: Someone, services: Serviced) -> DeclaredTies:
    """Read what you declared last."""
    async with services.database.reading() as session:
        return DeclaredTies(ties=await register.last_of(session, principal.person))


@router.put(
    "/me/ties",
    operation_id="declare_ties",
    summary="Declare what ties you to organisations",
    dependencies=[permission("declare_own_ties")],
)
async def declare_ties(
    body: Annotated[DeclaredTies, AS_JSON], principal: Someone, services: Serviced, request: RequestId
) -> DeclaredTies:
    """Declare employer, clients, paid work, ownership, management and family (ISO/IEC 17065, 4.2).

    What you leave out is kept as ended today: it goes on counting for the scheme's `paid_work_months`.
    """
    _require_act(principal)
    return DeclaredTies(
        ties=await state_ties(services.procedure, services.database, principal, lambda _: body.ties, request)
    )


@router.get("/me", operation_id="read_me", summary="Read who you are", dependencies=[permission("read_own_account")])
async def me(principal: Someone) -> Me:
    """Tell how the record knows you."""
    return Me(facts=principal.facts, name=principal.name, authn=principal.authn)


@router.post(
    "/me/data",
    operation_id="export_own_data",
    summary="Take away what is held about you",
    dependencies=[permission("export_own_data")],
)
async def export(principal: Someone, services: Serviced, request: RequestId, response: Response) -> OwnData:
    """Give out all that names you, without secrets and without others; security events tell that you took it."""
    _require_act(principal)
    now, log = datetime.now(UTC), services.settings.security_events_file
    found = await own_data(services.database, log, principal.person, now)
    note("own_data_exported", principal.person, at=now, authn=principal.authn, request_id=request, surely=True)
    response.headers["Cache-Control"] = "no-store"
    return found


@router.post(
    "/tokens",
    operation_id="create_token",
    summary="Make an API token; it is shown once",
    dependencies=[permission("create_token")],
)
async def create(
    body: Annotated[NewToken, AS_JSON], principal: Someone, services: Serviced, request: RequestId
) -> Token:
    """Make a token for yourself, with no more than you may do."""
    _require_act(principal)
    now = datetime.now(UTC)
    scopes = [scope for scope in body.scopes if scope in principal.scopes]
    async with services.database.writing() as session:
        token = await tokens.create(
            session,
            person=principal.person,
            name=body.name,
            scopes=scopes,
            expires_at=now + timedelta(days=body.days),
            now=now,
        )
        tell(session, "token_created", principal.person, at=now, authn=principal.authn, request_id=request)
    return Token(token=token)


@router.get(
    "/tokens", operation_id="list_tokens", summary="List your API tokens", dependencies=[permission("read_own_account")]
)
async def list_(principal: Someone, services: Serviced) -> list[TokenLine]:
    """List your tokens, without their secrets."""
    async with services.database.reading() as session:
        rows = await tokens.of_person(session, principal.person)
    return [TokenLine.model_validate(row, from_attributes=True) for row in rows]


@router.delete(
    "/tokens/{token_id}",
    operation_id="revoke_token",
    status_code=204,
    summary="Revoke one of your tokens",
    dependencies=[permission("revoke_token")],
)
async def revoke(token_id: TokenId, principal: Someone, services: Serviced, request: RequestId) -> None:
    """Make a token useless at once."""
    _require_act(principal)
    now = datetime.now(UTC)
    async with services.database.writing() as session:
        await tokens.revoke(session, person=principal.person, token_id=token_id, now=now)
        tell(session, "token_revoked", principal.person, at=now, authn=principal.authn, request_id=request)
