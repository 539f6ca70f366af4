"""The keys of this installation for the record's cells, and for what in Temporal belongs to no case, in one file.

One names workflows and never changes: a name has to be found again. The others seal; the last is used, and all open.
"""

import base64
import json
import os
import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Self
from uuid import uuid4

from schemas.errors import Unavailable

KEY_BYTES: Final = 32
NAMING_BYTES: Final = 64
_SINCE: Final = ("all_sealed_since", "rows_proven_since", "workflows_sealed_since")


@dataclass(frozen=True)
class PayloadKeys:
    """The naming key, and the sealing keys by id, oldest first.

    Attributes:
        all_sealed_since: since when nothing lies in clear in the sealed columns of the record. It stands here, where
            whoever only writes in the database changes nothing; None where something may.
        rows_proven_since: since when every row that lets somebody in carries a proof; None where it was never seen to.
        workflows_sealed_since: since when no workflow runs that takes what nobody sealed; None where one may.
    """

    naming: bytes = field(repr=False)
    sealing: dict[str, bytes] = field(repr=False)
    all_sealed_since: datetime | None = None
    rows_proven_since: datetime | None = None
    workflows_sealed_since: datetime | None = None

    @property
    def current(self) -> str:
        """Id of the key that seals from now on."""
        return list(self.sealing)[-1]

    @classmethod
    def new(cls, **since: datetime | None) -> Self:
        """Return fresh keys, and since when what they are for holds, by name."""
        return cls(secrets.token_bytes(NAMING_BYTES), _another({}), **since)

    def rotated(self) -> Self:
        """Return the same keys with a new one that seals; what the others sealed still opens."""
        return replace(self, sealing=_another(self.sealing))

    @classmethod
    def made(cls, path: Path, **since: datetime | None) -> Self:
        """Read the file, and make it where there is none: only for whoever knows that nothing was sealed before.

        Raises:
            Unavailable: as `read`.
        """
        try:
            if not path.exists():
                cls.new(**since).write(path, over=False)
        except OSError as error:
            raise _unreadable(path) from error
        return cls.read(path)

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read the file.

        Raises:
            Unavailable: `payload_keys_unreadable`: it is not there to be read, or not what was written.
        """
        try:
            content = json.loads(path.read_text())
            sealing = {str(key["id"]): base64.b64decode(key["key"], validate=True) for key in content["sealing"]}
            naming = base64.b64decode(content["naming"], validate=True)
            keys = cls(naming, sealing, *(_moment(content.get(name)) for name in _SINCE))
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise _unreadable(path) from error
        sizes = {len(keys.naming): NAMING_BYTES, **{len(key): KEY_BYTES for key in sealing.values()}}
        if not sealing or any(size != expected for size, expected in sizes.items()):
            raise _unreadable(path)
        return keys

    def write(self, path: Path, *, over: bool = True) -> None:
        """Write the file whole or not at all, for its owner only; without `over`, whoever was first stays."""
        content: dict[str, Any] = {
            "naming": base64.b64encode(self.naming).decode(),
            "sealing": [{"id": name, "key": base64.b64encode(key).decode()} for name, key in self.sealing.items()],
        }
        since = {name: getattr(self, name) for name in _SINCE}
        content |= {name: moment.isoformat() for name, moment in since.items() if moment is not None}
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.{uuid4().hex}")
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(json.dumps(content))
            file.flush()
            os.fsync(descriptor)
        try:
            if over:
                beside.replace(path)
            else:
                path.hardlink_to(beside)
        except FileExistsError:
            return
        finally:
            beside.unlink(missing_ok=True)


def _moment(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written is not None else None


def _another(sealing: dict[str, bytes]) -> dict[str, bytes]:
    return {**sealing, secrets.token_hex(8): secrets.token_bytes(KEY_BYTES)}


def _unreadable(path: Path) -> Unavailable:
    what = f"The keys of this installation cannot be read from {path}; web or worker makes them once, for all programs."
    return Unavailable("payload_keys_unreadable", what)
