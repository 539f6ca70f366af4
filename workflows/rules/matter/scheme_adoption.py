"""A scheme version is adopted by the Commission, which sees where it is stricter than the Code and whom it fails."""

from collections.abc import Collection
from datetime import datetime

from pydantic import JsonValue

from schemas import scheme_adoption as words
from schemas.clocks import Party, Waiting
from schemas.errand import Errand, ErrandDone
from schemas.errors import AlreadyDecided, NotFound, NotPermitted, OutOfOrder, Unacceptable
from schemas.identifiers import ENGINE, Digest
from schemas.people import PersonFacts, Role
from schemas.scheme import SchemeRules, Tier
from schemas.scheme_adoption import (
    NoteSchemeAdopted,
    ProposeScheme,
    PutSchemeToVote,
    SchemeDecided,
    SchemeOvertaken,
    SchemeProposal,
    SchemeProposalEnded,
    SchemeProposalTakenBack,
    SchemeProposed,
    SchemeRehearsed,
    TakeBackSchemeProposal,
)
from workflows.kernel import Events, Kernel
from workflows.rules import motions
from workflows.rules.matters import ActRule, Tables, kernel_of
from workflows.rules.permission import ALLOWED, Permission, first_refusal, holds

ADOPT = "adopt"
SCHEME_ERRAND = "scheme"
"""To whom the errand of an adopted version goes: the stream of the scheme itself."""

ADOPTED_BEFORE = "This version was in force before and was replaced; to return to it, hand it in under another number."


def may_propose(person: PersonFacts) -> Permission:
    """Whether a person may propose a version."""
    return holds(person, Role.SECRETARIAT)


def propose(_: SchemeProposal | None, act: ProposeScheme, now: datetime, rules: SchemeRules) -> Events:  # noqa: ARG001  # as every act
    """Propose a version that was handed in."""
    may_propose(act.actor).require()
    if act.proposed is None or act.proposed.digest != act.digest_of_scheme:
        raise NotFound("unknown_scheme", "Hand the scheme in before you propose it.")
    _is_new(act.proposed.digest, act.proposed.replaces, act.namesakes).require()
    return (
        SchemeProposed(
            at=now,
            actor=act.actor.person,
            proposal=act.matter,
            proposed=act.proposed,
            reasons=act.reasons,
            scheme_digest=act.scheme_in_force,
        ),
    )


def _is_new(digest: Digest, in_force: Digest | None, namesakes: Collection[Digest]) -> Permission:
    """Whether an adoption of a version would change something, and people can tell it from others by its number."""
    if digest == in_force:
        return Permission(AlreadyDecided("already_in_force", "This version is in force."))
    if digest in namesakes:
        return Permission(AlreadyDecided("adopted_before", ADOPTED_BEFORE))
    if namesakes:
        taken = "Another version was adopted under this number; hand this one in under one of its own."
        return Permission(Unacceptable("version_taken", taken))
    return ALLOWED


def _begun(event: SchemeProposed) -> SchemeProposal:
    return SchemeProposal(
        id=event.proposal,
        scheme_digest=event.scheme_digest,
        opened_by=event.actor,
        opened_at=event.at,
        proposed=event.proposed,
        reasons=event.reasons,
    )


def may_put_to_vote(proposal: SchemeProposal, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may let the Commission vote."""
    return first_refusal(holds(person, Role.SECRETARIAT), _undecided(proposal))


def _undecided(proposal: SchemeProposal) -> Permission:
    if proposal.adopted is not None:
        return Permission(AlreadyDecided("already_decided", "The Commission decided about this version."))
    if proposal.open_motion is not None:
        return Permission(AlreadyDecided("motion_is_open", "The Commission is voting on this version."))
    return ALLOWED


def put_to_vote(proposal: SchemeProposal, act: PutSchemeToVote, now: datetime, rules: SchemeRules) -> Events:
    """Open the vote of the whole Commission, by the rule of the medium tier, on what a rehearsal shows now.

    Labels and the version in force may have changed since the proposal; an act of before brings no new rehearsal.
    """
    may_put_to_vote(proposal, act.actor, rules).require()
    anew = _rehearsed(proposal, act, now)
    shown = anew[-1].proposed if anew else proposal.proposed
    opened = motions.opened(
        proposal,
        subject=ADOPT,
        about=shown.model_dump(mode="json"),
        eligible=motions.eligible(proposal, act, barred),
        substitutes=act.institution.substitutes if act.institution else (),
        rule=motions.rule_of_tier(rules, Tier.MEDIUM),
        now=now,
        actor=act.actor.person,
        rules=rules,
    )
    return (opened, *anew)


def _rehearsed(proposal: SchemeProposal, act: PutSchemeToVote, now: datetime) -> tuple[SchemeRehearsed, ...]:
    if act.proposed is None:
        return ()
    if act.proposed.digest != proposal.proposed.digest:
        raise NotFound("unknown_scheme", "Hand the scheme in before you propose it.")
    _is_new(act.proposed.digest, act.proposed.replaces, act.namesakes).require()
    return (SchemeRehearsed(at=now, actor=ENGINE, proposed=act.proposed),)


def may_take_back(proposal: SchemeProposal, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may take a proposal back: it is theirs, and no vote on it is open."""
    return first_refusal(holds(person, Role.SECRETARIAT), _is_own(proposal, person), _undecided(proposal))


def _is_own(proposal: SchemeProposal, person: PersonFacts) -> Permission:
    if proposal.opened_by == person.person:
        return ALLOWED
    return Permission(NotPermitted("not_the_proposer", "Only who proposed this may take it back."))


def take_back(proposal: SchemeProposal, act: TakeBackSchemeProposal, now: datetime, rules: SchemeRules) -> Events:
    """Take a proposal back."""
    may_take_back(proposal, act.actor, rules).require()
    return (SchemeProposalTakenBack(at=now, actor=act.actor.person),)


def overtaken_by(proposal: SchemeProposal, in_force: Digest | None, namesakes: Collection[Digest]) -> str | None:
    """Return why a proposal is to be told that its adoption would change nothing, as a code; None where it is not."""
    if proposal.is_over or proposal.adopted is not None or proposal.overtaken is not None:
        return None
    refusal = _is_new(proposal.proposed.digest, in_force, namesakes).refusal
    return refusal.code if refusal is not None else None


def note_adopted(proposal: SchemeProposal, act: NoteSchemeAdopted, now: datetime, _: SchemeRules) -> Events:
    """Note that an adoption would change nothing any more."""
    because = overtaken_by(proposal, act.in_force, act.namesakes)
    if because is None:
        raise OutOfOrder("not_overtaken", "An adoption of this version would still change something.")
    return (SchemeOvertaken(at=now, actor=ENGINE, because=because),)


def ended(proposal: SchemeProposal, now: datetime, _: SchemeRules) -> SchemeProposalEnded | None:
    """End what was overtaken once no vote on it is open; what an open one decides with quorum is decided."""
    if proposal.overtaken is None or proposal.adopted is not None or proposal.open_motion is not None:
        return None
    return SchemeProposalEnded(at=now, actor=ENGINE)


def barred(proposal: SchemeProposal, person: PersonFacts) -> Permission:
    """Whether a member may decide: nobody else is barred than by interests."""
    return first_refusal(holds(person, Role.COMMISSIONER), motions.free_in(proposal, person))


def decided(proposal: SchemeProposal, now: datetime, _: SchemeRules) -> SchemeDecided | None:
    """Take the decision that a closed vote with quorum amounts to."""
    last = proposal.last_motion(ADOPT)
    if proposal.adopted is not None or last is None or last.tally is None or not last.tally.quorum_reached:
        return None
    return SchemeDecided(at=now, actor=ENGINE, adopted=last.carried)


def errand_of(proposal: SchemeProposal) -> Errand | None:
    """Return the errand of an adopted version: it enters the record in place of the one it was compared with.

    The errand of a vote that an act of before opened names none.
    """
    if proposal.adopted is not True or proposal.in_record or proposal.adoption_refused is not None:
        return None
    compared: dict[str, JsonValue] = {"replaces": proposal.proposed.replaces} if proposal.rehearsed_at else {}
    return Errand(
        key="adopt", to=SCHEME_ERRAND, subject=proposal.proposed.scheme, act=ADOPT,
        content={"digest": proposal.proposed.digest, **compared},
    )  # fmt: skip


def _shown(_: SchemeProposal, event: SchemeRehearsed) -> dict[str, object]:
    return {"proposed": event.proposed, "rehearsed_at": event.at}


def _decided(_: SchemeProposal, event: SchemeDecided) -> dict[str, object]:
    return {"adopted": event.adopted, "ended_at": None if event.adopted else event.at}


def _overtaken(_: SchemeProposal, event: SchemeOvertaken) -> dict[str, object]:
    return {"overtaken": event.because}


def _ended(_: SchemeProposal, event: SchemeProposalEnded) -> dict[str, object]:
    return {"ended_at": event.at}


def _taken_back(_: SchemeProposal, event: SchemeProposalTakenBack) -> dict[str, object]:
    return {"taken_back": True, "ended_at": event.at}


def _in_record(_: SchemeProposal, event: ErrandDone) -> dict[str, object]:
    return {"in_record": event.refused is None, "adoption_refused": event.refused, "ended_at": event.at}


def waits_for(proposal: SchemeProposal) -> tuple[Waiting, ...]:
    """Return who is waited for: who opens the vote, with nothing to say by when, then those who vote."""
    if proposal.is_over or proposal.adopted is not None:
        return ()
    vote = proposal.open_motion
    if vote is None:
        return (Waiting(waits_for=Party.SECRETARIAT),)
    return (Waiting(waits_for=Party.COMMISSION, due_at=vote.closes_at),)


SCHEME_ADOPTION: Kernel[SchemeProposal] = kernel_of(
    Tables(
        name="adoption",
        state=SchemeProposal,
        events=words.EVENTS,
        act_models=words.ACTS,
        acts={
            "propose_scheme": ActRule(take=propose, who=may_propose, opens=True),
            "put_scheme_to_vote": ActRule(take=put_to_vote, may=may_put_to_vote),
            "take_back_scheme_proposal": ActRule(take=take_back, may=may_take_back),
            "note_scheme_adopted": ActRule(take=note_adopted),
        },
        begins={SchemeProposed: _begun},
        changes={
            SchemeRehearsed: _shown,
            SchemeDecided: _decided,
            SchemeOvertaken: _overtaken,
            SchemeProposalEnded: _ended,
            SchemeProposalTakenBack: _taken_back,
            ErrandDone: _in_record,
        },
        follows=(decided, ended),
        barred=barred,
        errand=errand_of,
    )
)
