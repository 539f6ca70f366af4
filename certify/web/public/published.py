"""Files that the signer made when it issued a label: here they are only found, never made."""

import re
from pathlib import Path

_LABEL_ID = re.compile(r"[0-9A-HJKMNP-TV-Z]{16}")
_NAME = re.compile(r"[a-z][a-z-]{0,39}\.[a-z0-9]{1,8}")


def published_file(label_id: str, name: str, *, folder: Path) -> bytes | None:
    """Return `labels/{label_id}/{name}` of the published folder, None where there is no such file.

    Raises:
        ValueError: an id or a name that no published file has.
        OSError: it is there and cannot be read, which is another thing than not being there.
    """
    try:
        return _path(label_id, name, folder).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None


def is_published(label_id: str, name: str, *, folder: Path) -> bool:
    """Tell whether `published_file` has something to return."""
    return _path(label_id, name, folder).is_file()


def _path(label_id: str, name: str, folder: Path) -> Path:
    if not _LABEL_ID.fullmatch(label_id) or not _NAME.fullmatch(name):
        raise ValueError(f"no published file is called labels/{label_id}/{name}")
    return folder / "labels" / label_id / name
