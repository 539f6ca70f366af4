"""The two spellings a token is made of, each with exactly one form per value: base36 blocks and strict CBOR."""

from math import ceil, log
from typing import Any

import cbor2

from schemas.errors import VerificationError

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_BLOCK_BYTES = 31  # 31 bytes fill 48 characters almost exactly: 248 bits in 248.1
_CHARACTERS = {count: ceil(count * 8 * log(2) / log(36)) for count in range(1, _BLOCK_BYTES + 1)}
_BYTES = {characters: count for count, characters in _CHARACTERS.items()}
_BLOCK_CHARACTERS = _CHARACTERS[_BLOCK_BYTES]
_VALUES = frozenset(ALPHABET)
_MAX_DEPTH = 8  # a token nests three deep


def to_base36(data: bytes) -> str:
    """Spell bytes in base36: 31 bytes are 48 characters, the rest the fewest that hold it."""
    blocks = (data[start : start + _BLOCK_BYTES] for start in range(0, len(data), _BLOCK_BYTES))
    return "".join(_block_to_base36(block) for block in blocks)


def from_base36(text: str) -> bytes:
    """Read base36 back; only the one spelling that `to_base36` writes is accepted.

    Raises:
        VerificationError: `malformed`: a character outside 0-9A-Z, an impossible length, a block too large.
    """
    if not _VALUES.issuperset(text):
        raise VerificationError("malformed", "The token holds a character outside 0-9A-Z.")
    blocks = (text[start : start + _BLOCK_CHARACTERS] for start in range(0, len(text), _BLOCK_CHARACTERS))
    return b"".join(_block_from_base36(block) for block in blocks)


def to_cbor(value: Any) -> bytes:
    """Write deterministic CBOR (RFC 8949, 4.2.1); our maps have keys whose two orders, old and new, agree."""
    return cbor2.dumps(value, canonical=True)


def from_cbor(data: bytes) -> Any:
    """Read CBOR that is deterministic to the last byte.

    Writing the value again must give the same bytes: that refuses at once indefinite lengths, duplicate or
    unsorted keys, long forms of short numbers, and anything after the end (which `cbor2.loads` lets pass).

    Raises:
        VerificationError: `malformed`.
    """
    try:
        value = cbor2.loads(data, allow_indefinite=False, allow_duplicate_keys=False, max_depth=_MAX_DEPTH)
        again = to_cbor(value)
    except (cbor2.CBORError, ValueError, TypeError, ArithmeticError, RecursionError) as error:
        raise VerificationError("malformed", "The token is no well-formed CBOR.") from error
    if again != data:
        raise VerificationError("malformed", "The token is no deterministic CBOR.")
    return value


def _block_to_base36(block: bytes) -> str:
    number, characters = int.from_bytes(block, "big"), []
    for _ in range(_CHARACTERS[len(block)]):
        number, digit = divmod(number, 36)
        characters.append(ALPHABET[digit])
    return "".join(reversed(characters))


def _block_from_base36(block: str) -> bytes:
    count = _BYTES.get(len(block))
    if count is None:
        raise VerificationError("malformed", "No token has this length; a part is missing.")
    number = int(block, 36)
    if number >= 256**count:
        raise VerificationError("malformed", "A part of the token is larger than any token's.")
    return number.to_bytes(count, "big")
