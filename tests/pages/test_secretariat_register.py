"""The record, the auditor, people and organisations, and what the pages look like."""

import re
from collections.abc import Callable

import pytest

from certify.accounts.people import find_by_email
from certify.procedure.institutions import organisation_id
from certify.register import people as record
from schemas.people import PersonFacts, Role
from schemas.scheme import Tier
from schemas.stages import Choice, Stage
from tests.builders import APPLICANT, AREAS, EXPERTS, MEMBERS, ORGANISATION, SECRETARY, Walk
from tests.pages.conftest import AUDITOR, Eyes, House, name_of, walk, words_of
from tests.pages.secretariat import CASE, ROOM, asked, sent


@pytest.mark.parametrize("who", [SECRETARY, AUDITOR], ids=lambda one: one.person)
async def test_not_even_the_record_shows_a_choice_while_the_round_is_open(house: House, who: PersonFacts) -> None:
    walked = walk().to_round()
    walked.ballot(walked.voters()[0], Choice.REFUSE, grounds=("I-1.1-01",))
    await house.holds(walked)
    browser = await house.browser(who)

    case, journal = words_of(await browser.get(CASE)), words_of(await browser.get(f"{CASE}/record"))

    assert "1 of 3 have voted" in case
    assert "(voted)" in case
    assert "Refuse" not in case
    assert '"kind": "ballot_cast"' in journal
    assert "choice" not in journal.split("Ballot cast")[1]


async def test_the_record_names_every_entry_who_when_and_its_receipt(house: House) -> None:
    walked = walk().to_planning()
    await house.holds(walked)

    page = await (await house.browser(AUDITOR)).get(f"{CASE}/record")

    words = words_of(page)
    assert "1. Application lodged Anna" in words
    assert f"{walked.case.entry}. Evidence manifest frozen by rule" in words
    assert len(re.findall(r"Receipt [0-9a-f]{64}", words)) == walked.case.entry


async def test_an_auditor_reads_and_has_nothing_to_do_and_no_file_to_open(house: House) -> None:
    await house.holds(walk().to_intake().with_evidence())
    browser = await house.browser(AUDITOR)

    start, page = await browser.get(ROOM), await browser.get(CASE)

    assert "Nothing waits for you now." in words_of(start)
    assert "Steps" not in words_of(page)
    assert "/files/cases/case-1/E1" not in page.text
    assert "Complete: every mandatory requirement" in words_of(page)


@pytest.mark.parametrize("act", ["accept-application", "decline-application"])
async def test_an_auditor_can_do_no_act(house: House, act: str) -> None:
    await house.holds(walk().to_intake().with_evidence())
    browser = await house.browser(AUDITOR)

    page = await browser.post(f"{CASE}/{act}", data={"reasons": "I say so.", "step": "confirmed"})

    assert (await browser.get(f"{CASE}/{act}")).status_code == 403
    assert page.status_code == 403
    assert "role_missing" in words_of(page)
    assert (await house.case()).stage == Stage.INTAKE


@pytest.mark.parametrize("who", [APPLICANT, EXPERTS[0], MEMBERS[0]], ids=lambda one: one.person)
@pytest.mark.parametrize("path", [ROOM, CASE, f"{CASE}/record", f"{ROOM}/people", f"{ROOM}/organisations"])
async def test_other_roles_do_not_enter(house: House, who: PersonFacts, path: str) -> None:
    await house.holds(walk().to_intake())

    page = await (await house.browser(who)).get(path)

    assert page.status_code == 403
    assert "These pages belong to the secretariat." in words_of(page)


async def test_nobody_enters_without_signing_in(house: House) -> None:
    assert (await (await house.browser(None)).get(ROOM)).status_code == 401


async def test_a_case_that_does_not_exist_is_a_page_that_says_so(house: House) -> None:
    page = await (await house.browser(SECRETARY)).get(f"{ROOM}/case-9")

    assert page.status_code == 404
    assert "There is no such application." in words_of(page)


async def test_an_invitation_shows_its_link_once_and_the_person_can_use_it(house: House) -> None:
    browser = await house.browser(SECRETARY)
    form = {"name": "Ivo", "email": "Ivo@Example.org", "roles": "expert", "areas": [AREAS[0], AREAS[1]]}

    page = await browser.post(f"{ROOM}/people", data=form)
    link = re.search(r"http://localhost:8080(/sign-in/link/[\w-]+)", page.text)

    assert link is not None
    assert "It is kept nowhere." in words_of(page)
    assert link[1] not in (await browser.get(f"{ROOM}/people")).text
    assert "Ivo" in words_of(await (await house.browser(None)).get(link[1]))
    async with house.services.database.reading() as session:
        account = await find_by_email(session, "ivo@example.org")
        assert account is not None
        facts = await record.find(session, account.person)
    assert facts is not None
    assert (facts.roles, facts.areas) == ((Role.EXPERT,), (AREAS[0], AREAS[1]))


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"name": ""}, "name_missing", "name"),
        ({"email": "nowhere"}, "email_malformed", "email"),
        ({"email": "anna@example.org"}, "email_taken", "email"),
        ({"roles": []}, "roles_missing", "roles"),
        ({"roles": ["emperor"]}, "unknown_role", "roles"),
        ({"roles": ["secretariat", "expert"]}, "roles_apart", "roles"),
        ({"roles": ["applicant"]}, "organisation_missing", "organisation"),
        ({"organisation": "org-nowhere"}, "unknown_organisation", "organisation"),
        ({"organisation": "about-to-join"}, "organisation_unnamed", "joining_name"),
        (
            {"organisation": "about-to-join", "joining_name": "New", "joining_country": "QQ"},
            "organisation_unnamed",
            "joining_name",
        ),
        ({"areas": ["Not A Word"]}, "unknown_area", "areas"),
    ],
)
async def test_a_faulty_invitation_says_what_is_wrong_and_keeps_what_was_typed(
    house: House, changes: dict[str, object], code: str, field: str
) -> None:
    form = {"name": "Ivo", "email": "ivo@example.org", "roles": ["expert"], **changes}

    page = await (await house.browser(SECRETARY)).post(f"{ROOM}/people", data=form)

    assert page.status_code == 422
    assert code in words_of(page)
    assert f'href="#{field}"' in page.text
    assert f'value="{form["email"]}"' in page.text


async def test_an_applicant_is_invited_for_an_organisation_of_the_register(house: House) -> None:
    browser = await house.browser(SECRETARY)

    preset = await browser.get(f"{ROOM}/people?organisation={ORGANISATION}")
    form = {"name": "Ava", "email": "ava@example.org", "roles": "applicant", "organisation": ORGANISATION}
    asked = await browser.post(f"{ROOM}/people", data=form)

    assert re.search(r'value="applicant" checked', preset.text)
    assert re.search(rf'value="{ORGANISATION}" selected', preset.text)
    assert "To be confirmed: Ava Somebody already acts for this organisation" in words_of(asked)


async def test_an_auditor_sees_people_and_register_without_forms(house: House) -> None:
    browser = await house.browser(AUDITOR)

    people, register = await browser.get(f"{ROOM}/people"), await browser.get(f"{ROOM}/organisations")

    assert name_of(SECRETARY) in words_of(people)
    assert "Acme Vision" in words_of(register)
    assert [page for page in (people, register) if 'action="/secretariat' in page.text] == []
    assert (await browser.post(f"{ROOM}/people", data={"name": "X"})).status_code == 403
    assert (await browser.post(f"{ROOM}/organisations", data={"name": "X"})).status_code == 403


@pytest.mark.slow
@pytest.mark.parametrize("width", [360, 1280])
async def test_axe_finds_nothing_to_complain_of_at_the_intake(house: House, eyes: Eyes, width: int) -> None:
    await house.holds(walk(**await house.application()).to_intake())
    browser = await house.browser(SECRETARY)
    paths = (ROOM, CASE, f"{CASE}/accept-application", f"{CASE}/open-round", f"{ROOM}/people", f"{ROOM}/organisations")
    faulty = await browser.post(f"{ROOM}/people", data={"name": "Ivo", "email": "nowhere", "roles": "expert"})
    invited = await browser.post(f"{ROOM}/people", data={"name": "I", "email": "i@example.org", "roles": "expert"})
    check = await sent(browser, f"{CASE}/decline-application", reasons="Out of scope.")

    pages = [faulty, invited, check, *[await browser.get(path) for path in paths]]

    assert [await eyes.complaints(page, width) for page in pages] == [""] * len(pages)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("walked", "acts"),
    [
        (lambda: asked(walk(tier=Tier.HIGH).to_planning(), *EXPERTS), ("assign-reviewer", "approve-plan")),
        (lambda: walk(tier=Tier.HIGH).to_evaluation(), ("record-lookup", "record")),
        (lambda: walk().to_recommendation(), ("appoint-rapporteur", "record-hearing")),
        (lambda: walk().to_decision(), ("open-round",)),
        (lambda: walk().to_grant(), ("record",)),
    ],
)
async def test_axe_finds_nothing_to_complain_of_at_any_stage(
    house: House, eyes: Eyes, walked: Callable[[], Walk], acts: tuple[str, ...]
) -> None:
    await house.holds(walked())
    browser = await house.browser(SECRETARY)

    pages = [await browser.get(CASE), *[await browser.get(f"{CASE}/{act}") for act in acts]]

    assert [page.status_code for page in pages] == [200] * len(pages)
    assert [await eyes.complaints(page) for page in pages] == [""] * len(pages)


async def test_an_applicant_is_invited_for_an_organisation_that_is_about_to_join(house: House) -> None:
    browser = await house.browser(SECRETARY)
    form = {
        "name": "Nia", "email": "nia@example.org", "roles": "applicant", "organisation": "about-to-join",
        "joining_name": "New Vision", "joining_country": "FI",
    }  # fmt: skip
    page = await browser.post(f"{ROOM}/people", data=form)

    assert page.status_code == 200, page.text
    async with house.services.database.reading() as session:
        account = await find_by_email(session, "nia@example.org")
        assert account is not None
        facts = await record.find(session, account.person)
    assert facts is not None
    assert facts.organisation == organisation_id("New Vision", "FI")
