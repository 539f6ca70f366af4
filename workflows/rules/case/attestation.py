"""Stage 9: a label comes only from a grant; in the critical tier a second person releases it (ISO/IEC 17065, 7.7)."""

from datetime import datetime

from schemas import events as ev
from schemas.acts import ReleaseLabel
from schemas.case import Case
from schemas.errors import AlreadyDecided, ConflictOfInterest, Unacceptable
from schemas.event import Event
from schemas.identifiers import ENGINE
from schemas.label import IssuedLabel
from schemas.people import PersonFacts, Role
from schemas.scheme import SchemeRules, Tier
from schemas.stages import Stage
from workflows.rules.case.interests import declared_none, took_no_part
from workflows.rules.case.signed_acts import proof_of, signed_round
from workflows.rules.permission import ALLOWED, Permission, first_refusal, holds, in_stage

RELEASED_TIERS = frozenset({Tier.CRITICAL})
"""Tiers whose signing a label officer releases (procedure, People and stage 9)."""


def may_release_label(case: Case, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a label officer may release: one who did not decide, and where the tier asks for it."""
    return first_refusal(
        holds(person, Role.LABEL_OFFICER),
        in_stage(case, Stage.ATTESTATION),
        _release_is_due(case),
        _did_not_decide(case, person),
        took_no_part(case, person),
        declared_none(case, person),
    )


def _release_is_due(case: Case) -> Permission:
    if case.tier not in RELEASED_TIERS:
        return Permission(Unacceptable("no_release_needed", "This tier's labels need no release."))
    if case.released_by is not None:
        return Permission(AlreadyDecided("already_released", "The label was released before."))
    return ALLOWED


def _did_not_decide(case: Case, person: PersonFacts) -> Permission:
    if any(person.person in vote.electorate for vote in case.rounds):
        return Permission(ConflictOfInterest("decides_and_releases", "Whoever decides does not release."))
    return ALLOWED


def release(case: Case, act: ReleaseLabel, now: datetime, rules: SchemeRules) -> tuple[Event, ...]:
    """Release the signing."""
    may_release_label(case, act.actor, rules).require()
    vote = signed_round(case)
    if vote is not None:
        proof_of(case, vote, act.actor.person, act.proof, now)
    return (ev.LabelReleased(at=now, actor=act.actor.person, receipt=act.proof),)


def awaits_signature(case: Case) -> bool:
    """Whether nothing but the signer stands between the grant and its label."""
    return case.stage == Stage.ATTESTATION and not awaits_release(case) and case.signing_refused is None


def awaits_release(case: Case) -> bool:
    """Whether a label officer has still to release the signing."""
    return case.stage == Stage.ATTESTATION and case.tier in RELEASED_TIERS and case.released_by is None


def attest(case: Case, label: IssuedLabel, now: datetime) -> ev.LabelIssued:
    """Record the label the signer made for this case's decision."""
    return ev.LabelIssued(at=now, actor=ENGINE, label=label, holder=case.lodged.organisation_name)
