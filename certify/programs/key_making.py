"""Makes private keys and the files they lie in; whoever signs opens them (`certify.programs.signing_keys`)."""

import os
import secrets
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from certify.config import Settings
from certify.programs.key_files import KeyFiles, SigningKey, write_whole
from labels import keys
from labels.key_set import KeySet, TrustedKey, Use
from labels.root import Root, RootSigners
from schemas.errors import AlreadyDecided, LabelError

YEAR = timedelta(days=365)


class KeyMaking:
    """Makes keys where the settings say; each is listed before the root signs a set that holds it."""

    def __init__(self, settings: Settings) -> None:
        self._settings, self._files = settings, KeyFiles.of(settings)
        assert settings.root_folder is not None
        assert settings.keys_passphrase_file is not None
        assert settings.witness_passphrase_file is not None
        self._root_folder = settings.root_folder
        self._passphrase_file = settings.keys_passphrase_file
        self._witness_passphrase_file = settings.witness_passphrase_file

    def taken_over(self) -> KeySet:
        """Return the unsigned key set of an earlier version, and list its label key; empty on a new folder.

        Raises:
            LabelError: the label key does not open; CouldNotCheck: `keys_unreadable`.
        """
        if not self._files.jwks.exists():
            return KeySet(())
        known, uri = KeySet.read(self._files.jwks), self._settings.keys_uri
        if self._is_there(uri):
            public_key = keys.public_key(uri, self._passphrase(Use.LABEL))
            for key in known.keys:
                if key.public_key == public_key:
                    self._list(key, uri)
        return known

    def new_root(self) -> RootSigners:
        """Make a root, and the file that people pin."""
        self._root_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        root = keys.create_root(self._root_folder, _secret_in(self._root_folder / "passphrase"))
        write_whole(self._files.root, Root.of(root).as_json().encode())
        return root

    def root(self) -> RootSigners:
        """Open the root, which must be the one that people pinned.

        Raises:
            LabelError: `root_offline`; `other_root`; `key_unreadable`.
        """
        passphrase = self._root_folder / "passphrase"
        if not passphrase.exists():
            what = f"Only the root signs a key set, and it is not in {self._root_folder}; bring it and try again."
            raise LabelError("root_offline", what)
        root = keys.open_root(self._root_folder, _secret_in(passphrase))
        if Root.of(root) != Root.read(self._files.root):
            raise LabelError("other_root", f"{self._root_folder} holds another root than {self._files.root}.")
        return root

    def first(self, use: Use, begins: date, known: KeySet) -> TrustedKey:
        """Return a key for a use that has none: what lies at its usual place and is in no set yet, or a new one."""
        uri = self._usual_uri(use)
        if not self._is_there(uri):
            return self._made(_path_of(uri), use, begins)
        try:
            return self.at(uri, use, begins, known)
        except AlreadyDecided:
            return self.next(use, begins)

    def next(self, use: Use, begins: date) -> TrustedKey:
        """Make a key beside the others of its use."""
        usual = _path_of(self._usual_uri(use))
        folder = usual.parent if usual.name else self._files.signing_keys.parent
        names = (f"{use}-{begins}{again}.pem" for again in ("", *(f"-{number}" for number in range(2, 100))))
        return self._made(next(folder / name for name in names if not (folder / name).exists()), use, begins)

    def at(self, uri: str, use: Use, begins: date, known: KeySet) -> TrustedKey:
        """Take over a key that is there already, in a file or in hardware.

        Raises:
            AlreadyDecided: `key_known`.
            LabelError: as `labels.keys.open`; `wrong_algorithm`.
        """
        public_key = keys.public_key(uri, self._passphrase(use))
        if any(key.public_key == public_key for key in known.keys):
            raise AlreadyDecided("key_known", "This key is in the key set already.")
        try:
            key = TrustedKey(public_key, begins, begins + YEAR, use)
        except ValueError as error:
            raise LabelError("wrong_algorithm", f"The key at {uri} cannot be used: {error}.") from error
        self._list(key, uri)
        return key

    def _made(self, path: Path, use: Use, begins: date) -> TrustedKey:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        signer = keys.create(path, self._passphrase(use), use.algorithm)
        key = TrustedKey(signer.public_key, begins, begins + YEAR, use)
        self._list(key, f"file:{quote(str(path))}")
        return key

    def _list(self, key: TrustedKey, uri: str) -> None:
        """Add the key to the list; files beside the list by their names, so that the folder can be moved."""
        path = _path_of(uri)
        if path.name and path.parent == self._files.signing_keys.parent:
            uri = f"file:{quote(path.name)}"
        self._files.list_signing_key(SigningKey(kid=key.kid, use=key.use, uri=uri))

    def _usual_uri(self, use: Use) -> str:
        if use is Use.LABEL:
            return self._settings.keys_uri
        if use is Use.WITNESS:
            return self._settings.witness_key_uri
        return f"file:{quote(str(self._files.signing_keys.with_name(f'{use}.pem')))}"

    def _is_there(self, uri: str) -> bool:
        return urlsplit(uri).scheme != "file" or _path_of(uri).exists()

    def _passphrase(self, use: Use) -> str:
        return _secret_in(self._witness_passphrase_file if use is Use.WITNESS else self._passphrase_file)


def _path_of(uri: str) -> Path:
    """Return the file of a `file:` URI, a path without a name for any other."""
    parts = urlsplit(uri)
    return Path(unquote(parts.path)) if parts.scheme == "file" else Path()


def _secret_in(path: Path) -> str:
    """Return the secret in a file; where there is none, it is made."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(32))
            file.flush()
            os.fsync(file.fileno())
    return path.read_text().strip()
