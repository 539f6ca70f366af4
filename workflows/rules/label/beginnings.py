"""What a case hands to the life of its label, and a prolonged label to the one that carries it on."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from schemas.canonical import digest_of
from schemas.case import Case
from schemas.evidence import EvidenceItem
from schemas.label_events import LabelLifeBegun
from schemas.label_life import ELECTORS_MAX, EVALUATORS_MAX, GROUNDS, LabelLife, ReportedInterest
from schemas.review import Interests
from schemas.stages import Verdict
from schemas.surveillance import LiveEvidence, Surveillance
from workflows.rules.case.interests import who_advised, who_evaluated
from workflows.rules.label.surveillance import as_live, live_evidence
from workflows.rules.label.suspension import fell_away_at
from workflows.rules.motions import DECLARATIONS_MAX

_FROM_THE_ACT = frozenset({"kind", "version", "at", "actor", "label"})
_HANDED_ON_MAX = EVALUATORS_MAX - DECLARATIONS_MAX


def begin_life_content(case: Case) -> dict[str, Any]:
    """Return the content of the act `begin_life` for the label of a granted case, as JSON values.

    Raises:
        ValueError: the case has no label.
    """
    if case.label is None or case.decision is None:
        raise ValueError(f"case/{case.id} has no label")
    took_part = _took_part(case)
    return _content(
        application=case.id,
        organisation=case.lodged.organisation,
        tier=case.tier,
        decision=case.decision.number,
        areas=_areas(case),
        issued_at=case.label.issued_at,
        expires_at=case.label.expires_at,
        scheme_digest=case.lodged.scheme.digest,
        build_digest=case.lodged.system.build_digest,
        evidence=_that_can_run_out(case.items.values()),
        case_items=case.items_numbered,
        shares=case.plan.criteria if case.plan is not None else {},
        electors=_electors((member for vote in case.rounds for member in vote.electorate), took_part),
        met=_met(case),
        seed=_seed(case),
        group=case.lodged.group,
        kept_away=case.lodged.kept_away,
        reported_interests=_still_open(case),
        took_part=took_part,
        evaluators=_evaluators(case),
        interests=_on_record(case.interests),
    )


def prolonged_life_content(life: LabelLife) -> dict[str, Any]:
    """Return the content of the act `begin_life` for the label that carries this one on, as JSON values.

    Raises:
        ValueError: the label is not prolonged.
    """
    decided = life.prolongation
    if decided is None or decided.label is None:
        raise ValueError(f"label/{life.id} is not prolonged")
    return _content(
        application=life.application,
        organisation=life.organisation,
        tier=life.tier,
        decision=decided.number,
        areas=life.areas,
        issued_at=decided.label.issued_at,
        expires_at=decided.label.expires_at,
        scheme_digest=life.scheme_digest,
        build_digest=life.build_digest,
        evidence=live_evidence(life)[-200:],
        case_items=life.case_items + life.items_numbered,
        shares=life.shares,
        electors=_electors({*life.electors, *life.everyone_who_voted}, life.took_part),
        met=life.met,
        seed=digest_of({"seed": life.seed, "prolonged": decided.number}),
        prolongs=life.id,
        surveillances=_still_looked_at(life, decided.label.issued_at),
        regular_since=life.issued_at,
        certified_items=life.case_items,
        fell_away={one.value: at for one in GROUNDS if (at := fell_away_at(life, one)) is not None},
        group=life.group,
        kept_away=life.kept_away,
        reported_interests=tuple(one for one in life.reported_interests if one.rejected is None),
        took_part=life.took_part,
        evaluators=_handed_on(life.judges),
        interests=_on_record(life.interests),
        scope=life.scope,
    )


def _electors(members: Iterable[str], took_part: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(set(members)))[: ELECTORS_MAX - len(took_part)]


def _took_part(case: Case) -> tuple[str, ...]:
    """Return who recommended, and who released the signing."""
    rapporteur = case.recommendation.rapporteur if case.recommendation is not None else None
    return tuple(sorted(one for one in {rapporteur, case.released_by} if one is not None))


def _evaluators(case: Case) -> tuple[str, ...]:
    """Return who evaluated the case or advised on it and stands in no plan of it: they decide no more than there."""
    evaluated = who_evaluated(case) - ({*case.plan.criteria} if case.plan is not None else set())
    return (*sorted(evaluated), *sorted(who_advised(case) - evaluated))[:_HANDED_ON_MAX]


def _handed_on(evaluators: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(evaluators))[:_HANDED_ON_MAX]


def _on_record(declared: Mapping[str, Interests]) -> tuple[Interests, ...]:
    """Return the interests on record: whom they keep out, they keep out of the label too (procedure, rule 2)."""
    return tuple(one for one in declared.values() if one.has_interest)


def _still_open(case: Case) -> tuple[ReportedInterest, ...]:
    """Return the interests that wait for a second person as the case ends: they wait for one at the label."""
    return tuple(
        ReportedInterest(
            person=one.person,
            statement=one.statement,
            reported_by=one.reported_by,
            reported_at=one.reported_at,
            takes_two=True,
            role=one.role,
        )
        for one in case.interest_reports
        if one.is_open
    )


def _still_looked_at(life: LabelLife, issued_at: datetime) -> tuple[Surveillance, ...]:
    """Return what the label is still looked at for: one that waits goes on with its clock, any other begins again.

    Where the panel was asked to see to it, only those that wait are left (`label_renewal.nothing_undecided`).
    """
    kept = {"cause", "due_at", "about", "reasons", "seed", "sample", "criteria", "renew", "needs_holder", "asks"}
    return tuple(
        Surveillance(
            number=number,
            opened_at=one.opened_at if one.submission is None else issued_at,
            review_due_at=None if one.needs_holder else one.review_due_at,
            **{name: getattr(one, name) for name in kept},
        )
        for number, one in enumerate(life.open_surveillances, start=1)
    )


def _content(**fields: Any) -> dict[str, Any]:
    # Read and written by the model of the event, so that both sides say it alike.
    event = LabelLifeBegun.model_validate({**fields, "at": fields["issued_at"], "actor": "engine", "label": "0" * 16})
    return event.model_dump(mode="json", exclude=set(_FROM_THE_ACT), exclude_none=True)


def _areas(case: Case) -> tuple[str, ...]:
    # By the reviews that were handed in: whoever gave one may have declared an interest since, and holds no seat now.
    areas = {area for reviewer in case.reviews for area in case.assignments[reviewer].areas}
    return tuple(sorted(areas))[:8]


def _that_can_run_out(items: Any) -> tuple[LiveEvidence, ...]:
    """Return the items that expire, with those of the same type that stand in for them."""
    given: list[EvidenceItem] = sorted(items, key=lambda item: int(item.id[1:]))
    expiring = [item for item in given if item.expires is not None]
    return tuple(
        as_live(item)
        for item in given
        if item.expires is not None
        or any(one.type == item.type and {*one.criteria} & {*item.criteria} for one in expiring)
    )


def _met(case: Case) -> tuple[str, ...]:
    """Return the criteria that reviewers found met; where there is none, whatever was met."""
    results = case.rounds[-1].results or case.results
    met = [one for one in results if one.verdict == Verdict.MET]
    judged = [one for one in met if one.source == "review"]
    return tuple(sorted(one.criterion for one in judged or met or results))


def _seed(case: Case) -> str:
    ballots = case.rounds[-1].ballots.values()
    return digest_of(
        {
            "case": case.id,
            "reviews": sorted(digest_of(review) for review in case.reviews.values()),
            "ballots": sorted(digest_of(ballot) for ballot in ballots),
        }
    )
