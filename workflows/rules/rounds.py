"""Stage 8, opening a round: what must hold first, and who votes (ISO/IEC 17065, 7.6)."""

from datetime import datetime, timedelta

from schemas import events as ev
from schemas.acts import OpenRound
from schemas.canonical import digest_of
from schemas.case import Case
from schemas.decision import Round
from schemas.errors import OutOfOrder, QuorumNotReached
from schemas.event import Event
from schemas.people import ParticipantFacts, PersonFacts, Role
from schemas.review import Result
from schemas.scheme import SchemeRules, Tier
from schemas.stages import Outcome, Stage, Verdict
from workflows.rules.deadlines import working_days_after
from workflows.rules.draws import drawn
from workflows.rules.evaluation import failed
from workflows.rules.evidence import requirements_of
from workflows.rules.interests import may_sit, plan_stands
from workflows.rules.permission import ALLOWED, Permission, first_refusal, holds, in_stage, no_open_round
from workflows.rules.requirements import RequirementStatus

REQUIRED = "required"
ROUNDS_MAX = 12
BALLOTS_MAX = 250
"""Room for the ballots of all rounds: the whole case travels through Temporal (design, 4)."""


def may_open_round(case: Case, person: PersonFacts, rules: SchemeRules) -> Permission:
    """Whether a round can be opened: nothing that must precede it is missing."""
    return first_refusal(
        holds(person, Role.SECRETARIAT),
        in_stage(case, Stage.DECISION),
        no_open_round(case),
        plan_stands(case),
        _third_party_heard(case, rules),
        _applicant_heard(case, rules),
    )


def _third_party_heard(case: Case, rules: SchemeRules) -> Permission:
    needed = rules.tiers[case.tier].neutral_third_party == REQUIRED and case.rule is None
    if needed and case.third_party_report is None:
        return Permission(
            OutOfOrder("third_party_report_missing", "This tier needs a neutral third party's report (Code, I-1.5).")
        )
    return ALLOWED


def _applicant_heard(case: Case, rules: SchemeRules) -> Permission:
    advised = case.recommendation is not None and case.recommendation.recommends == Outcome.REFUSED
    adverse = case.rule is not None or advised or bool(failed(case.results))
    return _heard_if(case, needed=adverse or rules.tiers[case.tier].decision.hearing == REQUIRED)


def _heard_if(case: Case, *, needed: bool) -> Permission:
    if needed and case.hearing is None:
        return Permission(OutOfOrder("hearing_missing", "The applicant must be heard before an adverse decision."))
    return ALLOWED


def open_round(case: Case, act: OpenRound, now: datetime, rules: SchemeRules) -> tuple[Event, ...]:
    """Open a round: electorate, results and digests are frozen in it."""
    may_open_round(case, act.actor, rules).require()
    participant = act.participant
    if participant is None or participant.organisation != case.lodged.organisation or participant.entered_at is None:
        raise OutOfOrder("not_in_register", "No decision is made before the entry in the Register (Code, II-2.1).")
    results = (*case.results, *_answers_of_register(case, participant, now, rules))
    _heard_if(case, needed=bool(failed(results))).require()
    round_ = _round(case, act, now, rules, results)
    check_room(case, round_)
    return (ev.RoundOpened(at=now, actor=act.actor.person, round=round_),)


def check_room(case: Case, round_: Round) -> None:
    """Refuse a round that too few may vote in, or that the case has no room for.

    Raises:
        QuorumNotReached: `electorate_too_small`.
        OutOfOrder: `too_many_rounds`.
    """
    if len(round_.electorate) < round_.base_min:
        raise QuorumNotReached(
            "electorate_too_small", f"{len(round_.electorate)} members may vote; {round_.base_min} are needed."
        )
    ballots = sum(len(vote.electorate) for vote in (*case.rounds, round_))
    if round_.number > ROUNDS_MAX or ballots > BALLOTS_MAX:
        raise OutOfOrder("too_many_rounds", f"A case takes at most {ROUNDS_MAX} rounds and {BALLOTS_MAX} ballots.")


def eligible(case: Case, act: OpenRound) -> tuple[str, ...]:
    """Return the seated members who may belong to an electorate of this case, sorted."""
    recused = {member for vote in case.rounds for member in vote.recused}
    seated = (member for member in {*act.seated} - recused if member in act.people)
    return tuple(sorted(member for member in seated if may_sit(case, act.people[member])))


def _round(case: Case, act: OpenRound, now: datetime, rules: SchemeRules, results: tuple[Result, ...]) -> Round:
    assert case.manifest is not None
    tier = rules.tiers[case.tier]
    number = len(case.rounds) + 1
    pool = eligible(case, act)
    size = tier.decision.members_present_min
    seed = panel_seed(case, number) if size is not None else None
    return Round(
        number=number,
        opened_at=now,
        closes_at=working_days_after(now, tier.sla_working_days.decision, rules.clocks.calendar),
        electorate=drawn(pool, seed, size) if seed is not None and size is not None else pool,
        seed=seed,
        pool=pool if seed is not None else (),
        base_min=base_min(rules, case.tier),
        quorum=tier.decision.quorum or str(size),
        majority=tier.decision.majority,
        manifest_digest=case.manifest.digest,
        scheme_digest=case.lodged.scheme.digest,
        results=results,
    )


def base_min(rules: SchemeRules, tier: Tier) -> int:
    """Return the least electorate of a tier."""
    return rules.common.recusal.base_min[tier]


def panel_seed(case: Case, number: int) -> str:
    """Return what the panel is drawn with: nobody alone chooses it, and anyone can compute it again.

    It rests on texts by several people (findings, recommendation), frozen before the round opens.
    """
    assert case.manifest is not None
    reviews = sorted(digest_of(review) for review in case.reviews.values())
    recommendation = digest_of(case.recommendation) if case.recommendation else None
    return digest_of(
        {"case": case.id, "manifest": case.manifest.digest, "reviews": list(reviews),
         "recommendation": recommendation, "round": number}
    )  # fmt: skip


def _answers_of_register(
    case: Case, participant: ParticipantFacts, now: datetime, rules: SchemeRules
) -> tuple[Result, ...]:
    asked = [
        one
        for one in requirements_of(case, rules)
        if one.status == RequirementStatus.ANSWERED_BY_RULE and one.source == "register"
    ]
    if case.rule is not None:
        return ()
    return tuple(
        Result(
            criterion=one.criterion,
            verdict=_register_says(one.criterion, participant, case, now, rules),
            source="register",
            mandatory=one.mandatory,
        )
        for one in asked
    )


def _register_says(
    criterion: str, participant: ParticipantFacts, case: Case, now: datetime, rules: SchemeRules
) -> Verdict:
    """Answer a criterion from the Register entry (Code, II-2.1 and II-2.2).

    While the two months for naming an ethics officer run, a named acting contact is enough (II-2.2-01).
    """
    article = rules.criteria[criterion].article
    assert participant.entered_at is not None
    if article == "II-2.1":
        return Verdict.MET
    in_term = now < participant.entered_at + timedelta(days=rules.clocks.accession_officer_days)
    named = participant.officer_named or (in_term and bool(case.lodged.ethics_officer))
    reachable = participant.officer_reachable or (in_term and named)
    answered = named and reachable if criterion.endswith("-02") else named
    return Verdict.MET if answered else Verdict.NOT_MET
