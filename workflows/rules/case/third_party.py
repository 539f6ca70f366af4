"""The neutral third party (Code, I-1.5): drawn verifiably, and drawn again by rule when one cannot act."""

from datetime import datetime
from typing import Final

from schemas import events as ev
from schemas.acts import DrawThirdParty
from schemas.canonical import digest_of
from schemas.case import Case
from schemas.errors import AlreadyDecided, ConflictOfInterest, NotPermitted, OutOfOrder
from schemas.event import Event
from schemas.identifiers import ENGINE
from schemas.people import PersonFacts, Role
from schemas.scheme import SchemeRules
from schemas.stages import Stage
from workflows.rules.case.interests import (
    VOTERS_NOT_ASKED_SINCE,
    acts_for_secretariat,
    free_of_interest,
    has_decided,
    who_evaluated,
)
from workflows.rules.case.signed_acts import origin_of
from workflows.rules.deadlines import working_days_after
from workflows.rules.draws import in_drawn_order
from workflows.rules.permission import (
    ALLOWED,
    Permission,
    first_refusal,
    holds,
    in_stage,
    no_open_round,
    whole_procedure,
)

DRAWN_IN = (Stage.EVALUATION, Stage.CORRECTION, Stage.RECOMMENDATION, Stage.DECISION)
POOL_MAX = 50
REPORT_FITS_MANIFEST_SINCE: Final = 4
"""The edition of the procedure from which on a report counts only for the evidence it was signed on (decision 56)."""
REPORT_OUTDATED: Final = "third_party_report_outdated"


def may_draw_third_party(case: Case, person: PersonFacts, rules: SchemeRules) -> Permission:
    """Whether a person may have the third party drawn: where the tier has one, while nobody drawn can still act."""
    return first_refusal(
        acts_for_secretariat(case, person),
        in_stage(case, *DRAWN_IN),
        whole_procedure(case),
        no_open_round(case),
        _has_third_party(case, rules),
        _none_can_act(case),
    )


def _has_third_party(case: Case, rules: SchemeRules) -> Permission:
    if case.rule is None and rules.tiers[case.tier].neutral_third_party != "not_required":
        return ALLOWED
    return Permission(OutOfOrder("no_third_party_needed", "This tier has no neutral third party."))


def _none_can_act(case: Case) -> Permission:
    held = case.third_party_drawn
    if awaits_report(case) and (held is None or not can_act(case, held)):
        return ALLOWED
    return Permission(AlreadyDecided("already_drawn", "The neutral third party was drawn before."))


def awaits_report(case: Case) -> bool:
    """Whether no report on the evidence in force is on file yet."""
    return case.third_party_report is None or report_is_outdated(case)


def reports_next(case: Case) -> bool:
    """Whether a third party was drawn whose report is not on file yet."""
    return case.third_party_drawn is not None and awaits_report(case)


def report_time(case: Case, rules: SchemeRules) -> tuple[datetime, datetime]:
    """Return from when to when who was drawn has time: as many working days as an evaluation has, from the draw on.

    Where the evidence changed since, they report on that, and have their time anew once they can.
    """
    moments = [moment for moment in (case.third_party_drawn_at, case.report_awaited_since) if moment is not None]
    since = max(moments, default=case.stage_since or case.lodged_at)
    days = rules.tiers[case.tier].sla_working_days.evaluation
    return since, working_days_after(since, days, rules.clocks.calendar)


def report_is_outdated(case: Case) -> bool:
    """Whether the report was signed on other evidence than that in force (Code, I-1.5; I3)."""
    if case.edition < REPORT_FITS_MANIFEST_SINCE or case.third_party_signed is None:
        return False
    return case.manifest is None or case.third_party_signed.manifest_digest != case.manifest.digest


def can_act(case: Case, person: str) -> bool:
    """Whether somebody can be the third party as far as the case knows: without interest, refusal or other part."""
    if case.edition >= VOTERS_NOT_ASKED_SINCE and has_decided(case, person):
        return False
    return person not in {*case.third_party_refused, *who_evaluated(case)} and not case.has_interest(person)


def draw(case: Case, act: DrawThirdParty, now: datetime, rules: SchemeRules) -> tuple[Event, ...]:
    """Draw one of all who are independent; pool and seed let anyone draw again."""
    may_draw_third_party(case, act.actor, rules).require()
    pool = tuple(sorted(one.person for one in act.people.values() if _is_independent(case, one)))[:POOL_MAX]
    if not pool:
        raise OutOfOrder("nobody_to_draw", "No neutral third party is free of interests in this case.")
    seed = third_party_seed(case, act.entry)
    drawn = ev.ThirdPartyDrawn(
        at=now,
        actor=act.actor.person,
        person=in_drawn_order(pool, seed)[0],
        pool=pool,
        seed=seed,
        origin=origin_of(case, act),
        entry=act.entry,
    )
    return (drawn,)


def _is_independent(case: Case, person: PersonFacts) -> bool:
    return person.has(Role.NEUTRAL_THIRD_PARTY) and why_not_drawn(case, person) is None


def why_not_drawn(case: Case, person: PersonFacts) -> str | None:
    """Return why somebody with the role is not in the pool of this case, None where they are (for pages too)."""
    if person.has(Role.EXPERT) or person.has(Role.COMMISSIONER):
        return "reviews_or_decides"
    refusal = free_of_interest(case, person).refusal
    if refusal is not None:
        return refusal.code
    return None if can_act(case, person.person) else "cannot_act"


def third_party_seed(case: Case, entry: str | None) -> str:
    """Return what the third party is drawn with: evidence, plan, and the entry that approved the plan.

    Applicant and secretariat choose what the first two rest on. The entry nobody chooses: it was salted when it was
    recorded, after the plan. A draw of before rests on none (decision 81).
    """
    manifest, plan = case.manifest.digest if case.manifest else None, case.plan.digest if case.plan else None
    return _seed(case, manifest, plan, entry)


def _seed(case: Case, manifest: str | None, plan: str | None, entry: str | None) -> str:
    approved = {"entry": entry} if entry is not None else {}
    return digest_of({"case": case.id, "manifest": manifest, "plan": plan, "drawn": "third_party", **approved})


def may_refuse(case: Case, person: PersonFacts) -> Permission:
    """Whether somebody who was drawn may say that they will not act."""
    return first_refusal(_is_drawn(case, person), holds(person, Role.NEUTRAL_THIRD_PARTY), in_stage(case, *DRAWN_IN))


def may_report(case: Case, person: PersonFacts) -> Permission:
    """Whether somebody is the third party of the case: who was drawn; in the first edition whoever has the role."""
    if has_decided(case, person.person):
        return Permission(ConflictOfInterest("advises_and_decides", "Whoever decides on a case does not advise on it."))
    return ALLOWED if case.edition == 1 else _is_drawn(case, person)


def _is_drawn(case: Case, person: PersonFacts) -> Permission:
    if person.person == case.third_party_drawn and person.person not in case.third_party_refused:
        return ALLOWED
    return Permission(NotPermitted("not_drawn", "You were not drawn as the neutral third party of this case."))


def was_drawn(case: Case) -> bool:
    """Whether the third party that reported is the one the draw gives (for the signer and whoever recomputes)."""
    if (case.third_party is None) != (case.third_party_report is None):
        return False
    if case.edition == 1 or case.third_party is None:
        return True
    if case.third_party != case.third_party_drawn or case.third_party_seed is None or not _seed_stands(case):
        return False
    order = in_drawn_order(case.third_party_pool, case.third_party_seed)
    earlier = order[: order.index(case.third_party)] if case.third_party in order else order
    return case.third_party in order and not any(can_act(case, one) for one in earlier)


def _seed_stands(case: Case) -> bool:
    """Whether the seed is that of a manifest the case had and of its plan at the draw.

    Another plan than that in force was only ever approved before a reviewer left, or a tier was raised. A record of
    before says not which: there, and only there, the seed is taken as stated.
    """
    plan, in_force = case.third_party_plan, case.plan.digest if case.plan else None
    if plan != in_force and not _was_planned_anew(case):
        plan = in_force
    elif plan is None:
        return True
    manifests = (one.digest for one in (*case.manifests, case.manifest) if one is not None)
    return any(case.third_party_seed == _seed(case, one, plan, case.third_party_entry) for one in manifests)


def _was_planned_anew(case: Case) -> bool:
    left = (held.left_at is not None or case.has_interest(who) for who, held in case.assignments.items())
    return bool(case.raises) or any(left)


def third_party_redrawn(case: Case, now: datetime) -> ev.ThirdPartyDrawn | None:
    """Draw the next of the same pool when the one who was drawn has an interest or says no."""
    held, seed = case.third_party_drawn, case.third_party_seed
    if held is None or seed is None or not awaits_report(case) or can_act(case, held) or case.is_over:
        return None
    following = [one for one in in_drawn_order(case.third_party_pool, seed) if can_act(case, one)]
    if not following:
        return None
    return ev.ThirdPartyDrawn(
        at=now,
        actor=ENGINE,
        person=following[0],
        pool=case.third_party_pool,
        seed=seed,
        origin=case.third_party_origin,
        entry=case.third_party_entry,
    )
