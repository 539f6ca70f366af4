"""Data folders of earlier versions are opened by this one: upgraded, checked, and their labels answered for."""

import shutil
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest

from certify.accounts.passwords import Passwords
from certify.config import Settings
from certify.procedure.client import Procedure
from certify.programs.check import check
from certify.programs.decision_record import export
from certify.programs.record import open_record, upgrade_record
from certify.programs.vault import open_vault
from certify.register import labels
from certify.register.database import Database
from certify.register.labels import LabelRecord
from certify.web.app import create
from certify.web.services import Services
from labels.key_set import KeySet, Use
from labels.log import proofs
from labels.log.policy import policy_of
from labels.root import Root
from labels.signed_key_set import verify_key_set
from tests.fakes import SeenByWitnesses
from tests.programs import Tree, certify, record_in
from workflows.rules.case.recomputation import recompute

KEPT = sorted(path.parent for path in (Path(__file__).parents[1] / "data").glob("*/data"))
JSON = {"Accept": "application/json"}


@pytest.fixture(params=KEPT, ids=lambda path: path.name)
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """The settings of a copy of a kept data folder."""
    shutil.copytree(request.param / "data", tmp_path / "data")
    return Settings(data=tmp_path / "data", public_url="http://localhost:8080")


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    opened = await open_record(settings)
    await upgrade_record(settings, opened)
    yield opened
    await opened.close()


async def the_label(database: Database) -> LabelRecord:
    async with database.reading() as session:
        (row,) = await labels.directory(session)
    return row


def test_at_least_one_folder_is_kept_and_all_of_them_are_small() -> None:
    assert KEPT
    for kept in KEPT:
        assert sum(path.stat().st_size for path in kept.rglob("*") if path.is_file()) < 1_500_000


async def test_a_kept_folder_is_upgraded_and_nothing_in_it_differs(settings: Settings, database: Database) -> None:
    assert await check(settings) == []
    record = await record_in(settings)
    assert record.labels == len(record.signatures) == 1


async def test_the_decision_of_a_kept_folder_can_be_recomputed(settings: Settings, database: Database) -> None:
    label = await the_label(database)

    record = await export(settings, label.application)

    assert record.decision.number == label.decision_number
    assert recompute(record).differences == ()


async def test_a_kept_label_is_answered_by_token_and_by_number(settings: Settings, database: Database) -> None:
    row = await the_label(database)
    vault = open_vault(settings)
    procedure = Procedure(None, database, vault)  # type: ignore[arg-type]  # scans ask no procedure
    services = replace(Services.of(settings, database, vault, procedure, Passwords()), proofs=SeenByWitnesses())
    transport = httpx2.ASGITransport(app=create(services))
    async with httpx2.AsyncClient(transport=transport, base_url=settings.public_url, headers=JSON) as http:
        by_token = await http.get(f"/C/{row.issued.token}")
        by_number = await http.get(f"/{row.id}")
        picture = await http.get(f"/{row.id}.svg")

    standing = "in_force" if datetime.now(UTC) <= row.expires_at else "expired"
    assert (by_token.status_code, by_number.status_code, picture.status_code) == (200, 200, 200)
    assert by_token.json()["authenticity"] == "authentic"
    assert by_token.json()["standing"] == by_number.json()["standing"] == standing
    assert by_token.json()["label"]["version"] == "1.2.0"


def only_label(settings: Settings) -> str:
    """The id of the one label of a kept folder."""
    import sqlite3  # noqa: PLC0415  # the folder is of an earlier version still

    with sqlite3.connect(settings.data / "certify.db") as database:
        ((label,),) = database.execute("SELECT id FROM label").fetchall()
    return str(label)


def in_force_within(address: str, label: str, *, seconds: float) -> bool:
    """Whether the page of a label says within some time that it is in force."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        answer = httpx2.get(f"{address}/{label}.json").json()
        if answer["standing"] == "in_force":
            return True
        assert answer["standing"] == "not_yet", answer["standing"]
        time.sleep(0.2)
    return False


@pytest.mark.slow
def test_the_command_line_opens_a_kept_folder(settings: Settings) -> None:
    for command in (("migrate",), ("vault", "seal")):
        assert certify(*command, "--data", settings.data).returncode == 0

    found = certify("check", "--data", settings.data)

    assert (found.returncode, found.stdout) == (0, "Nothing differs.\n"), found.stdout + found.stderr


@pytest.mark.slow
def test_a_kept_folder_gets_a_signed_key_set_and_its_place_in_the_log_at_the_next_start(settings: Settings) -> None:
    assert settings.key_set_file is not None
    (old,) = KeySet.read(settings.key_set_file).keys

    label = only_label(settings)
    with Tree(settings.data) as tree:
        served = httpx2.get(f"{tree.address}/.well-known/label-keys").content
        assert in_force_within(tree.address, label, seconds=20)
        proof = httpx2.get(f"{tree.address}/{label}.tlog-proof").content
        assert tree.stop() == 0

    policy = policy_of(KeySet.read(settings.key_set_file), "localhost/log")
    assert proofs.verify(proof, proofs.parse(proof).extra, policy).checkpoint.size >= 40
    published = verify_key_set(served, Root.read(settings.data / "keys" / "root.json"))
    assert published.keys.of_use(Use.LABEL).keys[0] == old
    found = certify("check", "--data", settings.data)
    assert (found.returncode, found.stdout) == (0, "Nothing differs.\n"), found.stdout + found.stderr


@pytest.mark.slow
def test_a_kept_folder_of_an_earlier_version_is_not_checked_and_says_what_to_do(settings: Settings) -> None:
    found = certify("check", "--data", settings.data)

    assert (found.returncode, found.stdout) == (4, "")
    assert "certify migrate" in found.stderr
    assert "[earlier_version]" in found.stderr


@pytest.mark.slow
def test_a_kept_folder_in_which_a_vote_was_changed_is_named(settings: Settings) -> None:
    assert certify("migrate", "--data", settings.data).returncode == 0
    import sqlite3  # noqa: PLC0415  # only this test goes past the door

    with sqlite3.connect(settings.data / "certify.db") as database:
        for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f'DROP TRIGGER "{trigger}"')
        changed = database.execute(
            "UPDATE journal_body SET body = replace(CAST(body AS TEXT), '\"grant\"', '\"refuse\"')"
            " WHERE CAST(body AS TEXT) LIKE '%ballot_cast%'"
        )
        assert changed.rowcount == 3

    found = certify("check", "--data", settings.data)

    assert found.returncode == 1
    assert "case/" in found.stdout
