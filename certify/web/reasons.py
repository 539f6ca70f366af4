"""Why something cannot be done now, in words, by the codes that a reading or a rule gives."""

from certify.web.language import Language, marked, sentence, translations
from schemas.errors import ProcedureError

_TO_THE_READER = {
    "already_appointed": marked("The rapporteur is appointed."),
    "already_declared": marked("You declared an interest in this case before."),
    "already_released": marked("The label was released before."),
    "already_answered": marked("This was answered before."),
    "already_offered": marked("This file was handed in before as this kind of evidence."),
    "already_published": marked("This was published before."),
    "already_reported": marked("The report is on file."),
    "already_reviewed": marked("You handed in your review before."),
    "already_voted": marked("You voted in this round; a ballot cannot be changed."),
    "advised_and_decides": marked("Whoever advised on a case does not decide it."),
    "assignment_not_accepted": marked("You have not said yes to this review."),
    "decides_and_releases": marked("Whoever decides does not release."),
    "described_otherwise": marked("The same file was handed in before and described otherwise."),
    "evidence_differs": marked("Another file was handed in or announced under this name."),
    "evidence_incomplete": marked("Evidence or a reason is still missing for mandatory requirements."),
    "has_interest": marked("You declared an interest in this case."),
    "hearing_missing": marked("The applicant must be heard first."),
    "interests_not_declared": marked("Declare your interests first."),
    "another_case": marked("This belongs to another case."),
    "application_too_large": marked("The application is too large."),
    "is_reviewer": marked("You review this case."),
    "kept_away": marked("You can take no part in this case."),
    "too_late": marked("The time for this has passed."),
    "too_many_declarations": marked("This case takes no more declarations."),
    "too_many_items": marked("This case takes no more files."),
    "too_many_reviewers": marked("No more experts can be asked."),
    "too_many_rounds": marked("No more rounds can be opened."),
    "reviewer_has_interest": marked("A reviewer declared an interest: the plan must be approved again first."),
    "no_open_round": marked("No round is open."),
    "no_part_in_case": marked("You have no part in this case."),
    "no_release_needed": marked("Labels of this tier need no release."),
    "not_assigned": marked("You are not asked to review this case."),
    "not_in_electorate": marked("You are not in the electorate of this round."),
    "not_the_applicant": marked("Only the organisation that applied may do this."),
    "not_the_rapporteur": marked("Only the rapporteur of the case recommends."),
    "nothing_to_look_up": marked("Nothing is left to look up."),
    "own_organisation": marked("You belong to the organisation that applied."),
    "recused": marked("You left the electorate of this round."),
    "reviewed_and_decides": marked("Whoever evaluates a case does not decide it."),
    "reviewers_missing": marked("Not enough reviewers have said yes, or an area has none."),
    "role_missing": marked("This belongs to another role."),
    "round_is_open": marked("A round is open."),
    "third_party_report_missing": marked("The neutral third party's report is not on file yet."),
    "tied_to_applicant": marked("You are tied to the organisation that applied or to its group."),
    "already_confirmed": marked("The answers were confirmed before."),
    "already_extended": marked("The deadline was extended before."),
    "another_system": marked("Another system, or another version of it, is another application."),
    "another_tier_disputed": marked("The vote is about the disputed tier first."),
    "criterion_twice": marked("A criterion appears twice."),
    "earlier_edition": marked("This case follows an earlier edition of the procedure."),
    "evidence_expired": marked("What you cite for this criterion has expired."),
    "evidence_other_version": marked("What you cite for this criterion covers another version of the system."),
    "grade_without_nonconformity": marked("Only what does not pass has a grade."),
    "no_higher_tier": marked("There is no higher tier to vote on."),
    "no_nonconformity": marked("There is no open nonconformity under this criterion."),
    "no_open_question": marked("No question waits for an answer."),
    "not_in_register": marked("No decision is made before the entry in the Register."),
    "not_the_lead": marked("Only the lead reviewer of this case confirms the answers."),
    "nothing_amended": marked("The application states this already."),
    "nothing_corrected": marked("Nothing was changed yet under an open nonconformity."),
    "past_deadline": marked("The last deadline for this has passed."),
    "question_answered": marked("This question was answered before."),
    "rationale_missing": marked("Say why the answer is another one."),
    "reliance_missing": marked("Say why the maker of this earlier result is relied on."),
    "tier_not_higher": marked("A tier is only ever raised; nobody lowers it."),
    "too_many_corrections": marked("No more corrections can be handed in."),
    "too_many_questions": marked("No more questions can be asked."),
    "already_heard": marked("The applicant was heard, or did without it."),
    "already_recorded": marked("This was recorded before."),
    "already_revised": marked("You changed this verdict before."),
    "already_sent_back": marked("This case cannot be sent back again."),
    "criterion_not_in_plan": marked("Nobody judges this requirement in this case."),
    "decides_and_reviews": marked("Whoever voted on a case does not evaluate it."),
    "evidence_not_cited": marked("Name the evidence it rests on."),
    "no_hearing_called": marked("No hearing was called."),
    "no_such_choice": marked("This choice is not open in this vote."),
    "no_verdict_of_theirs": marked("You gave no verdict that counts in this case."),
    "other_manifest": marked("The evidence has changed since; look at it again."),
    "reasons_missing": marked("Say what the applicant is to supplement."),
    "recommendation_is_in": marked("The rapporteur has recommended on these verdicts."),
    "too_many_revisions": marked("No more verdicts can be changed."),
    "unknown_item": marked("This is not among the evidence handed in."),
    "verdict_unchanged": marked("This is your verdict already."),
    "wrong_stage": marked("The case is in another stage."),
}
_ABOUT_ANOTHER = {
    "advised_and_decides": marked("advised on this case"),
    "already_appointed": marked("is the rapporteur"),
    "already_assigned": marked("was asked before"),
    "area_missing": marked("has none of the areas this tier asks for"),
    "decides_and_reviews": marked("voted on this case"),
    "has_interest": marked("declared an interest in this case"),
    "is_third_party": marked("is a neutral third party"),
    "own_organisation": marked("belongs to the organisation that applied"),
    "reviewed_and_decides": marked("evaluates this case"),
    "tied_to_applicant": marked("is tied to the organisation that applied or to its group"),
}


def refusal_in(language: Language, error: ProcedureError) -> str:
    """Return the sentence of a refusal; it may hold what a person typed, so no places in it are filled.

    The rules speak English and name what they refuse. In another language the code's own sentence says it.
    """
    translated = translations(language).gettext(error.message)
    if language != "en" and translated == error.message and error.code in _TO_THE_READER:
        return sentence(language, _TO_THE_READER[error.code])
    return translated


def reason_of(language: Language, code: str) -> str:
    """Return what a code says to the person who wants to act."""
    return sentence(language, _TO_THE_READER.get(code, marked("This cannot be done now.")))


def reason_about(language: Language, code: str) -> str:
    """Return what a code says of another person who cannot be named for something."""
    return sentence(language, _ABOUT_ANOTHER.get(code, marked("cannot take part")))
