"""Make the vectors of proofs: `python scripts/make_proof_vectors.py` writes tests/vectors/proofs/{good,bad}."""

import json
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from labels.key_set import GRACE, Use
from labels.keys import KeyInMemory
from labels.log import checkpoints, notes
from labels.log.checkpoints import Checkpoint
from labels.log.proofs import Proof
from labels.log.tree import inclusion_proof, leaf_hash, node_hash, root_of
from schemas.canonical import canonical_json
from schemas.label import LabelStatement
from schemas.public_log import IssueStatement, LogEntry
from scripts.evidence_vectors import (
    AT,
    FIRST,
    ISSUED,
    KEYS,
    LABEL,
    LAST,
    LOG,
    LOST,
    ORIGIN,
    OTHER,
    OURS,
    SECOND,
    SEEN,
    STRANGER,
    URL,
    WITNESS,
    Vector,
    in_use,
    lost,
    status_list,
    texts_of,
    token,
    write,
)

INDEX, MISSPELT, SIZE = 5, 7, 13


def entry_of(said: LabelStatement) -> bytes:
    """Return the log's entry that issues a label."""
    issue = IssueStatement(
        label=said.id, token=token(said), decision="D-2026-0001", holder="Northern Lights", issued_at=ISSUED,
        expires_at=said.expires_at,
    )  # fmt: skip
    return LogEntry(digest=leaf_hash(said.id.encode()).hex(), statements=(issue,)).as_bytes()


def misspelt_entries() -> dict[str, bytes]:
    """Return entries that issue our label and break the format."""
    entry = entry_of(OURS)
    issue = json.loads(entry)["statements"][0]
    return {
        "spaces": json.dumps(json.loads(entry)).encode(),
        "statements_twice": entry[:-1] + entry[entry.index(b',"statements"') :],
        "statements_three": entry.replace(canonical_json(issue), b",".join([canonical_json(issue)] * 3)),
        "member_missing": entry.replace(b'"decision":"D-2026-0001",', b""),
        "member_unknown": entry.replace(b'"kind"', b'"issuer":"us","kind"'),
        "members_unsorted": entry.replace(
            canonical_json(issue), json.dumps(dict(reversed(issue.items())), separators=(",", ":")).encode()
        ),
    }


def entries() -> list[bytes]:
    """Return a small log: ours at INDEX, the other label's right after, misspelt ones then, private ones before."""
    private = [LogEntry(digest=leaf_hash(b"%d" % one).hex()).as_bytes() for one in range(SIZE)]
    private[INDEX : INDEX + 2] = entry_of(OURS), entry_of(OTHER)
    private[MISSPELT:] = misspelt_entries().values()
    return private


ENTRIES = entries()
LEAVES = [leaf_hash(one) for one in ENTRIES]


def subtree(height: int, index: int) -> bytes:
    """Return the hash of a complete subtree of the small log."""
    if height == 0:
        return LEAVES[index]
    return node_hash(subtree(height - 1, 2 * index), subtree(height - 1, 2 * index + 1))


def note(*witnesses: KeyInMemory, at: datetime = SEEN, origin: str = ORIGIN, log: KeyInMemory = LOG) -> str:
    """Return the log's checkpoint with the cosignatures of witnesses."""
    head = notes.signed_note(Checkpoint(origin, SIZE, root_of(SIZE, subtree)).text, origin, log)
    return str(head) + "".join(checkpoints.cosignature(head, f"{one.kid}.example/w", one, at=at) for one in witnesses)


def proof(place: int = INDEX, checkpoint: str | None = None, **changes: Any) -> bytes:
    """Return the proof of an entry of the small log."""
    hashes = inclusion_proof(place, SIZE, subtree)
    made = Proof(ENTRIES[place], place, hashes, checkpoint or note(WITNESS))
    return str(replace(made, **changes)).encode()


PROOF = proof()
STOLEN = lost(Use.LABEL)
LATER = in_use(FIRST, date(2027, 12, 31), LOG, WITNESS, SECOND)
MIDNIGHT = datetime(2027, 1, 1, tzinfo=UTC)
DAY, SECOND_OF_TIME = timedelta(days=1), timedelta(seconds=1)
IN_GRACE = MIDNIGHT + GRACE - SECOND_OF_TIME


def seen_at(moment: datetime, *witnesses: KeyInMemory) -> dict[str, Any]:
    """Return the proof that witnesses saw the log at a moment, and that they did."""
    return {"proof": proof(checkpoint=note(*(witnesses or (WITNESS,)), at=moment)), "witnessed_at": moment}


def good_periods() -> Iterator[Vector]:
    """Yield labels that witnesses saw when every key was in use."""
    known: dict[str, Any] = {"code": "no_list"}
    yield Vector("key_over", "asked about when its key is long over", at=AT + 500 * DAY, **seen_at(SEEN), **known)
    first = in_use(SEEN.date(), LAST, LABEL, LOG, WITNESS)
    midnight = datetime.combine(SEEN.date(), time(), UTC)
    yield Vector("first_second", "seen in the first second of every key", keys=first, **seen_at(midnight), **known)
    yield Vector("grace", "seen in the last second of grace after every key", **seen_at(IN_GRACE), **known)
    again = LATER.with_compromised(LATER.of_use(Use.WITNESS).keys[0], LOST)
    late = seen_at(MIDNIGHT + 30 * DAY, SECOND)
    yield Vector("proved_again", "seen late, since its first witness is believed no more", keys=again, **late, **known)
    both = seen_at(MIDNIGHT + GRACE, WITNESS, SECOND)
    one_over = in_use(FIRST, date(2027, 12, 31), LABEL, LOG, SECOND)
    yield Vector("one_witness_over", "of two witnesses one was in use", keys=one_over, **both, **known)


def bad_periods() -> Iterator[Vector]:
    """Yield labels that witnesses saw when a key was not in use."""
    not_in_use: dict[str, Any] = {"authenticity": "key_not_in_use", "standing": None}
    soon = in_use(SEEN.date() + DAY, LAST, LABEL)
    yield Vector("key_not_yet", "seen on the day before the first of its key", keys=soon, **seen_at(SEEN), **not_in_use)
    late = seen_at(MIDNIGHT + GRACE)
    yield Vector("key_over", "seen a second after the grace of its key", keys=LATER, **late, **not_in_use)
    lists = ((f"{URL}/s/0", status_list()),)
    listed = {**late, **not_in_use, "lists": lists}
    yield Vector("key_over_with_list", "so, though a list says that it stands", keys=LATER, **listed)
    other = in_use(MIDNIGHT.date(), date(2027, 12, 31), WITNESS, keys=LATER)
    other = other.with_compromised(other.of_use(Use.WITNESS).keys[0], MIDNIGHT + DAY)
    late = seen_at(MIDNIGHT + GRACE, SECOND)
    yield Vector(
        "proved_late", "so, though a witness of other days is believed no more", keys=other, **late, **not_in_use
    )
    again = LATER.with_compromised(LATER.of_use(Use.WITNESS).keys[0], LOST)
    again = in_use(SEEN.date() + DAY, LAST, LABEL, keys=again)
    yield Vector("proved_early", "seen before its key, by the witness that is left", keys=again,
                 **seen_at(SEEN, SECOND), **not_in_use)  # fmt: skip
    for name, signer, code in (("witness", WITNESS, "not_witnessed"), ("log", LOG, "bad_signature")):
        for when, days in (("not_yet", (SEEN.date() + DAY, LAST)), ("over", (FIRST, SEEN.date() - GRACE - DAY))):
            keys = in_use(*days, signer)
            why = (
                f"seen when the key of the {name} was in use no more"
                if when == "over"
                else f"seen before that of the {name}"
            )
            yield Vector(f"{name}_{when}", why, keys=keys, proof=PROOF, lists=lists, code=code)


def good_proofs() -> Iterator[Vector]:
    """Yield labels whose key may be in other hands by now, and that witnesses saw before."""
    seen: dict[str, Any] = {"keys": STOLEN, "code": "no_list", "witnessed_at": SEEN}
    yield Vector("before", "witnessed before the key was lost", proof=PROOF, **seen)
    fresh = {"lists": ((f"{URL}/s/0", status_list()),), "standing": "in_force", "code": None}
    yield Vector("with_list", "and a list says that it stands", proof=PROOF, **{**seen, **fresh})
    yield Vector("not_compromised", "its key is safe", proof=PROOF, **{**seen, "keys": KEYS})
    two = note(SECOND, at=SEEN + timedelta(days=1)) + note(WITNESS).rpartition("— ")[2].join(["— ", ""])
    yield Vector("first_witness", "of two witnesses the first one counts", proof=proof(checkpoint=two), **seen)
    nobody = note(WITNESS, STRANGER)
    yield Vector("unknown_line", "a line of nobody's key is passed over", proof=proof(checkpoint=nobody), **seen)
    both = {**seen, "keys": STOLEN.with_compromised(STOLEN.of_use(Use.LOG).keys[0], LOST)}
    yield Vector("log_key_compromised", "a stolen log key forks no witnessed log", proof=PROOF, **both)
    second = {**seen, "keys": STOLEN.with_compromised(STOLEN.of_use(Use.WITNESS).keys[0], LOST)}
    by_both = proof(checkpoint=note(WITNESS, SECOND))
    yield Vector("one_witness_left", "one of two witness keys is stolen", proof=by_both, **second)


def bad_proofs() -> Iterator[Vector]:
    """Yield proofs by which nothing shows that the log held the label before its key was lost."""
    none = {"keys": STOLEN, "authenticity": "not_in_log", "standing": None}
    yield Vector("no_proof", "the key may be in other hands, and there is no proof", **none)
    after = proof(checkpoint=note(WITNESS, at=LOST))
    yield Vector("after", "witnessed only when the key was lost", proof=after, witnessed_at=LOST, **none)
    for name, why, code, content in wrong_proofs():
        yield Vector(name, why, proof=content, code=code, **none)
    stolen = STOLEN.with_compromised(STOLEN.of_use(Use.WITNESS).keys[0], LOST)
    yield Vector(
        "witness_key_compromised", "a stolen witness key could tell any time", proof=PROOF, code="not_witnessed",
        **{**none, "keys": stolen},
    )  # fmt: skip
    fresh = ((f"{URL}/s/0", status_list()),)
    yield Vector(
        "not_compromised", "a safe key and a fresh list, but the proof is of another label", proof=proof(INDEX + 1),
        lists=fresh, code="not_in_log",
    )  # fmt: skip


def wrong_proofs() -> Iterator[tuple[str, str, str, bytes]]:
    """Yield proofs that do not hold: name, why, code, bytes."""
    yield "other_entry", "the genuine proof of another label", "not_in_log", proof(INDEX + 1)
    yield "entry_exchanged", "our entry in the place of another", "not_in_log", proof(INDEX + 1, extra=ENTRIES[INDEX])
    private = proof(0)
    yield "private_entry", "the genuine proof of an entry that says nothing", "not_in_log", private
    changed = ENTRIES[INDEX].replace(b"2026-11-22T09", b"2026-11-21T09")
    yield "time_changed", "the entry with another time of issue", "not_in_log", proof(extra=changed)
    yield "entry_is_text", "no entry beside the proof", "not_in_log", proof(extra=b"extra")
    for place, what in enumerate(misspelt_entries()):
        yield f"entry_{what}", "the log holds its entry in another spelling", "not_in_log", proof(MISSPELT + place)
    yield "wrong_index", "the place before", "not_in_log", proof(index=INDEX - 1)
    yield "index_beyond", "a place after the end", "not_in_log", PROOF.replace(b"index 5", b"index %d" % SIZE)
    hashes = inclusion_proof(INDEX, SIZE, subtree)
    yield "hash_more", "one hash too many", "not_in_log", proof(hashes=(*hashes, bytes(32)))
    yield "hash_less", "one hash too few", "not_in_log", proof(hashes=hashes[:-1])
    yield "hashes_swapped", "two hashes in the wrong order", "not_in_log", proof(hashes=(*hashes[1::-1], *hashes[2:]))
    yield "no_hashes", "none", "not_in_log", proof(hashes=())
    for name, why, code, text in wrong_checkpoints():
        yield name, why, code, proof(checkpoint=text)
    for name, why, content in misshapen_proofs():
        yield name, why, "malformed", content


def wrong_checkpoints() -> Iterator[tuple[str, str, str, str]]:
    """Yield checkpoints that nobody should believe: name, why, code, text."""
    yield "other_log", "of another log, by the same keys", "other_log", note(WITNESS, origin="w.example.eu/log")
    yield "log_stranger", "signed by nobody's key", "bad_signature", note(WITNESS, log=STRANGER)
    yield "log_is_label_key", "signed by a label key", "bad_signature", note(WITNESS, log=LABEL)
    unsigned = note(WITNESS)
    line = unsigned.split("\n")[4]
    yield "log_unsigned", "by a witness alone", "bad_signature", unsigned.replace(line + "\n", "")
    yield "no_witness", "the log alone", "not_witnessed", note()
    yield "witness_stranger", "a witness nobody knows", "not_witnessed", note(STRANGER)
    yield "log_as_witness", "the log witnesses itself", "not_witnessed", note(LOG)
    yield (
        "size_changed",
        "another size under the signatures",
        "bad_signature",
        unsigned.replace(f"\n{SIZE}\n", f"\n{SIZE + 1}\n"),
    )
    yield "cosigned_time", "another time in the cosignature", "bad_signature", retimed(unsigned)
    elsewhere = note(WITNESS, origin="w.example.eu/log").split("\n")[5]
    yield "cosigned_elsewhere", "a cosignature of another log", "bad_signature", note() + elsewhere + "\n"
    yield "never", "a time no calendar has", "malformed", note(WITNESS, at=datetime(9999, 12, 31, tzinfo=UTC))
    for name, why, odd in (
        ("name_not_ascii", "a letter that is not ASCII in a name", "\u00e9"),
        ("name_next_line", "a line end that some programs know in a name", "\u0085"),
        ("name_byte_order_mark", "a mark that some programs call a space in a name", "\ufeff"),
        ("name_separator", "a control character that some programs call a space in a name", "\u001c"),
    ):
        line = notes.signature_line(f"w{odd}itness.example/1", bytes(4), bytes(72))
        yield name, why, "malformed", note(WITNESS) + line
    yield "extension", "an extension line", "malformed", extended()


def retimed(text: str) -> str:
    """Return a checkpoint whose cosignature claims an earlier time."""
    head, _, line = text.rpartition("— ")
    name, encoded = line.split(" ")
    raw = bytearray(b64decode(encoded))
    raw[11] ^= 1
    return f"{head}— {name} {b64encode(bytes(raw)).decode()}\n"


def extended() -> str:
    """Return a checkpoint with a line more than ours have, signed and cosigned."""
    text = Checkpoint(ORIGIN, SIZE, root_of(SIZE, subtree)).text + "more\n"
    head = notes.signed_note(text, ORIGIN, LOG)
    return str(head) + checkpoints.cosignature(head, "witness.example/w", WITNESS, at=SEEN)


def misshapen_proofs() -> Iterator[tuple[str, str, bytes]]:
    """Yield what is no proof: name, why, bytes."""
    yield "empty", "nothing", b""
    yield "version_2", "another version of the format", PROOF.replace(b"@v1", b"@v2")
    yield "truncated", "its last byte is missing", PROOF[:-1]
    yield "truncated_half", "the first half", PROOF[: len(PROOF) // 2]
    yield "trailing", "a line after the end", PROOF + b"more\n"
    yield "line_ends", "lines end as on Windows", PROOF.replace(b"\n", b"\r\n")
    yield "index_zeroes", "a place with a zero before it", PROOF.replace(b"index 5", b"index 05")
    yield "index_negative", "a place before the first", PROOF.replace(b"index 5", b"index -5")
    yield "index_huge", "a place no log has", PROOF.replace(b"index 5", b"index 99999999999999999999")
    yield "no_entry", "without the entry", str(Proof(b"", INDEX, (), note(WITNESS))).encode()
    yield "hash_short", "a hash of 31 bytes", PROOF.replace(b"index 5\n", b"index 5\n" + b64encode(bytes(31)) + b"\n")
    respelt = note(WITNESS).replace(f"\n{SIZE}\n", f"\n0{SIZE}\n").encode()
    yield "size_zeroes", "a size with a zero before it", PROOF.replace(note(WITNESS).encode(), respelt)
    yield "not_utf8", "bytes that are no UTF-8", PROOF.replace(b"v.example", b"v.\xffxample")
    yield "large", "longer than any proof", PROOF + b"x" * 100_000


def files() -> dict[str, str]:
    """Return every file by its place below the folder."""
    return texts_of((*good_proofs(), *good_periods(), *bad_proofs(), *bad_periods()))


if __name__ == "__main__":
    write("proofs", files())
