"""Appeals as pages about other things show them: what can be appealed against, until when, and how appeals stand."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sqlmodel.ext.asyncio.session import AsyncSession

from certify.accounts.principal import Principal
from certify.register import appeals, cases, labels, schemes
from certify.register.appeals import AppealRecord
from certify.register.challenges import Challengeable, challengeable_in
from certify.web.language import Language, day, marked, sentence
from certify.web.services import Services
from schemas.appeal import Against
from schemas.people import PersonFacts
from schemas.scheme import BUILT_IN
from workflows.options import case_stream, matter_stream
from workflows.rules.matter.appeals import last_day_to_appeal, may_lodge

ACTS: Final[Mapping[Against, str]] = {
    Against.DECLINED: marked("The application was declined"),
    Against.REFUSED: marked("The label was refused"),
    Against.LAPSED: marked("The application lapsed"),
    Against.SUSPENSION: marked("The label was suspended"),
    Against.WITHDRAWAL: marked("The label was withdrawn"),
    Against.SCOPE: marked("What the label covers was reduced"),
    Against.SURVEILLANCE: marked("The label lapsed after a surveillance"),
    Against.ACCESSION: marked("Joining the Code was refused"),
}


@dataclass(frozen=True, kw_only=True)
class OpenToAppeal:
    """An act that its party can still appeal against.

    Attributes:
        entry: names it in a form, `stream:number`.
        until: the last moment.
    """

    entry: str
    title: str
    about: str
    done_at: datetime
    until: datetime


@dataclass(frozen=True, kw_only=True)
class AppealsShown:
    """What the page of a case or label tells of appeals."""

    lodged: Sequence[AppealRecord]
    open_to: Sequence[OpenToAppeal]


def act_title(language: Language, against: str) -> str:
    """Return which act an appeal is against."""
    return sentence(language, ACTS[Against(against)])


async def appeals_of_case(
    services: Services, principal: Principal, application: str, *, about: str, language: Language
) -> AppealsShown:
    """Return the appeals against acts of a case, and what its party can still appeal against."""
    stream = case_stream(application)
    async with services.database.reading() as session:
        lodged = await appeals.against(session, stream)
        found = await challengeable_in(session, stream)
        open_to = await _open_to(session, principal.facts, found, lodged, {stream: about}, language)
    return AppealsShown(lodged=lodged, open_to=open_to)


async def open_to_party(services: Services, principal: Principal, language: Language) -> Sequence[OpenToAppeal]:
    """Return every act that somebody's organisation can still appeal against, the last one first."""
    organisation = principal.facts.organisation
    if organisation is None:
        return ()
    async with services.database.reading() as session:
        about = await _streams_of(session, organisation)
        lodged = await appeals.against(session, *about)
        found = [one for stream in about for one in await challengeable_in(session, stream)]
        return await _open_to(session, principal.facts, found, lodged, about, language)


async def _streams_of(session: AsyncSession, organisation: str) -> dict[str, str]:
    """Return the streams in which acts against an organisation can stand, each with what it is about."""
    found = {matter_stream("organisation", organisation): ""}
    for case in await cases.of_organisation(session, organisation):
        found[case_stream(case.id)] = f"{case.lodged.system.name} {case.lodged.system.version}"
    for row in await labels.of_organisation(session, organisation):
        found[matter_stream("label", row.id)] = f"{row.product} {row.public_facts.version}"
    return found


async def _open_to(
    session: AsyncSession,
    person: PersonFacts,
    found: Iterable[Challengeable],
    lodged: Iterable[AppealRecord],
    about: Mapping[str, str],
    language: Language,
) -> list[OpenToAppeal]:
    rules = (await schemes.in_force(session, BUILT_IN.name)).rules
    taken, now = {(one.stream, one.number) for one in lodged}, datetime.now(UTC)
    left = [
        OpenToAppeal(
            entry=f"{one.stream}:{one.number}",
            title=act_title(language, one.facts.against),
            about=about[one.stream],
            done_at=one.facts.done_at,
            until=last_day_to_appeal(one.facts.done_at, rules),
        )
        for one in found
        if one.facts.against is not None
        and (one.stream, one.number) not in taken
        and may_lodge(person, one.facts, now, rules)
    ]
    return sorted(left, key=lambda one: one.done_at, reverse=True)


def option_text(language: Language, one: OpenToAppeal) -> str:
    """Return how an act is offered in a form."""
    words = [one.title, one.about, day(language, one.done_at.date())]
    return ", ".join(word for word in words if word)
