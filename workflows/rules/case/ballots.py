"""Stage 8, voting: ballots, recusal, substitutes, closing (ISO/IEC 17065, 7.6)."""

from datetime import datetime

from schemas import events as ev
from schemas.acts import CastBallot, Recuse
from schemas.case import Case
from schemas.decision import Ballot, Round
from schemas.errors import AlreadyDecided, ConflictOfInterest, NotPermitted, OutOfOrder, Unacceptable
from schemas.event import Event
from schemas.identifiers import ENGINE
from schemas.people import PersonFacts, Role
from schemas.scheme import SchemeRules
from schemas.stages import Choice, Stage
from workflows.rules.case.decisions import may_be_sent_back
from workflows.rules.case.evaluation import failed
from workflows.rules.case.expiry import ran_out
from workflows.rules.case.interests import declared_none, free_of_interest, took_no_part
from workflows.rules.case.signed_acts import proof_of
from workflows.rules.case.tier_rounds import TIER_VOTED_IN
from workflows.rules.motions import still_seated, substitute_for, vote_is_over
from workflows.rules.permission import ALLOWED, Permission, first_refusal, holds, in_stage
from workflows.rules.quorum import tally


def _round_is_open(case: Case) -> Permission:
    if case.open_round is None:
        return Permission(OutOfOrder("no_open_round", "No round is open."))
    return ALLOWED


def _in_base(case: Case, person: PersonFacts) -> Permission:
    vote = case.open_round
    if vote is None or person.person not in vote.electorate:
        outside = Permission(NotPermitted("not_in_electorate", "You are not in the electorate of this round."))
        return first_refusal(free_of_interest(case, person), outside)  # who was left out for a conflict is told so
    if person.person in vote.recused:
        return Permission(ConflictOfInterest("recused", "You left the electorate of this round."))
    return ALLOWED


def _in_its_stage(case: Case) -> Permission:
    """Whether the case stands where its open round is voted on: on the label in the decision, on a tier before too."""
    vote = case.open_round
    return in_stage(case, *(TIER_VOTED_IN if vote is not None and vote.proposed_tier else (Stage.DECISION,)))


def may_recuse(case: Case, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a member may leave the electorate."""
    return first_refusal(_in_its_stage(case), _round_is_open(case), _in_base(case, person))


def recuse(case: Case, act: Recuse, now: datetime, rules: SchemeRules) -> tuple[Event, ...]:
    """Leave the electorate: the base shrinks by one, and a ballot already cast counts no more."""
    may_recuse(case, act.actor, rules).require()
    vote = case.open_round
    assert vote is not None
    person = act.actor.person
    return (ev.MemberRecused(at=now, actor=person, member=person, round=vote.number, reason=act.reason),)


def may_cast_ballot(case: Case, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a member may vote now."""
    return first_refusal(
        took_no_part(case, person),
        holds(person, Role.COMMISSIONER),
        _in_its_stage(case),
        _round_is_open(case),
        _in_base(case, person),
        declared_none(case, person),
        _has_not_voted(case, person),
    )


def _has_not_voted(case: Case, person: PersonFacts) -> Permission:
    vote = case.open_round
    if vote is not None and person.person in vote.ballots:
        return Permission(AlreadyDecided("already_voted", "You voted in this round before."))
    return ALLOWED


def cast_ballot(case: Case, act: CastBallot, now: datetime, rules: SchemeRules) -> tuple[Event, ...]:
    """Vote; what the ballot was cast on must be what is voted on."""
    may_cast_ballot(case, act.actor, rules).require()
    still_seated(act.actor.person, act.institution).require()
    vote = case.open_round
    assert vote is not None
    _check_object(act, vote)
    if vote.proposed_tier is None:
        _check_choice(case, act, vote, now, rules)
    elif act.choice == Choice.SEND_BACK:
        raise Unacceptable("no_such_choice", "Vote for the higher tier, against it, or abstain.")
    ballot = Ballot(
        member=act.actor.person,
        round=vote.number,
        choice=act.choice,
        manifest_digest=act.manifest_digest,
        scheme_digest=act.scheme_digest,
        grounds=act.grounds,
        reasons=act.reasons,
        dissent=act.dissent,
        proof=proof_of(case, vote, act.actor.person, act.proof, now),
        cast_at=now,
    )
    return (ev.BallotCast(at=now, actor=act.actor.person, ballot=ballot, receipt=act.proof),)


def _check_object(act: CastBallot, vote: Round) -> None:
    if act.round != vote.number:
        raise OutOfOrder("another_round", f"This ballot is for round {act.round}; round {vote.number} is open.")
    if act.manifest_digest != vote.manifest_digest:
        raise Unacceptable("other_manifest", "This ballot was cast on another evidence manifest.")
    if act.scheme_digest != vote.scheme_digest:
        raise Unacceptable("other_scheme", "This ballot was cast on another scheme version.")


def _check_choice(case: Case, act: CastBallot, vote: Round, now: datetime, rules: SchemeRules) -> None:
    open_criteria = failed(vote.results)
    if act.choice == Choice.GRANT and case.rule is not None:
        raise Unacceptable("grant_against_gate", f"Gate {case.rule} leaves only a refusal (Code, I-2.4).")
    if act.choice == Choice.GRANT and open_criteria:
        raise Unacceptable("grant_against_failed_criterion", f"Not met: {', '.join(open_criteria)}.")
    expired = ran_out(case, now) if act.choice == Choice.GRANT else ()
    if expired:
        raise Unacceptable(
            "grant_on_expired_evidence", f"A grant would rest on what has expired: {', '.join(expired)}."
        )
    known = {*rules.criteria, *(gate.id for gate in rules.gates)}
    unknown = [ground for ground in act.grounds if ground not in known]
    if unknown:
        raise Unacceptable("unknown_ground", f"No such criterion or rule: {', '.join(unknown)}.")
    if act.choice == Choice.SEND_BACK:
        _check_sending_back(case, act, rules)
    passes = case.rule is None and not open_criteria
    if act.choice == Choice.REFUSE and passes and not act.grounds:
        raise Unacceptable("grounds_missing", "Name the criterion or rule on which the refusal rests.")


def _check_sending_back(case: Case, act: CastBallot, rules: SchemeRules) -> None:
    if case.edition == 1:
        raise Unacceptable("no_such_choice", "Vote to grant, to refuse, or abstain.")
    may_be_sent_back(case, rules).require()
    if act.reasons is None:
        raise Unacceptable("reasons_missing", "Say what the applicant is to supplement.")


def substitute_drawn(case: Case, now: datetime) -> ev.SubstituteDrawn | None:
    """Let the next substitute join when the base fell below its least (scheme, `recusal`)."""
    vote = case.open_round
    member = substitute_for(vote) if vote is not None and _in_its_stage(case) else None
    if vote is None or member is None:
        return None
    return ev.SubstituteDrawn(at=now, actor=ENGINE, member=member, round=vote.number)


def interested_left(case: Case, now: datetime) -> ev.MemberRecused | None:
    """Let a substitute who found an interest while waiting leave at once, so that the next one joins (rule 2)."""
    vote = case.open_round
    tied = [member for member in vote.base if case.has_interest(member)] if vote is not None else []
    if vote is None or case.edition == 1 or not tied:
        return None
    reason = case.interests[tied[0]].statement
    return ev.MemberRecused(at=now, actor=ENGINE, member=tied[0], round=vote.number, reason=reason)


def round_closed(case: Case, now: datetime) -> ev.RoundClosed | None:
    """Close the round when all have voted, at its deadline, or when its base fell below the least for good."""
    vote = case.open_round
    if vote is None or not _in_its_stage(case) or not vote_is_over(vote, now):
        return None
    return ev.RoundClosed(at=now, actor=ENGINE, round=vote.number, tally=tally(vote))
