"""The files of a label that the signer made at issue: pages serve them as they are, and make none."""

from pathlib import Path

from schemas.label_number import parse_number


def published_file(folder: Path, label_id: str, name: str) -> bytes | None:
    """Return a stored file of a label, `labels/{ID}/{name}` in the folder of what is published; None while missing.

    Raises:
        MistypedNumber: no id of a label.
        OSError: the folder cannot be read.
    """
    path = folder / "labels" / parse_number(label_id) / Path(name).name
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
