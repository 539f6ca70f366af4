"""Make the vectors of sealed files: `python scripts/make_sealed_vectors.py` writes tests/vectors/sealed/{good,bad}.

Keys and ids are made up and seal nothing. docs/operate/vault.md has the format.
"""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from certify.vault.keys import FileKey
from certify.vault.sealing import HEADER_BYTES, Sealer

FOLDER = Path(__file__).parents[1] / "tests" / "vectors" / "sealed"
BITS = 10
STEP = (1 << BITS) + 16
ONE, OTHER = FileKey("00112233445566778899aabbccddeeff", bytes(range(32))), FileKey("f0" * 16, bytes(range(32, 64)))
CONTENT = bytes(number % 251 for number in range(2 * (1 << BITS) + 100))


class Vector(NamedTuple):
    """One question and its answer: the plain bytes, or the code it is refused with."""

    name: str
    why: str
    sealed: bytes
    key: FileKey = ONE
    subject: str = "case-1"
    plain: bytes | None = None
    code: str | None = None


def seal(content: bytes, key: FileKey = ONE, subject: str = "case-1") -> bytes:
    """Return sealed bytes in short chunks."""
    sealer = Sealer(key, subject, chunk_bits=BITS)
    return sealer.seal(content) + sealer.finish()


def good() -> Iterator[Vector]:
    """Yield what opens."""
    for name, why, size in (
        ("empty", "one chunk that is the last and empty", 0),
        ("short", "one chunk", 3),
        ("one_chunk", "a last chunk that is full", 1 << BITS),
        ("three_chunks", "two chunks and a rest", len(CONTENT)),
    ):
        yield Vector(name, why, seal(CONTENT[:size]), plain=CONTENT[:size])
    yield Vector("another_case", "bound to its case", seal(CONTENT, subject="ёж"), subject="ёж", plain=CONTENT)


def bad() -> Iterator[Vector]:
    """Yield what is refused."""
    whole = seal(CONTENT)
    header, one, two, last = whole[:HEADER_BYTES], *(whole[HEADER_BYTES + STEP * n :][:STEP] for n in range(3))
    for name, why, sealed in (
        ("truncated", "the last chunk is missing", header + one + two),
        ("header_only", "all chunks are missing", header),
        ("reordered", "two chunks changed places", header + two + one + last),
        ("repeated", "a chunk comes twice", header + one + one + two + last),
        ("extended", "a byte follows the last chunk", whole + b"\0"),
        ("bit_turned", "one bit is another", whole[:-1] + bytes([whole[-1] ^ 1])),
        ("chunk_length", "the header tells another length of chunk", whole[:6] + bytes([BITS + 1]) + whole[7:]),
    ):
        yield Vector(name, why, sealed, code="seal_broken")
    yield Vector("other_case", "sealed for another case", whole, subject="case-2", code="seal_broken")
    yield Vector("other_key", "the id is right, the key is not", whole, FileKey(ONE.id, OTHER.key), code="seal_broken")
    yield Vector("other_file", "sealed under the key of another file", seal(CONTENT, OTHER), code="seal_of_another")
    version = whole[:5] + b"\2" + whole[6:]
    yield Vector("other_version", "a version of later", version, code="seal_version_unknown")
    yield Vector("not_sealed", "in clear", CONTENT, code="not_sealed")
    yield Vector("nothing", "no byte at all", b"", code="not_sealed")


def files() -> dict[str, str]:
    """Return every file by its place below the folder."""
    return {
        **{f"good/{one.name}.json": _text_of(one) for one in good()},
        **{f"bad/{one.name}.json": _text_of(one) for one in bad()},
    }


def _text_of(one: Vector) -> str:
    told = {
        "why": one.why,
        "key_id": one.key.id,
        "key": one.key.key.hex(),
        "subject": one.subject,
        "sealed": base64.b64encode(one.sealed).decode(),
        "expect": {"plain": base64.b64encode(one.plain).decode()} if one.plain is not None else {"code": one.code},
    }
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    for place, text in files().items():
        (FOLDER / place).parent.mkdir(parents=True, exist_ok=True)
        (FOLDER / place).write_text(text)
