"""Is the program alive, and can it do its work?"""

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from sqlalchemy import text

from certify.web.permissions import public
from certify.web.services import PublicServices, Serviced

router = APIRouter(dependencies=[public()])


@router.get("/livez")
async def alive() -> Response:
    """Answer as long as the program runs; depends on nothing."""
    return JSONResponse({"status": "ok"})


@router.get("/readyz")
async def ready(services: Serviced) -> Response:
    """Answer 200 when acts can be taken: the record is there, and Temporal; which is not, the body says."""
    found = {"database": await reads(services), "temporal": await services.procedure.is_reachable()}
    return JSONResponse(found, status_code=200 if all(found.values()) else 503)


async def reads(services: PublicServices) -> bool:
    """Whether the record can be read."""
    try:
        async with services.database.reading() as session:
            await (await session.connection()).execute(text("SELECT 1"))
    except Exception:  # noqa: BLE001  # whatever it is, the program is not ready
        return False
    return True
