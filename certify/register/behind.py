"""What an entry of the record, an erasure or a hold is about, and whom that keeps out (procedure, rules 1 and 2)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register import cases, labels, matters, people, streams
from certify.register.matters import MatterRecord, state_of
from schemas.appeal import Appeal
from schemas.case import Case
from schemas.complaint import Complaint
from schemas.erasure import AskErasure, Erasure
from schemas.label_life import LabelLife
from schemas.legal_hold import AskHold, HeldKind, LegalHold
from schemas.matter import Matter
from schemas.organisation import Organisation
from schemas.people import PersonFacts
from schemas.practice import Practice
from schemas.record_correction import ProposeCorrection, RecordCorrection
from workflows.rules.case.interests import free_of_interest, is_kept_away
from workflows.rules.kernels import KERNELS
from workflows.rules.label.kernel import LABEL
from workflows.rules.label.people import free_in_label
from workflows.rules.motions import free_in
from workflows.rules.permission import Permission, first_refusal, free_of_party
from workflows.rules.second_person import KEPT_AWAY

OfTwo = ProposeCorrection | RecordCorrection | AskErasure | Erasure | AskHold | LegalHold
"""What two people settle, and the acts that open it."""


@dataclass(frozen=True, kw_only=True)
class Behind:
    """What something in the record is about.

    Attributes:
        party: the organisation whose people and whoever is tied to it are not free; None where it concerns none.
        about: the case with its labels, and the matters between.
        party_has: all cases and matters of an organisation that is meant as a whole: an interest in one of them counts.
    """

    party: str | None = None
    about: tuple[Case | Matter, ...] = ()
    party_has: tuple[Case | Matter, ...] = ()

    def keeps_out(self, person: PersonFacts) -> str | None:
        """Return the code by which somebody is kept out of it, None for who is free of it."""
        if self.party is not None and person.organisation == self.party:
            return "own_organisation"
        if any(isinstance(one, Case) and is_kept_away(one, person) for one in self.about):
            return KEPT_AWAY
        answers = (free_of_party(self.party, person), *(_free(one, person) for one in self.about))
        refusal = first_refusal(*answers).refusal
        if refusal is not None:
            return refusal.code
        return "has_interest" if any(_has_interest(one, person.person) for one in self.party_has) else None


def _free(one: Case | Matter, person: PersonFacts) -> Permission:
    if isinstance(one, Case):
        return free_of_interest(one, person)
    return free_in_label(one, person) if isinstance(one, LabelLife) else free_in(one, person)


def _has_interest(one: Case | Matter, person: str) -> bool:
    return one.has_interest(person) or (isinstance(one, LabelLife) and person in one.interested)


async def behind(session: AsyncSession, one: OfTwo) -> Behind:
    """Return what a correction, an erasure or a hold is about."""
    if isinstance(one, ProposeCorrection | RecordCorrection):
        return await behind_entry(session, one.stream, one.number)
    if isinstance(one, AskErasure):
        return await _behind_case(session, one.case)
    if isinstance(one, Erasure):
        return await _behind_case(session, one.application)
    return await _behind_held(session, one.about, one.held)


async def behind_entry(session: AsyncSession, stream: str, number: int) -> Behind:
    """Return what an entry is about; of the stream `people` each entry is about another person."""
    kind, _, subject = stream.partition("/")
    if kind == "case":
        return await _behind_case(session, subject)
    if kind == "people":
        return await _behind_person(session, await _person_in(session, stream, number))
    if kind == "access":
        found = await _behind_case(session, subject)
        return found if found.about else await _behind_matter(session, f"complaint/{subject}")
    return await _behind_matter(session, stream) if kind in KERNELS else Behind()


async def _behind_case(session: AsyncSession, application: str) -> Behind:
    case = await cases.find(session, application)
    if case is None:
        return Behind()
    rows = await labels.of_case(session, application)
    lives = [await matters.find(session, LabelLife, LABEL.name, row.id) for row in rows]
    return Behind(party=case.lodged.organisation, about=(case, *(life for life in lives if life is not None)))


async def _behind_label(session: AsyncSession, label: str | None) -> Behind:
    row = await labels.find(session, label) if label is not None else None
    return await _behind_case(session, row.application) if row is not None else Behind()


async def _behind_organisation(session: AsyncSession, organisation: str) -> Behind:
    rows = await matters.of_organisation(session, organisation)
    its: Sequence[Case | Matter] = [*await cases.of_organisation(session, organisation), *map(state_of, rows)]
    return Behind(party=organisation, party_has=tuple(its))


async def _behind_person(session: AsyncSession, person: str | None) -> Behind:
    row = await people.find(session, person) if person is not None else None
    if row is None or row.organisation is None:
        return Behind()
    return await _behind_organisation(session, row.organisation)


async def _behind_matter(session: AsyncSession, stream: str) -> Behind:
    row = await session.get(MatterRecord, stream)
    if row is None:
        return Behind()
    state: Matter = state_of(row)
    below = await _below(session, state)
    return replace(below, party=below.party or state.party, about=(*below.about, state))


async def _below(session: AsyncSession, state: Matter) -> Behind:
    """Return what a matter is about, besides itself."""
    if isinstance(state, LabelLife | Practice):
        return await _behind_case(session, state.application)
    if isinstance(state, Complaint):
        return await _behind_label(session, state.label)
    if isinstance(state, Appeal):
        return await behind_entry(session, state.stream, state.number)
    if isinstance(state, Organisation):
        return await _behind_organisation(session, state.id)
    return await behind(session, state) if isinstance(state, RecordCorrection | Erasure | LegalHold) else Behind()


async def _behind_held(session: AsyncSession, about: HeldKind, held: str) -> Behind:
    if about == HeldKind.CASE:
        return await _behind_case(session, held)
    if about == HeldKind.LABEL:
        return await _behind_label(session, held)
    if about == HeldKind.ORGANISATION:
        return await _behind_organisation(session, held)
    return await _behind_person(session, held)


async def _person_in(session: AsyncSession, stream: str, number: int) -> str | None:
    """Return whom an entry is about: in the stream `people` each names one person, or none."""
    body = await streams.body_at(session, stream, number)
    named = json.loads(body).get("person") if body is not None else None
    return named if isinstance(named, str) else None
