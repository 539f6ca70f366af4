"""The rules of a label in one kernel: which act is taken how, by whom, and what follows."""

from schemas import label_events as ev
from schemas.errors import OutOfOrder
from schemas.label_acts import ACTS
from schemas.label_life import LabelLife
from workflows.kernel import Kernel
from workflows.rules.label import (
    change,
    found_interests,
    interests,
    live_checks,
    renewal,
    restoring,
    surveillance,
    surveillance_judging,
    surveillance_submission,
    suspension,
    withdrawal,
)
from workflows.rules.label import life as label_life
from workflows.rules.label.clocks import by_the_clock, clocks_of
from workflows.rules.label.errands import errand_of
from workflows.rules.label.fold import CHANGES, begun
from workflows.rules.label.people import barred
from workflows.rules.matters import ActRule, Tables, kernel_of
from workflows.rules.permission import Permission

AFTER_THE_END = frozenset({"note_appeal", "supersede"})
"""What is still added to a label that has ended; its standing never changes again."""


def _engine_only(*_: object) -> Permission:
    return Permission(OutOfOrder("engine_only", "Only the engine does this."))


LABEL: Kernel[LabelLife] = kernel_of(
    Tables(
        name="label",
        state=LabelLife,
        events=ev.EVENTS,
        act_models=ACTS,
        acts={
            "begin_life": ActRule(take=label_life.begin, opens=True),
            "supersede": ActRule(take=label_life.supersede, may=_engine_only),
            "end_by_leaving": ActRule(take=label_life.leave, may=_engine_only),
            "open_review": ActRule(take=change.open_review, may=_engine_only),
            "note_appeal": ActRule(take=label_life.note_appeal, may=_engine_only),
            "offer_fresh_evidence": ActRule(
                take=surveillance_submission.offer, may=surveillance_submission.may_offer_fresh_evidence
            ),
            "withdraw_fresh_evidence": ActRule(
                take=surveillance_submission.take_back, may=surveillance_submission.may_withdraw_fresh_evidence
            ),
            "submit_surveillance": ActRule(
                take=surveillance_submission.submit, may=surveillance_submission.may_submit_surveillance
            ),
            "repeat_checks": ActRule(
                take=surveillance_submission.repeat_checks, may=surveillance_submission.may_repeat_checks
            ),
            "open_extraordinary_surveillance": ActRule(
                take=change.open_extraordinary, may=change.may_open_extraordinary_surveillance
            ),
            "assign_surveillance_reviewer": ActRule(
                take=surveillance_judging.assign, may=surveillance_judging.may_assign_surveillance_reviewer
            ),
            "answer_surveillance_assignment": ActRule(
                take=surveillance_judging.answer, may=surveillance_judging.may_answer_surveillance_assignment
            ),
            "relieve_surveillance_reviewer": ActRule(
                take=surveillance_judging.relieve, may=surveillance_judging.may_relieve_surveillance_reviewer
            ),
            "record_live_check": ActRule(take=live_checks.record, may=live_checks.may_record_live_check),
            "judge_surveillance": ActRule(
                take=surveillance_judging.judge, may=surveillance_judging.may_judge_surveillance
            ),
            "put_maintain_to_vote": ActRule(take=label_life.put_maintain, may=label_life.may_put_maintain_to_vote),
            "propose_suspension": ActRule(take=suspension.propose, may=suspension.may_propose_suspension),
            "confirm_suspension": ActRule(take=suspension.confirm, may=suspension.may_confirm_suspension),
            "put_suspension_to_vote": ActRule(
                take=suspension.put_suspension, may=suspension.may_put_suspension_to_vote
            ),
            "put_confirmation_to_vote": ActRule(
                take=suspension.put_confirmation, may=suspension.may_put_confirmation_to_vote
            ),
            "put_restoration_to_vote": ActRule(
                take=restoring.put_restoration, may=restoring.may_put_restoration_to_vote
            ),
            "give_notice_of_withdrawal": ActRule(
                take=withdrawal.give_notice, may=withdrawal.may_give_notice_of_withdrawal
            ),
            "take_back_notice_of_withdrawal": ActRule(
                take=withdrawal.take_notice_back, may=withdrawal.may_take_back_notice_of_withdrawal
            ),
            "answer_notice_of_withdrawal": ActRule(
                take=withdrawal.answer_notice, may=withdrawal.may_answer_notice_of_withdrawal
            ),
            "record_holder_hearing": ActRule(take=withdrawal.record_hearing, may=withdrawal.may_record_holder_hearing),
            "put_withdrawal_to_vote": ActRule(
                take=withdrawal.put_withdrawal, may=withdrawal.may_put_withdrawal_to_vote
            ),
            "put_scope_to_vote": ActRule(take=withdrawal.put_scope, may=withdrawal.may_put_scope_to_vote),
            "report_change": ActRule(take=change.report_change, may=change.may_report_change),
            "report_build": ActRule(take=change.report_build, may=change.may_report_build),
            "report_interest": ActRule(take=found_interests.report, may=found_interests.may_report_interest),
            "confirm_interest": ActRule(take=found_interests.confirm, may=found_interests.may_settle_interest),
            "reject_interest": ActRule(take=found_interests.reject, may=found_interests.may_settle_interest),
            "ask_renewal": ActRule(take=renewal.ask, may=renewal.may_ask_renewal),
            "put_prolongation_to_vote": ActRule(
                take=renewal.put_prolongation, may=renewal.may_put_prolongation_to_vote
            ),
            "end_label": ActRule(take=label_life.end, may=label_life.may_end_label),
            "declare_matter_interests": ActRule(take=interests.declare, may=interests.may_declare),
        },
        begins={ev.LabelLifeBegun: begun},
        changes=CHANGES,
        follows=(label_life.outcome, surveillance.review_carried_on, surveillance_judging.evaluated, by_the_clock),
        clocks=clocks_of,
        barred=barred,
        ended_may=AFTER_THE_END,
        errand=errand_of,
        awaits=renewal.awaits_prolongation,
    )
)
