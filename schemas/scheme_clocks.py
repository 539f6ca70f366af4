"""Clocks: how many days each side has. Days are calendar days unless the name says working days."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from schemas.added_later import added_later
from schemas.scheme_calendar import EVERY_WEEK, Calendar
from schemas.scheme_terms import PerTier, SchemePart

Days = Annotated[int, Field(ge=0, le=3660)]
Reminders = Annotated[tuple[Days, ...], Field(max_length=9)]


class CorrectionClock(SchemePart):
    """Time to close a nonconformity (procedure, stage 6)."""

    minor: Days
    major: Days
    extensions: int = Field(ge=0, le=9)
    past_deadline: Literal["minor_becomes_major"]


class ComplaintClock(SchemePart):
    """Time to acknowledge a complaint and to tell its outcome (ISO/IEC 17065, 7.13)."""

    acknowledge: Days
    outcome: Days


class MissedSurveillance(SchemePart):
    """What follows by itself when surveillance is missed; both are terms of the agreement."""

    suspend_after: Days
    end_as_lapsed_after: Days


class RenewalWindow(SchemePart):
    """Days before expiry between which a renewal is asked for in time."""

    opens: Days
    closes: Days

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> Self:
        if self.opens <= self.closes:
            raise ValueError("the window closes before it opens")
        return self


class Clocks(SchemePart):
    """Every figure of days that is the same for all cases, or stated by tier.

    Attributes:
        accession_officer_days: time to name an ethics officer after joining the Code (Code, II-2.2).
        question_days: time to answer a numbered question; the other clock stands still meanwhile.
        ethics_question_days: time to answer an ethics question asked outside any case (Code, I-2.3).
        calendar: which days are working days.
        paid_work_months: how long after paid work for the applicant nobody acts in its cases.
        planning_working_days: time to find the reviewers and approve the plan of evaluation, once evidence is in.
        round_opening_working_days: time to open a round, once nothing that must precede it is owed by the applicant.
        sample_opening_working_days: time to open the surveillances of a quarter's draw, from its first day.
    """

    evidence_stage_days: PerTier[Days]
    evidence_stage_past_deadline: Literal["lapsed"]
    reviewer_answer_days: Days
    correction_days: CorrectionClock
    reminders_days_before: Reminders
    reminder_days_after: Days
    applicant_hearing_before_adverse_decision_days: Days
    appeal_filing_days: Days
    appeal_decision_days: Days
    complaint_days: ComplaintClock
    suspension_void_after_working_days: Days
    surveillance_missed_days: MissedSurveillance
    withdrawal_notice_and_hearing_days: Days
    renewal_window_days_before_expiry: PerTier[RenewalWindow]
    renewal_prolongation_days_max: Days
    accession_decision_working_days: Days
    accession_officer_days: Days
    accession_officer_reminders_days_before: Reminders
    paid_work_months: int = Field(ge=0, le=240)
    question_days: Days = added_later(30)
    ethics_question_days: Days = added_later(30)
    calendar: Calendar = added_later(EVERY_WEEK)
    planning_working_days: Days = added_later(10, ge=1)
    round_opening_working_days: Days = added_later(5, ge=1)
    sample_opening_working_days: Days = added_later(20, ge=1)
