"""A tie that somebody states counts at once in every open case and matter they take part in (procedure, rule 2; I14).

Whoever takes part in a case declared that no interest binds them. A tie to its applicant or to a company of its group,
stated later on the page of one's ties, says otherwise: it is declared there in their name, and does what any
declaration does: a ballot falls, a plan has to be approved anew, a grant that waits for its signature is decided anew,
a voter leaves an open vote. A company that becomes known to belong to a group makes ties stated before such ties.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from sqlmodel.ext.asyncio.session import AsyncSession

from certify.accounts.principal import ALL_SCOPES, Principal
from certify.accounts.ties import declare
from certify.procedure.bodies import BODIES
from certify.procedure.matter_kinds import KINDS, MatterKind
from certify.procedure.matters import Matters
from certify.register import cases, people, ties
from certify.register.database import Database
from certify.register.matters import every as of_kind
from schemas.case import Case
from schemas.complaint import Complaint
from schemas.errors import AlreadyDecided, NotFound, NotPermitted, Unacceptable
from schemas.label_life import LabelLife
from schemas.matter import Matter
from schemas.people import PersonFacts
from schemas.ties import TIES_MAX, Ties
from workflows.rules.case.interests import free_of_ties, part_of
from workflows.rules.label.people import free_of_ties as free_of_label_ties
from workflows.rules.permission import Permission, free_of_party
from workflows.rules.ties import with_dropped

if TYPE_CHECKING:
    from certify.procedure.client import Procedure

_STATEMENT: Final = "A tie to an organisation that this case concerns was stated on the page of my ties."
_BY_GROUP: Final = "A company that I stated a tie to became known to belong to the group that this concerns."
_DECLARE: Final = "declare_matter_interests"


async def state_ties(
    procedure: "Procedure",
    database: Database,
    principal: Principal,
    change: Callable[[Ties], Ties],
    request_id: str,
) -> Ties:
    """Record somebody's ties in the place of those stated before, and declare in open cases what they now say.

    What was stated before and is left out now is kept as ended today, and goes on counting (rule 1).

    Args:
        procedure: sends the declarations.
        database: the record.
        principal: whose ties they are.
        change: from what was stated before to what is stated now.
        request_id: the request this came with.

    Raises:
        Unacceptable: `too_many_ties`.
        ProcedureError: the ties stand, and a declaration was not taken, as when the procedure cannot be reached;
            stating them again goes on with it. No label is signed meanwhile (`certify.register.orders`).
    """
    async with database.writing() as session:
        before, now = await ties.last_of(session, principal.person), datetime.now(UTC)
        months = await ties.months_counted(session)
        stated = with_dropped(before, change(before), at=now.date(), months=months)
        if len(stated) > TIES_MAX:
            raise Unacceptable("too_many_ties", f"With those that ended and still count, there is room for {TIES_MAX}.")
        entry = await declare(
            session,
            person=principal.person,
            ties=stated,
            now=now,
            authn=principal.authn,
            request_id=request_id,
        )
    said = _Said(statement=_STATEMENT, key=f"tie-{entry}", request_id=request_id)
    await _count(procedure, database, principal, said)
    return stated


async def count_group(procedure: "Procedure", database: Database, organisation: str, request_id: str) -> None:
    """Declare for whom a tie they stated leads to an organisation, since its group is known, that it does.

    Args:
        procedure: sends the declarations.
        database: the record, which holds the group as it is now.
        organisation: whose group was declared.
        request_id: the request this came with.

    Raises:
        ProcedureError: the group stands, and a declaration was not taken; declaring it again goes on with it.
    """
    async with database.reading() as session:
        known = await people.facts_of(session, await ties.stated_by(session))
    said = _Said(statement=_BY_GROUP, key=f"group-{organisation}", request_id=request_id)
    for facts in known.values():
        if organisation in facts.tied_to:
            principal = Principal(facts=facts, name="", authn="rule", scopes=ALL_SCOPES, strong_at=datetime.now(UTC))
            await _count(procedure, database, principal, said)


@dataclass(frozen=True, kw_only=True)
class _Said:
    """What is declared in somebody's name, under which key in each case or matter, and the request it came with."""

    statement: str
    key: str
    request_id: str


async def _count(procedure: "Procedure", database: Database, principal: Principal, said: _Said) -> None:
    async with database.reading() as session:
        facts = (await people.facts_of(session, [principal.person])).get(principal.person, principal.facts)
        open_cases = [case for case in await cases.unfinished(session) if _is_concerned(case, facts)]
        open_matters = await _concerned_matters(session, facts)
    await _declare_in_cases(procedure, principal, open_cases, said)
    await _declare_in_matters(procedure.matters, principal, open_matters, said)


async def _concerned_matters(session: AsyncSession, facts: PersonFacts) -> list[tuple[MatterKind, str]]:
    return [
        (kind, matter.id)
        for kind in KINDS.values()
        if _DECLARE in kind.bodies
        for matter in await of_kind(session, kind.kernel.state, kind.kernel.name, naming=facts.person, open_only=True)
        if _counts_on(matter, facts.person) and not _is_free(matter, facts)
    ]


async def _declare_in_cases(
    procedure: "Procedure", principal: Principal, concerned: Iterable[Case], said: _Said
) -> None:
    body = BODIES["declare_interests"].model_validate({"has_interest": True, "statement": said.statement})
    for case in concerned:
        key = f"{said.key}-{case.id}"
        try:
            await procedure.act(principal, "declare_interests", case.id, body, key=key, request_id=said.request_id)
        except AlreadyDecided:
            continue  # declared by the person in the meantime


async def _declare_in_matters(
    matters: Matters, principal: Principal, concerned: Iterable[tuple[MatterKind, str]], said: _Said
) -> None:
    for kind, matter_id in concerned:
        body = kind.bodies[_DECLARE].model_validate({"has_interest": True, "statement": said.statement})
        key = f"{said.key}-{matter_id}"
        try:
            await matters.act(
                principal, kind.kernel.name, _DECLARE, matter_id, body, key=key, request_id=said.request_id
            )
        except (AlreadyDecided, NotPermitted, NotFound):
            continue  # declared in the meantime, or no part in it any more


def _counts_on(matter: Matter, person: str) -> bool:
    """Whether a matter counts on somebody: they declared that nothing binds them, handle it, or are to vote in it."""
    vote, handles = matter.open_motion, isinstance(matter, Complaint) and matter.handler == person
    return matter.has_declared_none(person) or handles or (vote is not None and person in vote.base)


def _is_free(matter: Matter, person: PersonFacts) -> Permission:
    """Whether no tie leads to the party of a matter; at a label the holder's group counts, and whom it keeps away."""
    if isinstance(matter, LabelLife):
        return free_of_label_ties(matter, person)
    return free_of_party(matter.party, person)


def _is_concerned(case: Case, person: PersonFacts) -> bool:
    declared = case.has_declared_none(person.person) and part_of(case, person) is not None
    return declared and not free_of_ties(case.lodged, person)
