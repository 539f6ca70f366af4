"""The words printed on every label, in the languages of the scheme. Names come from the scheme itself."""

from typing import NamedTuple

from schemas.label import LabelFacts
from schemas.label_number import format_number, is_preview


class Words(NamedTuple):
    """What a label says in one language; `{}` takes the fact."""

    title: str
    version: str
    number: str
    holder: str
    issuer: str
    issued: str
    ends: str
    scan: str
    preview: str


WORDS = {
    "en": Words(
        title="Label {}",
        version="version {}",
        number="Number",
        holder="Holder",
        issuer="Issuer",
        issued="issued {}",
        ends="ends {} at the latest",
        scan="scan: does it still stand?",
        preview="PREVIEW",
    ),
    "ru": Words(
        title="Знак соответствия {}",
        version="версия {}",
        number="Номер",
        holder="Держатель",
        issuer="Кем выдан",
        issued="выдан {}",
        ends="окончание не позднее {}",
        scan="сканируйте: в силе ли он?",
        preview="ОБРАЗЕЦ",
    ),
}


def dates_and_question(facts: LabelFacts) -> tuple[str, str, str]:
    """Return when it was issued, when it ends at the latest, and the question only a scan can answer.

    A print cannot know whether its label still stands, so it never says so.
    """
    words = WORDS[facts.language]
    return (words.issued.format(facts.issued_on), words.ends.format(f"{facts.ends_on:%Y-%m}"), words.scan)


def title_of(facts: LabelFacts) -> str:
    """Return the picture's name, for those who do not see it."""
    return WORDS[facts.language].title.format(format_number(facts.id))


def description_of(facts: LabelFacts) -> str:
    """Return all that the picture says, for those who do not see it."""
    words = WORDS[facts.language]
    product = f"{facts.product}, {words.version.format(facts.version)}"
    parties = f"{words.holder}: {facts.holder}. {words.issuer}: {facts.issuer}"
    return f"{facts.scheme_title}. {facts.tier_name}. {product}. {parties}. {' · '.join(dates_and_question(facts))}"


def watermark_of(facts: LabelFacts, wanted: str | None) -> str | None:
    """Return the word across a picture: a preview has its own always, another picture only one that is asked for."""
    return WORDS[facts.language].preview if is_preview(facts.id) else wanted
