"""From a draft to an application: what is missing or malformed, in words, each beside the section that holds it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from certify.web.applicant.desk import PATH
from certify.web.applicant.draft import NOT_APPLICABLE, SECTIONS, ApplicationDraft, Asked, asked_in
from certify.web.language import Language, marked, sentence
from certify.web.wrong_fields import advised, in_words
from schemas.application import Application, InconsistentError

_SECTION_OF_KEY = {
    "system": "system",
    "organisation": "organisation",
    "ethics_officer": "organisation",
    "gates": "gates",
    "answers": "questions",
    "not_applicable": "requirements",
    "statements": "requirements",
    "agreement": "agreement",
}
_OF_THE_REGISTER = frozenset({("organisation", "name"), ("organisation", "country")})
"""What no form asks: whoever does not stand in the Register is told so once."""
_TOO_LONG = marked("This is too long; at most %(most)s characters.")
_YES_NO = {"yes": marked("Yes"), "no": marked("No"), "unknown": marked("I do not know (counts as the worst)")}
_ACCEPTED = marked("Yes, accepted")
_FIRST = marked("None: a first certification")
JOINING = f"{PATH}/organisation/new/apply-to-join"


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """Something that stands in the way of lodging.

    Attributes:
        section: that holds it, empty where none does.
        href: where else it is put right.
    """

    section: str
    name: str
    text: str
    href: str = ""


def composed(language: Language, draft: ApplicationDraft) -> tuple[Application | None, tuple[Trouble, ...]]:
    """Return the application that a draft makes, or what stands in the way."""
    gaps = (*_gaps(language, draft), *_unknown(language, draft))
    known = {trouble.name for trouble in gaps}
    try:
        application = Application.model_validate(draft.as_application())
    except ValidationError as error:
        wrong = (one for one in _wrong(language, draft, error) if one.name not in known)
        return None, (*gaps, *_once_a_field(wrong))
    return (None if gaps else application), gaps


def _once_a_field(troubles: Iterable[Trouble]) -> tuple[Trouble, ...]:
    """Keep the first trouble of each field: a list without its wrong members is not also too short."""
    first: dict[str, Trouble] = {}
    for one in troubles:
        first.setdefault(one.name, one)
    return tuple(first.values())


def _gaps(language: Language, draft: ApplicationDraft) -> Iterator[Trouble]:
    if draft.applicant is None:
        text = sentence(language, marked("Your organisation has not joined the Code: apply to join first."))
        yield Trouble(section="", name="name_in_register", text=text, href=JOINING)
    for one in asked_in(language, draft.scheme):
        if one.required and not draft.is_given(one):
            text = sentence(language, marked("Not provided: %(label)s"), label=one.label)
            yield Trouble(section=one.section, name=one.name, text=text)


def _unknown(language: Language, draft: ApplicationDraft) -> Iterator[Trouble]:
    """Yield what names nothing that the record knows."""
    asked = {one.name: one for one in asked_in(language, draft.scheme)}
    renews, kept_away = asked["renews"], asked["kept_away"]
    chosen = draft.typed.one("renews")
    if chosen and chosen not in draft.renewable:
        why = sentence(language, marked("choose a label of yours that can be renewed"))
        yield Trouble(section=renews.section, name=renews.name, text=f"{renews.label}: {why}")
    for why, values in draft.kept_away.wrong:
        text = f"{kept_away.label}: {sentence(language, why, **values)}"
        yield Trouble(section=kept_away.section, name=kept_away.name, text=text)


def _wrong(language: Language, draft: ApplicationDraft, error: ValidationError) -> Iterator[Trouble]:
    asked = {one.where: one for one in asked_in(language, draft.scheme)}
    for found in error.errors():
        where = tuple(str(part) for part in found["loc"])
        if draft.applicant is None and where in _OF_THE_REGISTER:
            continue
        cause = found.get("ctx", {}).get("error")
        if isinstance(cause, InconsistentError):
            for problem in cause.problems:
                yield _trouble(language, asked, (*where, *map(str, problem.where)), problem.message)
        else:
            yield _trouble(language, asked, where, _message(language, found))


def _message(language: Language, found: ErrorDetails) -> str:
    if found["type"] == "string_too_long":
        return sentence(language, _TOO_LONG, most=found["ctx"]["max_length"])
    return in_words(found)


def _trouble(language: Language, asked: Mapping[tuple[str, ...], Asked], where: tuple[str, ...], why: str) -> Trouble:
    why = sentence(language, advised(why) or why)
    if where[0] == "not_applicable" and len(where) > 1:
        return Trouble(section="requirements", name=f"{NOT_APPLICABLE}{where[1]}", text=f"{where[1]}: {why}")
    one = asked.get(where[:2])
    if one is None:
        return Trouble(section=_SECTION_OF_KEY.get(where[0], ""), name=".".join(where), text=why)
    return Trouble(section=one.section, name=one.name, text=f"{one.label}: {why}")


def answers_to_check(
    language: Language, draft: ApplicationDraft, path: str
) -> list[tuple[str, str, list[tuple[str, str, str]]]]:
    """Return section, its title, and its questions with answer in words and where to change it."""
    asked = asked_in(language, draft.scheme)
    return [
        (
            section,
            sentence(language, title),
            [
                *(
                    (one.label, _in_words(language, draft, one), f"{path}/{section}#{one.name}")
                    for one in asked
                    if one.section == section and (one.name != "renews" or draft.renewable)
                ),
                *(_reasons(language, draft, path) if section == "requirements" else ()),
            ],
        )
        for section, title in SECTIONS.items()
    ]


def _reasons(language: Language, draft: ApplicationDraft, path: str) -> Iterator[tuple[str, str, str]]:
    for criterion, reason in draft.not_applicable.items():
        title = draft.scheme.texts.criteria[criterion].title.in_language(language)
        label = sentence(language, marked("Does not apply: %(title)s"), title=title)
        yield label, reason, f"{path}/requirements#{NOT_APPLICABLE}{criterion}"


def _in_words(language: Language, draft: ApplicationDraft, one: Asked) -> str:
    texts = draft.scheme.texts
    if one.section == "questions" and draft.answers.get(one.name) is not None:
        return texts.questions[one.name].options[draft.answers[one.name] or 0].in_language(language)
    if one.name == "roles":
        return ", ".join(texts.roles[role].in_language(language) for role in draft.roles)
    if one.name == "kept_away":
        return _kept_away_in_words(draft)
    given = draft.typed.one(one.name)
    if one.name == "renews":
        return draft.renewable.get(given, given) or sentence(language, _FIRST)
    if one.name == "accepted":
        return sentence(language, _ACCEPTED) if given else ""
    is_choice = one.section in {"gates", "questions", "requirements"}
    return sentence(language, _YES_NO[given]) if is_choice and given in _YES_NO else given


def _kept_away_in_words(draft: ApplicationDraft) -> str:
    names = {one.id: one.name for one in draft.organisations}
    return "; ".join(names[one] for one in draft.kept_away.ids)
