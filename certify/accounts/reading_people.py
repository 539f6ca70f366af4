"""What a reading tells of the people in a case, and of interests that others reported."""

from collections.abc import Iterator

from certify.accounts.policy import permit
from certify.accounts.principal import Principal
from certify.accounts.reading_parts import InterestReportReading, Participants
from schemas.case import Case
from schemas.people import Role
from schemas.scheme import SchemeRules
from workflows.rules.case.interest_reports import KIND_CONFIRM, may_settle_one


def participants_of(case: Case) -> Participants:
    """Return who has a part in a case, for who keeps it."""
    return Participants(
        lodged_by=case.lodged_by,
        assignments=tuple(case.assignments.values()),
        interests=tuple(case.interests.values()),
        criteria=dict(case.plan.criteria) if case.plan else {},
        plan_digest=case.plan.digest if case.plan else None,
        reviews_from=tuple(case.reviews),
        third_party=case.third_party,
        rapporteur=case.rapporteur,
        released_by=case.released_by,
        lead=case.plan.lead if case.plan else None,
        bench=case.bench,
        proposal=case.proposal,
        third_party_drawn=case.third_party_drawn,
    )


def interest_reports_for(case: Case, principal: Principal, rules: SchemeRules) -> Iterator[InterestReportReading]:
    """Yield the reports of interests that a reader may see."""
    keeps = bool(permit(principal, "read_participants", case))
    for one in case.interest_reports:
        if not keeps and one.role == Role.EXPERT:
            continue
        free = permit(principal, KIND_CONFIRM, case, rules) and may_settle_one(case, one, principal.facts, rules)
        told = {name: getattr(one, name) for name in InterestReportReading.model_fields if hasattr(one, name)}
        if not keeps and one.reported_by in case.assignments:
            told["reported_by"] = None
        goes_on = one.is_open and case.label is not None
        yield InterestReportReading(**told, goes_on=goes_on, may_settle=one.is_open and bool(free))
