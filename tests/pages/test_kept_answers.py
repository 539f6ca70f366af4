"""What many ask within seconds is made once, counted each time, and shown to nobody who asked something else (T16)."""

import re
from collections.abc import AsyncIterator
from dataclasses import fields

import httpx2
import pytest
from sqlmodel import select
from starlette.responses import Response, StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from certify.register.scan_counts import ScanCount
from certify.web.kept_answers import KEPT_FOR, LARGEST, KeptAnswers
from certify.web.public import lookup
from certify.web.scans import ScanCounter
from certify.web.services import PublicServices
from certify.web.verification import application
from tests.label_walk import LABEL_ID
from tests.pages.conftest import HOST, House, words_of
from tests.pages.labels import label, save

PUBLIC = {"Cache-Control": "public, max-age=60"}
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z|\d\d:\d\d(:\d\d)? UTC")


class Seconds:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Seconds:
    return Seconds()


@pytest.fixture
async def anybody(house: House, clock: Seconds) -> AsyncIterator[httpx2.AsyncClient]:
    services = PublicServices(**{one.name: getattr(house.services, one.name) for one in fields(PublicServices)})
    async with asking(KeptAnswers(application(services), services.scans, clock)) as client:
        yield client


def asking(app: ASGIApp) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url=HOST)


async def test_a_label_is_looked_up_once_for_all_who_ask_within_seconds(
    house: House, anybody: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    await label(house)
    first = await anybody.get(f"/{LABEL_ID}")
    await house.services.database.close()
    monkeypatch.setattr(lookup.labels, "find", None)

    again = [await anybody.get(f"/{LABEL_ID}") for _ in range(3)]

    assert {one.content for one in again} == {first.content}
    assert [one.headers["Age"] for one in again] == ["0"] * 3
    assert "Age" not in first.headers


async def test_each_answer_that_is_given_out_is_counted_by_the_way_that_led_there(
    house: House, anybody: httpx2.AsyncClient
) -> None:
    await label(house)
    for path in (f"/{LABEL_ID}", f"/{LABEL_ID}.badge.svg", f"/{LABEL_ID}.json"):
        for _ in range(3):
            assert (await anybody.get(path)).status_code == 200

    await house.services.scans.write(house.services.database)
    async with house.services.database.reading() as session:
        rows = (await session.exec(select(ScanCount))).all()
    assert {row.way: row.count for row in rows} == {"number": 3, "badge": 3}


async def test_a_suspension_is_seen_after_the_seconds_an_answer_is_kept(
    house: House, anybody: httpx2.AsyncClient, clock: Seconds
) -> None:
    walk = await label(house)
    assert (await anybody.get(f"/{LABEL_ID}.json")).json()["standing"] == "in_force"
    await save(house, walk.suspended())

    clock.now = KEPT_FOR - 1
    kept = await anybody.get(f"/{LABEL_ID}.json")
    assert (kept.json()["standing"], kept.headers["Age"]) == ("in_force", "4")
    clock.now = KEPT_FOR
    assert (await anybody.get(f"/{LABEL_ID}.json")).json()["standing"] == "suspended"


async def test_whoever_loads_the_page_again_is_answered_anew(house: House, anybody: httpx2.AsyncClient) -> None:
    walk = await label(house)
    await anybody.get(f"/{LABEL_ID}")
    await save(house, walk.suspended())

    answer = await anybody.get(f"/{LABEL_ID}", headers={"Cache-Control": "max-age=0"})

    assert "Suspended since" in words_of(answer)
    assert "Suspended since" in words_of(await anybody.get(f"/{LABEL_ID}")), "it takes the place of the older one"


async def test_nobody_gets_the_answer_to_another_question(house: House, anybody: httpx2.AsyncClient) -> None:
    await label(house, websites=("acme.example",))
    asked = [
        (path, {"Accept": kind, "Accept-Language": language, "Referer": f"https://{site}/"})
        for path in (f"/{LABEL_ID}", f"/{LABEL_ID}?lang=ru", f"/{LABEL_ID}.badge.svg")
        for kind in ("text/html", "application/json")
        for language in ("en", "ru")
        for site in ("acme.example", "elsewhere.example")
    ]
    kept = [(await anybody.get(path, headers=headers)) for path, headers in asked]
    anew = [(await anybody.get(path, headers={**headers, "Cache-Control": "no-cache"})) for path, headers in asked]
    again = [(await anybody.get(path, headers=headers)) for path, headers in asked]

    for before, fresh, after in zip(kept, anew, again, strict=True):
        assert {before.headers["Content-Type"], after.headers["Content-Type"]} == {fresh.headers["Content-Type"]}
        assert MOMENT.sub("", before.text) == MOMENT.sub("", fresh.text) == MOMENT.sub("", after.text)
    assert [one.headers.get("Age") for one in again] == ["0"] * len(asked)
    assert "elsewhere.example" not in kept[0].text
    assert "elsewhere.example" in kept[1].text


async def test_the_content_is_not_sent_to_whoever_asks_for_the_head(house: House, anybody: httpx2.AsyncClient) -> None:
    await label(house)
    await anybody.get(f"/{LABEL_ID}")
    assert (await anybody.head(f"/{LABEL_ID}")).content == b""


def answering(response: Response, scope_of: list[Scope]) -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        scope_of.append(scope)
        await response(scope, receive, send)

    return app


@pytest.mark.parametrize(
    "response",
    [
        Response("x", headers={"Cache-Control": "private, max-age=60"}),
        Response("x", headers={"Cache-Control": "no-store"}),
        Response("x"),
        Response("x", 404, PUBLIC),
        Response("x", 503, PUBLIC),
        Response("x", headers={**PUBLIC, "Vary": "Cookie"}),
        Response("x", headers={**PUBLIC, "Vary": "*"}),
        Response("x", headers={**PUBLIC, "Set-Cookie": "a=b"}),
        Response("x" * (LARGEST + 1), headers=PUBLIC),
        StreamingResponse(iter(("x", "y")), headers=PUBLIC),
    ],
    ids=["private", "no-store", "silent", "unknown", "failed", "by cookie", "by all", "with cookie", "large", "parts"],
)  # fmt: skip
async def test_what_is_not_for_everybody_is_not_kept(response: Response) -> None:
    asked: list[Scope] = []
    async with asking(KeptAnswers(answering(response, asked), ScanCounter())) as anybody:
        for _ in range(2):
            await anybody.get("/")

    assert len(asked) == 2


async def test_a_question_of_any_length_takes_no_room() -> None:
    asked: list[Scope] = []
    async with asking(KeptAnswers(answering(Response("x", headers=PUBLIC), asked), ScanCounter())) as anybody:
        for _ in range(2):
            await anybody.get("/", headers={"Referer": "x" * 3_000})

    assert len(asked) == 2
