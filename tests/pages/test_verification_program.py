"""`certify verification` answers about labels as `web` does, knows nobody, and holds out against slow ones (T16)."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import httpx2
import pytest
import uvicorn

from certify.programs.slow_clients import ImpatientProtocol, open_as_many_files_as_may_be, protocol_with
from certify.register.database import Database
from certify.web.at_once import Room
from certify.web.permissions import SAFE_METHODS, declared_routes
from certify.web.services import PublicServices, public_services
from certify.web.verification import application, create
from schemas.label import IssuedLabel
from schemas.label_number import format_number
from tests.cells import CELLS
from tests.pages.conftest import HOST, House, shared_routes
from tests.pages.test_public import issued

SLOW = 500
GUIDE = Path(__file__).parents[2] / "docs" / "operate" / "verification.md"
LEFT_TO_WEB = {"/1234567890", "/no-such-page", "/static/site.css", "/livez"}
MOMENT = re.compile(rb"\d{4}-\d\d-\d\dT[\d:.]+Z|\d\d:\d\d(:\d\d)? UTC")


def public_part(house: House, **changes: Any) -> PublicServices:
    """What the program has of the services of a house."""
    part = PublicServices(**{one.name: getattr(house.services, one.name) for one in fields(PublicServices)})
    return replace(part, **changes)


@asynccontextmanager
async def asking(app: Any) -> AsyncIterator[httpx2.AsyncClient]:
    """Somebody who asks an application."""
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url=HOST) as client:
        yield client


def addresses(label: IssuedLabel) -> list[str]:
    """What a scan leads to."""
    ends = ("", ".json", ".svg", ".png", ".pdf", ".badge.svg", ".jsonld", ".vc.jwt", ".tlog-proof", "/print")
    return [
        *(f"/{label.id}{end}" for end in ends),
        *(f"/C/{label.token}", f"/c/{label.token.lower()}", f"/C/{label.token[:-1]}X", "/1234567890", "/no-such-page"),
        *(f"/C/{label.token}{end}" for end in (".json", ".png", ".tlog-proof", ".gif")),
        *(
            "/s",
            "/s/0",
            "/log/checkpoint",
            "/log/checkpoint.atom",
            "/log/tile/0/000",
            "/offline.bundle",
            "/.well-known/jwks.json",
        ),
        *("/.well-known/label-keys", "/verify", "/verify-worker.js", "/static/site.css", "/livez"),
    ]


@asynccontextmanager
async def without_keys(house: House) -> AsyncIterator[PublicServices]:
    """What the program has in earnest: the record, and no key of what lies sealed in it."""
    keyless = Database(str(house.services.database.engine.url))
    part = public_services(house.services.settings, keyless, house.services.vault)
    yield replace(part, proofs=house.services.proofs)
    await keyless.close()


def untold(content: bytes) -> bytes:
    """Return an answer without the one thing that the program may not know, which is null there and never none."""
    return content.replace(b'"holder_seats":[]', b'"holder_seats":null')


async def test_what_it_may_not_know_is_never_told_as_none(house: House) -> None:
    label = await issued(house)
    async with without_keys(house) as part, asking(create(part)) as verification:
        answer = await verification.get(f"/{label.id}.json")

    assert (answer.status_code, answer.json()["label"]["holder_seats"]) == (200, None)


async def test_every_answer_is_that_of_the_web_program(house: House) -> None:
    label = await issued(house)
    house.services.published.write("log/checkpoint", b"a checkpoint")
    async with without_keys(house) as part, asking(house.app) as web, asking(create(part)) as verification:
        for path in addresses(label):
            for accept in ("text/html", "application/json"):
                expected, found = [await one.get(path, headers={"Accept": accept}) for one in (web, verification)]
                assert found.status_code == expected.status_code, path
                assert MOMENT.sub(b"", found.content) == MOMENT.sub(b"", untold(expected.content)), path
                assert {**found.headers, "content-length": ""} == {**expected.headers, "content-length": ""}, path
                assert "set-cookie" not in found.headers


async def test_the_proxy_of_the_guide_leads_to_it_what_it_has_and_nothing_else(house: House) -> None:
    label = await issued(house)
    (pattern,) = re.findall(r"path_regexp (\S+)", GUIDE.read_text())
    ours = [path for path in addresses(label) if path not in LEFT_TO_WEB]
    others = {one.path for one in declared_routes(shared_routes(house.services).routes)}
    others -= {one.path for one in declared_routes(application(public_part(house)).routes)}

    assert [path for path in (*ours, f"/{format_number(label.id)}") if not re.search(pattern, path)] == []
    assert [path for path in others if re.search(pattern, path)] == []


async def test_it_has_no_way_in_and_no_way_to_act(house: House) -> None:
    ours = {(one.method, one.path) for one in declared_routes(application(public_part(house)).routes)}
    everything = {(one.method, one.path) for one in declared_routes(shared_routes(house.services).routes)}

    assert ours <= everything
    assert {method for method, _ in ours} - {"*"} <= SAFE_METHODS
    async with asking(create(public_part(house))) as anybody:
        for path in ("/", "/sign-in", "/account", "/work", "/people", "/labels", "/api/me", "/api/openapi.json"):
            assert (await anybody.get(path)).status_code == 404, path
        for path in ("/sign-in", "/report", "/api/applications"):
            assert (await anybody.post(path)).status_code in {404, 405}, path
        assert (await anybody.post("/livez", content=b"a body")).status_code == 413


async def test_without_the_record_nothing_is_said_of_a_label_and_files_are_given_out(house: House) -> None:
    label = await issued(house)
    house.services.published.write("s/0", b"a list")
    gone = Database("sqlite+aiosqlite:////no/such/folder/certify.db", cells=CELLS)
    async with asking(create(public_part(house, database=gone))) as anybody:
        answer = await anybody.get(f"/{label.id}.json")
        assert (answer.status_code, answer.json()["standing"]) == (503, "could_not_check")
        assert (await anybody.get("/s/0")).content == b"a list"
        assert (await anybody.get("/readyz")).json() == {"database": False}
    await gone.close()


class Hasty(ImpatientProtocol):
    """The protocol with less patience than in earnest."""

    head_s = 8.0
    answer_s = 3.0


@asynccontextmanager
async def served(app: Any, protocol: type[ImpatientProtocol] = Hasty) -> AsyncIterator[uvicorn.Server]:
    """Serve as the program does."""
    server = uvicorn.Server(uvicorn.Config(app, http=protocol, port=0, lifespan="off", log_level="error"))
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  # uvicorn has no event for it
        await asyncio.sleep(0.01)
    yield server
    server.should_exit = True
    await serving


def port_of(server: uvicorn.Server) -> int:
    """Where it answers."""
    port: int = server.servers[0].sockets[0].getsockname()[1]
    return port


async def drips(port: int, opened: asyncio.Semaphore) -> bool:
    """Send the head of a request a byte at a time; return whether one was cut off before it was whole."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    opened.release()
    try:
        for byte in b"GET /livez HTTP/1.1\r\n" + b"X-Filling: " + b"x" * 100:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(0.2)
    except ConnectionError:
        return True
    finally:
        writer.close()
    return reader.at_eof()


async def test_five_hundred_that_send_a_byte_now_and_then_keep_nobody_waiting_and_are_cut_off(house: House) -> None:
    open_as_many_files_as_may_be()
    label, opened = await issued(house), asyncio.Semaphore(0)
    async with served(create(public_part(house))) as server:
        port = port_of(server)
        slow = [asyncio.create_task(drips(port, opened)) for _ in range(SLOW)]
        for _ in slow:
            await opened.acquire()
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as anybody:
            answers = [(await anybody.get(f"/{label.id}.json")).json()["standing"] for _ in range(10)]
            assert not all(one.done() for one in slow)
            assert answers == ["in_force"] * 10
            assert all(await asyncio.gather(*slow))
            assert (await anybody.get(f"/{label.id}")).status_code == 200


async def test_an_answer_that_nobody_reads_does_not_hold_its_connection(house: House) -> None:
    house.services.published.write("offline.bundle", b"x" * 30_000_000)
    async with served(create(public_part(house))) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", port_of(server), limit=1024)
        writer.write(b"GET /offline.bundle HTTP/1.1\r\nHost: v.example.eu\r\n\r\n")
        await reader.readuntil(b"\r\n\r\n")
        while server.server_state.connections:  # noqa: ASYNC110  # as above
            await asyncio.sleep(0.05)
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await reader.readexactly(30_000_000)
        writer.close()


async def test_while_there_is_no_room_who_asks_is_refused_on_a_connection_that_stays(house: House) -> None:
    room = Room(most=1)
    protocol = protocol_with(room)
    async with served(create(public_part(house), room), protocol) as server:
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port_of(server)}") as anybody:
            assert (await anybody.get("/readyz")).status_code == 200
            room.now = 1
            for _ in range(3):
                refused = await anybody.get("/readyz")
                assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1")
                assert "попробуйте" in refused.text
            assert (await anybody.get("/livez")).status_code == 200
            assert (await anybody.head("/readyz")).status_code == 429
            room.now = 0
            assert (await anybody.get("/readyz")).status_code == 200
        assert server.server_state.total_requests == 4, "what is refused is not taken apart"
