"""Asks a witness for its cosignature, as any log may (c2sp.org/tlog-witness)."""

from collections.abc import Sequence

import httpx2

from labels.log.notes import Note
from labels.log.witness import request_body

_TIMEOUT = 5.0


class WitnessAway(Exception):  # noqa: N818  # passes
    """The witness does not answer."""


class WitnessRefused(Exception):  # noqa: N818  # an answer
    """The witness answers, and does not cosign.

    Attributes:
        size: of the log as the witness saw it last, where it says so.
    """

    def __init__(self, status: int, size: int | None) -> None:
        super().__init__(f"status {status}")
        self.status, self.size = status, size


class WitnessClient:
    """One witness, by the address before `/add-checkpoint`."""

    def __init__(self, url: str, client: httpx2.AsyncClient) -> None:
        self.url, self._client = url.rstrip("/"), client

    async def add_checkpoint(self, older: int, growth: Sequence[bytes], note: Note) -> str:
        """Return the lines of its signatures.

        Raises:
            WitnessAway: no answer, or none of the protocol.
            WitnessRefused: another answer than a cosignature.
        """
        body = request_body(older, growth, note)
        try:
            answer = await self._client.post(f"{self.url}/add-checkpoint", content=body, timeout=_TIMEOUT)
        except httpx2.HTTPError as error:
            raise WitnessAway(type(error).__name__) from error
        if answer.status_code == httpx2.codes.OK:
            return answer.text
        raise WitnessRefused(answer.status_code, _size_in(answer))


def _size_in(answer: httpx2.Response) -> int | None:
    is_size = answer.headers.get("content-type", "").startswith("text/x.tlog.size")
    text = answer.text.strip()
    return int(text) if is_size and text.isascii() and text.isdigit() and len(text) < 20 else None
