import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from labels import keys
from schemas.errors import LabelError


def test_a_key_made_is_the_key_opened(tmp_path: Path) -> None:
    path = tmp_path / "label key.pem"
    made = keys.create(path, "a passphrase")

    opened = keys.open(path.as_uri(), "a passphrase")

    assert (opened.kid, opened.alg) == (made.kid, "Ed25519")
    opened.public_key.verify(made.sign(b"message"), b"message")


def test_a_key_file_is_encrypted_and_its_owners_only(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    keys.create(path, "a passphrase")

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_bytes().startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")


def test_a_key_is_never_written_over_another(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    keys.create(path, "a passphrase")
    before = path.read_bytes()

    with pytest.raises(LabelError, match="key_exists"):
        keys.create(path, "a passphrase")

    assert path.read_bytes() == before


def test_a_key_is_never_made_without_a_passphrase(tmp_path: Path) -> None:
    with pytest.raises(LabelError, match="passphrase_missing"):
        keys.create(tmp_path / "key.pem", "")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "uri", ["pkcs11:token=label", "https://keys.example/1", "key.pem", "", "file:", "file://host/key"]
)
def test_a_key_of_an_unknown_scheme_is_refused(uri: str) -> None:
    with pytest.raises(LabelError, match="key_scheme_unknown"):
        keys.open(uri, "a passphrase")


@pytest.mark.parametrize("passphrase", ["another", ""])
def test_another_passphrase_opens_nothing(tmp_path: Path, passphrase: str) -> None:
    path = tmp_path / "key.pem"
    keys.create(path, "a passphrase")

    with pytest.raises(LabelError, match="key_unreadable"):
        keys.open(path.as_uri(), passphrase)


def test_a_missing_key_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(LabelError, match="key_unreadable"):
        keys.open((tmp_path / "nowhere.pem").as_uri(), "a passphrase")


def test_a_key_that_lies_there_unencrypted_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    path.write_bytes(_pem(Ed25519PrivateKey.generate(), serialization.NoEncryption()))

    with pytest.raises(LabelError, match="key_unreadable"):
        keys.open(path.as_uri(), "a passphrase")


def test_a_key_of_another_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    encryption = serialization.BestAvailableEncryption(b"a passphrase")
    path.write_bytes(_pem(ec.generate_private_key(ec.SECP256R1()), encryption))

    with pytest.raises(LabelError, match="another kind"):
        keys.open(path.as_uri(), "a passphrase")


def test_a_key_does_not_show_itself(tmp_path: Path) -> None:
    made = keys.create(tmp_path / "key.pem", "a passphrase")

    assert repr(made) == f"<KeyInMemory {made.kid}>"


def _pem(
    key: Ed25519PrivateKey | ec.EllipticCurvePrivateKey, encryption: serialization.KeySerializationEncryption
) -> bytes:
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)
