"""What comes of looking at a file: the kinds it agrees with, remarks for whoever opens it, or why it is refused."""

from dataclasses import dataclass
from typing import Final


class Refused(Exception):  # noqa: N818  # a refusal is no fault of the program
    """The file is not accepted; `code` is one of `SENTENCES`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Report:
    """What a look at a file found.

    Attributes:
        kinds: every kind of `accepted.EXTENSIONS` that the bytes agree with.
        remarks: what whoever opens the file should know, of `REMARKS`.
        code: why the file is refused, None where it is not.
    """

    kinds: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    code: str | None = None


SENTENCES: Final = {
    "file_type_not_accepted": "Files of this type are not accepted.",
    "file_type_disagrees": "What the file holds is not what its name says.",
    "file_unreadable": "The file is damaged or protected by a password; nobody could read it.",
    "file_too_costly": "Looking at this file takes more time or memory than any file of use.",
    "archive_too_many_files": "The archive holds more than 2000 files.",
    "archive_too_large": "The archive holds more than 2 GB when it is unpacked.",
    "archive_too_dense": "The archive is packed more than a hundredfold.",
    "archive_nested": "The archive holds other archives; put their files into one.",
    "archive_unsafe": "The archive holds links, or names that lead out of its folder.",
    "archive_malformed": "The parts of the archive overlap, or it does not hold what it says.",
    "picture_too_large": "The picture has more than 50 million pixels.",
    "xml_entities": "The file defines entities of its own, which could grow without end.",
    "file_infected": "The virus scanner found something in this file.",
}
"""The sentence of each refusal; clients rely on the codes."""

REMARKS: Final = frozenset({"scripts", "launches_programs", "attached_files", "macros", "external_content"})
"""`scripts` and the like are in the file and do nothing here; another program may run them."""
