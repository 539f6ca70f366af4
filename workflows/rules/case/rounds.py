"""Stage 8, opening a round: what must hold first, and who votes (ISO/IEC 17065, 7.6)."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final, Protocol

from schemas import events as ev
from schemas.acts import OpenRound
from schemas.canonical import digest_of
from schemas.case import Case
from schemas.decision import Round
from schemas.errors import ConflictOfInterest, OutOfOrder, QuorumNotReached
from schemas.event import Event
from schemas.identifiers import ENGINE
from schemas.people import InstitutionFacts, ParticipantFacts, PersonFacts
from schemas.review import Result
from schemas.scheme import SchemeRules, Tier
from schemas.stages import Stage, Verdict
from workflows.rules.case.evaluation import failed
from workflows.rules.case.evidence import requirements_of
from workflows.rules.case.hearing import REQUIRED, called, heard_if, hearing_is_needed, is_heard
from workflows.rules.case.interests import acts_for_secretariat, lookups_stand, may_sit, plan_stands
from workflows.rules.case.signed_acts import origin_of
from workflows.rules.case.third_party import REPORT_OUTDATED, report_is_outdated
from workflows.rules.deadlines import working_days_after
from workflows.rules.draws import drawn, in_drawn_order
from workflows.rules.permission import ALLOWED, Permission, first_refusal, in_stage, no_open_round
from workflows.rules.requirements import RequirementStatus

ROUNDS_MAX = 12
RESERVES_MAX = 20
OPINIONS_PUBLIC_SINCE: Final = 5
"""The edition of the procedure from which on separate opinions are published with the label (decision 66)."""
CALLED_BY_OPENING_SINCE: Final = 6
"""The edition of the procedure from which on who opens a round calls a hearing that only the Register asks for (73)."""
BALLOTS_MAX = 150
"""Room for the ballots of all rounds: the whole case travels through Temporal (design, 4)."""
ROUNDS_END_SINCE: Final = 7
"""The edition of the procedure from which on a case ends that took all its rounds and came to no decision (88)."""


class Seats(Protocol):
    """Who holds a seat, as acts that form an electorate tell."""

    @property
    def seated(self) -> tuple[str, ...]:
        """The members of the Commission, before any election as the roles say."""

    @property
    def institution(self) -> InstitutionFacts | None:
        """Members and substitutes as they were elected."""

    @property
    def people(self) -> Mapping[str, PersonFacts]:
        """What is known of them."""


def may_open_round(case: Case, person: PersonFacts, rules: SchemeRules) -> Permission:
    """Whether a round can be opened: nothing that must precede it is missing."""
    return first_refusal(
        acts_for_secretariat(case, person),
        in_stage(case, Stage.DECISION),
        no_open_round(case),
        plan_stands(case),
        lookups_stand(case),
        _third_party_heard(case, rules),
        heard_if(case, needed=hearing_is_needed(case, rules)),
    )


def _third_party_heard(case: Case, rules: SchemeRules) -> Permission:
    needed = rules.tiers[case.tier].neutral_third_party == REQUIRED and case.rule is None
    if needed and case.third_party_report is None:
        return Permission(
            OutOfOrder("third_party_report_missing", "This tier needs a neutral third party's report (Code, I-1.5).")
        )
    if needed and report_is_outdated(case):
        return Permission(
            OutOfOrder(REPORT_OUTDATED, "The neutral third party reports again: the evidence has changed since.")
        )
    return ALLOWED


def open_round(case: Case, act: OpenRound, now: datetime, rules: SchemeRules) -> tuple[Event, ...]:
    """Open a round: electorate, results and digests are frozen in it.

    Where nothing but the Register's answer speaks against the label, that is known only now: an applicant who was not
    heard is called first, and no round is opened (decision 73).
    """
    may_open_round(case, act.actor, rules).require()
    participant = act.participant
    if participant is None or participant.organisation != case.lodged.organisation or participant.entered_at is None:
        raise OutOfOrder("not_in_register", "No decision is made before the entry in the Register (Code, II-2.1).")
    unmet = unheard_of_in_register(case, participant, now, rules)
    if unmet:
        return (called(now, rules, by=act.actor.person, unmet=unmet),)
    results = (*case.results, *_answers_of_register(case, participant, now, rules))
    heard_if(case, needed=bool(failed(results))).require()
    round_ = _round(case, act, now, rules, results)
    check_room(case, round_)
    return (ev.RoundOpened(at=now, actor=act.actor.person, round=round_),)


def unheard_of_in_register(
    case: Case, participant: ParticipantFacts, now: datetime, rules: SchemeRules
) -> tuple[str, ...]:
    """Return the criteria that the Register answers not met, while the applicant has still to be heard on them.

    Args:
        case: waits for a round.
        participant: the applicant's entry in the Register, as it is now.
        now: when.
        rules: of the case's scheme.
    """
    if case.edition < CALLED_BY_OPENING_SINCE or is_heard(case) or participant.entered_at is None:
        return ()
    return failed(_answers_of_register(case, participant, now, rules))


def check_room(case: Case, round_: Round) -> None:
    """Refuse a round that too few may vote in, or that the case has no room for.

    From edition 7 on a vote on a higher tier leaves room for one round on the label, unless the tier is disputed: that
    is settled before anything else.

    Raises:
        QuorumNotReached: `electorate_too_small`.
        OutOfOrder: `too_many_rounds`.
    """
    if len(round_.electorate) + len(round_.reserves) < round_.base_min:
        raise QuorumNotReached(
            "electorate_too_small", f"{len(round_.electorate)} members may vote; {round_.base_min} are needed."
        )
    leaves_the_last = case.edition >= ROUNDS_END_SINCE and round_.proposed_tier is not None
    electorates = [len(vote.electorate) for vote in (*case.rounds, round_)]
    left_over = max(electorates) if leaves_the_last and case.disputed_tier is None else 0
    if round_.number > ROUNDS_MAX - leaves_the_last or sum(electorates) + left_over > BALLOTS_MAX:
        _too_many_rounds(ROUNDS_MAX - leaves_the_last).require()


def _too_many_rounds(rounds_max: int) -> Permission:
    message = f"A case takes at most {rounds_max} such rounds and {BALLOTS_MAX} ballots."
    return Permission(OutOfOrder("too_many_rounds", message))


def tier_vote_has_room(case: Case) -> Permission:
    """Whether a vote on a higher tier leaves one round to the label; its ballots are counted as it opens."""
    if case.edition < ROUNDS_END_SINCE or len(case.rounds) + 1 < ROUNDS_MAX:
        return ALLOWED
    return _too_many_rounds(ROUNDS_MAX - 1)


def no_round_is_left(case: Case) -> bool:
    """Whether a case has no room for one more round on its label, as large as its largest so far.

    A vote on a higher tier takes none of the last: while one is disputed, that vote and one on the label must fit.
    Before edition 7 nothing follows from it.
    """
    if case.edition < ROUNDS_END_SINCE:
        return False
    electorates = [len(vote.electorate) for vote in case.rounds]
    wanted = 1 if case.disputed_tier is None else 2
    return len(electorates) + wanted > ROUNDS_MAX or sum(electorates) + max(electorates, default=0) > BALLOTS_MAX


def ended_without_decision(case: Case) -> bool:
    """Whether a case ended because it took all its rounds and came to no decision, and not for want of evidence."""
    return case.stage == Stage.LAPSED and no_round_is_left(case)


def rounds_used_up(case: Case, now: datetime) -> ev.RoundsUsedUp | None:
    """End a case for want of a decision, whose last round is closed and took none: nobody could ever take it."""
    if case.is_over or case.decision is not None or case.open_round is not None or not no_round_is_left(case):
        return None
    return ev.RoundsUsedUp(at=now, actor=ENGINE, rounds=len(case.rounds))


def eligible(case: Case, seats: Seats) -> tuple[str, ...]:
    """Return the seated members who may belong to an electorate of this case, sorted."""
    return _free_among(case, seats, _seated(case, seats))


def _seated(case: Case, seats: Seats) -> tuple[str, ...]:
    """Return who holds a seat: as elected, and before any election as the roles say (Code, II-2.3)."""
    elected = seats.institution.commission if case.edition > 1 and seats.institution is not None else ()
    return elected or seats.seated


def _free_among(case: Case, seats: Seats, members: Iterable[str]) -> tuple[str, ...]:
    known = (member for member in {*members} if member in seats.people)
    return tuple(sorted(member for member in known if may_be_called(case, seats.people[member])))


def may_be_called(case: Case, member: PersonFacts) -> Permission:
    """Whether a member may belong to a further electorate: who left one of this case does not come back."""
    if any(member.person in vote.recused for vote in case.rounds):
        return Permission(ConflictOfInterest("recused", "You left the electorate of a round in this case."))
    return may_sit(case, member)


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
        reserves=_reserves(case, act, pool, seed, size),
        base_min=base_min(rules, case.tier),
        quorum=tier.decision.quorum or str(size),
        majority=tier.decision.majority,
        manifest_digest=case.manifest.digest,
        scheme_digest=case.lodged.scheme.digest,
        results=results,
        origin=origin_of(case, act),
        opinions_public=case.edition >= OPINIONS_PUBLIC_SINCE and tier.decision.separate_opinions_published,
    )


def _reserves(case: Case, act: OpenRound, pool: tuple[str, ...], seed: str | None, size: int | None) -> tuple[str, ...]:
    """Return who steps in, in order: the rest of a draw, or the elected substitutes who are free to decide."""
    if case.edition == 1:
        return ()
    if seed is not None and size is not None:
        return reserves_of(pool, seed, size)
    return elected_substitutes(case, act, pool)


def elected_substitutes(case: Case, seats: Seats, pool: Iterable[str]) -> tuple[str, ...]:
    """Return the elected substitutes who are free to decide and not among the members, in the order of their election.

    The first edition knows none.
    """
    elected = seats.institution.substitutes if case.edition > 1 and seats.institution is not None else ()
    free = set(_free_among(case, seats, elected)) - set(pool)
    return tuple(dict.fromkeys(one for one in elected if one in free))[:RESERVES_MAX]


def reserves_of(pool: Iterable[str], seed: str, size: int) -> tuple[str, ...]:
    """Return who steps in for a drawn panel: those drawn next."""
    return in_drawn_order(pool, seed)[size:][:RESERVES_MAX]


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
