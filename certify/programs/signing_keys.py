"""Opens the keys a program signs with, and gives them as they are known at each moment."""

from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from certify.config import Settings
from certify.programs.key_files import KeyFiles, SigningKey
from labels import keys
from labels.key_set import KeySet, TrustedKey, Use
from labels.keyring import Keyring
from labels.signing import Signer
from schemas.errors import LabelError


class SigningKeys:
    """The keys of one use: a call reads the key set anew, so that a rotation or a compromise needs no restart."""

    def __init__(self, settings: Settings, use: Use, *, passphrase: str) -> None:
        self._settings, self._files = settings, KeyFiles.of(settings)
        self._use, self._passphrase = use, passphrase
        self._opened: dict[str, Signer] = {}

    def __call__(self) -> Keyring:
        """Return the keys as the last key set tells them.

        Raises:
            CouldNotCheck: the key set cannot be read, or its root did not sign it.
            LabelError: a key that could be needed does not open.
        """
        last = self._files.last()
        known = (last.keys if last is not None else KeySet.read(self._files.jwks)).of_use(self._use)
        found = (self._signer(uri, self._called(known, kid)) for kid, uri in self._places())
        return Keyring.of(known, [signer for signer in found if signer is not None])

    def _places(self) -> list[tuple[str | None, str]]:
        listed = [(key.kid, self._address(key)) for key in self._files.signing_keys_listed() if key.use is self._use]
        return [*listed] or [(None, uri) for uri in self._unlisted()]

    def _unlisted(self) -> list[str]:
        """Return where keys lie that no list names: the label key of an earlier version, those of a witness elsewhere.

        A witness that others run has no list of the body's keys: its own lie beside each other.
        """
        if self._use is Use.LABEL:
            return [self._settings.keys_uri]
        if self._use is not Use.WITNESS:
            return []
        parts = urlsplit(self._settings.witness_key_uri)
        first = Path(unquote(parts.path))
        later = sorted(first.parent.glob(f"{first.stem}-*{first.suffix}")) if parts.scheme == "file" else ()
        return [self._settings.witness_key_uri, *(f"file:{quote(str(path))}" for path in later)]

    def _address(self, key: SigningKey) -> str:
        parts = urlsplit(key.uri)
        if parts.scheme != "file" or parts.path.startswith("/"):
            return key.uri
        return f"file:{quote(str(self._files.signing_keys.with_name(unquote(parts.path))))}"

    def _called(self, known: KeySet, kid: str | None) -> TrustedKey | None:
        named = known.keys if kid is None else known.named(kid)
        return named[0] if named else None

    def _signer(self, uri: str, key: TrustedKey | None) -> Signer | None:
        """Open a key; one whose period is over, or that was compromised, may have been destroyed."""
        if uri not in self._opened:
            try:
                self._opened[uri] = keys.open(uri, self._passphrase)
            except LabelError:
                if key is None or (key.compromised_at is None and key.valid_to >= datetime.now(UTC).date()):
                    raise
                return None
        return self._opened[uri]
