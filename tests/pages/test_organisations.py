"""Joining the Code in a browser: applied for, voted on, the officer, leaving looked at first (II-2.1 to II-2.4)."""

from typing import Any

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from certify.register import matters, participants
from labels.extracts import prepare_extract, sign_extract, verify_extract
from labels.key_set import KeySet, LabelKey
from labels.keys import KeyInMemory
from schemas.accession import ExtractSigned
from schemas.canonical import digest_of
from schemas.extract import SignedExtract
from schemas.organisation import Organisation
from schemas.people import PersonFacts
from tests.builders import APPLICANT, MEMBERS, ORGANISATION, SECRETARY, START
from tests.pages.conftest import AUDITOR, STRANGER, Eyes, House, keep, words_of
from tests.pages.matters import confirmed, sent, voted_by
from workflows.rules.matter.extracts import extract_of

OWN = "/applicant/organisation"
OTHER = "org-other"
OWN_ACTS = ("name-officer", "name-ethics-commission", "leave-code")
APPLYING: dict[str, Any] = {
    "name": "Other Vision", "country": "FI", "roles": "developer", "text": "We build readers.",
    "officer": "Otto Officer", "contact": "otto@other.example", "contact_published": "no",
}  # fmt: skip


async def applied(house: House, **typed: Any) -> httpx2.Response:
    return await sent(await house.browser(STRANGER), f"{OWN}/new/apply-to-join", **{**APPLYING, **typed})


async def voters(house: House) -> list[PersonFacts]:
    opened = await sent(await house.browser(SECRETARY), f"/secretariat/accessions/{OTHER}/open-accession-vote")
    assert opened.status_code == 303, opened.text
    reading = await house.services.procedure.matters.read(house.principal(SECRETARY), "organisation", OTHER)
    electorate = reading.motions[-1].electorate or ()
    return [one for one in MEMBERS if one.person in electorate]


async def test_an_application_is_decided_by_a_vote_and_stands_in_the_public_register(house: House) -> None:
    answer = await applied(house, address="Satamakatu 3, Helsinki")
    assert answer.status_code == 303, answer.text
    await voted_by(house, await voters(house), f"/commission/organisations/{OTHER}")

    register = words_of(await (await house.browser(None)).get("/register"))
    own = words_of(await (await house.browser(STRANGER)).get(f"{OWN}/{OTHER}"))
    assert "Other Vision Finland" in register
    assert "Satamakatu 3, Helsinki" in register
    assert "Satamakatu 3, Helsinki" in own
    assert "Ethics officer: Otto Officer" in register
    assert "otto@other.example" not in register, "a contact that was not to be published"
    assert "otto@other.example" in own


async def test_an_address_that_is_too_long_is_refused_and_nothing_is_applied_for(house: House) -> None:
    answer = await applied(house, address="x" * 201)

    assert answer.status_code == 422
    assert (await (await house.browser(SECRETARY)).get(f"/secretariat/accessions/{OTHER}")).status_code == 404


async def test_whoever_was_voted_down_reads_the_reasons(house: House) -> None:
    await applied(house)
    await voted_by(house, await voters(house), f"/commission/organisations/{OTHER}", choice="against")
    told = await sent(
        await house.browser(SECRETARY), f"/secretariat/accessions/{OTHER}/refuse-accession", reasons="Too early."
    )
    assert told.status_code == 303, told.text

    own = words_of(await (await house.browser(STRANGER)).get(f"{OWN}/{OTHER}"))
    assert "Why it was not let in Too early." in own
    assert "Apply to join the Code" in own


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": " "}, "Give the name of the organisation."),
        ({"country": ""}, "Choose the country."),
        ({"text": ""}, "Write to the Commission why you join."),
        ({"contact": ""}, "Tell how the ethics officer is reached."),
        ({"name": "Acme Vision", "country": "EE"}, "Another organisation of this country stands in the Register"),
    ],
)
async def test_an_incomplete_application_comes_back_with_what_was_typed(
    house: House, typed: dict[str, str], sentence: str
) -> None:
    answer = await applied(house, **typed)

    assert answer.status_code == 422
    assert sentence in words_of(answer)
    assert "Otto Officer" in answer.text


async def test_an_organisation_that_stands_there_is_offered_no_second_application(house: House) -> None:
    browser = await house.browser(APPLICANT)
    listed = await browser.get(OWN)
    again = await browser.get(f"{OWN}/{ORGANISATION}/apply-to-join")

    assert "/new/apply-to-join" not in listed.text
    assert (again.status_code, "stands in the Register already" in words_of(again)) == (409, True)
    assert (await browser.get(f"{OWN}/{OTHER}")).status_code == 404


async def test_an_officer_is_named_with_a_contact_for_the_register_or_without(house: House) -> None:
    browser = await house.browser(APPLICANT)
    named = await sent(
        browser, f"{OWN}/{ORGANISATION}/name-officer", officer="Oda Officer", contact="oda@acme.example",
        contact_published="yes",
    )  # fmt: skip
    assert named.status_code == 303, named.text
    assert "Ethics officer: Oda Officer, oda@acme.example" in words_of(await browser.get("/register"))


async def test_leaving_is_looked_at_first_and_shown_in_the_register_afterwards(house: House) -> None:
    browser, address = await house.browser(APPLICANT), f"{OWN}/{ORGANISATION}/leave-code"
    checked = await sent(browser, address, reasons="We stop.")
    assert "cannot be restored" in words_of(checked)
    assert "Your organisation has no label that would end." in words_of(checked)
    assert "Have left the Code" not in words_of(await browser.get("/register"))

    done = await confirmed(browser, address, reasons="We stop.")
    assert done.status_code == 303, done.text
    register = words_of(await browser.get("/register"))
    assert "0 participants" in register
    assert "Have left the Code Acme Vision" in register


async def test_a_group_is_stated_from_the_register(house: House) -> None:
    await applied(house)
    await voted_by(house, await voters(house), f"/commission/organisations/{OTHER}")
    stated = await sent(await house.browser(APPLICANT), f"{OWN}/{ORGANISATION}/declare-group", parent_ids=OTHER)
    assert stated.status_code == 303, stated.text
    async with house.services.database.reading() as session:
        assert await participants.group_of(session, OTHER) == (ORGANISATION, OTHER)


async def test_a_signed_extract_is_for_everybody_and_verifies_offline(house: House) -> None:
    signer = KeyInMemory(Ed25519PrivateKey.generate())
    trusted = KeySet((LabelKey(signer.public_key, START.date(), START.date()),))
    async with house.services.database.reading() as session:
        state = await matters.get(session, Organisation, "organisation", ORGANISATION)
    statement = extract_of(state)
    assert statement is not None
    signed = sign_extract(prepare_extract(statement), signer)
    extract = SignedExtract(
        organisation=ORGANISATION, entry=1, digest=digest_of(statement), kid=signer.kid, signed=signed
    )
    async with house.services.database.writing() as session:
        await keep(session, f"organisation/{ORGANISATION}", ExtractSigned(at=START, actor="engine", extract=extract))

    browser = await house.browser(None)
    answer = await browser.get(f"/register/{ORGANISATION}/extract")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert answer.json()["statement"] == statement.model_dump(mode="json")
    assert verify_extract(answer.json()["signed"], trusted).statement == statement
    assert f"/register/{ORGANISATION}/extract" in (await browser.get("/register")).text


@pytest.mark.parametrize("language", ["en", "ru"])
async def test_the_pages_of_joining_are_usable_by_everyone(house: House, eyes: Eyes, language: str) -> None:
    await applied(house)
    await voters(house)
    pages = {
        STRANGER: (OWN, f"{OWN}/{OTHER}", f"{OWN}/new/apply-to-join", f"{OWN}/{OTHER}/declare-group"),
        APPLICANT: tuple(
            f"{OWN}/{ORGANISATION}/{act}" for act in ("name-officer", "name-ethics-commission", "leave-code")
        ),
        SECRETARY: ("/secretariat/accessions", f"/secretariat/accessions/{OTHER}"),
        AUDITOR: (f"/secretariat/accessions/{OTHER}",),
        MEMBERS[0]: ("/commission/organisations", f"/commission/organisations/{OTHER}"),
    }
    for who, addresses in pages.items():
        browser = await house.browser(who)
        for address in addresses:
            page = await browser.get(address, headers={"Accept-Language": language})
            assert page.status_code == 200, (address, page.text)
            assert await eyes.complaints(page) == "", address
