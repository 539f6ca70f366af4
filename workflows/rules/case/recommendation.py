"""Stage 7: a rapporteur who did not evaluate reads the results and recommends (ISO/IEC 17065, 7.5)."""

from datetime import datetime

from schemas import events as ev
from schemas.acts import AppointRapporteur, SubmitRecommendation
from schemas.case import Case
from schemas.errors import AlreadyDecided, NotFound, NotPermitted, Unacceptable
from schemas.event import Event
from schemas.people import PersonFacts, Role
from schemas.review import Recommendation
from schemas.scheme import SchemeRules
from schemas.stages import Outcome, Stage
from workflows.rules.case.evaluation import failed
from workflows.rules.case.interests import acts_for_secretariat, declared_none, lookups_stand, may_sit, plan_stands
from workflows.rules.permission import ALLOWED, Permission, first_refusal, holds, in_stage


def may_appoint_rapporteur(case: Case, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may name the rapporteur."""
    return first_refusal(acts_for_secretariat(case, person), in_stage(case, Stage.RECOMMENDATION))


def appoint_rapporteur(case: Case, act: AppointRapporteur, now: datetime, rules: SchemeRules) -> tuple[Event, ...]:
    """Name a member who did not evaluate; naming another replaces the first."""
    may_appoint_rapporteur(case, act.actor, rules).require()
    member = act.people.get(act.rapporteur)
    if member is None:
        raise NotFound("unknown_person", "There is no such person.")
    first_refusal(holds(member, Role.COMMISSIONER), may_sit(case, member)).require()
    if case.rapporteur == act.rapporteur:
        raise AlreadyDecided("already_appointed", "This member is the rapporteur.")
    return (ev.RapporteurAppointed(at=now, actor=act.actor.person, rapporteur=act.rapporteur),)


def may_submit_recommendation(case: Case, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may recommend."""
    return first_refusal(
        in_stage(case, Stage.RECOMMENDATION),
        _is_rapporteur(case, person),
        holds(person, Role.COMMISSIONER),
        may_sit(case, person),
        declared_none(case, person),
        plan_stands(case),
        lookups_stand(case),
    )


def _is_rapporteur(case: Case, person: PersonFacts) -> Permission:
    if case.rapporteur == person.person:
        return ALLOWED
    return Permission(NotPermitted("not_the_rapporteur", "Only the rapporteur of this case recommends."))


def recommend(case: Case, act: SubmitRecommendation, now: datetime, rules: SchemeRules) -> tuple[Event, ...]:
    """Recommend a grant or a refusal; a grant cannot be recommended against a failed criterion."""
    may_submit_recommendation(case, act.actor, rules).require()
    open_criteria = failed(case.results)
    if act.recommends == Outcome.GRANTED and open_criteria:
        raise Unacceptable("grant_against_failed_criterion", f"Not met: {', '.join(open_criteria)}.")
    recommendation = Recommendation(
        rapporteur=act.actor.person, recommends=act.recommends, reasons=act.reasons, submitted_at=now
    )
    return (ev.RecommendationSubmitted(at=now, actor=act.actor.person, recommendation=recommendation),)
