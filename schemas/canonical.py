"""One spelling of a JSON value, so that two people who hash it get the same digest (RFC 8785)."""

import hashlib
from typing import Any

import rfc8785
from pydantic import BaseModel


def canonical_json(value: Any) -> bytes:
    """Return the RFC 8785 bytes of a JSON value or of a model's JSON form."""
    plain = value.model_dump(mode="json") if isinstance(value, BaseModel) else value
    return rfc8785.dumps(plain)


def digest_of(value: Any) -> str:
    """Return the SHA-256 of the canonical JSON of a value, as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(canonical_json(value)).hexdigest()
