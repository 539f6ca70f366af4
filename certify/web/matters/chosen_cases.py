"""Applications and criteria to choose from in forms of other matters: people know them by name, not by id."""

from certify.register import schemes
from certify.web.acting import Before
from certify.web.language import language_of
from certify.web.matters.choices import Applications, choose, chosen_from
from certify.web.matters.open_matter import OpenMatter


async def applications(before: Before[OpenMatter]) -> dict[str, object]:
    """Return the applications that somebody may know of, by their names."""
    return {"applications": await chosen_from(before, "case", Applications())}


async def applications_and_criteria(before: Before[OpenMatter]) -> dict[str, object]:
    """Return the applications that have findings, and the criteria of the schemes that were adopted."""
    language = language_of(before.request, remembered=True)
    async with before.services.database.reading() as session:
        adopted = [row.parsed for row in await schemes.every(session)]
    titles = {key: text.title for scheme in reversed(adopted) for key, text in scheme.texts.criteria.items()}
    criteria = [(key, f"{key} {title.in_language(language)}") for key, title in sorted(titles.items())]
    applications = await chosen_from(before, "case", Applications(lambda case: bool(case.results)))
    return {"applications": applications, "criteria": [choose(before), *criteria]}
