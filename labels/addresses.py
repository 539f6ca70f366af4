"""What a person typed or a camera read: a token, bare or at the end of an address, and the host that address leads to.

A genuine token proves nothing about the page it was copied to; who knows the register's host compares it.
"""

import re
from dataclasses import dataclass

from schemas.errors import CouldNotCheck, VerificationError

# Neither spaces nor backslashes: browsers leave the ones out and take the others for slashes, and so meet another host.
_BLANKS = "\t\n\v\f\r "  # the same in every language; what Unicode calls a space differs between them
_PRINTABLE = re.compile(r"[!-\[\]-~]+")
_ADDRESS = re.compile(
    r"(?P<scheme>https?://)?(?:[^/?#]*@)?(?P<host>[a-z0-9.-]*)(?::[0-9]+)?(?P<path>/(?!/)[^?#]*)?(?:[?#].*)?",
    re.IGNORECASE,
)

_NUMBER = re.compile(r"(?:[- ]*[0-9A-Z]){16,17}[- ]*", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True)
class Scanned:
    """A token and where it was found.

    Attributes:
        token: in capitals.
        host: that the address leads to, in lower case and without port; None where no address names one.
    """

    token: str
    host: str | None = None


def read_scanned(text: str) -> Scanned:
    """Read a bare token or an address `…/C/TOKEN`, any case.

    Raises:
        VerificationError: `malformed`: no token in it.
        CouldNotCheck: `number_only`: a label number or the address of one, which only the register can answer.
    """
    trimmed = text.strip(_BLANKS)
    if not trimmed.isascii():
        raise VerificationError("malformed", "A label token has no such characters.")
    if "/" not in trimmed:
        _refuse_number(trimmed)
        return Scanned(trimmed.upper())
    found = _ADDRESS.fullmatch(trimmed)
    if not _PRINTABLE.fullmatch(trimmed) or found is None or found["path"] is None:
        raise _no_address()
    *_, step, last = found["path"].upper().split("/")
    if step != "C":
        _refuse_number(last)
        raise _no_address()
    return Scanned(last, _host(found))


def token_in(text: str) -> str:
    """Return the token of `read_scanned`.

    Raises:
        VerificationError: as `read_scanned`.
        CouldNotCheck: as `read_scanned`.
    """
    return read_scanned(text).token


def _host(found: re.Match[str]) -> str | None:
    host = found["host"].lower()
    return host if host and (found["scheme"] or "." in host) else None


def _refuse_number(text: str) -> None:
    """Refuse what may be a number; which character of it is mistyped, the register tells."""
    if _NUMBER.fullmatch(text):
        raise CouldNotCheck("number_only", f"Number {text} carries no proof; ask the register whether it stands.")


def _no_address() -> VerificationError:
    return VerificationError("malformed", "This is no address of a label.")
