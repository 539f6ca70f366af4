"""A label that ends is told as ended everywhere, with worker, Temporal and store down by then (I7, gate G9)."""

import json
import signal
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest

from certify.programs.demo_case import DemoCase
from labels.bundle import read_bundle
from labels.key_set import KeySet
from labels.offline import Evidence, answer_for
from schemas.people import Role
from schemas.scheme import BUILT_IN
from schemas.scheme_loading import load_scheme
from tests.programs import Players, Tree, example, wait_until

pytestmark = pytest.mark.slow

ONLINE, IN_LISTS = 60.0, 900.0
"""Seconds (security, I7)."""


@pytest.fixture
def tree(tmp_path: Path) -> Iterator[Tree]:
    with Tree(tmp_path / "data") as found:
        yield found


def text_of(tree: Tree, path: str, accept: str = "text/html") -> str:
    return httpx2.get(f"{tree.address}{path}", headers={"Accept": accept}, timeout=10).text


def offline(tree: Tree, token: str) -> str | None:
    """What somebody is told who has the bundle and no network."""
    bundle = read_bundle(httpx2.get(f"{tree.address}/offline.bundle", timeout=10).content)
    keys = KeySet.from_json(text_of(tree, "/.well-known/jwks.json", "application/json"))
    return answer_for(token, Evidence(keys, lists=tuple(bundle.lists.values())), at=datetime.now(UTC)).standing


async def test_a_label_that_ended_is_in_force_nowhere_a_minute_later_and_in_no_list_after_fifteen(tree: Tree) -> None:
    players = await Players.admitted(tree.settings, example())
    label = (await DemoCase(players, example(), load_scheme(BUILT_IN).rules, refuse=False).play())["label"]
    number, token = label["id"], label["token"]
    surfaces: dict[str, Callable[[], bool]] = {
        "JSON": lambda: json.loads(text_of(tree, f"/{number}.json", "application/json"))["standing"] == "in_force",
        "page": lambda: "Label in force" in text_of(tree, f"/{number}"),
        "page of the token": lambda: "Label in force" in text_of(tree, f"/C/{token}"),
        "badge": lambda: "Label in force" in text_of(tree, f"/{number}.badge.svg"),
        "directory": lambda: "Digit Reader" in text_of(tree, "/labels?standing=in_force"),
    }
    for name, holds in surfaces.items():
        wait_until(holds, what=f"the label in force: {name}")
    wait_until(lambda: offline(tree, token) == "in_force", what="the label in force: list")

    await players.one(Role.APPLICANT).api.post(f"/api/labels/{number}/end-label", {"reasons": "We stopped."})
    ended = time.monotonic()
    for program in ("worker", "temporal"):
        tree.program(program).send_signal(signal.SIGSTOP)
    (tree.data / "evidence").rename(tree.data / "evidence-is-away")

    for name, holds in surfaces.items():
        wait_until(lambda one=holds: not one(), within=ONLINE, what=f"the end of the label: {name}")  # type: ignore[misc]
        sys.stderr.write(f"  {name}: {time.monotonic() - ended:.1f} s\n")
    wait_until(lambda: offline(tree, token) == "withdrawn", within=IN_LISTS, what="the end of the label: list")
    sys.stderr.write(f"  list: {time.monotonic() - ended:.1f} s\n")
    await players.close()
