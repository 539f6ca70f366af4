"""The intake check: is it complete, which tier and why, what did the applicant say before (procedure, stage 2)."""

from collections.abc import Mapping
from dataclasses import dataclass

from certify.accounts.principal import Principal
from certify.accounts.reading import CaseReading
from certify.web.casework import OpenCase, list_cases, lodged_application
from certify.web.services import Services
from schemas.application import Application
from workflows.rules.case.earlier import is_earlier, lowered


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
        found.append(
            EarlierCase(reading=one.reading, answers=before, lowered=lowered(before, answers, one.scheme.rules))
        )
    return tuple(found)
