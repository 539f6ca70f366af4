"""What a self-check or a checklist says in words, on the page and in the terminal alike."""

from collections.abc import Mapping

from certify.web.language import Language, marked, sentence, translations
from schemas.scheme import CriterionRule, GateOutcome, Scheme, Source
from schemas.self_check import CriterionFound, LimitFound, SelfCheck

_PASSES = marked("Lets pass")
_OUTCOMES: Mapping[GateOutcome, str] = {
    GateOutcome.OUT_OF_SCOPE: marked(
        "Out of scope: the application would be declined by rule, and nothing is evaluated."
    ),
    GateOutcome.REFUSE: marked(
        "Prohibited use: the Commission would refuse the label by a decision with reasons, which can be appealed."
    ),
    GateOutcome.ASK: marked("An application needs an answer here before it can be lodged."),
    GateOutcome.START_ACCESSION: marked(
        "Join the Code first or meanwhile: the evaluation may run, the decision waits for the Register."
    ),
    GateOutcome.AT_LEAST_MEDIUM: marked("The risk tier is at least medium."),
    GateOutcome.AT_LEAST_HIGH: marked("The risk tier is at least high."),
    GateOutcome.AT_LEAST_CRITICAL: marked("The risk tier is critical."),
}
_ANSWERS = {"yes": marked("Yes"), "no": marked("No"), "unknown": marked("Unknown")}
_NO_ANSWER = marked("Not answered")
_SOURCES: Mapping[Source, str] = {
    "register": marked("from the Register"),
    "questionnaire": marked("from the risk questionnaire"),
    "agreement": marked("from the certification agreement"),
    "application": marked("from the application form"),
}
_LIMITS = {
    "cap": marked("%(id)s: at most %(tier)s"),
    "floor": marked("%(id)s: at least %(tier)s"),
    "gate": marked("Gate %(id)s: at least %(tier)s"),
}
_SUM = marked("%(base)s of %(greatest)s points: %(tier)s (%(least)s to %(most)s points)")
_FREE = marked("Nothing")
_FEE = marked("%(amount)s %(currency)s, owed %(owed)s")


def outcome_in(language: Language, outcome: GateOutcome | None) -> str:
    """Return what a gate leads to."""
    return sentence(language, _OUTCOMES[outcome] if outcome else _PASSES)


def answer_in(language: Language, answer: str | None) -> str:
    """Return an answer at a gate; a sentence comes back as it was written."""
    return sentence(language, _ANSWERS[answer]) if answer in _ANSWERS else answer or sentence(language, _NO_ANSWER)


def source_in(language: Language, source: Source | None) -> str:
    """Return where the answer to a criterion stands, an empty text for nowhere."""
    return sentence(language, _SOURCES[source]) if source else ""


def sum_in(language: Language, scheme: Scheme, found: SelfCheck) -> str:
    """Return the sum of the points with the band it falls into."""
    least, most = found.band
    return sentence(
        language,
        _SUM,
        base=found.assessment.base,
        greatest=found.greatest_sum,
        tier=scheme.texts.tiers[found.assessment.band].name.in_language(language),
        least=least,
        most=most,
    )


def limit_in(language: Language, scheme: Scheme, limit: LimitFound) -> str:
    """Return a cap, floor or gate with the tier it holds to."""
    tier = scheme.texts.tiers[limit.tier].name.in_language(language)
    return sentence(language, _LIMITS[limit.kind], id=limit.id, tier=tier)


def evidence_in(language: Language, scheme: Scheme, criterion: CriterionFound | CriterionRule) -> str:
    """Return the types of evidence that can show a criterion, joined by *or*, or by *and* where all are needed."""
    word = marked("or") if criterion.evidence_rule == "any_of" else marked("and")
    names = [scheme.texts.evidence_types[kind].in_language(language) for kind in criterion.evidence]
    return f" {translations(language).gettext(word)} ".join(names)


def fee_in(language: Language, found: SelfCheck) -> str:
    """Return what the certification costs, and when it is owed."""
    fee = found.fee
    if fee.currency == "none" or not fee.amount:
        return sentence(language, _FREE)
    return sentence(language, _FEE, amount=fee.amount, currency=fee.currency, owed=fee.owed.in_language(language))
