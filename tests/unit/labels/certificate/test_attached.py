"""The token attached to a certificate is verified as one that was typed; a picture that is not drawn is none."""

import json
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labels.__main__ import main
from labels.artwork import svg
from labels.attached import tokens_attached
from labels.certificate import Seal, certificate
from labels.encoding import from_base36
from labels.key_set import KeySet
from schemas.certificate import CertificateFacts
from schemas.errors import CouldNotCheck
from schemas.label import LabelFacts
from tests.unit.labels.certificate.conftest import MADE_AT

Verify = Callable[[str, bytes], int]


@pytest.fixture
def pdf(certified: CertificateFacts, seal: Seal) -> bytes:
    return certificate(certified, seal=seal, at=MADE_AT)


@pytest.fixture
def verify(trusted: KeySet, tmp_path: Path) -> Verify:
    keys = tmp_path / "keys.json"
    keys.write_text(trusted.as_json())

    def run(name: str, content: bytes) -> int:
        (tmp_path / name).write_bytes(content)
        return main(["verify", str(tmp_path / name), f"--keys={keys}", "--at=2027-03-01", "--json"])

    return run


def attached(content: bytes, more: bytes = b"") -> bytes:
    """The object of an attached file."""
    return b"7 0 obj\n<</Type /EmbeddedFile" + more + b">>\nstream\r\n" + content + b"\nendstream\nendobj\n"


def test_the_token_of_a_certificate_is_verified(
    verify: Verify, pdf: bytes, token: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tokens_attached(pdf) == (from_base36(token),)
    assert verify("label.pdf", pdf) == verify("label", pdf) == 0

    assert json.loads(capsys.readouterr().out.splitlines()[0])["statement"]["id"] == "008J4CT4ANK7F24S"


def test_a_certificate_with_another_token_is_told_as_any_other(verify: Verify, pdf: bytes, token: str) -> None:
    raw = from_base36(token)
    forged = pdf.replace(raw, raw.replace(b"Lighthouse", b"Darkhouse "))

    assert verify("label.pdf", forged) == 3
    assert verify("label.pdf", pdf + attached(raw[:-1] + b"\x00", b" /Length 147")) == 3, "the gravest decides"


def test_an_attachment_is_read_packed_and_unpacked(token: str) -> None:
    raw = from_base36(token)
    length = b" /Length %d" % len(raw)

    for one in (
        attached(zlib.compress(raw), b" /Filter /FlateDecode /Length 9 0 R"),
        attached(raw, length),
        attached(raw, length + b" /Filter []").replace(b"\r\n", b"\n"),
    ):
        assert tokens_attached(b"%PDF-1.7\n" + one) == (raw,)


@pytest.mark.parametrize(
    "content",
    [
        b"", attached(b"a text", b" /Length 6"), attached(b"\xd2\x84", b" /Length 2 0 R"), b"/EmbeddedFile stream",
        attached(b"\xd2\x84 no zlib", b" /Filter /FlateDecode"),
        attached(zlib.compress(b"\xd2\x84" + bytes(10**6)), b" /Filter /FlateDecode"),
        b"/EmbeddedFiles " * 1000, b"/EmbeddedFile " * 1000,
    ],
)  # fmt: skip
def test_a_document_without_a_token_cannot_be_checked(
    verify: Verify, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verify("label.pdf", b"%PDF-1.7\n" + content) == 4

    printed = capsys.readouterr()
    assert json.loads(printed.out)["code"] == "no_token_attached"
    assert "give a PNG" in printed.err


def test_an_svg_is_not_taken_for_what_it_says_of_itself(
    verify: Verify, facts: LabelFacts, capsys: pytest.CaptureFixture[str]
) -> None:
    drawn = svg(facts).encode()

    assert verify("label.svg", drawn) == verify("label", b'<?xml version="1.0"?>\n' + drawn) == 4

    printed = capsys.readouterr()
    assert [json.loads(line)["code"] for line in printed.out.splitlines()] == ["svg_not_read"] * 2
    assert "give the PNG of the label" in printed.err


@given(
    st.lists(st.sampled_from([b"/EmbeddedFile", b" stream\n", b"obj<<", b"/Length 3", b"/FlateDecode", b"\xd2\x84x"]))
)
def test_no_document_stops_the_reader(parts: list[bytes]) -> None:
    found: tuple[bytes, ...] = ()
    with suppress(CouldNotCheck):
        found = tokens_attached(b"".join(parts))
    assert all(one.startswith(b"\xd2\x84") for one in found)
