"""Stage 3: what is offered, what is still missing, and the manifest that freezes it (ISO/IEC 17065, 7.4)."""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from typing import Final

from schemas import events as ev
from schemas.case import Case
from schemas.errors import AlreadyDecided, EvidenceIncomplete, NotFound, OutOfOrder, Unacceptable
from schemas.event import Event
from schemas.evidence import EXPIRY_COUNTS_SINCE, SAME_FOR_A_FILE, EvidenceItem, Manifest, manifest_digest
from schemas.evidence_acts import OfferEvidence, StateNotApplicable, SubmitEvidence, WithdrawEvidence
from schemas.identifiers import ENGINE
from schemas.people import PersonFacts
from schemas.review import Plan
from schemas.scheme import SchemeRules
from schemas.scheme_tiers import TierRules
from schemas.stages import Stage
from workflows.rules.case.fold_correction import DEADLINES_BIND_SINCE
from workflows.rules.case.interests import plan_stands
from workflows.rules.case.public_statement import ROOM, STATED_SINCE, statement_is_there
from workflows.rules.case.standing import concerned, protocols_in_force, reasons_changed
from workflows.rules.deadlines import working_days_after
from workflows.rules.permission import (
    ALLOWED,
    COLLECTING,
    Permission,
    acts_for_applicant,
    first_refusal,
    in_stage,
)
from workflows.rules.requirements import Requirement, RequirementStatus, missing_evidence, requirements

ITEMS_MAX = 200
"""Items that stand at once; before edition 7, with those of earlier versions of the manifest that were taken back."""
ITEMS_EVER_MAX = 300
"""Items that a case has room for from edition 7 on, with those that were taken back: what expires is replaced."""
NUMBERS_MAX = 9999
"""Numbers of items, those taken back included (`schemas.identifiers.ItemId`)."""
CORRECTIONS_MAX = 12
"""Versions of the manifest after which no correction makes another: all of a case travels through Temporal."""
WAYS_BACK: Final = 4
"""Versions beyond those: for a supplement and three tiers that were raised, or for evidence that ran out."""
PAST_DEADLINE: Final = "correction_past_deadline"
JUDGED_BY_ENOUGH_SINCE: Final = 7
"""The edition of the procedure from which on nothing is shown that the plan gives too few reviewers (decision 85)."""
BYTES_MAX = 200_000
"""Room for the descriptions of all items: the whole case travels through Temporal (design, 4)."""
RENEWABLE_SINCE: Final = 7
"""The edition of the procedure from which on what expired is replaced in a full case too (decision 89)."""
NAMES_ROOM: Final = 10_000
"""What more items, and one more version of the manifest, take besides the descriptions."""
RENEWAL_ROOM: Final = 25_000
"""Bytes of the descriptions that what stands leaves to what replaces it."""


def room_for_items(case: Case) -> int:
    """Return the bytes that descriptions may take, less what a public statement takes where one may be made."""
    room = BYTES_MAX - ROOM if case.edition >= STATED_SINCE else BYTES_MAX
    return room - NAMES_ROOM if case.edition >= RENEWABLE_SINCE else room


def requirements_of(case: Case, rules: SchemeRules) -> tuple[Requirement, ...]:
    """Return what the case's tier asks of this applicant, criterion by criterion."""
    return requirements(
        rules,
        tier=case.tier,
        roles=case.lodged.roles,
        answers=case.lodged.answers,
        statements=case.lodged.statements,
    )


def missing(case: Case, rules: SchemeRules) -> tuple[str, ...]:
    """Return the mandatory criteria with neither evidence nor a reason why they do not apply."""
    offered = tuple((item.type, item.criteria) for item in case.items.values())
    return missing_evidence(requirements_of(case, rules), offered, case.not_applicable)


def may_offer_evidence(case: Case, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may add to, or take from, what is handed in."""
    return first_refusal(acts_for_applicant(case, person), in_stage(case, *COLLECTING))


may_withdraw_evidence = may_offer_evidence
may_state_not_applicable = may_offer_evidence


def offer(case: Case, act: OfferEvidence, now: datetime, rules: SchemeRules) -> tuple[Event, ...]:
    """Offer a stored file for some criteria."""
    may_offer_evidence(case, act.actor, rules).require()
    _check_offer(case, act, rules)
    fields = act.model_dump(include={*EvidenceItem.model_fields} - {"digest"})
    item = EvidenceItem(id=f"E{case.items_numbered + 1}", digest=act.digest_of_file, received_at=now, **fields)
    return (ev.EvidenceOffered(at=now, actor=act.actor.person, item=item),)


def _check_offer(case: Case, act: OfferEvidence, rules: SchemeRules) -> None:
    unknown = [criterion for criterion in act.criteria if criterion not in rules.criteria]
    if unknown:
        raise Unacceptable("unknown_criterion", f"The scheme has no criterion {', '.join(unknown)}.")
    if act.type not in rules.evidence_types:
        raise Unacceptable("unknown_evidence_type", f"The scheme has no evidence type {act.type}.")
    if act.expires is not None and act.expires < act.effective:
        raise Unacceptable("evidence_dates", "The evidence ends before it takes effect.")
    _check_judged(case, act.criteria, rules)
    _check_in_time(case, act.criteria)
    declared = {one.file: one.digest for one in case.lodged.declared} if case.manifest is None else {}
    if declared.get(act.file, act.digest_of_file) != act.digest_of_file:
        raise Unacceptable("evidence_differs", f"{act.file} is not the file that the application announced.")
    for item in (*case.items.values(), *_may_come_back(case, act.criteria)):
        if item.file == act.file:
            _check_same_file(item, act)
    if case.items_numbered >= NUMBERS_MAX or not _has_room(case):
        raise Unacceptable("too_many_items", f"A case takes at most {ITEMS_MAX} items, briefly described.")


def _has_room(case: Case) -> bool:
    """Whether one more item has room, beside what stands and beside what was taken back after it was frozen."""
    room, described = room_for_items(case), _bytes_of(case.evidence.values())
    if case.edition < RENEWABLE_SINCE:
        return len(case.evidence) < ITEMS_MAX and described < room
    stands = len(case.items) < ITEMS_MAX and _bytes_of(case.items.values()) < room - RENEWAL_ROOM
    return stands and len(case.evidence) < ITEMS_EVER_MAX and described < room


def _bytes_of(items: Iterable[EvidenceItem]) -> int:
    return sum(len(item.model_dump_json().encode()) for item in items)


def _may_come_back(case: Case, criteria: Collection[str]) -> tuple[EvidenceItem, ...]:
    """Return the items taken back that stand again, beside what is offered for these criteria, if others' time ends.

    The manifest would name two files by one name; where a criterion is among those offered for, the offer goes then.
    """
    if case.edition < DEADLINES_BIND_SINCE or case.stage != Stage.CORRECTION or case.manifest is None:
        return ()
    others = {key for key, one in case.nonconformities.items() if one.is_running} - set(criteria)
    taken_back = (item for item in case.set_aside if item in case.manifest.items)
    return tuple(case.evidence[item] for item in taken_back if others & concerned(case, item))


def _check_same_file(item: EvidenceItem, act: OfferEvidence) -> None:
    """Refuse a file that changed under its name; the same file may be offered again as another type."""
    if item.digest != act.digest_of_file:
        raise Unacceptable("evidence_differs", f"{act.file} was offered before with other content as {item.id}.")
    if item.type == act.type:
        raise AlreadyDecided("already_offered", f"{act.file} was offered before as {item.id}.")
    differing = [name for name in SAME_FOR_A_FILE if getattr(item, name) != getattr(act, name)]
    if differing:
        raise Unacceptable(
            "described_otherwise", f"As {item.id} the same file was described otherwise: {', '.join(differing)}."
        )


def _check_judged(case: Case, criteria: tuple[str, ...], rules: SchemeRules) -> None:
    """Refuse what would be added for a criterion that the plan gives nobody to judge."""
    if case.plan is None:
        return
    planned = {*case.plan.lookups, *(criterion for share in case.plan.criteria.values() for criterion in share)}
    shown = {one.criterion for one in requirements_of(case, rules) if one.status == RequirementStatus.TO_BE_SHOWN}
    unplanned = sorted((shown & set(criteria)) - planned)
    if unplanned:
        raise Unacceptable("criterion_not_in_plan", f"Nobody judges in this case: {', '.join(unplanned)}.")
    if case.edition >= JUDGED_BY_ENOUGH_SINCE and plan_stands(case):
        _check_judged_by_enough(case.plan, (shown & set(criteria)) - {*case.plan.lookups}, rules.tiers[case.tier])


def _check_judged_by_enough(plan: Plan, criteria: Collection[str], tier: TierRules) -> None:
    """Refuse what fewer would judge than the tier asks for: a plan made anew shares out what was shown by then."""
    judges = Counter(criterion for share in plan.criteria.values() for criterion in share)
    short = sorted(criterion for criterion in criteria if judges[criterion] < tier.judges_per_criterion)
    if short:
        message = f"Fewer reviewers than the tier asks for would judge: {', '.join(short)}."
        raise Unacceptable("too_few_judges", message)


def _check_in_time(case: Case, criteria: Collection[str]) -> None:
    """Refuse to change what a nonconformity rests on whose last deadline has passed: the case goes on with it open."""
    if case.edition < DEADLINES_BIND_SINCE or case.stage != Stage.CORRECTION:
        return
    late = sorted(key for key, one in case.nonconformities.items() if one.is_open and one.is_past and key in criteria)
    if late:
        raise OutOfOrder(PAST_DEADLINE, f"The last deadline to correct has passed: {', '.join(late)}.")


def take_back(case: Case, act: WithdrawEvidence, now: datetime, rules: SchemeRules) -> tuple[Event, ...]:
    """Take an item back before the next version of the manifest is frozen."""
    may_withdraw_evidence(case, act.actor, rules).require()
    if act.item not in case.items:
        raise NotFound("unknown_item", f"There is no item {act.item} in this case.")
    _check_in_time(case, concerned(case, act.item))
    return (ev.EvidenceWithdrawn(at=now, actor=act.actor.person, item=act.item),)


def state_not_applicable(case: Case, act: StateNotApplicable, now: datetime, rules: SchemeRules) -> tuple[Event, ...]:
    """Say why a criterion does not apply, or take that back."""
    may_state_not_applicable(case, act.actor, rules).require()
    if act.criterion not in rules.criteria:
        raise Unacceptable("unknown_criterion", f"The scheme has no criterion {act.criterion}.")
    _check_judged(case, (act.criterion,), rules)
    _check_in_time(case, (act.criterion,))
    return (ev.NotApplicableStated(at=now, actor=act.actor.person, criterion=act.criterion, reason=act.reason),)


def may_submit_evidence(case: Case, person: PersonFacts, rules: SchemeRules) -> Permission:
    """Whether a person may hand in what was gathered; the sentence names what is still missing."""
    return first_refusal(
        acts_for_applicant(case, person),
        in_stage(case, Stage.EVIDENCE),
        _versions_are_left(case),
        nothing_is_missing(case, rules),
        not_too_many(case),
    )


def nothing_is_missing(case: Case, rules: SchemeRules) -> Permission:
    """Whether each mandatory criterion has evidence or a reason why it does not apply, and the page its statement."""
    lacking = missing(case, rules)
    if not lacking:
        return statement_is_there(case, rules)
    return Permission(
        EvidenceIncomplete(
            "evidence_incomplete", f"Evidence or a reason is missing for {len(lacking)}: {', '.join(lacking)}."
        )
    )


def not_too_many(case: Case) -> Permission:
    """Whether what would be frozen fits: an item that comes back as its criterion's time ends was not counted."""
    if len(case.items) <= ITEMS_MAX:
        return ALLOWED
    message = f"Hand in at most {ITEMS_MAX} items; take others back."
    return Permission(Unacceptable("too_many_items_handed_in", message))


def in_force(case: Case, items: Iterable[EvidenceItem], now: datetime) -> Permission:
    """Whether all that is handed in is in effect and has not expired; before edition 7 findings alone asked (85)."""
    listed, day = tuple(items), now.astimezone(UTC).date()
    early = [item.id for item in listed if item.effective > day]
    expired = [item.id for item in listed if item.expires is not None and item.expires < day]
    if case.edition < EXPIRY_COUNTS_SINCE or not (early or expired):
        return ALLOWED
    if early:
        return Permission(EvidenceIncomplete("evidence_not_in_effect", f"Not in effect yet: {', '.join(early)}."))
    message = f"Take back or replace what has expired: {', '.join(expired)}."
    return Permission(EvidenceIncomplete("expired_evidence_handed_in", message))


def all_in_force(case: Case, at: datetime) -> Permission:
    """Whether all that would be frozen is in force on the day it is handed in."""
    return in_force(case, case.items.values(), at)


def submit(case: Case, act: SubmitEvidence, now: datetime, rules: SchemeRules) -> tuple[Event, ...]:
    """Hand in the evidence: the manifest is frozen. A case that was sent back goes on with what differs."""
    may_submit_evidence(case, act.actor, rules).require()
    all_in_force(case, now).require()
    return (frozen(case, now, act.actor.person, evaluation_due_at=judged_again_by(case, now, rules)),)


def _versions_are_left(case: Case) -> Permission:
    """Whether there is room for another version; evidence that runs out again and again ends the case by its clock."""
    if case.edition < EXPIRY_COUNTS_SINCE or versions_handed_in(case) < CORRECTIONS_MAX + WAYS_BACK:
        return ALLOWED
    return Permission(OutOfOrder("too_many_versions", "No more versions of the evidence are handed in."))


def versions_handed_in(case: Case) -> int:
    """Return how many versions the applicant handed in before the last such one; protocols make others by rule."""
    in_force_by_rule = case.manifest is not None and case.manifest.handed_in is not None
    return sum(one.handed_in is None for one in case.manifests) - in_force_by_rule


def judged_again_by(case: Case, now: datetime, rules: SchemeRules) -> datetime | None:
    """Return by when the reviewers of an approved plan judge what differs; None before there is a plan."""
    if case.plan is None:
        return None
    return working_days_after(now, rules.tiers[case.tier].sla_working_days.evaluation, rules.clocks.calendar)


def frozen(case: Case, now: datetime, actor: str, evaluation_due_at: datetime | None = None) -> ev.ManifestFrozen:
    """Return the event that freezes what is there now, as the next version of the manifest."""
    knows_versions = case.edition > 1
    in_force, named = protocols_in_force(case), case.manifest.protocols if case.manifest else {}
    protocols = {key: digest for key, digest in named.items() if key in in_force}
    stated = case.public_statement.digest if case.public_statement else None
    manifest = Manifest(
        version=len(case.manifests) + (2 if case.manifest else 1),
        digest=manifest_digest(case.items, case.not_applicable, protocols, stated),
        items=tuple(sorted(case.items, key=lambda key: int(key[1:]))),
        reasons=case.not_applicable if knows_versions else {},
        reasons_changed=reasons_changed(case) if knows_versions else (),
        protocols=protocols,
        public_statement=stated,
    )
    return ev.ManifestFrozen(at=now, actor=actor, manifest=manifest, evaluation_due_at=evaluation_due_at)


def lapsed(case: Case, now: datetime) -> ev.ApplicationLapsed | None:
    """End the case when its evidence was not handed in by its clock."""
    if case.stage == Stage.EVIDENCE and case.evidence_due_at is not None and now >= case.evidence_due_at:
        return ev.ApplicationLapsed(at=now, actor=ENGINE)
    return None
