"""The evaluation of a decision record done again: plan, findings, lookups, results, recommendation."""

from collections.abc import Iterable, Iterator

from schemas import events as ev
from schemas.case import Case
from schemas.evidence import Manifest
from schemas.identifiers import ENGINE
from schemas.people import Role
from schemas.review import Finding, Plan
from schemas.scheme import SchemeRules
from schemas.stages import Stage
from workflows.rules.case.assignment import lead_of, plan_digest, short_of_judges
from workflows.rules.case.differences import Difference, NotAgain, differing, done_again, pointer, someone
from workflows.rules.case.evaluation import results_of, to_be_judged
from workflows.rules.case.evidence import frozen, missing
from workflows.rules.case.interests import LOOKUPS_NAMED_SINCE, plan_stands
from workflows.rules.case.standing import outstanding, outstanding_lookups, protocols_in_force
from workflows.rules.case.third_party import was_drawn

_EVALUATED = ("plan", "reviews", "lookups", "rapporteur", "recommendation")


def evaluated(case: Case, *, rules: SchemeRules, found: list[Difference]) -> Case:
    """Return the case with the results its findings give; add what differs to `found`."""
    found += _misfiled(case)
    if case.rule is not None:
        return _not_evaluated(case, found)
    found += _manifest(case, rules)
    found += _plan(case, rules)
    found += _reviews(case, rules)
    found += _lookups(case, rules)
    if not was_drawn(case):
        message = "The neutral third party that reported is not the one the draw gives."
        found.append(Difference(place="/third_party", code="other_third_party", message=message))
    results = results_of(case, rules)
    found += differing("/results", case.results, results)
    case = case.model_copy(update={"results": results})
    found += _recommendation(case, rules)
    return case


def _not_evaluated(case: Case, found: list[Difference]) -> Case:
    """A gate sends a case to the Commission before anyone evaluates it (Code, I-2.4)."""
    found += differing("/results", case.results, ())
    for name in _EVALUATED:
        if getattr(case, name):
            message = "A case that a gate sent to the Commission has no evaluation."
            found.append(Difference(place=pointer(name), code="not_evaluated", message=message))
    return case.model_copy(update={"results": ()})


def _misfiled(case: Case) -> Iterator[Difference]:
    for person, declared in case.interests.items():
        yield from differing(pointer("interests", person, "person"), declared.person, person)
    for person, held in case.assignments.items():
        yield from differing(pointer("assignments", person, "reviewer"), held.reviewer, person)
    for criterion, one in case.nonconformities.items():
        yield from differing(pointer("nonconformities", criterion, "criterion"), one.criterion, criterion)
    for key, protocol in case.protocols.items():
        yield from differing(pointer("protocols", key, "id"), protocol.id, key)


def _manifest(case: Case, rules: SchemeRules) -> list[Difference]:
    if case.manifest is None:
        return [Difference(place="/manifest", code="manifest_missing", message="No manifest was frozen.")]
    listed = frozen(case, case.lodged_at, ENGINE).manifest.items
    found = list(differing("/manifest/items", case.manifest.items, listed))
    versions = (*(one.version for one in case.manifests), case.manifest.version)
    found += differing("/manifest/version", versions, tuple(range(1, len(versions) + 1)))
    named = {key: one.digest for key, one in protocols_in_force(case).items()}
    found += differing("/manifest/protocols", case.manifest.protocols, named)
    lacking = missing(case, rules)
    if lacking:
        message = f"Neither evidence nor a reason is listed for {', '.join(lacking)}."
        found.append(Difference(place="/items", code="evidence_incomplete", message=message))
    return found


def _plan(case: Case, rules: SchemeRules) -> list[Difference]:
    if case.plan is None:
        return [Difference(place="/plan", code="plan_missing", message="No plan says who judges what.")]
    plan = case.plan
    found = [*differing("/plan/lookups", plan.lookups, to_be_judged(case, rules, lookup=True))]
    found += differing("/plan/lead", plan.lead, lead_of(case, plan.criteria) if case.edition > 1 else None)
    digests = [_plan_digest(case, plan, manifest) for manifest in (case.manifest, *case.manifests) if manifest]
    if plan.digest not in digests:
        found += differing("/plan/digest", plan.digest, digests[0])
    short = short_of_judges(case, plan.criteria, rules)
    if short:
        message = f"Fewer reviewers than the tier asks for judge {', '.join(short)}."
        found.append(Difference(place="/plan/criteria", code="reviewers_missing", message=message))
    stands = plan_stands(case).refusal
    if stands is not None:
        found.append(Difference(place="/assignments", code=stands.code, message=stands.message))
    return found


def _plan_digest(case: Case, plan: Plan, manifest: Manifest) -> str:
    """Return the digest of a plan that was approved on one version of the manifest; later ones are judged by it."""
    on_it = case.model_copy(update={"manifest": manifest})
    return plan_digest(on_it, plan.criteria, plan.lookups, plan.lead)


def _reviews(case: Case, rules: SchemeRules) -> list[Difference]:
    found: list[Difference] = []
    for reviewer in case.plan.criteria if case.plan else ():
        if reviewer not in case.reviews:
            message = "A reviewer of the plan handed in no review."
            found.append(Difference(place=pointer("reviews", reviewer), code="review_missing", message=message))
    for reviewer, review in case.reviews.items():
        if case.plan is None or reviewer not in case.plan.criteria:
            # Who left the plan is not counted; the draw of a panel still rests on what they wrote.
            found += differing(pointer("reviews", reviewer, "reviewer"), review.reviewer, reviewer)
            continue
        others = {who: one for who, one in case.reviews.items() if who != reviewer}
        try:
            again = done_again(
                _evaluating(case).model_copy(update={"reviews": others}),
                rules,
                review.submitted_at,
                "submit_review",
                someone(reviewer, Role.EXPERT),
                findings=review.findings,
                manifest_digest=case.manifest.digest if case.manifest else None,
            )
        except NotAgain as refusal:
            found.append(refusal.at(pointer("reviews", reviewer)))
            continue
        assert isinstance(again, ev.ReviewSubmitted)
        again_there = again.review.model_copy(
            update={"findings": tuple(map(_on_stated, again.review.findings, review.findings)),
                    "revisions": review.revisions}
        )  # fmt: skip
        found += differing(pointer("reviews", reviewer), review, again_there)
        found += _owed(pointer("reviews", reviewer), outstanding(case, reviewer))
    return found


def _on_stated(again: Finding, stated: Finding) -> Finding:
    """Return a finding done again as written on the version that is stated; whether it stands there is told apart."""
    return again.model_copy(update={"manifest": stated.manifest})


def _owed(place: str, criteria: Iterable[str]) -> Iterator[Difference]:
    for criterion in criteria:
        message = f"No finding on {criterion} stands on the manifest that was decided on."
        yield Difference(place=place, code="findings_missing", message=message)


def _lookups(case: Case, rules: SchemeRules) -> list[Difference]:
    found: list[Difference] = []
    for criterion in case.plan.lookups if case.plan else ():
        if criterion not in case.lookups:
            message = "A criterion that the secretariat looks up has no finding."
            found.append(Difference(place=pointer("lookups", criterion), code="lookup_missing", message=message))
    for criterion, finding in case.lookups.items():
        others = {key: one for key, one in case.lookups.items() if key != criterion}
        content = finding.model_dump(include={"verdict", "rationale", "cited"})
        try:
            again = done_again(
                _evaluating(case).model_copy(update={"lookups": others}),
                rules,
                case.lodged_at,
                "record_lookup",
                someone("recomputed", Role.SECRETARIAT),
                criterion=criterion,
                **content,
            )
        except NotAgain as refusal:
            found.append(refusal.at(pointer("lookups", criterion)))
            continue
        assert isinstance(again, ev.LookupRecorded)
        found += differing(pointer("lookups", criterion), finding, _on_stated(again.finding, finding))
    if case.edition >= LOOKUPS_NAMED_SINCE and case.lookups_by.keys() != case.lookups.keys():
        message = "It is not said of every lookup who recorded it."
        found.append(Difference(place="/lookups_by", code="author_missing", message=message))
    found += _owed("/lookups", [one for one in outstanding_lookups(case) if one in case.lookups])
    return found


def _recommendation(case: Case, rules: SchemeRules) -> list[Difference]:
    given = case.recommendation
    if given is None:
        message = "No rapporteur recommended."
        return [Difference(place="/recommendation", code="recommendation_missing", message=message)]
    try:
        again = done_again(
            case.model_copy(update={"stage": Stage.RECOMMENDATION, "recommendation": None, **_UNDECIDED}),
            rules,
            given.submitted_at,
            "submit_recommendation",
            someone(given.rapporteur, Role.COMMISSIONER),
            recommends=given.recommends,
            reasons=given.reasons,
        )
    except NotAgain as refusal:
        return [refusal.at("/recommendation")]
    assert isinstance(again, ev.RecommendationSubmitted)
    return list(differing("/recommendation", given, again.recommendation))


_UNDECIDED = {"rounds": (), "decision": None}


def _evaluating(case: Case) -> Case:
    """Return the case as its findings were written; when each was, and what had expired by then, is not on record."""
    undated = {key: item.model_copy(update={"expires": None}) for key, item in case.evidence.items()}
    before = {"stage": Stage.EVALUATION, "results": (), "recommendation": None, "evidence": undated}
    return case.model_copy(update={**before, **_UNDECIDED})
