"""The rounds of a decision record held again: who votes, each ballot, the closing, and what it amounts to."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import product

from schemas import events as ev
from schemas.case import Case
from schemas.decision import Ballot, Round
from schemas.event import Event
from schemas.people import InstitutionFacts, ParticipantFacts, Role
from schemas.review import Interests
from schemas.scheme import SchemeRules
from schemas.stages import Stage
from workflows.rules.case.differences import Difference, NotAgain, differing, done_again, pointer, someone
from workflows.rules.case.earlier_rounds import check_earlier_rounds
from workflows.rules.case.interests import evaluators_on_record
from workflows.rules.case.procedure import due

VOTING = frozenset({"ballots", "recused", "closed_at", "tally"})
"""What becomes of a round after it was opened."""


def decided(case: Case, *, rules: SchemeRules, found: list[Difference]) -> Case:
    """Return the case with its last round held again and the decision that follows; add what differs to `found`."""
    stated = case.rounds[-1]
    before = case.model_copy(update={"stage": Stage.DECISION, "decision": None})
    found += check_earlier_rounds(before, rules)
    for at, vote in enumerate(before.rounds[:-1]):
        found += _evaluating(case, at, vote)
        found += _recusals(at, vote)
        if not _is_apart(before, vote):
            found += _as_the_last(before, at, vote)
    last = len(case.rounds) - 1
    vote = _opened_again(before, stated, rules, found)
    before = before.model_copy(update={"rounds": (*before.rounds[:-1], vote)})
    found += _recusals(last, vote)
    found += _interested(case, last, vote)
    for member, ballot in vote.ballots.items():
        found += _ballot(before, last, member, ballot, rules)
    return _closed_again(before, stated, rules, found)


def _opened_again(before: Case, stated: Round, rules: SchemeRules, found: list[Difference]) -> Round:
    """Return the last round as the rules open it, with the voting that is stated."""
    place = pointer("rounds", len(before.rounds) - 1)
    try:
        opened = _opening(before, stated, rules)
    except NotAgain as refusal:
        found.append(refusal.at(place))
        return stated
    stepped_in = opened.reserves[: _wanted(opened, stated)]
    held = opened.model_copy(
        update={
            **{name: getattr(stated, name) for name in VOTING},
            "electorate": (*opened.electorate, *stepped_in),
        }
    )
    found += differing(place, stated, held)
    return held


def _wanted(opened: Round, stated: Round) -> int:
    """Return how many substitutes a base called for, whose members left one by one."""
    return max(opened.base_min + len(stated.recused) - len(opened.electorate), 0)


def _opening(before: Case, stated: Round, rules: SchemeRules) -> Round:
    """Return the opening that comes nearest to the stated one.

    The record does not hold what the Register said on that day; each answer it could have given is tried.

    Raises:
        NotAgain: no such round could be opened.
    """
    first = tuple(member for member in stated.electorate if member not in stated.reserves)
    seated = stated.pool or first
    institution = InstitutionFacts(commission=seated, substitutes=stated.reserves)
    at_opening = before.model_copy(
        update={"rounds": before.rounds[:-1], "interests": _interests_before(before, stated.opened_at)}
    )
    opened: list[Round] = []
    refusals: list[NotAgain] = []
    for participant in _register_could_say(before, stated.opened_at, rules):
        try:
            event = done_again(
                at_opening,
                rules,
                stated.opened_at,
                "open_round",
                someone("recomputed", Role.SECRETARIAT),
                seated=seated,
                people={member: someone(member, Role.COMMISSIONER) for member in (*seated, *stated.reserves)},
                institution=institution,
                participant=participant,
                origin=stated.origin,
            )
        except NotAgain as refusal:
            refusals.append(refusal)
        else:
            # With an answer of the Register for which the applicant is called first, no round was opened.
            opened += [event.round] if isinstance(event, ev.RoundOpened) else []
    if not opened:
        raise refusals[0]
    return max(opened, key=lambda one: _shared_results(one, stated))


def _shared_results(one: Round, other: Round) -> int:
    return len({*one.results} & {*other.results})


def _interests_before(before: Case, moment: datetime) -> dict[str, Interests]:
    """Return what was declared before a round opened or closed.

    An interest declared in a round recuses, and bars nobody from its opening; one declared after it takes nobody out
    of what was counted.
    """
    return {person: one for person, one in before.interests.items() if one.declared_at < moment}


def _register_could_say(case: Case, opened_at: datetime, rules: SchemeRules) -> Iterator[ParticipantFacts]:
    long_ago = opened_at - timedelta(days=rules.clocks.accession_officer_days)
    for named, reachable, entered_at in product((True, False), (True, False), (opened_at, long_ago)):
        yield ParticipantFacts(
            organisation=case.lodged.organisation,
            entered_at=entered_at,
            officer_named=named,
            officer_reachable=reachable,
        )


def _recusals(at: int, vote: Round) -> Iterator[Difference]:
    if not {*vote.recused} <= {*vote.electorate} or len({*vote.recused}) < len(vote.recused):
        message = "Whoever leaves an electorate belongs to it, and leaves it once."
        yield Difference(place=pointer("rounds", at, "recused"), code="other_recusal", message=message)


def _interested(case: Case, at: int, vote: Round) -> Iterator[Difference]:
    for member in vote.base:
        if case.has_interest(member):
            message = f"{member} declared an interest and counts in the base."
            yield Difference(place=pointer("rounds", at, "electorate"), code="has_interest", message=message)


def _evaluating(case: Case, at: int, vote: Round) -> Iterator[Difference]:
    for member in sorted(vote.ballots.keys() & (evaluators_on_record(case) | {case.third_party})):
        message = f"{member} voted in a round of the case, and evaluated it or advised on it."
        yield Difference(place=pointer("rounds", at, "ballots", member), code="reviewed_and_decides", message=message)


def _ballot(before: Case, at: int, member: str, ballot: Ballot, rules: SchemeRules) -> Iterator[Difference]:
    place, vote = pointer("rounds", at, "ballots", member), before.rounds[-1]
    others = {who: one for who, one in vote.ballots.items() if who != member}
    # Whether its receipt holds, the keys tell and not the rules.
    unvoted = vote.model_copy(update={"ballots": others, "closed_at": None, "tally": None, "origin": None})
    content = ballot.model_dump(exclude={"member", "cast_at", "proof"})
    try:
        event = done_again(
            before.model_copy(update={"rounds": (*before.rounds[:-1], unvoted)}),
            rules,
            ballot.cast_at,
            "cast_ballot",
            someone(member, Role.COMMISSIONER),
            **content,
        )
    except NotAgain as refusal:
        yield refusal.at(place)
        return
    assert isinstance(event, ev.BallotCast)
    yield from differing(place, ballot, event.ballot.model_copy(update={"proof": ballot.proof}))
    if vote.origin is not None and ballot.proof is None:
        yield Difference(place=f"{place}/proof", code="receipt_missing", message="The ballot has no receipt.")
    if not vote.opened_at <= ballot.cast_at <= (vote.closed_at or ballot.cast_at):
        message = "The ballot was not cast while the round was open."
        yield Difference(place=f"{place}/cast_at", code="other_time", message=message)


def _closed_again(before: Case, stated: Round, rules: SchemeRules, found: list[Difference]) -> Case:
    place = pointer("rounds", len(before.rounds) - 1)
    if stated.closed_at is None:
        found.append(Difference(place=f"{place}/closed_at", code="round_is_open", message="The round is open."))
        return before
    events = _what_follows(before, stated.closed_at, rules)
    closed = next((event for event in events if isinstance(event, ev.RoundClosed)), None)
    if closed is None:
        message = "Members of the base had not voted, and the round's time was not over."
        found.append(Difference(place=f"{place}/closed_at", code="closed_too_early", message=message))
        return before
    found += differing(f"{place}/tally", stated.tally, closed.tally)
    taken = next((event.decision for event in events if isinstance(event, ev.DecisionTaken)), None)
    vote = before.rounds[-1].model_copy(update={"tally": closed.tally})
    return before.model_copy(update={"rounds": (*before.rounds[:-1], vote), "decision": taken})


def _what_follows(before: Case, closed_at: datetime, rules: SchemeRules) -> tuple[Event, ...]:
    """Return what the closing of the last round brings about, ending at the entry that the record names."""
    vote = before.rounds[-1].model_copy(update={"closed_at": None, "tally": None})
    opened = before.model_copy(update={"rounds": (*before.rounds[:-1], vote)})
    events = due(opened, closed_at, rules)
    # The record names the entry of the decision; what is brought about after it, as a reminder, it does not hold.
    taken = [place for place, event in enumerate(events, start=1) if isinstance(event, ev.DecisionTaken)]
    length = taken[0] if taken else len(events)
    return due(opened.model_copy(update={"entry": before.entry - length}), closed_at, rules)


def _is_apart(before: Case, vote: Round) -> bool:
    """Whether a round decided something else than the last, or on other evidence: its figures are its own."""
    return before.edition > 1 and (
        vote.proposed_tier is not None or vote.manifest_digest != before.rounds[-1].manifest_digest
    )


def _as_the_last(case: Case, at: int, vote: Round) -> Iterator[Difference]:
    """Yield where a round was not held by the figures and on the manifest of the last."""
    place, last = pointer("rounds", at), case.rounds[-1]
    for name in ("quorum", "majority", "base_min", "manifest_digest"):
        yield from differing(f"{place}/{name}", getattr(vote, name), getattr(last, name))
