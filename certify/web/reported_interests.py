"""Interests that people did not declare: the pages on which one reports them and a second person settles them."""

from certify.accounts.people import names_of
from certify.register import people as record
from certify.web.act_pages import ActPage, Before
from certify.web.language import marked
from schemas.case import Case
from schemas.errors import NotFound
from schemas.people import Role
from workflows.rules.case.interest_reports import KIND_CONFIRM, KIND_REJECT, KIND_REPORT

_OPEN_TO_ALL = (Role.COMMISSIONER, Role.SECRETARIAT)
_OPEN_TO_KEEPERS = (Role.NEUTRAL_THIRD_PARTY, Role.LABEL_OFFICER)


async def _whose(before: Before) -> dict[str, object]:
    """Return by their names those whose interest can be reported: reviewers only to who may know who they are."""
    case, reading = before.opened.case, before.opened.reading
    keeps = reading.participants is not None
    roles = (*_OPEN_TO_ALL, *(_OPEN_TO_KEEPERS if keeps else ()))
    async with before.services.database.reading() as session:
        found = {one.person for role in roles for one in await record.with_role(session, role)}
        found |= {*case.assignments} if keeps else set()
        named = await names_of(session, sorted(found))
    free = [(person, name) for person, name in named.items() if _can_be_reported(case, person, before)]
    return {"whose": sorted(free, key=lambda one: one[1])}


def _can_be_reported(case: Case, person: str, before: Before) -> bool:
    known = case.has_interest(person) or case.open_report(person) is not None
    return not known and person != before.principal.person


async def _reported(before: Before) -> dict[str, object]:
    """Return the report that waits for a second person.

    Raises:
        NotFound: `unknown_report`.
    """
    person, reports = before.typed.one("person"), before.opened.reading.interest_reports
    found = next((one for one in reports if one.may_settle and one.person == person), None)
    if found is None:
        raise NotFound("unknown_report", "No interest of this person waits for a second person.")
    return {"report": found}


PAGES = {
    "report-undeclared-interest": ActPage(
        kind=KIND_REPORT,
        template="casework/report_undeclared_interest.html",
        fields=lambda typed: {"person": typed.one("person"), "statement": typed.one("statement")},
        anchor="person",
        required={
            "person": marked("Choose whose interest you report."),
            "statement": marked("Say what the interest is and how you know."),
        },
        more=_whose,
    ),
    "confirm-undeclared-interest": ActPage(
        kind=KIND_CONFIRM,
        template="casework/confirm_undeclared_interest.html",
        fields=lambda typed: {"person": typed.one("person")},
        anchor="main-content",
        more=_reported,
        preset=("person",),
    ),
    "reject-undeclared-interest": ActPage(
        kind=KIND_REJECT,
        template="casework/reject_undeclared_interest.html",
        fields=lambda typed: {"person": typed.one("person"), "reasons": typed.one("reasons")},
        anchor="reasons",
        required={"reasons": marked("Give the reasons.")},
        more=_reported,
        preset=("person",),
    ),
}
