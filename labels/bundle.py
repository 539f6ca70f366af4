"""The offline bundle: what a verifier needs without a network, in one file.

    {"format": "certify-offline-bundle/1", "origin", "made_at", "keys": {JWK set}, "checkpoint": "…",
     "status": {"address of a list": "base64url of the list"}}

Nothing signs the file as a whole. The lists and the checkpoint are signed; the keys in it are worth what the way is
worth over which the file came, so that a verifier that pinned keys passes them over.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from labels.public_keys import from_base64
from schemas.errors import CouldNotCheck

FORMAT = "certify-offline-bundle/1"
MAX_BYTES = 64_000_000


@dataclass(frozen=True)
class Bundle:
    """A bundle taken apart; nothing in it is believed yet.

    Attributes:
        origin: of the log, `HOST/log`.
        lists: status lists by the address each was published at.
    """

    origin: str
    lists: Mapping[str, bytes]


def read_bundle(content: bytes) -> Bundle:
    """Read a bundle.

    Raises:
        CouldNotCheck: `bundle_unreadable`: no JSON, or not of this format.
    """
    try:
        return _read(json.loads(content[: MAX_BYTES + 1]))  # cut short it is no JSON
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise CouldNotCheck("bundle_unreadable", "This is no offline bundle.") from error


def _read(document: Any) -> Bundle:
    origin: str = document["origin"]
    if document["format"] != FORMAT or not isinstance(origin, str):
        raise ValueError("another format")
    return Bundle(origin, {address: from_base64(one) for address, one in document["status"].items()})
