import hashlib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify.vault.keys import FileKey
from certify.vault.sealing import CHUNK_BITS, HEADER_BYTES, MAGIC, Opener, SealBroken, Sealer, sealed_size

BITS = 10
STEP = 1 << BITS
ONE = FileKey(id="01" * 16, key=b"\x01" * 32)
TAG = 16


def seal(content: bytes, *, key: FileKey = ONE, subject: str = "case-1", bits: int = BITS) -> bytes:
    sealer = Sealer(key, subject, chunk_bits=bits)
    return sealer.seal(content) + sealer.finish()


def given_out(sealed: bytes, *, key: FileKey = ONE, subject: str = "case-1", piece: int = 700) -> tuple[bytes, str]:
    """What is given out as good, and the code it ended with."""
    opener, found = Opener(key, subject), b""
    try:
        for start in range(0, len(sealed), piece):
            found += opener.open(sealed[start : start + piece])
        found += opener.finish()
    except SealBroken as error:
        return found, error.code
    return found, ""


def chunks(sealed: bytes) -> list[bytes]:
    body = sealed[HEADER_BYTES:]
    return [body[start : start + STEP + TAG] for start in range(0, len(body), STEP + TAG)]


CONTENT = bytes(number % 251 for number in range(3 * STEP + 10))
SEALED = seal(CONTENT)
HEADER = SEALED[:HEADER_BYTES]
PARTS = chunks(SEALED)


@pytest.mark.parametrize("size", [0, 1, STEP - 1, STEP, STEP + 1, 3 * STEP])
def test_a_file_opens_to_what_was_sealed(size: int) -> None:
    content = CONTENT[:size]

    assert given_out(seal(content)) == (content, "")


@given(cuts=st.lists(st.binary(max_size=3 * STEP), max_size=6), piece=st.integers(1, 4 * STEP))
def test_it_does_not_matter_in_which_pieces_a_file_is_sealed_and_opened(cuts: list[bytes], piece: int) -> None:
    sealer, content = Sealer(ONE, "case-1", chunk_bits=BITS), b"".join(cuts)
    sealed = b"".join([*map(sealer.seal, cuts), sealer.finish()])

    assert sealed == seal(content)
    assert given_out(sealed, piece=piece) == (content, "")
    assert sealer.digest == hashlib.sha256(content).hexdigest()
    assert (sealer.stored_digest, sealer.size) == (hashlib.sha256(sealed).hexdigest(), len(content))


@pytest.mark.parametrize("size", [0, 1, 1 << CHUNK_BITS, (1 << CHUNK_BITS) + 1])
def test_how_long_a_sealed_file_is_follows_from_its_length(size: int) -> None:
    assert sealed_size(size) == len(seal(bytes(size), bits=CHUNK_BITS))


def test_the_same_file_under_the_same_key_gives_the_same_bytes_and_under_another_quite_others() -> None:
    other = seal(CONTENT, key=FileKey(id="02" * 16, key=b"\x02" * 32))

    assert seal(CONTENT) == SEALED
    assert not set(chunks(other)) & set(PARTS)


ALTERED = {
    "the last chunk cut off": HEADER + b"".join(PARTS[:-1]),
    "all but the first cut off": HEADER + PARTS[0],
    "cut in the middle of a chunk": SEALED[: HEADER_BYTES + STEP // 2],
    "nothing but the header": HEADER,
    "two chunks in another order": HEADER + PARTS[1] + PARTS[0] + b"".join(PARTS[2:]),
    "a chunk left out": HEADER + PARTS[0] + b"".join(PARTS[2:]),
    "a chunk twice": HEADER + PARTS[0] + b"".join(PARTS),
    "a byte behind the end": SEALED + b"\0",
    "the last chunk twice": SEALED + PARTS[-1],
    "another length of chunk": SEALED[:6] + bytes([BITS + 1]) + SEALED[7:],
    "a bit of the first chunk turned": SEALED[:40] + bytes([SEALED[40] ^ 1]) + SEALED[41:],
    "a bit of the last chunk turned": SEALED[:-1] + bytes([SEALED[-1] ^ 1]),
}


@pytest.mark.parametrize("altered", ALTERED.values(), ids=ALTERED)
@pytest.mark.parametrize("piece", [100, 10**6])
def test_altered_bytes_are_refused_and_what_came_before_is_right(altered: bytes, piece: int) -> None:
    found, code = given_out(altered, piece=piece)

    assert code == "seal_broken"
    assert CONTENT.startswith(found)
    assert len(found) < len(CONTENT)


OTHERS = {
    "not_sealed": [b"", b"plain text that somebody put there", SEALED[:10]],
    "seal_version_unknown": [
        MAGIC + bytes([2]) + SEALED[6:],
        SEALED[:6] + b"\x1f" + SEALED[7:],
        SEALED[:7] + b"\1" + SEALED[8:],
    ],
    "seal_of_another": [seal(CONTENT, key=FileKey(id="02" * 16, key=b"\x02" * 32))],
}


@pytest.mark.parametrize(("code", "sealed"), [(code, one) for code, found in OTHERS.items() for one in found])
def test_what_is_no_such_file_is_refused_before_a_byte_is_given_out(code: str, sealed: bytes) -> None:
    assert given_out(sealed) == (b"", code)


@pytest.mark.parametrize(
    "other",
    [{"subject": "case-2"}, {"key": FileKey(id=ONE.id, key=b"\x02" * 32)}],
    ids=["of another case", "under another key"],
)
def test_a_file_opens_only_as_the_file_of_its_case_under_its_key(other: dict[str, str]) -> None:
    assert given_out(SEALED, **other) == (b"", "seal_broken")  # type: ignore[arg-type]


def test_a_bit_turned_anywhere_is_never_given_out() -> None:
    short = seal(b"abc")
    for place in range(len(short)):
        assert given_out(short[:place] + bytes([short[place] ^ 1]) + short[place + 1 :])[0] == b""


def test_no_nonce_comes_twice() -> None:
    sealer = Sealer(ONE, "case-1", chunk_bits=BITS)
    nonces = [sealer._chunks._nonce(last=False) for _ in range(1000)]
    assert all(int.from_bytes(two) - int.from_bytes(one) == 256 for one, two in pairwise(nonces))
