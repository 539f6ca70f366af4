"""Stage 2: the applicant corrects what the application states, while the secretariat waits for an answer."""

from datetime import datetime

from schemas import events as ev
from schemas.acts import AmendApplication
from schemas.case import Case, Lodged
from schemas.errors import AlreadyDecided, OutOfOrder, Unacceptable
from schemas.event import Event
from schemas.people import PersonFacts
from schemas.scheme import SchemeRules
from schemas.stages import Stage
from workflows.rules.case.intake import check_complete, check_known
from workflows.rules.permission import (
    ALLOWED,
    Permission,
    acts_for_applicant,
    first_refusal,
    in_stage,
    whole_procedure,
)
from workflows.rules.risk import assess_tier


def may_amend_application(case: Case, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may correct the application: at the intake, once the secretariat has asked."""
    return first_refusal(
        acts_for_applicant(case, person), in_stage(case, Stage.INTAKE), whole_procedure(case), _was_asked(case)
    )


def _was_asked(case: Case) -> Permission:
    if case.open_questions:
        return ALLOWED
    return Permission(OutOfOrder("no_open_question", "No question waits for an answer."))


def amend(case: Case, act: AmendApplication, now: datetime, rules: SchemeRules) -> tuple[Event, ...]:
    """Correct the application; the tier is computed anew.

    Reasons stated since for criteria that do not apply stay, unless the corrected application gives another.
    """
    may_amend_application(case, act.actor, rules).require()
    _check_same_object(case.lodged, act.lodged)
    check_complete(act.lodged, rules)
    assessment = assess_tier(rules, act.lodged.answers, act.lodged.gates)
    check_known(act.lodged, act.not_applicable, assessment.tier, rules)
    _check_offered(case, act.lodged)
    amended = ev.ApplicationAmended(
        at=now,
        actor=act.actor.person,
        lodged=act.lodged,
        not_applicable={**case.not_applicable, **act.not_applicable},
        assessment=assessment,
    )
    return (amended,)


def _check_same_object(before: Lodged, after: Lodged) -> None:
    """Refuse what would be another application: it names one system in one version (procedure, stage 1)."""
    if after.digest == before.digest:
        raise AlreadyDecided("nothing_amended", "The application states this already.")
    names = (before.organisation, before.reference, before.scheme, before.renews)
    if (after.organisation, after.reference, after.scheme, after.renews) != names:
        raise Unacceptable(
            "another_application", "Organisation, reference, scheme and the label to renew stay as they were lodged."
        )
    if (after.system.name, after.system.version) != (before.system.name, before.system.version):
        raise Unacceptable("another_system", "Another system, or another version of it, is another application.")


def _check_offered(case: Case, lodged: Lodged) -> None:
    declared = {one.file: one.digest for one in lodged.declared}
    differing = [one.file for one in case.items.values() if declared.get(one.file, one.digest) != one.digest]
    if differing:
        raise Unacceptable("evidence_differs", f"Offered before with other content: {', '.join(differing)}.")
