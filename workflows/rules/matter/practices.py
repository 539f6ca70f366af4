"""Practices: written from findings, agreed to by the organisation, published by a second person (Code, II-2.6)."""

from datetime import datetime

from schemas import practice as words
from schemas.clocks import Party, Waiting
from schemas.errors import AlreadyDecided, ConflictOfInterest, NotFound, NotPermitted, OutOfOrder
from schemas.people import PersonFacts, Role
from schemas.practice import (
    ConsentGiven,
    ConsentRefused,
    GiveConsent,
    OfferPractice,
    Practice,
    PracticeOffered,
    PracticePublished,
    PracticeTakenDown,
    PublishPractice,
    RefuseConsent,
    TakePracticeDown,
)
from schemas.scheme import SchemeRules
from workflows.kernel import Events, Kernel
from workflows.rules.matters import ActRule, Tables, kernel_of
from workflows.rules.permission import ALLOWED, Permission, first_refusal, free_of_party, holds


def may_offer(person: PersonFacts) -> Permission:
    """Whether a person may write an example."""
    return holds(person, Role.SECRETARIAT)


def offer(_: Practice | None, act: OfferPractice, now: datetime, rules: SchemeRules) -> Events:  # noqa: ARG001  # as every act
    """Offer an example; its criterion must have been judged in the case."""
    first_refusal(may_offer(act.actor), free_of_party(act.party, act.actor)).require()
    if act.party is None or act.article is None:
        raise NotFound("no_such_finding", "That case has no result for this criterion.")
    return (
        PracticeOffered(
            at=now,
            actor=act.actor.person,
            subject=act.matter,
            organisation=act.party,
            application=act.case,
            criterion=act.criterion,
            article=act.article,
            practice=act.practice,
            text=act.text,
        ),
    )


def _begun(event: PracticeOffered) -> Practice:
    return Practice(
        id=event.subject,
        organisation=event.organisation,
        opened_by=event.actor,
        opened_at=event.at,
        application=event.application,
        criterion=event.criterion,
        article=event.article,
        practice=event.practice,
        text=event.text,
    )


def _is_party(practice: Practice, person: PersonFacts) -> Permission:
    if person.has(Role.APPLICANT) and person.organisation == practice.organisation:
        return ALLOWED
    return Permission(NotPermitted("not_the_party", "Only the organisation this comes from may say so."))


def _unpublished(practice: Practice) -> Permission:
    if practice.published_by is not None:
        return Permission(AlreadyDecided("already_published", "This was published before."))
    return ALLOWED


def may_give_consent(practice: Practice, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may agree for the organisation."""
    return first_refusal(_is_party(practice, person), _unpublished(practice), _is_new(practice, answer=True))


def may_refuse_consent(practice: Practice, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may disagree for the organisation: until the publication."""
    return first_refusal(_is_party(practice, person), _unpublished(practice), _is_new(practice, answer=False))


def _is_new(practice: Practice, *, answer: bool) -> Permission:
    if practice.consented is answer:
        return Permission(AlreadyDecided("already_answered", "You said so before."))
    return ALLOWED


def give_consent(practice: Practice, act: GiveConsent, now: datetime, rules: SchemeRules) -> Events:
    """Agree."""
    may_give_consent(practice, act.actor, rules).require()
    return (ConsentGiven(at=now, actor=act.actor.person),)


def refuse_consent(practice: Practice, act: RefuseConsent, now: datetime, rules: SchemeRules) -> Events:
    """Disagree."""
    may_refuse_consent(practice, act.actor, rules).require()
    return (ConsentRefused(at=now, actor=act.actor.person),)


def may_publish(practice: Practice, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a member may publish: with consent, not what they wrote, not their own organisation's."""
    return first_refusal(
        holds(person, Role.COMMISSIONER), _unpublished(practice), _has_consent(practice), _is_another(practice, person)
    )


def _has_consent(practice: Practice) -> Permission:
    if practice.consented is True:
        return ALLOWED
    return Permission(OutOfOrder("no_consent", "The organisation this comes from has not agreed."))


def _is_another(practice: Practice, person: PersonFacts) -> Permission:
    if person.person == practice.opened_by:
        return Permission(ConflictOfInterest("same_person", "Whoever wrote this does not publish it."))
    return free_of_party(practice.party, person)


def publish(practice: Practice, act: PublishPractice, now: datetime, rules: SchemeRules) -> Events:
    """Publish."""
    may_publish(practice, act.actor, rules).require()
    return (PracticePublished(at=now, actor=act.actor.person),)


def may_take_down(practice: Practice, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may take an example down."""
    return first_refusal(holds(person, Role.SECRETARIAT), free_of_party(practice.party, person), _is_public(practice))


def _is_public(practice: Practice) -> Permission:
    if practice.is_public:
        return ALLOWED
    return Permission(OutOfOrder("not_published", "This is not published."))


def take_down(practice: Practice, act: TakePracticeDown, now: datetime, rules: SchemeRules) -> Events:
    """Take down, with reasons."""
    may_take_down(practice, act.actor, rules).require()
    return (PracticeTakenDown(at=now, actor=act.actor.person, reasons=act.reasons),)


def waits_for(practice: Practice) -> tuple[Waiting, ...]:
    """Return who is waited for, with nothing to say by when: the organisation's consent, then who publishes."""
    if practice.is_over or practice.published_by is not None or practice.consented is False:
        return ()
    return (Waiting(waits_for=Party.APPLICANT if practice.consented is None else Party.COMMISSION),)


PRACTICE: Kernel[Practice] = kernel_of(
    Tables(
        name="practice",
        state=Practice,
        events=words.EVENTS,
        act_models=words.ACTS,
        acts={
            "offer_practice": ActRule(take=offer, who=may_offer, opens=True),
            "give_consent": ActRule(take=give_consent, may=may_give_consent),
            "refuse_consent": ActRule(take=refuse_consent, may=may_refuse_consent),
            "publish_practice": ActRule(take=publish, may=may_publish),
            "take_practice_down": ActRule(take=take_down, may=may_take_down),
        },
        begins={PracticeOffered: _begun},
        changes={
            ConsentGiven: lambda _state, _e: {"consented": True},
            ConsentRefused: lambda _state, _e: {"consented": False},
            PracticePublished: lambda _, e: {"published_by": e.actor},
            PracticeTakenDown: lambda _, e: {"taken_down": e.reasons, "ended_at": e.at},
        },
    )
)
