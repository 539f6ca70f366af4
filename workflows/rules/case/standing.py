"""Which findings stand on the manifest in force, and what differs between its versions (procedure, stage 6)."""

from collections.abc import Collection

from schemas.case import Case
from schemas.correction import Difference
from schemas.evidence import Manifest
from schemas.protocol import Protocol
from schemas.review import Finding, Review
from schemas.stages import Verdict


def stands(case: Case, finding: Finding) -> bool:
    """Whether a finding is carried to the manifest in force, so that its reviewer need not judge again.

    All it cites must still be there, protocols too. *Not applicable* rests on the reason of the applicant, which must
    be the same; a verdict that does not pass stands only while the applicant changed nothing for its criterion.
    """
    manifest = case.manifest
    if manifest is None or not set(finding.cited) <= set(manifest.items):
        return False
    if not set(finding.protocols) <= protocols_in_force(case).keys():
        return False
    if finding.manifest == manifest.version or finding.verdict == Verdict.MET:
        return True
    found = {one.criterion: one for one in manifest_differences(case, finding.manifest, manifest.version)}
    difference = found.get(finding.criterion)
    if finding.verdict == Verdict.NOT_APPLICABLE:
        return difference is None or not difference.reason_changed
    return difference is None


def protocols_in_force(case: Case) -> dict[str, Protocol]:
    """Return the protocols that count: of the plan's reviewers, as findings do; not of one who has an interest."""
    planned = case.plan.criteria if case.plan else {}
    return {
        key: one
        for key, one in case.protocols.items()
        if one.recorded_by in planned and not case.has_interest(one.recorded_by)
    }


def protocols_met(case: Case) -> frozenset[str]:
    """Return the protocols that all who may see the evidence may see: those a manifest has named."""
    return frozenset(key for one in _versions(case).values() for key in one.protocols)


def counted_reviews(case: Case) -> dict[str, Review]:
    """Return the reviews that results rest on: of the plan's reviewers; one who left the case has none that counts."""
    planned = case.plan.criteria if case.plan else {}
    return {reviewer: review for reviewer, review in case.reviews.items() if reviewer in planned}


def outstanding(case: Case, reviewer: str) -> tuple[str, ...]:
    """Return the criteria of the plan for which a reviewer owes a finding on the manifest in force."""
    wanted = case.plan.criteria.get(reviewer, ()) if case.plan else ()
    review = case.reviews.get(reviewer)
    standing = {finding.criterion for finding in review.findings if stands(case, finding)} if review else set()
    return tuple(criterion for criterion in wanted if criterion not in standing)


def owes_first_review(case: Case, person: str) -> bool:
    """Whether somebody who reviews has handed nothing in yet, so that they judge without knowing what others found.

    It holds from the question to review until the case is over, also for who takes the place of a reviewer after
    findings met, and for who said yes and is in no plan: the next one may give them criteria (procedure, stage 5).
    """
    held = case.assignments.get(person)
    return held is not None and held.accepted is not False and person not in case.reviews and not case.is_over


def outstanding_lookups(case: Case) -> tuple[str, ...]:
    """Return the criteria that somebody without interest has to look up on the manifest in force."""
    wanted = case.plan.lookups if case.plan else ()
    standing = {
        criterion
        for criterion, finding in case.lookups.items()
        if stands(case, finding) and not case.has_interest(case.lookups_by.get(criterion, ""))
    }
    return tuple(criterion for criterion in wanted if criterion not in standing)


def all_judged(case: Case) -> bool:
    """Whether every criterion of the plan has the findings it needs on the manifest in force."""
    if case.plan is None or outstanding_lookups(case):
        return False
    return not any(outstanding(case, reviewer) for reviewer in case.plan.criteria)


def concerned(case: Case, item: str) -> frozenset[str]:
    """Return the criteria that an item is there for: those it was handed in for, and those a finding cites it for."""
    findings = (*case.lookups.values(), *(one for review in counted_reviews(case).values() for one in review.findings))
    return frozenset({*case.evidence[item].criteria, *(one.criterion for one in findings if item in one.cited)})


def manifest_differences(case: Case, earlier: int, later: int) -> tuple[Difference, ...]:
    """Return what differs between two versions of the manifest, criterion by criterion."""
    versions = _versions(case)
    before, after = versions.get(earlier), versions.get(later)
    between = (one.reasons_changed for number, one in versions.items() if earlier < number <= later)
    reasons = {criterion for changed in between for criterion in changed}
    return _differences(case, _handed_in(before, versions), _handed_in(after, versions), reasons)


def _versions(case: Case) -> dict[int, Manifest]:
    return {one.version: one for one in (*case.manifests, *((case.manifest,) if case.manifest else ()))}


def _handed_in(manifest: Manifest | None, versions: dict[int, Manifest]) -> set[str]:
    """Return the items of a version; one that protocols alone made has those of the version handed in before it."""
    return _items(versions.get(manifest.handed_in, manifest) if manifest and manifest.handed_in else manifest)


def items_of(case: Case, digest: str) -> frozenset[str]:
    """Return the items of the version of the manifest that has a digest; none where there is no such version."""
    versions = _versions(case)
    named = next((one for one in versions.values() if one.digest == digest), None)
    return frozenset(_handed_in(named, versions))


def not_handed_in(case: Case) -> tuple[Difference, ...]:
    """Return what the applicant changed since the manifest was frozen."""
    return _differences(case, _items(case.manifest), set(case.items), set(reasons_changed(case)))


def reasons_changed(case: Case) -> tuple[str, ...]:
    """Return the criteria whose reason why they do not apply is not the one that was frozen, sorted."""
    if case.manifest is None:
        return ()
    frozen, now = case.manifest.reasons, case.not_applicable
    return tuple(sorted(criterion for criterion in {*frozen, *now} if frozen.get(criterion) != now.get(criterion)))


def _items(manifest: Manifest | None) -> set[str]:
    return set(manifest.items) if manifest else set()


def _differences(case: Case, before: set[str], after: set[str], reasons: Collection[str]) -> tuple[Difference, ...]:
    added, left_out = _by_criterion(case, after - before), _by_criterion(case, before - after)
    return tuple(
        Difference(
            criterion=criterion,
            added=added.get(criterion, ()),
            left_out=left_out.get(criterion, ()),
            reason_changed=criterion in reasons,
        )
        for criterion in sorted({*added, *left_out, *reasons})
    )


def _by_criterion(case: Case, items: set[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for item in sorted(items, key=lambda key: int(key[1:])):
        for criterion in case.evidence[item].criteria:
            found[criterion] = (*found.get(criterion, ()), item)
    return found
