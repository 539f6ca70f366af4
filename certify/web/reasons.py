"""Why something cannot be done now, in words, by the codes that a reading gives."""

from certify.web.language import Language, marked, sentence

_REASONS = {
    "already_declared": marked("You declared an interest in this case before."),
    "already_released": marked("The label was released before."),
    "already_reported": marked("The report is on file."),
    "already_voted": marked("You voted in this round; a ballot cannot be changed."),
    "decides_and_releases": marked("Whoever decides does not release."),
    "reviewed_and_decides": marked("Whoever evaluates a case does not decide it."),
    "advised_and_decides": marked("Whoever advised on a case does not decide it."),
    "has_interest": marked("You declared an interest in this case."),
    "hearing_missing": marked("The applicant must be heard first."),
    "interests_not_declared": marked("Declare your interests first."),
    "no_open_round": marked("No round is open."),
    "no_release_needed": marked("Labels of this tier need no release."),
    "not_in_electorate": marked("You are not in the electorate of this round."),
    "not_in_register": marked("The organisation must stand in the Register first."),
    "not_the_rapporteur": marked("Only the rapporteur of the case recommends."),
    "own_organisation": marked("The person belongs to the organisation that applied."),
    "recused": marked("You left the electorate of this round."),
    "reviewers_missing": marked("Not enough reviewers have said yes, or an area has none."),
    "role_missing": marked("This belongs to another role."),
    "round_is_open": marked("A round is open."),
    "third_party_report_missing": marked("The neutral third party's report is not on file yet."),
    "wrong_stage": marked("The case is in another stage."),
    "is_third_party": marked("A neutral third party reviews no case."),
    "area_missing": marked("None of the areas this tier asks for."),
    "already_assigned": marked("Was asked before."),
    "already_appointed": marked("Is the rapporteur."),
}
_OTHERWISE = marked("This cannot be done now.")


def reason_of(language: Language, code: str) -> str:
    """Return in a language what a code says."""
    return sentence(language, _REASONS.get(code, _OTHERWISE))
