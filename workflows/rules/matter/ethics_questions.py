"""Ethics questions to the Commission: asked, answered by a vote within a deadline, published with consent (I-2.3)."""

from collections.abc import Iterator
from datetime import datetime

from schemas import ethics_question as words
from schemas.clocks import Clock, Party
from schemas.errors import AlreadyDecided, NotPermitted, OutOfOrder
from schemas.ethics_question import (
    AnswerProposed,
    AnswerPublished,
    AskCommission,
    EthicsQuestion,
    EthicsQuestionAnswered,
    EthicsQuestionAsked,
    ProposeAnswer,
    PublishAnswer,
    PutAnswerToVote,
)
from schemas.identifiers import ENGINE
from schemas.people import PersonFacts, Role
from schemas.scheme import SchemeRules, Tier
from workflows.kernel import Events, Kernel
from workflows.rules import motions
from workflows.rules.deadlines import days_after
from workflows.rules.matters import ActRule, Tables, kernel_of
from workflows.rules.permission import ALLOWED, Permission, first_refusal, holds

ANSWER = "answer"


def may_ask(person: PersonFacts) -> Permission:
    """Whether a person may ask: whoever acts for an AI Actor."""
    return holds(person, Role.APPLICANT)


def ask(_: EthicsQuestion | None, act: AskCommission, now: datetime, rules: SchemeRules) -> Events:
    """Ask; the Commission's time runs."""
    may_ask(act.actor).require()
    return (
        EthicsQuestionAsked(
            at=now,
            actor=act.actor.person,
            question=act.matter,
            organisation=act.actor.organisation,
            scheme_digest=act.scheme_in_force,
            text=act.text,
            may_be_published=act.may_be_published,
            due_at=days_after(now, rules.clocks.ethics_question_days),
        ),
    )


def _begun(event: EthicsQuestionAsked) -> EthicsQuestion:
    return EthicsQuestion(
        id=event.question,
        organisation=event.organisation,
        scheme_digest=event.scheme_digest,
        opened_by=event.actor,
        opened_at=event.at,
        text=event.text,
        may_be_published=event.may_be_published,
        due_at=event.due_at,
    )


def _not_answered(question: EthicsQuestion) -> Permission:
    if question.answer is not None:
        return Permission(AlreadyDecided("already_answered", "The Commission answered this."))
    if question.open_motion is not None:
        return Permission(AlreadyDecided("motion_is_open", "The Commission is voting on an answer."))
    return ALLOWED


def may_propose_answer(question: EthicsQuestion, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may propose an answer: a member free of interests, while none is decided."""
    return first_refusal(holds(person, Role.COMMISSIONER), _not_answered(question), motions.free_in(question, person))


def propose(question: EthicsQuestion, act: ProposeAnswer, now: datetime, rules: SchemeRules) -> Events:
    """Propose an answer; a later proposal replaces an earlier one."""
    may_propose_answer(question, act.actor, rules).require()
    return (AnswerProposed(at=now, actor=act.actor.person, answer=act.answer),)


def _keeps(question: EthicsQuestion, person: PersonFacts) -> Permission:
    return first_refusal(holds(person, Role.SECRETARIAT), motions.free_in(question, person))


def may_put_to_vote(question: EthicsQuestion, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may let the Commission vote."""
    return first_refusal(_keeps(question, person), _not_answered(question), _is_proposed(question))


def _is_proposed(question: EthicsQuestion) -> Permission:
    if question.proposal is None:
        return Permission(OutOfOrder("nothing_proposed", "No answer is proposed yet."))
    return ALLOWED


def put_to_vote(question: EthicsQuestion, act: PutAnswerToVote, now: datetime, rules: SchemeRules) -> Events:
    """Open the vote on the proposed answer, by the rule of the low tier."""
    may_put_to_vote(question, act.actor, rules).require()
    assert question.proposal is not None
    return (
        motions.opened(
            question,
            subject=ANSWER,
            about={"question": question.text.digest, "answer": question.proposal.digest},
            eligible=motions.eligible(question, act, barred),
            rule=motions.rule_of_tier(rules, Tier.LOW),
            now=now,
            actor=act.actor.person,
            rules=rules,
            drawn_from=act.drawn_from,
        ),
    )


def barred(question: EthicsQuestion, person: PersonFacts) -> Permission:
    """Whether a member may decide: nobody else is barred than by interests."""
    return first_refusal(holds(person, Role.COMMISSIONER), motions.free_in(question, person))


def answered(question: EthicsQuestion, now: datetime, _: SchemeRules) -> EthicsQuestionAnswered | None:
    """Take the answer that a carried motion decided."""
    last = question.last_motion(ANSWER)
    if question.answer is not None or last is None or not last.carried or question.proposal is None:
        return None
    return EthicsQuestionAnswered(at=now, actor=ENGINE, answer=question.proposal)


def may_publish(question: EthicsQuestion, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether the answer may be published: with consent, once."""
    return first_refusal(_keeps(question, person), _is_publishable(question))


def _is_publishable(question: EthicsQuestion) -> Permission:
    if question.answer is None:
        return Permission(OutOfOrder("not_answered", "The Commission has not answered yet."))
    if not question.may_be_published:
        return Permission(NotPermitted("no_consent", "The asker did not agree to a publication."))
    if question.published is not None:
        return Permission(AlreadyDecided("already_published", "This was published before."))
    return ALLOWED


def publish(question: EthicsQuestion, act: PublishAnswer, now: datetime, rules: SchemeRules) -> Events:
    """Publish the anonymised text."""
    may_publish(question, act.actor, rules).require()
    return (AnswerPublished(at=now, actor=act.actor.person, text=act.text),)


def clocks_of(question: EthicsQuestion, _: SchemeRules) -> Iterator[Clock]:
    """The Commission's time to answer."""
    if question.answer is None:
        yield Clock(
            name="ethics_question",
            waits_for=Party.COMMISSION,
            started_at=question.opened_at,
            due_at=question.due_at,
        )


def _answered(question: EthicsQuestion, event: EthicsQuestionAnswered) -> dict[str, object]:
    # A question that may not be published has nothing more to wait for.
    return {"answer": event.answer, "ended_at": None if question.may_be_published else event.at}


ETHICS_QUESTION: Kernel[EthicsQuestion] = kernel_of(
    Tables(
        name="question",
        state=EthicsQuestion,
        events=words.EVENTS,
        act_models=words.ACTS,
        acts={
            "ask_commission": ActRule(take=ask, opens=True),
            "propose_answer": ActRule(take=propose, may=may_propose_answer),
            "put_answer_to_vote": ActRule(take=put_to_vote, may=may_put_to_vote),
            "publish_answer": ActRule(take=publish, may=may_publish),
        },
        begins={EthicsQuestionAsked: _begun},
        changes={
            AnswerProposed: lambda _, e: {"proposal": e.answer, "proposed_by": e.actor},
            EthicsQuestionAnswered: _answered,
            AnswerPublished: lambda _, e: {"published": e.text, "ended_at": e.at},
        },
        follows=(answered,),
        clocks=clocks_of,
        barred=barred,
    )
)
