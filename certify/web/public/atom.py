"""A feed as RFC 4287 writes it, out of what is told elsewhere too: readers of feeds ask again and again, for years.

Written with the standard library: feedgen, the library that writes Atom, had one release since 2020 and brings
lxml and dateutil for forty lines of elements. Nothing of a feed is read here.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement, indent, tostring

MEDIA_TYPE = "application/atom+xml; charset=utf-8"
_NAMESPACE = "http://www.w3.org/2005/Atom"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
"""When a feed changed that has no entry yet; RFC 4287, 4.1.1 asks for a time."""
_NO_CHARACTER = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""XML 1.0, 2.2."""


@dataclass(frozen=True, kw_only=True)
class FeedEntry:
    """One thing that happened.

    Attributes:
        id: an IRI that is this entry's for good, in every language (RFC 4287, 4.2.6).
        page: where a person reads on.
        kind: a word for programs.
    """

    id: str
    title: str
    summary: str
    page: str
    at: datetime
    kind: str


@dataclass(frozen=True, kw_only=True)
class Feed:
    """What happened last, newest first.

    Attributes:
        id: address without language, which is the feed's for good; `address` with it.
        author: who says all this (RFC 4287, 4.1.1).
    """

    id: str
    address: str
    title: str
    page: str
    author: str
    language: str
    entries: tuple[FeedEntry, ...]


def written(feed: Feed) -> bytes:
    """Return a feed as XML."""
    root = Element("feed", {"xmlns": _NAMESPACE, _XML_LANG: feed.language})
    _text(root, "id", feed.id)
    _text(root, "title", feed.title)
    _text(root, "updated", _stamp(max((entry.at for entry in feed.entries), default=_BEGINNING)))
    _text(SubElement(root, "author"), "name", feed.author)
    SubElement(root, "link", {"rel": "self", "type": "application/atom+xml", "href": feed.address})
    SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": feed.page})
    for entry in feed.entries:
        _add(root, entry)
    indent(root)
    xml: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return xml


def _add(root: Element, entry: FeedEntry) -> None:
    element = SubElement(root, "entry")
    _text(element, "id", entry.id)
    _text(element, "title", entry.title)
    _text(element, "updated", _stamp(entry.at))
    SubElement(element, "link", {"rel": "alternate", "href": entry.page})
    SubElement(element, "category", {"term": entry.kind})
    _text(element, "summary", entry.summary)


def _text(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = _NO_CHARACTER.sub("\ufffd", text)


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
