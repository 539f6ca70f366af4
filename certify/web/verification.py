"""The web application of `certify verification`: answers about labels and what lets others verify, and nothing else.

No page of it knows who is asking: there is no session, no sign-in, no way to act, and no body that would be read.
"""

from dataclasses import replace

from fastapi import APIRouter, FastAPI
from fastapi.responses import JSONResponse, Response
from starlette.types import ASGIApp

from certify import __version__
from certify.register.holder_seats import UntoldSeats
from certify.web import errors
from certify.web.at_once import AtOnce, Room
from certify.web.health import alive, reads
from certify.web.kept_answers import KeptAnswers
from certify.web.permissions import public
from certify.web.protection import shielded
from certify.web.public import scanning
from certify.web.rendering import Pages, Static, site_of
from certify.web.services import PublicServiced, PublicServices, closing_public

BODY_MAX = 0
"""No route reads a body."""

health = APIRouter()
health.add_api_route("/livez", alive)


@health.get("/readyz")
async def ready(services: PublicServiced) -> Response:
    """Answer 200 while labels can be looked up; Temporal is nothing to this program."""
    found = {"database": await reads(services)}
    return JSONResponse(found, status_code=200 if all(found.values()) else 503)


def create(services: PublicServices, room: Room | None = None) -> ASGIApp:
    """Return the whole program, its protection around everything; `room` is how many answers it makes at once."""
    app = application(services)
    return shielded(app, KeptAnswers(AtOnce(app, room or Room()), services.scans), services.settings)


def application(services: PublicServices) -> FastAPI:
    """Return the routes without the protection around them."""
    services = replace(services, seats=UntoldSeats())
    app = FastAPI(
        title="Certify verification",
        version=__version__,
        lifespan=closing_public,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        max_body_size=BODY_MAX,
    )
    app.state.services = services
    app.state.pages = Pages(site_of(services.settings))
    errors.install(app)
    app.mount("/static", Static(), name="static")
    app.include_router(health, dependencies=[public()])
    app.include_router(scanning.router, dependencies=[public()])
    return app
