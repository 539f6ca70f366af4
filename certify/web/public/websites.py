"""From which website somebody comes, and whether the holder named it. Nothing of this is kept.

A badge can be copied to any page; browsers tell us the page's origin with every picture they fetch, and that is
compared with the websites of the application. Where the holder named none, no site can be told to be the holder's, and
it is said that none was named; whoever tells no origin is not judged.
"""

import re
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import urlsplit

from fastapi import Request

from schemas.websites import is_same_website

_SHOWN = re.compile(r"[a-z0-9.:-]{1,253}")


class Place(StrEnum):
    """What a page is that shows a label or leads to it; of no holder's websites none is the holder's."""

    UNKNOWN = "unknown"
    NAMED = "named"
    OTHER = "other"
    UNNAMED = "unnamed"


class CameFrom(NamedTuple):
    """The website somebody comes from, as far as it matters.

    Attributes:
        host: empty where there is nothing to compare.
    """

    place: Place
    host: str


NOWHERE = CameFrom(Place.UNKNOWN, "")


def came_from(request: Request, websites: tuple[str, ...], own_host: str) -> CameFrom:
    """Compare the origin of a request (RFC 9110, 10.1.3) with the websites that a holder named."""
    host = _host_of(request.headers.get("referer", ""))
    if not host or host == _host_of(f"//{own_host}"):
        return NOWHERE
    if not websites:
        return CameFrom(Place.UNNAMED, host)
    is_named = any(is_same_website(host, stated) for stated in websites)
    return CameFrom(Place.NAMED if is_named else Place.OTHER, host)


def _host_of(address: str) -> str:
    try:
        host = (urlsplit(address[:2000]).hostname or "").rstrip(".")
    except ValueError:
        return ""
    return host if _SHOWN.fullmatch(host) else ""
