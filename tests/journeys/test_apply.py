"""`certify apply` at a running register: lodged once, refused in words, nothing half done."""

import asyncio
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from certify.programs import administration
from certify.programs.client import ApiClient, lodge_folder
from schemas.application_folder import read_folder
from schemas.errors import ProcedureError, Unacceptable
from schemas.people import Role
from tests.programs import EXAMPLE, Tree, certify, entered, example

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tree]:
    with Tree(tmp_path_factory.mktemp("apply") / "data") as running:
        yield running


@pytest.fixture(scope="module")
async def token(tree: Tree) -> str:
    organisation = await entered(tree.settings, example())
    person, _ = await administration.invite_person(
        tree.settings,
        name="Anna",
        email="anna@example.org",
        roles=[Role.APPLICANT],
        organisation=organisation,
        areas=[],
    )
    return await administration.create_token(tree.settings, email=None, person=person, scopes=["act", "read"], days=1)


def folder(tmp_path: Path, reference: str, **replaced: str) -> Path:
    copy = tmp_path / reference
    shutil.copytree(EXAMPLE, copy)
    text = (copy / "application.yaml").read_text().replace("digit-reader-1.2.0", reference)
    for old, new in replaced.items():
        assert old in text
        text = text.replace(old, new)
    (copy / "application.yaml").write_text(text)
    return copy


def apply(tree: Tree, token: str, path: Path) -> subprocess.CompletedProcess[str]:
    return certify("apply", path, "--server", tree.address, "--json", CERTIFY_TOKEN=token)


def test_a_complete_folder_stands_at_intake_and_applying_again_finds_it(tree: Tree, token: str, tmp_path: Path) -> None:
    path = folder(tmp_path, "complete")
    first, again = apply(tree, token, path), apply(tree, token, path)

    assert (first.returncode, again.returncode) == (0, 0), first.stderr + again.stderr
    lodged = json.loads(first.stdout)
    assert (lodged["stage"], lodged["tier"]) == ("intake", "low")
    assert json.loads(again.stdout) == lodged


def test_other_content_under_the_same_reference_is_refused(tree: Tree, token: str, tmp_path: Path) -> None:
    assert apply(tree, token, folder(tmp_path, "twice")).returncode == 0
    (tmp_path / "twice" / "user-guide.md").write_text("Another guide.\n")

    ended = apply(tree, token, tmp_path / "twice")

    assert (ended.returncode, ended.stdout) == (1, "")
    assert "[differs_from_lodged]" in ended.stderr


def test_a_criterion_the_scheme_does_not_have_is_refused_by_its_key(tree: Tree, token: str, tmp_path: Path) -> None:
    ended = apply(tree, token, folder(tmp_path, "unknown", **{"[I-1.1-01]": "[I-1.1-99]"}))

    assert (ended.returncode, ended.stdout) == (1, "")
    assert "evidence.0.criteria.0" in ended.stderr
    assert "I-1.1-99" in ended.stderr


def test_a_token_that_does_not_hold_is_refused(tree: Tree, tmp_path: Path) -> None:
    ended = apply(tree, "vcl_000000000000_" + "A" * 43, folder(tmp_path, "no-token"))

    assert (ended.returncode, ended.stdout) == (1, "")
    assert "[token_invalid]" in ended.stderr


def test_what_follows_is_done_and_read_from_the_command_line(tree: Tree, token: str, tmp_path: Path) -> None:
    application = json.loads(apply(tree, token, folder(tmp_path, "by-command")).stdout)["application"]
    (tmp_path / "body.json").write_text('{"criterion": "I-1.2-01", "reason": "It judges no people."}')
    at = {"CERTIFY_TOKEN": token, "CERTIFY_SERVER": tree.address}

    def act(*words: str | Path) -> subprocess.CompletedProcess[str]:
        return certify("act", "applications", application, *words, **at)

    stated = act("state-not-applicable", "--body", tmp_path / "body.json", "--json")
    again = act("state-not-applicable", "--body", tmp_path / "body.json", "--json")
    refused = act("approve-plan")
    left = act("withdraw-application")
    reading = json.loads(certify("read", "applications", application, **at).stdout)

    assert (stated.returncode, again.stdout) == (0, stated.stdout), stated.stderr
    assert json.loads(stated.stdout)["receipt"]["stream"] == f"case/{application}"
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.endswith("[role_missing]\n")
    assert left.returncode == 0
    assert reading["stage"] == "withdrawn_by_applicant"


async def test_a_file_that_changes_after_it_was_lodged_is_not_taken(tree: Tree, token: str, tmp_path: Path) -> None:
    path = folder(tmp_path, "changed")
    client = ApiClient(tree.address, token)
    steps = lodge_folder(client, read_folder(path))
    application = await anext(steps)
    (path / "impact-assessment.md").write_text("Changed meanwhile.\n")

    with pytest.raises(Unacceptable) as refused:
        await anext(steps)

    assert refused.value.code == "digest_differs"
    assert (await client.application(application))["evidence"] == []
    await client.close()


async def test_of_many_acts_sent_at_once_under_one_key_one_is_taken_and_the_others_are_told(
    tree: Tree, token: str, tmp_path: Path
) -> None:
    client = ApiClient(tree.address, token)
    lodged = [step async for step in lodge_folder(client, read_folder(folder(tmp_path, "at-once")))]
    path = f"/api/applications/{lodged[0]}/state-not-applicable"

    answers = await asyncio.gather(
        *(client.post(path, {"criterion": "I-1.1-01", "reason": f"Reason {number}"}, key="k") for number in range(6)),
        return_exceptions=True,
    )

    taken = [one for one in answers if isinstance(one, dict)]
    refused = [one.code for one in answers if isinstance(one, ProcedureError)]
    assert (len(taken), refused) == (1, ["other_act_same_key"] * 5)
    await client.close()


async def test_files_sent_at_once_do_not_outgrow_the_case_and_a_wrong_one_is_not_kept(
    tmp_path: Path,
) -> None:
    with Tree(tmp_path / "data", CERTIFY_EVIDENCE_CASE_MAX_BYTES="250000") as small:
        organisation = await entered(small.settings, example())
        person, _ = await administration.invite_person(
            small.settings, name="Anna", email=None, roles=[Role.APPLICANT], organisation=organisation, areas=[]
        )
        held = await administration.create_token(
            small.settings, email=None, person=person, scopes=["act", "read"], days=1
        )
        client = ApiClient(small.address, held)
        application = await client.lodge(read_folder(folder(tmp_path, "small")).application)
        path = f"/api/applications/{application}/files"
        async with httpx2.AsyncClient(base_url=small.address, headers={"Authorization": f"Bearer {held}"}) as http:
            before = stored_bytes(small)
            wrong = await http.post(path, content=b"x" * 90_000, headers={"Content-Digest": f"sha-256=:{'A' * 43}=:"})
            unreadable = await http.post(path, content=b"x", headers={"Content-Digest": "sha-256=é".encode()})
            assert (wrong.json()["code"], unreadable.json()["code"]) == ("digest_differs", "digest_unreadable")
            assert stored_bytes(small) == before

            sent = await asyncio.gather(*(http.post(path, content=str(one).encode() * 90_000) for one in range(1, 7)))

        assert sorted(one.status_code for one in sent) == [200, 200, 413, 413, 413, 413]
        # Sealed, a file of this size is some hundred bytes longer.
        assert 0 <= stored_bytes(small) - before - 180_000 < 2_000
        await client.close()


def stored_bytes(tree: Tree) -> int:
    return sum(file.stat().st_size for file in (tree.data / "evidence").rglob("*") if file.is_file())
