"""A reviewer checks the system in use before judging a surveillance that asks for it (ISO/IEC 17065, 7.9).

Each reviewer records a check of their own, as they judge of their own: nobody sees another's before findings met.
"""

from datetime import datetime

from schemas.errors import AlreadyDecided, NotPermitted, OutOfOrder, Unacceptable
from schemas.label_acts import RecordLiveCheck
from schemas.label_life import LabelLife
from schemas.people import PersonFacts
from schemas.scheme import SchemeRules
from schemas.surveillance import LiveCheck, Surveillance
from schemas.surveillance_events import LiveCheckRecorded
from workflows.kernel import Events
from workflows.rules.case.protocols import ELSEWHERE, PARTICIPANTS_MAX
from workflows.rules.label.surveillance import open_one
from workflows.rules.label.surveillance_asks import lacks_live_check
from workflows.rules.label.surveillance_judging import free_to_judge, waits_for
from workflows.rules.permission import Permission


def may_record_live_check(life: LabelLife, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may record a check: who judges a surveillance that asks for one, once, before they judge."""
    if not any(_is_owed(life, one, person) for one in life.open_surveillances):
        return Permission(OutOfOrder("no_live_check_owed", "No surveillance waits for your check of the system."))
    return free_to_judge(life, person)


def _is_owed(life: LabelLife, one: Surveillance, person: PersonFacts) -> bool:
    is_judge = person.person in life.judged_by(one.number).judges
    return is_judge and waits_for(life, one, person) and lacks_live_check(life, one, person.person)


def record(life: LabelLife, act: RecordLiveCheck, now: datetime, rules: SchemeRules) -> Events:
    """Record how the system in use was checked; it is neither changed nor taken back."""
    may_record_live_check(life, act.actor, rules).require()
    found, person = open_one(life, act.surveillance), act.actor.person
    if person in life.judged_by(found.number).live_checks:
        raise AlreadyDecided("live_check_recorded", "You recorded your check of the system before.")
    if not _is_owed(life, found, act.actor):
        raise NotPermitted("no_live_check_owed", "This surveillance does not wait for your check of the system.")
    _check(life, act, now)
    check = LiveCheck(recorded_at=now, **{name: getattr(act, name) for name in _FROM_THE_ACT})
    return (LiveCheckRecorded(at=now, actor=person, surveillance=found.number, check=check),)


_FROM_THE_ACT = LiveCheck.model_fields.keys() & RecordLiveCheck.model_fields.keys()


def _check(life: LabelLife, act: RecordLiveCheck, now: datetime) -> None:
    assigned_at = life.judged_by(act.surveillance).assignments[act.actor.person].assigned_at
    if act.held_on > (now + ELSEWHERE).date():
        raise Unacceptable("held_later", "A check is of what has taken place.")
    if act.held_on < (assigned_at - ELSEWHERE).date():
        raise Unacceptable("held_before_asked", "You were not asked to judge this surveillance yet on that day.")
    if act.participants.length > PARTICIPANTS_MAX:
        raise Unacceptable("participants_too_long", f"Name functions only, in at most {PARTICIPANTS_MAX} characters.")
