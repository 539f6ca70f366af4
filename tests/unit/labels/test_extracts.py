"""Extracts of the Register: what is signed is what is read, and nothing else passes for one (Code, II-2.1)."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from labels.__main__ import main
from labels.cose import protected_header, seal, to_be_signed, unseal
from labels.encoding import from_base36
from labels.extracts import EXTRACT_AAD, extract_document, prepare_extract, sign_extract, verify_extract
from labels.key_set import KeySet, LabelKey
from labels.keys import KeyInMemory
from labels.verification import verify
from schemas.canonical import canonical_json, digest_of
from schemas.errors import PreparationError
from schemas.extract import ExtractStatement, SignedExtract
from schemas.label import Authenticity

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
USUAL: dict[str, Any] = {
    "organisation": "org-acme",
    "name": "Acme Vision",
    "country": "EE",
    "roles": ("developer", "operator"),
    "status": "entered",
    "entered_at": AT,
    "officer": "named",
    "has_ethics_commission": False,
    "entry": 1,
    "as_of": AT,
}


def statement(**changes: Any) -> ExtractStatement:
    return ExtractStatement(**{**USUAL, **changes})


def signed(signer: KeyInMemory, **changes: Any) -> str:
    return sign_extract(prepare_extract(statement(**changes)), signer)


def raw(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def spelled(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def sealed(signer: KeyInMemory, payload: bytes, aad: bytes = EXTRACT_AAD) -> str:
    header = protected_header(signer.kid)
    return spelled(seal(header, payload, signer.sign(to_be_signed(header, payload, aad))))


def as_file(path: Path, extract: str, kid: str, **changes: Any) -> Path:
    kept = SignedExtract(organisation="org-acme", entry=1, digest=digest_of(statement()), kid=kid, signed=extract)
    path.write_text(json.dumps({**extract_document(kept), **changes}))
    return path


@pytest.fixture
def keys_file(trusted: KeySet, tmp_path: Path) -> Path:
    path = tmp_path / "keys.json"
    path.write_text(trusted.as_json())
    return path


def test_what_was_signed_is_what_is_read(signer: KeyInMemory, trusted: KeySet) -> None:
    answer = verify_extract(signed(signer), trusted)
    assert (answer.authenticity, answer.statement, answer.kid) == (Authenticity.AUTHENTIC, statement(), signer.kid)


def test_the_same_statement_gives_the_same_bytes(signer: KeyInMemory) -> None:
    assert signed(signer) == signed(signer)


def test_an_extract_is_no_label_and_a_label_no_extract(signer: KeyInMemory, trusted: KeySet, token: str) -> None:
    assert verify(raw(signed(signer)), trusted, at=AT).authenticity == Authenticity.BAD_SIGNATURE
    assert verify_extract(spelled(from_base36(token)), trusted).authenticity == Authenticity.BAD_SIGNATURE


def test_every_changed_bit_is_found(signer: KeyInMemory, trusted: KeySet) -> None:
    whole = raw(signed(signer))
    for place in range(len(whole)):
        changed = whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]
        answer = verify_extract(spelled(changed), trusted)
        assert (answer.authenticity == Authenticity.AUTHENTIC, answer.statement) == (False, None), place


@pytest.mark.parametrize("text", ["", "A", "not base64!", "é", "A" * 9000, "AA==", "AB"])
def test_what_is_no_extract_is_malformed(text: str, trusted: KeySet) -> None:
    assert verify_extract(text, trusted).authenticity == Authenticity.MALFORMED


def test_something_after_the_end_is_malformed(signer: KeyInMemory, trusted: KeySet) -> None:
    assert verify_extract(spelled(raw(signed(signer)) + b"\x00"), trusted).authenticity == Authenticity.MALFORMED


def test_what_a_stranger_signed_is_by_an_unknown_key(stranger: KeyInMemory, trusted: KeySet) -> None:
    assert verify_extract(signed(stranger), trusted).authenticity == Authenticity.UNKNOWN_KEY


@pytest.mark.parametrize(
    "payload",
    [b"", b"{}", b"\xff", canonical_json(statement())[:-1], b" " + canonical_json(statement()),
     canonical_json({**statement().model_dump(mode="json"), "more": 1})],
)  # fmt: skip
def test_what_we_signed_and_is_no_extract_says_nothing(signer: KeyInMemory, trusted: KeySet, payload: bytes) -> None:
    answer = verify_extract(sealed(signer, payload), trusted)
    assert (answer.authenticity, answer.statement) == (Authenticity.MALFORMED, None)


def test_a_key_that_had_run_out_signs_no_extract(signer: KeyInMemory) -> None:
    keys = KeySet((LabelKey(signer.public_key, date(2025, 1, 1), date(2026, 3, 1)),))
    assert verify_extract(signed(signer), keys).authenticity == Authenticity.UNKNOWN_KEY


def test_an_extract_in_the_log_before_its_key_was_lost_stays_authentic(signer: KeyInMemory, trusted: KeySet) -> None:
    lost_at = datetime(2026, 12, 1, tzinfo=UTC)
    lost = trusted.with_compromised(trusted.keys[0], lost_at)

    before = verify_extract(signed(signer), lost, witnessed_at=lost_at - timedelta(days=1))

    assert before == verify_extract(signed(signer), trusted)
    assert verify_extract(signed(signer), lost).authenticity == Authenticity.NOT_IN_LOG
    assert verify_extract(signed(signer), lost, witnessed_at=lost_at).authenticity == Authenticity.NOT_IN_LOG


def test_a_name_no_one_can_see_is_not_prepared_and_neither_is_more_than_fits() -> None:
    with pytest.raises(PreparationError, match="text_unprintable"):
        prepare_extract(statement(name="Acme\u200bVision"))
    with pytest.raises(PreparationError, match="extract_too_long"):
        prepare_extract(statement().model_copy(update={"name": "x" * 6000}))


def test_the_longest_statement_fits(signer: KeyInMemory) -> None:
    longest = signed(
        signer, organisation="o" * 64, name="\U0001f980" * 200, roles=("r" * 40,) * 8, status="left", left_at=AT,
        entry=2**53 - 1,
    )  # fmt: skip
    kept = SignedExtract(organisation="o", entry=1, digest=digest_of(1), kid=signer.kid, signed=longest)
    assert len(unseal(raw(kept.signed)).payload) < 3000


def test_the_command_tells_an_authentic_extract(
    signer: KeyInMemory, keys_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = as_file(tmp_path / "extract.json", signed(signer), signer.kid)
    assert main(["extract", str(file), "--keys", str(keys_file)]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("authenticity: authentic\n")
    assert "participant: Acme Vision, EE (developer, operator)" in printed

    assert main(["extract", str(file), "--keys", str(keys_file), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["statement"] == statement().model_dump(mode="json")


def test_a_file_that_shows_something_else_than_was_signed_is_not_authentic(
    signer: KeyInMemory, keys_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = {**statement().model_dump(mode="json"), "officer": "not_named"}
    file = as_file(tmp_path / "extract.json", signed(signer), signer.kid, statement=shown)
    assert main(["extract", str(file), "--keys", str(keys_file)]) == 3
    assert "something else than what was signed" in capsys.readouterr().out


@pytest.mark.parametrize("content", [None, b"no json", b"[]", b'{"signed": 1}', b"[" * 100_000])
def test_a_file_that_cannot_be_read_could_not_be_checked(
    content: bytes | None, keys_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "extract.json"
    if content is not None:
        file.write_bytes(content)
    assert main(["extract", str(file), "--keys", str(keys_file), "--json"]) == 4
    assert json.loads(capsys.readouterr().out) == {"authenticity": None, "code": "file_unreadable"}


def test_a_verifier_without_keys_could_not_check(signer: KeyInMemory, tmp_path: Path) -> None:
    file = as_file(tmp_path / "extract.json", signed(signer), signer.kid)
    assert main(["extract", str(file), "--keys", str(tmp_path / "none.json")]) == 4
