"""A row of a view that an earlier version made says all that it could say then, and nothing else (I9)."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from certify.register.database import Database
from schemas.scheme import Tier
from tests.cells import rewrite
from tests.unit.certify.register.certified import founded

LATER = "third_party_drawn_at"


def without(name: str) -> Callable[[str], str]:
    """A state that lacks one field."""
    return lambda state: json.dumps({key: one for key, one in json.loads(state).items() if key != name})


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (without(LATER), []),
        (without("third_party_drawn"), ["view_differs"]),
        (lambda state: json.dumps({**json.loads(state), LATER: "2020-01-01T00:00:00Z"}), ["view_differs"]),
    ],
    ids=["what is derived since is lacking", "another field is lacking", "what is derived since is another"],
)
async def test_the_check_asks_of_a_row_no_more_than_its_version_knew(
    database: Database, tmp_path: Path, change: Callable[[str], str], found: list[str]
) -> None:
    body = await founded(database, tmp_path)
    await body.certified(Tier.CRITICAL, edition=2)
    assert await body.codes() == []
    await body.as_owner()

    await rewrite(database, "case.state", change)

    assert await body.codes() == found
