"""Answers of the Commission that everybody may read: anonymised, with the asker's consent (Code, I-2.3)."""

import asyncio

from fastapi import APIRouter, Request
from fastapi.responses import Response

from certify.procedure.matters import vault_key
from certify.register import matters
from certify.web.public.views import AnswerRow
from certify.web.rendering import render
from certify.web.services import Serviced, Services
from schemas.errors import NotFound
from schemas.ethics_question import EthicsQuestion

router = APIRouter()
KIND = "question"


@router.get("/questions")
async def questions(request: Request, services: Serviced) -> Response:
    """List the published answers, newest first."""
    async with services.database.reading() as session:
        found = await matters.every(session, EthicsQuestion, KIND)
    rows = await asyncio.gather(*(_row(services, one) for one in found if one.published is not None))
    return render(request, "public/questions.html", answers=[row for row in rows if row is not None])


async def _row(services: Services, question: EthicsQuestion) -> AnswerRow | None:
    assert question.published is not None
    assert question.ended_at is not None
    try:
        text = await services.vault.text(vault_key(KIND, question.id), question.published)
    except NotFound:
        # A text that the store lost hides no other answer.
        return None
    return AnswerRow(published_on=question.ended_at.date(), text=text)
