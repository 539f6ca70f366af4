"""The keys a program signs with: opened from files and hardware, as the last key set tells of them."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from certify.config import Settings
from certify.programs import keys
from certify.programs.key_files import KeyFiles
from certify.programs.signing_keys import SigningKeys
from labels.key_set import KeySet, Use
from labels.public_keys import holds
from schemas.errors import CouldNotCheck, LabelError
from tests.softhsm import PIN, Token, configuration

NOW = datetime.now(UTC)
DAY = timedelta(days=1)
KEPT = Path(__file__).parents[3] / "data" / "first" / "data"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    found = Settings(data=tmp_path / "data")
    keys.initialise(found, now=NOW)
    return found


def signing(settings: Settings, use: Use = Use.LABEL) -> SigningKeys:
    return SigningKeys(settings, use, passphrase=settings.passphrase)


@pytest.mark.parametrize("use", [Use.LABEL, Use.CERTIFICATE, Use.STATUS, Use.LOG])
def test_a_key_of_each_use_is_opened_and_signs_for_that_use_only(settings: Settings, use: Use) -> None:
    ring = signing(settings, use)()
    (known,) = KeyFiles.of(settings).last().keys.of_use(use).keys  # type: ignore[union-attr]

    signer = ring.for_day(NOW.date())

    assert (signer.kid, signer.alg) == (known.kid, use.algorithm)
    assert holds(known.public_key, signer.sign(b"message"), b"message")


def test_a_rotation_needs_no_restart(settings: Settings) -> None:
    opened = signing(settings)
    first = opened().for_day(NOW.date())

    (new,) = keys.rotate(settings, use=Use.LABEL, now=NOW).added

    assert opened().for_day(NOW.date()) is first
    assert opened().for_day(new.valid_from).kid == new.kid


def test_a_compromise_is_heeded_without_a_restart(settings: Settings) -> None:
    opened = signing(settings)
    stolen = opened().for_day(NOW.date())

    keys.compromise(settings, kid=stolen.kid, at=NOW, now=NOW + DAY)

    with pytest.raises(LabelError, match="no_key_for_today"):
        opened().for_day(NOW.date())
    (new,) = keys.rotate(settings, use=Use.LABEL, now=NOW).added
    assert opened().for_day(NOW.date()).kid == new.kid


def test_a_folder_can_be_moved(settings: Settings, tmp_path: Path) -> None:
    kid = signing(settings)().for_day(NOW.date()).kid
    moved = Settings(data=tmp_path / "moved with a space")
    shutil.move(settings.data, moved.data)

    assert signing(moved)().for_day(NOW.date()).kid == kid


def test_a_folder_of_an_earlier_version_has_its_one_label_key_and_no_other(tmp_path: Path) -> None:
    shutil.copytree(KEPT, tmp_path / "data")
    settings = Settings(data=tmp_path / "data")
    assert settings.key_set_file is not None
    (old,) = KeySet.read(settings.key_set_file).keys

    assert signing(settings)().for_day(old.valid_from).kid == old.kid
    assert signing(settings, Use.LOG)().signers == ()


def test_a_key_whose_period_is_over_may_have_been_destroyed(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data")
    keys.initialise(settings, now=NOW - 400 * DAY)
    (new,) = keys.rotate(settings, use=Use.LABEL, now=NOW).added
    (tmp_path / "data" / "keys" / "label.pem").unlink()

    assert [signer.kid for signer in signing(settings)().signers] == [new.kid]


def test_a_key_that_is_needed_and_does_not_open_is_told_at_once(settings: Settings) -> None:
    (settings.data / "keys" / "label.pem").unlink()

    with pytest.raises(LabelError, match="key_unreadable"):
        signing(settings)()


def test_a_key_set_that_the_root_did_not_sign_opens_nothing(settings: Settings, tmp_path: Path) -> None:
    other = Settings(data=tmp_path / "other")
    keys.initialise(other, now=NOW)
    shutil.copy(other.data / "keys" / "key-set-1.cose", settings.data / "keys" / "key-set-1.cose")

    with pytest.raises(CouldNotCheck, match="wrong_root"):
        signing(settings)()


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Token]:
    folder = tmp_path_factory.mktemp("softhsm")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("SOFTHSM2_CONF", str(configuration(folder)))
        yield Token.made(folder)


def test_the_first_label_key_can_lie_in_hardware(token: Token, tmp_path: Path) -> None:
    token.generate("first")
    pin = tmp_path / "pin"
    pin.write_text(PIN)
    settings = Settings(data=tmp_path / "data", keys_uri=token.uri("first", pin_source=pin.as_uri()))

    keys.initialise(settings, now=NOW)

    assert repr(signing(settings)().for_day(NOW.date())).startswith("<HardwareKey")
    assert not (tmp_path / "data" / "keys" / "label.pem").exists()


def test_a_rotation_can_go_from_a_file_into_hardware(token: Token, settings: Settings, tmp_path: Path) -> None:
    token.generate("next-year")
    pin = tmp_path / "pin"
    pin.write_text(PIN)

    (new,) = keys.rotate(settings, use=Use.LABEL, now=NOW, uri=token.uri("next-year", pin_source=str(pin))).added

    ring = signing(settings)()
    assert repr(ring.for_day(NOW.date())).startswith("<KeyInMemory")
    assert repr(ring.for_day(new.valid_from)).startswith("<HardwareKey")


def test_a_witness_elsewhere_opens_its_own_keys_which_no_list_names(settings: Settings, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    (new,) = keys.rotate(settings, use=Use.WITNESS, now=NOW).added
    shutil.copytree(settings.data / "witness", elsewhere / "witness")
    (elsewhere / "keys").mkdir()
    shutil.copy(settings.data / "keys" / "keys.json", elsewhere / "keys" / "keys.json")
    passphrase = (elsewhere / "witness" / "passphrase").read_text()

    ring = SigningKeys(Settings(data=elsewhere), Use.WITNESS, passphrase=passphrase)()

    assert len(ring.keys.keys) == 2
    assert ring.for_day(new.valid_from).kid == new.kid
    assert ring.for_day(NOW.date()).kid != new.kid
    assert SigningKeys(Settings(data=elsewhere), Use.LOG, passphrase=passphrase)().keys.keys == ()
