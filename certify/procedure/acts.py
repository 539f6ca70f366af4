"""From what a person wrote to an act: texts are stored first, facts are read from the record last."""

from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register import cases, institutions, participants, people, streams
from schemas.act import ActInCase
from schemas.acts import (
    ACTS,
    AcceptApplication,
    AppointRapporteur,
    AssignReviewer,
    AssignReviewers,
    CastBallot,
    Countersign,
    DrawThirdParty,
    RelieveReviewer,
)
from schemas.case import Case
from schemas.errors import (
    AlreadyDecided,
    ConflictOfInterest,
    EvidenceIncomplete,
    NotFound,
    NotPermitted,
    OutOfOrder,
    ProcedureError,
    QuorumNotReached,
    Unacceptable,
    Unavailable,
)
from schemas.interest_acts import ReportUndeclaredInterest
from schemas.people import InstitutionFacts, PersonFacts, Role
from schemas.records import Receipt
from workflows.options import case_stream
from workflows.rules.case.earlier import last_answers
from workflows.rules.case.third_party import POOL_MAX
from workflows.rules.ties import named_in

_KINDS: dict[str, type[ProcedureError]] = {
    error.kind: error
    for error in (
        NotFound,
        NotPermitted,
        ConflictOfInterest,
        OutOfOrder,
        EvidenceIncomplete,
        QuorumNotReached,
        AlreadyDecided,
        Unacceptable,
        Unavailable,
    )
}


class Sent(BaseModel):
    """What became of an act: its receipt once it is recorded, None while that is still under way."""

    model_config = ConfigDict(frozen=True)

    act_id: str
    application: str
    receipt: Receipt | None


def error_of(kind: str, code: str, message: str, hidden: str | None = None) -> ProcedureError:
    """Return the error that a refusal was sent as, with the code of the interest that it hides (`NotFound.hides`)."""
    if hidden is not None:
        return NotFound(code, message, hides=ConflictOfInterest(hidden, message))
    return _KINDS.get(kind, ProcedureError)(code, message)


def parsed(kind: str, fields: dict[str, Any]) -> ActInCase:
    """Return an act of a kind from its fields.

    Raises:
        Unacceptable: `malformed_act`, naming the first field that is wrong.
    """
    try:
        return ACTS[kind].model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise Unacceptable("malformed_act", f"{where}: {first['msg']}") from None


def _named(act: ActInCase) -> list[str]:
    """Return the people whom an act gives a part, or takes one from."""
    if isinstance(act, AssignReviewer):
        return [act.reviewer]
    if isinstance(act, AssignReviewers):
        return [one.reviewer for one in (*act.reviewers, *act.reserves)]
    if isinstance(act, RelieveReviewer):
        return [act.person]
    return [act.rapporteur] if isinstance(act, AppointRapporteur) else []


async def with_facts(session: AsyncSession, act: ActInCase, case: Case | None) -> ActInCase:
    """Return the act with the facts it is judged by, as the record has them now."""
    facts: dict[str, Any] = {}
    if "seated" in act.needs:
        facts |= (await institutions.seats(session)).as_facts()
    if isinstance(act, CastBallot):
        facts["institution"] = _seats_of(act.actor.person, await institutions.facts(session))
    if isinstance(act, AcceptApplication) and case is not None:
        facts["earlier"] = last_answers(await cases.every(session), case)
    if named := _named(act):
        facts["people"] = await people.serving_of(session, named)
    if isinstance(act, DrawThirdParty):
        held = await people.serving(session, Role.NEUTRAL_THIRD_PARTY)
        facts["people"] = {one.person: one for one in held[:POOL_MAX]}
        approved = await streams.last_of_kind(session, case_stream(act.application), "plan_approved")
        facts["entry"] = approved.digest if approved is not None else None
    if isinstance(act, Countersign | ReportUndeclaredInterest):
        facts["people"] = await people.facts_of(session, [act.person])
    if "participant" in act.needs and case is not None:
        facts["participant"] = await participants.facts(session, case.lodged.organisation)
    return _narrowed(act.model_copy(update=facts), case)


def _seats_of(person: str, seats: InstitutionFacts) -> InstitutionFacts:
    """Return which seats one person holds: a ballot asks about nobody else's."""
    commission, substitutes = ({person} & {*held} for held in (seats.commission, seats.substitutes))
    return InstitutionFacts(entry=seats.entry, commission=tuple(commission), substitutes=tuple(substitutes))


def _narrowed(act: ActInCase, case: Case | None) -> ActInCase:
    """Keep of people's ties what the rules ask about in this case: the rest of their lives is not the history's."""

    def narrowed(one: PersonFacts) -> PersonFacts:
        tied = named_in(one.tied_to, case.lodged) if case is not None else ()
        return one.model_copy(update={"tied_to": tied})

    everyone = {key: narrowed(one) for key, one in act.people.items()}
    return act.model_copy(update={"actor": narrowed(act.actor), "people": everyone})
