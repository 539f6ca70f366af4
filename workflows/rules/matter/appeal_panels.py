"""The panel of an appeal: who can sit, how it is drawn so that anybody can draw again, who steps in.

draw = drawn_panel(appeal="…", number=1, lodged=digest, pool=("ada", "ben", "eve"), size=1)
assert draw == drawn_panel(appeal="…", number=1, lodged=digest, pool=draw.pool, size=1)
"""

from collections.abc import Iterable
from datetime import datetime

from schemas.appeal import (
    DRAWS_MAX,
    Appeal,
    DrawPanel,
    PanelAct,
    PanelDraw,
    PanelDrawn,
    PanelMemberLeft,
    PanelMemberReplaced,
)
from schemas.canonical import digest_of
from schemas.errors import AlreadyDecided, ConflictOfInterest, OutOfOrder, QuorumNotReached
from schemas.identifiers import ENGINE
from schemas.people import InstitutionFacts, PersonFacts, Role
from schemas.scheme import SchemeRules
from workflows.kernel import Events
from workflows.rules.deadlines import days_after
from workflows.rules.draws import in_drawn_order
from workflows.rules.motions import free_in
from workflows.rules.permission import ALLOWED, Permission, first_refusal, holds


def size_of(appeal: Appeal, rules: SchemeRules) -> int:
    """Return how many people decide an appeal (scheme, `appeal_panel` of the tier)."""
    return rules.tiers[appeal.tier].appeal_panel


def barred(appeal: Appeal, person: PersonFacts) -> Permission:
    """Whether a person can decide: of the appeal pool, with nothing that ties them to the party."""
    return first_refusal(holds(person, Role.APPEAL_MEMBER), free_in(appeal, person))


def sitting(appeal: Appeal) -> tuple[str, ...]:
    """Return who sits now: those of the last vote who did not leave it, or those drawn since."""
    left = {member for vote in appeal.motions for member in vote.recused}
    stepped_in = {member for vote in appeal.motions for member in vote.electorate}
    return tuple(sorted(({*appeal.panel} | stepped_in) - left - {*appeal.gone}))


def waiting(appeal: Appeal) -> tuple[str, ...]:
    """Return who steps in next, in the order of the draw."""
    used = {*sitting(appeal), *appeal.gone, *(member for vote in appeal.motions for member in vote.recused)}
    return tuple(one for one in appeal.reserves if one not in used)


def drawn_panel(*, appeal: str, number: int, lodged: str, pool: Iterable[str], size: int) -> PanelDraw:
    """Draw a panel. Pure: the same words always give the same people.

    Args:
        appeal: id of the appeal.
        number: of the draw in this appeal.
        lodged: digest of the entry by which it was lodged.
        pool: everyone who can be drawn; the order is nothing.
        size: how many are needed.
    """
    seed = digest_of({"appeal": appeal, "draw": number, "lodged": lodged})
    order = in_drawn_order(pool, seed)
    return PanelDraw(
        number=number,
        lodged=lodged,
        seed=seed,
        pool=tuple(sorted(set(order))),
        size=size,
        members=tuple(sorted(order[:size])),
        reserves=order[size:],
    )


def may_draw(appeal: Appeal, person: PersonFacts, rules: SchemeRules) -> Permission:
    """Whether a person may let a panel be drawn: while it lacks somebody and nobody waits to step in."""
    return first_refusal(holds(person, Role.SECRETARIAT), free_in(appeal, person), _lacks_somebody(appeal, rules))


def _lacks_somebody(appeal: Appeal, rules: SchemeRules) -> Permission:
    if appeal.outcome is not None:
        return Permission(AlreadyDecided("already_decided", "This appeal was decided."))
    if appeal.voted is not None or appeal.open_motion is not None or lacking(appeal, rules) <= 0:
        return Permission(OutOfOrder("panel_complete", "The panel is complete."))
    if len(appeal.draws) >= DRAWS_MAX:
        return Permission(OutOfOrder("too_many_draws", f"A panel is drawn at most {DRAWS_MAX} times."))
    return ALLOWED


def lacking(appeal: Appeal, rules: SchemeRules) -> int:
    """Return how many the panel lacks."""
    return size_of(appeal, rules) - len(sitting(appeal))


def draw(appeal: Appeal, act: DrawPanel, now: datetime, rules: SchemeRules) -> Events:
    """Draw from the appeal pool those whom the panel lacks.

    Raises:
        QuorumNotReached: `appeal_pool_too_small`, or `no_panel_possible`.
    """
    may_draw(appeal, act.actor, rules).require()
    not_their_act(act).require()
    if act.around is None or act.around.lodged is None:
        raise OutOfOrder("facts_missing", "What the record says of the act is not known.")
    institution, needed = act.institution or InstitutionFacts(), lacking(appeal, rules)
    least = rules.common.appeal_pool.seats_min
    if len(institution.appeal_pool) < least:
        raise QuorumNotReached(
            "appeal_pool_too_small", f"The appeal pool has {len(institution.appeal_pool)} people; {least} are needed."
        )
    known = {*appeal.panel, *appeal.reserves, *appeal.gone, *sitting(appeal)}
    pool = [one for one in eligible(appeal, act, institution) if one not in known]
    if len(pool) < needed:
        raise QuorumNotReached(
            "no_panel_possible", f"{len(pool)} people of the pool are free of any part in this; {needed} are needed."
        )
    drawn = drawn_panel(
        appeal=appeal.id, number=len(appeal.draws) + 1, lodged=act.around.lodged, pool=pool, size=needed
    )
    return (PanelDrawn(at=now, actor=act.actor.person, draw=drawn, declare_by=last_moment_to_declare(now, rules)),)


def last_moment_to_declare(now: datetime, rules: SchemeRules) -> datetime:
    """Return by when whoever sits from now on declares their interests (scheme, `reviewer_answer_days`)."""
    return days_after(now, rules.clocks.reviewer_answer_days)


def eligible(appeal: Appeal, act: PanelAct, institution: InstitutionFacts) -> tuple[str, ...]:
    """Return those of the pool who sit apart from the Commission and had no part in the act, sorted."""
    commission = {*institution.commission, *institution.substitutes}
    return tuple(sorted(one for one in institution.appeal_pool if one not in commission and can_sit(appeal, one, act)))


def not_their_act(act: PanelAct) -> Permission:
    """Whether whoever handles an appeal is another than did the act (procedure, rule 1)."""
    if act.around is not None and act.actor.person == act.around.acted:
        return Permission(ConflictOfInterest("own_act", "Nobody handles an appeal against an act of their own."))
    return ALLOWED


def can_sit(appeal: Appeal, person: str, act: PanelAct) -> bool:
    """Whether somebody can sit, as the facts of an act tell."""
    facts = act.people.get(person)
    return facts is not None and bool(barred(appeal, facts)) and bool(took_no_part(act, person))


def took_no_part(act: PanelAct, person: str) -> Permission:
    """Whether somebody had no part in the act appealed against (procedure, rule 1)."""
    if act.around is not None and person in act.around.took_part:
        return Permission(ConflictOfInterest("took_part", "Whoever took part in the act does not handle the appeal."))
    return ALLOWED


def silent(appeal: Appeal, now: datetime, rules: SchemeRules) -> PanelMemberLeft | None:
    """Let whoever did not declare or vote in time sit no more, so that nobody's silence holds an appeal up."""
    if appeal.voted is not None or appeal.outcome is not None:
        return None
    late = (*_did_not_vote(appeal), *_did_not_declare(appeal, now, rules))
    return PanelMemberLeft(at=now, actor=ENGINE, member=late[0]) if late else None


def _did_not_vote(appeal: Appeal) -> tuple[str, ...]:
    last = appeal.motions[-1] if appeal.motions else None
    if last is None or last.closed_at is None or last.tally is None or last.tally.quorum_reached:
        return ()
    if last.closed_at < last.closes_at:  # nobody was late: too few were left to vote
        return ()
    asked_in_time = {*last.base} - {*last.ballots} - {*last.reserves}
    return tuple(sorted(asked_in_time - {*appeal.gone}))


def _did_not_declare(appeal: Appeal, now: datetime, rules: SchemeRules) -> tuple[str, ...]:
    awaited = awaits_declarations(appeal, rules)
    return undeclared(appeal) if awaited is not None and now >= awaited else ()


def undeclared(appeal: Appeal) -> tuple[str, ...]:
    """Return who sits and did not say that nothing ties them to the party."""
    return tuple(one for one in sitting(appeal) if not appeal.has_declared_none(one))


def awaits_declarations(appeal: Appeal, rules: SchemeRules) -> datetime | None:
    """Return by when the panel declares, None where everyone did and where it votes."""
    if appeal.open_motion is not None or not undeclared(appeal):
        return None
    last = appeal.motions[-1].closed_at if appeal.motions else None
    # Whoever stepped in during a vote has the whole term after it; a panel of before there was one has until the end.
    terms = [appeal.declare_by or appeal.due_at, *([last_moment_to_declare(last, rules)] if last else [])]
    return max(terms)


def replaced(appeal: Appeal, now: datetime, rules: SchemeRules) -> PanelMemberReplaced | None:
    """Let the next one drawn sit where somebody left; during a vote its own rule does so."""
    reserves = waiting(appeal)
    if not appeal.draws or appeal.open_motion is not None or appeal.voted is not None or not reserves:
        return None
    if lacking(appeal, rules) <= 0:
        return None
    declare_by = last_moment_to_declare(now, rules)
    return PanelMemberReplaced(at=now, actor=ENGINE, member=reserves[0], declare_by=declare_by)
