"""The rounds before the last, as the record has them: each was held by its rules, and none of them decided the case.

Read by the signer and by whoever recomputes a decision. What the applicant had been told when an earlier round was
counted, and the results it was held on, are taken as the record says.
"""

from collections.abc import Iterator
from datetime import UTC
from typing import Final

from schemas.case import Case
from schemas.decision import Round
from schemas.evidence import EXPIRY_COUNTS_SINCE
from schemas.scheme import SchemeRules, Tier
from schemas.stages import Choice, Outcome
from workflows.rules.case.decisions import (
    is_refused_by_most,
    is_tie,
    may_be_sent_back,
    outcome_of,
    over_at,
    wants_supplement,
)
from workflows.rules.case.differences import Difference, differing, pointer
from workflows.rules.case.evaluation import failed
from workflows.rules.case.fold_decision import HEARING_CALLED, RAN_OUT, REOPENED, SENT_BACK
from workflows.rules.case.hearing import ON_REQUEST_SINCE
from workflows.rules.case.rounds import RESERVES_MAX, no_round_is_left
from workflows.rules.case.standing import items_of
from workflows.rules.case.tier_rounds import voting_rule
from workflows.rules.deadlines import working_days_after
from workflows.rules.draws import in_drawn_order
from workflows.rules.motions import VotingRule, rule_of_tier, vote_is_over
from workflows.rules.quorum import tally

_PARTS: Final = ("reviewer", "rapporteur", "third_party", "secretariat")
VOIDED_BY: Final = frozenset(f"{part}_has_interest" for part in _PARTS)
"""Why an open round falls: an interest of somebody who stands behind what it votes on."""


def check_earlier_rounds(case: Case, rules: SchemeRules) -> Iterator[Difference]:
    """Yield what is wrong with the rounds before the last, and with what the case says came of them.

    Args:
        case: decided in its last round.
        rules: of its scheme.
    """
    sent_back, reopened = 0, set()
    for at, vote in enumerate(case.rounds[:-1]):
        yield from _held(case, at, vote, rules)
        then = case.model_copy(update={"sent_back": sent_back, "rounds": case.rounds[: at + 1]})
        led_to = _led_to(then, vote, rules)
        yield from _set_aside(case, at, vote, led_to)
        if no_round_is_left(then):
            message = "No round had room after this one: the case ended with it."
            yield Difference(place=pointer("rounds", at), code="too_many_rounds", message=message)
        sent_back += led_to == SENT_BACK
        reopened |= {vote.number} if led_to == REOPENED else set()
    yield from differing("/sent_back", case.sent_back, sent_back)
    for place, decision in enumerate(case.reopened):
        if decision.round not in reopened:
            message = "This decision that was set aside rests on no round that took it."
            yield Difference(place=pointer("reopened", place), code="other_round", message=message)
    for at, (vote, following) in enumerate(zip(case.rounds, case.rounds[1:], strict=False), start=1):
        if following.opened_at < (vote.closed_at or following.opened_at):
            message = "A round opens when the one before it is closed."
            yield Difference(place=pointer("rounds", at, "opened_at"), code="other_time", message=message)


def _held(case: Case, at: int, vote: Round, rules: SchemeRules) -> Iterator[Difference]:
    """Yield where a round was not held on evidence and scheme of the case, by the figures of one of its tiers."""
    place = pointer("rounds", at)
    yield from differing(f"{place}/number", vote.number, at + 1)
    yield from differing(f"{place}/scheme_digest", vote.scheme_digest, case.scheme_digest)
    if vote.manifest_digest not in {one.digest for one in (*case.manifests, case.manifest) if one is not None}:
        message = "The case had no such evidence manifest."
        yield Difference(place=f"{place}/manifest_digest", code="other_manifest", message=message)
    known = _voting_rules(case, vote, rules)
    by_figures = [one for one in known if _figures(one) == _figures(vote)]
    if not by_figures:
        yield from _other_figures(place, vote, known)
    elif not any(_is_electorate(case, vote, one) for one in by_figures):
        message = "The electorate is not the one that the draw, and who left, give."
        yield Difference(place=f"{place}/electorate", code="other_electorate", message=message)
    elif not any(_closes_by(vote, one, rules) for one in by_figures):
        message = "The round had another time than its tier gives."
        yield Difference(place=f"{place}/closes_at", code="other_time", message=message)
    yield from _ballots(case, place, vote)
    yield from _closed(place, vote)


def _voting_rules(case: Case, vote: Round, rules: SchemeRules) -> list[VotingRule]:
    """Return the rules of voting of every tier the case was judged by so far: it only ever rose."""
    tiers: list[Tier] = [case.assessment.tier, *(step.tier for step in case.raises)]
    if vote.proposed_tier is None:
        return [rule_of_tier(rules, tier) for tier in tiers]
    lower = [tier for tier in tiers if tier < vote.proposed_tier]
    return [voting_rule(rules, tier, disputed=disputed) for tier in lower for disputed in (False, True)]


def _figures(one: Round | VotingRule) -> dict[str, object]:
    return {"quorum": one.quorum, "majority": one.majority, "base_min": one.base_min}


def _other_figures(place: str, vote: Round, known: list[VotingRule]) -> Iterator[Difference]:
    """Yield each figure that no tier of the case has; all of them, where each is that of another tier."""
    figures = _figures(vote)
    foreign = [name for name in figures if figures[name] not in [_figures(one)[name] for one in known]]
    for name in foreign or figures:
        message = "No tier of this case is voted on by this figure."
        yield Difference(place=f"{place}/{name}", code="other_quorum", message=message)


def _is_electorate(case: Case, vote: Round, rule: VotingRule) -> bool:
    """Whether these are the people drawn, where they are, and those who stepped in, in their order.

    The seed itself is computed again for the last round only: what it rests on may have grown since this one.
    """
    reserves, first = vote.reserves, tuple(one for one in vote.electorate if one not in vote.reserves)
    if rule.size is not None:
        if vote.seed is None:
            return False
        order = in_drawn_order(vote.pool, vote.seed)
        first, reserves = tuple(sorted(order[: rule.size])), order[rule.size :]
        if case.edition == 1:
            reserves = ()
        elif vote.proposed_tier is None:
            reserves = reserves[:RESERVES_MAX]
    stepped_in = reserves[: max(vote.base_min + len(vote.recused) - len(first), 0)]
    return (vote.reserves, vote.electorate) == (reserves, (*first, *stepped_in))


def _closes_by(vote: Round, rule: VotingRule, rules: SchemeRules) -> bool:
    return vote.closes_at == working_days_after(vote.opened_at, rule.days, rules.clocks.calendar)


def _ballots(case: Case, place: str, vote: Round) -> Iterator[Difference]:
    for member, ballot in vote.ballots.items():
        at = f"{place}{pointer('ballots', member)}"
        own = {
            "member": member,
            "round": vote.number,
            "manifest_digest": vote.manifest_digest,
            "scheme_digest": vote.scheme_digest,
        }
        yield from differing(at, ballot, ballot.model_copy(update=own))
        if member not in vote.base:
            message = f"{member} voted and is not in the base of this round."
            yield Difference(place=at, code="not_in_electorate", message=message)
        if not vote.opened_at <= ballot.cast_at <= (over_at(vote) if vote.closed_at else ballot.cast_at):
            message = "The ballot was not cast while the round was open."
            yield Difference(place=f"{at}/cast_at", code="other_time", message=message)
        if not _may_choose(case, vote, ballot.choice):
            message = "What this round votes on leaves no such choice."
            yield Difference(place=f"{at}/choice", code="no_such_choice", message=message)


def _may_choose(case: Case, vote: Round, choice: Choice) -> bool:
    if choice == Choice.SEND_BACK:
        return vote.proposed_tier is None and case.edition > 1
    on_label = vote.proposed_tier is None
    return choice != Choice.GRANT or not on_label or (case.rule is None and not failed(vote.results))


def _closed(place: str, vote: Round) -> Iterator[Difference]:
    if vote.closed_at is None:
        yield Difference(place=f"{place}/closed_at", code="round_is_open", message="The round is open.")
        return
    if vote.closed_at < vote.opened_at:
        message = "The round was closed before it was opened."
        yield Difference(place=f"{place}/closed_at", code="other_time", message=message)
    if vote.tally is None:
        return
    yield from differing(f"{place}/tally", vote.tally, tally(vote))
    if not vote_is_over(vote.model_copy(update={"closed_at": None}), vote.closed_at):
        message = "Members of the base had not voted, and the round's time was not over."
        yield Difference(place=f"{place}/closed_at", code="closed_too_early", message=message)


def _led_to(case: Case, vote: Round, rules: SchemeRules) -> str | None:
    """Return why no decision rests on a round that was counted, as its ballots give it; None where it needs no reason.

    Args:
        case: as often sent back as it was until then.
        vote: the round.
        rules: of the scheme.
    """
    if vote.tally is None or vote.proposed_tier is not None or not tally(vote).quorum_reached:
        return None
    if vote.set_aside == RAN_OUT and _had_run_out(case, vote) and not is_refused_by_most(vote):
        return RAN_OUT
    if outcome_of(vote) == Outcome.GRANTED:
        return REOPENED
    if (is_tie(vote) or wants_supplement(vote)) and case.edition > 1 and may_be_sent_back(case, rules):
        return SENT_BACK
    return HEARING_CALLED


def _had_run_out(case: Case, vote: Round) -> bool:
    """Whether something of the evidence a round was held on had expired when it closed.

    Which items findings cited then, the case does not keep: they were judged again since.
    """
    if case.edition < EXPIRY_COUNTS_SINCE or vote.closed_at is None:
        return False
    day = over_at(vote).astimezone(UTC).date()
    ends = (case.evidence[item].expires for item in items_of(case, vote.manifest_digest))
    return any(one is not None and one < day for one in ends)


def _set_aside(case: Case, at: int, vote: Round, led_to: str | None) -> Iterator[Difference]:
    """Yield where a round decided the case already, or the tier, or was set aside for another reason than it gives."""
    place = pointer("rounds", at)
    if vote.tally is None:
        if vote.closed_at is not None and (vote.set_aside not in VOIDED_BY or vote.ballots or case.edition == 1):
            message = "A round that was not counted fell with an interest, and keeps no ballots."
            yield Difference(place=f"{place}/set_aside", code="other_reason", message=message)
        return
    if vote.proposed_tier is not None and tally(vote).majority_reached and not _was_raised_by(case, vote):
        message = "This round carried a higher tier than the case was judged by."
        yield Difference(place=place, code="other_tier", message=message)
    # Until edition 6 a hearing that was called later took the place of the reason.
    reasons = {led_to, HEARING_CALLED} if led_to and case.edition < ON_REQUEST_SINCE else {led_to}
    stands = vote.set_aside in reasons and case.edition > 1
    if led_to is None:
        stands = vote.set_aside is None
    elif led_to == REOPENED:
        stands = stands and _was_reopened(case, vote)
    if stands:
        return
    if led_to in {REOPENED, HEARING_CALLED} or case.edition == 1:
        message = "This round amounted to a decision already."
        yield Difference(place=place, code="decided_before", message=message)
    else:
        message = "The ballots of this round give another reason why no decision rests on it."
        yield Difference(place=f"{place}/set_aside", code="other_reason", message=message)


def _was_raised_by(case: Case, vote: Round) -> bool:
    return any((step.round, step.tier) == (vote.number, vote.proposed_tier) for step in case.raises)


def _was_reopened(case: Case, vote: Round) -> bool:
    """Whether the decision of a round that granted is among those that were set aside before a label was signed."""
    return any(
        (one.round, one.outcome, one.tally, one.manifest_digest, one.scheme_digest)
        == (vote.number, Outcome.GRANTED, vote.tally, vote.manifest_digest, vote.scheme_digest)
        for one in case.reopened
    )
