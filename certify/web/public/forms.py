"""Forms of the public: read without a library that would write parts to disk, and only as long as they need to be."""

from typing import Final
from urllib.parse import parse_qsl

from fastapi import Request

from certify.web.acting import Typed, typed_of
from schemas.errors import Unacceptable

FORM_MAX: Final = 128 * 1024
"""Bytes: ten thousand Cyrillic letters take sixty thousand when a browser writes them as `%D0%B0`."""
FIELDS_MAX: Final = 20


async def small_form(request: Request) -> Typed:
    """Return what somebody without an account typed.

    Raises:
        Unacceptable: `form_too_large`, or `malformed_form` for what no form of ours sends.
    """
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > FORM_MAX:
            raise Unacceptable("form_too_large", "What you sent is too long for this form.")
    try:
        pairs = parse_qsl(content.decode("ascii"), errors="strict", max_num_fields=FIELDS_MAX)
    except ValueError:
        raise Unacceptable("malformed_form", "This is not what the form sends; please fill it in again.") from None
    return typed_of(pairs)
