"""What waits for a member, a third party or a label officer; and what they decided before."""

from collections.abc import Iterable
from datetime import UTC, datetime

from certify.accounts.parts import Part
from certify.accounts.reading import CaseReading
from certify.web.casework import ListedCase
from certify.web.language import Language, marked, sentence
from certify.web.reasons import reason_of
from workflows.rules.case.interest_reports import KIND_CONFIRM

_DECLARE = "declare_interests"
_REFUSE = "answer_assignment"
_DUTIES = {
    KIND_CONFIRM: marked("Confirm or reject a reported interest"),
    "submit_recommendation": marked("Recommend a decision"),
    "cast_ballot": marked("Cast your ballot"),
    "record_third_party_report": marked("Hand in the neutral third party's report"),
    "release_label": marked("Release the label"),
}
_OTHERS = {
    _DECLARE: marked("Declare your interests"),
    "recuse": marked("Leave the electorate of this round"),
    _REFUSE: marked("Say that you will not act as third party"),
}
_NOBODYS = frozenset(
    {
        "not_drawn",
        "role_missing",
        "wrong_stage",
        "no_release_needed",
        "no_open_round",
        "nothing_reported",
        "another_settles",
    }
)
"""Reasons for which an act is not listed at all: it is another person's, or nobody's now."""
_TO_DO, _DONE, _LATER, _IF_NEEDED = marked("To do"), marked("Done"), marked("Cannot start yet"), marked("If needed")
_NEVER = datetime.max.replace(tzinfo=UTC)


def duty_of(reading: CaseReading) -> str | None:
    """Return the act that waits for the reader, None for none; whoever must declare interests does that first."""
    for kind in _DUTIES:
        if reading.may[kind] is None:
            return kind
        if reading.may[kind] == "interests_not_declared" and reading.may[_DECLARE] is None:
            return _DECLARE
    return None


def due_at(reading: CaseReading, kind: str) -> datetime | None:
    """Return by when a duty must be done, where the clock says so."""
    if kind == "record_third_party_report":
        return reading.due_by("third_party_report")
    return reading.clock.round_closes_at


def _owes_report(reading: CaseReading) -> bool:
    return Part.THIRD_PARTY in reading.parts and reading.due_by("third_party_report") is not None


def waiting(language: Language, listed: Iterable[ListedCase]) -> list[dict[str, object]]:
    """Return what waits for the reader, what is due first at the top."""
    found = [(one.reading, kind) for one in listed if (kind := duty_of(one.reading)) is not None]
    found.sort(key=lambda pair: due_at(*pair) or _NEVER)
    return [
        {
            "text": sentence(language, {**_DUTIES, **_OTHERS}[kind]),
            "href": _href(reading, kind),
            "due_at": due_at(reading, kind),
            "reading": reading,
            "vote": reading.rounds[-1] if reading.clock.round_closes_at else None,
        }
        for reading, kind in found
    ]


def voting(listed: Iterable[ListedCase]) -> list[CaseReading]:
    """Return the cases on which a round is open, what closes first at the top."""
    found = [one.reading for one in listed if one.reading.clock.round_closes_at is not None]
    return sorted(found, key=lambda reading: reading.clock.round_closes_at or _NEVER)


def decided(listed: Iterable[ListedCase]) -> list[CaseReading]:
    """Return the cases that were decided, the last decision at the top."""
    found = [(one.reading.decision.decided_at, one.reading) for one in listed if one.reading.decision is not None]
    return [reading for _, reading in sorted(found, key=lambda pair: pair[0], reverse=True)]


def tasks_of(language: Language, reading: CaseReading) -> list[dict[str, object]]:
    """Return the reader's tasks in a case, as a task list shows them."""
    declared = reading.own.interests is not None
    tasks = [] if reading.may[_DECLARE] and not declared else [_task(language, reading, _DECLARE, done=declared)]
    for kind in (*_DUTIES, "recuse", _REFUSE):
        if _concerns(reading, kind) and reading.may[kind] not in _NOBODYS:
            done = reading.may[kind] in {"already_voted", "already_reported", "already_released"}
            tasks.append(_task(language, reading, kind, done=done))
    return tasks


def _href(reading: CaseReading, kind: str) -> str:
    """Return where an act is done; a reported interest is settled from the list of them."""
    here = f"/commission/{reading.id}"
    return f"{here}#interest-reports" if kind == KIND_CONFIRM else f"{here}/{kind.replace('_', '-')}"


def _concerns(reading: CaseReading, kind: str) -> bool:
    return {
        "submit_recommendation": reading.own.is_rapporteur,
        "cast_ballot": Part.MEMBER in reading.parts,
        "recuse": reading.own.is_elector,
        "record_third_party_report": Part.THIRD_PARTY in reading.parts,
        _REFUSE: _owes_report(reading) and not reading.may[_REFUSE],
        "release_label": Part.LABEL_OFFICER in reading.parts,
        KIND_CONFIRM: Part.MEMBER in reading.parts,
    }[kind]


def _task(language: Language, reading: CaseReading, kind: str, *, done: bool) -> dict[str, object]:
    barred = reading.may[kind]
    status = _DONE if done else _LATER if barred else _IF_NEEDED if kind in {"recuse", _REFUSE} else _TO_DO
    return {
        "name": sentence(language, {**_DUTIES, **_OTHERS}[kind]),
        "href": None if barred else _href(reading, kind),
        "hint": reason_of(language, barred) if barred and not done else None,
        "status": sentence(language, status),
        "done": done,
    }
