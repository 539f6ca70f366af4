"""Who may not take part: declared interests and incompatible parts (ISO/IEC 17065, 4.2; procedure, rule 1)."""

from datetime import datetime
from typing import Final

from schemas import events as ev
from schemas.case import Case, Lodged
from schemas.errors import AlreadyDecided, ConflictOfInterest, NotPermitted, Unacceptable
from schemas.event import Event
from schemas.evidence import TextRef
from schemas.identifiers import ENGINE
from schemas.interest_acts import DeclareInterests
from schemas.people import PersonFacts, Role
from schemas.review import Interests
from schemas.scheme import SchemeRules
from schemas.stages import Stage
from workflows.rules.permission import ALLOWED, Permission, first_refusal, holds, in_stage
from workflows.rules.ties import is_tied

DECLARATIONS_MAX = 120
CONFIRMING_NAMED_SINCE: Final = 6
"""The edition from which on a round falls where whoever confirmed the answers has an interest, in the plan or not."""
VOTERS_NOT_ASKED_SINCE: Final = 6
"""The edition from which on nobody who decided in a case is asked by rule to evaluate it or advise on it."""
LOOKUPS_NAMED_SINCE: Final = 4
"""The edition of the procedure from which on a case knows who recorded its lookups (decision 56)."""
DECLARABLE = (Stage.PLANNING, Stage.EVALUATION, Stage.CORRECTION, Stage.RECOMMENDATION, Stage.DECISION)
KEPT: Final = (Stage.INTAKE, Stage.EVIDENCE)
"""Stages in which the secretariat alone acts for the body."""


def free_of_interest(case: Case, person: PersonFacts) -> Permission:
    """Whether nothing known ties a person to the applicant, and the applicant keeps nobody of theirs away."""
    if person.organisation is not None and person.organisation == case.lodged.organisation:
        return Permission(ConflictOfInterest("own_organisation", "You belong to the organisation that applied."))
    if case.has_interest(person.person):
        return Permission(ConflictOfInterest("has_interest", "An interest of yours in this case is on record."))
    return free_of_ties(case.lodged, person)


def free_of_ties(lodged: Lodged, person: PersonFacts) -> Permission:
    """Whether no standing tie leads to the applicant or its group, or to whom the applicant keeps away.

    Who named whom is nobody else's business: the sentence to those kept away gives no reason (procedure, People).
    """
    own = person.tied_to if person.organisation is None else (*person.tied_to, person.organisation)
    if not own or not is_tied(own, lodged.organisation, lodged.group, lodged.kept_away):
        return ALLOWED
    if is_tied(own, lodged.organisation, lodged.group):
        return Permission(
            ConflictOfInterest("tied_to_applicant", "You are tied to the organisation that applied or to its group.")
        )
    return Permission(ConflictOfInterest("kept_away", "You can take no part in this case."))


def acts_for_secretariat(case: Case, person: PersonFacts) -> Permission:
    """Whether somebody of the secretariat may act in a case: nothing ties them to the applicant (procedure, rule 1)."""
    held = first_refusal(holds(person, Role.SECRETARIAT), free_of_interest(case, person))
    if held.refusal is None or held.refusal.code != "tied_to_applicant":
        return held
    return Permission(
        ConflictOfInterest(
            "secretariat_tied",
            "You are tied to the organisation that applied or to its group; another of the secretariat does this.",
        )
    )


def is_kept_away(case: Case, person: PersonFacts) -> bool:
    """Whether the applicant named an organisation of theirs as one whose people must not see the case."""
    own = person.tied_to if person.organisation is None else (*person.tied_to, person.organisation)
    return not set(own).isdisjoint(case.lodged.kept_away)


def declared_none(case: Case, person: PersonFacts) -> Permission:
    """Whether a person declared, for this case, that they have no interest in it."""
    known = free_of_interest(case, person)
    if not known or case.has_declared_none(person.person):
        return known
    return Permission(
        ConflictOfInterest("interests_not_declared", "Declare your interests in this case first (ISO/IEC 17065, 4.2).")
    )


def part_of(case: Case, person: PersonFacts) -> Role | None:
    """Return the part in the case for which a person declares interests, None when they have none."""
    if person.person in case.assignments:
        return Role.EXPERT
    if person.has(Role.COMMISSIONER):
        return Role.COMMISSIONER
    if person.has(Role.NEUTRAL_THIRD_PARTY):
        return Role.NEUTRAL_THIRD_PARTY
    if person.has(Role.LABEL_OFFICER):
        return Role.LABEL_OFFICER
    return Role.SECRETARIAT if looked_up(case, person.person) else None


def declares_as(case: Case, person: PersonFacts) -> Role | None:
    """Return the part for which an interest of a person counts: theirs in the case, or that they may keep it."""
    return part_of(case, person) or (Role.SECRETARIAT if person.has(Role.SECRETARIAT) else None)


def looked_up(case: Case, person: str) -> bool:
    """Whether a lookup that the case rests on is by this person."""
    return person in case.lookups_by.values()


def may_declare_interests(case: Case, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may declare: who has a part in the case or may keep it; an interest once declared stays."""
    role = declares_as(case, person)
    if role is None:
        return Permission(NotPermitted("no_part_in_case", "You have no part in this case."))
    if case.has_interest(person.person):
        return Permission(AlreadyDecided("already_declared", "You declared an interest in this case before."))
    kept = KEPT if role == Role.SECRETARIAT else ()
    return in_stage(case, *kept, *DECLARABLE, Stage.ATTESTATION)


def declare(case: Case, act: DeclareInterests, now: datetime, rules: SchemeRules) -> tuple[Event, ...]:
    """Declare interests; one declared while a round is open takes the ballot out of it, or voids the round.

    Who only keeps the file judges nothing and is asked for no declaration (decision 56); an interest of theirs goes on
    record, and another of the secretariat keeps the case.
    """
    may_declare_interests(case, act.actor, rules).require()
    if not act.has_interest and part_of(case, act.actor) is None:
        raise Unacceptable("only_an_interest", "Whoever only keeps the case declares an interest, if they have one.")
    if act.has_interest and act.statement is None:
        raise Unacceptable("statement_missing", "Say in a sentence what the interest is.")
    person = act.actor.person
    check_room(case, person)
    interests = Interests(person=person, has_interest=act.has_interest, statement=act.statement, declared_at=now)
    role = declares_as(case, act.actor)
    assert role is not None
    declared = ev.InterestsDeclared(at=now, actor=person, interests=interests, role=role)
    undone = what_interest_undoes(case, person, act.statement, now) if act.has_interest else ()
    return (declared, *undone)


def check_room(case: Case, person: str) -> None:
    """Raise if the case holds no more declarations.

    Raises:
        Unacceptable: `too_many_declarations`.
    """
    if len(case.interests) >= DECLARATIONS_MAX and person not in case.interests:
        raise Unacceptable("too_many_declarations", f"At most {DECLARATIONS_MAX} people take part in a case.")


def what_interest_undoes(case: Case, person: str, statement: TextRef | None, now: datetime) -> tuple[Event, ...]:
    """Return what an interest does to the open round: its object falls, or only the person's own ballot."""
    vote = case.open_round
    if vote is None:
        return ()
    part = part_behind_round(case, person) if vote.proposed_tier is None else _part_behind_tier_round(case, person)
    if part is not None and case.edition > 1:
        return (ev.RoundVoided(at=now, actor=ENGINE, round=vote.number, reason=f"{part}_has_interest"),)
    if person not in vote.base:
        return ()
    return (ev.MemberRecused(at=now, actor=ENGINE, member=person, round=vote.number, reason=statement),)


def part_behind_round(case: Case, person: str) -> str | None:
    """Return the part by which a person stands behind what a round votes on, None without one."""
    if case.plan is not None and person in {*case.plan.criteria, case.plan.lead}:
        return "reviewer"
    if case.edition >= CONFIRMING_NAMED_SINCE and _part_behind_tier_round(case, person) is not None:
        return "reviewer"
    if case.recommendation is not None and person == case.recommendation.rapporteur:
        return "rapporteur"
    if case.third_party_report is not None and person == case.third_party:
        return "third_party"
    return "secretariat" if looked_up(case, person) else None


def _part_behind_tier_round(case: Case, person: str) -> str | None:
    """Return the part of the lead reviewer, whose finding may be what a higher tier is voted on for."""
    return "reviewer" if case.confirmation is not None and person == case.confirmation.reviewer else None


def who_evaluated(case: Case) -> frozenset[str]:
    """Return everyone with a part in the evaluation, whoever left it or was relieved too: they read the evidence.

    Of whoever has an interest an assignment does not keep whether they had said yes; the interest bars them anyway.
    """
    return evaluators_on_record(case) | {who for who in case.assignments if case.has_interest(who)}


def evaluators_on_record(case: Case) -> frozenset[str]:
    """Return of whom the case keeps that they had a part in the evaluation, whatever their interest.

    A no that is said at once bars nobody; an interest found later makes no evaluation of it.
    """
    asked = {who for who, held in case.assignments.items() if held.accepted is not False or held.left_at is not None}
    confirmed = {one.reviewer for one in (case.confirmation, *(step.confirmation for step in case.raises)) if one}
    recorded = {one.recorded_by for one in case.protocols.values()}
    return frozenset({*asked, *confirmed, *recorded, *case.reviews, *case.lookups_by.values()})


def who_advised(case: Case) -> frozenset[str]:
    """Return everyone who was drawn as neutral third party, whoever said no since too: they read the evidence."""
    held = {case.third_party, case.third_party_drawn, *case.third_party_refused}
    return frozenset(person for person in held if person is not None)


def has_decided(case: Case, person: str) -> bool:
    """Whether somebody recommends, or voted in a round, on whatever; one that was set aside tells no more who had."""
    return person == case.rapporteur or any(
        person in (vote.electorate if vote.set_aside is not None and not vote.ballots else vote.ballots)
        for vote in case.rounds
    )


def decided_nothing(case: Case, person: PersonFacts) -> Permission:
    """Whether a person is free to evaluate: nobody both evaluates and decides (ISO/IEC 17065, 7.6)."""
    if has_decided(case, person.person):
        return Permission(ConflictOfInterest("decides_and_reviews", "Whoever decides on a case does not evaluate it."))
    return ALLOWED


def took_no_part(case: Case, person: PersonFacts) -> Permission:
    """Whether a person is free to decide: nobody both evaluates and decides (ISO/IEC 17065, 7.6)."""
    if person.person in who_evaluated(case):
        return Permission(ConflictOfInterest("reviewed_and_decides", "Whoever evaluates a case does not decide it."))
    if person.person in who_advised(case):
        return Permission(ConflictOfInterest("advised_and_decides", "Whoever advised on a case does not decide it."))
    return ALLOWED


def may_sit(case: Case, person: PersonFacts) -> Permission:
    """Whether a seated member may belong to the electorate of this case."""
    return first_refusal(free_of_interest(case, person), took_no_part(case, person))


def plan_stands(case: Case) -> Permission:
    """Whether every reviewer of the plan still acts, and who confirmed the answers; else others do so anew."""
    if case.plan is None or (_still_act(case, *case.plan.criteria, case.plan.lead) and confirmation_stands(case)):
        return ALLOWED
    return Permission(
        ConflictOfInterest("reviewer_has_interest", "A reviewer has an interest or left; the plan is approved anew.")
    )


def _still_act(case: Case, *people: str | None) -> bool:
    return all(person is None or has_said_yes(case, person) for person in people)


def has_said_yes(case: Case, person: str) -> bool:
    """Whether somebody was asked to review, said yes and still acts."""
    held = case.assignments.get(person)
    return held is not None and held.accepted is True


def confirmation_stands(case: Case) -> bool:
    """Whether whoever confirmed the answers still acts; while what they found is disputed, the Commission decides."""
    return case.confirmation is None or case.disputed_tier is not None or has_said_yes(case, case.confirmation.reviewer)


def is_confirmed(case: Case) -> bool:
    """Whether the answers are confirmed by somebody who is still free of interests."""
    return case.confirmation is not None and not case.has_interest(case.confirmation.reviewer)


def stands_as_third_party(case: Case, person: str) -> bool:
    """Whether somebody was drawn as third party, and is asked to review no more."""
    return person not in case.assignments or (person == case.third_party_drawn and not has_said_yes(case, person))


def lookups_stand(case: Case) -> Permission:
    """Whether nobody who recorded a lookup has an interest; else another of the secretariat records it again."""
    if not any(case.has_interest(person) for person in case.lookups_by.values()):
        return ALLOWED
    return Permission(
        ConflictOfInterest(
            "secretariat_has_interest",
            "Whoever recorded a lookup has an interest; another of the secretariat records it again.",
        )
    )
