"""Why something cannot be done now in a matter, in words, by the codes that a reading or a rule gives."""

from typing import Final

from certify.web import reasons
from certify.web.language import Language, marked, sentence, translations
from certify.web.matters import label_terms
from certify.web.wrong_fields import NOT_OF_THE_FORM
from schemas.errors import ProcedureError

_UNCHECKED: Final = marked("This cannot be checked now; that says nothing for or against it.")
_TO_THE_READER: Final = {
    "adopted_before": marked(
        "This version was in force before and was replaced; to return to it, hand it in under another number."
    ),
    "already_answered": marked("This was answered before."),
    "already_appealed": marked("Your organisation appealed against this before."),
    "already_decided": marked("This was decided."),
    "already_declared": marked("You declared an interest in this matter before."),
    "already_published": marked("This was published before."),
    "already_voted": marked("You voted on this; a vote cannot be changed."),
    "another_question": marked("Another question is open."),
    "body_statement_missing": marked("The body's side is not stated yet."),
    "electorate_too_small": marked("Too few people may vote on this."),
    "appeal_pool_too_small": marked("The appeal pool has too few people."),
    "erasure_approved": marked("This erasure was approved."),
    "errand_not_asked": marked("The record does not ask for this."),
    "evidence_held": marked("An appeal or a complaint is open; it is kept until the end."),
    "evidence_needed": marked("The case goes on with it, or a label still rests on it."),
    "facts_missing": marked("What the record says of this is not known."),
    "filing_time_over": marked("The time for an appeal against this has ended."),
    "findings_missing": marked("The handler has not written down what was found."),
    "form_too_large": marked("What you sent is too long for this form."),
    "handles_and_decides": marked("Whoever handles a complaint does not decide it."),
    "has_interest": marked("An interest of yours in this matter is on record."),
    "image_not_looked_at": marked("The image could not be looked at now; please send it again."),
    "image_too_large": marked("An image has at most 2 MiB, 8000 pixels a side and 20 million pixels in all."),
    "image_unfit": marked("An image is one PNG or JPEG picture that does not move."),
    "image_unreadable": marked("The image is damaged and cannot be read to its end."),
    "legal_hold": marked("A legal hold stands; nothing it covers is erased."),
    "item_or_files": marked("Name one item, or all files."),
    "lifting_asked": marked("Its lifting was asked for before."),
    "malformed_form": NOT_OF_THE_FORM,
    "hold_confirmed": marked("This hold was confirmed."),
    "hold_unconfirmed": marked("This hold waits for a second person, who can refuse it."),
    "hearing_missing": marked("The party asked to be heard."),
    "matter_ended": marked("This has ended."),
    "mistyped_code": marked("A tracking code has four groups of four characters and one check character; look again."),
    "motion_is_open": marked("A vote is open."),
    "no_consent": marked("The asker did not agree to a publication."),
    "no_hearing_due": marked("No hearing is asked for, or it was held."),
    "no_lifting_asked": marked("Nobody has asked that this hold be lifted."),
    "no_open_motion": marked("No vote is open."),
    "no_open_question": marked("Nothing is asked now."),
    "no_panel_possible": marked("Too few people of the pool are free of any part in this."),
    "no_part_in_matter": marked("You have no part in this matter."),
    "not_answered": marked("The Commission has not answered yet."),
    "not_appealable": marked("Nobody can appeal against this."),
    "not_in_electorate": marked("You are not in the electorate of this vote."),
    "not_on_the_panel": marked("Only a member of the panel may do this."),
    "not_the_handler": marked("Only the handler of the complaint may do this."),
    "not_overtaken": marked("An adoption of this version would still change something."),
    "not_the_proposer": marked("Only who proposed this may take it back."),
    "not_the_party": marked("Only the party of an act appeals against it."),
    "not_voted": marked("The panel has not voted."),
    "nothing_proposed": marked("No answer is proposed yet."),
    "only_without_account": marked("This is done without an account."),
    "only_an_interest": marked("Whoever only keeps the label declares an interest, if they have one."),
    "own_hold": marked("Nobody sets or lifts a hold on what concerns themselves."),
    "own_organisation": marked("This is about your own organisation."),
    "panel_complete": marked("The panel is complete."),
    "panel_incomplete": marked("The panel is not complete."),
    "public_reason_too_long": marked("The public reason is too long."),
    "question_is_open": marked("The complainant was asked, and has time to answer."),
    "recused": marked("You left the electorate of this vote."),
    "statement_missing": marked("Say in a sentence what the interest is."),
    "text_too_long": marked("This text is too long."),
    "tied_to_party": marked("A standing tie binds you to the party of this matter; another person does this."),
    "too_many_questions": marked("No more questions can be asked."),
    "too_many_reports": marked("Many reports are coming in just now; please try again in a minute."),
    "took_part": marked("Whoever took part in what this is about neither handles nor decides it."),
    "unknown_application": marked("There is no such application."),
    "unknown_entry": marked("There is no such entry in the record."),
    "unknown_image": marked("There is no such image."),
    "unknown_item": marked("There is no such item."),
    "unknown_code": marked("No complaint has this tracking code."),
    "already_assigned": marked("This person handles the complaint already."),
    "already_filed": marked("This complaint was filed before."),
    "already_in_force": marked("This version is in force."),
    "another_matter": marked("This belongs to another matter."),
    "another_motion": marked("This ballot is for another vote than the one that is open; open the page again."),
    "named_twice": marked("Somebody is named twice."),
    "no_such_finding": marked("That case has no result for this criterion."),
    "not_for_people": marked("Nobody who is signed in does this."),
    "not_published": marked("This is not published."),
    "only_the_engine": marked("Nobody does this by hand; it follows by rule."),
    "opened_already": marked("This was opened before."),
    "other_in_force": marked("Another version came into force meanwhile; propose this one anew."),
    "other_object": marked("This ballot was cast on something else than what is voted on."),
    "own_act": marked("Nobody handles an appeal against an act of their own."),
    "same_person": marked("This takes two different people, and you are the first of them."),
    "too_many_groups": marked("There are as many working groups as there can be."),
    "too_many_names": marked("Too many people are named."),
    "too_many_seats": marked("No more seats are kept at once."),
    "too_many_ties": marked("You have stated as many ties as are kept; end one first."),
    "unknown_election": marked("No such election waits for a second person."),
    "unknown_group": marked("There is no such working group."),
    "unknown_held": marked("There is no such case, label, organisation or person."),
    "unknown_matter": marked("There is no such matter."),
    "unknown_scheme": marked("Hand the scheme in before you propose it."),
    "unknown_vacancy": marked("No such vacancy waits for a second person."),
    "scheme_names": marked("The scheme names what it does not define, or has no text for what it defines."),
    "version_taken": marked("Another version was adopted under this number; hand this one in under one of its own."),
    "keys_unreadable": marked("The keys cannot be read now."),
    "log_unreadable": marked("The log cannot be read now."),
    "label_differs": _UNCHECKED,
    "list_differs": _UNCHECKED,
    "proof_unreadable": _UNCHECKED,
    **label_terms.REASONS,
}
_ABOUT_ANOTHER: Final = {
    "already_assigned": marked("handles it already"),
    "has_interest": marked("has an interest in this matter"),
    "own_organisation": marked("belongs to the organisation this is about"),
    "tied_to_party": marked("is tied to the organisation this is about"),
    "took_part": marked("took part in what this is about"),
}


def refusal_in(language: Language, error: ProcedureError) -> str:
    """Return the sentence of a refusal in a matter; it may hold what a person typed, so no places in it are filled."""
    translated = translations(language).gettext(error.message)
    if language != "en" and translated == error.message and error.code in _TO_THE_READER:
        return sentence(language, _TO_THE_READER[error.code])
    return reasons.refusal_in(language, error)


def reason_of(language: Language, code: str) -> str:
    """Return what a code says to the person who wants to act in a matter."""
    return sentence(language, _TO_THE_READER[code]) if code in _TO_THE_READER else reasons.reason_of(language, code)


def reason_about(language: Language, code: str) -> str:
    """Return what a code says of another person who cannot be named for something in a matter."""
    own = _ABOUT_ANOTHER.get(code)
    return sentence(language, own) if own is not None else reasons.reason_about(language, code)
