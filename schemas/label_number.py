"""The number of a label: 10 random bytes, written so that a person can read it out and type it.

Sixteen characters of Crockford's base32 (no I, L, O, U), and one check character of the same alphabet by
the Luhn algorithm modulo 32. Crockford's own check (modulo 37) needs `*~$=`, which neither an address nor
a phone keyboard likes. The dozen lines of Luhn stand here by hand because `schemas` may import no library
for them, and the known ones check decimal digits only.
"""

from base64 import b32decode, b32encode

from schemas.errors import LabelError

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
ID_BYTES = 10
ID_LENGTH = 16
PREVIEW = "TEST"
"""A number that begins so shows how a label would look; no label is ever given one."""

_GROUP_LENGTH = 4
_RFC4648 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_TO_CROCKFORD = str.maketrans(_RFC4648, ALPHABET)
_FROM_CROCKFORD = str.maketrans(ALPHABET, _RFC4648)
_AS_MEANT = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})
_VALUE = {character: value for value, character in enumerate(ALPHABET)}


class MistypedNumber(LabelError):  # noqa: N818  # a slip of the finger is no fault of the program
    """A label number that cannot be right as typed; no label needs to be looked up to know it.

    Attributes:
        group: index (from 0) of the group of four that holds an impossible character, None when the
            length is wrong or only the check character disagrees.
    """

    def __init__(self, message: str, group: int | None = None) -> None:
        super().__init__("mistyped_number", message)
        self.group = group


def id_of(random_bytes: bytes) -> str:
    """Write 10 random bytes (the `cti` of the token) as the label's id of 16 characters.

    Raises:
        ValueError: not 10 bytes.
    """
    if len(random_bytes) != ID_BYTES:
        raise ValueError(f"a label id is {ID_BYTES} bytes, not {len(random_bytes)}")
    return b32encode(random_bytes).decode("ascii").translate(_TO_CROCKFORD)


def is_preview(label_id: str) -> bool:
    """Whether an id is of a preview, which is no label and never in force."""
    return label_id.startswith(PREVIEW)


def preview_id(random_bytes: bytes) -> str:
    """Return the id of a preview, its free part from 10 bytes as `id_of` writes them."""
    return PREVIEW + id_of(random_bytes)[len(PREVIEW) :]


def bytes_of(label_id: str) -> bytes:
    """Return the 10 bytes behind an id of 16 characters as `id_of` writes it."""
    return b32decode(label_id.translate(_FROM_CROCKFORD))


def check_character(label_id: str) -> str:
    """Return the character that makes the Luhn sum of id and check a multiple of 32 (ISO/IEC 7812-1, annex B)."""
    return ALPHABET[-_luhn_sum(label_id, factor=2) % len(ALPHABET)]


def format_number(label_id: str) -> str:
    """Write an id for print and for reading out: `EJGA-H1E9-8JEK-0736-Q`."""
    groups = [label_id[start : start + _GROUP_LENGTH] for start in range(0, ID_LENGTH, _GROUP_LENGTH)]
    return "-".join([*groups, check_character(label_id)])


def parse_number(text: str) -> str:
    """Return the id (16 characters) a person meant: any case, dashes and spaces anywhere, O for 0, I or L for 1.

    The check character may be left out.

    Raises:
        MistypedNumber: an impossible character, a wrong length, or a check character that disagrees.
    """
    typed = text.strip().upper().translate(_AS_MEANT)
    for place, character in enumerate(typed):
        if character not in _VALUE:
            group = min(place, ID_LENGTH) // _GROUP_LENGTH
            raise MistypedNumber(f"A label number has no {character!r}; look at group {group + 1}.", group)
    if len(typed) not in (ID_LENGTH, ID_LENGTH + 1):
        raise MistypedNumber(f"A label number has 16 characters and a check character, this one has {len(typed)}.")
    if len(typed) > ID_LENGTH and _luhn_sum(typed, factor=1) % len(ALPHABET):
        raise MistypedNumber("The check character does not agree with the number; one character is mistyped.")
    return typed[:ID_LENGTH]


def _luhn_sum(characters: str, factor: int) -> int:
    """Add the digits from the right, every second one doubled and folded; `factor` is that of the last one."""
    total = 0
    for character in reversed(characters):
        quotient, remainder = divmod(_VALUE[character] * factor, len(ALPHABET))
        total += quotient + remainder
        factor = 3 - factor
    return total
