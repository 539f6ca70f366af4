"""Words of matters that every audience reads: what is voted on, whose clock runs, what an entry of the record tells."""

from collections.abc import Iterable, Mapping
from typing import Final

from certify.accounts.matter_history import HistoryLine
from certify.web.language import Language, day, marked, moment, sentence
from certify.web.matters import label_terms
from schemas.clocks import Party

SUBJECTS: Final[Mapping[str, str]] = {
    "admit": marked("Let the organisation join the Code"),
    "adopt": marked("Adopt the scheme version"),
    "answer": marked("Adopt the proposed answer"),
    "uphold": marked("Uphold the appeal"),
    **label_terms.SUBJECTS,
}
"""What a motion proposes, by its subject."""

CLOCKS: Final[Mapping[str, str]] = {
    "ethics_question": marked("Answer to the question"),
    "appeal": marked("Decision on the appeal"),
    "body_statement": marked("The body's side of the appeal"),
    "appeal_declarations": marked("Declarations of interests of the panel"),
    "complaint": marked("Outcome of the complaint"),
    "complaint_question": marked("Answer of the complainant"),
    "accession": marked("Decision on the application to join"),
    "officer": marked("Ethics officer to be named"),
    "term": marked("End of a term"),
    **label_terms.CLOCKS,
}
"""What must be done by the end of a clock, by its kind."""

PARTIES: Final[Mapping[Party, str]] = {
    Party.APPLICANT: marked("the applicant"),
    Party.HOLDER: marked("the holder of the label"),
    Party.SECRETARIAT: marked("the secretariat"),
    Party.REVIEWER: marked("the reviewer"),
    Party.COMMISSION: marked("the Commission"),
    Party.THIRD_PARTY: marked("the neutral third party"),
    Party.LABEL_OFFICER: marked("the label officer"),
    Party.APPEAL_PANEL: marked("the appeal panel"),
    Party.COMPLAINANT: marked("the complainant"),
}

ENTRIES: Final[Mapping[str, str]] = {
    "reminder_given": marked("Reminder sent"),
    "clock_stopped": marked("Clock stopped"),
    "clock_resumed": marked("Clock runs again"),
    "motion_opened": marked("Vote opened"),
    "vote_cast": marked("Vote cast"),
    "elector_left": marked("An elector left the vote"),
    "substitute_stepped_in": marked("A substitute stepped in"),
    "motion_closed": marked("Vote closed"),
    "matter_interests_declared": marked("Interests declared"),
    "errand_done": marked("Another matter was told"),
    "ethics_question_asked": marked("Question asked"),
    "answer_proposed": marked("Answer proposed"),
    "ethics_question_answered": marked("Question answered"),
    "answer_published": marked("Answer published"),
    "appeal_lodged": marked("Appeal lodged"),
    "body_statement_filed": marked("The body's side stated"),
    "body_statement_lapsed": marked("The body did not state its side in time"),
    "appeal_vote_set_aside": marked("The vote was set aside: a member found an interest"),
    "panel_drawn": marked("Panel drawn"),
    "panel_member_left": marked("A member left the panel"),
    "panel_member_replaced": marked("The next one drawn joined the panel"),
    "appeal_hearing_recorded": marked("Party heard"),
    "appeal_hearing_waived": marked("The party does without a hearing"),
    "appeal_voted": marked("The panel voted"),
    "appeal_decided": marked("Appeal decided"),
    "appeal_withdrawn": marked("Appeal taken back"),
    "complaint_filed": marked("Complaint received"),
    "handler_assigned": marked("Handler named"),
    "handler_left": marked("The handler left because of an interest"),
    "complainant_asked": marked("Complainant asked"),
    "complainant_answered": marked("The complainant answered"),
    "complaint_question_lapsed": marked("No answer came in time"),
    "findings_recorded": marked("Findings written down"),
    "complaint_decided": marked("Complaint decided"),
    "participant_entered": marked("Entered in the Register"),
    "join_applied": marked("Applied to join the Code"),
    "join_application_taken_back": marked("Application taken back"),
    "join_voted_down": marked("The Commission voted against it"),
    "join_refused": marked("Refused with reasons"),
    "entry_proposed": marked("Entry without a vote proposed"),
    "entry_rejected": marked("Proposed entry rejected"),
    "officer_named": marked("Ethics officer named"),
    "officer_term_ended": marked("Two months over, no ethics officer named"),
    "ethics_commission_named": marked("Ethics commission named or dissolved"),
    "participant_left": marked("Left the Code"),
    "group_declared": marked("Group stated"),
    "holder_image_chosen": marked("Image of the certificates chosen or taken away"),
    "extract_signed": marked("Extract of the Register signed"),
    "election_recorded": marked("Election recorded"),
    "election_confirmed": marked("Election confirmed"),
    "election_rejected": marked("Election set aside"),
    "vacancy_recorded": marked("Vacancy recorded"),
    "vacancy_rejected": marked("Vacancy set aside"),
    "seat_vacated": marked("Seat vacated"),
    "substitute_stepped_up": marked("A substitute took the seat"),
    "seats_ended": marked("Terms ended"),
    "working_group_created": marked("Working group created"),
    "working_group_changed": marked("Working group changed"),
    "working_group_dissolved": marked("Working group dissolved"),
    "impartiality_report_filed": marked("Report on impartiality filed"),
    "naming_agreed": marked("Consent to a name given or withdrawn"),
    "correction_proposed": marked("Correction proposed"),
    "correction_confirmed": marked("Correction confirmed"),
    "correction_rejected": marked("Correction not confirmed"),
    "erasure_asked": marked("Erasure asked for"),
    "erasure_approved": marked("Erasure approved"),
    "erasure_refused": marked("Erasure refused"),
    "hold_asked": marked("Hold asked for; it counts from now on"),
    "hold_confirmed": marked("Hold confirmed"),
    "hold_refused": marked("Hold refused"),
    "lifting_asked": marked("Lifting asked for"),
    "hold_lifted": marked("Hold lifted"),
    "lifting_refused": marked("Hold kept"),
    "scheme_proposed": marked("Version proposed"),
    "scheme_rehearsed": marked("Version rehearsed anew"),
    "scheme_decided": marked("Version decided"),
    "scheme_overtaken": marked("Another version came into force; adopting this one would change nothing"),
    "scheme_proposal_ended": marked("Proposal ended without a decision"),
    "scheme_proposal_taken_back": marked("Proposal taken back"),
    "practice_offered": marked("Practice written"),
    "consent_given": marked("Consent given"),
    "consent_refused": marked("Consent refused"),
    "practice_published": marked("Practice published"),
    "practice_taken_down": marked("Practice taken down"),
    **label_terms.ENTRIES,
}
"""What an entry of a matter's stream tells, by its kind."""


def subject_title(language: Language, subject: str) -> str:
    """Return what a motion on a subject proposes."""
    return sentence(language, SUBJECTS[subject])


def clock_title(language: Language, kind: str) -> str:
    """Return what must be done by the end of a clock of a kind."""
    return sentence(language, CLOCKS[kind])


def party_name(language: Language, party: Party) -> str:
    """Return who is waited for."""
    return sentence(language, PARTIES[party])


def timeline(
    language: Language, history: Iterable[HistoryLine], names: Mapping[str, str]
) -> list[dict[str, str | None]]:
    """Return the entries of a matter as a timeline shows them, the last at the top."""
    lines: list[dict[str, str | None]] = [
        {
            "title": sentence(language, ENTRIES[line.kind]),
            "at": day(language, line.at) if line.is_day else moment(language, line.at),
            "by": names.get(line.actor) if line.actor is not None else None,
            "text": None,
        }
        for line in history
    ]
    return lines[::-1]
