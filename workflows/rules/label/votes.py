"""Votes on a label: what is put, and by which rule it is decided (ISO/IEC 17065, 7.6)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from schemas.canonical import digest_of
from schemas.event import Event
from schemas.identifiers import ENGINE
from schemas.label_act import LabelAct
from schemas.label_acts import PutMaintainToVote, PutProlongationToVote
from schemas.label_events import ProposalPut
from schemas.label_life import LabelLife, Proposal, Subject
from schemas.matter import MatterAct, Motion, MotionOpened
from schemas.scheme import SchemeRules
from schemas.surveillance import Surveillance
from workflows.kernel import Events
from workflows.rules import motions
from workflows.rules.label.editions import (
    BINDS_STANDING,
    ENDS_WHAT_WAS_JUDGED,
    HEARD_BEFORE_REDUCTION,
    NAMES_ENDS,
    edition_of,
    held,
    holds,
)
from workflows.rules.label.people import barred
from workflows.rules.label.standing import vote_set_aside
from workflows.rules.label.surveillance_judging import open_findings
from workflows.rules.motions import VotingRule

PANELS = {"panel_of_three": 3}
"""Sizes of the panels that a scheme names."""
Outcome = Callable[[LabelLife, Proposal, datetime], Event | None]


def rule_of(life: LabelLife, subject: Subject, rules: SchemeRules) -> VotingRule:
    """Return how a subject is decided: to maintain and to prolong by a panel, anything else by the tier's rule."""
    common, days = rules.common, rules.tiers[life.tier].sla_working_days.decision
    if subject == Subject.MAINTAIN:
        return motions.panel_of(PANELS[common.surveillance_judged_by.maintain], days)
    if subject == Subject.PROLONG:
        return motions.panel_of(PANELS[common.renewal_undecided_at_the_end.prolonged_by], days)
    return motions.rule_of_tier(rules, life.tier)


def put(
    life: LabelLife,
    act: LabelAct,
    subject: Subject,
    now: datetime,
    rules: SchemeRules,
    *,
    closes_by: datetime | None = None,
    urgent: bool = False,
    **proposed: Any,
) -> Events:
    """Put something to the vote.

    Args:
        life: the label.
        act: who puts it, and the facts the electorate is formed from.
        subject: what kind of decision it is.
        now: when.
        rules: quorum, majority and days.
        closes_by: when the vote must end at the latest, because what it is on ends by itself then.
        urgent: whether it ends another vote that is open.
        proposed: what is proposed (`schemas.label_life.Proposal`).
    """
    aside = tuple(vote_set_aside(life, now, "urgent")) if urgent else ()
    if aside:
        life = life.model_copy(update={"motions": (*life.motions[:-1], _closed(life.motions[-1], now))})
    proposal = Proposal(subject=subject, motion=len(life.motions) + 1, edition=edition_of(act), **proposed)
    event = motions.opened(
        life,
        subject=subject.value,
        about=_about(life, proposal),
        eligible=motions.eligible(life, act, barred),
        substitutes=_substitutes(life, act),
        rule=rule_of(life, subject, rules),
        now=now,
        actor=ENGINE,
        rules=rules,
        drawn_from=act.drawn_from,
    )
    put_ = ProposalPut(at=now, actor=act.actor.person, proposal=proposal)
    return put_, *aside, _closing_by(event, closes_by)


def failed_by_then(life: LabelLife, act: LabelAct) -> dict[str, Any]:
    """Return what a vote to suspend, confirm or reduce names as ended by it; nothing in acts of earlier versions.

    What fails while the vote is open nobody voted on, and it waits for a decision of its own.
    """
    if not holds(NAMES_ENDS, act):
        return {}
    failed = (one.number for one in life.open_surveillances if one.judged_at is not None and open_findings(one))
    return {"names_ends": True, "ends": tuple(failed)}


def named_ends(life: LabelLife, vote: Motion, proposal: Proposal) -> tuple[int, ...] | None:
    """Return what a carried vote ends by its proposal; None where it ends all that failed, as before it was named.

    One whose judge left meanwhile is judged again; what is found in it then, nobody voted on.
    """
    if not proposal.names_ends:
        return None
    if not held(ENDS_WHAT_WAS_JUDGED, proposal):
        return proposal.ends
    named = (life.surveillances[number - 1] for number in proposal.ends)
    return tuple(one.number for one in named if one.judged_at is not None and one.judged_at <= vote.opened_at)


def standing_bound(life: LabelLife, act: PutMaintainToVote | PutProlongationToVote) -> int | None:
    """Return the version of the standing that a vote counts for, None where its act binds it to none (decision 63)."""
    return life.version if holds(BINDS_STANDING, act) else None


def _closed(vote: Motion, now: datetime) -> Motion:
    return vote.model_copy(update={"closed_at": now})


def _about(life: LabelLife, proposal: Proposal) -> object:
    """Return all that a vote rests on: the proposal, what was found in a surveillance, how the holder was heard."""
    one = life.surveillance(proposal.surveillance) if proposal.surveillance is not None else None
    ended = [one for one in life.surveillances if one.number in proposal.ends]
    return {
        "proposal": proposal.model_dump(mode="json"),
        "surveillance": digest_of(one) if one is not None else None,
        "reviews": _reviews(life, one) if one is not None else [],
        "notice": digest_of(life.notice) if life.notice and rests_on_notice(proposal) else None,
        "standing": life.version,
        **({"ends": [[digest_of(one), *_reviews(life, one)] for one in ended]} if ended else {}),
    }


def rests_on_notice(proposal: Proposal) -> bool:
    """Whether a vote is on what the holder was told and heard about."""
    reduces = proposal.subject == Subject.REDUCE and held(HEARD_BEFORE_REDUCTION, proposal)
    return reduces or proposal.subject == Subject.WITHDRAW


def _reviews(life: LabelLife, one: Surveillance) -> list[str]:
    return [*life.judged_by(one.number).digests]


def _substitutes(life: LabelLife, act: MatterAct) -> tuple[str, ...]:
    elected = act.institution.substitutes if act.institution is not None else ()
    return tuple(one for one in elected if one in act.people and barred(life, act.people[one]))


def _closing_by(event: MotionOpened, closes_by: datetime | None) -> MotionOpened:
    if closes_by is None or event.motion.closes_at <= closes_by:
        return event
    return event.model_copy(update={"motion": event.motion.model_copy(update={"closes_at": closes_by})})


def closed_vote(life: LabelLife) -> tuple[Motion, Proposal] | None:
    """Return the last vote, where it has closed and its outcome is still to be drawn."""
    if not life.motions or life.proposal is None:
        return None
    last = life.motions[-1]
    fresh = not last.is_open and last.tally is not None and life.applied < last.number == life.proposal.motion
    return (last, life.proposal) if fresh else None
