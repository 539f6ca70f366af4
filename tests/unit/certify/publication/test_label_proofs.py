"""The proof of a label, as a page reads it: the time witnesses saw it, or that it cannot be told."""

from dataclasses import replace
from pathlib import Path

import pytest

from certify.register.database import Database
from certify.vault.label_proofs import LabelProofs
from certify.vault.published_paths import proof_of
from schemas.errors import CouldNotCheck
from schemas.label import IssuedLabel
from tests.cells import CELLS
from tests.unit.certify.publication.published import POLICY, Publishing, key
from tests.unit.certify.register.certified import Body, founded


@pytest.fixture
async def body(sqlite_url: str, tmp_path: Path) -> Body:
    return await founded(Database(sqlite_url, cells=CELLS), tmp_path)


@pytest.fixture
def publishing(body: Body, tmp_path: Path) -> Publishing:
    return Publishing(body.database, tmp_path)


async def labelled(body: Body) -> IssuedLabel:
    """A label on record."""
    label = (await body.certified()).case.label
    assert label is not None
    return label


async def test_a_label_was_seen_when_its_witness_says_so(body: Body, publishing: Publishing) -> None:
    label = await labelled(body)
    proofs = LabelProofs(publishing.files, lambda: POLICY)
    assert await proofs.seen_at(label) is None
    await publishing.turn()
    assert await proofs.seen_at(label) == publishing.now.replace(microsecond=0)


async def test_a_proof_is_read_once_and_again_when_the_trusted_keys_change(body: Body, publishing: Publishing) -> None:
    label = await labelled(body)
    await publishing.turn()
    policies = [POLICY]
    proofs = LabelProofs(publishing.files, lambda: policies[-1])
    seen_at = await proofs.seen_at(label)
    publishing.files.write(proof_of(label.id), b"damaged")
    assert await proofs.seen_at(label) == seen_at
    policies.append(replace(POLICY, witnesses=(key("another").public_key,)))  # type: ignore[arg-type]
    with pytest.raises(CouldNotCheck):
        await proofs.seen_at(label)


async def test_another_labels_proof_or_a_damaged_one_tells_nothing(body: Body, publishing: Publishing) -> None:
    label = await labelled(body)
    other = (await body.certified(application="case-2")).case.label
    await publishing.turn()
    theirs = publishing.files.read(proof_of(other.id))
    own = publishing.files.read(proof_of(label.id))
    assert theirs is not None
    assert own is not None
    for content in (theirs, b"", own[:-20], own.replace(b"index ", b"index 1")):
        publishing.files.write(proof_of(label.id), content)
        with pytest.raises(CouldNotCheck) as refusal:
            await LabelProofs(publishing.files, lambda: POLICY).seen_at(label)
        assert refusal.value.code == "proof_unreadable"


async def test_a_proof_about_another_token_of_the_same_number_tells_nothing(body: Body, publishing: Publishing) -> None:
    label = await labelled(body)
    await publishing.turn()
    with pytest.raises(CouldNotCheck):
        await LabelProofs(publishing.files, lambda: POLICY).seen_at(label.model_copy(update={"token": "FORGED"}))
