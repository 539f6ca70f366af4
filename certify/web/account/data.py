"""What is held about oneself, to take away as JSON (security.md, 8)."""

from datetime import UTC, datetime

from fastapi import APIRouter, Request
from fastapi.responses import Response

from certify.accounts.own_data import own_data
from certify.accounts.security_events import note
from certify.web.account.common import HOME, Owner, shown
from certify.web.people import request_id
from certify.web.permissions import own_account
from certify.web.services import Serviced

router = APIRouter(prefix="/data")
PATH = f"{HOME}/data"


@router.get("", dependencies=[own_account("read_own_account")])
async def page(request: Request, principal: Owner) -> Response:
    """Say what is given out, and what is not."""
    return shown(request, principal, "data")


@router.post("", dependencies=[own_account("export_own_data")])
async def give(request: Request, principal: Owner, services: Serviced) -> Response:
    """Give out what is held about the person, and say among the security events that they took it."""
    now, log = datetime.now(UTC), services.settings.security_events_file
    found = await own_data(services.database, log, principal.person, now)
    who, authn = principal.person, principal.authn
    note("own_data_exported", who, at=now, authn=authn, request_id=request_id(request), surely=True)
    return Response(
        found.model_dump_json(indent=1),
        media_type="application/json",
        headers={"Content-Disposition": 'attachment; filename="my-data.json"', "Cache-Control": "no-store"},
    )
