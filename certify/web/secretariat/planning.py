"""Whom the secretariat can name: reviewers by area, the rapporteur, the electorate; judged by the same rules."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from certify.accounts.people import names_of
from certify.register import institutions, participants
from certify.register import people as record
from certify.register.workload import candidates
from certify.web.act_pages import Before
from certify.web.language import language_of
from certify.web.reasons import reason_about
from certify.web.secretariat.found_ties import found_ties
from schemas.case import Case
from schemas.people import PersonFacts, Role
from schemas.scheme import Tier
from workflows.rules.case.assignment import criteria_by_reviewer, may_review, not_disputed
from workflows.rules.case.evaluation import to_be_judged
from workflows.rules.case.interests import may_sit
from workflows.rules.case.matching import match
from workflows.rules.case.proposals import Proposal
from workflows.rules.case.relieving import holds_role, is_late, owing
from workflows.rules.case.rounds import base_min, elected_substitutes, eligible, may_be_called, unheard_of_in_register
from workflows.rules.case.third_party import why_not_drawn
from workflows.rules.case.tier_rounds import voting_rule

WhyNot = Callable[[PersonFacts], str | None]


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """Somebody who can be named, or the reason why not."""

    person: str
    name: str
    areas: tuple[str, ...]
    why_not: str | None


async def experts(before: Before) -> dict[str, object]:
    """Return the experts, which areas the tier asks for, and who has been asked for which."""
    case, wanted = before.opened.case, before.opened.scheme.rules.tiers[before.opened.reading.tier].reviewers
    found = await _candidates(before, Role.EXPERT, lambda one: _why_not_ask(case, one, wanted.areas))
    held = before.opened.reading.participants
    asked = held.assignments if held else ()
    async with before.services.database.reading() as session:
        proposal = match(case, await candidates(session), wanted)
    covered = {area for one in asked if one.accepted is not False for area in one.areas}
    return {
        "candidates": _in_order(found, proposal),
        "proposal": proposal,
        "lines": {line.person: line for line in proposal.lines},
        "wanted": wanted,
        "asked": asked,
        "uncovered": [a for a in wanted.areas if a not in covered],
    }


def _in_order(found: Sequence[Candidate], proposal: Proposal) -> list[Candidate]:
    """Return the candidates in the order of the proposal: whom to ask first at the top."""
    place = {line.person: number for number, line in enumerate(proposal.lines)}
    return sorted(found, key=lambda one: place.get(one.person, len(place)))


def _why_not_ask(case: Case, expert: PersonFacts, areas: Iterable[str]) -> str | None:
    if expert.person in case.assignments:
        return "already_assigned"
    refusal = may_review(case, expert).refusal
    if refusal is not None:
        return refusal.code
    return None if set(areas) & set(expert.areas) else "area_missing"


async def plan(before: Before) -> dict[str, object]:
    """Return how many criteria each reviewer would judge under the plan."""
    case, rules = before.opened.case, before.opened.scheme.rules
    return {
        "shares": criteria_by_reviewer(case, rules),
        "lookups": to_be_judged(case, rules, lookup=True),
        "working_days": rules.tiers[case.tier].sla_working_days.evaluation,
    }


async def members(before: Before) -> dict[str, object]:
    """Return the members who can be rapporteur, and why the others cannot."""
    case = before.opened.case

    def why_not(member: PersonFacts) -> str | None:
        refusal = may_sit(case, member).refusal
        return refusal.code if refusal else "already_appointed" if case.rapporteur == member.person else None

    return {"candidates": await _candidates(before, Role.COMMISSIONER, why_not)}


async def electorate(before: Before) -> dict[str, object]:
    """Return who could vote, how the tier decides, and what else must hold."""
    case, rules = before.opened.case, before.opened.scheme.rules
    async with before.services.database.reading() as session:
        entry = await participants.facts(session, case.lodged.organisation)
        seats = await institutions.seats(session)
    pool, least = eligible(case, seats), base_min(rules, case.tier)
    substitutes = elected_substitutes(case, seats, pool) if rules.tiers[case.tier].decision.quorum else ()
    return {
        "candidates": await _members_of(before, seats, pool, substitutes),
        "eligible": len(pool),
        "substitutes": len(substitutes),
        "base_min": least,
        "too_few": len(pool) + len(substitutes) < least,
        "voting": rules.tiers[case.tier].decision,
        "working_days": rules.tiers[case.tier].sla_working_days.decision,
        "found_ties": await found_ties(before.services, before.opened),
        "in_register": entry.entered_at is not None,
        "unmet": unheard_of_in_register(case, entry, datetime.now(UTC), rules),
    }


async def relieved(before: Before) -> dict[str, object]:
    """Return who owes something here, and why they cannot be relieved yet."""
    case, rules = before.opened.case, before.opened.scheme.rules
    now, people = datetime.now(UTC), owing(case)
    language = language_of(before.request, remembered=True)
    async with before.services.database.reading() as session:
        serving, names = await record.serving_of(session, people), await names_of(session, people)
    found = []
    for person in people:
        early = holds_role(case, person, serving.get(person)) and not is_late(case, person, now, rules)
        code = "not_late" if early else "" if not_disputed(case, person) else "answers_disputed"
        why_not = reason_about(language, code) if code else None
        found.append(Candidate(person=person, name=names.get(person, person), areas=(), why_not=why_not))
    return {"candidates": found}


async def third_parties(before: Before) -> dict[str, object]:
    """Return who can be drawn as neutral third party, and why the others cannot."""
    case = before.opened.case
    found = await _candidates(before, Role.NEUTRAL_THIRD_PARTY, lambda one: why_not_drawn(case, one))
    return {"candidates": found, "free": sum(one.why_not is None for one in found)}


async def tier_vote(before: Before) -> dict[str, object]:
    """Return which tiers can be proposed, and how a raise is voted on."""
    case, scheme = before.opened.case, before.opened.scheme
    language = language_of(before.request, remembered=True)
    voting = voting_rule(scheme.rules, case.tier, disputed=case.disputed_tier is not None)
    async with before.services.database.reading() as session:
        seats = await institutions.seats(session)
    pool = eligible(case, seats)
    return {
        "candidates": await _members_of(before, seats, pool),
        "eligible": len(pool),
        "too_few": len(pool) < voting.base_min,
        "disputed": case.disputed_tier,
        "voting": voting,
        "tiers": [
            (tier.value, scheme.texts.tiers[tier].name.in_language(language)) for tier in Tier if tier > case.tier
        ],
    }


async def _members_of(
    before: Before, seats: institutions.Seats, pool: Collection[str], substitutes: Collection[str] = ()
) -> list[Candidate]:
    """Return members and substitutes, and why those who do not vote do not; who holds the role alone has no seat."""
    case = before.opened.case

    def why_not(member: PersonFacts) -> str | None:
        if member.person in pool:
            return None
        refusal = may_be_called(case, member).refusal
        unseated = "is_substitute" if member.person in substitutes else "not_seated"
        return refusal.code if refusal else unseated

    async with before.services.database.reading() as session:
        holding = await record.serving(session, Role.COMMISSIONER)
    everyone = {**seats.people, **{one.person: one for one in holding}}
    return await _listed(before, tuple(everyone.values()), why_not)


async def _candidates(before: Before, role: Role, why_not: WhyNot) -> list[Candidate]:
    async with before.services.database.reading() as session:
        held = tuple(await record.serving(session, role))
    return await _listed(before, held, why_not)


async def _listed(before: Before, held: Sequence[PersonFacts], why_not: WhyNot) -> list[Candidate]:
    language = language_of(before.request, remembered=True)
    async with before.services.database.reading() as session:
        names = await names_of(session, [one.person for one in held])
    listed = (
        Candidate(
            person=one.person,
            name=names.get(one.person, one.person),
            areas=one.areas,
            why_not=reason_about(language, code) if (code := why_not(one)) else None,
        )
        for one in held
    )
    return sorted(listed, key=lambda one: (one.why_not is not None, one.name))
