"""`certify decision`: recompute a decision from its record, offline. The record itself comes from `decision export`.

Reads one file and nothing else: no settings, no data folder, no network, no scheme but the one in the record.
"""

import json
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, Any, Final, NoReturn

import typer
from pydantic import ValidationError

from labels.signed_acts import counted, signature_problems
from schemas.decision_record import EDITION_KNOWN, FORMAT, VERSION, DecisionRecord
from workflows.rules.case.differences import Difference, pointer
from workflows.rules.case.recomputation import Recomputation, recompute

app = typer.Typer(name="decision", no_args_is_help=True, help="Decisions: export one, and recompute it offline.")

UNREADABLE, DIFFERS, COULD_NOT_CHECK = 2, 3, 4
BYTES_MAX: Final = 16 * 1024 * 1024
"""A record filled to all that the rules allow, with its scheme, has a few megabytes."""


class RecordUnreadable(Exception):  # noqa: N818  # a wrong argument, not a fault of the program
    """What was given is no decision record, or none this version knows."""

    def __init__(self, code: str, message: str, exit_code: int = UNREADABLE) -> None:
        super().__init__(message)
        self.code = code
        self.exit_code = exit_code


@app.command(
    epilog="Example: certify decision verify record.json. Exit codes: 0 the record amounts to the decision it states, "
    "2 not a decision record, 3 it amounts to something else, 4 could not check."
)
def verify(
    file: Annotated[str, typer.Argument(help="A decision record; - reads it from stdin.", show_default=False)],
    machine: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")] = False,
) -> None:
    """Recompute a decision from its record alone: tier, results, draw, tally, quorum, majority, outcome."""
    try:
        record = read_record(_content_of(file))
    except RecordUnreadable as problem:
        _fail(problem, machine=machine)
    answer = with_signatures(record, recompute(record))
    typer.echo(json.dumps(_as_json(record, answer), ensure_ascii=False) if machine else _in_words(record, answer))
    raise typer.Exit(0 if answer.agrees else DIFFERS)


def with_signatures(record: DecisionRecord, answer: Recomputation) -> Recomputation:
    """Return what a record amounts to, with each ballot that its receipt does not show to be its member's."""
    found = [
        Difference(place=problem.place, code=problem.code, message=problem.message)
        for problem in signature_problems(record, record.signed)
    ]
    return replace(answer, differences=(*answer.differences, *found))


def read_record(content: bytes) -> DecisionRecord:
    """Read a decision record strictly: what two readers could understand differently is refused.

    Raises:
        RecordUnreadable: `not_a_record`, naming the first thing that is wrong; `unknown_version`, `unknown_edition`.
    """
    document = _json_of(content)
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise RecordUnreadable("not_a_record", "This is no decision record.")
    version = document.get("version")
    if isinstance(version, int) and version > VERSION:
        message = f"This record is of version {version}; this program knows {VERSION}."
        raise RecordUnreadable("unknown_version", message, COULD_NOT_CHECK)
    edition = document.get("edition")
    if isinstance(edition, int) and edition > EDITION_KNOWN:
        message = f"This case follows edition {edition} of the procedure; this program knows {EDITION_KNOWN}."
        raise RecordUnreadable("unknown_edition", message, COULD_NOT_CHECK)
    try:
        return DecisionRecord.model_validate_json(content, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise RecordUnreadable("not_a_record", f"{pointer(*first['loc'])}: {first['msg']}") from None


def _content_of(file: str) -> bytes:
    try:
        if file == "-":
            content = sys.stdin.buffer.read(BYTES_MAX + 1)
        else:
            with Path(file).open("rb") as opened:
                content = opened.read(BYTES_MAX + 1)
    except (OSError, ValueError) as error:
        raise RecordUnreadable("record_unreadable", f"{file} cannot be read: {error}") from None
    if len(content) > BYTES_MAX:
        raise RecordUnreadable("record_too_large", f"A decision record has at most {BYTES_MAX} bytes.")
    return content


def _json_of(content: bytes) -> Any:
    try:
        return json.loads(content.decode("utf-8"), object_pairs_hook=_without_doubles, parse_constant=_no_number)
    except RecursionError:
        raise RecordUnreadable("not_a_record", "This is nested too deeply.") from None
    except ValueError as error:
        raise RecordUnreadable("not_a_record", f"This is no JSON: {error}") from None


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a key that stands twice: one reader would take the first, another the last."""
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {twice!r} stands twice")
    return found


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number")


def _fail(problem: RecordUnreadable, *, machine: bool) -> NoReturn:
    if machine:
        typer.echo(json.dumps({"agrees": None, "code": problem.code, "message": str(problem)}, ensure_ascii=False))
    typer.echo(f"certify: {problem} [{problem.code}]", err=True)
    raise typer.Exit(problem.exit_code)


def _as_json(record: DecisionRecord, answer: Recomputation) -> dict[str, Any]:
    return {
        "agrees": answer.agrees,
        "application": record.id,
        "decision": record.decision.number,
        "stated": record.decision.outcome,
        "recomputed": {
            "tier": answer.tier,
            "results": [result.model_dump(mode="json") for result in answer.results],
            "passes": answer.passes,
            "electorate": answer.electorate,
            "tally": answer.tally.model_dump(mode="json") if answer.tally else None,
            "outcome": answer.outcome,
        },
        "differences": [asdict(difference) for difference in answer.differences],
    }


def _in_words(record: DecisionRecord, answer: Recomputation) -> str:
    tally, decision = answer.tally, record.decision
    passes = "pass" if answer.passes else "do not pass"
    lines = [
        f"decision {decision.number}: {decision.outcome}, as stated; {answer.outcome or 'none'}, as recomputed",
        f"tier: {answer.tier}; {len(answer.results)} results, which {passes}",
    ]
    if tally is not None:
        lines.append(
            f"round {decision.round}: {tally.present} of {tally.base} voted, {tally.in_favour} to grant, "
            f"{tally.against} to refuse, {tally.abstain} abstained; quorum {_reached(tally.quorum_reached)}, "
            f"majority {_reached(tally.majority_reached)}"
        )
    lines += _signed_in_words(record)
    lines += [_line(difference) for difference in answer.differences]
    found = len(answer.differences)
    lines.append(
        "The record amounts to this decision."
        if answer.agrees
        else f"The record does not amount to this decision: {found} difference{'s' if found > 1 else ''}."
    )
    return "\n".join(lines)


def _signed_in_words(record: DecisionRecord) -> list[str]:
    vote = next((one for one in record.rounds if one.number == record.decision.round), None)
    if vote is None or vote.origin is None:
        return ["ballots: not signed, as the procedure of this case has it"]
    of = counted(vote, record.signed)
    return [f"ballots: {of.passkeys} signed by passkey, {of.countersigned} by one-time code and countersigned"]


def _reached(reached: bool) -> str:
    return "reached" if reached else "not reached"


def _line(difference: Difference) -> str:
    if difference.stated is None and difference.computed is None:
        return f"{difference.place}: {difference.message} [{difference.code}]"
    stated, computed = (json.dumps(value, ensure_ascii=False) for value in (difference.stated, difference.computed))
    return f"{difference.place}: stated {stated}, recomputed {computed} [{difference.code}]"
