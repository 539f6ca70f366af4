"""The public log, the status lists and the offline bundle: files of the signer, given out as they are."""

import asyncio
import re

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from certify.register.certificates import body_name
from certify.vault.published_paths import BUNDLE, LOG, STATUS_INDEX, proof_of
from certify.web.conditional import as_stored
from certify.web.language import Language, language_of, marked, sentence
from certify.web.public.atom import MEDIA_TYPE, Feed, FeedEntry, written
from certify.web.public.lookup import SCANNED, in_directory
from certify.web.public.views import READ
from certify.web.services import PublicServiced, PublicServices
from labels.log import checkpoints
from labels.log.policy import policy_of
from labels.log.sequencer import CHECKPOINT
from schemas.errors import CouldNotCheck, VerificationError

router = APIRouter()

_FRESH = {"Cache-Control": "public, max-age=5"}
_FOR_GOOD = {"Cache-Control": "public, max-age=31536000, immutable"}
_FROM_ANYWHERE = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
"""Public files without a word about who asks: a verifier on any page may read them."""

_TILE = re.compile(
    r"(entries|[0-9]|[1-5][0-9]|6[0-3])/(x[0-9]{3}/)*[0-9]{3}(\.p/([1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|25[0-5]))?"
)
_SHARD = re.compile(r"0|[1-9][0-9]{0,4}")


@router.api_route("/log/checkpoint", methods=READ)
async def checkpoint(request: Request, services: PublicServiced) -> Response:
    """Give out the last checkpoint that witnesses saw (c2sp.org/tlog-tiles, Checkpoints)."""
    return await _file(request, services, LOG + CHECKPOINT, "text/plain; charset=utf-8", _FRESH)


@router.api_route("/log/checkpoint.atom", methods=READ)
async def checkpoint_feed(request: Request, services: PublicServiced) -> Response:
    """Tell the last checkpoint as a feed: whoever gathers them can show a log that forked (security, T27).

    Raises:
        CouldNotCheck: `log_unreadable`; the keys cannot be read.
    """
    content = await asyncio.to_thread(services.published.read, LOG + CHECKPOINT)
    if content is None:
        raise HTTPException(404, "This is not published yet.")
    feed = _feed_of(content, language_of(request), services)
    headers = {**SCANNED, **_FROM_ANYWHERE, "Vary": "Accept-Language", "Content-Language": feed.language}
    return as_stored(request, written(feed), MEDIA_TYPE, headers)


def _feed_of(content: bytes, language: Language, services: PublicServices) -> Feed:
    settings = services.settings
    policy = policy_of(services.keys(), settings.log_origin, quorum=settings.witness_quorum)
    try:
        seen = checkpoints.witnessed(content, policy)
    except VerificationError as error:
        raise CouldNotCheck("log_unreadable", "The checkpoint that is published does not hold.") from error
    address, said = f"{settings.public_url}/log/checkpoint", seen.checkpoint
    entry = FeedEntry(
        id=f"{address}#{said.size}-{said.root.hex()}",
        title=sentence(language, marked("%(origin)s, size %(size)s"), origin=said.origin, size=said.size),
        summary=content.decode(),
        page=address,
        at=seen.at,
        kind="checkpoint",
    )
    return Feed(
        id=f"{address}.atom",
        address=f"{address}.atom?lang={language}",
        title=sentence(language, marked("Checkpoints of the public log")),
        page=f"{settings.public_url}/labels?lang={language}",
        author=body_name(settings, language),
        language=language,
        entries=(entry,),
    )


@router.api_route("/log/tile/{path:path}", methods=READ)
async def tile(request: Request, path: str, services: PublicServiced) -> Response:
    """Give out a tile of hashes, or a bundle of entries."""
    if not _TILE.fullmatch(path):
        raise HTTPException(404, "The log has no such tile.")
    return await _file(request, services, f"{LOG}tile/{path}", "application/octet-stream", _FOR_GOOD)


@router.api_route("/s", methods=READ)
async def status_lists(request: Request, services: PublicServiced) -> Response:
    """Say where the status lists are (IETF Token Status List, Status List Aggregation)."""
    return await _file(request, services, STATUS_INDEX, "application/json", _FRESH)


@router.api_route("/s/{shard}", methods=READ)
async def status_list(request: Request, shard: str, services: PublicServiced) -> Response:
    """Give out the status list of a shard."""
    if not _SHARD.fullmatch(shard):
        raise HTTPException(404, "There is no such list.")
    return await _file(request, services, f"s/{shard}", "application/statuslist+cwt", _FRESH)


@router.api_route("/offline.bundle", methods=READ)
async def offline_bundle(request: Request, services: PublicServiced) -> Response:
    """Give out what a verifier needs without a network."""
    return await _file(request, services, BUNDLE, "application/json", _FRESH)


@router.api_route("/{number}.tlog-proof", methods=READ)
async def label_proof(request: Request, number: str, services: PublicServiced) -> Response:
    """Give out the proof that a label's issue stands in the witnessed log."""
    label = await in_directory(services, number)
    return await _file(request, services, proof_of(label.id), "text/plain; charset=utf-8", SCANNED)


async def _file(
    request: Request, services: PublicServices, path: str, media_type: str, headers: dict[str, str]
) -> Response:
    content = await asyncio.to_thread(services.published.read, path)
    if content is None:
        raise HTTPException(404, "This is not published yet.")
    return as_stored(request, content, media_type, {**headers, **_FROM_ANYWHERE})
