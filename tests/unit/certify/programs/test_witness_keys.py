"""The witness cosigns for log keys of the day only: the thief of another would leave the honest log behind (T33)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from certify.config import Settings
from certify.programs.signing_keys import SigningKeys
from certify.programs.witness import _Watching
from labels.key_set import KeySet, TrustedKey, Use
from labels.log import checkpoints
from labels.log.checkpoints import Checkpoint
from labels.log.tree import EMPTY
from labels.log.witness import WitnessRefusal, request_body
from tests.unit.certify.publication.published import LOG_KEY, ORIGIN, WITNESS_KEY, key

TODAY = datetime.now(UTC).date()
IN_USE = TrustedKey(LOG_KEY.public_key, TODAY - timedelta(days=100), TODAY + timedelta(days=100), Use.LOG)
OF_LABELS = TrustedKey(key("label").public_key, IN_USE.valid_from, IN_USE.valid_to)


class KeysOfTheDay:
    """The witness's own key, whatever the day."""

    def for_day(self, _: date) -> Any:
        return WITNESS_KEY


@pytest.fixture
def watching(tmp_path: Path) -> Callable[[TrustedKey], _Watching]:
    def of(log_key: TrustedKey) -> _Watching:
        key_set = tmp_path / "keys.json"
        key_set.write_text(KeySet((OF_LABELS, log_key)).as_json())
        settings = Settings(data=tmp_path, key_set_file=key_set, witness_folder=tmp_path, log_origin=ORIGIN)
        return _Watching(settings, cast("SigningKeys", KeysOfTheDay))

    return of


def asked(watching: _Watching) -> str:
    note = checkpoints.signed(Checkpoint(ORIGIN, 0, EMPTY), LOG_KEY)
    return watching().add_checkpoint(request_body(0, (), note), at=datetime.now(UTC))


def test_a_checkpoint_of_the_key_in_use_is_cosigned(watching: Callable[[TrustedKey], _Watching]) -> None:
    assert asked(watching(IN_USE))


@pytest.mark.parametrize(
    "log_key",
    [
        replace(IN_USE, compromised_at=datetime.now(UTC).replace(microsecond=0)),
        replace(IN_USE, valid_to=TODAY - timedelta(days=30)),
        replace(IN_USE, valid_from=TODAY + timedelta(days=30)),
    ],
    ids=["stolen", "out of use", "not in use yet"],
)
def test_one_of_a_key_that_is_stolen_or_not_in_use_is_refused(
    watching: Callable[[TrustedKey], _Watching], log_key: TrustedKey
) -> None:
    with pytest.raises(WitnessRefusal) as refusal:
        asked(watching(log_key))
    assert refusal.value.status == 403
