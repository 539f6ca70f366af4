"""`certify keys`: what it makes, when keys change, and what is left after a crash; the time is an argument."""

import json
import shutil
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from certify.config import Settings
from certify.programs import key_files, key_making, keys, lock
from certify.programs.key_files import KeyFiles
from labels import keys as private_keys
from labels.key_set import KeySet, TrustedKey, Use, kid_of
from labels.root import Root
from labels.signed_key_set import SignedKeySet, verify_key_set
from schemas.errors import AlreadyDecided, CouldNotCheck, LabelError, NotFound, Unacceptable

NOW = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
DAY = timedelta(days=1)
KEPT = Path(__file__).parents[3] / "data" / "first" / "data"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data")


@pytest.fixture
def made(settings: Settings) -> Settings:
    """A folder with keys for a year from NOW on."""
    keys.initialise(settings, now=NOW)
    return settings


def read(settings: Settings) -> SignedKeySet:
    """What anybody gets who pinned the root."""
    files = KeyFiles.of(settings)
    return verify_key_set(files.signed.read_bytes(), Root.read(files.root))


def of_use(settings: Settings, use: Use = Use.LABEL) -> tuple[TrustedKey, ...]:
    return read(settings).keys.of_use(use).keys


def test_a_new_folder_gets_a_root_and_a_key_of_each_use_for_a_year(settings: Settings) -> None:
    done = keys.initialise(settings, now=NOW)

    assert done.new_root
    assert read(settings) == done.key_set
    assert [(key.use, key.alg) for key in done.added] == [
        (Use.LABEL, "Ed25519"),
        (Use.CERTIFICATE, "ES256"),
        (Use.STATUS, "Ed25519"),
        (Use.LOG, "Ed25519"),
        (Use.WITNESS, "Ed25519"),
    ]
    assert {(key.valid_from, key.valid_to) for key in done.added} == {(date(2026, 11, 26), date(2027, 11, 26))}
    assert (done.key_set.version, done.key_set.issued_at) == (1, NOW)


def test_no_secret_is_readable_by_others_and_root_and_witness_have_their_own(made: Settings) -> None:
    private = [*made.data.rglob("*.pem"), *made.data.rglob("passphrase")]

    assert len(private) == 7 + 3
    assert {path.stat().st_mode & 0o777 for path in private} == {0o600}
    assert len({path.read_text() for path in made.data.rglob("passphrase")}) == 3
    for path in private:
        assert path.suffix != ".pem" or b"ENCRYPTED" in path.read_bytes()


def test_the_jwk_set_says_the_same_as_the_signed_one(made: Settings) -> None:
    assert made.key_set_file is not None
    document = json.loads(made.key_set_file.read_text())

    assert KeySet.read(made.key_set_file) == read(made).keys
    assert (document["version"], document["issued_at"]) == (1, "2026-11-26T09:30:00Z")


def test_where_nothing_is_missing_nothing_is_changed(made: Settings) -> None:
    before = {path: path.read_bytes() for path in made.data.rglob("*") if path.is_file()}

    done = keys.initialise(made, now=NOW + 30 * DAY)

    assert (done.added, done.new_root, done.key_set.version) == ((), False, 1)
    assert {path: path.read_bytes() for path in made.data.rglob("*") if path.is_file()} == before


def test_an_old_folder_keeps_its_label_key_and_gets_the_rest(tmp_path: Path) -> None:
    shutil.copytree(KEPT, tmp_path / "data")
    settings = Settings(data=tmp_path / "data")
    assert settings.key_set_file is not None
    (old,) = KeySet.read(settings.key_set_file).keys
    private = (tmp_path / "data" / "keys" / "label.pem").read_bytes()
    now = datetime.combine(old.valid_from, datetime.min.time(), UTC) + DAY

    done = keys.initialise(settings, now=now)

    assert of_use(settings) == (old,)
    assert [key.use for key in done.added] == [use for use in Use if use is not Use.LABEL]
    assert (tmp_path / "data" / "keys" / "label.pem").read_bytes() == private
    listed = KeyFiles.of(settings).signing_keys_listed()
    assert (listed[0].kid, listed[0].uri) == (old.kid, "file:label.pem")


def test_an_old_folder_whose_key_has_run_out_gets_a_new_one_beside_it(tmp_path: Path) -> None:
    shutil.copytree(KEPT, tmp_path / "data")
    settings = Settings(data=tmp_path / "data")
    assert settings.key_set_file is not None
    (old,) = KeySet.read(settings.key_set_file).keys
    now = datetime.combine(old.valid_to, datetime.min.time(), UTC) + DAY

    keys.initialise(settings, now=now)

    assert [key.valid_from for key in of_use(settings)] == [old.valid_from, now.date()]
    assert of_use(settings)[0] == old


def test_a_rotation_adds_a_key_that_begins_when_the_last_one_ends(made: Settings) -> None:
    first = of_use(made)[0]

    done = keys.rotate(made, use=Use.LABEL, now=NOW + 340 * DAY)

    (new,) = done.added
    assert of_use(made) == (first, new)
    assert (new.valid_from, new.valid_to) == (first.valid_to + DAY, first.valid_to + 366 * DAY)
    assert done.key_set.version == 2
    keys_of_labels = read(made).keys.of_use(Use.LABEL)
    assert keys_of_labels.usable_on(first.valid_to) == first
    assert keys_of_labels.usable_on(first.valid_to + DAY) == new


def test_a_rotation_that_comes_late_begins_today(made: Settings) -> None:
    late = NOW + 400 * DAY

    done = keys.rotate(made, use=Use.STATUS, now=late)

    assert (done.added[0].use, done.added[0].valid_from) == (Use.STATUS, late.date())


def test_after_ten_years_every_key_is_still_in_the_set(made: Settings) -> None:
    for year in range(1, 11):
        keys.rotate(made, use=Use.LABEL, now=NOW + (year * 366 - 30) * DAY)

    found = of_use(made)
    assert len(found) == 11
    assert all(later.valid_from == earlier.valid_to + DAY for earlier, later in pairwise(found))
    assert [version.version for version in KeyFiles.of(made).versions()] == list(range(1, 12))


def test_a_rotated_witness_key_lies_with_the_witness_and_opens_with_its_passphrase(made: Settings) -> None:
    (new,) = keys.rotate(made, use=Use.WITNESS, now=NOW).added

    listed = KeyFiles.of(made).signing_keys_listed()[-1]
    passphrase = (made.data / "witness" / "passphrase").read_text()
    assert str(made.data / "witness") in listed.uri
    assert private_keys.open(listed.uri, passphrase).kid == listed.kid == new.kid


def test_a_key_that_is_there_already_can_be_taken_over_once(made: Settings, tmp_path: Path) -> None:
    assert made.keys_passphrase_file is not None
    path = tmp_path / "elsewhere.pem"
    own = private_keys.create(path, made.passphrase)

    (new,) = keys.rotate(made, use=Use.LABEL, now=NOW, uri=path.as_uri()).added

    assert new.kid == own.kid
    with pytest.raises(AlreadyDecided, match="key_known"):
        keys.rotate(made, use=Use.LABEL, now=NOW, uri=path.as_uri())
    private_keys.create(tmp_path / "other.pem", made.passphrase)
    with pytest.raises(LabelError, match="wrong_algorithm"):
        keys.rotate(made, use=Use.CERTIFICATE, now=NOW, uri=(tmp_path / "other.pem").as_uri())


def public_pem(path: Path, passphrase: str) -> bytes:
    """The public half of a key file, as `openssl pkey -pubout` writes it."""
    opened = load_pem_private_key(path.read_bytes(), passphrase.encode())
    return opened.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def test_a_witness_of_others_is_trusted_by_its_public_key_alone(made: Settings, tmp_path: Path) -> None:
    path = tmp_path / "theirs.pem"
    theirs = private_keys.create(path, "their secret")
    public = public_pem(path, "their secret")

    (new,) = keys.trust_witness(made, content=public, now=NOW).added

    assert (new.kid, new.use, new.valid_to) == (theirs.kid, Use.WITNESS, NOW.date() + 365 * DAY)
    assert new in read(made).keys.keys
    assert theirs.kid not in {one.kid for one in KeyFiles.of(made).signing_keys_listed()}
    with pytest.raises(AlreadyDecided, match="key_known"):
        keys.trust_witness(made, content=public, now=NOW)


def test_the_next_key_of_our_witness_begins_when_ours_ends_whatever_others_have(made: Settings, tmp_path: Path) -> None:
    own = of_use(made, Use.WITNESS)[0]
    private_keys.create(tmp_path / "theirs.pem", "their secret")
    keys.trust_witness(made, content=public_pem(tmp_path / "theirs.pem", "their secret"), now=NOW + 200 * DAY)

    (new,) = keys.rotate(made, use=Use.WITNESS, now=NOW + 340 * DAY).added

    assert new.valid_from == own.valid_to + DAY


def test_nothing_but_a_public_key_of_a_witness_is_trusted_as_one(made: Settings) -> None:
    private = (made.data / "keys" / "log.pem").read_bytes()
    certificate = public_pem(made.data / "keys" / "certificate.pem", made.passphrase)
    for content in (b"", b"no key", private, certificate):
        with pytest.raises(Unacceptable, match="no_public_key"):
            keys.trust_witness(made, content=content, now=NOW)
    assert read(made).version == 1


def test_a_compromise_is_published_and_said_again_changes_nothing(made: Settings) -> None:
    (key,) = of_use(made)

    done = keys.compromise(made, kid=key.kid, at=NOW + DAY, now=NOW + 2 * DAY)
    again = keys.compromise(made, kid=key.kid, at=NOW + DAY, now=NOW + 3 * DAY)

    assert of_use(made)[0].compromised_at == NOW + DAY
    assert (done.key_set.version, again.key_set) == (2, done.key_set)


def test_a_compromise_of_another_time_or_of_nobodys_key_is_refused(made: Settings) -> None:
    (key,) = of_use(made)
    keys.compromise(made, kid=key.kid, at=NOW, now=NOW + DAY)

    with pytest.raises(AlreadyDecided, match="other_time"):
        keys.compromise(made, kid=key.kid, at=NOW - DAY, now=NOW + DAY)
    with pytest.raises(NotFound, match="unknown_key"):
        keys.compromise(made, kid="00000000", at=NOW, now=NOW + DAY)
    with pytest.raises(NotFound, match="unknown_key"):
        keys.compromise(made, kid="", at=NOW, now=NOW + DAY)
    with pytest.raises(Unacceptable, match="compromised_later"):
        keys.compromise(made, kid=of_use(made, Use.LOG)[0].kid, at=NOW + 2 * DAY, now=NOW + DAY)
    assert read(made).version == 2


def test_two_keys_of_one_short_name_are_told_apart_by_more_of_the_thumbprint(
    made: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    (key,), (other,) = of_use(made), of_use(made, Use.LOG)
    prints = {key.kid: bytes.fromhex("aaaaaaaa01"), other.kid: bytes.fromhex("aaaaaaaa02")}
    monkeypatch.setattr(keys, "thumbprint", lambda public_key: prints.get(kid_of(public_key), b""))

    with pytest.raises(Unacceptable, match="kid_ambiguous"):
        keys.compromise(made, kid="aaaaaaaa", at=NOW, now=NOW)
    keys.compromise(made, kid="AAAAAAAA02", at=NOW, now=NOW)

    assert of_use(made, Use.LOG)[0].compromised_at == NOW
    assert of_use(made)[0].compromised_at is None


def test_after_a_compromise_a_rotation_gives_a_key_that_begins_today(made: Settings) -> None:
    keys.rotate(made, use=Use.LABEL, now=NOW)
    stolen, of_next_year = of_use(made)
    keys.compromise(made, kid=stolen.kid, at=NOW, now=NOW + 5 * DAY)

    (new,) = keys.rotate(made, use=Use.LABEL, now=NOW + 5 * DAY).added

    assert new.valid_from == (NOW + 5 * DAY).date()
    assert of_use(made) == (stolen_since(stolen), of_next_year, new)


def stolen_since(key: TrustedKey) -> TrustedKey:
    return KeySet((key,)).with_compromised(key, NOW).keys[0]


def test_while_the_root_is_offline_nothing_changes_and_what_is_missing_is_told(made: Settings, tmp_path: Path) -> None:
    assert made.root_folder is not None
    shutil.move(made.root_folder, tmp_path / "in the safe")

    assert keys.initialise(made, now=NOW + DAY).added == ()
    for act in (
        lambda: keys.rotate(made, use=Use.LABEL, now=NOW),
        lambda: keys.compromise(made, kid=of_use(made)[0].kid, at=NOW, now=NOW),
        lambda: keys.initialise(made, now=NOW + 400 * DAY),
    ):
        with pytest.raises(LabelError, match="root_offline"):
            act()
    assert read(made).version == 1
    assert len(list(made.data.rglob("*.pem"))) == 5


def test_another_root_than_the_pinned_one_signs_nothing(made: Settings, tmp_path: Path) -> None:
    other = Settings(data=tmp_path / "other")
    keys.initialise(other, now=NOW)
    assert made.root_folder is not None
    assert other.root_folder is not None
    shutil.rmtree(made.root_folder)
    shutil.copytree(other.root_folder, made.root_folder)

    with pytest.raises(LabelError, match="other_root"):
        keys.rotate(made, use=Use.LABEL, now=NOW)


def test_before_the_first_key_set_there_is_nothing_to_change_or_show(settings: Settings) -> None:
    for act in (
        lambda: keys.rotate(settings, use=Use.LABEL, now=NOW),
        lambda: keys.compromise(settings, kid="0" * 8, at=NOW, now=NOW),
        lambda: keys.show(settings),
    ):
        with pytest.raises(LabelError, match="keys_missing"):
            act()


def test_two_commands_do_not_change_the_keys_at_once(made: Settings) -> None:
    with lock.held(made.data / "keys"), pytest.raises(AlreadyDecided, match="data_in_use"):
        keys.rotate(made, use=Use.LABEL, now=NOW)


# What a crash leaves


@pytest.mark.parametrize("step", range(9))
def test_a_first_start_that_was_cut_short_anywhere_is_finished_by_the_next(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    crashing = cut_short(step)
    with monkeypatch.context() as patched:
        for module in (key_files, key_making):
            patched.setattr(module, "write_whole", crashing)
        with pytest.raises(SystemError):
            keys.initialise(settings, now=NOW)

    keys.initialise(settings, now=NOW)

    found = read(settings)
    assert found == KeyFiles.of(settings).last()
    assert [key.use for key in found.keys.keys] == list(Use)
    assert settings.key_set_file is not None
    assert settings.key_set_file.read_text() == found.as_jwks()
    assert sorted(key.use for key in KeyFiles.of(settings).signing_keys_listed()) == sorted(Use)


def cut_short(step: int):  # noqa: ANN201  # a fake of `write_whole`
    """Write whole files a number of times, and crash instead of the next."""
    written = iter(range(step))

    def write(path: Path, content: bytes, **more: int) -> None:
        if next(written, None) is None:
            raise SystemError(f"killed before {path.name}")
        write_whole(path, content, **more)

    return write


write_whole = key_files.write_whole


def test_a_version_that_was_signed_and_not_yet_served_is_served_by_the_next_start(made: Settings) -> None:
    files = KeyFiles.of(made)
    old = files.signed.read_bytes()
    keys.rotate(made, use=Use.LABEL, now=NOW)
    files.signed.write_bytes(old)
    files.jwks.write_text("{}")

    keys.initialise(made, now=NOW)

    assert read(made).version == 2
    assert files.jwks.read_text() == read(made).as_jwks()


# What is wrong in the folder


def test_a_gap_in_the_versions_and_a_version_under_another_number_are_told(made: Settings) -> None:
    keys.rotate(made, use=Use.LABEL, now=NOW)
    first, second = (made.data / "keys" / f"key-set-{number}.cose" for number in (1, 2))

    first.rename(first.with_name("away"))
    with pytest.raises(CouldNotCheck, match="key_set_missing"):
        KeyFiles.of(made).versions()
    shutil.copy(second, first)
    with pytest.raises(CouldNotCheck, match="key_set_missing"):
        KeyFiles.of(made).versions()


def test_a_list_of_signing_keys_that_is_none_is_told(made: Settings) -> None:
    (made.data / "keys" / "signing-keys.json").write_text("[{}]")

    with pytest.raises(LabelError, match="signing_keys_unreadable"):
        KeyFiles.of(made).signing_keys_listed()
