"""A database restored to before a label was issued, alone and with the log, by the real programs (I22, F24)."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from certify.programs.client import ApiClient
from certify.programs.demo_case import DemoCase
from schemas.errors import Unavailable
from schemas.people import Role
from schemas.scheme import BUILT_IN
from schemas.scheme_loading import load_scheme
from tests.programs import Players, Tree, certify, example, record_in, wait_until

pytestmark = pytest.mark.slow


@pytest.fixture
def tree(tmp_path: Path) -> Iterator[Tree]:
    with Tree(tmp_path / "data") as found:
        yield found


def case_of(players: Players, reference: str) -> DemoCase:
    folder = example()
    application = folder.application.model_copy(update={"reference": reference})
    changed = folder.__class__(**{**vars(folder), "application": application})
    return DemoCase(players, changed, load_scheme(BUILT_IN).rules, refuse=False)  # type: ignore[arg-type]  # people


async def lodge(players: Players, reference: str) -> None:
    """Send an application once: players send theirs again until the record is whole."""
    applicant = players.one(Role.APPLICANT)
    api = ApiClient(applicant.api.server, applicant.api.token)
    try:
        await api.lodge(example().application.model_copy(update={"reference": reference}))
    finally:
        await api.close()


def told(tree: Tree, path: str) -> dict[str, Any]:
    """What programs are answered."""
    answer = httpx2.get(f"{tree.address}{path}", headers={"Accept": "application/json"}, timeout=10)
    return {"status": answer.status_code, **answer.json()}


async def labelled(tree: Tree, players: Players, reference: str) -> dict[str, Any]:
    """Carry a case to its label, and wait until that is in force."""
    label: dict[str, Any] = (await case_of(players, reference).play())["label"]
    wait_until(lambda: told(tree, f"/{label['id']}.json")["standing"] == "in_force", what="the label in force")
    return label


def keep(tree: Tree, name: str) -> Path:
    """Stop the programs, and copy the record and what was published."""
    assert tree.stop() == 0
    kept = tree.data.with_name(name)
    shutil.copytree(tree.data / "published", kept / "published")
    shutil.copy(tree.data / "certify.db", kept / "certify.db")
    return kept


def restore(tree: Tree, kept: Path, *, published: bool = False) -> None:
    """Put a copy of the record in its place, or of both, and start the programs."""
    for path in tree.data.glob("certify.db*"):
        path.unlink()
    shutil.copy(kept / "certify.db", tree.data / "certify.db")
    if published:
        shutil.rmtree(tree.data / "published")
        shutil.copytree(kept / "published", tree.data / "published")
    tree.start()


async def assert_nothing_is_told_or_taken(tree: Tree, players: Players, *labels: dict[str, Any]) -> None:
    """Ask about labels in force by number and by token, and try to lodge."""
    for label in labels:
        for path in (f"/{label['id']}.json", f"/C/{label['token']}"):
            answer = told(tree, path)
            assert (answer["status"], answer["standing"]) == (503, "could_not_check"), path
            assert "is being restored" in answer["reason"]
    with pytest.raises(Unavailable, match="record_behind_log"):
        await lodge(players, "third")


async def test_a_restored_record_takes_no_act_issues_nothing_and_never_calls_a_logged_label_unknown(
    tree: Tree,
) -> None:
    players = await Players.admitted(tree.settings, example())
    first = await labelled(tree, players, "first")
    earlier = keep(tree, "earlier")
    tree.start()
    second = await labelled(tree, players, "second")
    whole = keep(tree, "whole")

    restore(tree, earlier)
    wait_until(lambda: '"record_differs"' in tree.log, what="publication_stopped")
    assert "publication_stopped" in tree.log
    await assert_nothing_is_told_or_taken(tree, players, first, second)
    assert (await record_in(tree.settings)).labels == 1
    tree.stop()

    restore(tree, earlier, published=True)
    wait_until(lambda: '"log_behind_signatures"' in tree.log, what="the signer looks into its own lines")
    wait_until(lambda: told(tree, f"/{first['id']}.json")["status"] == 503, what="the pages hear of it")
    await assert_nothing_is_told_or_taken(tree, players, first, second)
    tree.stop()

    restore(tree, whole)
    for label in (first, second):
        wait_until(lambda one=label: told(tree, f"/{one['id']}.json")["standing"] == "in_force", what="in force")
    await labelled(tree, players, "fourth")
    await players.close()
    found = certify("check", "--data", tree.data)
    assert found.returncode == 0, found.stdout + found.stderr
