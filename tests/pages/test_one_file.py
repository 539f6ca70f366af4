"""One file for several requirements: sent once, ticked for what it shows, by page and by folder."""

from pathlib import Path
from typing import Any

import httpx2
import pytest

from certify.programs.client import ApiClient, lodge_folder
from schemas.application_folder import read_folder
from schemas.stages import Stage
from tests.builders import APPLICANT, ORGANISATION, SECRETARY
from tests.pages.api import token_of
from tests.pages.applicant import CASE, FILE, NO_FILE, OFFER, in_evidence
from tests.pages.conftest import EXAMPLE, HOST, STRANGER, Eyes, House, hidden_in, walk, words_of
from workflows.rules.case.evidence import missing

PAGE = f"{CASE}/one-file"
TICKS = {
    "as-I-1.1-01": ["impact_assessment"],
    "as-I-1.2-01": ["user_docs"],
    "as-I-1.3-01": ["legal_review"],
    "as-I-1.3-02": ["component_inventory"],
    "as-I-2.7-04": ["user_docs"],
    "as-I-3.1-01": ["procedure"],
    "as-I-4.1-01": ["user_docs"],
    "as-I-6.1-01": ["user_docs"],
}
"""What a file must be ticked for, so that nothing mandatory is missing in the low tier."""
NOTHING: dict[str, list[str]] = {name: [] for name in TICKS}
DESCRIPTION = {name: value for name, value in OFFER.items() if name not in {"type", "criteria"}}


async def ticked(browser: httpx2.AsyncClient, files: Any = FILE, **changes: Any) -> httpx2.Response:
    """Send one file with its ticks as a browser would."""
    page = await browser.get(PAGE)
    return await browser.post(PAGE, data={**hidden_in(page), **TICKS, **DESCRIPTION, **changes}, files=files)


async def test_one_file_ticked_for_all_that_is_missing_leaves_nothing_missing(house: House) -> None:
    walked = walk().to_intake()
    await house.holds(walked)
    browser = await house.browser(APPLICANT)

    done = await ticked(browser)
    page = await browser.get(done.headers["location"])

    case = await house.case()
    assert done.status_code == 303
    assert missing(case, walked.rules) == ()
    assert {(item.type, item.criteria) for item in case.evidence.values()} == {
        ("impact_assessment", ("I-1.1-01",)),
        ("user_docs", ("I-1.2-01", "I-2.7-04", "I-4.1-01", "I-6.1-01")),
        ("legal_review", ("I-1.3-01",)),
        ("component_inventory", ("I-1.3-02",)),
        ("procedure", ("I-3.1-01",)),
    }
    assert len({item.digest for item in case.evidence.values()}) == 1
    assert "Recorded as entry 6" in words_of(page)
    assert "Every mandatory requirement has evidence" in words_of(page)


async def test_the_case_leads_to_the_page_which_asks_for_what_is_missing_first(house: House) -> None:
    await house.holds(in_evidence())
    browser = await house.browser(APPLICANT)

    words = words_of(await browser.get(PAGE))

    assert PAGE in (await browser.get(CASE)).text
    assert words.index("Missing") < words.index("(I-6.1-01)") < words.index("Covered or recommended")
    assert words.index("Covered or recommended") < words.index("(I-1.1-01)")


async def test_a_file_without_a_tick_or_a_description_is_asked_for_and_kept(house: House) -> None:
    await house.holds(walk().to_intake())
    browser = await house.browser(APPLICANT)

    refused = await ticked(browser, **NOTHING, maker="")
    again = await browser.post(PAGE, data={**hidden_in(refused), **TICKS, **DESCRIPTION}, files=NO_FILE)

    assert refused.status_code == 422
    assert "Tick at least one requirement that the file shows." in words_of(refused)
    assert "Say who made it." in words_of(refused)
    assert "The file impact.md has arrived and is kept" in words_of(refused)
    assert again.status_code == 303
    assert len((await house.case()).evidence) == 5


async def test_a_type_that_the_requirement_does_not_list_is_recorded_as_said_and_leaves_it_missing(
    house: House,
) -> None:
    walked = walk().to_intake()
    await house.holds(walked)

    await ticked(await house.browser(APPLICANT), **{"as-I-3.1-01": ["policy"]})

    assert missing(await house.case(), walked.rules) == ("I-3.1-01",)


async def test_a_file_that_changed_under_its_name_is_refused_whatever_it_is_ticked_as(house: House) -> None:
    walked = walk().to_intake().offer("I-1.3-01", file="impact.md", criteria=("I-1.3-01",), digest_of_file="0" * 64)
    await house.holds(walked)
    browser = await house.browser(APPLICANT)

    refused = await ticked(browser)

    assert refused.status_code == 422
    assert "impact.md was offered before with other content as E1." in words_of(refused)
    assert len((await house.case()).evidence) == 1


async def test_sent_twice_it_is_offered_once(house: House) -> None:
    await house.holds(walk().to_intake())
    browser = await house.browser(APPLICANT)

    await ticked(browser)
    again = await ticked(browser)

    assert again.status_code == 303
    assert len((await house.case()).evidence) == 5


async def test_what_was_offered_before_a_refusal_stays_and_the_ticks_remain(house: House) -> None:
    await house.holds(walk().to_intake())
    browser = await house.browser(APPLICANT)
    await ticked(browser, **{**NOTHING, "as-I-1.2-01": ["user_docs"]})

    refused = await ticked(browser)

    assert (refused.status_code, len((await house.case()).evidence)) == (409, 5)
    assert "impact.md was offered before as E1." in words_of(refused)
    assert 'value="user_docs" checked' in refused.text


async def test_nobody_else_and_nobody_too_late_sends_a_file_here(house: House) -> None:
    await house.holds(walk().to_planning())

    assert (await (await house.browser(STRANGER)).get(PAGE)).status_code == 404
    assert (await (await house.browser(SECRETARY)).get(PAGE)).status_code == 403
    applicant = await house.browser(APPLICANT)
    for late in (await applicant.get(PAGE), await applicant.post(PAGE, data=TICKS, files=FILE)):
        assert late.status_code == 409
        assert "wrong_stage" in late.text


@pytest.mark.slow
async def test_the_page_is_readable_by_everyone(house: House, eyes: Eyes) -> None:
    await house.holds(walk().to_intake())
    browser = await house.browser(APPLICANT)

    for page in (await browser.get(PAGE), await ticked(browser, maker=""), await browser.get(f"{PAGE}?lang=ru")):
        assert await eyes.complaints(page) == ""


# The same by a folder


async def test_a_folder_with_one_file_under_several_types_is_uploaded_once_and_offered_for_each(
    house: House, tmp_path: Path
) -> None:
    client = ApiClient(HOST, await token_of(house, APPLICANT, ("act", "read")))
    sent: list[str] = []

    class Counted(httpx2.ASGITransport):
        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            sent.append(request.url.path.rpartition("/")[2])
            return await super().handle_async_request(request)

    client._http = httpx2.AsyncClient(transport=Counted(app=house.app), base_url=HOST, headers=client._http.headers)
    path = one_file_folder(tmp_path)

    first = [step async for step in lodge_folder(client, read_folder(path))]
    again = [step async for step in lodge_folder(client, read_folder(path))]

    case = await house.case(first[0])
    assert (sent.count("files"), sent.count("offer-evidence")) == (1, 5)
    assert first == again
    assert (case.lodged.organisation, case.stage) == (ORGANISATION, Stage.INTAKE)
    assert [declared.file for declared in case.lodged.declared] == ["everything.md"]
    assert missing(case, walk().rules) == ()
    await client.close()


def one_file_folder(tmp_path: Path) -> Path:
    """An application of low risk whose whole evidence is one file, listed once for each type it serves."""
    text = (EXAMPLE / "application.yaml").read_text("utf-8")
    head, tail = text.split("evidence:\n  - file", 1)[0], text[text.index("\nagreement:") :]
    by_type: dict[str, list[str]] = {}
    for name, (kind,) in TICKS.items():
        by_type.setdefault(kind, []).append(name.removeprefix("as-"))
    items = "".join(
        f"  - {{file: everything.md, type: {kind}, criteria: [{', '.join(criteria)}], made_by: applicant, "
        f'effective: 2026-11-02, covers_version: "1.2.0", confidentiality: internal}}\n'
        for kind, criteria in by_type.items()
    )
    for line in [line for line in head.splitlines() if ", evidence: [" in line]:
        head = head.replace(line, line.split(", evidence:", 1)[0] + "}")
    written = f"{head}evidence:\n{items}{tail}".replace("Lantern Board Games Club (illustration)", "Acme Vision")
    (tmp_path / "application.yaml").write_text(written, "utf-8")
    (tmp_path / "everything.md").write_text("# Everything, in one file\n", "utf-8")
    return tmp_path
