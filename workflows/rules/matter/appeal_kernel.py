"""The kernel of an appeal: which act is taken how, what follows, and what each event changes."""

from schemas import appeal as words
from schemas.appeal import (
    Appeal,
    AppealDecided,
    AppealHearingRecorded,
    AppealHearingWaived,
    AppealLodged,
    AppealOutcome,
    AppealVoted,
    AppealVoteSetAside,
    AppealWithdrawn,
    BodyStatementFiled,
    BodyStatementLapsed,
    PanelDrawn,
    PanelMemberLeft,
    PanelMemberReplaced,
)
from schemas.errand import Errand, ErrandDone
from workflows.kernel import Kernel
from workflows.rules.matter import appeal_panels, appeals
from workflows.rules.matters import ActRule, Changes, Tables, kernel_of

NOTE = "note_appeal"
LODGED = "lodged"


def _begun(event: AppealLodged) -> Appeal:
    return Appeal(
        id=event.appeal,
        organisation=event.organisation,
        scheme_digest=event.scheme_digest,
        opened_by=event.actor,
        opened_at=event.at,
        against=event.against,
        stream=event.stream,
        number=event.number,
        act_at=event.act_at,
        tier=event.tier,
        label=event.label,
        grounds=event.grounds,
        hearing_wanted=event.hearing_wanted,
        due_at=event.due_at,
    )


def untold(appeal: Appeal) -> str | None:
    """Return the state that the label's record is to be told next, None when it knows all."""
    if appeal.label is None:
        return None
    states = (LODGED,) if appeal.outcome is None else (LODGED, appeal.outcome.value)
    return next((state for state in states if state not in appeal.told), None)


def errand_of(appeal: Appeal) -> Errand | None:
    """Return what a label's record is to be told: how the appeal stands, and nothing more."""
    state = untold(appeal)
    if state is None:
        return None
    assert appeal.label is not None
    return Errand(
        key=f"{NOTE}/{state}",
        to="label",
        subject=appeal.label,
        act=NOTE,
        content={"appeal": appeal.id, "state": state},
    )


def _told(appeal: Appeal, event: ErrandDone) -> Changes:
    told = appeal.model_copy(update={"told": (*appeal.told, event.key.partition("/")[2])})
    is_over = told.outcome is not None and untold(told) is None
    return {"told": told.told, "ended_at": event.at if is_over else None}


def _ended(appeal: Appeal, event: AppealDecided | AppealWithdrawn, outcome: AppealOutcome) -> Changes:
    # Until the label's record was told, something is still to be done.
    return {"outcome": outcome, "ended_at": event.at if appeal.label is None else None}


def _drawn(appeal: Appeal, event: PanelDrawn) -> Changes:
    return {
        "draws": (*appeal.draws, event.draw),
        "panel": tuple(sorted((*appeal.panel, *event.draw.members))),
        "reserves": (*appeal.reserves, *event.draw.reserves),
        "declare_by": event.declare_by,
    }


def _replaced(appeal: Appeal, event: PanelMemberReplaced) -> Changes:
    return {"panel": tuple(sorted((*appeal.panel, event.member))), "declare_by": event.declare_by}


def _decided(appeal: Appeal, event: AppealDecided) -> Changes:
    decided = {"decision": event.decision, "written_by": event.actor}
    return {**decided, **_ended(appeal, event, AppealOutcome(event.decision.outcome))}


APPEAL: Kernel[Appeal] = kernel_of(
    Tables(
        name="appeal",
        state=Appeal,
        events=words.EVENTS,
        act_models=words.ACTS,
        acts={
            "lodge_appeal": ActRule(take=appeals.lodge, opens=True),
            "file_body_statement": ActRule(take=appeals.file_statement, may=appeals.may_file_statement),
            "draw_panel": ActRule(take=appeal_panels.draw, may=appeal_panels.may_draw),
            "declare_matter_interests": ActRule(take=appeals.declare_interests, may=appeals.may_declare_interests),
            "record_appeal_hearing": ActRule(take=appeals.record_hearing, may=appeals.may_record_hearing),
            "waive_appeal_hearing": ActRule(take=appeals.waive_hearing, may=appeals.may_waive_hearing),
            "put_appeal_to_vote": ActRule(take=appeals.put_to_vote, may=appeals.may_put_to_vote),
            "give_appeal_reasons": ActRule(take=appeals.give_reasons, may=appeals.may_give_reasons),
            "withdraw_appeal": ActRule(take=appeals.withdraw, may=appeals.may_withdraw),
        },
        begins={AppealLodged: _begun},
        changes={
            BodyStatementFiled: lambda _, e: {"statement": e.statement},
            BodyStatementLapsed: lambda _, __: {"statement_lapsed": True},
            PanelDrawn: _drawn,
            PanelMemberLeft: lambda state, e: {"gone": (*state.gone, e.member)},
            PanelMemberReplaced: _replaced,
            AppealHearingRecorded: lambda _, e: {"hearing": e.protocol},
            AppealHearingWaived: lambda _, __: {"hearing_wanted": False},
            AppealVoted: lambda _, e: {"voted": AppealOutcome(e.outcome)},
            AppealVoteSetAside: lambda state, e: {"voted": None, "set_aside": (*state.set_aside, e.motion)},
            AppealDecided: _decided,
            AppealWithdrawn: lambda state, e: _ended(state, e, AppealOutcome.WITHDRAWN),
            ErrandDone: _told,
        },
        follows=(appeals.voted, appeals.statement_lapsed, appeal_panels.silent, appeal_panels.replaced),
        clocks=appeals.clocks_of,
        barred=appeal_panels.barred,
        errand=errand_of,
    )
)
