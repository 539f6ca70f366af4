"""The web application: public pages, work pages and API, under one roof."""

from typing import Any

from fastapi import FastAPI
from starlette.types import ASGIApp

from certify import __version__
from certify.config import MIB, Settings
from certify.web import api, downloads, errors, health, panel, permissions, sign_in, ties, work
from certify.web.account import asking
from certify.web.account import pages as account
from certify.web.api.acts import Problem
from certify.web.applicant import pages as applicant
from certify.web.commission import pages as commission
from certify.web.downloads import FilesHost
from certify.web.protection import shielded
from certify.web.public import pages as public
from certify.web.rendering import Pages, Static, site_of
from certify.web.reviewer import pages as reviewer
from certify.web.secretariat import pages as secretariat
from certify.web.services import Services, closing

BODY_MAX = 8 * MIB
"""Forms and JSON; files are streamed and have limits of their own."""


def create(services: Services) -> ASGIApp:
    """Return the whole web program, its protection around everything."""
    return protected(application(services), services.settings)


def protected(app: FastAPI, settings: Settings) -> ASGIApp:
    """Return the routes with the protection around them."""
    return shielded(app, FilesHost(app, settings.files_url) if settings.files_url else app, settings)


def application(services: Services) -> FastAPI:
    """Return the routes without the protection around them."""
    settings = services.settings
    app = FastAPI(
        title="Certify",
        version=__version__,
        summary="Voluntary certification and labelling of AI systems under an AI ethics code",
        lifespan=closing,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        # A redirect to the address with or without a slash would lead to whatever host the request named.
        redirect_slashes=False,
        max_body_size=BODY_MAX,
    )
    app.state.services = services
    app.state.pages = Pages(site_of(settings))
    app.state.bar = work.bar_of
    errors.install(app)
    permissions.install(app)
    asking.install(app)
    app.mount("/static", Static(), name="static")
    parts = (health, sign_in, account, ties, work, downloads, applicant, reviewer, commission, panel, secretariat)
    for part in parts:
        app.include_router(part.router, include_in_schema=False)
    app.include_router(api.router)
    app.include_router(public.router, include_in_schema=False)
    _describe_problems(app)
    return app


def _describe_problems(app: FastAPI) -> None:
    described = app.openapi

    def with_problem() -> dict[str, Any]:
        schema = described()
        schema["components"].setdefault("schemas", {})["Problem"] = Problem.model_json_schema()
        return schema

    app.openapi = with_problem  # type: ignore[method-assign]  # FastAPI's own way to extend its schema
