"""Applications and criteria to choose from in forms of other matters: people know them by name, not by id."""

from collections.abc import Sequence

from certify.web.acting import Before
from certify.web.casework import ListedCase, list_cases
from certify.web.language import language_of, marked, sentence
from certify.web.matters.open_matter import OpenMatter


async def applications(before: Before[OpenMatter]) -> dict[str, object]:
    """Return the applications that somebody may know of, by their names."""
    return {"applications": _named(before, await list_cases(before.services, before.principal))}


async def applications_and_criteria(before: Before[OpenMatter]) -> dict[str, object]:
    """Return the applications that have findings, and the criteria of their schemes."""
    listed = await list_cases(before.services, before.principal, where=lambda case: bool(case.results))
    language = language_of(before.request, remembered=True)
    titles = {key: text.title for one in listed for key, text in one.scheme.texts.criteria.items()}
    criteria = [(key, f"{key} {title.in_language(language)}") for key, title in sorted(titles.items())]
    return {"applications": _named(before, listed), "criteria": _with(before, "criterion", criteria)}


def _named(before: Before[OpenMatter], listed: Sequence[ListedCase]) -> list[tuple[str, str]]:
    readings = sorted((one.reading for one in listed), key=lambda one: (one.system.name, one.system.version))
    named = [
        (one.id, f"{one.system.name} {one.system.version}, {one.organisation_name} ({one.reference})")
        for one in readings
    ]
    return _with(before, "case", named)


def _with(before: Before[OpenMatter], name: str, offered: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the options, with what a link or a form of before named and is not among them."""
    typed, none = before.typed.one(name), ("", sentence(language_of(before.request, remembered=True), marked("Choose")))
    known = not typed or any(key == typed for key, _ in offered)
    return [none, *offered] if known else [none, *offered, (typed, typed)]
