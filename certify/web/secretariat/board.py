"""The board: what waits for the secretariat, what comes next in each case, and by when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from certify.accounts.parts import Part
from certify.accounts.reading import CaseReading
from certify.web.casework import ListedCase
from certify.web.language import Language, marked, sentence
from certify.web.reasons import reason_of
from schemas.scheme import SchemeRules
from schemas.stages import Stage
from workflows.rules.case.evaluation import failed
from workflows.rules.case.hearing import REQUIRED
from workflows.rules.case.interest_reports import KIND_CONFIRM

_ACTS = {
    "accept_application": marked("Accept the application"),
    "decline_application": marked("Decline the application"),
    "assign_reviewers": marked("Ask the proposed reviewers"),
    "assign_reviewer": marked("Ask a reviewer"),
    "approve_plan": marked("Approve the evaluation plan"),
    "relieve_reviewer": marked("Relieve somebody who does not do what they said yes to"),
    "record_lookup": marked("Record the lookups"),
    "draw_third_party": marked("Draw the neutral third party"),
    "open_tier_round": marked("Put a higher risk tier to the vote"),
    "appoint_rapporteur": marked("Appoint the rapporteur"),
    "record_hearing": marked("Record the hearing"),
    "open_round": marked("Open a round of the Commission"),
    "countersign": marked("Countersign for somebody without a passkey"),
    KIND_CONFIRM: marked("Confirm or reject a reported interest"),
}
_INTAKE = marked("Decide on the intake")
_ASKED = marked("Hear the applicant, who asked to be heard")
_ASKED_HINT = marked("The applicant asked to be heard.")
_TO_DO, _DONE, _LATER, _IF_NEEDED = marked("To do"), marked("Done"), marked("Cannot start yet"), marked("If needed")
_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class BoardCase:
    """A case on the board; `is_overdue` when its next date has passed."""

    reading: CaseReading
    due_at: datetime | None
    is_overdue: bool


def due_at(reading: CaseReading) -> datetime | None:
    """Return the next date of a case: that of the stage's clock, as both sides see it."""
    return {
        Stage.INTAKE: reading.due_by("intake"),
        Stage.EVIDENCE: reading.clock.evidence_due_at,
        Stage.PLANNING: reading.due_by("planning"),
        Stage.EVALUATION: reading.clock.evaluation_due_at,
        Stage.CORRECTION: _correction_due(reading),
        Stage.RECOMMENDATION: _recommendation_due(reading),
        Stage.DECISION: reading.clock.hearing_due_at
        or reading.due_by("round_opening")
        or reading.clock.round_closes_at,
        Stage.ATTESTATION: reading.due_by("release"),
    }.get(reading.stage)


def _correction_due(reading: CaseReading) -> datetime | None:
    open_ones = [one.due_at for one in reading.nonconformities if one.closed_at is None and not one.is_past]
    return min(open_ones, default=None)


def _recommendation_due(reading: CaseReading) -> datetime | None:
    dates = (reading.clock.hearing_due_at, reading.due_by("recommendation"))
    return min((one for one in dates if one is not None), default=None)


def duty_of(reading: CaseReading, rules: SchemeRules) -> str | None:
    """Return the act by which the secretariat moves a case on now, None while it waits for others."""
    if any(one.may_settle for one in reading.interest_reports):
        return KIND_CONFIRM
    if reading.stage in {Stage.RECOMMENDATION, Stage.DECISION} and reading.may["record_lookup"] is None:
        return "record_lookup"
    if reading.stage == Stage.INTAKE:
        duty: str | None = "accept_application"
    elif reading.stage == Stage.PLANNING or _is_planned_again(reading):
        duty = _planning(reading, rules)
    elif reading.stage == Stage.EVALUATION:
        duty = _evaluation(reading, rules)
    elif reading.stage == Stage.RECOMMENDATION:
        duty = _recommendation(reading, rules)
    else:
        duty = _decision(reading) if reading.stage == Stage.DECISION else None
    return duty if duty and reading.may[duty] is None else None


def _planning(reading: CaseReading, rules: SchemeRules) -> str | None:
    if reading.may["approve_plan"] is None:
        return "approve_plan"
    wanted = rules.tiers[reading.tier].reviewers
    asked = (
        [one for one in reading.participants.assignments if one.accepted is not False] if reading.participants else []
    )
    if not asked and reading.may["assign_reviewers"] is None:
        return "assign_reviewers"
    covered = {area for one in asked for area in one.areas}
    return "assign_reviewer" if len(asked) < wanted.count or set(wanted.areas) - covered else None


def _evaluation(reading: CaseReading, rules: SchemeRules) -> str | None:
    if reading.disputed_tier is not None:
        return "open_tier_round"
    if open_lookups(reading):
        return "record_lookup"
    needed = rules.tiers[reading.tier].neutral_third_party == "required"
    return "draw_third_party" if needed and reading.may["draw_third_party"] is None else None


def _recommendation(reading: CaseReading, rules: SchemeRules) -> str | None:
    if reading.participants and reading.participants.rapporteur is None:
        return "appoint_rapporteur"
    needed = _is_heard_anyway(reading, rules) or bool(failed(reading.results))
    return "record_hearing" if needed and not _is_heard(reading) else None


def _is_heard_anyway(reading: CaseReading, rules: SchemeRules) -> bool:
    return _asked(reading) or rules.tiers[reading.tier].decision.hearing == REQUIRED


def _asked(reading: CaseReading) -> bool:
    return reading.hearing_asked is not None


def _is_heard(reading: CaseReading) -> bool:
    return reading.hearing is not None or reading.hearing_waived


def _decision(reading: CaseReading) -> str | None:
    return "record_hearing" if reading.may["open_round"] == "hearing_missing" else "open_round"


def open_lookups(reading: CaseReading) -> tuple[str, ...]:
    """Return the criteria the secretariat has still to look up."""
    return reading.lookups_outstanding


def waiting(language: Language, listed: Iterable[ListedCase], now: datetime) -> list[dict[str, object]]:
    """Return what waits for the secretariat, what is due first at the top."""
    found = [
        (_on_board(one, now), duty)
        for one in listed
        if (duty := duty_of(one.reading, one.scheme.rules)) is not None and Part.SECRETARIAT in one.reading.parts
    ]
    found.sort(key=lambda pair: pair[0].due_at or _NEVER)
    return [
        {
            "text": sentence(language, _name_of(one.reading, duty)),
            "href": _href(one.reading, duty),
            "case": one,
            "due_at": one.due_at,
        }
        for one, duty in found
    ]


def _name_of(reading: CaseReading, kind: str) -> str:
    if kind == "accept_application":
        return _INTAKE
    return _ASKED if kind == "record_hearing" and _asked(reading) else _ACTS[kind]


def board(listed: Iterable[ListedCase], now: datetime) -> dict[Stage, list[BoardCase]]:
    """Return the cases by stage, in the order of the procedure; a stage without cases is left out."""
    on_board = [_on_board(one, now) for one in listed]
    by_stage = {stage: [one for one in on_board if one.reading.stage == stage] for stage in Stage}
    return {stage: sorted(found, key=lambda one: one.due_at or _NEVER) for stage, found in by_stage.items() if found}


def _on_board(one: ListedCase, now: datetime) -> BoardCase:
    due = due_at(one.reading)
    return BoardCase(reading=one.reading, due_at=due, is_overdue=due is not None and due < now)


def _href(reading: CaseReading, kind: str) -> str:
    """Return where a duty is done; the intake is decided on the case's own page, after reading it."""
    here = f"/secretariat/{reading.id}"
    if kind == KIND_CONFIRM:
        return f"{here}#interest-reports"
    return here if kind == "accept_application" else f"{here}/{kind.replace('_', '-')}"


def tasks_of(language: Language, reading: CaseReading, rules: SchemeRules) -> list[dict[str, object]]:
    """Return the secretariat's tasks in a case, as a task list shows them; an auditor has none."""
    if Part.SECRETARIAT not in reading.parts or reading.stage.is_final:
        return []
    return [_task(language, reading, rules, kind) for kind in _ACTS if _concerns(reading, kind, rules)]


def _concerns(reading: CaseReading, kind: str, rules: SchemeRules) -> bool:
    """Whether a task belongs on the list of this case, done, to do, or to come."""
    may_now = reading.may[kind] is None
    adverse = reading.rule is not None or bool(failed(reading.results))
    to_be_planned = reading.stage in {Stage.INTAKE, Stage.EVIDENCE, Stage.PLANNING}
    return {
        "decline_application": reading.stage == Stage.INTAKE,
        "assign_reviewers": may_now,
        "relieve_reviewer": may_now,
        "draw_third_party": may_now or reading.may[kind] == "already_drawn" or _drawn(reading),
        "open_tier_round": may_now or any(vote.proposed_tier is not None for vote in reading.rounds),
        "record_lookup": bool(reading.lookups) or to_be_planned,
        "record_hearing": may_now or adverse or _is_heard_anyway(reading, rules),
        "countersign": may_now,
        KIND_CONFIRM: may_now,
    }.get(kind, reading.rule is None or kind in {"accept_application", "open_round"})


def _is_planned_again(reading: CaseReading) -> bool:
    """Whether a reviewer of the plan left, so that somebody else is asked and a plan approved again."""
    return reading.stage != Stage.PLANNING and reading.may["assign_reviewer"] is None


def _is_done(reading: CaseReading, kind: str) -> bool:
    held = reading.participants
    planned = bool(held and held.plan_digest) and not _is_planned_again(reading)
    return {
        "accept_application": reading.clock.accepted_at is not None,
        "assign_reviewer": planned,
        "approve_plan": planned,
        "record_lookup": bool(reading.lookups) and not open_lookups(reading),
        "draw_third_party": _drawn(reading),
        "appoint_rapporteur": bool(held and held.rapporteur),
        "record_hearing": _is_heard(reading),
        "open_round": _is_voted(reading) and reading.may[kind] is not None,
    }.get(kind, False)


def _is_voted(reading: CaseReading) -> bool:
    """Whether a round on the label was opened that is not set aside."""
    return any(vote.proposed_tier is None and vote.set_aside is None for vote in reading.rounds)


def _drawn(reading: CaseReading) -> bool:
    held = reading.participants
    return held is not None and held.third_party_drawn is not None and reading.may["draw_third_party"] is not None


def _task_href(reading: CaseReading, kind: str) -> str:
    return _href(reading, kind) if kind == KIND_CONFIRM else f"/secretariat/{reading.id}/{kind.replace('_', '-')}"


def _task(language: Language, reading: CaseReading, rules: SchemeRules, kind: str) -> dict[str, object]:
    done = _is_done(reading, kind)
    barred = reading.may[kind] or ("nothing_to_look_up" if kind == "record_lookup" and done else None)
    due = kind == duty_of(reading, rules)
    asked = sentence(language, _ASKED_HINT) if kind == "record_hearing" and _asked(reading) and not done else None
    status = _DONE if done else _LATER if barred else _TO_DO if due else _IF_NEEDED
    return {
        "name": sentence(language, _ACTS[kind]),
        "href": None if barred else _task_href(reading, kind),
        "hint": reason_of(language, barred) if barred and barred != "wrong_stage" and not done else asked,
        "status": sentence(language, status),
        "done": done,
    }
