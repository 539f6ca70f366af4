"""The set of practices that everybody may read, by article of the Code and by words (Code, II-2.6)."""

import asyncio

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from certify.procedure.matters import vault_key
from certify.register import matters, schemes
from certify.register.database import Database
from certify.vault.store import Vault
from certify.web.language import language_of
from certify.web.public.views import READ, PracticeRow
from certify.web.rendering import render
from certify.web.services import Serviced
from schemas.errors import NotFound
from schemas.practice import Practice
from schemas.scheme import BUILT_IN

router = APIRouter()
KIND = "practice"


@router.api_route("/practices", methods=READ)
async def practices(request: Request, services: Serviced, article: str = "", words: str = "") -> Response:
    """Show the published practices, those of one article or with some words."""
    rows = [row for row in await published(services.database, services.vault) if _fits(row, article, words)]
    async with services.database.reading() as session:
        texts = (await schemes.in_force(session, BUILT_IN.name)).texts
    language = language_of(request)
    articles = {key: text.in_language(language) for key, text in texts.articles.items()}
    return render(request, "public/practices.html", rows=rows, articles=articles, article=article, words=words)


@router.api_route("/practices.json", methods=READ)
async def practices_for_programs(services: Serviced, article: str = "", words: str = "") -> Response:
    """Give out the published practices."""
    rows = [
        row.model_dump(mode="json")
        for row in await published(services.database, services.vault)
        if _fits(row, article, words)
    ]
    return JSONResponse(rows)


def _fits(row: PracticeRow, article: str, words: str) -> bool:
    return article in {"", row.article} and all(word in row.text.casefold() for word in words.casefold().split())


async def published(database: Database, vault: Vault) -> list[PracticeRow]:
    """Return every published practice."""
    async with database.reading() as session:
        found = await matters.every(session, Practice, KIND)
    rows = await asyncio.gather(*(_row(vault, one) for one in found if one.is_public))
    return [row for row in rows if row is not None]


async def _row(vault: Vault, practice: Practice) -> PracticeRow | None:
    try:
        text = await vault.text(vault_key(KIND, practice.id), practice.text)
    except NotFound:
        # A text that the store lost hides no other practice.
        return None
    return PracticeRow(article=practice.article, practice=practice.practice, text=text)
