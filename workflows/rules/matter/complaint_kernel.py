"""The kernel of a complaint: which act is taken how, what follows, and what each event changes."""

from schemas import complaint as words
from schemas.clocks import ClockResumed, ClockStopped, Stop
from schemas.complaint import (
    ComplainantAnswered,
    ComplainantAsked,
    Complaint,
    ComplaintDecided,
    ComplaintFiled,
    ComplaintQuestion,
    ComplaintQuestionLapsed,
    FindingsRecorded,
    HandlerAssigned,
    HandlerLeft,
)
from schemas.errand import Errand, ErrandDone
from workflows.kernel import Kernel
from workflows.rules.matter import complaint_clocks, complaints
from workflows.rules.matters import ActRule, Changes, Tables, kernel_of

REVIEW = "open_review"


def errand_of(complaint: Complaint) -> Errand | None:
    """Return what a label's record is to be told: an upheld complaint lets it be looked at again (7.13)."""
    decision = complaint.decision
    if decision is None or not complaint.opens_review or complaint.review is not None:
        return None
    assert complaint.label is not None
    return Errand(
        key=REVIEW,
        to="label",
        subject=complaint.label,
        act=REVIEW,
        # The reference, not the code: whoever reads the label's record must not answer for the complainant.
        content={"complaint": complaint.reference, "criteria": list(decision.criteria)},
    )


def _left(_: Complaint, __: HandlerLeft) -> Changes:
    return {"handler": None, "findings": None}


def _asked(complaint: Complaint, event: ComplainantAsked) -> Changes:
    asked = ComplaintQuestion(
        number=event.number, question=event.question, asked_at=event.at, due_at=event.due_at
    )  # fmt: skip
    return {"questions": (*complaint.questions, asked)}


def _changed(complaint: Complaint, number: int, **changes: object) -> Changes:
    return {
        "questions": tuple(
            one.model_copy(update=changes) if one.number == number else one for one in complaint.questions
        )
    }


def _answered(complaint: Complaint, event: ComplainantAnswered) -> Changes:
    return _changed(complaint, event.number, answer=event.answer, answered_on=event.at.date())


def _decided(complaint: Complaint, event: ComplaintDecided) -> Changes:
    decided = complaint.model_copy(update={"decision": event.decision})
    # Until the label's record was told, something is still to be done.
    return {"decision": event.decision, "ended_at": None if decided.opens_review else event.at}


COMPLAINT: Kernel[Complaint] = kernel_of(
    Tables(
        name="complaint",
        state=Complaint,
        events=words.EVENTS,
        act_models=words.ACTS,
        acts={
            "file_complaint": ActRule(take=complaints.file, opens=True),
            "assign_handler": ActRule(take=complaints.assign_handler, may=complaints.may_assign_handler),
            "declare_matter_interests": ActRule(
                take=complaints.declare_interests, may=complaints.may_declare_interests
            ),
            "ask_complainant": ActRule(take=complaints.ask, may=complaints.may_ask),
            "answer_as_complainant": ActRule(take=complaints.answer),
            "record_findings": ActRule(take=complaints.record_findings, may=complaints.may_record_findings),
            "decide_complaint": ActRule(take=complaints.decide, may=complaints.may_decide),
        },
        begins={ComplaintFiled: complaints.begun},
        changes={
            HandlerAssigned: lambda _, e: {"handler": e.handler},
            HandlerLeft: _left,
            ComplainantAsked: _asked,
            ComplainantAnswered: _answered,
            ComplaintQuestionLapsed: lambda state, e: _changed(state, e.number, lapsed=True),
            ClockStopped: lambda _, e: {"stop": Stop(stopped_at=e.at, due_at=e.due_at)},
            ClockResumed: lambda _, e: {"stop": None, "due_at": e.due_at},
            FindingsRecorded: lambda _, e: {"findings": e.findings},
            ComplaintDecided: _decided,
            ErrandDone: lambda _, e: {"review": e.refused or "opened", "ended_at": e.at},
        },
        follows=(complaint_clocks.lapsed, complaint_clocks.runs_again),
        clocks=complaint_clocks.clocks_of,
        errand=errand_of,
    )
)
