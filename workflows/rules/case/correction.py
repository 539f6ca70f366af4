"""Stage 6: nonconformities, the time to close them, and what becomes of them (ISO/IEC 17065, 7.4.7)."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from schemas import events as ev
from schemas.acts import EndCorrection, ExtendCorrection, SubmitCorrection
from schemas.case import Case
from schemas.clocks import Clock, Party
from schemas.correction import Grade, Nonconformity
from schemas.errors import AlreadyDecided, NotFound, OutOfOrder
from schemas.event import Event
from schemas.identifiers import ENGINE
from schemas.people import PersonFacts
from schemas.review import Finding
from schemas.scheme import SchemeRules
from schemas.stages import Stage, Verdict
from workflows.rules.case.evaluation import failed
from workflows.rules.case.evidence import (
    CORRECTIONS_MAX,
    PAST_DEADLINE,
    frozen,
    in_force,
    judged_again_by,
    not_too_many,
    nothing_is_missing,
    versions_handed_in,
)
from workflows.rules.case.findings import PASSING
from workflows.rules.case.fold_correction import CORRECTION, DEADLINES_BIND_SINCE
from workflows.rules.case.interests import plan_stands
from workflows.rules.case.standing import not_handed_in
from workflows.rules.clocks import resumed, stopped
from workflows.rules.deadlines import days_after
from workflows.rules.permission import ALLOWED, Permission, acts_for_applicant, first_refusal, in_stage

_AFTER_EVALUATION = frozenset({Stage.CORRECTION, Stage.RECOMMENDATION})
_GRADES = {Verdict.PARTLY_MET: Grade.MINOR, Verdict.NOT_MET: Grade.MAJOR}


def running(case: Case) -> tuple[Nonconformity, ...]:
    """Return the nonconformities that can still be closed in time, the most urgent first."""
    found = (one for one in case.nonconformities.values() if one.is_running)
    return tuple(sorted(found, key=lambda one: (one.due_at, one.criterion)))


def open_criteria(case: Case) -> tuple[str, ...]:
    """Return the criteria with an open nonconformity, sorted."""
    return tuple(sorted(key for key, one in case.nonconformities.items() if one.is_open))


def correction_clocks(case: Case) -> Iterator[Clock]:
    """Yield the deadline of each nonconformity."""
    for one in running(case):
        yield Clock(
            name=f"{CORRECTION}/{one.criterion}",
            waits_for=Party.APPLICANT,
            started_at=one.raised_at,
            due_at=one.due_at,
            has_effect=True,
        )


def may_submit_correction(case: Case, person: PersonFacts, rules: SchemeRules) -> Permission:
    """Whether a person may hand in what was corrected: something under an open nonconformity, and nothing missing."""
    return first_refusal(
        acts_for_applicant(case, person),
        _is_in_time(case),
        in_stage(case, Stage.CORRECTION),
        _something_is_corrected(case),
        nothing_is_missing(case, rules),
        not_too_many(case),
        _versions_are_left(case),
    )


def _is_in_time(case: Case) -> Permission:
    """Whether the case does not go on with nonconformities open whose last deadline has passed."""
    late = [criterion for criterion in open_criteria(case) if case.nonconformities[criterion].is_past]
    went_on = case.stage in {Stage.RECOMMENDATION, Stage.DECISION} and not running(case)
    if case.edition < DEADLINES_BIND_SINCE or not late or not went_on:
        return ALLOWED
    return Permission(OutOfOrder(PAST_DEADLINE, f"The last deadline to correct has passed: {', '.join(late)}."))


def _something_is_corrected(case: Case) -> Permission:
    changed = {one.criterion for one in not_handed_in(case)}
    if changed.intersection(open_criteria(case)):
        return ALLOWED
    return Permission(OutOfOrder("nothing_corrected", "Nothing was changed yet under an open nonconformity."))


def _versions_are_left(case: Case) -> Permission:
    made = versions_handed_in(case) if case.edition >= DEADLINES_BIND_SINCE else len(case.manifests)
    if made < CORRECTIONS_MAX:
        return ALLOWED
    return Permission(OutOfOrder("too_many_corrections", f"At most {CORRECTIONS_MAX} corrections are handed in."))


def new_in_force(case: Case, at: datetime) -> Permission:
    """Whether what a correction adds is in force on the day it is handed in; what stood before is not asked again."""
    handed_in = case.manifest.items if case.manifest else ()
    return in_force(case, (item for key, item in case.items.items() if key not in handed_in), at)


def submit_correction(case: Case, act: SubmitCorrection, now: datetime, rules: SchemeRules) -> tuple[Event, ...]:
    """Hand in what was corrected: the next version of the manifest, of which reviewers judge what differs."""
    may_submit_correction(case, act.actor, rules).require()
    new_in_force(case, now).require()
    return (frozen(case, now, act.actor.person, evaluation_due_at=judged_again_by(case, now, rules)),)


def may_extend_correction(case: Case, person: PersonFacts, rules: SchemeRules) -> Permission:
    """Whether a person may ask for more time: some nonconformity has not been given it yet; from edition 7 on none."""
    answer = first_refusal(acts_for_applicant(case, person), in_stage(case, Stage.CORRECTION))
    if answer and not any(_has_extension_left(case, one, rules) for one in running(case)):
        return _already_extended()
    return answer


def _has_extension_left(case: Case, one: Nonconformity, rules: SchemeRules) -> bool:
    given = case.correction_extensions if case.edition >= DEADLINES_BIND_SINCE else one.extensions
    return given < rules.clocks.correction_days.extensions


def _already_extended() -> Permission:
    return Permission(AlreadyDecided("already_extended", "The time for correction was extended before."))


def extend_correction(case: Case, act: ExtendCorrection, now: datetime, rules: SchemeRules) -> tuple[Event, ...]:
    """Give a nonconformity once more the days of its grade; one of the case, from edition 7 on."""
    may_extend_correction(case, act.actor, rules).require()
    one = case.nonconformities.get(act.criterion)
    if one is None or not one.is_open:
        raise NotFound("no_nonconformity", f"There is no open nonconformity under {act.criterion}.")
    if one.is_past:
        raise OutOfOrder("past_deadline", f"The last deadline of {act.criterion} has passed.")
    if not _has_extension_left(case, one, rules):
        _already_extended().require()
    due_at = days_after(one.due_at, _days(one.grade, rules))
    return (
        ev.CorrectionExtended(
            at=now, actor=act.actor.person, criterion=act.criterion, reasons=act.reasons, due_at=due_at
        ),
    )


def may_end_correction(case: Case, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may let the case go on with nonconformities open."""
    return first_refusal(acts_for_applicant(case, person), in_stage(case, Stage.CORRECTION))


def end_correction(case: Case, act: EndCorrection, now: datetime, rules: SchemeRules) -> tuple[Event, ...]:
    """Go on with nonconformities open; what was offered and not handed in does not count."""
    may_end_correction(case, act.actor, rules).require()
    return (ev.CorrectionEnded(at=now, actor=act.actor.person, open=open_criteria(case)),)


def what_follows_in_correction(case: Case, now: datetime, rules: SchemeRules) -> Event | None:
    """Return what follows by rule and clock from results and deadlines of nonconformities."""
    if case.edition == 1:
        return None
    return (
        _clock_moved(case, now)
        or _closed(case, now)
        or _raised(case, now, rules)
        or _regraded(case, now, rules)
        or _overdue(case, now, rules)
        or _ended(case, now)
    )


def _clock_moved(case: Case, now: datetime) -> Event | None:
    """Let the clock of the nonconformities stand still while the applicant is not the one who is waited for."""
    stop, urgent = case.stops.get(CORRECTION), running(case)
    is_due = case.stage == Stage.CORRECTION
    if stop is not None:
        return resumed(CORRECTION, stop, now) if is_due or not urgent else None
    if is_due or not urgent or case.is_over:
        return None
    clock = Clock(name=CORRECTION, waits_for=Party.APPLICANT, started_at=now, due_at=urgent[0].due_at)
    return stopped(clock, "with_the_body", now)


def _closed(case: Case, now: datetime) -> Event | None:
    if case.stage not in _AFTER_EVALUATION:
        return None
    passed = {one.criterion for one in case.results if one.verdict in PASSING}
    closed = tuple(criterion for criterion in open_criteria(case) if criterion in passed)
    return ev.NonconformitiesClosed(at=now, actor=ENGINE, criteria=closed) if closed else None


def _raised(case: Case, now: datetime, rules: SchemeRules) -> Event | None:
    if case.stage not in _AFTER_EVALUATION:
        return None
    known = open_criteria(case)
    found = tuple(
        _nonconformity(case, criterion, now, rules) for criterion in failed(case.results) if criterion not in known
    )
    return ev.NonconformitiesRaised(at=now, actor=ENGINE, nonconformities=found) if found else None


def _nonconformity(case: Case, criterion: str, now: datetime, rules: SchemeRules) -> Nonconformity:
    raised_by, grade = _verdicts_against(case, criterion)
    return Nonconformity(
        criterion=criterion,
        grade=grade,
        raised_by=raised_by,
        raised_at=now,
        due_at=days_after(now, _days(grade, rules)),
    )


def _verdicts_against(case: Case, criterion: str) -> tuple[tuple[str, ...], Grade]:
    """Return whose verdicts make a criterion fail, and the grade of what they found."""
    against = tuple(_findings_against(case, criterion))
    looked_up = case.lookups.get(criterion)
    findings = [finding for _, finding in against] or ([looked_up] if looked_up else [])
    return tuple(reviewer for reviewer, _ in against), worst_grade(findings)


def _findings_against(case: Case, criterion: str) -> Iterator[tuple[str, Finding]]:
    for reviewer in sorted(case.plan.criteria if case.plan else ()):
        for finding in case.reviews[reviewer].findings:
            if finding.criterion == criterion and finding.verdict not in PASSING:
                yield reviewer, finding


def worst_grade(findings: Iterable[Finding]) -> Grade:
    """Return the worst grade given; a criterion not met is major and one partly met minor, unless said otherwise."""
    given = {finding.grade or _GRADES.get(finding.verdict, Grade.MAJOR) for finding in findings}
    return Grade.MAJOR if Grade.MAJOR in given else Grade.MINOR


def _days(grade: Grade, rules: SchemeRules) -> int:
    days = rules.clocks.correction_days
    return days.major if grade == Grade.MAJOR else days.minor


def _regraded(case: Case, now: datetime, rules: SchemeRules) -> Event | None:
    """Let a nonconformity have the grade of the verdicts that stand, with that deadline as if from the beginning.

    Once the deadline of a minor one has passed it is major, whatever is found since (procedure, stage 6); and so does
    one stay that was given more time as a major one: its days were counted by that grade.
    """
    if case.edition < DEADLINES_BIND_SINCE or case.stage not in _AFTER_EVALUATION or not plan_stands(case):
        return None
    stop, more = case.stops.get(CORRECTION), _more_for_major(rules)
    reached = stop.stopped_at if stop else now
    for one in running(case):
        raised_by, grade = _verdicts_against(case, one.criterion)
        if one.grade == Grade.MAJOR and (one.extensions or reached >= one.due_at - more):
            grade = Grade.MAJOR
        if (grade, raised_by) != (one.grade, one.raised_by):
            moved = more * ((grade == Grade.MAJOR) - (one.grade == Grade.MAJOR))
            due_at = one.due_at + moved
            return ev.NonconformityRegraded(
                at=now, actor=ENGINE, criterion=one.criterion, grade=grade, raised_by=raised_by, due_at=due_at
            )
    return None


def _more_for_major(rules: SchemeRules) -> timedelta:
    return timedelta(days=_days(Grade.MAJOR, rules) - _days(Grade.MINOR, rules))


def _overdue(case: Case, now: datetime, rules: SchemeRules) -> Event | None:
    """Past its deadline a minor one becomes major, with that deadline as if it had been so from the beginning.

    What stood still and what was extended stays counted.
    """
    one = next(iter(running(case)), None)
    if case.stage != Stage.CORRECTION or one is None or now < one.due_at:
        return None
    if one.grade == Grade.MAJOR:
        return ev.NonconformityPastDeadline(at=now, actor=ENGINE, criterion=one.criterion)
    due_at = one.due_at + _more_for_major(rules)
    return ev.NonconformityBecameMajor(at=now, actor=ENGINE, criterion=one.criterion, due_at=due_at)


def _ended(case: Case, now: datetime) -> Event | None:
    if case.stage != Stage.CORRECTION or running(case):
        return None
    return ev.CorrectionEnded(at=now, actor=ENGINE, open=open_criteria(case))
