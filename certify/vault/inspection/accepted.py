"""The types of files that are accepted, by extension; the table in docs/operate/files.md says the same (ASVS 5.1.1)."""

from collections.abc import Collection, Mapping
from typing import Final

from schemas.errors import Unacceptable

EXTENSIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "pdf": ("pdf",),
    "docx": ("docx",),
    "xlsx": ("xlsx",),
    "pptx": ("pptx",),
    "odt": ("odt",),
    "ods": ("ods",),
    "odp": ("odp",),
    "text": ("txt", "md", "log"),
    "csv": ("csv", "tsv"),
    "json": ("json",),
    "json_lines": ("jsonl", "ndjson"),
    "yaml": ("yaml", "yml"),
    "xml": ("xml",),
    "png": ("png",),
    "jpeg": ("jpg", "jpeg"),
    "mp4": ("mp4",),
    "zip": ("zip",),
}
"""Extensions by kind. What a file's bytes agree with may be several kinds: every JSON file is text too."""

_KIND_OF: Final = {extension: kind for kind, extensions in EXTENSIONS.items() for extension in extensions}


def kind_of(name: str) -> str:
    """Return the kind that the extension of a file's name says.

    Raises:
        Unacceptable: `file_type_not_accepted`.
    """
    stem, dot, extension = name.rpartition(".")
    kind = _KIND_OF.get(extension.lower()) if dot and stem else None
    if kind is None:
        raise Unacceptable("file_type_not_accepted", "Files of this type are not accepted.")
    return kind


def require_agreement(name: str, kinds: Collection[str] | None) -> None:
    """Refuse a name that says another type than the bytes; None where nobody looked at them.

    Raises:
        Unacceptable: `file_type_not_accepted` or `file_type_disagrees`.
    """
    kind = kind_of(name)
    if kinds is not None and kind not in kinds:
        raise Unacceptable("file_type_disagrees", "What the file holds is not what its name says.")
