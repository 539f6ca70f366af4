"""A legal hold takes two people to set and two to lift, and keeps from erasure from its asking on (security.md, 8)."""

from datetime import datetime

from schemas import legal_hold as words
from schemas.clocks import Party, Waiting
from schemas.errors import ConflictOfInterest, NotFound, OutOfOrder
from schemas.legal_hold import (
    AskHold,
    AskLifting,
    ConfirmHold,
    HeldKind,
    HoldAsked,
    HoldConfirmed,
    HoldLifted,
    HoldRefused,
    KeepHold,
    LegalHold,
    LiftHold,
    LiftingAsked,
    LiftingRefused,
    RefuseHold,
)
from schemas.people import PersonFacts, Role
from schemas.scheme import SchemeRules
from workflows.kernel import Events, Kernel
from workflows.rules.matters import ActRule, Tables, kernel_of
from workflows.rules.permission import ALLOWED, Permission, first_refusal, free_of_party, holds
from workflows.rules.second_person import chairs, did_not_ask, free_behind, may_approve


def may_ask(person: PersonFacts) -> Permission:
    """Whether a person may ask for holds."""
    return holds(person, Role.SECRETARIAT)


def ask(_: LegalHold | None, act: AskHold, now: datetime, rules: SchemeRules) -> Events:  # noqa: ARG001  # as every act
    """Ask for a hold of something that there is."""
    unknown = NotFound("unknown_held", "There is no such case, label, organisation or person.")
    first_refusal(
        may_ask(act.actor),
        free_of_party(act.party, act.actor),
        not_oneself(act, act.actor),
        free_behind(act.kept_out, unknown),
    ).require()
    if not act.is_known:
        raise unknown
    asked = HoldAsked(
        at=now, actor=act.actor.person, hold=act.matter, organisation=act.party, about=act.about, held=act.held,
        reasons=act.reasons,
    )  # fmt: skip
    return (asked,)


def not_oneself(one: LegalHold | AskHold, person: PersonFacts) -> Permission:
    """Whether a hold is about somebody or something else than the person."""
    if one.about == HeldKind.PERSON and one.held == person.person:
        return Permission(ConflictOfInterest("own_hold", "Nobody sets or lifts a hold on what concerns themselves."))
    return ALLOWED


def may_confirm(hold: LegalHold, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may be the second one of the setting."""
    return first_refusal(
        may_approve(person),
        did_not_ask(hold.opened_by, person),
        free_of_party(hold.organisation, person),
        not_oneself(hold, person),
        _unconfirmed(hold),
    )


def may_ask_lifting(hold: LegalHold, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may ask that the hold be lifted."""
    return first_refusal(
        holds(person, Role.SECRETARIAT),
        free_of_party(hold.organisation, person),
        not_oneself(hold, person),
        _confirmed(hold),
        _no_lifting(hold),
    )


def may_lift(hold: LegalHold, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may be the second one of the lifting."""
    return first_refusal(
        may_approve(person),
        did_not_ask(hold.lifting_asked_by, person),
        free_of_party(hold.organisation, person),
        not_oneself(hold, person),
        _lifting(hold),
    )


def _unconfirmed(hold: LegalHold) -> Permission:
    if hold.confirmed_by is not None:
        return Permission(OutOfOrder("hold_confirmed", "This hold was confirmed."))
    return ALLOWED


def _confirmed(hold: LegalHold) -> Permission:
    if hold.confirmed_by is None:
        return Permission(OutOfOrder("hold_unconfirmed", "This hold waits for a second person, who can refuse it."))
    return ALLOWED


def _no_lifting(hold: LegalHold) -> Permission:
    if hold.lifting_asked_by is not None:
        return Permission(OutOfOrder("lifting_asked", "Its lifting was asked for before."))
    return ALLOWED


def _lifting(hold: LegalHold) -> Permission:
    if hold.lifting_asked_by is None:
        return Permission(OutOfOrder("no_lifting_asked", "Nobody has asked that this hold be lifted."))
    return ALLOWED


def confirm(hold: LegalHold, act: ConfirmHold, now: datetime, rules: SchemeRules) -> Events:
    """Confirm."""
    first_refusal(may_confirm(hold, act.actor, rules), chairs(act), free_behind(act.kept_out)).require()
    return (HoldConfirmed(at=now, actor=act.actor.person),)


def refuse(hold: LegalHold, act: RefuseHold, now: datetime, rules: SchemeRules) -> Events:
    """Refuse: it holds no longer."""
    first_refusal(may_confirm(hold, act.actor, rules), chairs(act), free_behind(act.kept_out)).require()
    return (HoldRefused(at=now, actor=act.actor.person, reasons=act.reasons),)


def ask_lifting(hold: LegalHold, act: AskLifting, now: datetime, rules: SchemeRules) -> Events:
    """Ask for the lifting; until a second person lifts it, it stands."""
    first_refusal(may_ask_lifting(hold, act.actor, rules), free_behind(act.kept_out)).require()
    return (LiftingAsked(at=now, actor=act.actor.person, reasons=act.reasons),)


def lift(hold: LegalHold, act: LiftHold, now: datetime, rules: SchemeRules) -> Events:
    """Lift."""
    first_refusal(may_lift(hold, act.actor, rules), chairs(act), free_behind(act.kept_out)).require()
    return (HoldLifted(at=now, actor=act.actor.person),)


def keep(hold: LegalHold, act: KeepHold, now: datetime, rules: SchemeRules) -> Events:
    """Keep the hold; its lifting can be asked for again."""
    first_refusal(may_lift(hold, act.actor, rules), chairs(act), free_behind(act.kept_out)).require()
    return (LiftingRefused(at=now, actor=act.actor.person, reasons=act.reasons),)


def _begun(event: HoldAsked) -> LegalHold:
    return LegalHold(
        id=event.hold,
        organisation=event.organisation,
        opened_by=event.actor,
        opened_at=event.at,
        about=event.about,
        held=event.held,
        reasons=event.reasons,
    )


def waits_for(hold: LegalHold) -> tuple[Waiting, ...]:
    """Return who is waited for, with nothing to say by when: the second person of the setting, or of the lifting."""
    asked = hold.confirmed_by is None or hold.lifting_asked_by is not None
    return (Waiting(waits_for=Party.LABEL_OFFICER),) if asked and not hold.is_over else ()


LEGAL_HOLD: Kernel[LegalHold] = kernel_of(
    Tables(
        name="legal_hold",
        state=LegalHold,
        events=words.EVENTS,
        act_models=words.ACTS,
        acts={
            "ask_hold": ActRule(take=ask, who=may_ask, opens=True),
            "confirm_hold": ActRule(take=confirm, may=may_confirm),
            "refuse_hold": ActRule(take=refuse, may=may_confirm),
            "ask_lifting": ActRule(take=ask_lifting, may=may_ask_lifting),
            "lift_hold": ActRule(take=lift, may=may_lift),
            "keep_hold": ActRule(take=keep, may=may_lift),
        },
        begins={HoldAsked: _begun},
        changes={
            HoldConfirmed: lambda _, event: {"confirmed_by": event.actor},
            HoldRefused: lambda _, event: {"refused": event.reasons, "ended_at": event.at},
            LiftingAsked: lambda _, event: {"lifting_asked_by": event.actor, "lifting": event.reasons},
            HoldLifted: lambda _, event: {"lifted_by": event.actor, "ended_at": event.at},
            LiftingRefused: lambda _, event: {"lifting_asked_by": None, "lifting": None, "kept": event.reasons},
        },
    )
)
