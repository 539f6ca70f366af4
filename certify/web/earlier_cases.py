"""Earlier cases of the same organisation or system, with their answers: what an intake is compared with (stage 2)."""

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
    """A case of the same organisation or system; `lowered` are the questions answered with less risk now.

    Attributes:
        answers: points by question, None for *unknown*; empty for who may not read the application, as an auditor.
    """

    reading: CaseReading
    answers: Mapping[str, int | None]
    lowered: tuple[str, ...]


async def earlier_cases(services: Services, principal: Principal, opened: OpenCase) -> tuple[EarlierCase, ...]:
    """Return, of those somebody may know of, the cases lodged before a case for the same organisation or system."""
    answers = answers_of(await lodged_application(services, opened.reading))
    found = []
    for one in await list_cases(services, principal, where=lambda other: is_earlier(other, opened.case)):
        before = answers_of(await lodged_application(services, one.reading))
        found.append(
            EarlierCase(reading=one.reading, answers=before, lowered=lowered(before, answers, one.scheme.rules))
        )
    return tuple(found)


def answers_of(application: Application | None) -> dict[str, int | None]:
    """Return the points of each answer."""
    return {question: answer.points for question, answer in application.answers.items()} if application else {}
