"""The facts an act in a matter is judged by, as the record has them just before it is sent."""

from collections.abc import Awaitable, Callable, Collection
from datetime import UTC, datetime
from typing import Any, Final

from sqlmodel.ext.asyncio.session import AsyncSession

from certify.procedure.adoption import scheme_facts
from certify.procedure.erasing import erasing_facts
from certify.procedure.label_facts import with_label_facts
from certify.procedure.stored_files import with_stored_file
from certify.register import cases, holder_images, institutions, labels, participants, people, schemes, streams
from certify.register.behind import OfTwo, behind
from certify.register.challenges import challenged_by, panel_facts
from certify.register.involvement import concerned_by, handling_of
from certify.vault.inspections import require_offerable
from certify.vault.store import Vault
from schemas.accession import ApplyToJoin, ChooseHolderImage, OpenAccessionVote, ProposeEntry
from schemas.act import Act
from schemas.appeal import Appeal, LodgeAppeal
from schemas.complaint import AssignHandler, Complaint, FileComplaint
from schemas.institution import Institution
from schemas.institution_acts import ChangeWorkingGroup, ConfirmElection, CreateWorkingGroup, RecordElection
from schemas.label_act import LabelAct
from schemas.label_acts import (
    AssignSurveillanceReviewer,
    BeginLife,
    OfferFreshEvidence,
    RelieveSurveillanceReviewer,
)
from schemas.label_life import LabelLife
from schemas.legal_hold import AskHold, HeldKind
from schemas.matter import CastVote, Matter
from schemas.organisation import Organisation
from schemas.people import InstitutionFacts, PersonFacts
from schemas.practice import OfferPractice
from schemas.record_correction import ProposeCorrection
from schemas.scheme_adoption import SchemeAct, SchemeProposal
from workflows.rules.matter.seats import people_of

Facts = dict[str, Any]


async def with_stored(session: AsyncSession, act: Act, state: Matter | None) -> Act:
    """Return the act with the content that the store knows of it, if there is any.

    Raises:
        NotFound: `not_in_store`, `unknown_image`.
    """
    if isinstance(act, ChooseHolderImage) and act.image is not None:
        await holder_images.require(session, act.image)
    if isinstance(act, OfferFreshEvidence) and isinstance(state, LabelLife):
        return await with_stored_file(session, state.application, act)
    return act


async def with_matter_facts(session: AsyncSession, vault: Vault, act: Act, state: Matter | None, stream: str) -> Act:
    """Return the act, which goes to the matter of a stream, with its facts."""
    facts: Facts = {}
    if act.needs & {"seated", "institution"}:
        facts |= await _electorate_facts(session, act, stream)
    if "named" in act.needs:
        facts["people"] = await people.serving_of(session, sorted(_named(act, state)))
    organisation = _organisation(act, state)
    if "participant" in act.needs and organisation is not None:
        facts["participant"] = await participants.facts(session, organisation)
    if isinstance(act, ProposeCorrection):
        facts |= await _entry_facts(session, act)
    if isinstance(act, OfferFreshEvidence) and isinstance(state, LabelLife):
        await require_offerable(session, state.application, digest=act.digest_of_file, name=act.file)
    if isinstance(act, OfferPractice):
        facts |= await _finding_facts(session, act)
    if isinstance(act, SchemeAct):
        facts |= await scheme_facts(session, vault, act, state)
    if isinstance(act, ApplyToJoin | OpenAccessionVote):
        facts["namesake"] = await _namesake(session, act, state)
    for need in sorted(act.needs & set(_READERS)):
        facts |= await _READERS[need](session, act, state)
    party = state.party if state is not None else facts.get("party", organisation)
    return await _with_label(session, _narrowed(act.model_copy(update=facts), _asked_about(party, state)), state)


async def _electorate_facts(session: AsyncSession, act: Act, stream: str) -> Facts:
    """Return who holds which seat, and the entry with which a panel of them is drawn."""
    seats = await institutions.seats(session, appeal_pool=True)
    opened = await streams.entry_at(session, stream, 1) if "seated" in act.needs else None
    return seats.as_facts() | ({"drawn_from": opened.digest} if opened is not None else {})


async def _with_label(session: AsyncSession, act: Act, state: Matter | None) -> Act:
    if isinstance(act, LabelAct) and isinstance(state, LabelLife):
        return await with_label_facts(session, act, state)
    return act


def _organisation(act: Act, state: Matter | None) -> str | None:
    if isinstance(act, BeginLife):
        return act.organisation
    if isinstance(act, ProposeEntry):
        return act.matter
    return state.organisation if state is not None else act.actor.organisation


def _asked_about(party: str | None, state: Matter | None) -> set[str]:
    """Return the organisations of which the rules of a matter ask whether somebody is tied to them."""
    about = {party} if party is not None else set()
    return about | {*state.group, *state.kept_away} if isinstance(state, LabelLife) else about


def _narrowed(act: Act, about: Collection[str]) -> Act:
    """Keep of people's ties what the rules ask about in this matter."""

    def narrowed(one: PersonFacts) -> PersonFacts:
        return one.model_copy(update={"tied_to": tuple(tied for tied in one.tied_to if tied in about)})

    everyone = {key: narrowed(one) for key, one in act.people.items()}
    return act.model_copy(update={"actor": narrowed(act.actor), "people": everyone})


async def _finding_facts(session: AsyncSession, act: OfferPractice) -> dict[str, Any]:
    """Return whose finding it is and the article of its criterion, where the case was judged by it."""
    case = await cases.find(session, act.case)
    if case is None or act.criterion not in {one.criterion for one in case.results}:
        return {"party": None, "article": None}
    rules = (await schemes.pinned(session, case.lodged.scheme.digest)).rules
    return {"party": case.lodged.organisation, "article": rules.criteria[act.criterion].article}


async def _entry_facts(session: AsyncSession, act: ProposeCorrection) -> dict[str, Any]:
    """Return the digest of the entry to be corrected, and which organisation it concerns."""
    entry = await streams.entry_at(session, act.stream, act.number)
    return {
        "entry_digest": entry.digest if entry is not None else None,
        "party": (await behind(session, act)).party,
    }


def _named(act: Act, state: Matter | None) -> frozenset[str]:
    """Return the people whom an act names, or the election that it confirms."""
    if isinstance(act, AssignHandler):
        return frozenset({act.handler})
    if isinstance(act, AssignSurveillanceReviewer | RelieveSurveillanceReviewer):
        return frozenset({act.reviewer})
    if isinstance(act, RecordElection):
        return people_of(act.elected)
    if isinstance(act, ConfirmElection) and isinstance(state, Institution):
        waiting = [one for one in state.elections if one.number == act.number]
        return frozenset().union(*(people_of(one.elected) for one in waiting))
    return frozenset(act.members) if isinstance(act, CreateWorkingGroup | ChangeWorkingGroup) else frozenset()


async def _namesake(session: AsyncSession, act: ApplyToJoin | OpenAccessionVote, state: Matter | None) -> str | None:
    named = act if isinstance(act, ApplyToJoin) else state.application if isinstance(state, Organisation) else None
    if named is None:
        return None
    return await participants.namesake(session, named.name, named.country, apart_from=act.matter)


async def _held(session: AsyncSession, act: Act, _: Matter | None) -> Facts:
    """Return whether there is what is to be held, and to which organisation it belongs."""
    assert isinstance(act, AskHold)
    return await _HELD[act.about](session, act.held)


async def _held_case(session: AsyncSession, held: str) -> Facts:
    case = await cases.find(session, held)
    return {"is_known": case is not None, "party": case.lodged.organisation if case else None}


async def _held_label(session: AsyncSession, held: str) -> Facts:
    label = await labels.find(session, held)
    return {"is_known": label is not None, "party": label.organisation if label else None}


async def _held_organisation(session: AsyncSession, held: str) -> Facts:
    known = await participants.find(session, held) is not None
    return {"is_known": known, "party": held if known else None}


async def _held_person(session: AsyncSession, held: str) -> Facts:
    person = await people.find(session, held)
    return {"is_known": person is not None, "party": person.organisation if person else None}


_HELD: Final = {
    HeldKind.CASE: _held_case,
    HeldKind.LABEL: _held_label,
    HeldKind.ORGANISATION: _held_organisation,
    HeldKind.PERSON: _held_person,
}


async def _concerned(session: AsyncSession, act: Act, state: Matter | None) -> Facts:
    if not isinstance(state, Complaint):
        return {"concerned": await concerned_by(session, act.label if isinstance(act, FileComplaint) else None)}
    concerned, handling = await concerned_by(session, state.label), await handling_of(session, state.id)
    return {"concerned": concerned.model_copy(update=handling)}


async def _challenged(session: AsyncSession, act: Act, _: Matter | None) -> Facts:
    assert isinstance(act, LodgeAppeal)
    return {"challenged": await challenged_by(session, act.stream, act.number)}


async def _labels(session: AsyncSession, act: Act, state: Matter | None) -> Facts:
    organisation = state.organisation if state is not None else act.actor.organisation
    if organisation is None:
        return {}
    return {"labels": await labels.not_ended(session, organisation, datetime.now(UTC))}


async def _kept_out(session: AsyncSession, act: Act, state: Matter | None) -> Facts:
    asked = state if state is not None else act
    assert isinstance(asked, OfTwo)
    return {"kept_out": (await behind(session, asked)).keeps_out(act.actor)}


async def _panel(session: AsyncSession, _: Act, state: Matter | None) -> Facts:
    return {"around": await panel_facts(session, state)} if isinstance(state, Appeal) else {}


async def _seats(session: AsyncSession, act: Act, state: Matter | None) -> Facts:
    seats = await institutions.facts(session)
    if isinstance(act, CastVote):
        seats = seats_to_vote_with(act.actor.person, seats, on_appeal=isinstance(state, Appeal))
    return {"institution": seats}


def seats_to_vote_with(person: str, seats: InstitutionFacts, *, on_appeal: bool) -> InstitutionFacts:
    """Return of the seats one person's own in the body that decides a matter: a seat in another gives no vote in it.

    The appeal pool decides appeals, apart from the Commission; the Commission everything else (procedure, People; I2).
    """
    commission = {*seats.commission, *seats.substitutes}
    own = ({*seats.appeal_pool} - commission if on_appeal else commission) & {person}
    body = "appeal_pool" if on_appeal else "commission"
    return InstitutionFacts(entry=seats.entry, **{body: tuple(own)})


async def _adopted(session: AsyncSession, _: Act, state: Matter | None) -> Facts:
    """Return what was adopted of the scheme of a proposal: the version in force, and those under its own number."""
    if not isinstance(state, SchemeProposal):
        return {}
    proposed = state.proposed
    return {
        "in_force": await schemes.digest_in_force(session, proposed.scheme),
        "namesakes": await schemes.namesakes(session, proposed.scheme, proposed.version),
    }


_READERS: Final[dict[str, Callable[[AsyncSession, Act, Matter | None], Awaitable[Facts]]]] = {
    "adopted": _adopted,
    "challenged": _challenged,
    "concerned": _concerned,
    "erasing": erasing_facts,
    "held": _held,
    "kept_out": _kept_out,
    "seats": _seats,
    "labels": _labels,
    "panel": _panel,
}
"""How a fact is read that only some kinds of matter need."""
