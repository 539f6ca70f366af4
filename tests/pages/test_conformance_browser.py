"""The fourth verifier of the conformance kit: the scripts of `/verify`, in a real Chromium."""

import gzip
import json
import random
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import Page

from certify.web.rendering import STATIC
from labels.encoding import from_base36, to_base36
from labels.key_set import KeySet
from labels.offline import Evidence, answer_for
from labels.public_keys import from_base64, to_base64
from labels.verification import verify
from schemas.errors import VerificationError
from tests.conformance import ALL, Vector
from tests.pages.chromium import blank_page

pytestmark = pytest.mark.slow

SCRIPTS = sorted((STATIC / "verifier").glob("*.js"))
TOKENS = """async (asked) => {
  const { verify } = await import('/static/verifier/verify.js')
  return Promise.all(asked.map(async ({ token, keys, at, witnessed_at }) => {
    const witnessed = () => witnessed_at ? new Date(witnessed_at) : null
    return await verify(token, keys, { at: new Date(at), witnessed })
  }))
}"""
TEXTS = """async (asked) => {
  const { answerFor } = await import('/static/verifier/answer.js')
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (one) => one.charCodeAt())
  return Promise.all(asked.map(async ({ text, keys, at, origin, status, known_versions, proof }) => {
    const asked = {
      bundle: { keys, origin, status: status ?? {} }, at: new Date(at),
      knownVersion: (shard) => known_versions?.[shard] ?? 0,
      proof: proof === undefined ? undefined : bytes(proof)
    }
    try {
      const { list, ...answer } = await answerFor(text, asked)
      return { ...answer, version: list?.version }
    } catch (error) { return { thrown: error.message } }
  }))
}"""


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with blank_page() as page:
        yield page


def spelt(moment: datetime | None) -> str | None:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}" if moment else None


def as_python_says(answer: dict[str, Any]) -> dict[str, Any]:
    """A statement of the browser, whose times arrive as such, as JSON has it."""
    statement = answer["statement"]
    return {**answer, "statement": statement and {**statement, "expires_at": spelt(statement["expires_at"])}}


def test_the_browser_answers_for_every_token_as_every_verifier_must(page: Page) -> None:
    vectors = [one for one in ALL if one.folder == "labels"]

    answers = page.evaluate(TOKENS, [one.document for one in vectors])

    found = {str(one): as_python_says(answer) for one, answer in zip(vectors, answers, strict=True)}
    assert found == {str(one): one.document["expect"] for one in vectors}


def told(answer: dict[str, Any]) -> dict[str, Any]:
    """What the vectors say of an answer; what holds no token is refused before there is one."""
    unread = {"authenticity": "malformed", "standing": None, "code": None}
    number = {"authenticity": None, "standing": "could_not_check", "code": "number_only"}
    if thrown := answer.get("thrown"):
        found = {"malformed": unread, "number_only": number}[thrown]
        return {**found, "witnessed_at": None, "is_other_host": False}
    return {
        "authenticity": answer["authenticity"],
        "standing": answer["standing"] or None,
        "code": answer["code"] or None,
        "witnessed_at": spelt(answer.get("seen")),
        "is_other_host": bool(answer["isOther"]),
    }


def test_the_browser_answers_for_lists_proofs_and_addresses_as_every_verifier_must(page: Page) -> None:
    vectors = [one for one in ALL if one.folder != "labels"]

    answers = page.evaluate(TEXTS, [one.document for one in vectors])

    found = {str(one): told(answer) for one, answer in zip(vectors, answers, strict=True)}
    assert found == {str(one): one.expected for one in vectors}


def mutated(chance: random.Random, seed: str) -> str:
    """A token with some bytes or characters changed, cut out, put in or doubled."""
    try:
        raw = bytearray(from_base36(seed))
    except VerificationError:
        raw = bytearray(seed.encode())
    for _ in range(chance.randrange(1, 4)):
        place, length = chance.randrange(len(raw)), chance.randrange(1, 6)
        part = chance.choice([b"", chance.randbytes(length), bytes(raw[place : place + length]) * 2])
        raw[place : place + length] = part
    return to_base36(bytes(raw)) or "0"


def test_browser_and_python_agree_on_tokens_that_nobody_made(page: Page) -> None:
    chance = random.Random(2026)  # noqa: S311  # the same tokens in every run
    seeds = [one.document for one in ALL if one.folder == "labels" and 100 < len(one.text) < 600]
    asked = [{**(seed := chance.choice(seeds)), "token": mutated(chance, seed["token"])} for _ in range(600)]

    answers = page.evaluate(TOKENS, asked)

    for one, answer in zip(asked, answers, strict=True):
        python = verify(one["token"], KeySet.from_json(json.dumps(one["keys"])), at=datetime.fromisoformat(one["at"]))
        if "witnessed_at" not in one:
            assert answer["authenticity"] == python.authenticity, one["token"]


def damaged(chance: random.Random, content: bytes) -> bytes:
    """A file with a byte or line changed, cut out, doubled or exchanged for another."""
    raw, line = bytearray(content), b"\n" if b"\n" in content else b""
    if line and chance.random() < 0.5:
        lines = content.split(line)
        place, other = chance.randrange(len(lines)), chance.choice(lines)
        return line.join([*lines[:place], *chance.choice([[], [other], [lines[place]] * 2]), *lines[place + 1 :]])
    place = chance.randrange(len(raw) + 1)
    raw[place : place + chance.randrange(3)] = chance.randbytes(chance.randrange(3))
    return bytes(raw)


def with_damage(chance: random.Random, vector: Vector) -> dict[str, Any]:
    """The question of a vector, with its proof or one of its lists damaged."""
    document = dict(vector.document)
    if vector.proof is not None:
        return {**document, "proof": to_base64(damaged(chance, vector.proof))}
    address, content = chance.choice(sorted(vector.lists.items()))
    return {**document, "status": {**document["status"], address: to_base64(damaged(chance, content))}}


def python_says(asked: dict[str, Any]) -> dict[str, Any]:
    """What `labels.offline` answers to a question."""
    proof = asked.get("proof")
    evidence = Evidence(
        keys=KeySet.from_json(json.dumps(asked["keys"])),
        lists=[from_base64(one) for one in asked.get("status", {}).values()],
        proof=from_base64(proof) if proof is not None else None,
        origin=asked["origin"],
        known_versions={int(shard): version for shard, version in asked.get("known_versions", {}).items()},
    )
    answer = answer_for(asked["text"], evidence, at=datetime.fromisoformat(asked["at"]))
    return {
        "authenticity": answer.verification.authenticity,
        "standing": answer.standing,
        "code": answer.code,
        "witnessed_at": spelt(answer.seen.at) if answer.seen else None,
        "is_other_host": answer.is_other_host,
    }


def compared(answer: dict[str, Any], asked: dict[str, Any]) -> dict[str, Any]:
    """An answer; of a proof that has two faults, which of them is told is left open."""
    return {**answer, "code": bool(answer["code"])} if "proof" in asked else answer


def test_browser_and_python_agree_on_lists_and_proofs_that_nobody_made(page: Page) -> None:
    chance = random.Random(2026)  # noqa: S311  # the same files in every run
    seeds = [one for one in ALL if one.folder in {"status", "proofs"} and (one.proof or one.lists)]
    asked = [with_damage(chance, chance.choice(seeds)) for _ in range(600)]

    answers = page.evaluate(TEXTS, asked)

    for one, answer in zip(asked, answers, strict=True):
        assert compared(told(answer), one) == compared(python_says(one), one), one["why"]


def test_token_and_list_weigh_3_kb_and_all_that_is_kept_8_kb() -> None:
    weights = {path.name: len(gzip.compress(path.read_bytes(), 9)) for path in SCRIPTS}

    assert set(weights) == {"answer.js", "page.js", "verify.js", "worker.js"}
    assert weights["verify.js"] <= 3 * 1024
    assert sum(weights.values()) <= 8 * 1024


def test_no_script_names_another_host() -> None:
    for path in SCRIPTS:
        assert "://" not in path.read_text().replace(r":\/\/", "").replace("c2sp.org", ""), path.name
