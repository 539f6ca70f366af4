"""What waits for an applicant: drafts to finish, evidence to add and to hand in; and how a case stands in words."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from certify.accounts.colleagues import Asking
from certify.accounts.reading import CaseReading
from certify.web.applicant.desk import PATH
from certify.web.applicant.draft import ApplicationDraft
from certify.web.casework import ListedCase
from certify.web.language import Language, marked, sentence, translations
from certify.web.reasons import reason_of
from schemas.stages import Stage

_NOW = {
    Stage.INTAKE: marked(
        "The secretariat checks your application. You can add evidence meanwhile; what is complete "
        "when they accept it is frozen at once."
    ),
    Stage.EVIDENCE: marked("Your application is accepted. Your evidence is awaited."),
    Stage.PLANNING: marked("Your evidence is frozen. The secretariat names the reviewers."),
    Stage.EVALUATION: marked("Independent reviewers evaluate your evidence."),
    Stage.CORRECTION: marked("The reviewers found nonconformities. Correct them, or let the case go on without."),
    Stage.RECOMMENDATION: marked("The evaluation is closed. A member of the Commission prepares the decision."),
    Stage.DECISION: marked("The Commission decides."),
    Stage.ATTESTATION: marked("The label was granted and is being issued."),
    Stage.GRANTED: marked("The label is granted."),
    Stage.REFUSED: marked("The label is refused."),
    Stage.DECLINED: marked("The secretariat did not accept the application."),
    Stage.LAPSED: marked("The application ended because its evidence was not handed in by the day it was due."),
    Stage.WITHDRAWN_BY_APPLICANT: marked("You withdrew the application."),
}
_SUBMIT = marked("Hand in your evidence")
_STATE = marked("State main limitations and measures by group")
_CORRECTED = marked("Hand in what you corrected")
_HEARING = marked("Be heard, or do without a hearing")
_SENT_BACK = marked("The Commission sent the case back. Supplement your evidence and hand it in again.")
_RAN_OUT = marked("Evidence of yours has expired. Take it back, add what is in force, and hand it in again.")
_WITHOUT_DECISION = marked(
    "The application ended without a decision: the Commission voted as often as a case allows. You can appeal, or "
    "lodge a new application."
)
_NO_VERSION_LEFT = marked(
    "No more versions of the evidence can be handed in: the application ends on the day it is due, unless you withdraw "
    "it before."
)
_NOT_AS_IT_IS: Final = frozenset({"evidence_not_in_effect", "expired_evidence_handed_in", "too_many_items_handed_in"})
NOT_YET: Final = frozenset({"evidence_incomplete", *_NOT_AS_IT_IS})
"""Codes of what the applicant can put right before evidence is handed in."""
_TOO_MANY_VERSIONS: Final = "too_many_versions"
_ANSWER = marked("Answer the question you were asked")
_FINISH = marked("Finish and lodge the application")
_CORRECT = marked("Finish and send the correction")
_ASKS = marked("Somebody asks to act for your organisation: consent or refuse")
_NEVER = datetime.max.replace(tzinfo=UTC)


def stands(language: Language, reading: CaseReading) -> str:
    """Return what happens in a case now."""
    if reading.may["submit_evidence"] == _TOO_MANY_VERSIONS:
        return sentence(language, _NO_VERSION_LEFT)
    if reading.ran_out:
        return sentence(language, _RAN_OUT)
    if reading.without_decision:
        return sentence(language, _WITHOUT_DECISION)
    if reading.stage == Stage.EVIDENCE and reading.sent_back:
        return sentence(language, _SENT_BACK)
    return sentence(language, _NOW[reading.stage])


def duty_of(language: Language, reading: CaseReading) -> tuple[str, str] | None:
    """Return what waits for the applicant in a case and where, None for nothing."""
    path = f"{PATH}/{reading.id}"
    if reading.may["answer_question"] is None:
        return sentence(language, _ANSWER), f"{path}/answer-question"
    if reading.may["submit_evidence"] is None:
        return sentence(language, _SUBMIT), f"{path}/submit-evidence"
    is_taken = reading.may["submit_evidence"] != _TOO_MANY_VERSIONS
    if reading.may["offer_evidence"] is None and reading.missing and is_taken:
        count = len(reading.missing)
        add = translations(language).ngettext(
            "Add evidence for %(num)s requirement", "Add evidence for %(num)s requirements", count
        )
        return add % {"num": count}, f"{path}#requirements"
    if (barred := reading.may["submit_evidence"]) in _NOT_AS_IT_IS:
        return reason_of(language, barred), f"{path}/submit-evidence"
    if reading.may["make_public_statement"] is None and reading.public_statement is None:
        return sentence(language, _STATE), f"{path}/make-public-statement"
    return _correction_of(language, reading, path)


def _correction_of(language: Language, reading: CaseReading, path: str) -> tuple[str, str] | None:
    """Return what waits for the applicant after the evaluation: corrections and hearings."""
    if reading.may["submit_correction"] is None:
        return sentence(language, _CORRECTED), f"{path}/submit-correction"
    if (barred := reading.may["submit_correction"]) in _NOT_AS_IT_IS:
        return reason_of(language, barred), f"{path}/submit-correction"
    if reading.stage == Stage.CORRECTION:
        count = sum(one.closed_at is None and not one.is_past for one in reading.nonconformities)
        correct = translations(language).ngettext(
            "Correct %(num)s nonconformity", "Correct %(num)s nonconformities", count
        )
        return correct % {"num": count}, f"{path}#nonconformities"
    return (sentence(language, _HEARING), f"{path}/waive-hearing") if reading.may["waive_hearing"] is None else None


def due_at(reading: CaseReading) -> datetime | None:
    """Return by when the applicant owes something, None where no clock of theirs runs."""
    running = [
        one.due_at
        for one in reading.nonconformities
        if one.closed_at is None and not (one.is_past or one.stands_still) and reading.stage == Stage.CORRECTION
    ]
    return reading.clock.evidence_due_at or reading.clock.hearing_due_at or min(running, default=None)


def waiting(
    language: Language, listed: Iterable[ListedCase], drafts: Iterable[ApplicationDraft], asking: Iterable[Asking] = ()
) -> list[dict[str, object]]:
    """Return what waits: cases by the day something is due, then drafts, then whoever asks to act for one."""
    readings = sorted((one.reading for one in listed), key=lambda one: due_at(one) or _NEVER)
    duties = ((reading, duty_of(language, reading)) for reading in readings)
    return [
        *(_of_case(reading, *duty) for reading, duty in duties if duty is not None),
        *(_of_draft(language, draft) for draft in drafts),
        *(_of_asking(language, one.waiting.name) for one in asking),
    ]


def _of_case(reading: CaseReading, text: str, href: str) -> dict[str, object]:
    return {
        "text": text,
        "href": href,
        "title": f"{reading.system.name} {reading.system.version}",
        "reference": reading.reference,
        "due_at": due_at(reading),
        "evidence": reading.clock.evidence_due_at is not None,
    }


def _of_draft(language: Language, draft: ApplicationDraft) -> dict[str, object]:
    return {
        "text": sentence(language, _CORRECT if draft.amends else _FINISH),
        "href": f"{PATH}/drafts/{draft.reference}",
        "title": draft.title,
        "reference": draft.reference,
        "due_at": None,
        "evidence": False,
    }


def _of_asking(language: Language, name: str) -> dict[str, object]:
    return {
        "text": sentence(language, _ASKS),
        "href": "/account/organisation",
        "title": name,
        "reference": name,
        "due_at": None,
        "evidence": False,
    }
