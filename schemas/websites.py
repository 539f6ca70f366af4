"""Websites: host names on which a holder shows its label, and the address of a page that was saved as evidence."""

import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from schemas.application_spelling import distinct
from schemas.identifiers import one_line

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
# RFC 1123, 2.1; the last label begins with a letter, so that no number of a machine is a name.
_HOST = re.compile(rf"(?=.{{4,253}}$)(?:{_LABEL}\.)+[a-z](?:[a-z0-9-]{{0,61}}[a-z0-9])")

WEBSITES_MAX = 10


def host_name(text: str) -> str:
    """Return a host name in its one form: lower case, other scripts in punycode (RFC 3492), so none looks like another.

    Raises:
        ValueError: it is no host name: an address, a port, a number of a machine, a single word.
    """
    try:
        host = text.strip().rstrip(".").encode("idna").decode("ascii").lower()
    except UnicodeError:
        host = ""
    if not _HOST.fullmatch(host):
        raise ValueError("is the name of a website alone, such as example.org: no https://, no path and no port")
    return host


def is_same_website(host: str, stated: str) -> bool:
    """Whether a host is a website as it was stated: the same name, with or without `www.` in front."""
    return host.removeprefix("www.") == stated.removeprefix("www.")


def web_address(text: str) -> str:
    """Refuse what is no address of a web page; it is kept as written, and nobody fetches it.

    Raises:
        ValueError: it is no `http` or `https` address, has a space, or a name and a password in it.
    """
    text = text.strip()
    try:
        parts = urlsplit(text)
    except ValueError:
        parts = urlsplit("")
    is_page = parts.scheme in {"http", "https"} and parts.hostname and "@" not in parts.netloc
    if not is_page or any(map(str.isspace, text)):
        raise ValueError("is the address of a web page, such as https://example.org/policy, without a password")
    return one_line(text)


WebAddress = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(web_address)]
Website = Annotated[str, Field(min_length=1, max_length=253), AfterValidator(host_name)]
Websites = Annotated[tuple[Website, ...], Field(max_length=WEBSITES_MAX), AfterValidator(distinct)]
