"""What a reading tells of corrections and of what the Commission asked for besides its decision."""

from certify.accounts.reading_parts import NonconformityReading, VersionReading
from schemas.case import Case
from schemas.evidence import Manifest, TextRef
from schemas.scheme import SchemeRules
from schemas.stages import Choice
from workflows.rules.case.fold_correction import CORRECTION, DEADLINES_BIND_SINCE
from workflows.rules.case.fold_decision import SENT_BACK
from workflows.rules.case.standing import manifest_differences


def nonconformities_in(case: Case) -> tuple[NonconformityReading, ...]:
    """Return the nonconformities of a case, without who raised them."""
    return tuple(
        NonconformityReading(
            criterion=one.criterion,
            grade=one.grade,
            raised_at=one.raised_at,
            due_at=one.due_at,
            extensions=one.extensions,
            closed_at=one.closed_at,
            is_past=one.is_past,
            can_be_corrected=one.is_open and (one.is_running or case.edition < DEADLINES_BIND_SINCE),
            stands_still=one.is_running and CORRECTION in case.stops,
        )
        for _, one in sorted(case.nonconformities.items())
    )


def versions_in(case: Case) -> tuple[VersionReading, ...]:
    """Return what each later version of the manifest changed."""
    latest = case.manifest.version if case.manifest else 1
    manifests = {one.version: one for one in (*case.manifests, *((case.manifest,) if case.manifest else ()))}
    return tuple(
        VersionReading(
            version=version,
            differences=manifest_differences(case, version - 1, version),
            protocols=_newly_named(manifests, version),
            handed_in=manifests[version].handed_in is None,
            restated=manifests[version].public_statement != manifests[version - 1].public_statement,
        )
        for version in range(2, latest + 1)
    )


def _newly_named(manifests: dict[int, Manifest], version: int) -> tuple[str, ...]:
    """Return the protocols that no version before names."""
    before = {key for number, one in manifests.items() if number < version for key in one.protocols}
    return tuple(key for key in manifests[version].protocols if key not in before)


def to_be_supplemented_in(case: Case) -> tuple[TextRef, ...]:
    """Return what the ballots to send the case back ask for, without who cast them."""
    sent_back = (vote for vote in case.rounds if vote.set_aside == SENT_BACK)
    return tuple(
        ballot.reasons
        for vote in sent_back
        for ballot in vote.ballots.values()
        if ballot.choice == Choice.SEND_BACK and ballot.reasons is not None
    )


def separate_opinions_in(case: Case, rules: SchemeRules) -> tuple[TextRef, ...]:
    """Return the separate opinions on a decision, where the scheme publishes them."""
    if case.decision is None or not rules.tiers[case.tier].decision.separate_opinions_published:
        return ()
    ballots = case.rounds[-1].ballots.values()
    return tuple(ballot.dissent for ballot in ballots if ballot.dissent is not None)
