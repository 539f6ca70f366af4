"""What the signer checks again before it signs a label that carries another one on (scheme, renewal).

The numbers stand at the checks below and in the tests.

 1. a panel decided to prolong this label, and the decision waits for its label
 2. the label is the one its case was granted, it carries on no other, it was not ended or suspended since the
    vote opened, and nothing about it was handed in or judged that waits for its outcome
 3. the scheme is the one label and case are pinned to
 4. the renewal was asked for inside the window, its application names this label, and it is not decided
 5. the new label ends no later than the scheme allows after the end of the old one, and nothing that this one rests
    on had run out when the panel decided
 6. the panel is the one that the draw gives, and its ballots carry the motion, each by somebody free to decide
"""

from datetime import timedelta

from schemas.case import Case
from schemas.errors import PreparationError
from schemas.label import Standing
from schemas.label_life import LabelLife, Prolongation, Subject
from schemas.matter import Motion
from schemas.scheme import SchemeRules
from schemas.stages import Stage
from workflows.rules.draws import drawn
from workflows.rules.label.maintaining import nothing_ran_out
from workflows.rules.label.renewal import NOT_IN_FORCE, awaits_prolongation, can_be_carried_on, window_of
from workflows.rules.label.votes import rule_of
from workflows.rules.motions import seed_of
from workflows.rules.quorum import tally


def check_prolongation(
    life: LabelLife, case: Case, renewal: Case | None, rules: SchemeRules, scheme_digest: str, begun: str
) -> None:
    """Refuse to let a label be signed that the record does not carry.

    Args:
        life: the label, folded from its stream up to now.
        case: the case it was granted in.
        renewal: the case of the application that is to renew it, None where there is none.
        rules: of the scheme the label is pinned to.
        scheme_digest: that scheme's.
        begun: digest of the entry by which the label's life began.

    Raises:
        PreparationError: the code tells which check failed.
    """
    decided = life.prolongation
    if decided is None or not awaits_prolongation(life):
        raise PreparationError("not_prolonged", "This label has no prolongation that waits for its label.")  # (1)
    vote = next((one for one in life.motions if one.number == decided.motion), None)
    _check_label(life, case, vote)  # (2)
    if {life.scheme_digest, case.lodged.scheme.digest} != {scheme_digest}:
        raise PreparationError("other_scheme", "Label and case do not name one scheme.")  # (3)
    _check_renewal(life, renewal, decided, rules)  # (4)
    if decided.until > life.expires_at + timedelta(days=rules.clocks.renewal_prolongation_days_max):
        raise PreparationError("too_long", "The new label would end later than the scheme allows.")  # (5)
    if decided.checked_again and not nothing_ran_out(life, decided.decided_at):
        raise PreparationError("check_failed", "Evidence had run out when the panel decided.")  # (5)
    if vote is None or vote.subject != Subject.PROLONG:
        raise PreparationError("other_vote", "The decision does not rest on a vote to prolong.")  # (6)
    if vote.closes_at > life.expires_at:
        raise PreparationError("not_at_the_end", "The vote went on after the end of the label.")  # (6)
    _check_vote(life, vote, rules, begun)  # (6)


def _check_label(life: LabelLife, case: Case, vote: Motion | None) -> None:
    issued = case.label
    same = issued is not None and (issued.id, issued.decision_number, issued.expires_at) == (
        life.id, life.decision, life.expires_at,
    )  # fmt: skip
    if not same or case.id != life.application or life.prolongs is not None:
        raise PreparationError("other_label", "The label is not the one that its case was granted.")
    # A label that was suspended and restored has another standing than the one that was voted over.
    suspended_since = vote is not None and any(
        step.standing == Standing.SUSPENDED and step.at >= vote.opened_at for step in life.steps
    )
    if suspended_since or not can_be_carried_on(life):
        raise PreparationError(NOT_IN_FORCE, "The label cannot be carried on as it stands now.")


def _check_renewal(life: LabelLife, renewal: Case | None, decided: Prolongation, rules: SchemeRules) -> None:
    asked, (opens_at, closes_at) = life.renewal, window_of(life, rules)
    if asked is None or not opens_at <= asked.asked_at < closes_at:
        raise PreparationError("renewal_not_asked", "No renewal was asked for in time.")
    if decided.decided_at < closes_at:
        raise PreparationError("not_at_the_end", "A label is prolonged only towards its end.")
    if renewal is None or renewal.id != asked.application or renewal.lodged.renews != life.id:
        raise PreparationError("other_renewal", "No application on record is lodged to renew this label.")
    if renewal.lodged.organisation != life.organisation:
        raise PreparationError("other_renewal", "The application is another organisation's.")
    if renewal.is_over or renewal.stage == Stage.ATTESTATION:
        raise PreparationError("renewal_decided", "The renewal is decided; there is nothing to bridge.")


def _check_vote(life: LabelLife, vote: Motion, rules: SchemeRules, begun: str) -> None:
    rule = rule_of(life, Subject.PROLONG, rules)
    if (vote.quorum, vote.majority, vote.base_min) != (rule.quorum, rule.majority, rule.base_min):
        raise PreparationError("other_quorum", "The vote was counted by other figures than the scheme's.")
    if vote.tally is None or vote.tally != tally(vote) or not vote.carried:
        raise PreparationError("no_majority", "The ballots do not carry the prolongation.")
    seed = seed_of(life.id, vote.number, vote.object_digest, vote.drawn_from)
    first = drawn(vote.pool, seed, rule.size or 0)
    stepped_in = set(vote.electorate) - set(first)
    if (
        vote.seed != seed
        or vote.drawn_from not in {None, begun}
        or not set(first) <= set(vote.electorate)
        or not stepped_in <= set(vote.reserves)
    ):
        raise PreparationError("other_panel", "The panel is not the one that the draw gives.")
    barred = {*life.shares, *life.judges, *life.interested}
    for member, ballot in vote.ballots.items():
        free = member not in barred and life.has_declared_none(member)
        if not free or member not in vote.base or ballot.object_digest != vote.object_digest:
            raise PreparationError("ballot_barred", "A ballot was cast by someone who may not decide about this label.")
