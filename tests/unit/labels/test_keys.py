import stat
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, x25519
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from labels import keys
from labels.keys import KeyInMemory
from labels.public_keys import ES256, holds
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


@pytest.mark.parametrize("uri", ["https://keys.example/1", "key.pem", "", "file:", "file://host/key"])
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


@pytest.mark.parametrize("key", [ec.generate_private_key(ec.SECP384R1()), x25519.X25519PrivateKey.generate()])
def test_a_key_of_another_kind_is_refused(tmp_path: Path, key: Any) -> None:
    path = tmp_path / "key.pem"
    path.write_bytes(_pem(key, serialization.BestAvailableEncryption(b"a passphrase")))

    with pytest.raises(LabelError, match="another kind"):
        keys.open(path.as_uri(), "a passphrase")


def test_a_p256_key_signs_the_same_64_bytes_each_time(tmp_path: Path) -> None:
    path = tmp_path / "certificate.pem"
    made = keys.create(path, "a passphrase", ES256)

    signer = keys.open(path.as_uri(), "a passphrase")
    signatures = {signer.sign(b"message"), signer.sign(b"message"), made.sign(b"message")}

    assert (signer.alg, signer.kid) == ("ES256", made.kid)
    assert [len(signature) for signature in signatures] == [64]
    assert holds(made.public_key, *signatures, b"message")


def test_es256_is_signed_with_the_nonce_of_rfc_6979() -> None:
    """Its appendix A.2.5: the key, the message "sample", SHA-256."""
    secret = 0xC9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721
    signer = KeyInMemory(ec.derive_private_key(secret, ec.SECP256R1()))

    r = "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
    s = "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"
    assert signer.sign(b"sample").hex() == r + s


def test_a_public_key_is_told_without_the_private_one(tmp_path: Path) -> None:
    made = keys.create(tmp_path / "key.pem", "a passphrase")

    assert keys.public_key((tmp_path / "key.pem").as_uri(), "a passphrase") == made.public_key


def test_a_root_made_is_the_root_opened_and_signs_with_both_keys(tmp_path: Path) -> None:
    made = keys.create_root(tmp_path, "a passphrase")

    opened = keys.open_root(tmp_path, "a passphrase")

    assert [signer.alg for signer in opened] == ["Ed25519", "ML-DSA-65"]
    for one, other in zip(made, opened, strict=True):
        assert holds(one.public_key, other.sign(b"message"), b"message")
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}


def test_a_root_that_was_left_half_made_is_made_whole_and_keeps_its_first_key(tmp_path: Path) -> None:
    first = keys.create(tmp_path / keys.ROOT_FILES[0], "a passphrase")

    assert keys.create_root(tmp_path, "a passphrase").ed25519.kid == first.kid
    assert keys.create_root(tmp_path, "a passphrase").ed25519.kid == first.kid


def test_a_key_of_the_root_is_opened_for_nothing_else(tmp_path: Path) -> None:
    keys.create_root(tmp_path, "a passphrase")

    with pytest.raises(LabelError, match="signs nothing but key sets"):
        keys.open((tmp_path / keys.ROOT_FILES[1]).as_uri(), "a passphrase")


def test_a_folder_with_other_keys_is_no_root(tmp_path: Path) -> None:
    for name in keys.ROOT_FILES:
        keys.create(tmp_path / name, "a passphrase")

    with pytest.raises(LabelError, match="key_unreadable"):
        keys.open_root(tmp_path, "a passphrase")


def test_a_key_does_not_show_itself(tmp_path: Path) -> None:
    made = keys.create(tmp_path / "key.pem", "a passphrase")

    assert repr(made) == f"<KeyInMemory {made.kid}>"


def _pem(key: Any, encryption: serialization.KeySerializationEncryption) -> bytes:
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)
