"""`certify act`, `acts` and `read`: one act is one act, a refusal says what to do, and nothing is asked for a list."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx2
import pytest
from typer.testing import CliRunner

from certify.accounts.strength import STEP_UP
from certify.cli import app
from certify.programs.act_addresses import act_addresses
from certify.programs.acting import WAYS_ON
from tests.unit.certify.test_cli import Ended, run

ROOT = Path(__file__).parents[3]
CASE = "0b1f7c0e"
APPEAL = "3f2a"
NO_KEY = {"/api/organisations"}
"""Where an act is sent that the same content finds done, without a key."""


@dataclass
class Register:
    """A register that takes every act once under its key, and refuses as it is told.

    Attributes:
        refuses: status, code and sentence of its next answers, None to take what comes.
        breaks: it takes the next act, and the connection is gone before it answers.
        read: what stands at each address that can be read.
    """

    refuses: tuple[int, str, str] | None = None
    breaks: bool = False
    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    is_behind: bool = False
    read: dict[str, httpx2.Response] = field(default_factory=dict)
    asked: list[httpx2.Request] = field(default_factory=list)
    taken: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request)
        if self.refuses is not None:
            status, code, title = self.refuses
            return httpx2.Response(status, json={"code": code, "title": title, "status": status})
        if request.method == "GET":
            return self.read.get(str(request.url.raw_path, "ascii"), httpx2.Response(404))
        if request.url.path.endswith("/files"):
            return httpx2.Response(200, json={"digest": hashlib.sha256(request.content).hexdigest()})
        answer = self._take(request)
        if self.breaks:
            self.breaks = False
            raise httpx2.ReadError("gone")
        return answer

    def _take(self, request: httpx2.Request) -> httpx2.Response:
        key = request.headers["Idempotency-Key"]
        content = {"path": request.url.path, "body": json.loads(request.content)}
        known = self.taken.setdefault(key, {**content, "number": len(self.taken) + 1})
        if {name: known[name] for name in content} != content:
            return httpx2.Response(409, json={"code": "other_act_same_key", "title": "Another act.", "status": 409})
        receipt = {
            "act_id": key[:8], "stream": "case/x", "number": known["number"], "kind": "round_opened",
            "digest": "d" * 64, "recorded_at": self.at.isoformat(),
        }  # fmt: skip
        answer = {"act_id": key[:8], "application": CASE, "receipt": None if self.is_behind else receipt}
        return httpx2.Response(202 if self.is_behind else 200, json=answer)


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch) -> Register:
    found = Register()
    transport = httpx2.MockTransport(found)
    monkeypatch.setattr("certify.programs.client.httpx2.AsyncClient", partial(httpx2.AsyncClient, transport=transport))
    return found


@pytest.fixture
def certify(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Any:
    """Run a command as somebody with a token, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CERTIFY_TOKEN_FILE", raising=False)
    monkeypatch.setenv("CERTIFY_SERVER", "http://register.example")
    monkeypatch.setenv("CERTIFY_TOKEN", "vcl_000000000000_x")
    return lambda *arguments: run(*arguments, monkeypatch=monkeypatch, capsys=capsys)


@pytest.fixture
def written(tmp_path: Path) -> Callable[[Any], Path]:
    """Write the content of an act into a file."""

    def write(content: Any) -> Path:
        file = tmp_path / "body.json"
        file.write_text(json.dumps(content))
        return file

    return write


# Where an act is sent


def test_every_act_of_the_published_api_has_an_address() -> None:
    published = json.loads((ROOT / "docs" / "openapi.json").read_text())["paths"]
    acts = {
        path.replace("{application}", "{id}").replace("{matter}", "{id}")
        for path, methods in published.items()
        for method, one in methods.items()
        if method == "post" and "Idempotency-Key" in {parameter["name"] for parameter in one.get("parameters", ())}
    }

    assert len(acts) > 100
    assert {one.address for one in act_addresses()} == acts | NO_KEY


def test_an_address_says_how_it_is_published(register: Register, certify: Any) -> None:
    listed = json.loads(certify("acts", "--json").out)
    published = json.loads((ROOT / "docs" / "openapi.json").read_text())["paths"]

    for one in listed:
        shown = {path.replace("{application}", "{id}").replace("{matter}", "{id}") for path in published}
        assert one["address"] in shown
        assert one["opens"] == ("{id}" not in one["address"])
    assert not register.asked


# Doing it


def test_an_act_is_sent_to_its_case_as_its_person_and_its_receipt_is_printed(
    register: Register, certify: Any, written: Any
) -> None:
    ended: Ended = certify("act", "applications", CASE, "declare-interests", "--body", written({"has_interest": False}))

    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith(f"applications {CASE}: entry 1 of case/x (round_opened), recorded at ")
    (request,) = register.asked
    assert request.url == f"http://register.example/api/applications/{CASE}/declare-interests"
    assert request.headers["Authorization"] == "Bearer vcl_000000000000_x"
    assert json.loads(request.content) == {"has_interest": False}


def test_an_act_without_content_needs_no_body_and_answers_in_json(register: Register, certify: Any) -> None:
    ended = certify("act", "appeals", APPEAL, "draw_panel", "--json")

    assert json.loads(ended.out)["receipt"]["number"] == 1
    assert [one.url.path for one in register.asked] == [f"/api/appeals/{APPEAL}/draw-panel"]
    assert register.asked[0].content == b"{}"


def test_what_opens_something_new_goes_to_its_collection(register: Register, certify: Any, written: Any) -> None:
    body = written({"stream": f"case/{CASE}", "number": 12, "grounds": "Heard nobody."})

    assert certify("act", "appeals", "lodge-appeal", "--body", body).code == 0
    assert [one.url.path for one in register.asked] == ["/api/appeals"]


def test_the_content_may_come_from_stdin(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CERTIFY_TOKEN", "vcl_000000000000_x")
    shown = CliRunner().invoke(
        app, ["act", "labels", "ABCD", "end-label", "--body", "-"], input='{"reasons": "Sold out."}'
    )

    assert shown.exit_code == 0, shown.output
    assert json.loads(register.asked[0].content) == {"reasons": "Sold out."}


def test_after_a_broken_connection_the_same_command_is_the_same_act(
    register: Register, certify: Any, written: Any
) -> None:
    arguments = ("act", "applications", CASE, "ask-question", "--body", written({"text": "What is it for?"}))
    register.breaks = True
    broken, again = certify(*arguments), certify(*arguments)

    assert (broken.code, broken.out) == (4, "")
    assert "[server_unreachable]" in broken.err
    assert "it is the same act" in broken.err
    assert (again.code, len(register.taken)) == (0, 1)
    assert "entry 1 of" in again.out


def test_other_content_another_case_or_a_key_of_ones_own_is_another_act(
    register: Register, certify: Any, written: Any
) -> None:
    for case, body, more in (
        (CASE, {"text": "Why?"}, ()),
        (CASE, {"text": "How?"}, ()),
        ("1c2d", {"text": "How?"}, ()),
        ("1c2d", {"text": "How?"}, ("--key", "second-time")),
    ):
        assert certify("act", "applications", case, "ask-question", "--body", written(body), *more).code == 0

    assert len(register.taken) == 4
    assert "second-time" in register.taken


def test_whoever_repeats_an_old_act_is_told_that_it_was_done_before(register: Register, certify: Any) -> None:
    register.at = datetime.now(UTC) - timedelta(days=3)

    ended = certify("act", "applications", CASE, "submit-evidence")

    assert ended.code == 0
    assert ended.err == "certify: this very act was recorded before; --key does it once more\n"


def test_what_is_taken_and_not_recorded_yet_is_said_to_be_so(register: Register, certify: Any) -> None:
    register.is_behind = True

    ended = certify("act", "applications", CASE, "submit-evidence")

    assert (ended.code, ended.err) == (0, "")
    assert "taken, not recorded yet" in ended.out


def test_a_file_is_uploaded_before_it_is_offered(
    register: Register, certify: Any, written: Any, tmp_path: Path
) -> None:
    (tmp_path / "policy.pdf").write_bytes(b"%PDF")
    digest = hashlib.sha256(b"%PDF").hexdigest()

    ended = certify("act", "labels", "ABCD", "offer-fresh-evidence", "--body", written({"type": "policy"}),
                    "--file", tmp_path / "policy.pdf")  # fmt: skip

    assert ended.code == 0, ended.err
    upload, offer = register.asked
    assert (upload.url.path, offer.url.path) == ("/api/labels/ABCD/files", "/api/labels/ABCD/offer-fresh-evidence")
    assert upload.headers["Content-Digest"].startswith("sha-256=:")
    assert json.loads(offer.content) == {"type": "policy", "file": "policy.pdf", "digest_of_file": digest}


# Refused


@pytest.mark.parametrize(
    ("status", "code", "exit_code"),
    [
        (HTTPStatus.FORBIDDEN, "role_missing", 1),
        (HTTPStatus.CONFLICT, "wrong_stage", 1),
        (HTTPStatus.UNPROCESSABLE_ENTITY, "malformed_request", 1),
        (HTTPStatus.NOT_FOUND, "unknown_matter", 1),
        (HTTPStatus.TOO_MANY_REQUESTS, "too_many_requests", 1),
        (HTTPStatus.SERVICE_UNAVAILABLE, "procedure_unreachable", 4),
    ],
)
def test_a_refusal_is_its_sentence_with_its_code_on_stderr(
    register: Register, certify: Any, status: int, code: str, exit_code: int
) -> None:
    register.refuses = (status, code, "Not so.")

    ended = certify("act", "appeals", APPEAL, "draw-panel", "--json")

    assert (ended.code, ended.out) == (exit_code, "")
    assert ended.err.startswith("certify: Not so.")
    assert ended.err.endswith(f" [{code}]\n")


def test_a_gateway_without_the_register_behind_it_could_not_be_asked(register: Register, certify: Any) -> None:
    register.read["/api/waiting"] = httpx2.Response(HTTPStatus.BAD_GATEWAY, text="Bad gateway")

    ended = certify("read", "waiting")

    assert (ended.code, ended.out) == (4, "")


@pytest.mark.parametrize("code", WAYS_ON)
def test_a_way_in_that_is_too_weak_is_told_with_what_to_do(register: Register, certify: Any, code: str) -> None:
    register.refuses = (HTTPStatus.FORBIDDEN, code, "A token cannot do this.")

    ended = certify("act", "applications", CASE, "cast-ballot")

    assert ended.code == 1
    assert ended.err.startswith("certify: A token cannot do this. ")
    way_on = WAYS_ON[code].format(server="http://register.example", path=f"/api/applications/{CASE}/cast-ballot")
    assert way_on in ended.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("applications",),
        ("applications", CASE),
        ("applications", CASE, "cast-balot"),
        ("aplications", CASE, "cast-ballot"),
        ("applications", "cast-ballot"),
        ("applications", "..", "cast-ballot"),
        ("appeals", APPEAL, "lodge-appeal"),
        ("applications", CASE, "cast-ballot", "now"),
        ("applications", CASE, "cast-ballot", "--body", "none.json"),
        ("applications", CASE, "cast-ballot", "--body", "list.json"),
        ("applications", CASE, "cast-ballot", "--body", "torn.json"),
        ("applications", CASE, "cast-ballot", "--file", "list.json"),
    ],
)
def test_words_that_name_no_act_and_content_that_is_none_are_usage(
    register: Register, certify: Any, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    (tmp_path / "list.json").write_text("[]")
    (tmp_path / "torn.json").write_text('{"round": ')

    ended = certify("act", *arguments)

    assert (ended.code, ended.out, register.asked) == (2, "", [])
    assert ended.err
    assert "Traceback" not in ended.err


@pytest.mark.parametrize("command", [("act", "appeals", APPEAL, "draw-panel"), ("read", "waiting")])
def test_nobody_asks_without_a_token(
    register: Register, certify: Any, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.delenv("CERTIFY_TOKEN")

    assert certify(*command).code == 2
    assert not register.asked


def test_an_id_cannot_lead_to_another_address(register: Register, certify: Any) -> None:
    certify("act", "applications", "x/../../tokens?a=", "cast-ballot")

    assert register.asked[0].url.raw_path == b"/api/applications/x%2F..%2F..%2Ftokens%3Fa%3D/cast-ballot"


# Which acts there are


def test_the_acts_of_a_collection_are_listed_without_asking_a_server(register: Register, certify: Any) -> None:
    ended = certify("acts", "appeals")

    lines = ended.out.splitlines()
    assert lines[0].split()[:2] == ["appeals", "lodge-appeal"]
    assert any(line.startswith("appeals ID draw-panel ") and "Draw the panel" in line for line in lines)
    assert all(line.startswith("appeals ") for line in lines)
    assert not register.asked


def test_the_list_says_what_a_token_cannot_do_and_what_is_signed(certify: Any) -> None:
    listed = {(one["collection"], one["act"]): one for one in json.loads(certify("acts", "--json").out)}

    ballot = listed["applications", "cast_ballot"]
    assert (ballot["is_signed"], ballot["asks_proof"]) == (True, True)
    assert {act for (_, act), one in listed.items() if one["asks_proof"]} <= STEP_UP
    assert all(one["about"] for one in listed.values())
    assert "[signed with a passkey, a fresh proof]" in certify("acts", "applications").out


def test_the_content_of_an_act_is_shown_as_its_schema(certify: Any) -> None:
    shown = json.loads(certify("acts", "applications", "cast-ballot").out)

    assert {"round", "choice", "manifest_digest"} <= set(shown["properties"])
    assert certify("acts", "applications", "vote").code == 2
    assert certify("acts", "votes").code == 2


# Reading


def test_what_the_api_has_is_printed_as_json(register: Register, certify: Any) -> None:
    register.read[f"/api/applications/{CASE}"] = httpx2.Response(200, json={"stage": "intake", "name": "Ё"})

    for parts in (("applications", CASE), (f"/api/applications/{CASE}",), (f"applications/{CASE}/",)):
        assert json.loads(certify("read", *parts).out) == {"stage": "intake", "name": "Ё"}


def test_a_text_comes_out_as_it_is_and_a_question_mark_asks(register: Register) -> None:
    register.read["/api/receipts/x?application=y"] = httpx2.Response(200, text="Heard.\n")

    shown = CliRunner().invoke(app, ["read", "receipts", "x?application=y"], env={"CERTIFY_TOKEN": "vcl_x"})

    assert (shown.exit_code, shown.stdout) == (0, "Heard.\n")


def test_no_words_make_a_token_go_to_another_server(register: Register, certify: Any) -> None:
    for words in ("http://evil.example/x", "//evil.example/x", "/api//evil.example"):
        certify("read", words)

    assert {one.url.host for one in register.asked} == {"register.example"}
