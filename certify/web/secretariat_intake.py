"""The intake check: is it complete, which tier and why, what did the applicant say before (procedure, stage 2)."""

from collections.abc import Mapping
from dataclasses import dataclass

from certify.accounts.principal import Principal
from certify.accounts.reading import CaseReading
from certify.web.casework import OpenCase, list_cases, lodged_application
from certify.web.services import Services
from schemas.application import Application
from schemas.case import Case
from schemas.scheme import Scheme


@dataclass(frozen=True, kw_only=True)
class EarlierCase:
    """A case of the same organisation or system; `lowered` are the questions answered with less risk now."""

    reading: CaseReading
    answers: Mapping[str, int | None]
    lowered: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class IntakeCheck:
    """What the decision on the intake rests on.

    Attributes:
        answers: points by question, None for *unknown*, which counts as the most; empty for an auditor.
        gates: what was answered to each gate.
        applied: ids of the caps, floors and gates that held for these answers.
    """

    answers: Mapping[str, int | None]
    gates: Mapping[str, str]
    applied: tuple[str, ...]
    earlier: tuple[EarlierCase, ...]


async def intake_check(services: Services, principal: Principal, opened: OpenCase) -> IntakeCheck:
    """Return what the decision on the intake rests on."""
    reading = opened.reading
    application = await lodged_application(services, reading)
    answers = answers_of(application)
    return IntakeCheck(
        answers=answers,
        gates={gate: str(answer) for gate, answer in application.gates.items()} if application else {},
        applied=reading.assessment.applied,
        earlier=await _earlier(services, principal, opened, answers),
    )


def answers_of(application: Application | None) -> dict[str, int | None]:
    """Return the points of each answer."""
    return {question: answer.points for question, answer in application.answers.items()} if application else {}


async def _earlier(
    services: Services, principal: Principal, opened: OpenCase, answers: Mapping[str, int | None]
) -> tuple[EarlierCase, ...]:
    found = []
    for one in await list_cases(services, principal, where=lambda other: is_earlier(other, opened.case)):
        before = answers_of(await lodged_application(services, one.reading))
        found.append(EarlierCase(reading=one.reading, answers=before, lowered=lowered(before, answers, one.scheme)))
    return tuple(found)


def is_earlier(other: Case, case: Case) -> bool:
    """Whether a case was lodged before, by the same organisation or for a system of the same name."""
    same_organisation = other.lodged.organisation == case.lodged.organisation
    related = same_organisation or other.lodged.system.name == case.lodged.system.name
    return related and other.id != case.id and other.lodged_at < case.lodged_at


def lowered(before: Mapping[str, int | None], now: Mapping[str, int | None], scheme: Scheme) -> tuple[str, ...]:
    """Return the questions whose answer is lower than last time: each needs a reason (procedure, stage 2)."""
    most = scheme.rules.scoring.scale.max

    def points(answer: int | None) -> int:
        return most if answer is None else answer

    return tuple(one for one in now if one in before and points(now[one]) < points(before[one]))
