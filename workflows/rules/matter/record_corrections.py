"""Corrections of the record: two different people, and the entry itself stays as it is (procedure, rule 5).

Both are free of the party of the entry and in the case or label behind it (rule 1).
"""

from datetime import datetime

from schemas import record_correction as words
from schemas.clocks import Party, Waiting
from schemas.errors import ConflictOfInterest, NotFound, NotPermitted
from schemas.people import PersonFacts, Role
from schemas.record_correction import (
    ConfirmCorrection,
    CorrectionConfirmed,
    CorrectionProposed,
    CorrectionRejected,
    ProposeCorrection,
    RecordCorrection,
    RejectCorrection,
)
from schemas.scheme import SchemeRules
from workflows.kernel import Events, Kernel
from workflows.rules.matters import ActRule, Tables, kernel_of
from workflows.rules.permission import ALLOWED, Permission, first_refusal, free_of_party
from workflows.rules.second_person import free_behind

CORRECTING = (Role.SECRETARIAT, Role.COMMISSIONER)


def may_correct(person: PersonFacts) -> Permission:
    """Whether a person may propose or confirm corrections: who keeps the record or decides by it."""
    if any(person.has(role) for role in CORRECTING):
        return ALLOWED
    named = " or ".join(role.value for role in CORRECTING)
    return Permission(NotPermitted("role_missing", f"Only a person with the role {named} may do this."))


def propose(_: RecordCorrection | None, act: ProposeCorrection, now: datetime, rules: SchemeRules) -> Events:  # noqa: ARG001  # as every act
    """Propose; the entry must stand in the record."""
    unknown = NotFound("unknown_entry", f"The record has no entry {act.number} in {act.stream}.")
    first_refusal(
        may_correct(act.actor), free_of_party(act.party, act.actor), free_behind(act.kept_out, unknown)
    ).require()
    if act.entry_digest is None:
        raise unknown
    return (
        CorrectionProposed(
            at=now,
            actor=act.actor.person,
            correction=act.matter,
            organisation=act.party,
            stream=act.stream,
            number=act.number,
            entry_digest=act.entry_digest,
            text=act.text,
        ),
    )


def _begun(event: CorrectionProposed) -> RecordCorrection:
    return RecordCorrection(
        id=event.correction,
        organisation=event.organisation,
        opened_by=event.actor,
        opened_at=event.at,
        stream=event.stream,
        number=event.number,
        entry_digest=event.entry_digest,
        text=event.text,
    )


def may_confirm(correction: RecordCorrection, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may be the second one: never the one who proposed."""
    return first_refusal(
        may_correct(person), _is_another(correction, person), free_of_party(correction.organisation, person)
    )


def _is_another(correction: RecordCorrection, person: PersonFacts) -> Permission:
    if person.person == correction.opened_by:
        return Permission(
            ConflictOfInterest("same_person", "A correction takes two different people; you proposed this one.")
        )
    return ALLOWED


def confirm(correction: RecordCorrection, act: ConfirmCorrection, now: datetime, rules: SchemeRules) -> Events:
    """Agree."""
    first_refusal(may_confirm(correction, act.actor, rules), free_behind(act.kept_out)).require()
    return (CorrectionConfirmed(at=now, actor=act.actor.person),)


def reject(correction: RecordCorrection, act: RejectCorrection, now: datetime, rules: SchemeRules) -> Events:
    """Disagree."""
    first_refusal(may_confirm(correction, act.actor, rules), free_behind(act.kept_out)).require()
    return (CorrectionRejected(at=now, actor=act.actor.person, reasons=act.reasons),)


def waits_for(correction: RecordCorrection) -> tuple[Waiting, ...]:
    """Return who is waited for, with nothing to say by when: the second person, of those who keep the record."""
    return () if correction.is_over else (Waiting(waits_for=Party.SECRETARIAT),)


RECORD_CORRECTION: Kernel[RecordCorrection] = kernel_of(
    Tables(
        name="correction",
        state=RecordCorrection,
        events=words.EVENTS,
        act_models=words.ACTS,
        acts={
            "propose_correction": ActRule(take=propose, who=may_correct, opens=True),
            "confirm_correction": ActRule(take=confirm, may=may_confirm),
            "reject_correction": ActRule(take=reject, may=may_confirm),
        },
        begins={CorrectionProposed: _begun},
        changes={
            CorrectionConfirmed: lambda _, e: {"confirmed_by": e.actor, "ended_at": e.at},
            CorrectionRejected: lambda _, e: {"rejected": e.reasons, "ended_at": e.at},
        },
    )
)
