"""Keep a small data folder of a release: every later version must open it (`tests/journeys/test_kept_data.py`).

    python scripts/keep_data_folder.py first

The demonstration makes it: one low-tier case, granted, with its label. Its keys are test keys and sign nothing else.
"""

import asyncio
import shutil
import sqlite3
import sys
import tempfile
from pathlib import Path

from certify.programs.demo import demo

KEPT = Path(__file__).parents[1] / "tests" / "data"
PARTS = ("evidence/case", "keys", "signer")


def main(name: str) -> None:
    """Make and shrink a data folder; one that is kept is never made again."""
    target = KEPT / name / "data"
    if target.exists():
        sys.exit(f"{target} is kept already")
    made = Path(tempfile.mkdtemp())
    code = asyncio.run(demo(asyncio.Event(), folder=None, data=made, port=None, refuse=False, once=True, as_json=True))
    if code != 0:
        sys.exit(code)
    target.mkdir(parents=True)
    for part in PARTS:
        shutil.copytree(made / part, target / part)
    with sqlite3.connect(made / "certify.db") as database:
        database.execute("VACUUM INTO ?", (str(target / "certify.db"),))
    shutil.rmtree(made)


if __name__ == "__main__":
    main(*sys.argv[1:])
