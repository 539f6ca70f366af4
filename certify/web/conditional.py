"""Published bytes, sent only to those who do not have them already (RFC 9110, 8.8.3 and 13.1.2).

A `Range` is not taken (RFC 9110, 14.2): these files are small, and an answer is always the whole of one.
"""

import hashlib
from collections.abc import Mapping

from fastapi import Request
from fastapi.responses import Response


def as_stored(request: Request, content: bytes, media_type: str, headers: Mapping[str, str]) -> Response:
    """Give out bytes under the digest of what they are, or say that the reader has them."""
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    tagged = {**headers, "ETag": tag}
    if _has(request, tag):
        return Response(status_code=304, headers=tagged)
    return Response(content, media_type=media_type, headers=tagged)


def _has(request: Request, tag: str) -> bool:
    # The comparison is the weak one; none of our tags has a comma in it.
    named = (one.strip() for line in request.headers.getlist("if-none-match") for one in line.split(","))
    return any(one == "*" or one.removeprefix("W/") == tag for one in named)
