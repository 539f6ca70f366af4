"""Headers on every answer, and no unsafe request led here by another site."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from certify.web.hygiene import HEADERS, is_cross_site, protect

UNSAFE = st.sampled_from(["POST", "PUT", "PATCH", "DELETE"])


async def _page(request: Request) -> PlainTextResponse:
    return PlainTextResponse("here")


async def _kept(request: Request) -> PlainTextResponse:
    return PlainTextResponse("kept", headers={"Cache-Control": "max-age=60", "Content-Security-Policy": "sandbox"})


async def _broken(request: Request) -> PlainTextResponse:
    raise RuntimeError("a fault")


def a_client(*, https: bool = False, own_hosts: tuple[str, ...] = ()) -> TestClient:
    app = Starlette(
        routes=[Route("/", _page, methods=["GET", "POST"]), Route("/kept", _kept), Route("/broken", _broken)]
    )
    refuse = PlainTextResponse("from another site", status_code=403)
    return TestClient(
        protect(app, refuse=refuse, https=https, own_hosts=own_hosts),
        base_url="http://labels.example.org",
        raise_server_exceptions=False,
    )


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/", 200), ("GET", "/none", 404), ("PUT", "/", 405), ("GET", "/broken", 500)],
)
def test_every_answer_carries_the_headers(method: str, path: str, status: int) -> None:
    answer = a_client().request(method, path)

    assert answer.status_code == status
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS


def test_a_refusal_carries_the_headers_too() -> None:
    answer = a_client().post("/", headers={"Sec-Fetch-Site": "cross-site"})

    assert (answer.status_code, answer.text) == (403, "from another site")
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS


def test_what_a_route_set_itself_stays() -> None:
    answer = a_client().get("/kept")

    assert answer.headers["Cache-Control"] == "max-age=60"
    assert answer.headers["Content-Security-Policy"] == "sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_browsers_are_told_to_insist_on_https_only_where_there_is_https() -> None:
    told = a_client(https=True).get("/").headers["Strict-Transport-Security"]

    assert told == "max-age=31536000; includeSubDomains"
    assert "Strict-Transport-Security" not in a_client().get("/").headers


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://labels.example.org"}, 403),
        ({"Origin": "http://labels.example.org"}, 200),
        ({"Origin": "http://LABELS.example.org"}, 200),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "http://labels.example.org.evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Cookie": "session=1"}, 403),
        ({}, 200),
        ({"Authorization": "Bearer t", "Sec-Fetch-Site": "cross-site"}, 200),
        ({"Authorization": "Basic t", "Sec-Fetch-Site": "cross-site"}, 403),
    ],
)
def test_an_unsafe_request_must_come_from_our_own_pages(headers: dict[str, str], status: int) -> None:
    assert a_client().post("/", headers=headers).status_code == status


def test_a_host_that_a_proxy_hides_may_be_named() -> None:
    client = a_client(own_hosts=("Register.example",))

    assert client.post("/", headers={"Origin": "https://register.example"}).status_code == 200
    assert client.post("/", headers={"Origin": "https://other.example"}).status_code == 403


@given(method=st.sampled_from(["GET", "HEAD", "OPTIONS"]), site=st.text(alphabet="abcdef-", max_size=12))
def test_a_safe_method_is_never_refused(method: str, site: str) -> None:
    assert not is_cross_site(method, Headers({"sec-fetch-site": site, "cookie": "session=1"}))


@given(method=UNSAFE, origin=st.text(alphabet="abc.:/", max_size=20), host=st.text(alphabet="abc.:", max_size=20))
def test_what_the_browser_calls_cross_site_is_refused_whatever_else_it_sends(
    method: str, origin: str, host: str
) -> None:
    headers = Headers({"sec-fetch-site": "cross-site", "origin": origin, "host": host})

    assert is_cross_site(method, headers)


def test_an_origin_that_is_no_address_is_another_site() -> None:
    assert is_cross_site("POST", Headers({"origin": "http://[", "host": "labels.example.org"}))
