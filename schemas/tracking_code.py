"""The code by which somebody without an account finds their complaint again: as hard to guess as a label's number.

Sixteen characters and a check character of the same alphabet as a label's number (`schemas.label_number`), so that
it can be read out, written down and typed in any case.
"""

import hashlib
from typing import Final

from schemas.errors import Unacceptable
from schemas.label_number import ID_BYTES, MistypedNumber, format_number, id_of, parse_number

KEY_LENGTH: Final = 32
"""Least length of the secret a code is made from: 128 random bits in hexadecimal digits."""


def code_from(secret: str) -> str:
    """Return the code that belongs to a secret: a form sent twice reaches the same complaint."""
    return id_of(hashlib.sha256(f"complaint/{secret}".encode()).digest()[:ID_BYTES])


def matter_behind(code: str) -> str:
    """Return the id of the complaint that a code leads to; whoever handles it knows the id, and no way to the code."""
    return id_of(hashlib.sha256(f"complaint by code/{code}".encode()).digest()[:ID_BYTES])


def format_code(code: str) -> str:
    """Write a code for reading out: `EJGA-H1E9-8JEK-0736-Q`."""
    return format_number(code)


def parse_code(typed: str) -> str:
    """Return the code a person meant: any case, dashes and spaces anywhere, O for 0, I or L for 1.

    Raises:
        Unacceptable: `mistyped_code`.
    """
    try:
        return parse_number(typed)
    except MistypedNumber:
        raise Unacceptable(
            "mistyped_code", "A tracking code has four groups of four characters and one check character; look again."
        ) from None
