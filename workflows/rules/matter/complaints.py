"""Complaints: filed by anybody, handled and decided by people who took no part (ISO/IEC 17065, 7.13; procedure)."""

from datetime import datetime
from typing import Final

from schemas.complaint import (
    PUBLIC_REASON_MAX,
    QUESTIONS_MAX,
    AnswerAsComplainant,
    AskComplainant,
    AssignHandler,
    ComplainantAnswered,
    ComplainantAsked,
    Complaint,
    ComplaintDecided,
    ComplaintDecision,
    ComplaintFiled,
    ConcernedFacts,
    DecideComplaint,
    FileComplaint,
    FindingsRecorded,
    HandlerAssigned,
    HandlerLeft,
    RecordFindings,
)
from schemas.errors import AlreadyDecided, ConflictOfInterest, NotPermitted, OutOfOrder, Unacceptable
from schemas.identifiers import ENGINE, PUBLIC, act_id
from schemas.matter import DeclareMatterInterests
from schemas.people import PersonFacts, Role
from schemas.scheme import SchemeRules
from workflows.kernel import Events
from workflows.rules.clocks import stopped
from workflows.rules.deadlines import days_after, end_of_day
from workflows.rules.matter.complaint_clocks import outcome_clock
from workflows.rules.motions import declare_interests_in, free_in, may_declare_interests_in
from workflows.rules.permission import ALLOWED, Permission, first_refusal

TEXT_MAX: Final = 10_000
"""Characters of a complaint and of an answer: enough for a careful description, little for whoever floods."""
HANDLERS: Final = frozenset({Role.SECRETARIAT, Role.COMMISSIONER, Role.EXPERT})
DECIDERS: Final = frozenset({Role.SECRETARIAT, Role.COMMISSIONER})


def file(complaint: Complaint | None, act: FileComplaint, now: datetime, rules: SchemeRules) -> Events:
    """Take a complaint and acknowledge it; the time to its outcome runs."""
    if complaint is not None:
        raise AlreadyDecided("already_filed", "This complaint was filed before.")
    _refuse_long(act.text.length)
    concerned = act.concerned or ConcernedFacts()
    return (
        ComplaintFiled(
            at=now,
            actor=PUBLIC,
            complaint=act.matter,
            reference=act_id(PUBLIC, f"reference/{act.matter}"),
            scheme_digest=act.scheme_in_force,
            about=act.about,
            label=act.label,
            is_known=concerned.is_known,
            holder=concerned.holder,
            life_at_risk=act.life_at_risk,
            text=act.text,
            due_at=end_of_day(days_after(now, rules.clocks.complaint_days.outcome)),
            by_code=act.by_code,
        ),
    )


def begun(event: ComplaintFiled) -> Complaint:
    """Return the complaint as it was filed."""
    return Complaint(
        id=event.complaint,
        scheme_digest=event.scheme_digest,
        opened_by=event.actor,
        opened_at=event.at,
        reference=event.reference,
        about=event.about,
        label=event.label,
        is_known=event.is_known,
        holder=event.holder,
        life_at_risk=event.life_at_risk,
        text=event.text,
        due_at=event.due_at,
        by_code=event.by_code,
    )


def may_assign_handler(complaint: Complaint, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may say who handles the complaint."""
    return first_refusal(
        _holds_one(person, frozenset({Role.SECRETARIAT})), free_in(complaint, person), _open(complaint)
    )


def may_handle(complaint: Complaint, person: PersonFacts, concerned: ConcernedFacts | None) -> Permission:
    """Whether a person can be the handler: competent, free of interests, with no part in what is complained about."""
    return first_refusal(
        _holds_one(person, HANDLERS), free_in(complaint, person), _took_no_part(concerned, person)
    )  # fmt: skip


def assign_handler(complaint: Complaint, act: AssignHandler, now: datetime, rules: SchemeRules) -> Events:
    """Let somebody handle the complaint; a second assignment replaces the first."""
    may_assign_handler(complaint, act.actor, rules).require()
    if act.handler == complaint.handler:
        raise AlreadyDecided("already_assigned", "This person handles the complaint already.")
    candidate = act.people.get(act.handler)
    if candidate is None:
        raise Unacceptable("unknown_person", "There is no such person.")
    may_handle(complaint, candidate, act.concerned).require()
    return (HandlerAssigned(at=now, actor=act.actor.person, handler=act.handler),)


def may_declare_interests(complaint: Complaint, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may declare interests here: the handler, or who might decide."""
    has_part = complaint.handler == person.person or bool(_holds_one(person, DECIDERS))
    return first_refusal(may_declare_interests_in(complaint, person, has_part=has_part), _open(complaint))


def declare_interests(complaint: Complaint, act: DeclareMatterInterests, now: datetime, rules: SchemeRules) -> Events:
    """Declare interests; a handler who has one leaves, and what they found does not count."""
    may_declare_interests(complaint, act.actor, rules).require()
    declared = declare_interests_in(complaint, act, now, has_part=True)
    if not act.has_interest or complaint.handler != act.actor.person:
        return declared
    return (*declared, HandlerLeft(at=now, actor=ENGINE, handler=act.actor.person))


def may_ask(complaint: Complaint, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may ask the complainant: the handler, one question at a time."""
    return first_refusal(_handles(complaint, person), _open(complaint), _nothing_asked(complaint), _has_room(complaint))


def ask(complaint: Complaint, act: AskComplainant, now: datetime, rules: SchemeRules) -> Events:
    """Ask the complainant; the clock stands still while they are waited for."""
    may_ask(complaint, act.actor, rules).require()
    asked = ComplainantAsked(
        at=now,
        actor=act.actor.person,
        number=len(complaint.questions) + 1,
        question=act.question,
        due_at=days_after(now, rules.clocks.question_days),
    )
    return asked, stopped(outcome_clock(complaint), "complainant_asked", now)


def answer(complaint: Complaint, act: AnswerAsComplainant, now: datetime, _: SchemeRules) -> Events:
    """Answer the open question."""
    waiting = complaint.open_question
    if waiting is None:
        raise OutOfOrder("no_open_question", "Nothing is asked now.")
    if act.number != waiting.number:
        raise OutOfOrder("another_question", f"Question {waiting.number} is open.")
    _refuse_long(act.answer.length)
    return (ComplainantAnswered(at=now, actor=PUBLIC, number=act.number, answer=act.answer),)


def may_record_findings(complaint: Complaint, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may write down what was found: the handler."""
    return first_refusal(_handles(complaint, person), _open(complaint), _nothing_asked(complaint))


def record_findings(complaint: Complaint, act: RecordFindings, now: datetime, rules: SchemeRules) -> Events:
    """Write down what was found; later findings replace earlier ones."""
    may_record_findings(complaint, act.actor, rules).require()
    return (FindingsRecorded(at=now, actor=act.actor.person, findings=act.findings),)


def may_decide(complaint: Complaint, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may decide: not the handler, free of interests, once there are findings."""
    return first_refusal(
        _holds_one(person, DECIDERS), _open(complaint), _does_not_handle(complaint, person), free_in(complaint, person),
        _declared(complaint, person), _has_findings(complaint), _nothing_asked(complaint),
    )  # fmt: skip


def decide(complaint: Complaint, act: DecideComplaint, now: datetime, rules: SchemeRules) -> Events:
    """Decide the complaint (ISO/IEC 17065, 7.13.5); what follows for a label is an errand to its record."""
    may_decide(complaint, act.actor, rules).require()
    first_refusal(
        _took_no_part(act.concerned, act.actor),
        _never_handled(act.concerned, act.actor),
        _findings_are_the_handlers(complaint, act.concerned),
    ).require()
    if act.public_reason.length > PUBLIC_REASON_MAX:
        raise Unacceptable("public_reason_too_long", f"The public reason has at most {PUBLIC_REASON_MAX} characters.")
    unknown = sorted(set(act.criteria) - set(rules.criteria))
    if unknown:
        raise Unacceptable("unknown_criterion", f"The scheme has no criterion {', '.join(unknown)}.")
    decision = ComplaintDecision(
        outcome=act.outcome,
        reasons=act.reasons,
        public_reason=act.public_reason,
        criteria=tuple(sorted(set(act.criteria))),
        decided_by=act.actor.person,
        decided_at=now,
    )
    return (ComplaintDecided(at=now, actor=act.actor.person, decision=decision),)


def _refuse_long(length: int) -> None:
    if length > TEXT_MAX:
        raise Unacceptable("text_too_long", f"A text takes at most {TEXT_MAX} characters; this has {length}.")


def _holds_one(person: PersonFacts, roles: frozenset[Role]) -> Permission:
    if roles & set(person.roles):
        return ALLOWED
    named = " or ".join(sorted(roles))
    return Permission(NotPermitted("role_missing", f"Only a person with the role {named} may do this."))


def _took_no_part(concerned: ConcernedFacts | None, person: PersonFacts) -> Permission:
    if concerned is None:
        return Permission(OutOfOrder("facts_missing", "What the record says of the label is not known."))
    if person.person in concerned.involved:
        return Permission(
            ConflictOfInterest("took_part", "Whoever took part in what this is about neither handles nor decides it.")
        )
    return ALLOWED


def _never_handled(concerned: ConcernedFacts | None, person: PersonFacts) -> Permission:
    """Whoever handled it before somebody else did would decide on what they found themselves."""
    if concerned is not None and person.person in concerned.handled:
        return Permission(ConflictOfInterest("handles_and_decides", "Whoever handles a complaint does not decide it."))
    return ALLOWED


def _findings_are_the_handlers(complaint: Complaint, concerned: ConcernedFacts | None) -> Permission:
    """What somebody found who handles it no more does not count, as with one who left."""
    if concerned is not None and concerned.found_by not in {None, complaint.handler}:
        return Permission(OutOfOrder("findings_missing", "The handler has not written down what was found."))
    return ALLOWED


def _open(complaint: Complaint) -> Permission:
    if complaint.decision is not None:
        return Permission(AlreadyDecided("already_decided", "This complaint was decided."))
    return ALLOWED


def _declared(complaint: Complaint, person: PersonFacts) -> Permission:
    if complaint.has_declared_none(person.person):
        return ALLOWED
    return Permission(
        ConflictOfInterest("interests_not_declared", "Declare your interests in this matter first (17065, 4.2).")
    )


def _handles(complaint: Complaint, person: PersonFacts) -> Permission:
    if complaint.handler != person.person:
        return Permission(NotPermitted("not_the_handler", "Only the handler of the complaint may do this."))
    return first_refusal(free_in(complaint, person), _declared(complaint, person))


def _does_not_handle(complaint: Complaint, person: PersonFacts) -> Permission:
    if complaint.handler == person.person:
        return Permission(ConflictOfInterest("handles_and_decides", "Whoever handles a complaint does not decide it."))
    return ALLOWED


def _nothing_asked(complaint: Complaint) -> Permission:
    if complaint.open_question is not None:
        return Permission(OutOfOrder("question_is_open", "The complainant was asked, and has time to answer."))
    return ALLOWED


def _has_room(complaint: Complaint) -> Permission:
    if len(complaint.questions) >= QUESTIONS_MAX:
        return Permission(OutOfOrder("too_many_questions", f"At most {QUESTIONS_MAX} questions are asked."))
    return ALLOWED


def _has_findings(complaint: Complaint) -> Permission:
    if complaint.findings is None:
        return Permission(OutOfOrder("findings_missing", "The handler has not written down what was found."))
    return ALLOWED
