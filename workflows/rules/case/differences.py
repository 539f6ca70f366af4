"""What a decision record states against what the rules give: each difference at its place."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from pydantic import BaseModel, JsonValue

from schemas.acts import ACTS
from schemas.case import Case
from schemas.errors import ProcedureError
from schemas.event import Event
from schemas.people import PersonFacts, Role
from schemas.scheme import SchemeRules
from workflows.rules.case.procedure import decide

NOT_COMPUTABLE: Final = (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError)
"""What the rules raise on a case that no procedure can have led to; they believe what is recorded."""

_CODES: Final = {
    "assessment": "other_tier",
    "closed_at": "other_time",
    "closes_at": "other_time",
    "decided_at": "other_time",
    "electorate": "other_electorate",
    "grounds": "other_grounds",
    "majority": "other_quorum",
    "manifest_digest": "other_manifest",
    "base_min": "other_quorum",
    "number": "other_number",
    "outcome": "other_outcome",
    "plan": "other_plan",
    "pool": "other_panel",
    "protocols": "other_protocols",
    "quorum": "other_quorum",
    "results": "other_results",
    "rule": "other_gate",
    "scheme": "other_scheme",
    "scheme_digest": "other_scheme",
    "seed": "other_panel",
    "tally": "other_tally",
}
"""The code of a difference, by the last step of its place that has one."""


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One thing in which record and rules do not agree.

    Attributes:
        place: where in the record, as a JSON pointer (RFC 6901).
        code: stable name of what is wrong; a refusal of the procedure keeps its own.
        stated: what stands there; `computed`: what the rules give. Both None where a rule refuses the whole.
    """

    place: str
    code: str
    message: str
    stated: JsonValue = None
    computed: JsonValue = None


class NotAgain(Exception):  # noqa: N818  # a finding about the record, not a fault of the program
    """An act that the record holds would not be taken again."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    def at(self, place: str) -> Difference:
        """Return the difference this is at a place of the record."""
        return Difference(place=place, code=self.code, message=self.message)


def differing(place: str, stated: object, computed: object) -> Iterator[Difference]:
    """Yield each place at which two values differ, as deep as both have the same shape."""
    stated, computed = _plain(stated), _plain(computed)
    if isinstance(stated, dict) and isinstance(computed, dict) and stated.keys() == computed.keys():
        for key in stated:
            yield from differing(f"{place}/{_escaped(key)}", stated[key], computed[key])
    elif _are_alike(stated, computed):
        for at, (one, other) in enumerate(zip(stated, computed, strict=True)):  # type: ignore[call-overload]  # two lists
            yield from differing(f"{place}/{at}", one, other)
    elif stated != computed:
        yield Difference(
            place=place,
            code=_code_of(place),
            message="The rules give something else.",
            stated=stated,  # type: ignore[arg-type]  # JSON, as `_plain` made it
            computed=computed,  # type: ignore[arg-type]  # as above
        )


def pointer(*steps: str | int) -> str:
    """Return a JSON pointer (RFC 6901)."""
    return "".join(f"/{_escaped(str(step))}" for step in steps)


def done_again(case: Case, rules: SchemeRules, at: datetime, kind: str, who: PersonFacts, **content: Any) -> Event:
    """Return the event of an act that is done once more, on the case as it was before it.

    Raises:
        NotAgain: the procedure refuses it; the code is the refusal's, or `not_computable`.
    """
    try:
        act = ACTS[kind](act_id="recomputed", application=case.id, actor=who, **content)
        return decide(case, act, at, rules)[0]
    except ProcedureError as refusal:
        raise NotAgain(refusal.code, refusal.message) from None
    except NOT_COMPUTABLE as error:
        raise NotAgain("not_computable", f"No procedure can have led to this ({type(error).__name__}).") from None


def someone(person: str, role: Role) -> PersonFacts:
    """Return a person as a record knows them: an id, and the role their act needs."""
    return PersonFacts(person=person, roles=(role,))


def _plain(value: object) -> object:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, (tuple, list)):
        return [_plain(part) for part in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return value


def _are_alike(stated: object, computed: object) -> bool:
    """Whether two lists are of models, one for one: only then is a place in the list worth naming."""
    lists = isinstance(stated, list) and isinstance(computed, list) and len(stated) == len(computed)
    return lists and all(isinstance(one, dict) for one in stated)  # type: ignore[attr-defined]  # a list


def _escaped(step: str) -> str:
    return step.replace("~", "~0").replace("/", "~1")


def _code_of(place: str) -> str:
    steps = reversed(place.split("/"))
    return next((_CODES[step] for step in steps if step in _CODES), "other_content")
