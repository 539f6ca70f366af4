"""Whatever bytes come: a reason, never a stack trace, never a yes that was not there before (security T19, T20).

The seeds are the vectors, mutated as damage and forgers do: flipped, cut, put in, doubled, nested, spliced out of two.
CERTIFY_FUZZ_EXAMPLES=100000 tries that many of each, instead of a few hundred.
"""

import json
import os
from base64 import urlsafe_b64decode
from collections.abc import Callable
from datetime import datetime
from functools import partial

import cbor2
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labels.bundle import read_bundle
from labels.encoding import from_base36, to_base36
from labels.key_set import KeySet, Use
from labels.log import checkpoints, notes, proofs
from labels.log.checkpoints import Policy
from labels.log.issues import witnessed_issue
from labels.log.policy import policy_of
from labels.log.tiles import TiledLog, append, bundled, entries_in
from labels.offline import Evidence, answer_for
from labels.root import Root
from labels.signed_key_set import verify_key_set
from labels.status import verified_list
from labels.verification import verify
from schemas.errors import CouldNotCheck, VerificationError
from schemas.label import Authenticity
from schemas.public_log import LogEntry
from tests.conformance import ALL, URL, VECTORS
from tests.unit.labels.log.conftest import MemoryFiles, entries

LONGEST = 200_000
EXAMPLES = int(os.environ.get("CERTIFY_FUZZ_EXAMPLES", "300"))
fuzzed = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def mutants(seeds: list[bytes]) -> st.SearchStrategy[bytes]:
    """Return what becomes of seeds that were damaged once or a few times."""
    steps = st.lists(
        st.tuples(st.sampled_from(sorted(DAMAGE)), st.integers(0, 2**16), st.binary(max_size=12)), max_size=4
    )
    return st.builds(damaged, st.sampled_from(seeds), st.sampled_from(seeds), steps)


def _flip(content: bytes, place: int, part: bytes, other: bytes) -> bytes:
    changed = bytearray(content)
    changed[place] ^= 1 << len(part) % 8
    return bytes(changed)


DAMAGE: dict[str, Callable[[bytes, int, bytes, bytes], bytes]] = {
    "flip": _flip,
    "cut": lambda content, place, part, other: content[:place],
    "cut out": lambda content, place, part, other: content[:place] + content[place + len(part) + 1 :],
    "put in": lambda content, place, part, other: content[:place] + part + content[place:],
    "exchange": lambda content, place, part, other: content[:place] + part + content[place + len(part) :],
    "double": lambda content, place, part, other: content[:place] + content[place:] * 2,
    "repeat": lambda content, place, part, other: content[:place] + content[place : place + 3] * 400 + content[place:],
    "nest": lambda content, place, part, other: content[:place] + b"\x81" * (len(part) * 300) + content[place:],
    "splice": lambda content, place, part, other: content[:place] + other[min(place, len(other)) :],
}


def damaged(seed: bytes, other: bytes, steps: list[tuple[str, int, bytes]]) -> bytes:
    """Return a seed after some damage, never longer than anything is worth reading."""
    for kind, place, part in steps:
        if seed:
            seed = DAMAGE[kind](seed, place % len(seed), part, other)[:LONGEST]
    return seed


def reason(question: Callable[[], object]) -> str | None:
    """Return the code of the reason in which a question ends; None where it is answered."""
    try:
        question()
    except (VerificationError, CouldNotCheck) as error:
        return error.code
    return None


def refused(question: Callable[[], object]) -> bool:
    """Whether a question ends in a reason."""
    return reason(question) is not None


# Tokens

PLAIN = json.loads((VECTORS / "labels" / "good" / "plain.json").read_bytes())
PLAIN_KEYS, PLAIN_AT = KeySet.from_json(json.dumps(PLAIN["keys"])), datetime.fromisoformat(PLAIN["at"])
TOKENS = [
    from_base36(one.text) for one in ALL if one.folder == "labels" and not refused(partial(from_base36, one.text))
]
AUTHENTIC = [one for one in TOKENS if verify(one, PLAIN_KEYS, at=PLAIN_AT).statement is not None]


@fuzzed
@given(mutants(TOKENS))
def test_no_token_is_authentic_that_was_not(token: bytes) -> None:
    answer = verify(token, PLAIN_KEYS, at=PLAIN_AT)

    assert (answer.authenticity is Authenticity.AUTHENTIC) == (token in AUTHENTIC)
    assert (answer.statement is None) == (token not in AUTHENTIC)
    assert verify(to_base36(token), PLAIN_KEYS, at=PLAIN_AT).authenticity == answer.authenticity


@fuzzed
@given(st.one_of(mutants([one.text.encode() for one in ALL]), st.text(max_size=300).map(str.encode)))
def test_no_text_is_more_than_the_vectors_it_came_from(text: bytes) -> None:
    typed = text.decode("utf-8", "replace")
    question = partial(answer_for, typed, Evidence(PLAIN_KEYS), at=PLAIN_AT)
    if (code := reason(question)) is not None:
        assert code == "number_only"
    elif question().standing is not None:
        assert any(to_base36(one) in typed.upper() for one in AUTHENTIC)


# Status lists

FRESH = next(one for one in ALL if str(one) == "status/good/in_force")
EVIDENCE_KEYS, AT = KeySet.from_json(FRESH.keys), datetime.fromisoformat(FRESH.document["at"])
STATUS_KEYS = EVIDENCE_KEYS.of_use(Use.STATUS).keys
LISTS = [content for one in ALL for content in one.lists.values()]


def read_list(content: bytes) -> object:
    return verified_list(content, STATUS_KEYS, address=f"{URL}/s/0", at=AT)


GOOD_LISTS = [one for one in LISTS if not refused(partial(read_list, one))]


@fuzzed
@given(mutants(LISTS))
def test_no_list_is_taken_that_was_not_signed(content: bytes) -> None:
    assert refused(partial(read_list, content)) == (content not in GOOD_LISTS)


# Notes, checkpoints and proofs

PROVED = next(one for one in ALL if str(one) == "proofs/good/before")
TOKEN, POLICY = PROVED.text, policy_of(KeySet.from_json(PROVED.keys), "v.example.eu/log")
LABEL = "000G40R40M30E209"
PROOFS = [one.proof for one in ALL if one.proof]
CHECKPOINTS = [one.partition(b"\n\n")[2] for one in PROOFS if b"\n\n" in one]
WITNESSED = witnessed_issue(PROVED.proof or b"", POLICY, label=LABEL, token=TOKEN)


@fuzzed
@given(mutants(CHECKPOINTS))
def test_a_note_is_refused_or_has_one_spelling(content: bytes) -> None:
    if not refused(partial(notes.parse, content)):
        assert str(notes.parse(content)).encode() == content


@fuzzed
@given(mutants(CHECKPOINTS))
def test_no_checkpoint_is_believed_that_was_not_signed(content: bytes) -> None:
    if refused(partial(checkpoints.witnessed, content, POLICY)):
        return
    seen = checkpoints.witnessed(content, POLICY)
    # The times are those of genuine cosignatures; of several, damage may leave another one first.
    assert seen.checkpoint == WITNESSED.checkpoint
    assert seen.at in TIMES


def _times() -> set[datetime]:
    found = set()
    for one in CHECKPOINTS:
        for witness in POLICY.witnesses:
            alone = Policy(POLICY.origin, POLICY.log_keys, (witness,))
            if not refused(partial(checkpoints.witnessed, one, alone)):
                found.add(checkpoints.witnessed(one, alone).at)
    return found


TIMES = _times()


@fuzzed
@given(mutants(PROOFS))
def test_a_proof_is_refused_or_has_one_spelling(content: bytes) -> None:
    if not refused(partial(proofs.parse, content)):
        assert str(proofs.parse(content)).encode() == content


@fuzzed
@given(mutants(PROOFS))
def test_no_proof_proves_another_thing(content: bytes) -> None:
    question = partial(witnessed_issue, content, POLICY, label=LABEL, token=TOKEN)
    if not refused(question):
        assert question().checkpoint == WITNESSED.checkpoint
        assert question().at in TIMES


@fuzzed
@given(mutants([proofs.parse(one).extra for one in PROOFS if not refused(partial(proofs.parse, one))]))
def test_an_entry_of_the_log_is_refused_or_has_one_spelling(content: bytes) -> None:
    try:
        assert LogEntry.from_bytes(content).as_bytes() == content
    except ValueError:
        return


# Tiles

SIZE = 300


def written_log() -> MemoryFiles:
    """A log that reaches into its second bundle."""
    files = MemoryFiles()
    append(files, 0, entries(SIZE))
    return files


FILES = written_log()
ROOT = TiledLog(FILES, SIZE).root()
HASH_TILES = ["tile/0/001.p/44", "tile/1/000.p/1"]
"""Those that the root is made of."""

BUNDLES = ["tile/entries/000", "tile/entries/001.p/44"]


@fuzzed
@given(mutants([FILES[path] for path in BUNDLES]))
def test_a_bundle_of_entries_is_refused_or_has_one_spelling(content: bytes) -> None:
    if not refused(lambda: list(entries_in(content))):
        assert bundled(list(entries_in(content))) == content


@fuzzed
@given(st.sampled_from(HASH_TILES), st.data())
def test_no_damaged_tile_gives_the_root_of_the_log(path: str, data: st.DataObject) -> None:
    content, damaged_log = data.draw(mutants([FILES[path]])), MemoryFiles(FILES)
    damaged_log[path] = content
    if not refused(TiledLog(damaged_log, SIZE).root) and TiledLog(damaged_log, SIZE).root() == ROOT:
        assert content[: len(FILES[path])] == FILES[path]


# Key sets and bundles

KEY_SETS = [json.loads(path.read_bytes()) for path in sorted((VECTORS / "key_sets").glob("*/*.json"))]
SIGNED = [urlsafe_b64decode(one["signed"] + "==") for one in KEY_SETS if "signed" in one]
THE_ROOT = Root.from_json(json.dumps(KEY_SETS[-1]["root"]))
ACCEPTED = [one for one in SIGNED if not refused(partial(verify_key_set, one, THE_ROOT))]


@fuzzed
@given(mutants(SIGNED))
def test_no_key_set_is_trusted_that_the_root_did_not_sign(content: bytes) -> None:
    assert refused(partial(verify_key_set, content, THE_ROOT)) == (content not in ACCEPTED)


@fuzzed
@given(mutants([one["jwks"].encode() for one in KEY_SETS if "jwks" in one]))
def test_a_jwk_set_is_refused_or_read_whole(content: bytes) -> None:
    if not refused(partial(KeySet.from_json, content)):
        found = KeySet.from_json(content)
        assert KeySet.from_json(found.as_json()) == found


BUNDLE = {"format": "certify-offline-bundle/1", "origin": "v.example.eu/log"}
OFFLINE = [json.dumps({**BUNDLE, "status": one.document.get("status", {})}) for one in ALL if one.folder == "status"]


@fuzzed
@given(mutants([one.encode() for one in OFFLINE]))
def test_an_offline_bundle_is_refused_or_read(content: bytes) -> None:
    if not refused(partial(read_bundle, content)):
        assert all(isinstance(one, bytes) for one in read_bundle(content).lists.values())


@fuzzed
@given(st.recursive(st.binary(max_size=9) | st.integers(), lambda one: st.lists(one, max_size=3) | st.dictionaries(
    st.integers(), one, max_size=3), max_leaves=12).map(cbor2.dumps))  # fmt: skip
def test_cbor_of_any_other_shape_is_refused_everywhere(content: bytes) -> None:
    assert verify(content, PLAIN_KEYS, at=PLAIN_AT).authenticity is Authenticity.MALFORMED
    assert refused(partial(read_list, content))
    assert refused(partial(verify_key_set, content, THE_ROOT))
