"""One engine a data folder: a second one is told who is there."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from schemas.errors import AlreadyDecided, Unacceptable


@contextmanager
def held(data: Path) -> Iterator[None]:
    """Hold a data folder for as long as the block runs; the lock goes with the process, however it ends.

    Raises:
        AlreadyDecided: `data_in_use`, naming the process that holds it.
    """
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise Unacceptable("data_unusable", f"{data} cannot be used: {error.strerror}.") from None
    with (data / "lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            raise AlreadyDecided("data_in_use", f"{data} is in use by process {holder}.") from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def announce(data: Path, addresses: dict[str, str]) -> None:
    """Write where the running programs are, for commands that act on the same data folder."""
    (data / "running.json").write_text(json.dumps({**addresses, "pid": os.getpid()}))


def announced(data: Path) -> dict[str, str]:
    """Return where the programs run, empty when they do not."""
    path = data / "running.json"
    try:
        with (data / "lock").open() as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        found: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
        return found
    except FileNotFoundError:
        return {}
    return {}
