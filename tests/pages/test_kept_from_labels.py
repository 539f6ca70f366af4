"""What a holder confides for a label is closed to whom its case is closed to (procedure, rules 1 and 2; I14)."""

import re

import pytest

from schemas.people import PersonFacts
from tests.builders import APPLICANT, MEMBERS, ORGANISATION, SECRETARY
from tests.label_walk import LABEL_ID, granted
from tests.pages.conftest import AUDITOR, STRANGER, House, words_of
from tests.pages.labels import do, handed_in, heard, label, read
from tests.pages.matters import led_on, sent
from tests.pages.test_api_labels import judged
from tests.pages.test_ties import declares

RIVAL = "org-rival"
INCIDENT = {"cause": "incident", "reasons": "A wrong answer hurt someone."}


async def watched(house: House, named: str) -> tuple[str, ...]:
    """A label whose application names an organisation, with a surveillance; returns the criteria of that."""
    case = granted()
    lodged = case.lodged.model_copy(update={named: (RIVAL,)})
    case.events[0] = case.events[0].model_copy(update={"lodged": lodged})
    await label(house, case=case, **{named: (RIVAL,)})
    assert (await do(house, SECRETARY, "open-extraordinary-surveillance", **INCIDENT)).status_code == 200
    return tuple((await read(house, APPLICANT))["facts"]["surveillances"][0]["criteria"])


async def handed_in_file(house: House, criterion: str) -> str:
    """A file of the holder for the surveillance; returns its number."""
    browser = await house.browser(APPLICANT)
    uploaded = (await browser.post(f"/api/labels/{LABEL_ID}/files", content=b"trade secret")).json()
    offer = {
        "surveillance": 1, "file": "fresh.txt", "type": "policy", "criteria": [criterion], "made_by": "applicant",
        "effective": "2026-01-01", "covers_version": "1.2.0", "confidentiality": "internal",
        "digest_of_file": uploaded["digest"],
    }  # fmt: skip
    assert (await do(house, APPLICANT, "offer-fresh-evidence", **offer)).status_code == 200
    (item,) = (await read(house, APPLICANT))["facts"]["items"]
    return str(item)


@pytest.mark.parametrize("named", ["kept_away", "group"])
async def test_no_evidence_of_a_label_goes_to_a_secretary_who_may_not_keep_it(house: House, named: str) -> None:
    item = await handed_in_file(house, (await watched(house, named))[0])
    sofia = await house.browser(SECRETARY)
    assert (await sofia.get(f"/api/labels/{LABEL_ID}/evidence/{item}")).content == b"trade secret"

    await declares(house, SECRETARY, RIVAL)

    assert (await do(house, SECRETARY, "open-extraordinary-surveillance", **INCIDENT)).json()["code"] == "kept_away"
    assert (await sofia.get(f"/api/labels/{LABEL_ID}/evidence/{item}")).status_code == 404


@pytest.mark.parametrize("who", [MEMBERS[0], AUDITOR])
async def test_nobody_whom_the_holder_keeps_away_reads_what_was_found(house: House, who: PersonFacts) -> None:
    criteria = await watched(house, "kept_away")
    await handed_in(house)
    await judged(house, criteria)
    before = (await read(house, who))["facts"]["judging"]
    (digest, *_) = re.findall(r"[0-9a-f]{64}", str(before))
    browser = await house.browser(who)
    assert (await browser.get(f"/api/labels/{LABEL_ID}/texts/{digest}")).status_code == 200

    await declares(house, who, RIVAL)

    assert "judging" not in (await read(house, who))["facts"]
    assert (await browser.get(f"/api/labels/{LABEL_ID}/texts/{digest}")).status_code == 404


async def test_a_member_who_may_not_decide_reads_of_a_label_what_everybody_may(house: House) -> None:
    """As in the case: with a tie to the holder, or an interest on record, they are of the public."""
    criteria = await watched(house, "kept_away")
    await handed_in(house)
    await judged(house, criteria)
    open_to_all = (await read(house, STRANGER))["facts"].keys()
    for member, known in ((MEMBERS[0], True), (MEMBERS[1], False)):
        before = await read(house, member)
        assert open_to_all < before["facts"].keys()
        (digest, *_) = re.findall(r"[0-9a-f]{64}", str(before["facts"]["judging"]))
        if known:
            await declares(house, member, ORGANISATION)
        else:
            said = {"has_interest": True, "statement": "My brother owns it."}
            assert (await do(house, member, "declare-matter-interests", **said)).status_code == 200
        assert (await read(house, member))["facts"].keys() == open_to_all
        browser = await house.browser(member)
        assert (await browser.get(f"/api/labels/{LABEL_ID}/texts/{digest}")).status_code == 404
        room = await browser.get(f"/commission/labels/{LABEL_ID}")
        assert (room.status_code, "keeps you out of this matter" in room.text) == (403, True)
        assert "others take care of it" in (await browser.get("/commission/labels")).text


async def test_what_is_voted_on_about_a_label_is_told_to_those_with_a_part_in_it(house: House) -> None:
    await label(house)
    await heard(house)
    put = {"scope": "English only.", "reasons": "It fails in Russian."}
    assert (await do(house, SECRETARY, "put-scope-to-vote", **put)).status_code == 200
    assert len((await read(house, MEMBERS[0]))["motions"]) == 1
    await declares(house, MEMBERS[0], ORGANISATION)
    for outsider in (STRANGER, MEMBERS[0]):
        assert (await read(house, outsider))["motions"] == []


async def test_a_tie_stated_before_any_declaration_takes_its_person_out_of_an_open_vote(house: House) -> None:
    await label(house)
    await heard(house)
    put = {"scope": "English only.", "reasons": "It fails in Russian."}
    assert (await do(house, SECRETARY, "put-scope-to-vote", **put)).status_code == 200
    electorate = (await read(house, SECRETARY))["motions"][-1]["electorate"]
    voter = next(one for one in MEMBERS if one.person in electorate)

    await declares(house, voter, ORGANISATION)

    assert (await read(house, SECRETARY))["motions"][-1]["recused"] == 1


async def test_a_member_who_declares_an_interest_is_led_to_the_list_of_labels(house: House) -> None:
    criteria = await watched(house, "kept_away")
    await handed_in(house)
    await judged(house, criteria)
    browser, declaring = await house.browser(MEMBERS[0]), f"/commission/labels/{LABEL_ID}/declare-matter-interests"

    led = await led_on(browser, await sent(browser, declaring, has_interest="yes", statement="My brother owns it."))

    assert "Your interest is on record. Others take care of that matter now." in words_of(led)
    assert "Receipt" in words_of(led)
