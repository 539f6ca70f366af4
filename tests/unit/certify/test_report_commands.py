"""`certify report`: complaining without an account and without a token."""

import json
from functools import partial
from typing import Any

import httpx2
import pytest

from tests.unit.certify.test_cli import run

CODE = "EJGA-H1E9-8JEK-0736-Q"
STATE = {"id": "EJGAH1E98JEK0736", "code": CODE, "is_handled": False}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[httpx2.Request]:
    """Return what a register is asked, which takes everything."""
    found: list[httpx2.Request] = []

    def register(request: httpx2.Request) -> httpx2.Response:
        found.append(request)
        if request.url.path.endswith("/reports"):
            answer = {"code": CODE, "address": "http://register.example/complaint/x", "is_recorded": True}
            return httpx2.Response(201, json=answer)
        if "NOBODY" in request.url.path:
            return httpx2.Response(404, json={"code": "unknown_code", "title": "No complaint has it.", "status": 404})
        return httpx2.Response(200, json=STATE)

    transport = httpx2.MockTransport(register)
    monkeypatch.setattr("certify.programs.client.httpx2.AsyncClient", partial(httpx2.AsyncClient, transport=transport))
    monkeypatch.setenv("CERTIFY_SERVER", "http://register.example")
    monkeypatch.delenv("CERTIFY_TOKEN", raising=False)
    return found


@pytest.fixture
def certify(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    return lambda *arguments: run("report", *arguments, monkeypatch=monkeypatch, capsys=capsys)


def test_a_complaint_is_filed_without_a_token_and_its_code_printed(asked: list[httpx2.Request], certify: Any) -> None:
    ended = certify("file", "--about", "label", "--label", CODE, "--text", "It hurt someone.", "--life-at-risk")
    body = json.loads(asked[0].content)

    assert ended.out.splitlines()[0] == CODE
    assert "authorization" not in asked[0].headers
    assert (body["about"], body["label"], body["life_at_risk"]) == ("label", "EJGAH1E98JEK0736", True)
    assert len(body["secret"]) == 64


def test_a_mistyped_number_of_a_label_is_said_before_anything_is_sent(
    asked: list[httpx2.Request], certify: Any
) -> None:
    ended = certify("file", "--about", "label", "--label", "EJGA", "--text", "It hurt someone.")

    assert ended.code == 1
    assert "mistyped_number" in ended.err
    assert asked == []


def test_a_complaint_is_followed_and_a_question_answered(asked: list[httpx2.Request], certify: Any) -> None:
    assert json.loads(certify("status", CODE).out)["is_handled"] is False
    certify("answer", CODE, "1", "--text", "On 3 March.")

    assert [one.url.path for one in asked] == [f"/api/reports/{CODE}", f"/api/reports/{CODE}/answers"]
    assert json.loads(asked[1].content) == {"number": 1, "answer": "On 3 March."}


def test_a_code_nobody_has_is_refused_with_its_own_code(asked: list[httpx2.Request], certify: Any) -> None:
    ended = certify("status", "NOBODY")

    assert ended.code == 1
    assert "unknown_code" in ended.err
