"""What a flood of readers costs: a published file once to each of them, always whole, and a wait (security T16)."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx2
import pytest

from certify.vault.published import label_file
from certify.vault.published_paths import proof_of
from certify.web import rate_limit
from certify.web.app import protected
from certify.web.rate_limit import Rate
from tests.label_walk import LABEL_ID
from tests.pages.conftest import HOST, House, shared_routes
from tests.pages.labels import label
from tests.pages.test_public import trust

FILES = {
    "/log/checkpoint": "log/checkpoint",
    "/log/tile/entries/x001/234.p/7": "log/tile/entries/x001/234.p/7",
    "/s": "s/index.json",
    "/s/0": "s/0",
    "/offline.bundle": "offline.bundle",
    f"/{LABEL_ID}.tlog-proof": proof_of(LABEL_ID),
    f"/{LABEL_ID}.cose": label_file(LABEL_ID, "certificate.cose"),
    f"/{LABEL_ID}.vc.jwt": label_file(LABEL_ID, "open-badge.jwt"),
    f"/{LABEL_ID}.dcc.jwt": label_file(LABEL_ID, "conformity.jwt"),
    f"/{LABEL_ID}.pdf": label_file(LABEL_ID, "certificate.en.pdf"),
}


@pytest.fixture
async def anybody(house: House) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(app=house.app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url=HOST) as client:
        yield client


@pytest.fixture
async def published(house: House) -> House:
    """A house with a label and something of every kind in the published folder."""
    await label(house)
    trust(house, datetime.now(UTC))
    for path in FILES.values():
        house.services.published.write(path, f"content of {path}".encode())
    return house


async def test_whoever_has_the_file_is_told_so_without_it(published: House, anybody: httpx2.AsyncClient) -> None:
    for address, path in [*FILES.items(), ("/.well-known/jwks.json", "")]:
        first = await anybody.get(address)
        tag = first.headers["ETag"]
        for held in (tag, f"W/{tag}", f'"another", {tag}', "*"):
            again = await anybody.get(address, headers={"If-None-Match": held})
            assert (again.status_code, again.content) == (304, b""), (address, held)
            assert (again.headers["ETag"], again.headers["Cache-Control"]) == (tag, first.headers["Cache-Control"])
        assert (await anybody.get(address, headers={"If-None-Match": '"another"'})).status_code == 200
        if path:
            published.services.published.write(path, b"another content")
            assert (await anybody.get(address, headers={"If-None-Match": tag})).content == b"another content"


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize("ranges", ["bytes=0-3", "bytes=-1", "bytes=9-3", "bytes=" + ",".join(["0-"] * 5000), "x"])
async def test_a_range_gets_the_whole_file(anybody: httpx2.AsyncClient, ranges: str) -> None:
    answer = await anybody.get("/log/checkpoint", headers={"Range": ranges})

    assert (answer.status_code, answer.content) == (200, b"content of log/checkpoint")


@pytest.mark.usefixtures("published")
async def test_the_head_of_a_published_file_may_be_asked_for(anybody: httpx2.AsyncClient) -> None:
    for address in FILES:
        head, whole = await anybody.head(address), await anybody.get(address)
        assert head.status_code == 200, address
        assert (head.headers["ETag"], head.headers["Content-Length"]) == (
            whole.headers["ETag"], whole.headers["Content-Length"],
        )  # fmt: skip


async def test_a_flood_from_one_network_waits_and_the_others_are_answered(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rate_limit, "NETWORK", Rate(at_once=3, a_second=0.01))

    app = protected(shared_routes(house.services), house.services.settings)

    async def asked(address: str, count: int = 1) -> list[httpx2.Response]:
        transport = httpx2.ASGITransport(app=app, client=(address, 1234))
        async with httpx2.AsyncClient(transport=transport, base_url=HOST) as client:
            return [await client.get("/s/0") for _ in range(count)]

    flood = await asked("8.8.8.8", 5)

    assert [answer.status_code for answer in flood] == [404, 404, 404, 429, 429]
    assert flood[-1].headers["Retry-After"] == "100"
    assert {(await asked(other))[0].status_code for other in ("8.8.9.8", "2606:4700::1")} == {404}
