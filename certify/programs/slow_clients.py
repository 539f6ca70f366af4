"""HTTP/1.1 for a program that gives out small answers only: whoever sends or reads too slowly is cut off (T16).

uvicorn waits for the head of a request as long as anybody sends a byte now and then, and holds an answer until it is
read. Each such connection costs a place in the table of open files, and there are only so many.
"""

import asyncio
import resource

from uvicorn.protocols.http.h11_impl import H11Protocol

from certify.web.at_once import REFUSAL, Room


class ImpatientProtocol(H11Protocol):
    """The protocol with two times that no byte makes longer.

    Attributes:
        head_s: seconds from the connection, or from the answer before, to the whole head of a request.
        answer_s: seconds from there until the answer is taken.
        room: while it is full, a whole request is refused without taking it apart, which costs half as much: those who
            ask again and again take the time of those who were let in.
    """

    head_s = 10.0
    answer_s = 30.0
    room: Room | None = None
    _cut_off: asyncio.TimerHandle | None = None
    _timed: object = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Begin to wait for a request."""
        super().connection_made(transport)
        self._wait(self.head_s)

    def data_received(self, data: bytes) -> None:
        """Take in what was sent; where that completes the head of a request, wait for its answer to be taken."""
        if self.room is not None and self.room.is_full and self._is_whole_question(data):
            self.transport.write(REFUSAL)
            self._wait(self.head_s)
            return
        super().data_received(data)
        self._wait_for_answer()

    def _is_whole_question(self, data: bytes) -> bool:
        """Whether this is one request without a body, and nothing of another one is under way."""
        is_idle = self.cycle is None or self.cycle.response_complete
        is_one = data.startswith(b"GET /") and data.find(b"\r\n\r\n") == len(data) - 4
        return is_idle and is_one and not data.startswith(b"GET /livez") and not self.conn.trailing_data[0]

    def on_response_complete(self) -> None:
        """Wait for the next request, or for the answer to one that was sent along with this."""
        self._wait(self.head_s)
        super().on_response_complete()
        self._wait_for_answer()

    def _wait_for_answer(self) -> None:
        if self.cycle is not None and self.cycle is not self._timed:
            self._timed = self.cycle
            if not self.cycle.response_complete:
                self._wait(self.answer_s)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._stop()
        super().connection_lost(exc)

    def _wait(self, seconds: float) -> None:
        self._stop()
        self._cut_off = self.loop.call_later(seconds, self.transport.abort)

    def _stop(self) -> None:
        if self._cut_off is not None:
            self._cut_off.cancel()


def protocol_with(room: Room) -> type[ImpatientProtocol]:
    """Return the protocol of a server with so much room."""

    class Protocol(ImpatientProtocol):
        pass

    Protocol.room = room
    return Protocol


def open_as_many_files_as_may_be() -> None:
    """Let this program have as many connections as its host allows it; many systems begin with a thousand."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
