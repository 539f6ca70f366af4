"""The record of a case as its keepers read it: every entry, who, when, and the digest that is its receipt."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from certify.accounts.narrowing import record_body_for
from certify.accounts.people import names_of
from certify.accounts.principal import Principal
from certify.procedure.matters import vault_key
from certify.register import corrections, streams
from certify.web.casework import OpenCase
from certify.web.language import Language, marked, sentence
from certify.web.services import Services
from schemas.identifiers import ENGINE
from schemas.record_correction import RecordCorrection
from schemas.records import Entry
from workflows.options import case_stream

KINDS = {
    "application_lodged": marked("Application lodged"),
    "application_declined": marked("Application declined"),
    "evidence_offered": marked("Evidence offered"),
    "evidence_withdrawn": marked("Evidence taken back"),
    "not_applicable_stated": marked("A requirement said not to apply"),
    "public_statement_made": marked("Main limitations and measures by group stated"),
    "application_accepted": marked("Application accepted"),
    "manifest_frozen": marked("Evidence manifest frozen"),
    "referred_to_commission": marked("Referred to the Commission by a gate"),
    "application_withdrawn": marked("Application withdrawn by the applicant"),
    "application_lapsed": marked("Application lapsed"),
    "reviewer_assigned": marked("Reviewer asked"),
    "interests_declared": marked("Interests declared"),
    "assignment_answered": marked("Reviewer answered"),
    "plan_approved": marked("Evaluation plan approved"),
    "lookup_recorded": marked("Lookup recorded"),
    "review_submitted": marked("Review handed in"),
    "evaluation_closed": marked("Evaluation closed"),
    "third_party_report_recorded": marked("Third party's report handed in"),
    "rapporteur_appointed": marked("Rapporteur appointed"),
    "recommendation_submitted": marked("Recommendation sent"),
    "hearing_recorded": marked("Hearing recorded"),
    "round_opened": marked("Round opened"),
    "undeclared_interest_reported": marked("An interest reported that was not declared"),
    "undeclared_interest_confirmed": marked("A reported interest confirmed"),
    "undeclared_interest_rejected": marked("A reported interest rejected"),
    "member_recused": marked("A member left the electorate"),
    "ballot_cast": marked("Ballot cast"),
    "countersigned": marked("Countersigned for somebody without a passkey"),
    "round_closed": marked("Round closed"),
    "decision_taken": marked("Decision taken"),
    "label_released": marked("Label released"),
    "label_issued": marked("Label issued"),
    "answers_confirmed": marked("Answers confirmed by the lead reviewer"),
    "tier_dispute_referred": marked("Tier disputed: a working group decides"),
    "tier_raised": marked("Tier raised"),
    "tier_kept": marked("Tier kept"),
    "application_amended": marked("Application corrected"),
    "question_asked": marked("Question asked"),
    "question_answered": marked("Question answered"),
    "reminder_given": marked("Reminder given"),
    "clock_stopped": marked("Clock stopped"),
    "clock_resumed": marked("Clock resumed"),
    "correction_extended": marked("Time for correction extended"),
    "correction_ended": marked("Time for correction ended"),
    "reviewers_proposed": marked("Reviewers proposed by the rules"),
    "assignment_lapsed": marked("A reviewer's assignment lapsed"),
    "reviewer_relieved": marked("Somebody relieved who did not do what they said yes to"),
    "substitute_drawn": marked("Substitute drawn"),
    "third_party_drawn": marked("Third-party evaluator drawn"),
    "nonconformities_raised": marked("Nonconformities raised"),
    "nonconformities_closed": marked("Nonconformities closed"),
    "nonconformity_became_major": marked("A nonconformity became major"),
    "nonconformity_regraded": marked("A nonconformity graded anew, as the verdicts changed"),
    "nonconformity_past_deadline": marked("A nonconformity's deadline has passed"),
    "verdict_revised": marked("Verdict revised"),
    "protocol_recorded": marked("Protocol of a demonstration or an interview recorded"),
    "protocols_entered": marked("Protocols entered the evidence manifest"),
    "hearing_asked_for": marked("Hearing asked for by the applicant"),
    "hearing_called": marked("Hearing called"),
    "hearing_waived": marked("Hearing waived by the applicant"),
    "case_sent_back": marked("Sent back to the applicant"),
    "rounds_used_up": marked("Ended without a decision: the case took all its rounds"),
    "evidence_ran_out": marked("Back to the applicant: evidence has expired"),
    "round_voided": marked("Round declared void"),
    "decision_reopened": marked("Decision reopened"),
    "signing_refused": marked("Signing of the label refused by a check"),
    "errand_done": marked("Carried to another case"),
}


@dataclass(frozen=True, kw_only=True)
class RecordedEntry:
    """An entry as the page shows it.

    Attributes:
        actor: empty for a rule.
        body: its JSON as this reader may see it.
        corrections: how it is to be read, with whether a second person confirmed that.
    """

    number: int
    title: str
    actor: str
    at: datetime
    digest: str
    act_id: str | None
    body: str
    corrections: tuple[tuple[str, bool], ...]


async def record_of(
    services: Services, principal: Principal, opened: OpenCase, language: Language
) -> list[RecordedEntry]:
    """Return the entries of a case, the first at the top.

    Raises:
        NotPermitted: the record is not for this reader.
    """
    async with services.database.reading() as session:
        rows = await streams.entries_with_bodies(session, case_stream(opened.case.id))
        entries = [Entry.model_validate_json(row.content) for row, _ in rows]
        names = await names_of(session, {entry.actor for entry in entries})
        corrected = await corrections.of_stream(session, case_stream(opened.case.id))
    texts = {number: await _texts(services, found) for number, found in corrected.items()}
    return [
        RecordedEntry(
            number=entry.number,
            title=sentence(language, KINDS[entry.kind]),
            actor="" if entry.actor == ENGINE else names.get(entry.actor, entry.actor),
            at=entry.at,
            digest=row.digest,
            act_id=entry.act_id,
            body=json.dumps(record_body_for(opened.case, principal, body), ensure_ascii=False, indent=1),
            corrections=texts.get(entry.number, ()),
        )
        for entry, (row, body) in zip(entries, rows, strict=True)
    ]


async def _texts(services: Services, found: Sequence[RecordCorrection]) -> tuple[tuple[str, bool], ...]:
    return tuple([(await services.vault.text(vault_key("correction", one.id), one.text), one.is_over) for one in found])
