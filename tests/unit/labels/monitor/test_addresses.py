"""Files are fetched whole, of bounded size and in bounded time, from the one address that was pinned (T7, T37)."""

import socket
from typing import Any

import pytest

from labels.monitor.addresses import PublishedAddresses
from schemas.errors import CouldNotCheck
from tests.unit.labels.monitor.conftest import Server

PATH = "log/checkpoint"


def addresses(server: Server, **options: Any) -> PublishedAddresses:
    return PublishedAddresses(server.url, options.pop("clock", lambda: 0.0), **options)


def refused(published: PublishedAddresses, path: str = PATH) -> str:
    with pytest.raises(CouldNotCheck) as refusal:
        published.read(path)
    return refusal.value.code


def test_a_file_is_read_whole_and_one_that_is_not_there_is_none(server: Server) -> None:
    server.files[PATH] = b"x" * 65_536

    assert addresses(server).read(PATH) == b"x" * 65_536
    assert addresses(server).read("log/other") is None


@pytest.mark.parametrize(
    ("path", "most"),
    [
        (PATH, 65_536), ("log/tile/0/000", 8_192), ("log/tile/entries/000", 16_777_472),
        (".well-known/label-keys", 1_000_000),
    ],
)  # fmt: skip
def test_a_file_larger_than_its_kind_can_be_is_refused(server: Server, path: str, most: int) -> None:
    server.files[path] = bytes(most)
    assert len(addresses(server).read(path) or b"") == most
    server.files[path] = bytes(most + 1)

    assert refused(addresses(server), path) == "too_large"


def test_a_redirect_is_followed_nowhere(server: Server) -> None:
    server.files["elsewhere"] = b"another log"
    for status in (301, 302, 303, 307, 308):
        server.instead[PATH] = (status, {"Location": f"{server.url}/elsewhere"})

        assert refused(addresses(server)) == "unreachable"
    assert "elsewhere" not in server.asked


def test_an_error_of_the_server_is_no_missing_file(server: Server) -> None:
    for status in (400, 403, 500, 502, 503):
        server.instead[PATH] = (status, {})
        assert refused(addresses(server)) == "unreachable"


def test_a_busy_server_is_asked_again_when_it_says_and_not_for_ever(server: Server) -> None:
    waits: list[float] = []
    server.instead[PATH] = (429, {"Retry-After": "2"})

    assert refused(addresses(server, sleep=waits.append)) == "unreachable"
    assert waits == [2.0, 2.0, 2.0, 2.0]

    def once(_: float) -> None:
        server.instead.clear()

    server.files[PATH] = b"at last"
    assert addresses(server, sleep=once).read(PATH) == b"at last"
    server.instead[PATH] = (429, {"Retry-After": "3600"})
    assert refused(addresses(server, sleep=waits.append)) == "unreachable"
    assert len(waits) == 4


def test_a_file_that_breaks_off_is_not_taken_for_a_whole_one(server: Server) -> None:
    def breaks_off(answer: Any) -> None:
        answer.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf of it")

    server.instead[PATH] = breaks_off
    assert refused(addresses(server)) == "unreachable"


def test_a_file_that_drips_is_given_up(server: Server) -> None:
    seconds = iter(range(0, 10_000, 20))

    def drips(answer: Any) -> None:
        answer.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n")
        for _ in range(10):
            answer.wfile.write(b"x")
            answer.wfile.flush()

    server.instead[PATH] = drips
    assert refused(addresses(server, clock=lambda: float(next(seconds)), file_s=5)) == "too_slow"


def test_a_host_that_does_not_answer_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert refused(PublishedAddresses(f"http://127.0.0.1:{port}", lambda: 0.0)) == "unreachable"
    assert refused(PublishedAddresses("https://no-such-host.invalid", lambda: 0.0)) == "unreachable"


def test_what_speaks_no_http_is_unreachable(server: Server) -> None:
    def nonsense(answer: Any) -> None:
        answer.wfile.write(b"SSH-2.0-other\r\n")

    server.instead[PATH] = nonsense
    assert refused(addresses(server)) == "unreachable"


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "ftp://v.example.eu", "v.example.eu", "https://", "https://v.example.eu/?a=b",
        "https://me:secret@v.example.eu", "https://v.example.eu:99999", "https://[::1", "https://v.example.eu/#log",
    ],
)  # fmt: skip
def test_what_is_no_address_of_a_register_is_refused(url: str) -> None:
    with pytest.raises(CouldNotCheck) as refusal:
        PublishedAddresses(url, lambda: 0.0)
    assert refusal.value.code == "address_unknown"
