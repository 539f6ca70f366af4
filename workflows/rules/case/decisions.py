"""Stage 8: what a closed round amounts to: a decision, another chance for the applicant, or a hearing first."""

from datetime import datetime

from schemas import events as ev
from schemas.case import Case
from schemas.decision import Decision, Round
from schemas.errors import AlreadyDecided, OutOfOrder
from schemas.event import Event
from schemas.identifiers import ENGINE
from schemas.scheme import SchemeRules
from schemas.stages import Outcome, Stage
from workflows.rules.case.evaluation import failed
from workflows.rules.case.expiry import ran_out
from workflows.rules.case.hearing import called, is_heard
from workflows.rules.case.rounds import no_round_is_left
from workflows.rules.deadlines import days_after
from workflows.rules.permission import ALLOWED, Permission
from workflows.rules.quorum import majority_reached, tally


def what_follows_from_votes(case: Case, now: datetime, rules: SchemeRules) -> Event | None:
    """Return what a closed round with quorum amounts to; nothing where it was set aside or voted on something else."""
    if case.stage != Stage.DECISION or case.decision is not None or not case.rounds:
        return None
    vote = case.rounds[-1]
    if vote.tally is None or not vote.tally.quorum_reached or vote.set_aside or vote.proposed_tier is not None:
        return None
    if ran_out(case, over_at(vote)) and not is_refused_by_most(vote):
        return None  # whoever meant to grant could not (decision 85)
    outcome = outcome_of(vote)
    if outcome == Outcome.REFUSED and case.edition > 1:
        if no_round_is_left(case) and not is_heard(case):
            return None  # no adverse decision before the applicant is heard, and no round after it (decision 88)
        return _before_refusing(case, vote, now, rules) or decision_taken(case, vote, outcome, now)
    return decision_taken(case, vote, outcome, now)


def over_at(vote: Round) -> datetime:
    """Return when a closed round was over, as of which its result is: a worker may look after its time has ended."""
    assert vote.closed_at is not None
    return min(vote.closed_at, vote.closes_at)


def _before_refusing(case: Case, vote: Round, now: datetime, rules: SchemeRules) -> Event | None:
    """The applicant may supplement the file once, and is heard before any adverse decision."""
    tie = is_tie(vote)
    if (tie or wants_supplement(vote)) and may_be_sent_back(case, rules):
        due_at = days_after(now, rules.clocks.evidence_stage_days[case.tier])
        return ev.CaseSentBack(at=now, actor=ENGINE, round=vote.number, tie=tie, evidence_due_at=due_at)
    return None if is_heard(case) else called(now, rules)


def may_be_sent_back(case: Case, rules: SchemeRules) -> Permission:
    """Whether the applicant can still be let supplement the file without a new application, and a round decides it."""
    if no_round_is_left(case):
        return Permission(OutOfOrder("last_round", "This is the last round: vote to grant, to refuse, or abstain."))
    limit = rules.common.tie.supplements_without_new_application
    if case.rule is None and case.sent_back < limit:
        return ALLOWED
    return Permission(
        AlreadyDecided("already_sent_back", f"A case is sent back at most {limit} times, and not past a closed gate.")
    )


def is_tie(vote: Round) -> bool:
    """Whether exactly half of the ballots cast, abstentions included, are for a grant."""
    counted = tally(vote)
    return 2 * counted.in_favour == counted.present


def is_refused_by_most(vote: Round) -> bool:
    """Whether more than half of the ballots cast, abstentions included, are to refuse."""
    counted = tally(vote)
    return 2 * counted.against > counted.present


def wants_supplement(vote: Round) -> bool:
    """Whether the prescribed majority is for sending the case back."""
    counted = tally(vote)
    return majority_reached(vote.majority, in_favour=counted.send_back, present=counted.present)


def decision_taken(case: Case, vote: Round, outcome: Outcome, now: datetime) -> ev.DecisionTaken:
    """Return the decision that a round with quorum amounts to."""
    assert vote.tally is not None
    decision = Decision(
        number=f"{case.id}/{case.entry + 1}",
        outcome=outcome,
        round=vote.number,
        tally=vote.tally,
        quorum=vote.quorum,
        majority=vote.majority,
        manifest_digest=vote.manifest_digest,
        scheme_digest=vote.scheme_digest,
        grounds=() if outcome == Outcome.GRANTED else grounds_of(case, vote),
        decided_at=now,
    )
    stage = Stage.ATTESTATION if outcome == Outcome.GRANTED else Stage.REFUSED
    return ev.DecisionTaken(at=now, actor=ENGINE, decision=decision, stage=stage)


def outcome_of(vote: Round) -> Outcome:
    """Return what the ballots of a closed round amount to: anything short of the majority is a refusal."""
    return Outcome.GRANTED if tally(vote).majority_reached else Outcome.REFUSED


def grounds_of(case: Case, vote: Round) -> tuple[str, ...]:
    """Return what a refusal rests on: the gate, the criteria not met, and what the ballots name."""
    named = {ground for ballot in vote.ballots.values() for ground in ballot.grounds}
    return tuple(sorted({*failed(vote.results), *named, *((case.rule,) if case.rule else ())}))
