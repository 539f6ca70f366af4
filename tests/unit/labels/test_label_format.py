"""docs/label-format.md says what the code does: its example is recomputed, its tables are compared."""

import ast
import json
import re
from pathlib import Path
from typing import get_args

import pytest

from labels import cose, encoding, signed_key_set, status
from labels.cose import EXTERNAL_AAD, TIERS, statement_in, to_be_signed, unseal
from labels.encoding import from_base36, to_base36, to_cbor
from labels.key_set import KeySet, Use
from labels.log import checkpoints, notes, proofs, tiles
from labels.signing import MAX_NAME_BYTES, MAX_TOKEN_BYTES, subject_digest
from labels.status import SHARD, TTL, TYPE, VALIDITY
from labels.verification import LONGEST_VALIDITY_MONTHS
from schemas.canonical import canonical_json
from schemas.label import Authenticity, Standing
from schemas.label_number import ALPHABET, bytes_of, format_number
from schemas.public_log import Statement

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "label-format.md").read_text(encoding="utf-8")
VECTOR = json.loads((ROOT / "tests" / "vectors" / "labels" / "good" / "plain.json").read_bytes())
DUMP, SIGNED, FACTS = re.findall(r"```\n(.*?)```", PAGE.split("<!-- example", 1)[1], re.DOTALL)[:3]


def bytes_in(dump: str) -> bytes:
    """Return the bytes of a dump: hexadecimal digits in front, at least two spaces, and what they are."""
    return bytes.fromhex("".join(re.split(r" {2,}", line.strip())[0] for line in dump.splitlines()))


def section(number: int) -> str:
    return re.split(r"^## ", PAGE, flags=re.MULTILINE)[number]


def test_the_bytes_of_the_example_are_those_of_its_vector() -> None:
    assert bytes_in(DUMP) == from_base36(VECTOR["token"])
    assert f"{len(bytes_in(DUMP))} bytes. Its key is `{VECTOR['keys']['keys'][0]['x']}`" in PAGE


def test_what_the_example_says_was_signed_is_what_its_key_signed() -> None:
    envelope = unseal(from_base36(VECTOR["token"]))
    message = to_be_signed(envelope.protected, envelope.payload)

    assert bytes_in(SIGNED) == message
    assert f"What was signed, {len(message)} bytes" in PAGE
    (key,) = KeySet.from_json(json.dumps(VECTOR["keys"])).keys
    assert key.holds(envelope.signature, message)


def test_the_facts_of_the_example_follow_from_it() -> None:
    facts = dict(re.split(r" {2,}", line, maxsplit=1) for line in FACTS.splitlines())
    envelope = unseal(from_base36(VECTOR["token"]))
    statement = statement_in(envelope.payload)
    subject = json.loads(facts["subject"])

    assert facts == {
        "kid": envelope.kid,
        "expires": f"{statement.expires_at:%Y-%m-%dT%H:%M:%SZ}",
        "number": format_number(statement.id),
        "tier": statement.tier,
        "shard, place": "{}, {}".format(*divmod(statement.status_index, SHARD)),
        "name_version": statement.name_version,
        "subject": canonical_json(subject).decode(),
        "base36": to_base36(bytes_in(DUMP)),
    }
    digest = subject_digest(statement.id, subject["name"], subject["version"], subject["build_digest"])
    assert digest == statement.subject_digest


def test_every_field_of_the_example_is_named_by_its_value() -> None:
    envelope = unseal(from_base36(VECTOR["token"]))
    statement = statement_in(envelope.payload)

    for named in (
        str(int(statement.expires_at.timestamp())),
        str(statement.status_index),
        bytes_of(statement.id).hex(),
    ):
        assert named in DUMP


def test_the_lengths_of_base36_blocks_are_those_of_the_code() -> None:
    rows = re.findall(r"^\| (bytes|characters) \|(.*)\|$", section(1), re.MULTILINE)
    numbers = [[int(one) for one in row.split("|")] for _, row in rows]

    assert dict(zip(numbers[0] + numbers[2], numbers[1] + numbers[3], strict=True)) == encoding._CHARACTERS
    assert f"`{ALPHABET}`" in PAGE


def test_the_limits_of_the_page_are_those_of_the_code() -> None:
    spaced = {text.replace(" ", "") for text in re.findall(r"[0-9][0-9 ]*[0-9]|[0-9]", PAGE)}
    for limit in (
        MAX_TOKEN_BYTES, MAX_NAME_BYTES, 600, SHARD, status._BYTES, status._MAX_LIST_BYTES, notes.MAX_NOTE_BYTES,
        notes._MAX_SIGNATURES, tiles.MAX_ENTRY_BYTES, proofs.MAX_PROOF_BYTES, proofs._MAX_HASHES,
        signed_key_set.MAX_BYTES, LONGEST_VALIDITY_MONTHS, int(TTL.total_seconds()),
        int(VALIDITY.total_seconds()) // 3600, encoding._MAX_DEPTH,
    ):  # fmt: skip
        assert str(limit) in spaced, limit
    assert checkpoints.MAX_SIZE == 2**63 - 1


def test_labels_of_claims_and_headers_are_those_of_the_code() -> None:
    assert EXTERNAL_AAD.decode() in PAGE
    assert signed_key_set.KEY_SET_AAD.decode() in section(4)
    assert f'"{TYPE}"' in section(5)
    for name in (status._TTL, status._LIST, status._VERSION, status._TYPE):
        assert f"{name}:" in section(5), name
    for name in (cose._EXP, cose._CTI, cose._LABEL):
        assert f"{name}: " in section(2), name
    assert to_cbor(cose._LABEL).hex() in DUMP.replace(" ", "")
    assert proofs.HEADER in section(6)
    for place, tier in enumerate(TIERS):
        assert f"{place} {tier}" in section(2)


@pytest.mark.parametrize("word", [*Authenticity, *Standing, *Use])
def test_every_answer_and_every_purpose_is_on_the_page(word: str) -> None:
    assert f"`{word}`" in PAGE


def codes_of(module: str) -> set[str]:
    """Return the codes that a module's refusals carry: texts in snake_case that it names first."""
    tree = ast.parse((ROOT / "labels" / module).read_text(encoding="utf-8"))
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name))
    raised = (call for call in calls if call.func.id in {"VerificationError", "CouldNotCheck"} and call.args)  # type: ignore[attr-defined]  # a Name
    return {str(call.args[0].value) for call in raised if isinstance(call.args[0], ast.Constant)}


@pytest.mark.parametrize(
    "module",
    ["cose.py", "encoding.py", "verification.py", "status.py", "log/checkpoints.py", "log/notes.py", "log/proofs.py"],
)
def test_every_code_a_reader_can_meet_is_on_the_page(module: str) -> None:
    codes = codes_of(module) - {"number_only"}  # of what a person typed, not of a format
    assert codes
    assert {code for code in codes if f"`{code}`" not in PAGE} == set()


def test_the_key_set_names_every_code_of_its_procedure() -> None:
    named = set(re.findall(r"`(\w+)` \|$", section(4), re.MULTILINE))
    assert named == codes_of("signed_key_set.py") - {"root_missing", "key_set_unsigned"}  # of our own command


def test_every_kind_of_statement_stands_on_the_page_with_its_members() -> None:
    rows = re.findall(r"^\| `(\w+)` \| ([^|]*) \|", section(6), re.MULTILINE)
    kinds = get_args(get_args(Statement)[0])
    written = {kind: set(re.findall(r"[a-z_]+", re.sub(r"[{(].*?[})]", "", text))) for kind, text in rows}

    assert written == {
        one.model_fields["kind"].default: set(one.model_fields) - {"kind"} for one in kinds
    }  # fmt: skip


def test_links_within_the_page_and_files_it_names_are_there() -> None:
    titles = re.findall(r"^#{2,3} (.*)$", PAGE, re.MULTILINE)
    anchors = {re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-") for title in titles}

    assert set(re.findall(r"\]\(#([\w-]+)\)", PAGE)) <= anchors
    files = set(re.findall(r"\]\(([\w.-]+\.md)\)", PAGE))
    assert {file for file in files if not (ROOT / "docs" / file).exists()} == set()
    named = set(re.findall(r"`((?:tests|scripts)/[\w./-]+)`", PAGE))
    assert {name for name in named if not (ROOT / name).exists()} == set()
