"""The public keys, with which anybody verifies a label offline: signed by the root, as a JWK set, and the root itself.

The signed set is worth what the reader's pinned root is worth, however it came; the JWK set and the root are worth
what the connection was worth over which they came, which is why the root's fingerprint is printed elsewhere too.
"""

from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import Response

from certify.web.conditional import as_stored
from certify.web.public.views import READ
from certify.web.services import PublicServiced
from labels.signed_key_set import MEDIA_TYPE
from schemas.errors import CouldNotCheck

router = APIRouter()
FOR_A_MINUTE = {"Cache-Control": "public, max-age=60"}


@router.api_route("/.well-known/label-keys", methods=READ)
async def signed_key_set(request: Request, services: PublicServiced) -> Response:
    """Give out the key set as the root signed it (COSE_Sign)."""
    return _file(request, services.settings.signed_key_set_file, MEDIA_TYPE)


@router.api_route("/.well-known/jwks.json", methods=READ)
async def jwk_set(request: Request, services: PublicServiced) -> Response:
    """Give out the same keys as a JWK set (RFC 7517)."""
    return _file(request, services.settings.key_set_file, "application/jwk-set+json")


@router.api_route("/.well-known/label-root.json", methods=READ)
async def root(request: Request, services: PublicServiced) -> Response:
    """Give out the public half of the root; who pins it compares its fingerprint with the printed one."""
    return _file(request, services.settings.root_file, "application/jwk-set+json")


def _file(request: Request, path: Path | None, media_type: str) -> Response:
    assert path is not None
    if not path.exists():
        raise CouldNotCheck("keys_unreadable", "The keys cannot be read now.")
    return as_stored(request, path.read_bytes(), media_type, FOR_A_MINUTE)
