"""`certify keys init`: the label key, its passphrase and the public key set."""

import os
import secrets
from datetime import date, timedelta
from pathlib import Path

from certify.config import Settings
from labels import keys
from labels.key_set import KeySet, LabelKey

YEAR = timedelta(days=365)


def initialise(settings: Settings, *, today: date) -> str | None:
    """Make what is missing of passphrase, label key and key set, valid for a year; return the new key's id.

    Returns None when there is a key already; it is never replaced.
    """
    path, passphrase_file = key_path(settings), settings.keys_passphrase_file
    key_set_file = settings.key_set_file
    assert passphrase_file is not None
    assert key_set_file is not None
    if path.exists():
        return None
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not passphrase_file.exists():
        _write_secret(passphrase_file, secrets.token_urlsafe(32))
    signer = keys.create(path, settings.passphrase)
    key_set = KeySet.read(key_set_file) if key_set_file.exists() else KeySet(())
    key = LabelKey(signer.public_key, today, today + YEAR)
    key_set_file.write_text(KeySet((*key_set.keys, key)).as_json())
    return key.kid


def key_path(settings: Settings) -> Path:
    """Return the file of a `file:` key."""
    return Path(settings.keys_uri.removeprefix("file:"))


def _write_secret(path: Path, secret: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secret)
