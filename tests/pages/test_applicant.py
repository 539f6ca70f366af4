"""What an applicant sees and does in a browser with a lodged case: from its evidence to the label."""

import re
from dataclasses import replace
from typing import Any

import pytest

from schemas.people import Role
from schemas.stages import Choice, Stage, Verdict
from tests.builders import APPLICANT, EXPERTS, MEMBERS, SECRETARY, issued_label, scheme
from tests.pages.applicant import (
    CASE,
    CRITERION,
    DRAFT,
    FILE,
    NO_FILE,
    OFFER,
    ROOM,
    ROOM_FOR_TEN,
    begun,
    in_evidence,
    offered,
    sent,
)
from tests.pages.conftest import STRANGER, Eyes, House, hidden_in, name_of, walk, words_of
from workflows.rules.case.attestation import attest


async def test_the_start_page_says_what_waits_and_by_when_then_every_application(house: House) -> None:
    walked = in_evidence()
    await house.holds(walked)
    browser = await begun(house)

    words = words_of(await browser.get(ROOM))

    due = walked.case.evidence_due_at
    assert due is not None
    assert words.index("Waiting for you") < words.index("Add evidence for 1 requirement")
    assert f"evidence due by {due.day} {due:%B %Y}" in words
    assert "Finish and lodge the application" in words
    assert words.index("Lodged applications") < words.index("Your evidence is awaited.")
    assert "Low risk" in words


async def test_nobody_but_applicants_comes_in(house: House) -> None:
    for who in (SECRETARY, MEMBERS[0], EXPERTS[0]):
        assert not who.has(Role.APPLICANT)
        assert (await (await house.browser(who)).get(ROOM)).status_code == 403


async def test_the_case_and_drafts_of_others_are_not_there(house: House) -> None:
    await house.holds(walk().to_intake())
    await begun(house)
    stranger = await house.browser(STRANGER)

    assert (await stranger.get(CASE)).status_code == 404
    assert (await stranger.post(f"{CASE}/offer-evidence", data=OFFER, files=FILE)).status_code == 404
    assert (await stranger.get(f"{CASE}/submit-evidence")).status_code == 404
    assert (await stranger.get(DRAFT)).status_code == 404
    assert "Digit Reader" not in (await stranger.get(ROOM)).text


async def test_every_requirement_stands_with_its_text_and_what_can_show_it(house: House) -> None:
    await house.holds(walk().to_intake())

    words = words_of(await (await house.browser(APPLICANT)).get(CASE))

    texts = scheme().texts
    assert f"{texts.criteria[CRITERION].title.en} Missing {texts.criteria[CRITERION].requirement.en}" in words
    assert f"Can be shown by: {texts.evidence_types['impact_assessment'].en}" in words
    assert "answered without evidence" in words
    assert "from the certification agreement" in words


async def test_a_file_is_handed_in_listed_downloaded_and_taken_back(house: House) -> None:
    await house.holds(walk().to_intake())
    browser = await house.browser(APPLICANT)
    before = len((await house.case()).evidence)

    done = await offered(browser)
    page = await browser.get(done.headers["location"])
    download = await browser.get("/api/applications/case-1/evidence/E1")

    assert "Recorded as entry 2" in words_of(page)
    assert "Covered" in words_of(page)
    assert '/files/cases/case-1/E1">E1 impact.md' in page.text
    assert download.content == FILE["file"][1]
    assert (await house.case()).evidence["E1"].criteria == (CRITERION,)

    await sent(browser, f"{CASE}/withdraw-evidence?item=E1")
    assert len((await house.case()).evidence) == before
    assert "impact.md" not in (await browser.get(CASE)).text


async def test_a_refused_upload_keeps_the_file_and_what_was_typed(house: House) -> None:
    await house.holds(walk().to_intake())
    browser = await house.browser(APPLICANT)

    refused = await offered(browser, criteria=[], maker="supplier", maker_name="Parts & Co")
    again = await browser.post(
        f"{CASE}/offer-evidence",
        data={**hidden_in(refused), **OFFER, "maker": "supplier", "maker_name": "Parts & Co"},
        files=NO_FILE,
    )

    assert refused.status_code == 422
    assert "Choose at least one requirement that it shows." in words_of(refused)
    assert "The file impact.md has arrived and is kept" in words_of(refused)
    assert "Parts &amp; Co" in refused.text
    assert again.status_code == 303
    assert (await house.case()).evidence["E1"].made_by.name == "Parts & Co"


@pytest.mark.parametrize(
    ("changes", "files", "status", "why"),
    [
        ({}, NO_FILE, 422, "Choose a file."),
        ({}, {"file": ("empty.md", b"", "text/markdown")}, 422, "The file is empty."),
        ({}, {"file": ("at 12:30.md", b"Noon", "text/markdown")}, 422, "Rename this file and choose it again"),
        ({"maker": "accredited_laboratory"}, FILE, 422, "Enter the number of the laboratory's accreditation."),
        ({"expires": "soon"}, FILE, 422, "expires"),
        ({"type": "no_such"}, FILE, 422, "The scheme has no evidence type no_such."),
    ],
)
async def test_an_upload_that_cannot_be_taken_says_why(
    house: House, changes: dict[str, str], files: dict[str, Any], status: int, why: str
) -> None:
    await house.holds(walk().to_intake())
    browser = await house.browser(APPLICANT)

    page = await browser.post(f"{CASE}/offer-evidence", data={**OFFER, **changes}, files=files)

    assert page.status_code == status
    assert why in words_of(page)
    assert not (await house.case()).evidence


@pytest.mark.parametrize("more", ["", "x" * 2_000_000])
async def test_a_file_larger_than_there_is_room_for_is_refused(house: House, more: str) -> None:
    await house.holds(walk().to_intake())
    small = House(replace(house.services, settings=house.services.settings.model_copy(update=ROOM_FOR_TEN)))
    browser = await small.browser(APPLICANT)

    page = await offered(browser, note=more)

    assert page.status_code == 413
    assert "A file may have at most 10 bytes." in words_of(page)
    assert not (await house.case()).evidence
    await small.close()


async def test_no_file_comes_in_after_the_evidence_was_frozen(house: House) -> None:
    await house.holds(walk().to_planning())
    browser = await house.browser(APPLICANT)

    page = await browser.post(f"{CASE}/offer-evidence", data=OFFER, files=FILE)

    assert page.status_code == 409
    assert "The case is in another stage." in words_of(page)
    assert "offer-evidence" not in (await browser.get(CASE)).text


async def test_what_is_missing_shrinks_until_the_evidence_can_be_handed_in(house: House) -> None:
    await house.holds(in_evidence())
    browser = await house.browser(APPLICANT)
    left = (await browser.get(f"{CASE}/submit-evidence")).text
    (criterion,) = re.findall(r"offer-evidence\?criteria=([^\"]+)", left)
    kind = scheme().rules.criteria[criterion].evidence[0]

    refused = await browser.post(f"{CASE}/submit-evidence")
    await offered(browser, criteria=[criterion], type=kind)
    ready = await browser.get(f"{CASE}/submit-evidence")
    done = await sent(browser, f"{CASE}/submit-evidence")

    assert refused.status_code == 409
    assert f"Evidence or a reason is missing for 1: {criterion}." in words_of(refused)
    assert "impact.md" in words_of(ready)
    assert "is frozen" in words_of(ready)
    assert done.status_code == 303
    assert (await house.case()).stage == Stage.PLANNING
    assert "Your evidence is frozen." in words_of(await browser.get(CASE))


async def test_a_requirement_is_said_not_to_apply_and_that_is_taken_back(house: House) -> None:
    await house.holds(walk().to_intake())
    browser = await house.browser(APPLICANT)
    address = f"{CASE}/state-not-applicable?criterion={CRITERION}"

    empty = await sent(browser, address, reason="")
    await sent(browser, address, reason="Nobody is affected.")
    stated = words_of(await browser.get(CASE))
    await sent(browser, address, step="take_back", reason="Nobody is affected.")

    assert "Say why the requirement does not apply." in words_of(empty)
    assert "Said not to apply" in stated
    assert "Nobody is affected." in stated
    assert "Said not to apply" not in words_of(await browser.get(CASE))


async def test_an_application_is_withdrawn_only_after_a_check(house: House) -> None:
    await house.holds(walk().to_intake())
    browser = await house.browser(APPLICANT)

    check = await sent(browser, f"{CASE}/withdraw-application", reasons="We stop.")
    assert (await house.case()).stage == Stage.INTAKE
    done = await browser.post(f"{CASE}/withdraw-application", data={**hidden_in(check), "step": "confirmed"})

    assert "This cannot be undone." in words_of(check)
    assert "We stop." in words_of(check)
    assert done.status_code == 303
    assert (await house.case()).stage == Stage.WITHDRAWN_BY_APPLICANT
    assert "You withdrew the application." in words_of(await browser.get(CASE))


async def test_after_a_refusal_grounds_results_and_reasons_are_shown(house: House) -> None:
    walked = walk().to_round(I_1_1_01=Verdict.NOT_MET)
    walked.voted(*[Choice.REFUSE] * len(walked.voters()))
    await house.holds(walked)

    words = words_of(await (await house.browser(APPLICANT)).get(CASE))

    title = scheme().texts.criteria[CRITERION].title.en
    assert "The Commission decided: Refused" in words
    assert f"{title} ({CRITERION})" in words
    assert f"{title} Not met" in words
    assert "Because the evidence shows it." in words
    assert "Nothing waits for you now." in words


async def test_a_granted_label_is_there_as_picture_as_page_and_for_print(house: House) -> None:
    granted = walk().to_grant()
    label = issued_label(granted.case)
    await house.holds(granted.take((attest(granted.case, label, granted.now),)))

    page = await (await house.browser(APPLICANT)).get(CASE)

    assert "The label is granted." in words_of(page)
    assert f'<img class="certify-label-given__picture" src="/{label.id}.png" alt="The label"' in page.text
    assert f'href="/{label.id}"' in page.text
    assert f'href="/{label.id}.svg"' in page.text


async def test_after_a_grant_there_is_nothing_that_names_a_reviewer_or_a_member(house: House) -> None:
    await house.holds(walk().to_grant())
    browser = await house.browser(APPLICANT)

    pages = [
        await browser.get(path) for path in (ROOM, CASE, f"{CASE}/withdraw-application", f"{CASE}/submit-evidence")
    ]

    assert "The Commission decided: Granted" in words_of(pages[1])
    for page in pages:
        for one in (*EXPERTS, *MEMBERS):
            assert one.person not in page.text
            assert name_of(one) not in page.text


@pytest.mark.slow
async def test_axe_finds_nothing_to_complain_of_in_a_case(house: House, eyes: Eyes) -> None:
    await house.holds(in_evidence())
    await house.holds(walk(reference="A-2").to_grant(), "case-2")
    browser = await house.browser(APPLICANT)
    paths = (
        ROOM,
        CASE,
        f"{ROOM}/case-2",
        f"{CASE}/offer-evidence",
        f"{CASE}/submit-evidence",
        f"{CASE}/withdraw-evidence?item=E1",
        f"{CASE}/state-not-applicable?criterion={CRITERION}",
        f"{CASE}/withdraw-application",
    )
    refused = await offered(browser, criteria=[])

    pages = [refused, *[await browser.get(path) for path in paths]]

    assert [page.status_code for page in pages] == [422, *[200] * len(paths)]
    assert [await eyes.complaints(page) for page in pages] == [""] * len(pages)
