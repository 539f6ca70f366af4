"""Votes in any matter: opening, casting, leaving, substitutes, closing (ISO/IEC 17065, 7.6; procedure, stage 8)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from schemas.act import Act
from schemas.canonical import digest_of
from schemas.errors import AlreadyDecided, ConflictOfInterest, NotPermitted, OutOfOrder, QuorumNotReached, Unacceptable
from schemas.event import Event
from schemas.identifiers import ENGINE
from schemas.matter import (
    CastVote,
    DeclareMatterInterests,
    ElectorLeft,
    LeaveElectorate,
    Matter,
    MatterInterestsDeclared,
    Motion,
    MotionBallot,
    MotionClosed,
    MotionOpened,
    SubstituteSteppedIn,
    VoteCast,
)
from schemas.people import InstitutionFacts, PersonFacts
from schemas.review import Interests
from schemas.scheme import SchemeRules, Tier
from schemas.voting import B, Voice, Vote
from workflows.rules.deadlines import working_days_after
from workflows.rules.draws import in_drawn_order
from workflows.rules.permission import ALLOWED, Permission, first_refusal, free_of_party
from workflows.rules.quorum import tally

MOTIONS_MAX = 60
DECLARATIONS_MAX = 120
Barred = Callable[[Any, PersonFacts], Permission]
"""A matter's own rule of who may not decide in it."""


@dataclass(frozen=True, kw_only=True)
class VotingRule:
    """How a motion is decided.

    Attributes:
        size: members of a panel drawn for it; None where all who are eligible vote.
        days: working days until it closes.
    """

    size: int | None = None
    base_min: int
    quorum: str
    majority: str
    days: int


def rule_of_tier(rules: SchemeRules, tier: Tier) -> VotingRule:
    """Return how a case of a tier is decided."""
    decision = rules.tiers[tier].decision
    return VotingRule(
        size=decision.members_present_min,
        base_min=rules.common.recusal.base_min[tier],
        quorum=decision.quorum or str(decision.members_present_min),
        majority=decision.majority,
        days=rules.tiers[tier].sla_working_days.decision,
    )


def panel_of(size: int, days: int) -> VotingRule:
    """Return how a panel of so many decides: all must vote, more than half in favour."""
    return VotingRule(size=size, base_min=size, quorum=str(size), majority="simple", days=days)


def opened(
    matter: Matter,
    *,
    subject: str,
    about: object,
    eligible: Iterable[str],
    substitutes: Iterable[str] = (),
    rule: VotingRule,
    now: datetime,
    actor: str,
    rules: SchemeRules,
    drawn_from: str | None = None,
) -> MotionOpened:
    """Return the event that opens a motion with its frozen electorate.

    Args:
        matter: where it is opened.
        subject: what is proposed.
        about: all that is voted on, as JSON values; its digest stands in every ballot.
        eligible: who may vote, before a panel is drawn from them.
        substitutes: who steps in when the base falls below its least, in order; a panel's are drawn.
        rule: how it is decided.
        now: when it opens.
        actor: who opens it.
        rules: whose calendar counts the days.
        drawn_from: digest of the entry that opened the matter, for a panel; None in acts of before.

    Raises:
        AlreadyDecided: `motion_is_open`.
        OutOfOrder: `too_many_motions`.
        QuorumNotReached: `electorate_too_small`.
    """
    if matter.open_motion is not None:
        raise AlreadyDecided("motion_is_open", "Another vote is open in this matter.")
    if len(matter.motions) >= MOTIONS_MAX:
        raise OutOfOrder("too_many_motions", f"A matter takes at most {MOTIONS_MAX} votes.")
    pool, number = tuple(sorted(set(eligible))), len(matter.motions) + 1
    object_digest = digest_of({"matter": matter.id, "subject": subject, "motion": number, "about": about})
    drawn = {"drawn_from": drawn_from} if rule.size is not None else {}
    seed = seed_of(matter.id, number, object_digest, drawn_from) if rule.size is not None else None
    order = in_drawn_order(pool, seed) if seed is not None else pool
    electorate = tuple(sorted(order[: rule.size]))
    reserves = order[rule.size :] if seed is not None else tuple(one for one in substitutes if one not in pool)
    if len(electorate) + len(reserves) < rule.base_min:
        raise QuorumNotReached(
            "electorate_too_small", f"{len(electorate)} people may vote; {rule.base_min} are needed."
        )
    motion = Motion(
        number=number,
        subject=subject,
        object_digest=object_digest,
        opened_at=now,
        closes_at=working_days_after(now, rule.days, rules.clocks.calendar),
        electorate=electorate,
        seed=seed,
        pool=pool if seed is not None else (),
        reserves=tuple(reserves),
        base_min=rule.base_min,
        quorum=rule.quorum,
        majority=rule.majority,
        **drawn,
    )
    return MotionOpened(at=now, actor=actor, motion=motion)


def seed_of(matter: str, number: int, object_digest: str, drawn_from: str | None) -> str:
    """Return what the panel of a vote is drawn with.

    It rests on the entry that opened the matter, whose digest nobody chose, and not on the words that are voted on:
    whoever writes those could word them until the panel suits. Votes of before name no entry; those words drew them.
    """
    if drawn_from is None:
        return object_digest
    return digest_of({"matter": matter, "motion": number, "drawn_from": drawn_from})


def eligible(matter: Matter, act: Act, barred: Barred) -> tuple[str, ...]:
    """Return the members seated now who may decide in a matter, as the facts of the act tell."""
    return tuple(member for member in act.seated if member in act.people and barred(matter, act.people[member]))


def may_cast_vote(matter: Matter, person: PersonFacts, barred: Barred) -> Permission:
    """Whether a person may vote on the open motion now."""
    return first_refusal(
        _in_base(matter, person), barred(matter, person), free_in(matter, person), _declared(matter, person),
        _has_not_voted(matter, person),
    )  # fmt: skip


def may_leave_electorate(matter: Matter, person: PersonFacts) -> Permission:
    """Whether a person may leave the electorate of the open motion."""
    return _in_base(matter, person)


def may_declare_interests_in(matter: Matter, person: PersonFacts, *, has_part: bool = False) -> Permission:
    """Whether a person may declare: who has a part, or is in the open electorate; an interest once declared stays."""
    if matter.has_interest(person.person):
        return Permission(AlreadyDecided("already_declared", "You declared an interest in this matter before."))
    vote = matter.open_motion
    if not has_part and (vote is None or person.person not in vote.electorate):
        return Permission(NotPermitted("no_part_in_matter", "You have no part in this matter."))
    return ALLOWED


def free_in(matter: Matter, person: PersonFacts) -> Permission:
    """Whether nothing known ties a person to the party of the matter."""
    if matter.has_interest(person.person):
        declared = Permission(ConflictOfInterest("has_interest", "An interest of yours in this matter is on record."))
        return first_refusal(free_of_party(matter.party, person), declared)
    return free_of_party(matter.party, person)


def _declared(matter: Matter, person: PersonFacts) -> Permission:
    if matter.has_declared_none(person.person):
        return ALLOWED
    return Permission(
        ConflictOfInterest("interests_not_declared", "Declare your interests in this matter first (17065, 4.2).")
    )


def _in_base(matter: Matter, person: PersonFacts) -> Permission:
    vote = matter.open_motion
    if vote is None:
        return Permission(OutOfOrder("no_open_motion", "No vote is open in this matter."))
    if person.person not in vote.electorate:
        outside = Permission(NotPermitted("not_in_electorate", "You are not in the electorate of this vote."))
        return first_refusal(free_in(matter, person), outside)  # who was left out for a conflict is told so
    if person.person in vote.recused:
        return Permission(ConflictOfInterest("recused", "You left the electorate of this vote."))
    return ALLOWED


def _has_not_voted(matter: Matter, person: PersonFacts) -> Permission:
    vote = matter.open_motion
    if vote is not None and person.person in vote.ballots:
        return Permission(AlreadyDecided("already_voted", "You voted on this before."))
    return ALLOWED


def cast_vote(matter: Matter, act: CastVote, now: datetime, barred: Barred) -> tuple[Event, ...]:
    """Vote; the ballot names what it was cast on."""
    may_cast_vote(matter, act.actor, barred).require()
    still_seated(act.actor.person, act.institution).require()
    vote = matter.open_motion
    assert vote is not None
    if act.motion != vote.number:
        raise OutOfOrder("another_motion", f"This ballot is for vote {act.motion}; vote {vote.number} is open.")
    if act.object_digest != vote.object_digest:
        raise Unacceptable("other_object", "This ballot was cast on something else than what is voted on.")
    if act.choice == Voice.SEND_BACK:
        raise Unacceptable("no_such_choice", "Vote in favour, against, or abstain.")
    ballot = MotionBallot(
        member=act.actor.person,
        round=vote.number,
        choice=act.choice,
        object_digest=act.object_digest,
        reasons=act.reasons,
        dissent=act.dissent,
        cast_at=now,
    )
    return (VoteCast(at=now, actor=act.actor.person, ballot=ballot),)


def still_seated(person: str, seats: InstitutionFacts | None) -> Permission:
    """Whether whoever votes holds a seat when voting, not only when the vote opened (security, I2).

    Before any election the roles say who sits there, and `barred` asks for those.
    """
    if seats is None or seats.entry == 0:
        return ALLOWED
    if person in {*seats.commission, *seats.substitutes, *seats.appeal_pool}:
        return ALLOWED
    return Permission(NotPermitted("seat_lost", "You hold no seat any more; a vote is for those who hold one."))


def leave_electorate(matter: Matter, act: LeaveElectorate, now: datetime) -> tuple[Event, ...]:
    """Leave the electorate: the base shrinks, and a ballot already cast counts no more."""
    may_leave_electorate(matter, act.actor).require()
    vote = matter.open_motion
    assert vote is not None
    person = act.actor.person
    return (ElectorLeft(at=now, actor=person, member=person, motion=vote.number, reason=act.reason),)


def declare_interests_in(
    matter: Matter, act: DeclareMatterInterests, now: datetime, *, has_part: bool = False
) -> tuple[Event, ...]:
    """Declare interests; an interest takes the person out of the open electorate."""
    may_declare_interests_in(matter, act.actor, has_part=has_part).require()
    person, vote = act.actor.person, matter.open_motion
    if act.has_interest and act.statement is None:
        raise Unacceptable("statement_missing", "Say in a sentence what the interest is.")
    if len(matter.interests) >= DECLARATIONS_MAX and person not in matter.interests:
        raise Unacceptable("too_many_declarations", f"At most {DECLARATIONS_MAX} people take part in a matter.")
    interests = Interests(person=person, has_interest=act.has_interest, statement=act.statement, declared_at=now)
    declared = MatterInterestsDeclared(at=now, actor=person, interests=interests)
    if not act.has_interest or vote is None or person not in vote.base:
        return (declared,)
    return declared, ElectorLeft(at=now, actor=ENGINE, member=person, motion=vote.number, reason=act.statement)


def substitute_for(vote: Vote[B]) -> str | None:
    """Return who steps in next: the first reserve, while the base is below its least."""
    if not vote.is_open or len(vote.base) >= vote.base_min:
        return None
    return next((one for one in vote.reserves if one not in vote.electorate), None)


def vote_is_over(vote: Vote[B], now: datetime) -> bool:
    """Whether a vote closes: all have voted, its time is over, or its base fell below the least for good."""
    if substitute_for(vote) is not None:
        return False
    everyone = all(member in vote.ballots for member in vote.base)
    return everyone or now >= vote.closes_at or len(vote.base) < vote.base_min


def what_follows(matter: Matter, now: datetime) -> Event | None:
    """Return what follows in the open motion by rule and clock."""
    vote = matter.open_motion
    if vote is None:
        return None
    tied = next((one for one in vote.base if matter.is_kept_out(one)), None)
    if tied is not None:
        # It came up while they waited to step in; whoever finds an interest later leaves with the declaration.
        reason = matter.interests[tied].statement if matter.has_interest(tied) else None
        return ElectorLeft(at=now, actor=ENGINE, member=tied, motion=vote.number, reason=reason)
    member = substitute_for(vote)
    if member is not None:
        return SubstituteSteppedIn(at=now, actor=ENGINE, member=member, motion=vote.number)
    if not vote_is_over(vote, now):
        return None
    return MotionClosed(at=now, actor=ENGINE, motion=vote.number, subject=vote.subject, tally=tally(vote))
