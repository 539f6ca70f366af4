"""The methods for anybody to take: every adopted version by its digest, and checklists in both languages."""

import csv
import hashlib
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from io import StringIO
from pathlib import Path

import httpx2
import pytest

from schemas.record_events import SchemeAdopted
from schemas.scheme import Scheme, Tier
from schemas.scheme_loading import load_scheme
from tests.builders import START, scheme
from tests.pages.conftest import HOST, Eyes, House, keep, words_of

LANGUAGES = ("en", "ru")
PATH = f"/scheme/{scheme().digest}"


@pytest.fixture
async def anybody(house: House) -> AsyncIterator[httpx2.AsyncClient]:
    """A visitor without an account."""
    transport = httpx2.ASGITransport(app=house.app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url=HOST) as client:
        yield client


def later() -> Scheme:
    """Another version, whose texts would spoil a careless table, text or page."""
    rules, texts = scheme().rules, scheme().texts
    title = texts.criteria["I-1.1-01"].title.model_copy(update={"en": "=1+1 <b>*bold*</b> [x](y)", "ru": "@сумма"})
    words = texts.criteria["I-1.1-01"].model_copy(update={"title": title})
    return scheme().model_copy(
        update={
            "rules": rules.model_copy(update={"version": "1.10 \u2116 2"}),
            "texts": texts.model_copy(update={"criteria": {**texts.criteria, "I-1.1-01": words}}),
        }
    )


async def adopted(house: House, whole: Scheme) -> str:
    """Adopt another version, and return the path of what is given out of it."""
    event = SchemeAdopted(
        at=START + timedelta(days=1),
        actor="engine",
        scheme=whole.rules.id,
        scheme_version=whole.rules.version,
        digest=whole.digest,
        content=whole.model_dump(mode="json"),
    )
    async with house.services.database.writing() as session:
        await keep(session, f"scheme/{whole.rules.id}", event)
    return f"/scheme/{whole.digest}"


async def test_the_canonical_json_has_the_digest_it_is_called_by(house: House, anybody: httpx2.AsyncClient) -> None:
    for whole, path in ((scheme(), PATH), (later(), await adopted(house, later()))):
        answer = await anybody.get(f"{path}/scheme.json")

        assert answer.status_code == 200
        assert hashlib.sha256(answer.content).hexdigest() == whole.digest
        assert Scheme.model_validate_json(answer.content) == whole
        assert "immutable" in answer.headers["Cache-Control"]


async def test_the_source_is_read_as_the_version_it_is(
    house: House, anybody: httpx2.AsyncClient, tmp_path: Path
) -> None:
    for whole, path in ((scheme(), PATH), (later(), await adopted(house, later()))):
        folder = tmp_path / whole.digest
        folder.mkdir()
        (folder / "scheme.yaml").write_bytes((await anybody.get(f"{path}/scheme.yaml")).content)

        assert load_scheme(folder).digest == whole.digest


async def test_every_version_ever_adopted_is_listed_the_last_one_first(
    house: House, anybody: httpx2.AsyncClient
) -> None:
    await adopted(house, later())

    page = await anybody.get("/scheme/download")

    words = words_of(page)
    assert words.index(later().digest) < words.index(scheme().digest)
    for href in re.findall(r'href="(/scheme/[0-9a-f]{64}/[^"]+)"', page.text):
        assert (await anybody.get(href)).status_code == 200, href
    assert len(re.findall(r'href="/scheme/[0-9a-f]{64}/', page.text)) == 2 * (2 + len(Tier) * 5)


async def test_the_scheme_page_leads_there_and_tells_the_fees(anybody: httpx2.AsyncClient) -> None:
    page = await anybody.get("/scheme")

    assert 'href="/scheme/download"' in page.text
    assert 'href="/self-check"' in page.text
    assert f'href="{PATH}/checklist/low"' in page.text
    words = words_of(page)
    assert words.index("Certification costs nothing, in any risk tier.") < words.index("How risk is counted")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("tier", list(Tier))
async def test_a_checklist_has_every_criterion_of_its_tier_in_each_form(
    anybody: httpx2.AsyncClient, tier: Tier, language: str
) -> None:
    query = {"lang": language}
    page = words_of(await anybody.get(f"{PATH}/checklist/{tier}", params=query))
    markdown = (await anybody.get(f"{PATH}/checklist/{tier}.md", params=query)).text
    table = await anybody.get(f"{PATH}/checklist/{tier}.csv", params=query)
    rows = list(csv.DictReader(StringIO(table.content.decode("utf-8-sig"), newline="")))

    texts = scheme().texts
    asked = scheme().rules.criteria_of(tier)
    assert len(rows) == len(asked) == markdown.count("\n- [ ] ")
    for rule, row in zip(asked, rows, strict=True):
        words = texts.criteria[rule.id]
        title, requirement = (getattr(words.title, language), getattr(words.requirement, language))
        assert list(row.values())[:3] == [rule.id, title, requirement]
        assert f"{rule.id} {title} {requirement}" in page
        assert f"- [ ] **{rule.id} " in markdown
        for kind in rule.evidence:
            assert getattr(texts.evidence_types[kind], language) in list(row.values())[5]


async def test_a_checklist_says_where_a_rule_answers(anybody: httpx2.AsyncClient) -> None:
    low = words_of(await anybody.get(f"{PATH}/checklist/low"))
    high = words_of(await anybody.get(f"{PATH}/checklist/high"))

    assert low.count("Answered: without evidence") == sum(
        bool(rule.answered_by or rule.answered_by_low) for rule in scheme().rules.criteria_of(Tier.LOW)
    )
    assert "Answered: without evidence, from the application form, where Q9 == 0" in low
    assert high.count("Answered: without evidence, from the Register") == high.count("Answered:") == 3


async def test_no_cell_begins_a_formula_and_no_text_is_markup(house: House, anybody: httpx2.AsyncClient) -> None:
    path = await adopted(house, later())

    english = (await anybody.get(f"{path}/checklist/low.csv?lang=en")).content.decode("utf-8-sig")
    russian = (await anybody.get(f"{path}/checklist/low.csv?lang=ru")).content.decode("utf-8-sig")
    markdown = (await anybody.get(f"{path}/checklist/low.md?lang=en")).text
    page = (await anybody.get(f"{path}/checklist/low?lang=en")).text

    assert '"\'=1+1 <b>*bold*</b> [x](y)"' in english
    assert '"\'@сумма"' in russian
    for text in (english, russian):
        assert not re.search(r'(?:^|,)"[=+\-@\t\r\n\0]', text, re.MULTILINE)
    assert r"=1+1 \<b\>\*bold\*\</b\> \[x\](y)" in markdown
    assert "<b>*bold*" not in page


async def test_a_file_is_attached_under_a_name_of_its_own(house: House, anybody: httpx2.AsyncClient) -> None:
    path = await adopted(house, later())

    named = (await anybody.get(f"{path}/checklist/low.csv?lang=ru")).headers
    assert named["Content-Disposition"] == (
        "attachment; filename*=UTF-8''ai-ethics-code-1.10%20%E2%84%96%202-checklist-low-ru.csv"
    )
    assert (named["Content-Type"], named["Content-Language"]) == ("text/csv; charset=utf-8", "ru")
    assert (await anybody.get(f"{path}/scheme.yaml")).headers["Content-Type"].startswith("application/yaml")


async def test_what_was_never_adopted_is_not_there(anybody: httpx2.AsyncClient) -> None:
    for path in (
        f"/scheme/{'0' * 64}/scheme.json", f"/scheme/{'0' * 64}/scheme.yaml", f"/scheme/{'0' * 64}/checklist/low.csv",
        "/scheme/nothing/checklist/low", f"{PATH}/checklist/enormous", f"{PATH}/checklist/enormous.md", f"{PATH}/x",
    ):  # fmt: skip
        assert (await anybody.get(path)).status_code == 404, path


async def test_all_of_it_is_read_without_a_cookie_or_its_content(anybody: httpx2.AsyncClient) -> None:
    for path in ("/scheme/download", f"{PATH}/scheme.json", f"{PATH}/scheme.yaml", f"{PATH}/checklist/low",
                 f"{PATH}/checklist/low.md", f"{PATH}/checklist/low.csv"):  # fmt: skip
        answer = await anybody.head(path)
        assert (answer.status_code, "Set-Cookie" in answer.headers) == (200, False), path


@pytest.mark.slow
@pytest.mark.parametrize("width", [360, 1280])
async def test_the_pages_are_readable_by_everyone(
    house: House, anybody: httpx2.AsyncClient, eyes: Eyes, width: int
) -> None:
    await adopted(house, later())
    for path in ("/scheme", "/scheme/download", "/scheme/download?lang=ru", f"{PATH}/checklist/low",
                 f"{PATH}/checklist/critical?lang=ru"):  # fmt: skip
        assert await eyes.complaints(await anybody.get(path), width) == "", path
