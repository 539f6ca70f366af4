"""What is beyond so many requests at once is refused without waiting, and the rest is answered (security T16)."""

import asyncio

import httpx2
import pytest
from starlette.types import Receive, Scope, Send

from certify.web.at_once import AtOnce, Room


class Slow:
    """An application that answers when it is told to."""

    def __init__(self) -> None:
        self.may_answer, self.asked = asyncio.Event(), 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or fail where the path says so."""
        self.asked += 1
        await self.may_answer.wait()
        if scope["path"] == "/fails":
            raise RuntimeError
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"here"})


@pytest.fixture
def slow() -> Slow:
    return Slow()


def client(app: AtOnce) -> httpx2.AsyncClient:
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    return httpx2.AsyncClient(transport=transport, base_url="http://v.example.eu")


async def test_who_comes_beyond_them_is_told_to_come_again_and_the_others_are_answered(slow: Slow) -> None:
    async with client(AtOnce(slow, Room(most=2))) as asking:
        admitted = [asyncio.create_task(asking.get("/")) for _ in range(2)]
        while slow.asked < 2:  # noqa: ASYNC110  # the application has no event for it
            await asyncio.sleep(0)
        refused = await asking.get("/")
        slow.may_answer.set()

        assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1")
        assert "попробуйте" in refused.text
        assert [(await one).status_code for one in admitted] == [200, 200]
        assert (await asking.get("/")).status_code == 200
    assert slow.asked == 3


async def test_an_answer_that_failed_makes_room_again(slow: Slow) -> None:
    slow.may_answer.set()
    async with client(AtOnce(slow, Room(most=1))) as asking:
        for path in ("/fails", "/fails", "/"):
            answer = await asking.get(path)

    assert answer.status_code == 200
