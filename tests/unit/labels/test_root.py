import json
import re
from pathlib import Path
from typing import Any

import pytest

from labels import keys
from labels.root import Root, RootSigners
from labels.signed_key_set import sign_key_set, verify_key_set
from schemas.errors import CouldNotCheck


@pytest.fixture(scope="module")
def signers(tmp_path_factory: pytest.TempPathFactory) -> RootSigners:
    return keys.create_root(tmp_path_factory.mktemp("root"), "a passphrase")


def test_a_root_comes_back_from_its_file(signers: RootSigners, tmp_path: Path) -> None:
    root = Root.of(signers)
    path = tmp_path / "root.json"
    path.write_text(root.as_json())

    assert Root.read(path) == root
    assert Root.read(path).fingerprint == root.fingerprint


def test_a_fingerprint_fits_a_line_of_print_and_can_be_read_out(signers: RootSigners) -> None:
    assert re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{4}-){7}[0-9A-HJKMNP-TV-Z]{4}", Root.of(signers).fingerprint)


def test_a_fingerprint_speaks_of_both_keys(signers: RootSigners, tmp_path: Path) -> None:
    root, other = Root.of(signers), Root.of(keys.create_root(tmp_path, "a passphrase"))
    mixed = {Root(root.ed25519, other.ml_dsa_65).fingerprint, Root(other.ed25519, root.ml_dsa_65).fingerprint}

    assert len({root.fingerprint, other.fingerprint, *mixed}) == 4


def _without(place: int) -> Any:
    return lambda document: document["keys"].pop(place)


@pytest.mark.parametrize(
    "change",
    [
        _without(0),
        _without(1),
        lambda document: document["keys"].reverse(),
        lambda document: document["keys"].append(document["keys"][0]),
        lambda document: document["keys"][1].update(alg="ML-DSA-44"),
        lambda document: document["keys"][1].update(pub="AAAA"),
        lambda document: document["keys"][1].update(priv="AAAA"),
        lambda document: document["keys"][0].update(x=7),
        lambda document: document.pop("keys"),
    ],
)
def test_what_is_not_the_two_keys_of_a_root_is_unreadable(signers: RootSigners, change: Any) -> None:
    document = json.loads(Root.of(signers).as_json())
    change(document)

    with pytest.raises(CouldNotCheck, match="root_unreadable"):
        Root.from_json(json.dumps(document))


@pytest.mark.parametrize("text", ["", "{", "[]", "7", "[" * 9000])
def test_what_is_no_root_file_is_unreadable(text: str) -> None:
    with pytest.raises(CouldNotCheck, match="root_unreadable"):
        Root.from_json(text)


def test_a_root_of_a_file_verifies_what_the_root_signed(signers: RootSigners, trusted, at) -> None:
    pinned = Root.from_json(Root.of(signers).as_json())

    published = sign_key_set(trusted, version=7, issued_at=at, root=signers)

    assert verify_key_set(published.signed, pinned, at_least=7) == published
