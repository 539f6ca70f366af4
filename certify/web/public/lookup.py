"""From a number or a token to the answer about a label; what cannot be answered now is never answered as invalid."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial

import structlog
from fastapi import Request
from fastapi.responses import Response
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException

from certify.procedure.whole_record import BEHIND, behind
from certify.register import labels
from certify.register.certificates import Granted
from certify.register.labels import LabelRecord
from certify.web.errors import RETRY_AFTER_SECONDS
from certify.web.language import language_of, marked, sentence
from certify.web.public import answers
from certify.web.public.export_files import links as export_links
from certify.web.public.texts import texts_of
from certify.web.public.views import AnswerView, ScanView
from certify.web.public.websites import came_from
from certify.web.scans import Way
from certify.web.services import PublicServices
from certify.web.standing import authenticity_of, is_proved, require_as_signed, require_own_facts, standing_of
from labels.key_set import KeySet
from labels.preview import previewed
from labels.verification import signed_statement, verify
from schemas.errors import CouldNotCheck, NotFound
from schemas.label import Authenticity
from schemas.label_number import MistypedNumber, is_preview, parse_number

log = structlog.get_logger()
SCANNED = {"Cache-Control": "public, max-age=60"}
_UNPROVED = "proof_unreadable"
_DIFFERS = "label_differs"
_LIST_DIFFERS = "list_differs"
_REASONS = {
    BEHIND: marked(
        "Our register is being restored after a failure and lacks its latest entries. Until it is whole again, this "
        "page does not say how the label stands."
    ),
    _UNPROVED: marked(
        "The proof that this label stands in our public log cannot be read here, or does not hold. Until it is mended, "
        "this page does not say how the label stands."
    ),
    _DIFFERS: marked(
        "What our register keeps of this label is not what was signed. Until that is mended, this page does not say "
        "how the label stands."
    ),
    _LIST_DIFFERS: marked(
        "Our register and our signed list of standings do not say the same of this label. A label that has just been "
        "restored is in both within a minute. Until they agree, this page does not say how the label stands."
    ),
}
_NOT_PROVED = marked(
    "No independent witness has seen this label in the public log. Pictures and papers of it are given out once one "
    "has, as a rule within a minute."
)
_UNREACHABLE = marked(
    "We cannot reach our record at the moment. The label may be in force or not: this page does not say."
)


async def answer_for_token(request: Request, services: PublicServices, token: str) -> AnswerView:
    """Answer for a scanned token; its number is read only once its signature holds.

    Raises:
        CouldNotCheck: the keys cannot be read; of a key that may be in other hands, the published files neither.
    """
    now = datetime.now(UTC)
    if preview := previewed(token, at=now):
        return answers.preview(preview)
    keys = services.keys()
    verified = verify(token, keys, at=now)
    if verified.authenticity is Authenticity.NOT_IN_LOG:
        return await _perhaps_stolen(request, services, token, keys, now)
    if verified.statement is None:
        return answers.not_ours(verified.authenticity, now)
    return await _authentic(request, services, token, verified.statement.id)


async def _perhaps_stolen(
    request: Request, services: PublicServices, token: str, keys: KeySet, now: datetime
) -> AnswerView:
    """Answer for a token whose key may be in other hands: authentic if its proof tells that the label is older."""
    label_id = signed_statement(token, keys).id
    try:
        proved = await services.proofs.of(label_id)
    except CouldNotCheck as error:
        # A proof that does not hold shows nothing, as for every verifier; one that cannot be reached may show it.
        known = Authenticity.NOT_IN_LOG if error.code == _UNPROVED else None
        return _could_not_check(request, error, known)
    seen_at = proved.at if proved is not None and proved.token == token else None
    verified = verify(token, keys, at=now, witnessed_at=seen_at)
    if verified.statement is not None:
        return await _authentic(request, services, token, label_id)
    question = partial(_not_proved, services, label_id, token, now, verified.authenticity)
    return await answered(request, question, verified.authenticity)


async def _authentic(request: Request, services: PublicServices, token: str, label_id: str) -> AnswerView:
    """Answer for a token that is ours: that stays told where it cannot be told how the label stands."""
    question = partial(answer_for_number, request, services, label_id, Authenticity.AUTHENTIC, token)
    return await answered(request, question, Authenticity.AUTHENTIC, label_id)


async def _not_proved(
    services: PublicServices, label_id: str, token: str, now: datetime, authenticity: Authenticity
) -> AnswerView:
    """Answer for a token that a thief may have signed: what the directory says, where it has that very token."""
    async with services.database.reading() as session:
        row = await labels.find(session, label_id)
    if row is None or row.issued.token != token:
        return answers.not_ours(authenticity, now)
    return answers.not_proved(label_id, now, row.standing_at(now), authenticity)


async def answer_for_number(
    request: Request,
    services: PublicServices,
    label_id: str,
    authenticity: Authenticity | None = None,
    token: str | None = None,
) -> AnswerView:
    """Answer for the 16 characters of a number, and for the token that was scanned, where one was.

    Raises:
        CouldNotCheck: as `standing_of`; the directory lacks a label that the log holds, or tells of another.
    """
    now = datetime.now(UTC)
    async with services.database.reading() as session:
        row = await labels.find(session, label_id)
        known = row is not None and token in {None, row.issued.token}
        scheme = await services.scheme(session, row.public_facts.scheme.digest) if row is not None and known else None
    if row is None or scheme is None:
        return await _not_in_directory(services, label_id, authenticity, token, now)
    await require_own_facts(services, row)
    believed = await authenticity_of(services, row, now)
    if believed is not Authenticity.AUTHENTIC:
        return answers.not_proved(label_id, now, row.standing_at(now), believed)
    language = language_of(request)
    return answers.known(
        row,
        scheme,
        services.settings,
        language=language,
        now=now,
        standing=await standing_of(services, row, now),
        exports=await export_links(services, row.id, language),
        seats=await services.seats.of(services.database, row.organisation, now),
        authenticity=authenticity,
        texts=await texts_of(services.vault, row),
        led_by=came_from(request, row.public_facts.websites, own_host=answers.host_of(services.settings)),
    )


async def _not_in_directory(
    services: PublicServices, label_id: str, authenticity: Authenticity | None, token: str | None, now: datetime
) -> AnswerView:
    """Answer for a number or a token that the directory has not.

    One that the log has is never called unknown, nor is any while the directory lacks what was logged (F24).
    """
    if is_preview(label_id):
        return answers.preview(label_id)
    proved = await services.proofs.of(label_id)
    if proved is not None and token in {None, proved.token}:
        raise behind()
    await services.whole_record.require(now)
    return answers.unknown(label_id, now, authenticity)


async def answered(
    request: Request,
    question: Callable[[], Awaitable[AnswerView]],
    authenticity: Authenticity | None = None,
    label_id: str | None = None,
) -> AnswerView:
    """Ask, and answer what cannot be answered now as that, with what was verified of a token before."""
    try:
        return await question()
    except (CouldNotCheck, SQLAlchemyError, OSError) as error:
        return _could_not_check(request, error, authenticity, label_id)


def _could_not_check(
    request: Request, error: Exception, authenticity: Authenticity | None = None, label_id: str | None = None
) -> ScanView:
    code = error.code if isinstance(error, CouldNotCheck) else ""
    log.warning("could_not_check", error=type(error).__name__, code=code)
    reason = sentence(language_of(request), _REASONS.get(code, _UNREACHABLE))
    return answers.could_not_check(datetime.now(UTC), reason, authenticity, label_id)


def count_answer(request: Request, services: PublicServices, way: Way, view: AnswerView) -> None:
    """Count an answer about a label of the directory; whoever asks for no content was shown none."""
    if request.method == "GET" and isinstance(view, ScanView) and view.label is not None and view.number is not None:
        label_id = parse_number(view.number)
        services.scans.count(label_id, way, view.checked_at)
        request.state.scanned = (label_id, way)  # read by `certify.web.kept_answers`


def keep_for_a_minute(response: Response) -> Response:
    """Let an answer be kept as long as a decision may take to be seen; what failed is asked again (RFC 9110, 15.6)."""
    response.headers.update(SCANNED if response.status_code < 500 else {"Retry-After": RETRY_AFTER_SECONDS})
    return response


async def in_directory(services: PublicServices, number: str) -> LabelRecord:
    """Return the directory's row of a number.

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
    return row


async def granted(services: PublicServices, number: str) -> Granted:
    """Return the label of a number with all that is told of it, once it may be shown to somebody.

    Nobody is given a picture or a paper of a label before witnesses saw its issue: who has one may print it.

    Raises:
        HTTPException: 404, also for a mistyped number.
        NotFound: `label_not_proved`, while it is not.
        CouldNotCheck: its proof does not hold; it is not what was signed.
        OSError: its proof cannot be read now.
    """
    row = await in_directory(services, number)
    require_as_signed(services, row)
    await require_own_facts(services, row)
    if not await is_proved(services, row):
        raise NotFound("label_not_proved", _NOT_PROVED)
    async with services.database.reading() as session:
        scheme = await services.scheme(session, row.public_facts.scheme.digest)
    return Granted(issued=row.issued, facts=row.public_facts, scheme=scheme)
