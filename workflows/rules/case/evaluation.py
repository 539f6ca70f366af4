"""Stage 5: findings, blind to each other, and what each criterion comes to (ISO/IEC 17065, 7.4)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from schemas import events as ev
from schemas.acts import RecordLookup, RecordThirdPartyReport, SubmitReview
from schemas.case import Case
from schemas.errors import AlreadyDecided, ConflictOfInterest, NotPermitted, Unacceptable
from schemas.event import Event
from schemas.identifiers import ENGINE
from schemas.people import PersonFacts, Role
from schemas.review import Finding, Result, Review
from schemas.scheme import SchemeRules
from schemas.stages import Stage, Verdict
from workflows.rules.case.evidence import requirements_of
from workflows.rules.case.findings import PASSING, check_finding
from workflows.rules.case.interests import (
    acts_for_secretariat,
    decided_nothing,
    declared_none,
    lookups_stand,
    plan_stands,
    who_evaluated,
)
from workflows.rules.case.signed_acts import signed_report
from workflows.rules.case.standing import all_judged, counted_reviews, outstanding, outstanding_lookups
from workflows.rules.case.third_party import awaits_report, may_report
from workflows.rules.permission import ALLOWED, Permission, first_refusal, holds, in_stage, no_open_round
from workflows.rules.requirements import Requirement, RequirementStatus

LOOKUP = "lookup"
"""Source of a result that the secretariat looked up."""

REVIEW: Final = "review"
"""Source of a result that reviewers found."""

MANIFEST_NAMED_SINCE: Final = 4
"""The edition of the procedure from which on findings name the evidence they were written on (decision 56)."""

_LOOKED_UP_BY = "secretariat"
_WORST_FIRST = (Verdict.NOT_MET, Verdict.PARTLY_MET, Verdict.MET)


def to_be_judged(case: Case, rules: SchemeRules, *, lookup: bool) -> tuple[str, ...]:
    """Return the criteria that need a person's verdict: the secretariat's lookups, or the reviewers' criteria.

    A recommended criterion is judged only where the applicant showed or said something.
    """
    shown = {criterion for item in case.items.values() for criterion in item.criteria} | set(case.not_applicable)
    return tuple(
        one.criterion
        for one in requirements_of(case, rules)
        if one.status == RequirementStatus.TO_BE_SHOWN
        and (one.mandatory or one.criterion in shown)
        and (rules.areas[rules.criteria[one.criterion].area] == _LOOKED_UP_BY) is lookup
    )


def may_record_lookup(case: Case, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may record what the Register, agreement or form says."""
    again = () if lookups_stand(case) else (Stage.RECOMMENDATION, Stage.DECISION)
    return first_refusal(
        acts_for_secretariat(case, person),
        in_stage(case, Stage.EVALUATION, *again),
        no_open_round(case),
        decided_nothing(case, person),
    )


def record_lookup(case: Case, act: RecordLookup, now: datetime, rules: SchemeRules) -> tuple[Event, ...]:
    """Record one lookup."""
    may_record_lookup(case, act.actor, rules).require()
    assert case.plan is not None
    if act.criterion not in case.plan.lookups:
        raise Unacceptable("not_a_lookup", f"{act.criterion} is not checked by the secretariat in this case.")
    if act.criterion not in outstanding_lookups(case):
        raise AlreadyDecided("already_recorded", f"{act.criterion} was recorded before.")
    finding = Finding(
        criterion=act.criterion,
        verdict=act.verdict,
        rationale=act.rationale,
        cited=act.cited,
        manifest=_version_in_force(case),
    )
    check_finding(case, finding, now, reviewer=None)
    return (ev.LookupRecorded(at=now, actor=act.actor.person, finding=finding),)


def may_submit_review(case: Case, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may hand in a review now."""
    return first_refusal(
        is_reviewer(case, person),
        holds(person, Role.EXPERT),
        in_stage(case, Stage.EVALUATION),
        _not_yet(case, person),
    )


def is_reviewer(case: Case, person: PersonFacts) -> Permission:
    """Whether a person reviews this case: was asked, declared that they have no interest, and said yes."""
    assignment = case.assignments.get(person.person)
    if assignment is None:
        return Permission(NotPermitted("not_assigned", "You were not asked to review this case."))
    declared = declared_none(case, person)
    if declared and not assignment.accepted:
        return Permission(NotPermitted("assignment_not_accepted", "You have not said yes to this review."))
    return declared


def _not_yet(case: Case, person: PersonFacts) -> Permission:
    if person.person in case.reviews and not outstanding(case, person.person):
        return Permission(AlreadyDecided("already_reviewed", "You handed in your review before."))
    return ALLOWED


def submit_review(case: Case, act: SubmitReview, now: datetime, rules: SchemeRules) -> tuple[Event, ...]:
    """Hand in all findings that are owed at once; those that stand on the manifest in force are carried by rule."""
    may_submit_review(case, act.actor, rules).require()
    _check_object(case, act)
    _check_coverage(case, act)
    findings = tuple(one.model_copy(update={"manifest": _version_in_force(case)}) for one in act.findings)
    for finding in findings:
        check_finding(case, finding, now, reviewer=act.actor.person)
    review = Review(reviewer=act.actor.person, submitted_at=now, findings=findings)
    return (ev.ReviewSubmitted(at=now, actor=act.actor.person, review=review),)


def _check_object(case: Case, act: SubmitReview) -> None:
    assert case.manifest is not None
    if act.manifest_digest is None and case.edition >= MANIFEST_NAMED_SINCE:
        raise Unacceptable("manifest_digest_missing", "Name the evidence manifest that the findings were written on.")
    if act.manifest_digest is not None and act.manifest_digest != case.manifest.digest:
        raise Unacceptable("other_manifest", "These findings were written on another evidence manifest.")


def _version_in_force(case: Case) -> int:
    assert case.manifest is not None
    return case.manifest.version


def _check_coverage(case: Case, act: SubmitReview) -> None:
    wanted = outstanding(case, act.actor.person)
    given = [finding.criterion for finding in act.findings]
    unknown = sorted(set(given) - set(wanted))
    if unknown:
        raise Unacceptable("unknown_criterion", f"Not yours to judge in this case: {', '.join(unknown)}.")
    if len(given) != len(set(given)):
        raise Unacceptable("criterion_twice", "A criterion appears twice.")
    lacking = [criterion for criterion in wanted if criterion not in given]
    if lacking:
        raise Unacceptable("findings_missing", f"These criteria have no verdict yet: {', '.join(lacking)}.")


def may_record_third_party_report(case: Case, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may hand in the neutral third party's report (Code, I-1.5)."""
    return first_refusal(
        holds(person, Role.NEUTRAL_THIRD_PARTY),
        in_stage(case, Stage.EVALUATION, Stage.CORRECTION, Stage.RECOMMENDATION, Stage.DECISION),
        _is_no_reviewer(case, person),
        may_report(case, person),
        declared_none(case, person),
        _no_report_yet(case),
        no_open_round(case),
    )


def _is_no_reviewer(case: Case, person: PersonFacts) -> Permission:
    if person.person in who_evaluated(case):
        return Permission(
            ConflictOfInterest("is_reviewer", "A reviewer of the case is not its neutral third party (Code, I-1.5).")
        )
    return ALLOWED


def _no_report_yet(case: Case) -> Permission:
    if awaits_report(case):
        return ALLOWED
    return Permission(AlreadyDecided("already_reported", "The neutral third party's report is on file."))


def record_third_party_report(
    case: Case, act: RecordThirdPartyReport, now: datetime, rules: SchemeRules
) -> tuple[Event, ...]:
    """Record the report as handed in; one on later evidence replaces the earlier."""
    may_record_third_party_report(case, act.actor, rules).require()
    recorded = ev.ThirdPartyReportRecorded(
        at=now,
        actor=act.actor.person,
        report=act.report,
        summary=act.summary,
        signed=signed_report(case, act, now),
        receipt=act.proof,
    )
    return (recorded,)


def evaluation_closed(case: Case, now: datetime, rules: SchemeRules) -> ev.EvaluationClosed | None:
    """Close the evaluation when every reviewer and every lookup is in; only then do findings meet."""
    if case.stage != Stage.EVALUATION or case.plan is None or not plan_stands(case):
        return None
    if not all_judged(case):
        return None
    return ev.EvaluationClosed(at=now, actor=ENGINE, results=results_of(case, rules))


def results_renewed(case: Case, now: datetime, rules: SchemeRules) -> ev.EvaluationClosed | None:
    """Say anew what each criterion comes to, once a reviewer changed a verdict."""
    if case.edition == 1 or case.stage not in {Stage.CORRECTION, Stage.RECOMMENDATION} or not plan_stands(case):
        return None
    results = results_of(case, rules)
    return ev.EvaluationClosed(at=now, actor=ENGINE, results=results) if results != case.results else None


def results_of(case: Case, rules: SchemeRules) -> tuple[Result, ...]:
    """Return what each criterion comes to; those the Register answers are settled when a round opens."""
    results = (_result(case, one) for one in requirements_of(case, rules))
    return tuple(result for result in results if result is not None)


def _result(case: Case, requirement: Requirement) -> Result | None:
    verdict, source = _verdict(case, requirement)
    if verdict is None:
        return None
    return Result(criterion=requirement.criterion, verdict=verdict, source=source, mandatory=requirement.mandatory)


def _verdict(case: Case, requirement: Requirement) -> tuple[Verdict | None, str]:
    if requirement.status == RequirementStatus.NOT_APPLICABLE_BY_ROLE:
        return Verdict.NOT_APPLICABLE, "role"
    if requirement.status == RequirementStatus.ANSWERED_BY_RULE:
        assert requirement.source is not None
        return (None if requirement.source == "register" else Verdict.MET), requirement.source
    looked_up = case.lookups.get(requirement.criterion)
    if looked_up is not None:
        return looked_up.verdict, LOOKUP
    verdicts = [
        finding.verdict
        for review in counted_reviews(case).values()
        for finding in review.findings
        if finding.criterion == requirement.criterion
    ]
    return (worst(verdicts) if verdicts else None), REVIEW


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the worst verdict; *not applicable* only if all agree (procedure, stage 5)."""
    given = set(verdicts)
    return next((verdict for verdict in _WORST_FIRST if verdict in given), Verdict.NOT_APPLICABLE)


def failed(results: Iterable[Result]) -> tuple[str, ...]:
    """Return the mandatory criteria that are neither met nor not applicable."""
    return tuple(one.criterion for one in results if one.mandatory and one.verdict not in PASSING)
