"""The intake check: is it complete, which tier and why, what did the applicant say before (procedure, stage 2)."""

from collections.abc import Mapping
from dataclasses import dataclass

from certify.accounts.principal import Principal
from certify.web.casework import OpenCase, lodged_application
from certify.web.earlier_cases import EarlierCase, answers_of, earlier_cases
from certify.web.services import Services


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
    return IntakeCheck(
        answers=answers_of(application),
        gates={gate: str(answer) for gate, answer in application.gates.items()} if application else {},
        applied=reading.assessment.applied,
        earlier=await earlier_cases(services, principal, opened),
    )
