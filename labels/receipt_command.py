"""`python -m labels receipt FILE`: verify who cast the ballots of a decision record, offline.

Only signatures are looked at; whether the ballots amount to the decision, `certify decision verify` recomputes.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from labels.signed_acts import counted, signature_problems
from schemas.decision_record import DecisionRecord

NAME = "receipt"
VERIFIED, FALSE, COULD_NOT_CHECK = 0, 3, 4
_EPILOG = """exit codes: 0 every ballot is its member's; 2 wrong arguments; 3 one is not, and is named; 4 could not
check. Example: python -m labels receipt record.json"""


def add_to(commands: Any) -> None:
    """Add the command to the parser of `python -m labels`."""
    parser = commands.add_parser(NAME, help="who cast the ballots of this decision record?", epilog=_EPILOG)
    parser.add_argument("file", metavar="FILE", type=Path, help="a decision record")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")


def run(options: argparse.Namespace) -> int:
    """Print the answer on stdout; return the exit code."""
    try:
        record = DecisionRecord.model_validate_json(options.file.read_bytes(), strict=True)
    except (OSError, ValidationError):
        print(f"{options.file}: cannot be read as a decision record [record_unreadable]", file=sys.stderr)  # noqa: T201  # what went wrong
        return COULD_NOT_CHECK
    found = list(signature_problems(record, record.signed))
    lines = [f"{one.place}: {one.message} [{one.code}]" for one in found]
    of = {vote.number: counted(vote, record.signed) for vote in record.rounds if vote.origin is not None}
    if options.json:
        rounds = [{"round": number, **vars(one)} for number, one in of.items()]
        codes = [{"place": one.place, "code": one.code} for one in found]
        print(json.dumps({"verified": not found, "rounds": rounds, "problems": codes}))  # noqa: T201  # the answer
        return FALSE if found else VERIFIED
    told = [f"round {n}: {one.passkeys} signed by passkey, {one.countersigned} countersigned" for n, one in of.items()]
    print("\n".join([*told, *lines] or ["Nothing is signed in this record, as its procedure has it."]))  # noqa: T201  # the answer
    return FALSE if found else VERIFIED
