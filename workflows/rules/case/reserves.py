"""Stage 4: several reviewers asked at once, silence that counts as a no, and who is asked next by rule."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from schemas import events as ev
from schemas.acts import AssignReviewers
from schemas.case import Case
from schemas.errors import Unacceptable
from schemas.event import Event
from schemas.identifiers import ENGINE
from schemas.people import PersonFacts
from schemas.review import Assignment, Proposed
from schemas.scheme import SchemeRules
from workflows.rules.case.assignment import (
    ASKED_MAX,
    assigned,
    check_asked,
    check_room,
    has_enough_reviewers,
    is_planned,
    may_assign_reviewer,
)
from workflows.rules.case.interests import VOTERS_NOT_ASKED_SINCE, has_decided
from workflows.rules.permission import Permission, first_refusal, whole_procedure


def may_assign_reviewers(case: Case, person: PersonFacts, rules: SchemeRules) -> Permission:
    """Whether a person may ask several experts at once."""
    return first_refusal(may_assign_reviewer(case, person, rules), whole_procedure(case))


def assign_reviewers(case: Case, act: AssignReviewers, now: datetime, rules: SchemeRules) -> tuple[Event, ...]:
    """Ask several experts, each for some areas, and keep in order who is asked next when one says no or nothing."""
    may_assign_reviewers(case, act.actor, rules).require()
    everyone = (*act.reviewers, *act.reserves)
    named = Counter(one.reviewer for one in everyone)
    twice = [person for person, times in named.items() if times > 1]
    if twice:
        raise Unacceptable("person_twice", f"Named more than once: {', '.join(twice)}.")
    check_room(case, len(act.reviewers))
    for one in everyone:
        check_asked(case, act.people.get(one.reviewer), one, rules)
    proposed = ev.ReviewersProposed(at=now, actor=act.actor.person, reserves=act.reserves, proposal=act.proposal)
    return proposed, *(_asked(case, one, now, rules) for one in act.reviewers)


def _asked(case: Case, one: Proposed, now: datetime, rules: SchemeRules) -> ev.ReviewerAssigned:
    return ev.ReviewerAssigned(at=now, actor=ENGINE, assignment=assigned(case, one, now, rules))


def assignment_lapsed(case: Case, now: datetime) -> ev.AssignmentLapsed | None:
    """Take silence for a no, once the time for an answer is over."""
    if case.is_over:
        return None
    silent = (held for held in case.assignments.values() if held.accepted is None and _is_late(held, now))
    first = next(silent, None)
    return ev.AssignmentLapsed(at=now, actor=ENGINE, reviewer=first.reviewer) if first is not None else None


def _is_late(held: Assignment, now: datetime) -> bool:
    return held.answer_due_at is not None and now >= held.answer_due_at


def reserve_asked(case: Case, now: datetime, rules: SchemeRules) -> ev.ReviewerAssigned | None:
    """Ask the next of the bench, once somebody who was asked is missing and the others do not suffice.

    Only ids are known of the bench: what else may stand in the way is asked when they answer.
    """
    someone_left = any(held.accepted is False for held in case.assignments.values())
    if not case.bench or not someone_left or not is_planned(case) or len(case.assignments) >= ASKED_MAX:
        return None
    if not _lacks_reviewers(case, rules):
        return None
    following = _next_of(case, rules)
    return _asked(case, following, now, rules) if following is not None else None


def _lacks_reviewers(case: Case, rules: SchemeRules) -> bool:
    asked = _asked_still(case)
    if len(asked) < rules.tiers[case.tier].reviewers.count or _uncovered(asked, case, rules):
        return True
    return all(held.accepted for held in asked) and not has_enough_reviewers(case, rules)


def _next_of(case: Case, rules: SchemeRules) -> Proposed | None:
    """Return who of the bench is asked next: the first of a missing area, or the first of all where none is."""
    free = [one for one in case.bench if _may_be_asked(case, one.reviewer)]
    uncovered = _uncovered(_asked_still(case), case, rules)
    fitting = [one for one in free if uncovered.intersection(one.areas)] if uncovered else free
    return next(iter(fitting), None)


def _may_be_asked(case: Case, person: str) -> bool:
    return (
        person not in case.assignments
        and not case.has_interest(person)
        and person not in {case.third_party, case.third_party_drawn}
        and not (case.edition >= VOTERS_NOT_ASKED_SINCE and has_decided(case, person))
    )


def _asked_still(case: Case) -> list[Assignment]:
    return [held for held in case.assignments.values() if held.accepted is not False]


def _uncovered(asked: Iterable[Assignment], case: Case, rules: SchemeRules) -> set[str]:
    covered = {area for held in asked for area in held.areas}
    return {*rules.tiers[case.tier].reviewers.areas} - covered
