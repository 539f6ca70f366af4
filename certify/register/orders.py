"""What an order of the signer rests on: read from the record alone, its chains verified, its rules checked again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register import people, streams
from certify.register.chain import verified_events
from certify.register.schemes import scheme_in_record
from certify.register.signed_acts import signed_acts
from labels.signed_acts import signature_problems
from schemas.case import Case
from schemas.errors import PreparationError
from schemas.event import Event
from schemas.events import CASE_EVENTS
from schemas.label_life import LabelLife
from schemas.receipts import SignedActs
from workflows.options import case_stream, matter_stream
from workflows.rules.case.fold import fold
from workflows.rules.case.grants import check_grant
from workflows.rules.case.interests import free_of_ties
from workflows.rules.case.reopening import rests_on
from workflows.rules.deadlines import last_second_after_months
from workflows.rules.label.kernel import LABEL
from workflows.rules.label.prolongations import check_prolongation


class NotCarriedError(PreparationError):
    """The record, whole and verified, does not carry the label."""


@dataclass(frozen=True, kw_only=True)
class Ordered:
    """A decision that was checked: what the label is made of."""

    case: Case
    decided_at: datetime
    expires_at: datetime


async def ordered(session: AsyncSession, decision: str, at: datetime) -> Ordered:
    """Return what a decision gives a label for.

    Args:
        session: reads the record.
        decision: its number.
        at: when the label is signed.

    Raises:
        NotCarriedError: the record does not carry it, for good.
        PreparationError: it is not on record, or not checked for another reason.
        ChainBroken: a stream it rests on does not hold.
        NotFound: `unknown_scheme`.
    """
    kind, _, rest = decision.partition("/")
    if kind == LABEL.name:
        return await _prolonged(session, decision, rest.partition("/")[0])
    return await _granted(session, decision, at)


async def _granted(session: AsyncSession, decision: str, at: datetime) -> Ordered:
    events = await _events(session, decision.partition("/")[0])
    case = fold(events) if events else None
    if case is None:
        raise PreparationError("unknown_decision", f"The record has no case of a decision {decision}.")
    if case.decision is None or case.decision.number != decision:
        raise PreparationError("unknown_decision", f"The record has no decision {decision}.")
    scheme = await scheme_in_record(session, case.lodged.scheme)
    _carried(lambda: check_grant(case, scheme.rules, scheme.digest, at), final=case.edition > 1)
    await _check_ties(session, case)
    signed = await signed_acts(session, events)
    _carried(lambda: check_signatures(case, signed), final=True)
    months = scheme.rules.tiers[case.tier].validity_months
    decided_at = case.decision.decided_at
    return Ordered(case=case, decided_at=decided_at, expires_at=last_second_after_months(decided_at, months))


async def _check_ties(session: AsyncSession, case: Case) -> None:
    """Refuse to sign what rests on somebody who is tied to the applicant by now (procedure, rule 2; security I14).

    Raises:
        NotCarriedError: `tied_to_applicant`, `kept_away`.
    """
    if case.edition == 1:
        return
    for person in (await people.facts_of(session, sorted(rests_on(case)))).values():
        refusal = free_of_ties(case.lodged, person).refusal
        if refusal is not None:
            raise NotCarriedError(refusal.code, f"The grant rests on a part of {person.person}.")


def check_signatures(case: Case, signed: SignedActs) -> None:
    """Refuse to sign a label whose ballots or release are not shown to be their people's (security I2, T26).

    Raises:
        PreparationError: a code of `labels.signed_acts.signature_problems`.
    """
    for problem in signature_problems(case, signed):
        raise PreparationError(problem.code, f"{problem.place}: {problem.message}")


async def _prolonged(session: AsyncSession, decision: str, label: str) -> Ordered:
    life = await _life(session, label)
    if life is None or life.prolongation is None or life.prolongation.number != decision:
        raise PreparationError("unknown_decision", f"The record has no decision {decision}.")
    case = await carried_prolongation(session, life)
    return Ordered(case=case, decided_at=life.prolongation.decided_at, expires_at=life.prolongation.until)


async def carried_prolongation(session: AsyncSession, life: LabelLife, *, until: datetime | None = None) -> Case:
    """Return the case behind a label whose prolongation the record carries.

    Args:
        session: reads the record.
        life: the label as it waits for the signer.
        until: up to when the renewal is read: what became of it later says nothing about the prolongation.

    Raises:
        NotCarriedError: the record does not carry it, for good.
        PreparationError: the case is not on record.
        ChainBroken: a stream it rests on does not hold.
        NotFound: `unknown_scheme`.
    """
    case = await _case(session, life.application)
    if case is None:
        raise PreparationError("unknown_decision", f"The record has no case of the label {life.id}.")
    renewal = await _case(session, life.renewal.application, until=until) if life.renewal is not None else None
    scheme = await scheme_in_record(session, case.lodged.scheme)
    begun = await streams.entry_at(session, matter_stream(LABEL.name, life.id), 1)
    if begun is None:
        raise PreparationError("unknown_decision", f"The record has no life of the label {life.id}.")
    _carried(lambda: check_prolongation(life, case, renewal, scheme.rules, scheme.digest, begun.digest), final=True)
    return case


def _carried(check: Callable[[], None], *, final: bool) -> None:
    try:
        check()
    except PreparationError as error:
        if final:
            raise NotCarriedError(error.code, error.message) from error
        raise


async def _case(session: AsyncSession, application: str, *, until: datetime | None = None) -> Case | None:
    events = await _events(session, application)
    known = [event for event in events if until is None or event.at <= until]
    return fold(known) if known else None


async def _events(session: AsyncSession, application: str) -> Sequence[Event]:
    return [CASE_EVENTS.validate_json(body) async for body in verified_events(session, case_stream(application))]


async def _life(session: AsyncSession, label: str) -> LabelLife | None:
    life: Any = None
    async for body in verified_events(session, matter_stream(LABEL.name, label)):
        life = LABEL.evolve(life, LABEL.events.validate_json(body))
    return life if isinstance(life, LabelLife) else None
