"""A decision recomputed from its record alone, with the rules that took it (procedure, rule 4).

Nothing stated is believed that a rule can give: the tier follows from the answers, the results from the findings,
the panel from the draw, the tally from the ballots, the decision from the tally. What the record cannot hold is
taken as it says: who was seated, and what the Register answered (only whether it could have answered so).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from schemas.case import Case
from schemas.decision import Decision
from schemas.decision_record import DecisionRecord
from schemas.errors import PreparationError, ProcedureError
from schemas.review import Result
from schemas.scheme import GateOutcome, SchemeRules, Tier
from schemas.stages import Outcome
from schemas.voting import Tally
from workflows.rules.case.differences import NOT_COMPUTABLE, Difference, differing, pointer
from workflows.rules.case.evaluation import failed
from workflows.rules.case.grants import CHECKED_AGAIN
from workflows.rules.case.intake import check_complete, gate_that
from workflows.rules.case.recomputed_evaluation import evaluated
from workflows.rules.case.recomputed_rounds import decided
from workflows.rules.case.tier_rounds import tier_follows
from workflows.rules.risk import assess_tier


@dataclass(frozen=True, kw_only=True)
class Recomputation:
    """What the rules make of a record.

    Attributes:
        results: of the round that decided, with those the Register answers.
        passes: no gate and no mandatory criterion stands against a grant.
        electorate: of that round, as it is drawn again where a panel decides.
        tally: None when the round could not be counted; `outcome` when the ballots amount to no decision.
    """

    tier: Tier
    results: tuple[Result, ...]
    passes: bool
    electorate: tuple[str, ...]
    tally: Tally | None
    outcome: Outcome | None
    differences: tuple[Difference, ...]

    @property
    def agrees(self) -> bool:
        """Whether the record amounts to the decision it states."""
        return not self.differences


def recompute(record: DecisionRecord) -> Recomputation:
    """Recompute a decision; whatever the record says, this ends with an answer."""
    rules, stated = record.scheme.content.rules, record.as_case()
    found: list[Difference] = [*differing("/scheme/digest", record.scheme.digest, record.scheme.content.digest)]
    undecided = stated.model_copy(update={"decision": None})
    case = _step("/application", undecided, found, partial(_assessed, rules=rules, found=found))
    case = _step("/results", case, found, partial(evaluated, rules=rules, found=found))
    case = _step("/rounds", case, found, partial(decided, rules=rules, found=found))
    taken = case.decision
    found += _differing_decision(record.decision, taken)
    if not found:
        found += _grant_not_carried(stated, rules)
    vote = case.rounds[-1]
    return Recomputation(
        tier=case.tier,
        results=vote.results,
        passes=case.rule is None and not failed(vote.results),
        electorate=vote.electorate,
        tally=vote.tally,
        outcome=taken.outcome if taken else None,
        differences=tuple(found),
    )


def _step(place: str, case: Case, found: list[Difference], step: Callable[[Case], Case]) -> Case:
    try:
        return step(case)
    except ProcedureError as refusal:
        found.append(Difference(place=place, code=refusal.code, message=refusal.message))
        return case
    except NOT_COMPUTABLE as error:
        message = f"No procedure can have led to this ({type(error).__name__})."
        found.append(Difference(place=place, code="not_computable", message=message))
        return case


def _assessed(case: Case, *, rules: SchemeRules, found: list[Difference]) -> Case:
    lodged = case.lodged
    check_complete(lodged, rules)
    assessment = assess_tier(rules, lodged.answers, lodged.gates)
    closed, gate = (gate_that(outcome, case, rules) for outcome in (GateOutcome.OUT_OF_SCOPE, GateOutcome.REFUSE))
    if closed is not None:
        message = f"Gate {closed} puts the application out of scope: nobody decides on it."
        found.append(Difference(place=pointer("application", "gates", closed), code="gate_closed", message=message))
    found += differing("/assessment", case.assessment, assessment)
    found += differing("/rule", case.rule, gate)
    case = case.model_copy(update={"assessment": assessment, "rule": gate})
    if not tier_follows(case, rules):
        message = "The tier follows from no confirmation of the answers and no round on a higher one."
        found.append(Difference(place="/raises", code="other_tier", message=message))
    return case


def _differing_decision(stated: Decision, taken: Decision | None) -> list[Difference]:
    if taken is None:
        return [Difference(place="/decision", code="no_decision", message="The ballots amount to no decision.")]
    return list(differing("/decision", stated, taken))


def _grant_not_carried(case: Case, rules: SchemeRules) -> list[Difference]:
    """Return what of the signer's own checks still stands against a grant, if anything does."""
    if case.decision is None or case.decision.outcome != Outcome.GRANTED:
        return []
    try:
        for check in CHECKED_AGAIN:
            check(case, rules)
    except PreparationError as refusal:
        return [Difference(place="/decision/outcome", code=refusal.code, message=refusal.message)]
    return []
