"""Why a label stands as it does, in words for everybody; the recorded classes of reasons are the words of the code."""

from collections.abc import Mapping

from certify.web.language import Language, marked, sentence
from schemas.label import Standing
from schemas.label_life import GROUNDS, Because, Step

WHY: Mapping[str, str] = {
    Because.GRANTED: marked("The Commission granted it."),
    Because.PROLONGED: marked("It carries an earlier label on until the renewal of that one is decided."),
    Because.SURVEILLANCE_MISSED: marked("The holder did not hand in what a surveillance asked for."),
    Because.REQUIREMENTS_NOT_MET: marked("Requirements of the scheme were found not met."),
    Because.PRODUCT_CHANGED: marked("The product is no longer the one that was certified."),
    Because.MARK_MISUSED: marked("The mark was used in a way that misleads."),
    Because.AGREEMENT_BROKEN: marked("The holder broke the certification agreement."),
    Because.HARM_REPORTED: marked("Harm caused by the product was reported."),
    Because.LIFE_OR_HEALTH_AT_RISK: marked("Life or health is at risk."),
    Because.INTEREST_FOUND: marked("An interest of somebody who judged or decided was found later."),
    Because.SUSPENSION_NOT_CONFIRMED: marked("The Commission did not confirm the suspension in time."),
    Because.SUSPENSION_VOTED_DOWN: marked("The Commission voted against the suspension."),
    Because.CONDITIONS_MET: marked("The Commission found that what it was suspended for is put right."),
    Because.TERM_ENDED: marked("Its term ended."),
    Because.RENEWED: marked("A renewal gave a new label."),
    Because.HOLDER_DECIDED: marked("The holder ended it."),
    Because.LEFT_CODE: marked("The holder left the Code of Ethics."),
}
_CARRIED_ON = marked("A new label carries it on until its renewal is decided.")
_BY_HANDING_IN = marked(
    "It can be restored once what was missed is handed in and judged, and the Commission has decided on it."
)
_BY_DECISION = marked("It can be restored by a decision of the Commission; its conditions cannot be shown now.")


def why(language: Language, step: Step) -> str:
    """Say why a label took a step."""
    if step.standing == Standing.SUPERSEDED and step.because == Because.PROLONGED:
        return sentence(language, _CARRIED_ON)
    return sentence(language, WHY[step.because])


def why_class(language: Language, because: Because) -> str:
    """Say what a class of reasons means."""
    return sentence(language, WHY[because])


def restoration(language: Language, step: Step, written: str | None) -> str:
    """Say how a suspension can be lifted: in the words of those who suspended, where they can be shown."""
    if step.because == Because.SURVEILLANCE_MISSED:
        return sentence(language, _BY_HANDING_IN)
    return written or sentence(language, _BY_DECISION)


def ground_words(language: Language) -> list[tuple[str, str]]:
    """Return the reasons for which people suspend or withdraw, with their words."""
    return [(ground.value, why_class(language, ground)) for ground in GROUNDS]
