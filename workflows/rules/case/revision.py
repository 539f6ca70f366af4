"""Stage 5, once findings have met: a reviewer may change a verdict of theirs once; both versions stay."""

from datetime import datetime

from schemas import events as ev
from schemas.acts import ReviseVerdict
from schemas.case import Case
from schemas.errors import AlreadyDecided, OutOfOrder, Unacceptable
from schemas.event import Event
from schemas.people import PersonFacts, Role
from schemas.review import Finding, Revision
from schemas.scheme import SchemeRules
from schemas.stages import Stage
from workflows.rules.case.evaluation import is_reviewer
from workflows.rules.case.findings import check_finding
from workflows.rules.case.fold_correction import as_revised
from workflows.rules.permission import ALLOWED, Permission, first_refusal, holds, in_stage, whole_procedure

REVISIONS_MAX = 20
"""Verdicts one reviewer may change: the whole case travels through Temporal (design, 4)."""


def may_revise_verdict(case: Case, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may change a verdict of theirs: after the reviewers saw each other's, before any advice."""
    return first_refusal(
        is_reviewer(case, person),
        holds(person, Role.EXPERT),
        in_stage(case, Stage.CORRECTION, Stage.RECOMMENDATION),
        whole_procedure(case),
        _no_advice_yet(case),
        _has_some_left(case, person),
    )


def _no_advice_yet(case: Case) -> Permission:
    if case.recommendation is None:
        return ALLOWED
    return Permission(OutOfOrder("recommendation_is_in", "The rapporteur has recommended on these verdicts."))


def _has_some_left(case: Case, person: PersonFacts) -> Permission:
    if case.plan is None or person.person not in case.plan.criteria or person.person not in case.reviews:
        return Permission(OutOfOrder("no_verdict_of_theirs", "You gave no verdict that counts in this case."))
    if len(case.reviews[person.person].revisions) >= REVISIONS_MAX:
        return Permission(AlreadyDecided("too_many_revisions", f"At most {REVISIONS_MAX} verdicts are changed."))
    return ALLOWED


def revise_verdict(case: Case, act: ReviseVerdict, now: datetime, rules: SchemeRules) -> tuple[Event, ...]:
    """Change one verdict, with a reason; what the criterion comes to then follows by rule."""
    may_revise_verdict(case, act.actor, rules).require()
    finding = _own_finding(case, act)
    if (finding.verdict, finding.grade) == (act.verdict, act.grade):
        raise Unacceptable("verdict_unchanged", f"This is your verdict on {act.criterion} already.")
    revised = ev.VerdictRevised(
        at=now,
        actor=act.actor.person,
        reviewer=act.actor.person,
        revision=Revision(
            criterion=act.criterion, before=finding.verdict, after=act.verdict, reason=act.reason, revised_at=now
        ),
        grade=act.grade,
        cited=act.cited,
        reliance=act.reliance,
        protocols=act.protocols,
    )
    check_finding(case, as_revised(case, finding, revised), now, reviewer=act.actor.person)
    return (revised,)


def _own_finding(case: Case, act: ReviseVerdict) -> Finding:
    review = case.reviews[act.actor.person]
    if act.criterion in {revision.criterion for revision in review.revisions}:
        raise AlreadyDecided("already_revised", f"You changed your verdict on {act.criterion} before.")
    finding = next((one for one in review.findings if one.criterion == act.criterion), None)
    if finding is None:
        raise Unacceptable("unknown_criterion", f"Not yours to judge in this case: {act.criterion}.")
    return finding
