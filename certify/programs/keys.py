"""What `certify keys` does: make the keys, replace them every year, and tell which may be in other hands.

The private keys are only made here and never used: a label is signed by the signer alone. Only the root signs here,
and nothing but the key set.
"""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from certify.config import Settings
from certify.programs import lock
from certify.programs.key_files import KeyFiles
from certify.programs.key_making import YEAR, KeyMaking
from labels.key_set import KeySet, TrustedKey, Use, thumbprint
from labels.public_keys import key_in_pem
from labels.root import Root, RootSigners
from labels.signed_key_set import SignedKeySet, sign_key_set
from schemas.errors import AlreadyDecided, LabelError, NotFound, Unacceptable


@dataclass(frozen=True)
class Published:
    """What a command left behind.

    Attributes:
        added: the new keys, none where nothing was missing.
        new_root: whether the root was made too.
    """

    key_set: SignedKeySet
    root: Root
    added: tuple[TrustedKey, ...] = ()
    new_root: bool = False


def initialise(settings: Settings, *, now: datetime) -> Published:
    """Make what is missing of passphrases, root and keys of every use, and sign a key set that has them.

    A key is never replaced: the label key and the unsigned key set of earlier versions are taken over as they are.

    Raises:
        LabelError: `root_offline`: a key is missing, and the root that must sign it is elsewhere.
        AlreadyDecided: `data_in_use`: another command is at work on the keys.
    """
    with _held(settings):
        files, making, today = KeyFiles.of(settings), KeyMaking(settings), _day(now)
        last = files.last()
        known = last.keys if last is not None else making.taken_over()
        missing = [use for use in Use if known.of_use(use).usable_on(today) is None]
        if last is not None and not missing:
            files.publish(last)
            return Published(last, Root.read(files.root))
        new_root = not files.root.exists()
        root = making.new_root() if new_root else making.root()
        added = tuple(making.first(use, today, known) for use in missing)
        published = _sign(files, KeySet((*known.keys, *added)), root, now)
        return Published(published, Root.of(root), added, new_root)


def rotate(settings: Settings, *, use: Use, now: datetime, uri: str | None = None) -> Published:
    """Add a key for the next year: it begins when the last one ends, or today where none is left to sign with.

    Args:
        settings: where the keys are.
        use: what the key is for.
        now: the time of the rotation.
        uri: a key that is there already, in hardware; by default a new file beside the others.

    Raises:
        LabelError: `keys_missing`; `root_offline`; as `labels.keys.open` of the URI.
        AlreadyDecided: `data_in_use`; `key_known`: the URI's key is in the set.
    """
    with _held(settings):
        files, making, today = KeyFiles.of(settings), KeyMaking(settings), _day(now)
        last = _last(files)
        root = making.root()
        begins = _next_beginning(_ours(files, last.keys.of_use(use)), today)
        key = making.next(use, begins) if uri is None else making.at(uri, use, begins, last.keys)
        published = _sign(files, KeySet((*last.keys.keys, key)), root, now)
        return Published(published, Root.of(root), (key,))


def trust_witness(settings: Settings, *, content: bytes, now: datetime) -> Published:
    """Add the key of a witness that others run, from today on for a year; its private half is with them alone.

    Args:
        settings: where the keys are.
        content: their public key, Ed25519 in PEM as OpenSSL writes it.
        now: the time at which it is trusted.

    Raises:
        Unacceptable: `no_public_key`.
        AlreadyDecided: `key_known`: it is in the set; `data_in_use`.
        LabelError: `keys_missing`, `root_offline`.
    """
    with _held(settings):
        files, today = KeyFiles.of(settings), _day(now)
        last = _last(files)
        try:
            key = TrustedKey(key_in_pem(content), today, today + YEAR, Use.WITNESS)
        except ValueError as error:
            raise Unacceptable("no_public_key", f"This is no public key of a witness: {error}.") from error
        if any(one.public_key == key.public_key for one in last.keys.keys):
            raise AlreadyDecided("key_known", "This key is in the key set already.")
        root = KeyMaking(settings).root()
        published = _sign(files, KeySet((*last.keys.keys, key)), root, now)
        return Published(published, Root.of(root), (key,))


def compromise(settings: Settings, *, kid: str, at: datetime, now: datetime) -> Published:
    """Say since when a key may be in other hands; the same said again changes nothing.

    Raises:
        NotFound: `unknown_key`.
        Unacceptable: `kid_ambiguous`: give more digits of the thumbprint; `compromised_later`: that time is to come.
        AlreadyDecided: `other_time`: another time was published; `data_in_use`.
        LabelError: `keys_missing`, `root_offline`.
    """
    with _held(settings):
        files, moment = KeyFiles.of(settings), at.astimezone(UTC).replace(microsecond=0)
        last = _last(files)
        key = _called(last.keys, kid)
        if moment > now:
            raise Unacceptable("compromised_later", "A key can be known to be compromised since a time that has come.")
        if key.compromised_at == moment:
            return Published(last, Root.read(files.root))
        if key.compromised_at is not None:
            raise AlreadyDecided("other_time", f"Key {key.kid} is published as compromised at {key.compromised_at}.")
        root = KeyMaking(settings).root()
        published = _sign(files, last.keys.with_compromised(key, moment), root, now)
        return Published(published, Root.of(root))


def show(settings: Settings) -> Published:
    """Return what is published.

    Raises:
        LabelError: `keys_missing`; CouldNotCheck as `KeyFiles.versions`.
    """
    files = KeyFiles.of(settings)
    return Published(_last(files), Root.read(files.root))


def root_warning(settings: Settings, root: Root) -> str:
    """Return what is said, loudly, when a root was made on a machine that is on the network."""
    return (
        f"The root was made in {settings.root_folder}. IT BELONGS OFFLINE: move that folder, with its passphrase, to a "
        "medium that is on no network, and keep a second copy apart. Whoever has it can sign keys of their own in your "
        f"name. Print its fingerprint where people find it: {root.fingerprint}"
    )


def _held(settings: Settings) -> AbstractContextManager[None]:
    return lock.held(KeyFiles.of(settings).signing_keys.parent)


def _day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()


def _last(files: KeyFiles) -> SignedKeySet:
    last = files.last()
    if last is None:
        raise LabelError("keys_missing", "There is no signed key set yet; run `certify keys init`.")
    return last


def _called(known: KeySet, kid: str) -> TrustedKey:
    found = [key for key in known.keys if kid and thumbprint(key.public_key).hex().startswith(kid.lower())]
    if not found:
        raise NotFound("unknown_key", f"No key of the key set is called {kid}.")
    if len(found) > 1:
        raise Unacceptable("kid_ambiguous", f"{len(found)} keys are called {kid}; give more digits of the thumbprint.")
    return found[0]


def _ours(files: KeyFiles, known: KeySet) -> KeySet:
    """Leave out the keys of witnesses that others run: when theirs end is no matter of ours."""
    listed = {key.kid for key in files.signing_keys_listed()}
    return KeySet(tuple(key for key in known.keys if key.use is not Use.WITNESS or key.kid in listed))


def _next_beginning(known: KeySet, today: date) -> date:
    if known.usable_on(today) is None:
        return today
    return max(key.valid_to for key in known.keys if key.compromised_at is None) + timedelta(days=1)


def _sign(files: KeyFiles, known: KeySet, root: RootSigners, now: datetime) -> SignedKeySet:
    last = files.last()
    version = last.version + 1 if last is not None else 1
    published = sign_key_set(known, version=version, issued_at=now.replace(microsecond=0), root=root)
    files.publish(published)
    return published
