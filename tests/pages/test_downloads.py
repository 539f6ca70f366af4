"""Who opens evidence, what stands in the ledger before the first byte, and how the bytes are given out."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest

from certify.accounts import access_ledger, file_links
from certify.accounts.file_links import FileLink
from certify.accounts.sessions import end_all
from certify.register import journal
from certify.register.row_proofs import prove
from certify.vault.inspection.clamav import Scan, Scanned
from certify.vault.inspection.report import Report
from certify.vault.inspections import inspection, keep
from certify.web.app import protected
from schemas.record_events import EvidenceOpened
from schemas.records import Batch, Entry, PendingEntry
from tests.builders import APPLICANT, EXPERTS, MEMBERS, SECRETARY, Walk, text
from tests.pages.api import is_problem, token_of
from tests.pages.conftest import AUDITOR, HOST, STRANGER, House, shared_routes, walk, words_of

CONTENT = b"# Who is affected\n"
FILES = "http://files.example.org"


async def in_store(house: House, walked: Walk) -> None:
    """Put a case on record whose items are the stored file."""

    async def once() -> AsyncIterator[bytes]:
        yield CONTENT

    kept = await house.services.vault.put("case-1", once(), max_bytes=100)
    stands_for = {"digest": kept.digest, "stored_digest": kept.stored_digest, "size": kept.size}
    for number, event in enumerate(walked.events):
        if event.kind == "evidence_offered":
            item = event.item.model_copy(update=stands_for)  # type: ignore[attr-defined]  # of that kind
            walked.events[number] = event.model_copy(update={"item": item})
    await house.holds(walked)


async def ledger(house: House) -> list[tuple[Entry, EvidenceOpened]]:
    async with house.services.database.reading() as session:
        return await access_ledger.openings(session, "case-1")


def reviewed() -> Walk:
    return walk().to_evaluation()


async def test_every_way_to_an_item_makes_one_entry_and_gives_the_same_bytes(house: House) -> None:
    await in_store(house, reviewed())
    browser = await house.browser(EXPERTS[0])
    token = {"Authorization": f"Bearer {await token_of(house, APPLICANT, ('read',))}"}

    page = await browser.get("/files/cases/case-1/E1")
    api = await (await house.browser(None)).get("/api/applications/case-1/evidence/E2", headers=token)

    assert (page.status_code, page.content, api.content) == (200, CONTENT, CONTENT)
    assert [(entry.actor, entry.authn, event.item, event.part) for entry, event in await ledger(house)] == [
        ("edda", "session", "E1", "reviewer"),
        ("anna", "token", "E2", "applicant"),
    ]
    (first, _), (second, _) = await ledger(house)
    assert first.request_id != second.request_id


async def test_a_file_is_saved_and_never_shown(house: House) -> None:
    await in_store(house, reviewed())

    answer = await (await house.browser(SECRETARY)).get("/files/cases/case-1/E1", headers={"Range": "bytes=0-3"})

    assert (answer.status_code, answer.content) == (200, CONTENT), "a range gets the whole, and is one opening"
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    for name, value in {
        "Content-Type": "application/octet-stream",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-store",
        "Accept-Ranges": "none",
    }.items():
        assert answer.headers[name] == value


@pytest.mark.parametrize("who", [AUDITOR, STRANGER, MEMBERS[0], EXPERTS[2]])
async def test_whoever_may_not_open_an_item_gets_nothing_and_leaves_no_opening(house: House, who: Any) -> None:
    await in_store(house, reviewed())
    browser = await house.browser(who)

    for path in ("/files/cases/case-1/E1", "/api/applications/case-1/evidence/E1", "/files/cases/case-1/E999"):
        assert (await browser.get(path)).status_code == 404
    assert await ledger(house) == []


async def test_a_reviewer_who_declares_an_interest_opens_nothing_more_with_an_old_session_or_token(
    house: House,
) -> None:
    walked = reviewed()
    await in_store(house, walked)
    browser = await house.browser(EXPERTS[0])
    token = {"Authorization": f"Bearer {await token_of(house, EXPERTS[0], ('read',))}"}
    program = await house.browser(None)
    assert (await browser.get("/files/cases/case-1/E1")).status_code == 200

    before = len(walked.events)
    walked.act("declare_interests", EXPERTS[0], has_interest=True, statement=text())
    await more(house, walked, before)

    assert (await browser.get("/files/cases/case-1/E1")).status_code == 404
    assert (await program.get("/api/applications/case-1/evidence/E1", headers=token)).status_code == 404
    assert len(await ledger(house)) == 1


@pytest.mark.parametrize("place", ["reviewer", "elector"])
async def test_whoever_judged_or_decided_opens_nothing_more_once_the_case_is_over(house: House, place: str) -> None:
    walked = walk().to_round()
    await in_store(house, walked)
    browser = await house.browser(EXPERTS[0] if place == "reviewer" else walked.voters()[0])
    assert (await browser.get("/files/cases/case-1/E1")).status_code == 200

    before = len(walked.events)
    walked.act("withdraw_application", APPLICANT, reasons=text())
    assert walked.case.stage.is_final
    await more(house, walked, before)

    assert (await browser.get("/files/cases/case-1/E1")).status_code == 404
    assert (await browser.get("/api/applications/case-1/evidence/E1")).status_code == 404
    assert (await (await house.browser(APPLICANT)).get("/files/cases/case-1/E1")).status_code == 200
    assert len(await ledger(house)) == 2


async def test_a_member_in_no_electorate_opens_nothing_while_a_round_is_open(house: House) -> None:
    walked = walk().to_round()
    outside = next(
        one for one in MEMBERS if one.person not in {*walked.case.rounds[-1].electorate, walked.case.rapporteur}
    )
    walked.act("declare_interests", outside, has_interest=False)
    await in_store(house, walked)

    assert (await (await house.browser(outside)).get("/files/cases/case-1/E1")).status_code == 404


async def more(house: House, walked: Walk, before: int) -> None:
    """Put on record what a walk did since."""
    entries = tuple(
        PendingEntry(
            number=before + place, kind=event.kind, version=event.version, at=event.at, actor=event.actor,
            authn="session", request_id="none", body=event.model_dump(mode="json"),
        )
        for place, event in enumerate(walked.events[before:], start=1)
    )  # fmt: skip
    async with house.services.database.writing() as session:
        await journal.append(session, Batch(stream="case/case-1", entries=entries))


async def test_without_a_ledger_there_are_no_bytes(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    await in_store(house, reviewed())
    browser = await house.browser(SECRETARY)

    async def full(*_: object, **__: object) -> int:
        raise OSError("no space left on device")

    monkeypatch.setattr(journal, "append", full)
    answer = await browser.get("/files/cases/case-1/E1")

    assert answer.status_code == 503
    assert CONTENT not in answer.content


async def test_more_openings_than_usual_are_stopped_and_told(house: House) -> None:
    house.services = replace(
        house.services, settings=house.services.settings.model_copy(update={"openings_an_hour": 2})
    )
    await in_store(house, reviewed())
    browser = await house.browser(SECRETARY)
    answers = [await browser.get(f"/files/cases/case-1/E{number}") for number in (1, 2, 3)]
    api = await browser.get("/api/applications/case-1/evidence/E1")

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    is_problem(api, 429, "too_many_openings")
    assert 1 <= int(api.headers["Retry-After"]) <= 3600
    assert len(await ledger(house)) == 2
    assert (await (await house.browser(APPLICANT)).get("/files/cases/case-1/E1")).status_code == 200


async def test_an_infected_file_is_opened_by_nobody(house: House) -> None:
    await in_store(house, reviewed())
    digest = (await house.case()).evidence["E1"].digest
    async with house.services.database.writing() as session:
        await keep(session, inspection("case-1", digest, Report(("text",)), Scanned(Scan.INFECTED, "Eicar-Test")))

    for who in (APPLICANT, SECRETARY, EXPERTS[0]):
        browser = await house.browser(who)
        is_problem(await browser.get("/api/applications/case-1/evidence/E1"), 403, "file_infected")
    assert await ledger(house) == []
    assert "Infected: nobody opens it" in words_of(await (await house.browser(APPLICANT)).get("/applicant/case-1"))
    told = "The virus scanner found something in E1, E2"  # every item of this walk has the same bytes
    for who, room in ((APPLICANT, "applicant"), (SECRETARY, "secretariat"), (EXPERTS[0], "reviewer")):
        assert told in words_of(await (await house.browser(who)).get(f"/{room}/case-1")), room


async def test_where_nothing_was_found_no_virus_is_spoken_of(house: House) -> None:
    await in_store(house, reviewed())

    page = await (await house.browser(APPLICANT)).get("/applicant/case-1")

    assert "The virus scanner found something in" not in words_of(page)


# The ledger, read


async def test_the_applicant_reads_what_was_opened_as_what_and_never_by_whom(house: House) -> None:
    await in_store(house, reviewed())
    for who in (EXPERTS[0], SECRETARY, APPLICANT, EXPERTS[0]):
        await (await house.browser(who)).get("/files/cases/case-1/E1")
    browser = await house.browser(APPLICANT)

    page = await browser.get("/applicant/case-1/openings")
    api = await browser.get("/api/applications/case-1/openings")

    assert page.status_code == 200
    assert words_of(page).count("Reviewer A") == 2
    assert "Secretariat A" in words_of(page)
    assert "Your organisation" in words_of(page)
    for told in (page.text, api.text):
        assert not [name for name in ("edda", "Edda", "sofia", "Sofia") if name in told]
    assert {one["person"] for one in api.json()} == {None}
    assert [one["part"] for one in api.json()] == ["reviewer", "applicant", "secretariat", "reviewer"]
    assert "Кто открывал файлы" in words_of(await browser.get("/applicant/case-1/openings?lang=ru"))


@pytest.mark.parametrize("who", [SECRETARY, AUDITOR])
async def test_those_who_keep_and_audit_the_case_read_who_it_was(house: House, who: Any) -> None:
    await in_store(house, reviewed())
    await (await house.browser(EXPERTS[0])).get("/files/cases/case-1/E1")
    browser = await house.browser(who)

    assert "Edda (Reviewer)" in words_of(await browser.get("/secretariat/case-1/openings"))
    (one,) = (await browser.get("/api/applications/case-1/openings")).json()
    assert (one["person"], one["authn"], one["item"]) == ("edda", "session", "E1")


@pytest.mark.parametrize("who", [EXPERTS[0], MEMBERS[0]])
async def test_nobody_else_reads_the_ledger(house: House, who: Any) -> None:
    await in_store(house, reviewed())

    assert (await (await house.browser(who)).get("/api/applications/case-1/openings")).status_code in {403, 404}


# From another host


@pytest.fixture
def apart(house: House) -> House:
    """The same house, which gives files out from another host."""
    house.services = replace(house.services, settings=house.services.settings.model_copy(update={"files_url": FILES}))
    house._protected = protected(shared_routes(house.services), house.services.settings)
    return house


async def followed(apart: House, link: str) -> httpx2.Response:
    """Follow a link as a browser does that has no cookie for the other host."""
    transport = httpx2.ASGITransport(app=apart.app)
    async with httpx2.AsyncClient(transport=transport, base_url=FILES) as client:
        return await client.get(link)


async def test_a_browser_is_led_to_the_host_of_the_files_once(apart: House) -> None:
    await in_store(apart, reviewed())
    led = await (await apart.browser(EXPERTS[0])).get("/files/cases/case-1/E1")
    link = led.headers["location"]

    assert (led.status_code, link.startswith(f"{FILES}/files/once/")) == (303, True)
    assert await ledger(apart) == [], "a link is no opening"
    assert (await followed(apart, link)).content == CONTENT
    assert (await followed(apart, link)).status_code == 404
    assert [event.person for _, event in await ledger(apart)] == ["edda"]
    assert (await followed(apart, f"{FILES}/")).status_code == 404
    assert (await followed(apart, f"{FILES}/api/openapi.json")).status_code == 404


@pytest.mark.parametrize(
    "host",
    ["files.example.org", "FILES.example.org", "files.example.org.", "files.example.org:443", "files.example.org:80",
     "files.example.org.:443"],
)  # fmt: skip
async def test_no_page_stands_beside_the_files_however_their_host_is_spelt(apart: House, host: str) -> None:
    transport = httpx2.ASGITransport(app=apart.app)
    async with httpx2.AsyncClient(transport=transport, base_url=HOST, headers={"Host": host}) as client:
        for page in ("/", "/sign-in", "/api/openapi.json", "/static/certify.css"):
            assert (await client.get(page)).status_code == 404


async def test_a_link_opens_nothing_on_the_host_of_the_pages(apart: House) -> None:
    await in_store(apart, reviewed())
    browser = await apart.browser(EXPERTS[0])
    link = (await browser.get("/files/cases/case-1/E1")).headers["location"]

    assert (await browser.get(link.replace(FILES, HOST))).status_code == 404
    assert (await followed(apart, link)).status_code == 200


async def test_a_link_ends_with_its_minute_its_session_and_the_right_of_its_person(apart: House) -> None:
    walked = reviewed()
    await in_store(apart, walked)

    async def link_of(who: Any) -> str:
        return str((await (await apart.browser(who)).get("/files/cases/case-1/E1")).headers["location"])

    old, ended, removed = await link_of(SECRETARY), await link_of(APPLICANT), await link_of(EXPERTS[0])
    async with apart.services.database.writing() as session:
        past = datetime(2020, 1, 1, tzinfo=UTC)
        secret = file_links.digest_of_secret(old.rpartition("/")[2])
        row = await session.get_one(FileLink, secret)
        row.expires_at = past
        prove(session, row)
        session.add(row)
        await end_all(session, APPLICANT.person)
    before = len(walked.events)
    walked.act("declare_interests", EXPERTS[0], has_interest=True, statement=text())
    await more(apart, walked, before)

    assert [(await followed(apart, link)).status_code for link in (old, ended, removed)] == [404, 404, 404]
    assert await ledger(apart) == []


async def test_a_program_with_a_token_is_given_the_bytes_at_once(apart: House) -> None:
    await in_store(apart, reviewed())
    token = {"Authorization": f"Bearer {await token_of(apart, APPLICANT, ('read',))}"}

    answer = await (await apart.browser(None)).get("/api/applications/case-1/evidence/E1", headers=token)

    assert answer.content == CONTENT


async def test_files_that_nobody_looked_at_are_shown_as_such_to_everybody_who_reads_them(house: House) -> None:
    await house.holds(reviewed())

    for who, page in (
        (APPLICANT, "/applicant/case-1"),
        (SECRETARY, "/secretariat/case-1"),
        (EXPERTS[0], "/reviewer/case-1"),
    ):
        words = words_of(await (await house.browser(who)).get(page))
        assert "Not looked at yet · not scanned for viruses" in words
    found = (await (await house.browser(SECRETARY)).get("/api/applications/case-1/files")).json()
    assert {one["state"] for one in found} == {"not_inspected"}
