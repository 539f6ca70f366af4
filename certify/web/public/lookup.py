"""From a number or a token to the answer about a label; what cannot be answered now is never answered as invalid."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import structlog
from fastapi import Request
from fastapi.responses import Response
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException

from certify.register import labels, schemes
from certify.register.certificates import Granted
from certify.register.labels import LabelRecord
from certify.web.errors import RETRY_AFTER_SECONDS
from certify.web.language import language_of
from certify.web.public import answers
from certify.web.public.export_files import links as export_links
from certify.web.public.texts import texts_of
from certify.web.public.views import AnswerView, ScanView
from certify.web.public.websites import came_from
from certify.web.scans import Way
from certify.web.services import Services
from labels.preview import previewed
from schemas.errors import CouldNotCheck
from schemas.label import Authenticity, Standing
from schemas.label_number import MistypedNumber, is_preview, parse_number

log = structlog.get_logger()
SCANNED = {"Cache-Control": "public, max-age=60"}


async def answer_for_token(request: Request, services: Services, token: str) -> AnswerView:
    """Answer for a scanned token.

    Raises:
        CouldNotCheck: the keys cannot be read.
    """
    now, path = datetime.now(UTC), services.settings.key_set_file
    assert path is not None
    if preview := previewed(token, at=now):
        return answers.preview(preview)
    verified = answers.check_token(token, path, now)
    if verified.statement is None:
        return answers.not_ours(verified.authenticity, now)
    return await answer_for_number(request, services, verified.statement.id, Authenticity.AUTHENTIC, token)


async def answer_for_number(
    request: Request,
    services: Services,
    label_id: str,
    authenticity: Authenticity | None = None,
    token: str | None = None,
) -> AnswerView:
    """Answer for the 16 characters of a number, and for the token that was scanned, where one was."""
    now = datetime.now(UTC)
    async with services.database.reading() as session:
        row = await labels.find(session, label_id)
        if row is None or token not in {None, row.issued.token}:
            return answers.preview(label_id) if is_preview(label_id) else answers.unknown(label_id, now, authenticity)
        scheme = await schemes.pinned(session, row.public_facts.scheme.digest)
    language = language_of(request)
    return answers.known(
        row,
        scheme,
        services.settings,
        language=language,
        now=now,
        standing=await standing_of(services, row, now),
        exports=await export_links(services, row.id, language),
        authenticity=authenticity,
        texts=await texts_of(services.vault, row),
        led_by=came_from(request, row.public_facts.websites, own_host=answers.host_of(services.settings)),
    )


async def standing_of(services: Services, row: LabelRecord, now: datetime) -> Standing:
    """Return how a label stands: as recorded, and in force only once witnesses saw its issue in the log (I8).

    Raises:
        CouldNotCheck: its proof does not hold.
        OSError: its proof cannot be read now.
    """
    recorded = row.standing_at(now)
    if recorded != Standing.IN_FORCE:
        return recorded
    return recorded if await services.proofs.seen_at(row.issued) is not None else Standing.NOT_YET


async def listed_standing(services: Services, row: LabelRecord, now: datetime) -> Standing:
    """Return how a label of a list stands; one whose proof cannot be read does not hide the others."""
    try:
        return await standing_of(services, row, now)
    except (CouldNotCheck, OSError) as error:
        log.warning("could_not_check", error=type(error).__name__, label=row.id)
        return Standing.COULD_NOT_CHECK


async def present_standing(services: Services, label_id: str, now: datetime) -> Standing:
    """Return how a label of the directory stands."""
    async with services.database.reading() as session:
        row = await labels.find(session, label_id)
    return await standing_of(services, row, now) if row is not None else Standing.UNKNOWN_NUMBER


async def answered(question: Callable[[], Awaitable[AnswerView]]) -> AnswerView:
    """Ask, and answer what cannot be answered now as that."""
    try:
        return await question()
    except (CouldNotCheck, SQLAlchemyError, OSError) as error:
        log.warning("could_not_check", error=type(error).__name__)
        return answers.could_not_check(datetime.now(UTC))


def count_answer(request: Request, services: Services, way: Way, view: AnswerView) -> None:
    """Count an answer about a label of the directory; whoever asks for no content was shown none."""
    if request.method == "GET" and isinstance(view, ScanView) and view.label is not None and view.number is not None:
        services.scans.count(parse_number(view.number), way, view.checked_at)


def keep_for_a_minute(response: Response) -> Response:
    """Let an answer be kept as long as a decision may take to be seen; what failed is asked again (RFC 9110, 15.6)."""
    response.headers.update(SCANNED if response.status_code < 500 else {"Retry-After": RETRY_AFTER_SECONDS})
    return response


async def granted(services: Services, number: str) -> Granted:
    """Return the label of a number, with all that is told of it.

    Raises:
        HTTPException: 404, also for a mistyped number.
    """
    try:
        label_id = parse_number(number)
    except MistypedNumber:
        raise HTTPException(404, "There is no such label.") from None
    async with services.database.reading() as session:
        row = await labels.find(session, label_id)
        if row is None:
            raise HTTPException(404, "There is no such label.")
        scheme = await schemes.pinned(session, row.public_facts.scheme.digest)
    return Granted(issued=row.issued, facts=row.public_facts, scheme=scheme)
