"""What the signer checks again before it signs: that the record itself amounts to this grant.

The numbers stand at the checks below and in the tests.

 1. the case was decided, and granted, in its last round, and waits for its label
 2. the manifest is the one that the evidence gives, protocols too, and the round and the decision name it
 3. the scheme is the one the case is pinned to, and the round and the decision name it
 4. the tier follows from the answers, and each step above it from a dispute or a round; no gate is closed
 5. every mandatory criterion of the tier is met or not applicable, as the findings of free reviewers give it
 6. the ballots have quorum and majority, each by a member of the electorate who is free to decide; no earlier round
    decided
 7. what else the tier asks for is on file, by people free to give it: report, hearing, recommendation, release
 8. where acts are signed, every ballot and the release have a receipt; whoever holds the keys verifies them
 9. nothing that it rests on has expired by then
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from schemas.case import Case
from schemas.decision import Round
from schemas.errors import PreparationError
from schemas.evidence import manifest_digest
from schemas.scheme import GateOutcome, SchemeRules
from schemas.stages import Outcome
from workflows.rules.case.attestation import awaits_signature
from workflows.rules.case.decisions import outcome_of, over_at
from workflows.rules.case.earlier_rounds import check_earlier_rounds
from workflows.rules.case.evaluation import failed, results_of
from workflows.rules.case.expiry import ran_out
from workflows.rules.case.findings import PASSING
from workflows.rules.case.fold_decision import RAN_OUT
from workflows.rules.case.hearing import REQUIRED, is_heard, is_heard_anyway
from workflows.rules.case.interests import evaluators_on_record, lookups_stand, plan_stands, who_advised, who_evaluated
from workflows.rules.case.public_statement import is_asked_for
from workflows.rules.case.rounds import base_min, panel_seed, reserves_of
from workflows.rules.case.signed_acts import signs_acts
from workflows.rules.case.standing import all_judged, protocols_in_force
from workflows.rules.case.third_party import REPORT_OUTDATED, report_is_outdated, was_drawn
from workflows.rules.case.tier import is_settled
from workflows.rules.case.tier_rounds import tier_follows
from workflows.rules.draws import drawn
from workflows.rules.quorum import tally
from workflows.rules.risk import assess_tier, gate_outcomes


def check_grant(case: Case, rules: SchemeRules, scheme_digest: str, at: datetime | None = None) -> None:
    """Refuse to let a label be signed that the record does not carry.

    Args:
        case: as it waits for its label.
        rules: of its scheme.
        scheme_digest: of that scheme.
        at: when it is signed; without it, what had expired is looked at as of the close of the last round.

    Raises:
        PreparationError: the code tells which check failed.
    """
    if case.decision is None or case.decision.outcome != Outcome.GRANTED or not awaits_signature(case):
        raise PreparationError("not_granted", "This case has no grant that waits for its label.")  # (1)
    if not case.rounds_on_label or case.decision.round != case.rounds_on_label[-1].number:
        raise PreparationError("not_granted", "The decision does not rest on the last round.")  # (1)
    _check_digests(case, case.rounds_on_label[-1], scheme_digest)  # (2) (3)
    for check in CHECKED_AGAIN:
        check(case, rules)  # (4) to (8)
    judged = case.model_copy(update={"results": results_of(case, rules)})
    expired = ran_out(judged, at or over_at(case.rounds_on_label[-1]))
    if expired:
        raise PreparationError(RAN_OUT, f"What the grant rests on has expired: {', '.join(expired)}.")  # (9)


def _check_digests(case: Case, vote: Round, scheme_digest: str) -> None:
    decision = case.decision
    assert decision is not None
    named = {key: one.digest for key, one in protocols_in_force(case).items()}
    stated = case.public_statement.digest if case.public_statement else None
    found = manifest_digest(case.items, case.not_applicable, named, stated)
    frozen = case.manifest.digest if case.manifest else None
    ballots = {ballot.manifest_digest for ballot in vote.ballots.values()}
    if {found, frozen, vote.manifest_digest, decision.manifest_digest, *ballots} != {found}:
        raise PreparationError("other_manifest", "Evidence, round, ballots and decision do not name one manifest.")
    schemes = {case.lodged.scheme.digest, vote.scheme_digest, decision.scheme_digest}
    if schemes | {ballot.scheme_digest for ballot in vote.ballots.values()} != {scheme_digest}:
        raise PreparationError("other_scheme", "Case, round, ballots and decision do not name one scheme.")


def _check_tier(case: Case, rules: SchemeRules) -> None:
    if assess_tier(rules, case.lodged.answers, case.lodged.gates) != case.assessment:
        raise PreparationError("other_tier", "The tier does not follow from the answers.")
    if not tier_follows(case, rules):
        raise PreparationError("other_tier", "A higher tier follows from no dispute and no round.")
    if not is_settled(case):
        raise PreparationError("answers_not_confirmed", "The answers are not confirmed by a free reviewer.")
    if {GateOutcome.OUT_OF_SCOPE, GateOutcome.REFUSE} & {*gate_outcomes(rules, case.lodged.gates).values()}:
        raise PreparationError("gate_closed", "A gate of the scheme allows no grant.")


def _check_results(case: Case, rules: SchemeRules) -> None:
    plan, vote = case.plan, case.rounds_on_label[-1]
    if not lookups_stand(case):
        raise PreparationError("secretariat_has_interest", "Whoever recorded a lookup has an interest.")
    if plan is None or not plan_stands(case) or not case.reviews.keys() >= plan.criteria.keys() or not all_judged(case):
        raise PreparationError("review_missing", "A reviewer of the plan did not judge, or was not free to judge.")
    if any(one.is_open for one in case.nonconformities.values()):
        raise PreparationError("nonconformity_open", "A nonconformity is open.")
    judged = {result.criterion: result for result in results_of(case, rules)}
    recorded = {result.criterion: result for result in vote.results}
    if any(recorded.get(criterion) != result for criterion, result in judged.items()):
        raise PreparationError("other_results", "The round rests on other results than the findings give.")
    asked = {rule.id for rule in rules.criteria_of(case.tier) if rule.is_mandatory}
    passed = {result.criterion for result in vote.results if result.verdict in PASSING}
    if asked - passed or failed(vote.results):
        raise PreparationError("criterion_open", "A mandatory criterion is open.")


def _check_vote(case: Case, rules: SchemeRules) -> None:
    decision, vote = case.decision, case.rounds_on_label[-1]
    assert decision is not None
    tier = rules.tiers[case.tier].decision
    as_scheme_says = (tier.quorum or str(tier.members_present_min), tier.majority, base_min(rules, case.tier))
    as_decided = (decision.quorum, decision.majority, base_min(rules, case.tier))
    if {(vote.quorum, vote.majority, vote.base_min), as_decided} != {as_scheme_says}:
        raise PreparationError("other_quorum", "The round was counted by other figures than the scheme's.")
    if vote.tally != tally(vote) or decision.tally != vote.tally or outcome_of(vote) != Outcome.GRANTED:
        raise PreparationError("no_majority", "The ballots do not amount to this grant.")
    if not _electorate_stands(case, vote, tier.members_present_min):
        raise PreparationError("other_panel", "The panel is not the one that the draw gives.")
    barred = who_evaluated(case) | who_advised(case)
    for member, ballot in vote.ballots.items():
        free = member not in barred and case.has_declared_none(member)
        if not free or member not in vote.base or (ballot.member, ballot.round) != (member, vote.number):
            raise PreparationError("ballot_barred", "A ballot was cast by someone who may not decide this case.")


def _electorate_stands(case: Case, vote: Round, size: int | None) -> bool:
    """Whether the panel is the one drawn, and exactly the substitutes joined that its base called for, in order."""
    joined = tuple(member for member in vote.electorate if member in vote.reserves)
    first = vote.electorate[: len(vote.electorate) - len(joined)]
    wanted = max(vote.base_min + len(vote.recused) - len(first), 0)
    if (*first, *vote.reserves[:wanted]) != vote.electorate:
        return False
    if size is None:
        return True
    seed = panel_seed(case, vote.number)
    drawn_next = reserves_of(vote.pool, seed, size) if case.edition > 1 else ()
    return (vote.seed, first, vote.reserves) == (seed, drawn(vote.pool, seed, size), drawn_next)


def _check_earlier_votes(case: Case, rules: SchemeRules) -> None:
    """No earlier round decided, and nobody evaluates or advises and decides in any round (ISO/IEC 17065, 7.6)."""
    if any((evaluators_on_record(case) | {case.third_party}) & vote.ballots.keys() for vote in case.rounds):
        raise PreparationError(
            "reviewed_and_decides", "Somebody who voted in a round evaluated the case, or advised on it."
        )
    for wrong in check_earlier_rounds(case, rules):
        raise PreparationError(wrong.code, f"{wrong.place}: {wrong.message}")


def _check_besides(case: Case, rules: SchemeRules) -> None:
    tier = rules.tiers[case.tier]
    if tier.neutral_third_party == REQUIRED and case.third_party_report is None:
        raise PreparationError("third_party_report_missing", "The neutral third party's report is not on file.")
    if tier.neutral_third_party == REQUIRED and report_is_outdated(case):
        raise PreparationError(REPORT_OUTDATED, "The neutral third party's report is about other evidence.")
    if not was_drawn(case):
        raise PreparationError("other_third_party", "The report is by another than the draw gives.")
    if is_heard_anyway(case, rules) and not is_heard(case):
        raise PreparationError("hearing_missing", "The applicant was not heard.")
    if is_asked_for(case, rules) and (case.manifest is None or case.manifest.public_statement is None):
        raise PreparationError("public_statement_missing", "The holder states nothing for the extended public page.")
    if case.recommendation is None:
        raise PreparationError("recommendation_missing", "No rapporteur recommended.")
    judged = who_evaluated(case) | who_advised(case)
    electors = {member for vote in case.rounds for member in vote.electorate}
    if case.released_by is not None and case.released_by in electors | judged:
        raise PreparationError("decides_and_releases", "The label was released by someone who decided or judged.")
    rapporteur = case.recommendation.rapporteur
    if rapporteur in judged:
        raise PreparationError("reviewed_and_decides", "The rapporteur evaluated the case.")
    if not all(one is None or case.has_declared_none(one) for one in (rapporteur, case.third_party, case.released_by)):
        raise PreparationError("interests_not_declared", "Someone with a part in the case is not free of interests.")


def _check_signed(case: Case, _: SchemeRules) -> None:
    if not signs_acts(case):
        return
    unsigned = [vote for vote in case.rounds if vote.origin is None]
    if unsigned or any(ballot.proof is None for vote in case.rounds for ballot in vote.ballots.values()):
        raise PreparationError("receipt_missing", "A ballot has no receipt, in a case whose acts are signed.")
    if case.third_party_report is not None and case.third_party_signed is None:
        raise PreparationError("receipt_missing", "The report has no receipt, in a case whose acts are signed.")
    if case.released_by is not None and case.release_proof is None:
        raise PreparationError("receipt_missing", "The release has no receipt, in a case whose acts are signed.")


CHECKED_AGAIN: Final[tuple[Callable[[Case, SchemeRules], None], ...]] = (
    _check_tier,  # (4)
    _check_results,  # (5)
    _check_vote,  # (6)
    _check_earlier_votes,  # (6)
    _check_besides,  # (7)
    _check_signed,  # (8)
)
"""The checks that need nothing but a case with a granted decision in its last round, and the rules of its scheme."""
