"""What leads to a surveillance out of turn: a changed product, a draw, a complaint."""

from datetime import datetime

from schemas.errors import AlreadyDecided, NotPermitted, OutOfOrder, Unacceptable
from schemas.identifiers import ENGINE
from schemas.label_acts import OpenExtraordinarySurveillance, OpenReview, ReportBuild, ReportChange
from schemas.label_events import ChangeReported, ComplaintReferred
from schemas.label_life import Change, LabelLife
from schemas.people import PersonFacts
from schemas.scheme import SchemeRules
from schemas.surveillance import Cause
from workflows.kernel import Events
from workflows.rules.label.found_interests import knows_the_case
from workflows.rules.label.people import acts_for_holder, free_in_label, keeps
from workflows.rules.label.sampling import awaits_sample
from workflows.rules.label.surveillance import has_room, has_room_for_change, opened
from workflows.rules.permission import Permission, first_refusal

CHANGES_MAX = 8


def criteria_for(life: LabelLife, changed: tuple[str, ...], rules: SchemeRules) -> tuple[str, ...]:
    """Return the met criteria that a change touches, as the scheme says; all of them where it says nothing."""
    stated: dict[str, tuple[str, ...]] = {one.part: one.articles for one in rules.common.change_reevaluates}
    if any(part not in stated for part in changed):
        return life.met
    articles = {article for part in changed for article in stated[part]}
    touched = tuple(criterion for criterion in life.met if rules.criteria[criterion].article in articles)
    return touched or life.met


def may_report_change(life: LabelLife, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may report, for the holder, what changed."""
    return first_refusal(acts_for_holder(life, person), _room_for_change(life))


def may_report_build(life: LabelLife, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may report another build, of a label that names one: the holder and whoever knows the case.

    It opens a surveillance that the holder must answer, so it takes somebody with a part in the label; anybody else
    says it in a complaint, and the secretariat looks into it (ISO/IEC 17065, 7.13).
    """
    if life.build_digest is None:
        return Permission(OutOfOrder("no_build_certified", "This label names no build to compare with."))
    known = acts_for_holder(life, person) or first_refusal(knows_the_case(life, person), free_in_label(life, person))
    return (
        _room_for_change(life)
        if known
        else Permission(
            NotPermitted("no_part_in_matter", "You have no part in this matter; say it in a complaint about the label.")
        )
    )


def _room_for_change(life: LabelLife) -> Permission:
    if len(life.changes) >= CHANGES_MAX:
        return Permission(OutOfOrder("too_many_changes", f"At most {CHANGES_MAX} changes are taken of one label."))
    return has_room_for_change(life)


def report_change(life: LabelLife, act: ReportChange, now: datetime, rules: SchemeRules) -> Events:
    """Report a change; the criteria it touches are evaluated again. A new version needs a new certification."""
    may_report_change(life, act.actor, rules).require()
    changed = tuple(sorted(set(act.changed)))
    return _changed(life, act, changed, now, rules)


def report_build(life: LabelLife, act: ReportBuild, now: datetime, rules: SchemeRules) -> Events:
    """Report that another build is in use than the certified one."""
    may_report_build(life, act.actor, rules).require()
    if act.build_digest == life.build_digest:
        raise Unacceptable("same_build", "This is the certified build.")
    if any(known.build_digest == act.build_digest for known in life.changes):
        raise AlreadyDecided("already_reported", "This build was reported before.")
    return _changed(life, act, ("model",), now, rules)


def _changed(
    life: LabelLife, act: ReportChange | ReportBuild, changed: tuple[str, ...], now: datetime, rules: SchemeRules
) -> Events:
    change = Change.model_validate(
        {
            "changed": changed,
            "statement": act.statement,
            "build_digest": act.build_digest,
            "reported_by": act.actor.person,
            "reported_at": now,
        }
    )
    reported = ChangeReported(at=now, actor=act.actor.person, change=change)
    about = f"change {len(life.changes) + 1}"
    criteria = criteria_for(life, changed, rules)
    return reported, opened(life, Cause.CHANGE, now, rules, criteria=criteria, about=about)


def may_open_extraordinary_surveillance(life: LabelLife, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may look at the label out of turn."""
    return first_refusal(keeps(life, person), has_room(life))


def open_extraordinary(
    life: LabelLife, act: OpenExtraordinarySurveillance, now: datetime, rules: SchemeRules
) -> Events:
    """Look at the label out of turn: because the draw of a quarter says so, or because of an incident."""
    may_open_extraordinary_surveillance(life, act.actor, rules).require()
    if act.cause == Cause.INCIDENT:
        return _incident(life, act, now, rules)
    sample = act.around.sample if act.around is not None else None
    if sample is None or act.quarter is None or sample.quarter != act.quarter or not sample.is_drawn:
        raise OutOfOrder("not_drawn", "This label was not drawn in that quarter.")
    awaits_sample(life, act.quarter).require()
    event = opened(
        life, Cause.SAMPLE, now, rules,
        actor=act.actor.person, about=act.quarter, reasons=act.reasons, seed=sample.seed,
    )  # fmt: skip
    return (event,)


def _incident(life: LabelLife, act: OpenExtraordinarySurveillance, now: datetime, rules: SchemeRules) -> Events:
    if act.reasons is None:
        raise Unacceptable("reasons_missing", "Say what happened.")
    outside = sorted(set(act.criteria) - set(life.met))
    if outside:
        raise Unacceptable("unknown_criterion", f"Not found met for this label: {', '.join(outside)}.")
    event = opened(life, Cause.INCIDENT, now, rules, actor=act.actor.person, criteria=act.criteria, reasons=act.reasons)
    return (event,)


def open_review(life: LabelLife, act: OpenReview, now: datetime, rules: SchemeRules) -> Events:
    """Look at the label again because of a complaint; the same complaint opens one review."""
    has_room(life).require()
    if act.complaint in life.complaints:
        raise AlreadyDecided("already_opened", "This complaint opened a review before.")
    referred = ComplaintReferred(at=now, actor=ENGINE, complaint=act.complaint)
    about = f"complaint {len(life.complaints) + 1}"
    return referred, opened(life, Cause.COMPLAINT, now, rules, criteria=act.criteria, about=about)
