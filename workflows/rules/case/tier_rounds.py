"""Rounds on a higher tier: the working group's in a dispute, the Commission's for any other raise (scheme, common)."""

from datetime import datetime

from schemas import events as ev
from schemas.acts import OpenRound
from schemas.canonical import digest_of
from schemas.case import Case, TierRaise
from schemas.decision import Round
from schemas.errors import OutOfOrder, Unacceptable
from schemas.event import Event
from schemas.people import PersonFacts
from schemas.scheme import SchemeRules, Tier
from schemas.stages import Stage
from workflows.rules.case.interests import acts_for_secretariat
from workflows.rules.case.rounds import check_room, eligible, tier_vote_has_room
from workflows.rules.case.signed_acts import origin_of
from workflows.rules.deadlines import working_days_after
from workflows.rules.draws import drawn, in_drawn_order
from workflows.rules.motions import VotingRule, panel_of, rule_of_tier
from workflows.rules.permission import (
    ALLOWED,
    Permission,
    first_refusal,
    in_stage,
    no_open_round,
    whole_procedure,
)
from workflows.rules.quorum import tally
from workflows.rules.risk import assess_tier

TIER_VOTED_IN = (Stage.EVALUATION, Stage.CORRECTION, Stage.RECOMMENDATION, Stage.DECISION)


def may_open_tier_round(case: Case, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may have the Commission vote on a higher tier."""
    return first_refusal(
        acts_for_secretariat(case, person),
        in_stage(case, *TIER_VOTED_IN),
        whole_procedure(case),
        no_open_round(case),
        _tier_can_rise(case),
        tier_vote_has_room(case),
    )


def _tier_can_rise(case: Case) -> Permission:
    if case.rule is not None or case.tier == max(Tier):
        return Permission(OutOfOrder("no_higher_tier", "There is no higher tier to vote on in this case."))
    return ALLOWED


def open_tier_round(case: Case, act: OpenRound, now: datetime, rules: SchemeRules) -> tuple[Event, ...]:
    """Open a round on a higher tier; it asks for no hearing, report or entry, because it decides on no label."""
    may_open_tier_round(case, act.actor, rules).require()
    proposed = act.proposed_tier
    assert proposed is not None
    if proposed <= case.tier:
        raise Unacceptable("tier_not_higher", "A tier is only ever raised; nobody lowers it.")
    if case.disputed_tier is not None and proposed != case.disputed_tier:
        raise Unacceptable(
            "another_tier_disputed", f"The dispute is about {case.disputed_tier}; vote on that before anything else."
        )
    round_ = _round(case, proposed, eligible(case, act), now, rules).model_copy(update={"origin": origin_of(case, act)})
    check_room(case, round_)
    return (ev.RoundOpened(at=now, actor=act.actor.person, round=round_),)


def voting_rule(rules: SchemeRules, tier: Tier, *, disputed: bool) -> VotingRule:
    """Return how a raise from a tier is voted on: by the working group in a dispute, else by the rule of the tier."""
    of_tier = rule_of_tier(rules, tier)
    return panel_of(rules.common.tier_dispute.group_size, of_tier.days) if disputed else of_tier


def _round(case: Case, proposed: Tier, pool: tuple[str, ...], now: datetime, rules: SchemeRules) -> Round:
    assert case.manifest is not None
    rule = voting_rule(rules, case.tier, disputed=case.disputed_tier is not None)
    number = len(case.rounds) + 1
    seed = tier_seed(case, proposed, number) if rule.size is not None else None
    order = in_drawn_order(pool, seed) if seed is not None else pool
    return Round(
        number=number,
        opened_at=now,
        closes_at=working_days_after(now, rule.days, rules.clocks.calendar),
        electorate=tuple(sorted(order[: rule.size])),
        seed=seed,
        pool=pool if seed is not None else (),
        reserves=order[rule.size :] if seed is not None else (),
        base_min=rule.base_min,
        quorum=rule.quorum,
        majority=rule.majority,
        manifest_digest=case.manifest.digest,
        scheme_digest=case.lodged.scheme.digest,
        results=(),
        proposed_tier=proposed,
    )


def tier_seed(case: Case, proposed: Tier, number: int) -> str:
    """Return what a working group is drawn with: texts of applicant and lead reviewer, so that neither chooses it."""
    assert case.manifest is not None
    confirmation = digest_of(case.confirmation) if case.confirmation else None
    return digest_of(
        {"case": case.id, "manifest": case.manifest.digest, "confirmation": confirmation,
         "proposed_tier": proposed.value, "round": number}
    )  # fmt: skip


def tier_follows(case: Case, rules: SchemeRules) -> bool:
    """Whether the tier of a case follows step by step from its answers, disputes and rounds (for the signer)."""
    return _raises_follow(case, rules) and _confirmation_followed(case, rules)


def _confirmation_followed(case: Case, rules: SchemeRules) -> bool:
    """Whether a higher tier than the case's, where the lead reviewer found one, was voted on and not carried."""
    found = case.confirmation
    if found is None:
        return True
    higher = found.assessment.tier
    if found.assessment != assess_tier(rules, found.answers, case.lodged.gates):
        return False
    if higher <= case.tier:
        return True
    votes = [vote for vote in case.rounds if vote.proposed_tier == higher and vote.tally == tally(vote)]
    kept = [vote for vote in votes if tally(vote).quorum_reached and not tally(vote).majority_reached]
    within = rules.common.tier_dispute.within_tiers
    return any(higher.rank - _tier_at(case, vote).rank > within for vote in kept)


def _tier_at(case: Case, vote: Round) -> Tier:
    """Return the tier of a case as a round of it was held: the Commission may have raised it since, by less."""
    tier = case.assessment.tier
    for step in case.raises:
        if step.round is not None and step.round > vote.number:
            break
        tier = step.tier
    return tier


def _raises_follow(case: Case, rules: SchemeRules) -> bool:
    tier = case.assessment.tier
    for step in case.raises:
        if step.before != tier or step.tier <= tier:
            return False
        if not (_by_dispute(case, step, rules) if step.round is None else _by_round(case, step, rules)):
            return False
        tier = step.tier
    return tier == case.tier


def _by_dispute(case: Case, step: TierRaise, rules: SchemeRules) -> bool:
    found = step.confirmation
    if found is None or found.assessment != assess_tier(rules, found.answers, case.lodged.gates):
        return False
    within = rules.common.tier_dispute.within_tiers
    return found.assessment.tier == step.tier and step.tier.rank - step.before.rank <= within


def _by_round(case: Case, step: TierRaise, rules: SchemeRules) -> bool:
    vote = next((one for one in case.rounds if one.number == step.round), None)
    if vote is None or vote.proposed_tier != step.tier or vote.tally != tally(vote):
        return False
    rule = voting_rule(rules, step.before, disputed=step.disputed)
    if (vote.quorum, vote.majority, vote.base_min) != (rule.quorum, rule.majority, rule.base_min):
        return False
    if rule.size is not None and not (vote.seed and {*drawn(vote.pool, vote.seed, rule.size)} <= {*vote.electorate}):
        return False
    return tally(vote).majority_reached and vote.ballots.keys() <= {*vote.base}
