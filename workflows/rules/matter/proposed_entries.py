"""Entries without a vote, of whoever joined before: proposed by one person, confirmed by another (Code, II-2.4)."""

from datetime import datetime

from schemas.accession import ConfirmEntry, EntryProposed, EntryRejected, ProposeEntry, RejectEntry
from schemas.clocks import Party, Waiting
from schemas.errors import NotFound
from schemas.organisation import EntryProposal, Organisation
from schemas.people import PersonFacts, Role
from schemas.scheme import SchemeRules
from workflows.kernel import Events
from workflows.rules.matter.accession import entry_without_vote, is_desk_of, may_be_entered
from workflows.rules.permission import ALLOWED, Permission, first_refusal, free_of_party, holds
from workflows.rules.second_person import is_second


def may_propose(organisation: str, person: PersonFacts) -> Permission:
    """Whether a person may propose to enter an organisation: the secretariat, but not their own or one tied to them."""
    return first_refusal(holds(person, Role.SECRETARIAT), free_of_party(organisation, person))


def may_propose_again(state: Organisation, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may propose an entry of which one was rejected before."""
    return first_refusal(is_desk_of(state, person), may_be_entered(state))


def propose(state: Organisation | None, act: ProposeEntry, now: datetime, rules: SchemeRules) -> Events:
    """Propose an entry; until another person confirms it, the organisation does not stand in the Register."""
    may_propose(act.matter, act.actor).require()
    if state is not None:
        may_propose_again(state, act.actor, rules).require()
    earlier = state.entry_proposal.number if state is not None and state.entry_proposal is not None else 0
    proposal = EntryProposal(
        number=earlier + 1,
        name=act.name,
        country=act.country,
        roles=act.roles,
        ethics_officer=act.ethics_officer,
        officer_contact=act.officer_contact,
        address=act.address,
        proposed_by=act.actor.person,
        proposed_at=now,
    )
    return (
        EntryProposed(
            at=now,
            actor=act.actor.person,
            organisation=act.matter,
            scheme_digest=act.scheme_in_force,
            proposal=proposal,
        ),
    )


def may_confirm(state: Organisation, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may confirm the proposed entry: another of the secretariat than who proposed it."""
    proposal = state.waiting_entry
    another = is_second(person, proposal.proposed_by) if proposal is not None else ALLOWED
    return first_refusal(is_desk_of(state, person), _waits(state), another)


def _waits(state: Organisation) -> Permission:
    if state.waiting_entry is None:
        return Permission(NotFound("nothing_waits", "Nothing waits for a second person."))
    return ALLOWED


def _waiting(state: Organisation, number: int) -> EntryProposal:
    """Return the entry that somebody read before they settled it; one proposed since then is another."""
    proposal = state.waiting_entry
    if proposal is None or proposal.number != number:
        raise NotFound("unknown_proposal", "No such entry waits for a second person.")
    return proposal


def confirm(state: Organisation, act: ConfirmEntry, now: datetime, rules: SchemeRules) -> Events:
    """Confirm the proposed entry: from now on the organisation stands in the Register."""
    may_confirm(state, act.actor, rules).require()
    proposal = _waiting(state, act.number)
    entry = entry_without_vote(proposal, organisation=state.id, by=act.actor, now=now, rules=rules)
    return (entry.model_copy(update={"proposed_by": proposal.proposed_by}),)


def may_reject(state: Organisation, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may reject the proposed entry: anybody of the secretariat, whoever proposed it too."""
    return first_refusal(is_desk_of(state, person), _waits(state))


def reject(state: Organisation, act: RejectEntry, now: datetime, rules: SchemeRules) -> Events:
    """Reject the proposed entry; it may be proposed anew, and the organisation may apply."""
    may_reject(state, act.actor, rules).require()
    proposal = _waiting(state, act.number)
    return (EntryRejected(at=now, actor=act.actor.person, number=proposal.number, reasons=act.reasons),)


def waits_for(state: Organisation) -> tuple[Waiting, ...]:
    """Return who is waited for without a deadline: nothing says by when a proposed entry is settled."""
    return (Waiting(waits_for=Party.SECRETARIAT),) if state.waiting_entry is not None else ()
