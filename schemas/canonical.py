"""One spelling of a JSON value, so that two people who hash it get the same digest (RFC 8785)."""

import hashlib
import json
from typing import Any

import rfc8785
from pydantic import BaseModel


def canonical_json(value: Any) -> bytes:
    """Return the RFC 8785 bytes of a JSON value or of a model's JSON form."""
    plain = value.model_dump(mode="json") if isinstance(value, BaseModel) else value
    return rfc8785.dumps(plain)


def strict_json(text: str | bytes) -> Any:
    """Return a JSON value as it is written; of two fields with one name, readers take the one or the other.

    Raises:
        ValueError: it is no JSON, or an object has a name twice (RFC 8259, 4; RFC 8785, 3.1).
    """
    return json.loads(text, object_pairs_hook=_with_names_once)


def _with_names_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def says_no_other(written: Any, read: Any) -> bool:
    """Whether a JSON value is what was read from it, type by type: Python takes 1, 1.0 and true for one another.

    Args:
        written: as `strict_json` returns it; an earlier version may have written fewer fields.
        read: the JSON value of what was read, with all fields.
    """
    if type(written) is not type(read):
        return False
    if isinstance(written, dict):
        return all(name in read and says_no_other(value, read[name]) for name, value in written.items())
    if isinstance(written, list):
        return len(written) == len(read) and all(map(says_no_other, written, read))
    return bool(written == read)


def digest_of(value: Any) -> str:
    """Return the SHA-256 of the canonical JSON of a value, as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(canonical_json(value)).hexdigest()
