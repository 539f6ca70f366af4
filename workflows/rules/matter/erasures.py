"""Erasure of evidence takes two different people, and only what nobody needs any more (security I17, I19)."""

from datetime import datetime

from schemas import erasure as words
from schemas.clocks import Party, Waiting
from schemas.erasure import (
    ApproveErasure,
    AskErasure,
    Erasure,
    ErasureAct,
    ErasureApproved,
    ErasureAsked,
    ErasureRefused,
    RefuseErasure,
)
from schemas.errand import Errand, ErrandDone
from schemas.errors import NotFound, OutOfOrder, Unacceptable
from schemas.people import PersonFacts, Role
from schemas.scheme import SchemeRules
from workflows.kernel import Events, Kernel
from workflows.rules.matters import ActRule, Tables, kernel_of
from workflows.rules.permission import ALLOWED, Permission, first_refusal, free_of_party, holds
from workflows.rules.second_person import chairs, did_not_ask, free_behind, may_approve

VAULT_ERRAND = "vault"
"""To whom the errand of an approved erasure goes: the keeper of the keys."""
ERASE = "erase"


def may_ask(person: PersonFacts) -> Permission:
    """Whether a person may ask for erasures."""
    return holds(person, Role.SECRETARIAT)


def ask(_: Erasure | None, act: AskErasure, now: datetime, rules: SchemeRules) -> Events:  # noqa: ARG001  # as every act
    """Ask for the erasure of a case that has ended, or of an item that it does not rest on."""
    unknown = NotFound("unknown_application", "There is no such application.")
    first_refusal(may_ask(act.actor), free_of_party(act.party, act.actor), free_behind(act.kept_out, unknown)).require()
    if act.party is None:
        raise unknown
    if act.item is not None and act.digest_of_file is None:
        raise NotFound("unknown_item", "There is no such item.")
    if act.item is not None and act.files_only:
        raise Unacceptable("item_or_files", "Name one item, or all files.")
    _free(act).require()
    asked = ErasureAsked(
        at=now, actor=act.actor.person, erasure=act.matter, organisation=act.party, application=act.case,
        item=act.item, digest=act.digest_of_file, files_only=act.files_only, reasons=act.reasons,
    )  # fmt: skip
    return (asked,)


def _free(act: ErasureAct) -> Permission:
    """Whether nothing needs the evidence: not the case, not a label, and no appeal or complaint, and no legal hold."""
    if act.still_needed:
        return Permission(OutOfOrder("evidence_needed", "The case goes on with it, or a label still rests on it."))
    if act.legal_hold:
        return Permission(OutOfOrder("legal_hold", "A legal hold stands; nothing it covers is erased."))
    if act.held:
        return Permission(OutOfOrder("evidence_held", "An appeal or a complaint is open; it is kept until the end."))
    return ALLOWED


def may_answer(erasure: Erasure, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may be the second one: a label officer, or who chairs the Commission; never the first."""
    return first_refusal(
        may_approve(person),
        did_not_ask(erasure.opened_by, person),
        free_of_party(erasure.organisation, person),
        _unanswered(erasure),
    )


def _unanswered(erasure: Erasure) -> Permission:
    if erasure.approved_by is not None:
        return Permission(OutOfOrder("erasure_approved", "This erasure was approved."))
    return ALLOWED


def approve(erasure: Erasure, act: ApproveErasure, now: datetime, rules: SchemeRules) -> Events:
    """Approve; whether nobody needs it is judged again."""
    first_refusal(may_answer(erasure, act.actor, rules), chairs(act), free_behind(act.kept_out), _free(act)).require()
    approved = ErasureApproved(
        at=now,
        actor=act.actor.person,
        application=erasure.application,
        item=erasure.item,
        files_only=erasure.files_only,
        asked_by=erasure.opened_by,
    )
    return (approved,)


def refuse(erasure: Erasure, act: RefuseErasure, now: datetime, rules: SchemeRules) -> Events:
    """Refuse."""
    first_refusal(may_answer(erasure, act.actor, rules), chairs(act), free_behind(act.kept_out)).require()
    return (ErasureRefused(at=now, actor=act.actor.person, reasons=act.reasons),)


def errand_of(erasure: Erasure) -> Errand | None:
    """Return the errand of an approved erasure: the vault destroys the keys."""
    if erasure.approved_by is None or erasure.is_over:
        return None
    # What an earlier version was asked for is told in its words.
    files = {"files_only": True} if erasure.files_only else {}
    return Errand(
        key=ERASE, to=VAULT_ERRAND, subject=erasure.application, act=ERASE, content={"digest": erasure.digest, **files}
    )


def _begun(event: ErasureAsked) -> Erasure:
    return Erasure(
        id=event.erasure,
        organisation=event.organisation,
        opened_by=event.actor,
        opened_at=event.at,
        application=event.application,
        item=event.item,
        digest=event.digest,
        files_only=event.files_only,
        reasons=event.reasons,
    )


def _done(_: Erasure, event: ErrandDone) -> dict[str, object]:
    return {
        "keys_destroyed_at": event.at if event.refused is None else None,
        "failed": event.refused,
        "ended_at": event.at,
    }


def waits_for(erasure: Erasure) -> tuple[Waiting, ...]:
    """Return who is waited for, with nothing to say by when: the second person, until one answered."""
    answered = erasure.is_over or erasure.approved_by is not None
    return () if answered else (Waiting(waits_for=Party.LABEL_OFFICER),)


ERASURE: Kernel[Erasure] = kernel_of(
    Tables(
        name="erasure",
        state=Erasure,
        events=words.EVENTS,
        act_models=words.ACTS,
        acts={
            "ask_erasure": ActRule(take=ask, who=may_ask, opens=True),
            "approve_erasure": ActRule(take=approve, may=may_answer),
            "refuse_erasure": ActRule(take=refuse, may=may_answer),
        },
        begins={ErasureAsked: _begun},
        changes={
            ErasureApproved: lambda _, event: {"approved_by": event.actor},
            ErasureRefused: lambda _, event: {"refused": event.reasons, "ended_at": event.at},
            ErrandDone: _done,
        },
        errand=errand_of,
    )
)
