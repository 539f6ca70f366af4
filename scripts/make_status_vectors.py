"""Make the vectors of status lists: `python scripts/make_status_vectors.py` writes tests/vectors/status/{good,bad}."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import cbor2

from labels.cose import to_be_signed
from labels.key_set import GRACE, Use
from labels.keys import KeyInMemory
from labels.signing import prepare, sign
from labels.status import SHARD, TTL, VALIDITY, Shard, packed, signed_list
from schemas.label import Standing
from scripts.evidence_vectors import (
    AT,
    FIRST,
    LABEL,
    LISTS_LAST,
    LOG,
    OURS,
    STATUS,
    STRANGER,
    URL,
    Vector,
    in_use,
    lost,
    statement,
    status_list,
    texts_of,
    token,
    write,
)

TODAY, DAY = AT.date(), timedelta(days=1)


def _changed(members: dict[Any, Any], changes: dict[Any, Any]) -> dict[Any, Any]:
    """Return a map with other members: 1, 1.0 and true, one key of a dict, take each other's place."""
    kept = {name: value for name, value in members.items() if name not in changes}
    return {**kept, **{name: value for name, value in changes.items() if value is not None}}


def resigned(claims: dict[Any, Any], header: dict[Any, Any] | None = None, signer: KeyInMemory = STATUS) -> bytes:
    """Return a list with other claims, or without those that are None, whose signature holds."""
    protected, _, payload, _ = cbor2.loads(status_list()).value
    protected = cbor2.dumps(_changed(cbor2.loads(protected), header or {}), canonical=True)
    body = cbor2.dumps(_changed(cbor2.loads(payload), claims), canonical=True)
    return cbor2.dumps(
        cbor2.CBORTag(18, [protected, {}, body, signer.sign(to_be_signed(protected, body, b""))]), canonical=True
    )


def told(name: str, why: str, content: bytes | None, **changes: Any) -> Vector:
    """Return a vector with a list at its address."""
    return Vector(name, why, lists=((f"{URL}/s/0", content),) if content is not None else (), **changes)


def several(name: str, why: str, *contents: bytes, **changes: Any) -> Vector:
    """Return a vector with lists that were fetched from wherever."""
    lists = tuple((f"https://{number}.example.eu/s/0", content) for number, content in enumerate(contents))
    return Vector(name, why, lists=lists, **changes)


def good_lists() -> Iterator[Vector]:
    """Yield lists that tell how the label stands; `bad` are labels out of force, too."""
    yield told("in_force", "as issued", status_list(), standing="in_force")
    yield told(
        "known_version", "the very version that is known", status_list(), known_versions={0: 42}, standing="in_force"
    )
    more = {0: 42, 1: 99}
    yield told(
        "known_of_another",
        "a higher one is known of another list",
        status_list(),
        known_versions=more,
        standing="in_force",
    )
    last = status_list(at=AT - VALIDITY)
    yield told("last_second", "a list in its last second", last, standing="in_force")
    ahead = status_list(at=AT + TTL)
    yield told("clock_behind", "the reader's clock is a quarter of an hour behind", ahead, standing="in_force")
    for name, why, days in (
        ("key_first_day", "issued on the first day of its key", (TODAY, LISTS_LAST)),
        ("key_grace", "issued on the last day of grace after its key", (FIRST, TODAY - GRACE)),
    ):
        yield told(name, why, status_list(), keys=in_use(*days, STATUS), standing="in_force")
    older, newer = status_list(Standing.SUSPENDED, version=41), status_list(version=42)
    yield several("newest_of_two", "of two lists of the shard the newer tells", older, newer, standing="in_force")
    unsigned = status_list(Standing.SUSPENDED, version=43, signer=STRANGER)
    yield several("newest_that_holds", "the newer is signed by nobody's key", newer, unsigned, standing="in_force")
    far = statement(status_index=3 * SHARD + 7)
    third = signed_list(bytes(Shard()), address=f"{URL}/s/3", version=42, at=AT - timedelta(minutes=5), signer=STATUS)
    lists = ((f"{URL}/s/0", status_list(Standing.WITHDRAWN)), (f"{URL}/s/3", third))
    yield Vector("fourth_shard", "two lists, the second tells", token(far), lists=lists, standing="in_force")


def bad_lists() -> Iterator[Vector]:
    """Yield lists by which the label is not in force, or could not be checked."""
    for value, standing in (
        (Standing.WITHDRAWN, "withdrawn"),
        (Standing.LAPSED, "withdrawn"),
        (Standing.SUSPENDED, "suspended"),
        (Standing.SUPERSEDED, "superseded"),
    ):
        yield told(value.value, f"the list says: {standing}", status_list(value), standing=standing)
    late = datetime(2028, 11, 23, tzinfo=UTC)
    yield told("expired", "past its end, whatever a fresh list says", status_list(at=late), at=late, standing="expired")
    for value in (Standing.SUSPENDED, Standing.WITHDRAWN):
        standing = "expired" if value is Standing.SUSPENDED else value.value
        name, content = f"expired_{value.value}", status_list(value, at=late)
        yield told(name, f"past its end, and {value.value} by then", content, at=late, standing=standing)
    yield told("expired_no_list", "past its end needs no list", None, at=late, standing="expired")
    yield told("no_list", "nothing tells how it stands", None, code="no_list")
    before = status_list(version=41)
    yield told("older", "an older list after a newer one", before, known_versions={0: 42}, code="list_older")
    old = status_list(at=AT - VALIDITY - timedelta(seconds=1))
    yield told("stale", "a second older than a day", old, code="list_stale")
    ahead = status_list(at=AT + TTL + timedelta(seconds=1))
    yield told("from_the_future", "issued later than any clock explains", ahead, code="list_stale")
    older, newer = status_list(version=41), status_list(Standing.WITHDRAWN, version=42)
    yield several("newest_last", "of two lists of the shard the newer tells", older, newer, standing="withdrawn")
    yield several("newest_first", "so in whatever order they lie", newer, older, standing="withdrawn")
    other = status_list(address=f"{URL}/s/1")
    for name, lists in (("stale_and_other", (old, other)), ("other_and_stale", (other, old))):
        yield several(name, "a stale list, and one of another shard", *lists, code="list_stale")
    yield told("other_shard", "the genuine list of another shard", other, code="list_of_another_address")
    far = token(statement(status_index=SHARD + 70_123))
    yield replace(
        told("shard_missing", "only another shard's list is there", status_list(), code="list_of_another_address"),
        text=far,
    )
    for name, why, signer in (
        ("label_key", "signed by a label key", LABEL),
        ("log_key", "signed by the key of the log", LOG),
        ("stranger", "signed by nobody's key", STRANGER),
    ):
        yield told(name, why, status_list(Standing.IN_FORCE, signer=signer), code="list_not_signed")
    stolen = lost(Use.STATUS)
    yield told("key_compromised", "its key may be in other hands", status_list(), keys=stolen, code="list_not_signed")
    for name, why, days in (
        ("key_not_yet", "issued on the day before the first of its key", (TODAY + DAY, LISTS_LAST)),
        ("key_over", "issued a day after the grace of its key", (FIRST, TODAY - GRACE - DAY)),
    ):
        yield told(name, why, status_list(), keys=in_use(*days, STATUS), code="list_not_signed")
    for name, why, content in misshapen_lists():
        yield told(name, why, content, code="list_malformed")
    flipped = bytearray(status_list())
    flipped[200] ^= 1
    yield told("flipped", "one bit of the list", bytes(flipped), code="list_not_signed")
    zero = status_list()[:-64] + bytes(64)
    yield told("signature_zero", "64 zero bytes", zero, code="list_not_signed")


def misshapen_lists() -> Iterator[tuple[str, str, bytes]]:
    """Yield what is no status list, most of it signed by the right key: name, why, bytes."""
    whole = packed(bytes(SHARD // 4))
    for name, why, content in (
        ("bomb", "inflates to 1 MiB", packed(bytes(2**20))),
        ("short", "a byte less than a shard", packed(bytes(SHARD // 4 - 1))),
        ("more", "bytes after the compressed ones", whole + b"more"),
        ("cut_within", "compressed bytes cut short", whole[:-4]),
        ("not_compressed", "no zlib", b"not compressed"),
    ):
        yield name, why, resigned({65533: {"bits": 2, "lst": content}})
    bits = {"bits": 1, "lst": packed(bytes(SHARD // 8))}
    yield "bits_1", "one bit a label, as of lists that only revoke", resigned({65533: bits})
    yield "no_version", "no version", resigned({-65538: None})
    yield "version_large", "a version that not every reader counts alike", resigned({-65538: 253_402_300_800})
    yield "version_negative", "a version below nought", resigned({-65538: -1})
    yield "no_ttl", "no ttl", resigned({65534: None})
    for name, value in (("undefined", cbor2.undefined), ("true", True), ("float", 1.5), ("text", "more")):
        yield f"claim_{name}", "a further claim", resigned({-65539: value})
    more = {"bits": 2, "lst": whole, "aggregation_uri": URL}
    yield "list_more", "a further member of the list", resigned({65533: more})
    yield "issued_negative", "issued before 1970", resigned({6: -1})
    yield "no_issue", "not said when", resigned({6: None})
    yield "expiry_text", "an end in words", resigned({4: "soon"})
    yield "type_label", "the header calls it a CWT", resigned({}, {16: "application/cwt"})
    yield "alg_es256", "another algorithm in the header", resigned({}, {1: -7})
    yield "kid_text", "a kid in words", resigned({}, {4: "kid!"})
    for name, key in (("true", True), ("float", 1.0)):
        yield f"header_{name}", "a header whose first key is no integer", resigned({}, {key: -19})
    yield "header_alg_float", "an algorithm that is no integer", resigned({}, {1: -19.0})
    yield "claim_key_float", "a claim whose key is no integer", resigned({6.0: int(AT.timestamp())})
    yield "header_more", "a header nobody knows", resigned({}, {33: b"x5chain"})
    yield "truncated", "its last byte is missing", status_list()[:-1]
    yield "trailing", "a byte after the end", status_list() + b"\x00"
    yield "untagged", "no tag 18", status_list()[1:]
    yield "empty", "nothing", b""
    yield "label_token", "a label for a list", sign(prepare(OURS), LABEL)
    yield "large", "larger than any list", resigned({7: bytes(70_000)})


def files() -> dict[str, str]:
    """Return every file by its place below the folder."""
    return texts_of((*good_lists(), *bad_lists()))


if __name__ == "__main__":
    write("status", files())
