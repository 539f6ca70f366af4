"""A network that asks too often waits, and nobody else does (security T16)."""

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from certify.web import rate_limit
from certify.web.rate_limit import NETWORK, Buckets, RateLimit, network_of


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def buckets(clock: Clock) -> Buckets:
    return Buckets(NETWORK, clock)


def emptied(buckets: Buckets, address: str) -> None:
    network, times = str(network_of(address)), int(NETWORK.at_once)
    assert [buckets.take(network) for _ in range(times)] == [0.0] * times


def test_a_network_that_has_asked_too_often_is_told_when_to_ask_again(buckets: Buckets, clock: Clock) -> None:
    emptied(buckets, "8.8.8.1")

    assert buckets.take("8.8.8.0/24") == pytest.approx(1 / NETWORK.a_second)
    clock.now += 2 / NETWORK.a_second
    assert buckets.take("8.8.8.0/24") == 0


@pytest.mark.parametrize(
    ("one", "another", "shares"),
    [
        ("8.8.8.1", "8.8.8.254", True),
        ("8.8.8.1", "8.8.9.1", False),
        ("8.8.8.1", "::ffff:8.8.8.7", True),
        ("2606:4700:1:1::1", "2606:4700:1:ff::1", True),
        ("2606:4700:1:1::1", "2606:4700:1:100::1", False),
    ],
)
def test_addresses_of_one_network_share_what_it_has(buckets: Buckets, one: str, another: str, shares: bool) -> None:
    emptied(buckets, one)

    assert (buckets.take(str(network_of(another))) > 0) is shares


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "::1", "10.0.0.7", "172.18.0.3", "192.168.1.1", "fd00::1", "testclient"]
)
def test_a_proxy_that_does_not_say_whom_it_speaks_for_is_not_limited(address: str) -> None:
    assert network_of(address) is None


def test_no_address_is_kept(buckets: Buckets) -> None:
    buckets.take("8.8.8.0/24")

    assert "8.8.8" not in repr(vars(buckets))
    assert set(Buckets(NETWORK)._left) == set()
    other = Buckets(NETWORK)
    other.take("8.8.8.0/24")
    assert not set(other._left) & set(buckets._left)


def test_the_networks_remembered_are_bounded(buckets: Buckets, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limit, "MOST_REMEMBERED", 3)
    for third in range(10):
        buckets.take(f"8.8.{third}.1")

    assert len(buckets._left) == 3


def a_client(buckets: Buckets) -> TestClient:
    async def page(request: Request) -> PlainTextResponse:
        return PlainTextResponse("here")

    def refuse(seconds: int) -> ASGIApp:
        return PlainTextResponse("wait", status_code=429, headers={"Retry-After": str(seconds)})

    app = Starlette(routes=[Route("/{path:path}", page)])
    return TestClient(RateLimit(app, refuse, buckets), client=("8.8.8.1", 1234))


def test_too_many_requests_are_refused_with_the_time_to_wait(buckets: Buckets, clock: Clock) -> None:
    client = a_client(buckets)
    emptied(buckets, "8.8.8.9")

    refused = client.get("/log/checkpoint")
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1")
    assert {client.get(path).status_code for path in ("/livez", "/readyz", "/static/app.css")} == {200}
    clock.now += 1
    assert client.get("/log/checkpoint").status_code == 200
