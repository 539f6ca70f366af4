"""A tier's checklist, from the scheme alone: to print, to tick in a text file, to sort in a spreadsheet (II-2.5)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from certify.web import self_check_words as words
from certify.web.language import Language, marked, sentence
from certify.web.spreadsheet import as_csv
from schemas.scheme import CriterionRule, Scheme, Tier

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~])")
_HEADINGS = (
    marked("Criterion"),
    marked("Title"),
    marked("Requirement"),
    marked("Article of the Code"),
    marked("Kind"),
    marked("Can be shown by"),
    marked("Answered"),
    marked("Area"),
    marked("Roles"),
    marked("Done"),
    marked("Where it is shown"),
)
_KINDS = {True: marked("mandatory"), False: marked("recommended")}
_ALWAYS = marked("without evidence, %(source)s")
_WHERE = marked("without evidence, %(source)s, where %(condition)s")
_SHORT = marked("a short form is enough")
_LOOKUP = marked("the secretariat looks it up")
_TITLE = marked("Checklist: %(tier)s")
_OF = marked("%(title)s, version %(version)s")


@dataclass(frozen=True, kw_only=True)
class ChecklistLine:
    """One criterion in words.

    Attributes:
        evidence: types that can show it.
        answered: where a rule answers it, empty where it must be shown in any case.
        area: area of competence that judges it.
    """

    id: str
    title: str
    requirement: str
    article: str
    mandatory: bool
    evidence: str
    answered: str
    area: str
    roles: str


def checklist(scheme: Scheme, tier: Tier, language: Language) -> tuple[ChecklistLine, ...]:
    """Return every criterion of a tier, sorted by id."""
    return tuple(_line(scheme, rule, tier, language) for rule in scheme.rules.criteria_of(tier))


def title_of(scheme: Scheme, tier: Tier, language: Language) -> str:
    """Return what the checklist is called."""
    return sentence(language, _TITLE, tier=scheme.texts.tiers[tier].name.in_language(language))


def as_markdown(scheme: Scheme, tier: Tier, language: Language) -> str:
    """Return the checklist as a text with boxes to tick."""
    title, version = scheme.texts.title.in_language(language), scheme.rules.version
    lines = [
        f"# {_plain(title_of(scheme, tier, language))}",
        "",
        _plain(sentence(language, _OF, title=title, version=version)),
        "",
        f"SHA-256 `{scheme.digest}`",
    ]
    listed = checklist(scheme, tier, language)
    for mandatory, kind in _KINDS.items():
        of_kind = [one for one in listed if one.mandatory == mandatory]
        if of_kind:
            lines += ["", f"## {_plain(sentence(language, kind))}: {len(of_kind)}", ""]
            lines += [text for one in of_kind for text in _ticked(one, language)]
    return "\n".join(lines) + "\n"


def as_table(scheme: Scheme, tier: Tier, language: Language) -> bytes:
    """Return the checklist as CSV; the last two columns are for whoever works with it."""
    rows = [[sentence(language, heading) for heading in _HEADINGS]]
    for one in checklist(scheme, tier, language):
        kind = sentence(language, _KINDS[one.mandatory])
        known = [one.id, one.title, one.requirement, one.article, kind, one.evidence, one.answered, one.area, one.roles]
        rows.append([*known, "", ""])
    return as_csv(rows)


def _line(scheme: Scheme, rule: CriterionRule, tier: Tier, language: Language) -> ChecklistLine:
    texts, by_secretariat = scheme.texts, scheme.rules.areas[rule.area] == "secretariat"
    evidence = words.evidence_in(language, scheme, rule)
    if rule.short_form_low and tier == Tier.LOW:
        evidence = f"{evidence} ({sentence(language, _SHORT)})"
    return ChecklistLine(
        id=rule.id,
        title=texts.criteria[rule.id].title.in_language(language),
        requirement=texts.criteria[rule.id].requirement.in_language(language),
        article=f"{rule.article} {texts.articles[rule.article].in_language(language)}",
        mandatory=rule.is_mandatory,
        evidence=evidence,
        answered=_answered(rule, tier, language),
        area=sentence(language, _LOOKUP) if by_secretariat else texts.areas[rule.area].in_language(language),
        roles=", ".join(texts.roles[role].in_language(language) for role in rule.roles),
    )


def _answered(rule: CriterionRule, tier: Tier, language: Language) -> str:
    if tier == Tier.LOW and rule.answered_by_low:
        source = words.source_in(language, rule.answered_by_low)
        if rule.answered_if is None:
            return sentence(language, _ALWAYS, source=source)
        return sentence(language, _WHERE, source=source, condition=rule.answered_if)
    source = words.source_in(language, rule.answered_by)
    return sentence(language, _ALWAYS, source=source) if source else ""


def _ticked(one: ChecklistLine, language: Language) -> Iterator[str]:
    yield f"- [ ] **{one.id} {_plain(one.title)}**  "
    yield f"  {_plain(one.requirement)}"
    shown = (
        (marked("Can be shown by"), one.evidence),
        (marked("Answered"), one.answered),
        (marked("Area"), one.area),
        (marked("Roles"), one.roles),
        (marked("Article of the Code"), one.article),
    )
    for name, value in shown:
        if value:
            yield f"  - {_plain(sentence(language, name))}: {_plain(value)}"


def _plain(text: str) -> str:
    """Return a text in which nothing is markup, on one line."""
    return _MARKDOWN.sub(r"\\\1", " ".join(text.split()))
