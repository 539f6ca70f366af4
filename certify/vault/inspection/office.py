"""Office documents: archives whose parts say what they are (ECMA-376, part 2; OpenDocument 1.3, part 2)."""

import zipfile
from typing import IO, Final
from xml.sax import ContentHandler, SAXException
from xml.sax.xmlreader import AttributesImpl

from defusedxml.common import DefusedXmlException
from defusedxml.sax import parse

from certify.vault.inspection import archives
from certify.vault.inspection.report import Refused, Report

_TYPES: Final = "[Content_Types].xml"
_MIMETYPE: Final = "mimetype"
_OPEN_DOCUMENT: Final = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
    b"application/vnd.oasis.opendocument.presentation": "odp",
}
_MAIN: Final = {
    "wordprocessingml.document.main+xml": "docx",
    "spreadsheetml.sheet.main+xml": "xlsx",
    "presentationml.presentation.main+xml": "pptx",
}
_JAR: Final = "meta-inf/manifest.mf"


class _Seen(ContentHandler):
    """Notes what the parts of a document say of themselves."""

    def __init__(self) -> None:
        super().__init__()
        self.types: set[str] = set()
        self.has_external = False

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802  # the name SAX calls
        """Note a content type, and a relationship that leads out of the document other than a link to click on."""
        self.types.add(attrs.get("ContentType", ""))
        outside = name.rpartition(":")[2] == "Relationship" and attrs.get("TargetMode") == "External"
        self.has_external |= outside and not attrs.get("Type", "").endswith("/hyperlink")


def look_at(file: IO[bytes]) -> Report:
    """Return what an archive is: an office document or an archive of files.

    Raises:
        Refused: it breaks a rule of archives or of its own kind.
    """
    archive = archives.opened(file)
    names = {name.lower() for name in archive.namelist()}
    if _JAR in names:
        raise Refused("file_type_disagrees")  # a Java archive, whatever else it is
    if _TYPES.lower() not in names and _MIMETYPE not in names:
        archives.check_content(file, archive)
        return Report(kinds=("zip",))
    return _document(file, archive, names)


def _document(file: IO[bytes], archive: zipfile.ZipFile, names: set[str]) -> Report:
    archives.check_content(file, archive)
    seen = _Seen()
    for member in archive.infolist():
        if member.filename.lower().endswith((".xml", ".rels")):
            read_xml(archive, member, seen)
    kinds = _kinds(archive, names, seen)
    if not kinds or any("macroEnabled" in one for one in seen.types):
        raise Refused("file_type_disagrees")
    found = {
        "macros": any(name.startswith(("basic/", "scripts/")) or name.endswith("vbaproject.bin") for name in names),
        "attached_files": any("/embeddings/" in name or name.startswith("object ") for name in names),
        "external_content": seen.has_external,
    }
    return Report(kinds=kinds, remarks=tuple(remark for remark, holds in found.items() if holds))


def _kinds(archive: zipfile.ZipFile, names: set[str], seen: _Seen) -> tuple[str, ...]:
    if _TYPES.lower() in names:
        return tuple(kind for ending, kind in _MAIN.items() if any(one.endswith(ending) for one in seen.types))
    first = archive.infolist()[0]
    if first.filename != _MIMETYPE or first.file_size > 100:
        return ()
    kind = _OPEN_DOCUMENT.get(archive.read(first).strip())
    return (kind,) if kind and "content.xml" in names else ()


def read_xml(archive: zipfile.ZipFile, member: zipfile.ZipInfo, seen: ContentHandler) -> None:
    """Read one part as XML.

    Raises:
        Refused: `xml_entities` or `file_unreadable`.
    """
    with archive.open(member) as part:
        check_xml(part, seen)


def check_xml(part: IO[bytes], seen: ContentHandler | None = None) -> None:
    """Read XML as a stream; entities of its own are refused before they grow (ASVS 1.5.1).

    Raises:
        Refused: `xml_entities` or `file_unreadable`.
    """
    try:
        parse(part, seen or ContentHandler(), forbid_entities=True, forbid_external=True)
    except DefusedXmlException:
        raise Refused("xml_entities") from None
    except (SAXException, ValueError, LookupError):
        raise Refused("file_unreadable") from None
