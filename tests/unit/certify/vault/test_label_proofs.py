"""What the published proof of a label tells: by when witnesses had seen its issue, and nothing of another label."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from certify.vault.label_proofs import LabelProofs
from certify.vault.published import FolderFiles
from certify.vault.published_paths import proof_of
from certify.vault.witnessed_log import PresentPolicy, last_witnessed
from labels.encoding import to_base36
from labels.key_set import KeySet, TrustedKey
from labels.signing import prepare, sign
from schemas.errors import CouldNotCheck
from schemas.label import Authenticity, IssuedLabel, LabelStatement
from tests.logged import FROM, LOG_KEY, TO, WITNESS_KEY, Logged, key, key_set

SEEN = datetime(2026, 3, 1, 9, tzinfo=UTC)
NOW = SEEN + timedelta(days=1)
ORIGIN = "v.example.eu/log"
LABEL_KEY = key("labels")
TRUSTED = TrustedKey(LABEL_KEY.public_key, FROM, TO)


def label(label_id: str = "0123456789ABCDEF", name: str = "Digit Reader 1.2") -> IssuedLabel:
    """A label as it was issued."""
    statement = LabelStatement(
        id=label_id,
        expires_at=datetime(2027, 3, 1, 23, 59, 59, tzinfo=UTC),
        tier="low",
        status_index=7,
        subject_digest="0" * 24,
        name_version=name,
    )
    return IssuedLabel(
        **statement.model_dump(exclude={"holder"}),
        token=to_base36(sign(prepare(statement), LABEL_KEY)),
        kid=LABEL_KEY.kid,
        decision_number="case-1/30",
        holder="Northwind",
        issued_at=SEEN - timedelta(minutes=1),
    )


class World:
    """Published files, and the keys as the reader has them now."""

    def __init__(self, folder: Path) -> None:
        self.files = FolderFiles(folder)
        self.log = Logged(self.files, ORIGIN)
        self.keys = key_set(TRUSTED)
        self.policy = PresentPolicy(lambda: self.keys, origin=ORIGIN)
        self.proofs = LabelProofs(self.files, self.policy, lambda: self.keys)

    def stolen(self, at: datetime) -> None:
        """Publish that the label key may be in other hands."""
        self.keys = self.keys.with_compromised(TRUSTED, at)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


async def test_a_label_was_seen_when_its_witness_says(world: World) -> None:
    assert await world.proofs.seen_at(label()) is None
    world.log.issue(label(), seen_at=SEEN)
    assert await world.proofs.seen_at(label()) == SEEN


async def test_what_is_proved_of_a_number_names_the_token(world: World) -> None:
    assert await world.proofs.of(label().id) is None
    world.log.issue(label(), seen_at=SEEN)
    proved = await world.proofs.of(label().id)
    assert proved is not None
    assert (proved.token, proved.at) == (label().token, SEEN)


async def test_a_proof_about_another_token_or_another_label_is_none(world: World) -> None:
    world.log.issue(label(), seen_at=SEEN)
    with pytest.raises(CouldNotCheck, match="does not hold"):
        await world.proofs.seen_at(label(name="Golden Goose 9.9"))
    other = "FEDCBA9876543210"
    world.files.write(proof_of(other), world.files.read(proof_of(label().id)) or b"")
    with pytest.raises(CouldNotCheck, match="does not hold"):
        await world.proofs.of(other)


async def test_a_damaged_proof_is_no_answer(world: World) -> None:
    world.log.issue(label(), seen_at=SEEN)
    world.files.write(proof_of(label().id), b"c2sp.org/tlog-proof@v1\nindex 0\n\n")
    with pytest.raises(CouldNotCheck) as refusal:
        await world.proofs.seen_at(label())
    assert refusal.value.code == "proof_unreadable"


async def test_a_witness_that_was_compromised_counts_no_more_also_for_what_was_read_before(world: World) -> None:
    world.log.issue(label(), seen_at=SEEN)
    assert await world.proofs.seen_at(label()) == SEEN
    world.keys = KeySet(
        tuple(
            replace(one, compromised_at=NOW) if one.public_key == WITNESS_KEY.public_key else one
            for one in world.keys.keys
        )
    )
    with pytest.raises(CouldNotCheck):
        await world.proofs.seen_at(label())


async def test_a_label_of_a_stolen_key_is_lost_unless_witnesses_saw_it_before(world: World) -> None:
    assert not world.proofs.is_lost(label(), None)
    world.stolen(SEEN + timedelta(hours=1))
    assert not world.proofs.is_lost(label(), SEEN)
    for late in (None, SEEN + timedelta(hours=1), NOW):
        assert world.proofs.is_lost(label(), late)


@pytest.mark.parametrize("seen", [datetime(2019, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)])
async def test_a_label_that_witnesses_saw_when_its_key_was_not_in_use_is_lost(world: World, seen: datetime) -> None:
    assert world.proofs.authenticity_of(label(), SEEN) == Authenticity.AUTHENTIC
    assert world.proofs.authenticity_of(label(), seen) == Authenticity.KEY_NOT_IN_USE
    assert world.proofs.is_lost(label(), seen)


@pytest.mark.parametrize(
    "change",
    [
        {"token": to_base36(sign(prepare(label().statement), key("somebody")))},
        {"token": label(name="Golden Goose 9.9").token},
        {"token": "2"},
        {"kid": "00000000"},
        {"id": "FEDCBA9876543210"},
        {"expires_at": label().expires_at + timedelta(days=300)},
        {"tier": "critical"},
        {"status_index": 8},
        {"subject_digest": "1" * 24},
        {"name_version": "Golden Goose 9.9"},
    ],
    ids="-".join,
)
async def test_of_a_label_that_is_not_what_was_signed_nothing_is_told(world: World, change: dict[str, Any]) -> None:
    """Whoever answers in the signer's place, or writes into the directory, makes no label."""
    forged = label().model_copy(update=change)
    for seen in (None, SEEN):
        with pytest.raises(CouldNotCheck) as refusal:
            world.proofs.authenticity_of(forged, seen)
        assert refusal.value.code == "label_differs"
    assert world.proofs.authenticity_of(label(), SEEN) == Authenticity.AUTHENTIC


async def test_a_name_of_another_key_hides_no_theft(world: World) -> None:
    world.stolen(SEEN)
    assert world.proofs.authenticity_of(label(), None) == Authenticity.NOT_IN_LOG
    with pytest.raises(CouldNotCheck):
        world.proofs.authenticity_of(label().model_copy(update={"kid": "00000000"}), None)


async def test_a_label_is_held_against_the_keys_of_today(world: World) -> None:
    assert world.proofs.authenticity_of(label(), SEEN) == Authenticity.AUTHENTIC
    world.keys = key_set(TrustedKey(key("another year").public_key, FROM, TO))
    with pytest.raises(CouldNotCheck):
        world.proofs.authenticity_of(label(), SEEN)


def test_the_policy_is_the_same_object_while_the_keys_are_the_same(world: World) -> None:
    first = world.policy()
    world.keys = key_set(TRUSTED)
    assert world.policy() is first
    world.keys = key_set(TRUSTED, witness=key("another witness"))
    assert world.policy() != first


def test_the_last_entry_that_witnesses_saw_is_the_last_of_the_checkpoint(world: World) -> None:
    assert last_witnessed(world.files, world.policy) is None
    for digit in "ab":
        world.log.add(digest=digit * 64, seen_at=SEEN)
    world.log.sequencer.append([b"not witnessed yet"])
    last = last_witnessed(world.files, world.policy)
    assert last is not None
    assert last.digest == "b" * 64


def test_a_checkpoint_nobody_of_ours_signed_says_nothing(world: World) -> None:
    world.log.add(seen_at=SEEN)
    stranger = PresentPolicy(lambda: key_set(TRUSTED, witness=key("another witness")), origin=ORIGIN)
    with pytest.raises(CouldNotCheck) as refusal:
        last_witnessed(world.files, stranger)
    assert refusal.value.code == "log_unreadable"
    assert LOG_KEY.public_key in stranger().log_keys
