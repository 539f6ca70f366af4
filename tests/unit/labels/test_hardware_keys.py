"""Keys in hardware, tried with SoftHSM; RFC 7512 is the standard of their URIs."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from labels import hardware_keys, keys
from labels.encoding import to_base36
from labels.hardware_keys import HardwareUri, parse_uri
from labels.key_set import KeySet, TrustedKey, Use
from labels.public_keys import holds
from labels.signing import prepare, sign
from labels.verification import verify
from schemas.errors import LabelError
from tests.softhsm import PIN, Token, configuration


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Token]:
    """A token with a label key and a certificate key."""
    folder = tmp_path_factory.mktemp("softhsm")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("SOFTHSM2_CONF", str(configuration(folder)))
        made = Token.made(folder)
        made.generate("label-2026")
        made.generate("certificate-2026", p256=True)
        yield made


def test_a_label_signed_in_hardware_is_authentic(token: Token, statement, at) -> None:
    signer = keys.open(token.uri("label-2026"), PIN)
    trusted = KeySet((TrustedKey(signer.public_key, at.date().replace(year=2026), at.date()),))

    made = sign(prepare(statement), signer)

    assert verify(to_base36(made), trusted, at=at).statement == statement
    assert sign(prepare(statement), signer) == made


def test_a_certificate_key_in_hardware_signs_es256_in_64_bytes(token: Token) -> None:
    signer = keys.open(token.uri("certificate-2026"), PIN)

    signature = signer.sign(b"message")

    assert (signer.alg, len(signature)) == (Use.CERTIFICATE.algorithm, 64)
    assert holds(signer.public_key, signature, b"message")
    assert not holds(signer.public_key, signature, b"other")


def test_the_pin_comes_from_its_file_or_is_the_passphrase(token: Token, tmp_path: Path) -> None:
    pin = tmp_path / "pin"
    pin.write_text(f"{PIN}\n")

    by_file = keys.open(token.uri("label-2026", pin_source=pin.as_uri()), "another passphrase")

    assert by_file.kid == keys.open(token.uri("label-2026"), PIN).kid


@pytest.mark.parametrize(
    ("name", "pin"), [("nobody", PIN), ("label-2026", "000000")], ids=["no such key", "another PIN"]
)
def test_what_does_not_open_is_unreadable(token: Token, name: str, pin: str) -> None:
    with pytest.raises(LabelError, match="key_unreadable"):
        keys.open(token.uri(name), pin)


def test_a_token_that_is_not_there_and_a_module_that_is_none_are_unreadable(token: Token) -> None:
    uri = token.uri("label-2026")
    for other in (uri.replace("token=certify", "token=nobodys"), uri.replace("libsofthsm2", "nothing")):
        with pytest.raises(LabelError, match="key_unreadable"):
            keys.open(other, PIN)


def test_a_pin_file_that_is_not_there_is_told(token: Token, tmp_path: Path) -> None:
    with pytest.raises(LabelError, match="key_unreadable: The PIN cannot be read"):
        keys.open(token.uri("label-2026", pin_source=str(tmp_path / "nowhere")), PIN)


def test_a_key_that_went_away_is_unavailable_and_signs_again_when_it_is_back(
    token: Token, monkeypatch: pytest.MonkeyPatch
) -> None:
    signer = keys.open(token.uri("label-2026"), PIN)
    with monkeypatch.context() as patched:
        patched.setattr(signer, "_pin", "000000")
        with pytest.raises(LabelError, match="key_unavailable"):
            signer.sign(b"message")

    assert holds(signer.public_key, signer.sign(b"message"), b"message")


def test_a_signature_that_does_not_hold_is_not_given_out(token: Token, monkeypatch: pytest.MonkeyPatch) -> None:
    signer = keys.open(token.uri("label-2026"), PIN)
    monkeypatch.setattr(hardware_keys, "holds", lambda *_: False)

    with pytest.raises(LabelError, match="key_unavailable"):
        signer.sign(b"message")


def test_a_key_in_hardware_shows_neither_itself_nor_its_pin(token: Token) -> None:
    signer = keys.open(token.uri("label-2026"), PIN)

    assert repr(signer) == f"<HardwareKey {signer.kid}>"


def test_without_the_extra_a_key_in_hardware_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pkcs11", None)

    with pytest.raises(LabelError, match=r"pkcs11_missing.*certify\[pkcs11\]"):
        keys.open("pkcs11:token=a;object=b?module-path=/x.so", PIN)


def test_a_uri_is_read_with_what_is_escaped_in_it() -> None:
    found = parse_uri(
        "pkcs11:object=label%202026;token=Two%3B%20three?pin-source=file:/run/pin&module-path=/lib/p11.so"
    )

    assert found == HardwareUri("Two; three", "label 2026", "/lib/p11.so", "file:/run/pin")


@pytest.mark.parametrize(
    ("uri", "why"),
    [
        ("pkcs11:object=b?module-path=/x.so", "token"),
        ("pkcs11:token=a?module-path=/x.so", "object"),
        ("pkcs11:token=a;object=b", "module-path"),
        ("pkcs11:token=a;object=b;object=c?module-path=/x.so", "twice"),
        ("pkcs11:token=a;object=b;serial=1?module-path=/x.so", "serial"),
        ("pkcs11:token=a;object=b?module-path=/x.so&module-name=y", "module-name"),
        ("pkcs11:token=a;object=b?module-path=/x.so&pin-value=1234", "pin-source"),
    ],
)
def test_a_uri_that_names_no_one_key_is_malformed(uri: str, why: str) -> None:
    with pytest.raises(LabelError, match=rf"key_uri_malformed.*{why}"):
        keys.open(uri, PIN)


@pytest.mark.parametrize("point", [b"", bytes(33), bytes(65), b"\x04\x41" + bytes(65)])
def test_a_point_of_another_curve_is_another_kind_of_key(point: bytes) -> None:
    with pytest.raises(LabelError, match="another kind"):
        hardware_keys._public_key(point)
