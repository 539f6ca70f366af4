"""You cannot select what you may not see: every query for a person starts here."""

from collections.abc import AsyncGenerator, Callable, Collection, Sequence
from contextlib import aclosing

from pydantic import JsonValue
from sqlmodel.ext.asyncio.session import AsyncSession

from certify.accounts.parts import parts_in
from certify.accounts.policy import permit, require_readable
from certify.accounts.principal import Principal
from certify.register import cases
from certify.register.decisions import decision_record
from schemas.case import Case
from schemas.decision_record import DecisionRecord
from schemas.events import BallotCast
from schemas.people import Role

_CHOICE = ("choice", "grounds", "reasons", "dissent", "proof")
_RECEIPT = "receipt"
"""Whoever has a receipt finds the choice that was signed by trying each."""


async def cases_for(session: AsyncSession, principal: Principal) -> Sequence[Case]:
    """Return the cases somebody may know of, newest first; what of each, `reading_of` says.

    Raises:
        NotPermitted: `role_missing` or `scope_missing`.
    """
    permit(principal, "list_cases").require()
    facts = principal.facts
    if facts.roles == (Role.APPLICANT,) and facts.organisation is not None:
        found = await cases.of_organisation(session, facts.organisation)
    else:
        found = await cases.every(session)
    return [case for case in found if parts_in(case, facts, principal.hears)]


async def cases_called(
    session: AsyncSession, principal: Principal, words: Collection[str], *, where: Callable[[Case], bool]
) -> AsyncGenerator[Case, None]:
    """Yield those of the cases somebody may know of whose names have each of some words, the last lodged first.

    Raises:
        NotPermitted: `role_missing` or `scope_missing`.
    """
    permit(principal, "list_cases").require()
    facts = principal.facts
    own = facts.organisation if facts.roles == (Role.APPLICANT,) else None
    async with aclosing(cases.telling(session, words, organisation=own)) as found:
        async for case in found:
            named = case_name(case).casefold()
            if all(word in named for word in words) and where(case) and parts_in(case, facts, principal.hears):
                yield case


def case_name(case: Case) -> str:
    """Return what people know a case by, whoever reads it."""
    lodged = case.lodged
    return f"{lodged.system.name} {lodged.system.version}, {lodged.organisation_name} ({lodged.reference})"


async def case_for(session: AsyncSession, principal: Principal, application: str) -> Case:
    """Return a case somebody may know of.

    Raises:
        NotFound: `unknown_application`, whether there is none or it is not for them.
        NotPermitted: `scope_missing`.
    """
    return require_readable(principal, await cases.find(session, application))


async def decision_record_for(session: AsyncSession, principal: Principal, application: str) -> DecisionRecord:
    """Return the record of a decision for somebody who may read its ballots and everyone who took part.

    Raises:
        NotFound: `unknown_application`, whether there is none or it is not for them.
        NotPermitted: `not_permitted` or `scope_missing`.
        OutOfOrder: `not_decided`: there is no decision, or a round is open.
    """
    case = await case_for(session, principal, application)
    permit(principal, "read_decision_record", case).require()
    return await decision_record(session, application)


def record_body_for(case: Case, principal: Principal, body: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """Return the body of a journal entry of a case as somebody may read it: an open round shows no choice.

    `body` is the event as recorded, `{"kind": "ballot_cast", "ballot": {…}, …}`.

    Raises:
        NotFound: `unknown_application`.
        NotPermitted: `not_permitted` or `scope_missing`.
    """
    permit(principal, "read_record", case).require()
    ballot, vote = body.get("ballot"), case.open_round
    if body.get("kind") != BallotCast.model_fields["kind"].default or not isinstance(ballot, dict):
        return body
    if vote is None or ballot.get("round") != vote.number:
        return body
    shown = {key: value for key, value in body.items() if key != _RECEIPT}
    return {**shown, "ballot": {key: value for key, value in ballot.items() if key not in _CHOICE}}
