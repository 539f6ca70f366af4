"""Published files fetched from their addresses: whole, of bounded size and in bounded time, from that host alone."""

import time
from collections.abc import Callable
from http.client import HTTPException, HTTPResponse
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from labels.log.notes import MAX_NOTE_BYTES
from labels.log.tiles import ENTRIES, MAX_ENTRY_BYTES, WIDTH
from labels.log.tree import HASH_BYTES
from labels.mirror.folder import LOG, SIGNED_KEYS
from labels.signed_key_set import MAX_BYTES as MAX_KEY_SET_BYTES
from schemas.errors import CouldNotCheck

SILENCE_S = 10.0
"""How long a server may say nothing; `FILE_S` how long one file may take however it drips."""
FILE_S = 60.0
LONGEST_WAIT_S = 30
_TRIES = 4
_PART = 65_536
_GONE = frozenset({404, 410})
_LATER = frozenset({429, 503})


class _NoRedirect(HTTPRedirectHandler):
    """Another address would be one that nobody pinned."""

    def redirect_request(self, *_: object) -> None:
        """Follow none: what redirects is an error like any other status."""


class PublishedAddresses:
    """The published files of a register, by the address before them.

    Args:
        url: `https://HOST[:PORT][/PATH]`; `http` too, since all that is believed is signed.
        clock: seconds of a clock that never goes back.
        sleep: waits as long as a server asks that is busy.

    Raises:
        CouldNotCheck: `address_unknown`: no such address.
    """

    def __init__(
        self,
        url: str,
        clock: Callable[[], float],
        *,
        sleep: Callable[[float], None] = time.sleep,
        file_s: float = FILE_S,
    ) -> None:
        self._url, self._clock, self._sleep, self._file_s = url.rstrip("/"), clock, sleep, file_s
        self.host = _host_in(url)
        self._opener = build_opener(_NoRedirect)

    def read(self, path: str) -> bytes | None:
        """Return a file, None where there is none.

        Raises:
            CouldNotCheck: `unreachable`: no answer, one that breaks off, or another status than 200 and "there is
                none"; `too_large`: more than any such file has; `too_slow`.
        """
        for _ in range(_TRIES):
            wait, content = self._asked(path)
            if wait is None:
                return content
            self._sleep(wait)
        raise CouldNotCheck("unreachable", f"{self._url}/{path} is refused again and again: too many requests.")

    def _asked(self, path: str) -> tuple[float | None, bytes | None]:
        """Return a file and None, or after how many seconds to ask again."""
        address = f"{self._url}/{path}"
        request = Request(address, headers={"User-Agent": "labels-monitor"})  # noqa: S310  # http and https: `_host_in`
        try:
            with self._opener.open(request, timeout=SILENCE_S) as answer:
                return None, self._whole(answer, address, _limit_of(path))
        except HTTPError as error:
            with error:
                return _status(error, address)
        except (URLError, HTTPException, OSError, ValueError) as error:
            reason = getattr(error, "reason", None) or error
            raise CouldNotCheck("unreachable", f"{address} cannot be read: {reason}.") from error

    def _whole(self, answer: HTTPResponse, address: str, limit: int) -> bytes:
        until, found = self._clock() + self._file_s, bytearray()
        while part := answer.read1(_PART):
            found += part
            if len(found) > limit:
                raise CouldNotCheck("too_large", f"{address} is larger than {limit} bytes.")
            if self._clock() > until:
                raise CouldNotCheck("too_slow", f"{address} is not whole after {self._file_s:.0f} seconds.")
        # `read1` ends without a word where a connection breaks off.
        if answer.length:
            raise CouldNotCheck("unreachable", f"{address} broke off.")
        return bytes(found)


class LogFiles:
    """The files of the log among all that are published (`labels.log.tiles.StoredFiles`)."""

    def __init__(self, read: Callable[[str], bytes | None]) -> None:
        self._read = read

    def read(self, path: str) -> bytes | None:
        """Return a file of the log."""
        return self._read(LOG + path)


def _host_in(url: str) -> str:
    try:
        found = urlsplit(url)
        is_address = found.scheme in {"http", "https"} and found.hostname and (found.port is None or found.port)
    except ValueError:
        is_address = None
    if not is_address or found.query or found.fragment or found.username is not None:
        raise CouldNotCheck("address_unknown", f"{url} is no address of a register, https://HOST.")
    return str(found.hostname)


def _status(error: HTTPError, address: str) -> tuple[float | None, None]:
    if error.code in _GONE:
        return None, None
    after = error.headers.get("Retry-After", "")
    if error.code in _LATER and after.isascii() and after.isdigit() and int(after) <= LONGEST_WAIT_S:
        return float(after), None
    raise CouldNotCheck("unreachable", f"{address} answers with status {error.code}.")


def _limit_of(path: str) -> int:
    if path == SIGNED_KEYS:
        return MAX_KEY_SET_BYTES
    if path.startswith(f"{LOG}tile/{ENTRIES}/"):
        return WIDTH * (MAX_ENTRY_BYTES + 2)
    return WIDTH * HASH_BYTES if path.startswith(f"{LOG}tile/") else MAX_NOTE_BYTES
