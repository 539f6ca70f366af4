"""What a holder hands in for a surveillance: evidence, declaration, answers; and the automatic checks of the record."""

from collections.abc import Callable
from datetime import datetime

from schemas.errors import AlreadyDecided, EvidenceIncomplete, NotFound, OutOfOrder, Unacceptable
from schemas.evidence import EvidenceItem
from schemas.label_acts import OfferFreshEvidence, RepeatChecks, SubmitSurveillance, WithdrawFreshEvidence
from schemas.label_facts import RecordFacts
from schemas.label_life import LabelLife
from schemas.people import ParticipantFacts, PersonFacts
from schemas.scheme import SchemeRules
from schemas.scheme_common import AutomaticCheck
from schemas.surveillance import CheckResult, Rescored, Submission, Surveillance
from schemas.surveillance_events import (
    ChecksRepeated,
    FreshEvidenceOffered,
    FreshEvidenceWithdrawn,
    SurveillanceSubmitted,
)
from workflows.kernel import Events
from workflows.rules.case.evidence import NUMBERS_MAX
from workflows.rules.label.people import acts_for_holder, keeps
from workflows.rules.label.surveillance import (
    as_live,
    handed_in,
    items_digest,
    live_evidence,
    open_one,
    review_due_at,
    run_out,
)
from workflows.rules.label.surveillance_asks import require_asked
from workflows.rules.permission import ALLOWED, Permission, first_refusal
from workflows.rules.risk import assess_tier

ITEMS_MAX = 100
BYTES_MAX = 120_000
"""Room for the descriptions of all fresh items: the whole label travels through Temporal (design, 4)."""


def may_offer_fresh_evidence(life: LabelLife, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may offer fresh evidence: the holder, while a surveillance is not judged."""
    return first_refusal(acts_for_holder(life, person), _some(life, _takes_evidence))


may_withdraw_fresh_evidence = may_offer_fresh_evidence


def may_submit_surveillance(life: LabelLife, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may hand in: the holder, and again until a reviewer has judged."""
    return first_refusal(acts_for_holder(life, person), _some(life, _takes_evidence))


def _takes_evidence(life: LabelLife, one: Surveillance) -> bool:
    return one.is_open and one.needs_holder and not life.judged_by(one.number).reviews


def _some(life: LabelLife, fits: Callable[[LabelLife, Surveillance], bool]) -> Permission:
    if any(fits(life, one) for one in life.surveillances):
        return ALLOWED
    return Permission(OutOfOrder("no_surveillance", "No surveillance waits for this."))


def _open_for_holder(life: LabelLife, number: int) -> Surveillance:
    found = open_one(life, number)
    if not found.needs_holder:
        raise OutOfOrder("no_surveillance", "This review asks nothing of the holder.")
    if life.judged_by(number).reviews:
        raise AlreadyDecided("already_judged", "A reviewer has judged what was handed in.")
    return found


def offer(life: LabelLife, act: OfferFreshEvidence, now: datetime, rules: SchemeRules) -> Events:
    """Offer a stored file for criteria of a surveillance."""
    may_offer_fresh_evidence(life, act.actor, rules).require()
    found = _open_for_holder(life, act.surveillance)
    _check_offer(life, found, act, rules)
    fields = act.model_dump(include={*EvidenceItem.model_fields} - {"digest"})
    number = life.case_items + life.items_numbered + 1
    item = EvidenceItem(id=f"E{number}", digest=act.digest_of_file, received_at=now, **fields)
    return (FreshEvidenceOffered(at=now, actor=act.actor.person, surveillance=found.number, item=item),)


def _check_offer(life: LabelLife, found: Surveillance, act: OfferFreshEvidence, rules: SchemeRules) -> None:
    outside = [criterion for criterion in act.criteria if criterion not in found.criteria]
    if outside:
        raise Unacceptable("criterion_not_asked", f"This surveillance does not ask for {', '.join(outside)}.")
    if act.type not in rules.evidence_types:
        raise Unacceptable("unknown_evidence_type", f"The scheme has no evidence type {act.type}.")
    if act.expires is not None and act.expires < act.effective:
        raise Unacceptable("evidence_dates", "The evidence ends before it takes effect.")
    same = [item for item in life.items.values() if (item.digest, item.type) == (act.digest_of_file, act.type)]
    if any(item.id in found.items for item in same):
        raise AlreadyDecided("already_offered", f"{act.file} was offered before as {same[0].id}.")
    described = sum(len(item.model_dump_json().encode()) for item in life.items.values())
    numbered = life.case_items + life.items_numbered
    if len(life.items) >= ITEMS_MAX or numbered >= NUMBERS_MAX or described >= BYTES_MAX:
        raise Unacceptable("too_many_items", f"A label takes at most {ITEMS_MAX} fresh items, briefly described.")


def take_back(life: LabelLife, act: WithdrawFreshEvidence, now: datetime, rules: SchemeRules) -> Events:
    """Take a fresh item back before handing in."""
    may_withdraw_fresh_evidence(life, act.actor, rules).require()
    found = _open_for_holder(life, act.surveillance)
    if act.item not in found.items:
        raise NotFound("unknown_item", f"There is no item {act.item} in this surveillance.")
    if found.submission is not None:
        raise AlreadyDecided("already_submitted", "What was handed in stays.")
    return (FreshEvidenceWithdrawn(at=now, actor=act.actor.person, surveillance=found.number, item=act.item),)


def submit(life: LabelLife, act: SubmitSurveillance, now: datetime, rules: SchemeRules) -> Events:
    """Hand in: what ran out has fresh evidence, what the tier asks for is there, and the record is checked."""
    may_submit_surveillance(life, act.actor, rules).require()
    found = _open_for_holder(life, act.surveillance)
    lacking = lacking_evidence(life, found, now, rules)
    if lacking:
        raise EvidenceIncomplete("evidence_incomplete", f"Fresh evidence is missing for {', '.join(lacking)}.")
    require_asked(life, found, act, now, rules)
    submission = Submission(
        declaration=act.declaration,
        build_digest=act.build_digest,
        items_digest=items_digest(life, found.items),
        submitted_by=act.actor.person,
        submitted_at=now,
        rescored=rescored(act, rules),
        incidents=act.incidents,
        incident_report=act.incident_report,
    )
    submitted = found.model_copy(update={"submission": submission})
    return (
        SurveillanceSubmitted(
            at=now,
            actor=act.actor.person,
            surveillance=found.number,
            submission=submission,
            checks=checks_of(life, submitted, act.participant, act.around, now, rules),
            review_due_at=review_due_at(life, now, rules),
        ),
    )


def rescored(act: SubmitSurveillance, rules: SchemeRules) -> Rescored | None:
    """Return the risk tier by the holder's answers of today, None where the scheme does not ask for them again.

    Raises:
        Unacceptable: `answers_missing`, and as `assess_tier`.
    """
    scored = act.around.scored if act.around is not None else None
    if scored is None or "surveillance" not in rules.common.tier_rescored_at:
        return None
    answers = act.answers or {}
    missing = [question for question in rules.questions if question not in answers]
    if missing:
        raise Unacceptable("answers_missing", f"Answer the risk questionnaire again: {', '.join(missing)}.")
    return Rescored(answers=answers, tier=assess_tier(rules, answers, scored.gates).tier)


def outgrown(life: LabelLife, surveillance: Surveillance) -> bool:
    """Whether the risk by the answers of today is above the tier that the label was granted in."""
    handed_in = surveillance.submission.rescored if surveillance.submission is not None else None
    return handed_in is not None and handed_in.tier > life.tier


def lacking_evidence(life: LabelLife, surveillance: Surveillance, now: datetime, rules: SchemeRules) -> tuple[str, ...]:
    """Return the criteria that need fresh evidence and have none that counts today."""
    fresh = [life.items[item] for item in surveillance.items]
    shown = {
        criterion
        for item in fresh
        if item.expires is None or item.expires >= now.date()
        for criterion in item.criteria
        if item.type in rules.criteria[criterion].evidence
    }
    return tuple(criterion for criterion in surveillance.renew if criterion not in shown)


def may_repeat_checks(life: LabelLife, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may let the checks run again: the secretariat, for what was handed in."""
    return first_refusal(keeps(life, person), _some(life, lambda _, one: one.is_open and one.submission is not None))


def repeat_checks(life: LabelLife, act: RepeatChecks, now: datetime, rules: SchemeRules) -> Events:
    """Check the record again, after something in it changed."""
    may_repeat_checks(life, act.actor, rules).require()
    found = open_one(life, act.surveillance)
    if found.submission is None:
        raise OutOfOrder("not_submitted", "The holder has not handed in yet.")
    checks = checks_of(life, found, act.participant, act.around, now, rules)
    return (ChecksRepeated(at=now, actor=act.actor.person, surveillance=found.number, checks=checks),)


def checks_of(
    life: LabelLife,
    surveillance: Surveillance,
    participant: ParticipantFacts | None,
    around: RecordFacts | None,
    now: datetime,
    rules: SchemeRules,
) -> tuple[CheckResult, ...]:
    """Return what each automatic check of the scheme finds; no address is fetched."""
    register = participant if participant is not None and participant.organisation == life.organisation else None
    in_place = (*live_evidence(life), *(as_live(life.items[item]) for item in handed_in(life, surveillance) or ()))
    answers: dict[AutomaticCheck, bool | None] = {
        "evidence_not_expired": not run_out(life, in_place, now.date()),
        "register_entry_in_force": register is not None and register.entered_at is not None,
        "officer_named": register is not None and register.officer_named,
        "build_digest_as_certified": _same_build(life, surveillance),
        "no_open_complaint": around is not None and around.open_complaints == 0,
    }
    return tuple(CheckResult(check=name, holds=answers[name]) for name in rules.common.surveillance_automatic_checks)


def _same_build(life: LabelLife, surveillance: Surveillance) -> bool | None:
    if life.build_digest is None or surveillance.submission is None:
        return None
    return surveillance.submission.build_digest == life.build_digest


def failed_checks(surveillance: Surveillance) -> tuple[str, ...]:
    """Return the automatic checks that did not hold when they last ran."""
    return tuple(one.check for one in surveillance.checks if one.holds is False)
