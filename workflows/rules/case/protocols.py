"""Stages 3 and 5: a demonstration or an interview becomes evidence by its reviewer's protocol (ISO/IEC 17065, 7.4).

Until all findings are in, a protocol is its reviewer's alone, so that reviewers stay blind to each other; then the
manifest names it by rule, and what is decided rests on it as on any item (decision 65).
"""

from datetime import datetime, timedelta
from typing import Final

from schemas import events as ev
from schemas.acts import RecordProtocol
from schemas.case import Case
from schemas.errors import OutOfOrder, Unacceptable
from schemas.event import Event
from schemas.evidence import PROTOCOLS_MAX, manifest_digest
from schemas.identifiers import ENGINE
from schemas.people import PersonFacts, Role
from schemas.protocol import Protocol
from schemas.scheme import SchemeRules
from schemas.stages import Stage
from workflows.rules.case.evaluation import is_reviewer
from workflows.rules.case.interests import plan_stands
from workflows.rules.case.standing import all_judged, outstanding, protocols_in_force
from workflows.rules.permission import ALLOWED, Permission, first_refusal, holds, in_stage, whole_procedure

KIND: Final = "record_protocol"
PARTICIPANTS_MAX: Final = 1000
"""Characters: functions and no more; who somebody is has no place in the record."""
VERSIONS_MAX: Final = 12
"""Versions of the manifest after which no protocol is recorded: each makes one more, and a case has room for 30."""
ELSEWHERE: Final = timedelta(days=1)
"""East of us the next day has begun, and west of us the one before has not ended."""


def may_record_protocol(case: Case, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may record a protocol: a reviewer, while they owe findings."""
    return first_refusal(
        is_reviewer(case, person),
        holds(person, Role.EXPERT),
        in_stage(case, Stage.EVALUATION),
        whole_procedure(case),
        _judges_something(case, person),
        _has_room(case),
    )


def _judges_something(case: Case, person: PersonFacts) -> Permission:
    if outstanding(case, person.person):
        return ALLOWED
    return Permission(OutOfOrder("nothing_to_judge", "You have nothing to judge now for which this could be evidence."))


def _has_room(case: Case) -> Permission:
    if len(case.protocols) < PROTOCOLS_MAX and len(case.manifests) < VERSIONS_MAX:
        return ALLOWED
    return Permission(OutOfOrder("too_many_protocols", f"At most {PROTOCOLS_MAX} protocols are recorded in a case."))


def record_protocol(case: Case, act: RecordProtocol, now: datetime, rules: SchemeRules) -> tuple[Event, ...]:
    """Record a demonstration or an interview, under criteria that the reviewer owes findings on."""
    may_record_protocol(case, act.actor, rules).require()
    _check_day(case, act, now)
    _check_content(case, act)
    protocol = Protocol(
        id=f"P{len(case.protocols) + 1}",
        recorded_by=act.actor.person,
        recorded_at=now,
        **{name: getattr(act, name) for name in Protocol.model_fields.keys() & RecordProtocol.model_fields.keys()},
    )
    return (ev.ProtocolRecorded(at=now, actor=act.actor.person, protocol=protocol),)


def _check_day(case: Case, act: RecordProtocol, now: datetime) -> None:
    if act.held_on > (now + ELSEWHERE).date():
        raise Unacceptable("held_later", "A protocol is of what has taken place.")
    if act.held_on < (case.assignments[act.actor.person].assigned_at - ELSEWHERE).date():
        raise Unacceptable("held_before_asked", "You were not asked to review this case yet on that day.")


def _check_content(case: Case, act: RecordProtocol) -> None:
    assert case.manifest is not None
    unknown = sorted(set(act.criteria) - set(outstanding(case, act.actor.person)))
    if unknown:
        raise Unacceptable("unknown_criterion", f"Not yours to judge now: {', '.join(unknown)}.")
    if len(set(act.criteria)) != len(act.criteria):
        raise Unacceptable("criterion_twice", "A criterion appears twice.")
    if act.item is not None and act.item not in case.manifest.items:
        raise Unacceptable("unknown_item", f"Not in the manifest: {act.item}.")
    if act.participants.length > PARTICIPANTS_MAX:
        raise Unacceptable("participants_too_long", f"Name functions only, in at most {PARTICIPANTS_MAX} characters.")


def protocols_entered(case: Case, now: datetime) -> ev.ProtocolsEntered | None:
    """Let the manifest name the protocols that are in force, once all findings are in and before they meet.

    The version is a new one, so that ballots, decision and label are bound to what was cited; findings stand on it.
    """
    if case.stage != Stage.EVALUATION or case.manifest is None or not plan_stands(case) or not all_judged(case):
        return None
    named = {key: one.digest for key, one in protocols_in_force(case).items()}
    if named == case.manifest.protocols:
        return None
    entered = case.manifest.model_copy(
        update={
            "version": case.manifest.version + 1,
            "digest": manifest_digest(case.items, case.not_applicable, named, case.manifest.public_statement),
            "reasons_changed": (),
            "protocols": named,
            "handed_in": case.manifest.handed_in or case.manifest.version,
        }
    )
    return ev.ProtocolsEntered(at=now, actor=ENGINE, manifest=entered)
