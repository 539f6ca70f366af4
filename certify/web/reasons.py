"""Why something cannot be done now, in words, by the codes that a reading or a rule gives."""

from certify.web.language import Language, marked, sentence, translations
from schemas.errors import ProcedureError

_TO_THE_READER = {
    "organisation_unnamed": marked("Give name and country of the organisation that is about to join."),
    "seat_lost": marked("You hold no seat any more; a vote is for those who hold one."),
    "already_entered": marked("This organisation stands in the Register already."),
    "application_pending": marked("An application to join waits for its answer."),
    "contact_missing": marked("Tell how the ethics officer is reached."),
    "elected_lacks_role": marked("Not everyone elected holds the role of this body."),
    "elected_twice": marked("Somebody would hold two seats of the body at once."),
    "known_here": marked("This organisation is known here: it applies, and the Commission votes."),
    "name_taken": marked("Another organisation of this country stands in the Register under this name."),
    "no_seat": marked("Only whoever holds a seat there now may do this."),
    "no_such_office": marked("Only the Commission has a chair, a deputy and substitutes."),
    "nobody_in_group": marked("A working group has at least one member."),
    "not_held_yet": marked("An election is recorded once it was held."),
    "not_in_register": marked("This organisation does not stand in the Register."),
    "not_the_organisation": marked("Only the organisation itself may do this."),
    "not_voted_down": marked("The Commission has not voted against an application."),
    "nothing_applied_for": marked("No application to join waits for an answer."),
    "nothing_waits": marked("Nothing waits for a second person."),
    "officer_missing": marked("Whose contact is this? Name the ethics officer."),
    "own_election": marked("Nobody confirms their own election."),
    "own_parent": marked("An organisation is neither its own parent nor its own subsidiary."),
    "own_seat": marked("Nobody confirms this of their own seat."),
    "pool_too_small": marked("The appeal pool has more seats than this."),
    "seats_apart": marked("Somebody would sit in two bodies at once; nobody may."),
    "second_person_needed": marked("Whoever recorded this does not confirm it."),
    "term_over": marked("A term that is over gives no seat."),
    "too_many_elected": marked("More people are elected than the body has seats."),
    "too_many_motions": marked("No more votes are taken on this."),
    "too_many_waiting": marked("Too much waits for a second person already."),
    "two_leads": marked("Two people would hold the same office at once."),
    "unknown_seat": marked("Nobody holds such a seat."),
    "vacancy_waits": marked("This vacancy waits for a second person."),
    "voted_down": marked("The Commission voted against this application."),
    "year_to_come": marked("This year has not begun."),
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
    "already_drawn": marked("The neutral third party was drawn before."),
    "another_application": marked("Organisation, reference and scheme stay as they were lodged."),
    "answer_missing": marked("Answer every question."),
    "lower_answer_unexplained": marked("An answer is lower than last time; say in the note why."),
    "no_such_choice": marked("This choice is not open in this vote."),
    "no_such_question": marked("There is no such question to answer now."),
    "no_third_party_needed": marked("This tier has no neutral third party."),
    "nobody_to_draw": marked("Nobody with this role is free of interests in this case."),
    "not_drawn": marked("You were not drawn as the neutral third party of this case."),
    "person_twice": marked("Somebody is named more than once."),
    "report_is_the_yes": marked("You say yes by handing in your report."),
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
    "wrong_stage": marked("The case is in another stage."),
}
_ABOUT_ANOTHER = {
    "advised_and_decides": marked("advised on this case"),
    "already_appointed": marked("is the rapporteur"),
    "already_assigned": marked("was asked before"),
    "area_missing": marked("has none of the areas this tier asks for"),
    "has_interest": marked("declared an interest in this case"),
    "is_third_party": marked("is a neutral third party"),
    "cannot_act": marked("said no, declared an interest or takes part already"),
    "kept_away": marked("can take no part in this case"),
    "own_organisation": marked("belongs to the organisation that applied"),
    "reviews_or_decides": marked("reviews or decides cases"),
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
