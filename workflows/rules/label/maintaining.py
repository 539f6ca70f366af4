"""What must hold for a label to be maintained: when its vote opens, and again when it closes (ISO/IEC 17065, 7.9).

What was checked as the holder handed in may have changed in the weeks of judging and voting. As with the decision of a
case, the rules look again at both ends of the vote: what has run out, what was handed in, what was judged, by whom.
"""

from datetime import datetime
from typing import Final

from schemas.errors import ConflictOfInterest, EvidenceIncomplete, OutOfOrder
from schemas.identifiers import ENGINE
from schemas.label_acts import PutMaintainToVote, PutProlongationToVote, PutRestorationToVote
from schemas.label_life import LabelLife
from schemas.people import PersonFacts
from schemas.scheme import SchemeRules
from schemas.surveillance import Cause, Surveillance
from schemas.surveillance_events import ChecksRepeated
from workflows.rules.label.people import free_to_have_judged, no_report_open
from workflows.rules.label.surveillance import handed_in, live_evidence, opened, run_out
from workflows.rules.label.surveillance_judging import passes, results_of, wanted
from workflows.rules.label.surveillance_submission import checks_of, failed_checks, outgrown
from workflows.rules.permission import ALLOWED, Permission, first_refusal

_JUDGES_MISSING: Final = Permission(
    ConflictOfInterest(
        "judges_missing", "Whoever judged this is not free of interests any more; others judge it again."
    )
)


def may_be_maintained(life: LabelLife, one: Surveillance, now: datetime, rules: SchemeRules) -> Permission:
    """Whether the label can be maintained after a surveillance, as its own record stands at a moment."""
    return first_refusal(
        passes(one),
        within_tier(life, one),
        _judged_whole(life, one, rules),
        _complete(life, one),
        nothing_ran_out(life, now),
    )


def takes_the_place(life: LabelLife, later: Surveillance, one: Surveillance) -> bool:
    """Whether a later surveillance looked again at all that a judged one looked at, and passed.

    It was opened after the other was judged, so that it judges what the holder mended since, and the holder handed in
    for it, so that declaration, build and answers are of then.
    """
    judged_at = one.judged_at
    return (
        judged_at is not None
        and later.number > one.number
        and later.opened_at >= judged_at
        and later.submission is not None
        and bool(passes(later))
        and not outgrown(life, later)
        and later.results.keys() >= {*one.criteria}
    )


def answered_by(life: LabelLife, later: Surveillance) -> tuple[int, ...]:
    """Return the judged surveillances, still open, whose place this one takes: they end with it."""
    return tuple(one.number for one in life.open_surveillances if takes_the_place(life, later, one))


def within_tier(life: LabelLife, one: Surveillance) -> Permission:
    """Whether the risk by the answers of today is within the tier of the label."""
    if outgrown(life, one):
        return Permission(
            OutOfOrder("tier_outgrown", "By the answers of today the risk is above the tier of this label.")
        )
    return ALLOWED


def _judged_whole(life: LabelLife, one: Surveillance, rules: SchemeRules) -> Permission:
    """Whether everything that was drawn or asked for is judged, by as many as the tier says, free of interests."""
    judging = life.judged_by(one.number)
    free = [review for review in judging.counted if life.has_declared_none(review.reviewer)]
    if len(free) < wanted(life, rules) or len(free) < len(judging.counted):
        return _JUDGES_MISSING
    unsettled = first_refusal(*(no_report_open(life, review.reviewer) for review in judging.counted))
    if not unsettled:
        return unsettled
    results = results_of(judging)
    if results != one.results or not results.keys() >= {*one.criteria, *one.sample, *one.renew}:
        return Permission(OutOfOrder("sample_not_covered", "Not everything that was to be judged is judged."))
    return ALLOWED


def _complete(life: LabelLife, one: Surveillance) -> Permission:
    """Whether what was handed in is still there, as it was frozen."""
    if one.submission is not None and handed_in(life, one) is None:
        return Permission(EvidenceIncomplete("other_manifest", "The fresh evidence is not what was handed in."))
    return ALLOWED


def nothing_ran_out(life: LabelLife, at: datetime) -> Permission:
    """Whether everything that has expired at a moment, cited or not, has something in force in its place."""
    lacking = run_out(life, live_evidence(life), at.date())
    if lacking:
        return Permission(OutOfOrder("check_failed", f"Evidence has run out for {', '.join(lacking)}."))
    return ALLOWED


def checked_again(
    life: LabelLife, one: Surveillance, act: PutMaintainToVote | PutRestorationToVote, judges: dict[str, PersonFacts],
    now: datetime, rules: SchemeRules,
) -> ChecksRepeated:  # fmt: skip
    """Return the checks as they come out when the vote opens.

    Raises:
        ProcedureError: as `may_be_maintained`; `judges_missing`: somebody who judged is tied to the holder by now.
    """
    may_be_maintained(life, one, now, rules).require()
    for review in life.judged_by(one.number).counted:
        person = judges.get(review.reviewer)
        if person is None or not free_to_have_judged(life, person):
            _JUDGES_MISSING.require()
    checks = checks_of(life, one, act.participant, act.around, now, rules)
    require_checks(one.model_copy(update={"checks": checks}))
    return ChecksRepeated(at=now, actor=ENGINE, surveillance=one.number, checks=checks)


def require_checks(one: Surveillance) -> None:
    """Refuse a surveillance whose checks did not hold when they last ran.

    Raises:
        OutOfOrder: `check_failed`.
    """
    failed = failed_checks(one)
    if failed:
        raise OutOfOrder("check_failed", f"These checks do not hold: {', '.join(failed)}.")


def require_kept(
    life: LabelLife, act: PutProlongationToVote | PutRestorationToVote, now: datetime, rules: SchemeRules
) -> None:
    """Refuse to go on with a label of which the checks of a surveillance that opened now would not hold.

    Raises:
        OutOfOrder: `check_failed`.
    """
    one = opened(life, Cause.REGULAR, now, rules).surveillance
    checks = checks_of(life, one, act.participant, act.around, now, rules)
    require_checks(one.model_copy(update={"checks": checks}))
