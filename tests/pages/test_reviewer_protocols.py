"""A reviewer records a demonstration or an interview in a browser, and who may see it does."""

from datetime import UTC, datetime

import pytest

from schemas.people import PersonFacts
from schemas.scheme import Tier
from schemas.stages import Stage
from tests.builders import APPLICANT, EXPERTS, MEMBERS, SECRETARY, Walk
from tests.pages.conftest import Eyes, House, hidden_in, walk, words_of
from tests.pages.test_reviewer import CASE, CHECK, EDDA, EMIL, REVIEW, ROOM, sent
from tests.pages.test_reviewer_review import filled

PROTOCOL = f"{CASE}/record-protocol"
CHECKED = f"{PROTOCOL}/check"
FIRST = "I-1.1-01"
TODAY = datetime.now(UTC).date()
NAMED = f"P1 Demonstration, {TODAY.day} {TODAY:%B %Y}"
WRITTEN: dict[str, object] = {
    "form": "demonstration",
    "held_on": TODAY.isoformat(),
    "participants": "Lead developer of the applicant",
    "criteria": FIRST,
    "shown": "A page of digits was read.",
    "observed": "I saw that all were read rightly.",
    "item": "E1",
}


async def evaluated(house: House, tier: Tier = Tier.LOW, edition: int = 4) -> Walk:
    """A case that its reviewers judge."""
    walked = walk(tier=tier, edition=edition).to_evaluation().confirmed()
    await house.holds(walked)
    return walked


async def test_a_protocol_is_written_checked_recorded_and_cited(house: House) -> None:
    walked = await evaluated(house)
    browser = await house.browser(EDDA)
    assert PROTOCOL in (await browser.get(CASE)).text

    to_check = await browser.post(PROTOCOL, data=WRITTEN)
    assert to_check.headers["location"] == CHECKED
    words = words_of(await browser.get(CHECKED))
    assert "cannot be changed or taken back" in words
    assert "I saw that all were read rightly." in words
    done = await sent(browser, CHECKED)

    (recorded,) = (await house.case()).protocols.values()
    assert (done.status_code, recorded.criteria, recorded.item) == (303, (FIRST,), "E1")
    page = await browser.get(done.headers["location"])
    assert "Recorded as entry" in words_of(page)
    assert NAMED in words_of(page)
    assert "Demonstrations and interviews the verdict on I-1.1-01 rests on" in words_of(await browser.get(REVIEW))

    await browser.post(REVIEW, data={**filled(walked), f"cited-{FIRST}": [], f"protocols-{FIRST}": "P1"})
    assert "Demonstrations and interviews cited: P1" in words_of(await browser.get(CHECK))
    await sent(browser, CHECK)
    case = await house.case()
    finding = next(one for one in case.reviews["edda"].findings if one.criterion == FIRST)
    assert (case.stage, finding.cited, finding.protocols) == (Stage.RECOMMENDATION, (), ("P1",))


async def test_a_draft_is_kept_however_incomplete_and_gone_when_it_is_recorded(house: House) -> None:
    await evaluated(house)
    browser = await house.browser(EDDA)

    saved = await browser.post(PROTOCOL, data={"shown": "Half a thou", "save": "draft"})
    again = await (await house.browser(EDDA)).get(PROTOCOL)
    assert saved.headers["location"] == PROTOCOL
    assert "Half a thou</textarea>" in again.text
    lacking = words_of(await browser.get(CHECKED))
    assert "Say on which day it took place." in lacking
    assert "Write what you saw of it." in lacking

    await browser.post(PROTOCOL, data=WRITTEN)
    await sent(browser, CHECKED)
    assert "A page of digits" not in (await browser.get(PROTOCOL)).text


async def test_sent_twice_one_protocol_is_recorded(house: House) -> None:
    await evaluated(house)
    browser = await house.browser(EDDA)
    await browser.post(PROTOCOL, data=WRITTEN)
    form = hidden_in(await browser.get(CHECKED))
    first, second = [await browser.post(CHECKED, data=form) for _ in range(2)]
    assert first.headers["location"] == second.headers["location"]
    assert [*(await house.case()).protocols] == ["P1"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"held_on": "2020-01-01"}, "held_before_asked"),
        ({"held_on": "some day"}, "malformed_form"),
        ({"item": "E999"}, "unknown_item"),
        ({"criteria": "II-2.6-01"}, "unknown_criterion"),
        ({"form": "seance"}, "malformed_form"),
    ],
)
async def test_what_is_refused_comes_back_with_its_reason_and_all_that_was_written(
    house: House, changes: dict[str, object], said: str
) -> None:
    await evaluated(house)
    browser = await house.browser(EDDA)
    await browser.post(PROTOCOL, data={**WRITTEN, **changes})

    refused = await sent(browser, CHECKED)

    assert (refused.status_code, said in words_of(refused)) == (422, True)
    assert "A page of digits was read.</textarea>" in refused.text
    assert (await house.case()).protocols == {}


async def test_whoever_has_nothing_left_to_judge_gets_back_what_they_wrote(house: House) -> None:
    walked = await evaluated(house, Tier.HIGH)
    browser = await house.browser(EDDA)
    await browser.post(REVIEW, data=filled(walked))
    await sent(browser, CHECK)

    page = await browser.post(PROTOCOL, data=WRITTEN)

    assert page.status_code == 409
    assert "You have nothing to judge now for which this could be evidence." in words_of(page)
    assert "A page of digits was read." in words_of(page)


async def shown_to(house: House, who: PersonFacts, room: str) -> str:
    return (await (await house.browser(who)).get(f"{room}/case-1")).text


async def test_before_all_findings_are_in_no_other_reviewer_and_no_applicant_sees_it(house: House) -> None:
    await evaluated(house, Tier.HIGH)
    browser = await house.browser(EDDA)
    await browser.post(PROTOCOL, data={**WRITTEN, "criteria": _shared(await house.case())})
    await sent(browser, CHECKED)

    for who, room in ((EMIL, ROOM), (APPLICANT, "/applicant")):
        assert "A page of digits was read." not in await shown_to(house, who, room)
        assert "protocol-P1" not in await shown_to(house, who, room)
    assert "protocol-P1" not in (await (await house.browser(EMIL)).get(REVIEW)).text
    assert "A page of digits was read." in await shown_to(house, EDDA, ROOM)
    assert "A page of digits was read." in await shown_to(house, SECRETARY, "/secretariat")


def _shared(case: object) -> str:
    criteria = case.plan.criteria  # type: ignore[attr-defined]  # a case with a plan
    return next(one for one in criteria["edda"] if one in criteria["emil"])


async def test_once_findings_have_met_all_see_it_and_the_applicant_without_the_name(house: House) -> None:
    walked = walk(tier=Tier.HIGH, edition=4).to_evaluation().demonstrated(EDDA)
    walked.reviewed(EXPERTS)
    await house.holds(walked)

    for who, room in ((EMIL, ROOM), (APPLICANT, "/applicant")):
        words = words_of(await (await house.browser(who)).get(f"{room}/case-1"))
        assert NAMED in words
        assert "recorded by a reviewer" in words
        assert "Edda" not in words
    member = await house.browser(MEMBERS[0])
    await sent(member, "/commission/case-1/declare-interests", has_interest="no")
    assert "protocol-P1" in (await member.get("/commission/case-1")).text
    assert "recorded by Edda" in words_of(await (await house.browser(SECRETARY)).get("/secretariat/case-1"))


async def test_the_pages_are_in_russian_too(house: House) -> None:
    await evaluated(house)
    browser = await house.browser(EDDA)
    await browser.post(PROTOCOL, data=WRITTEN)
    for address, title in ((PROTOCOL, "Внести протокол показа или беседы"), (CHECKED, "Проверить протокол")):
        page = await browser.get(address, headers={"Accept-Language": "ru"})
        assert title in words_of(page)


async def test_axe_finds_nothing_to_complain_of_where_a_protocol_is_written(house: House, eyes: Eyes) -> None:
    await evaluated(house)
    browser = await house.browser(EDDA)
    await browser.post(PROTOCOL, data=WRITTEN)
    pages = [await browser.get(PROTOCOL), await browser.get(CHECKED)]
    await sent(browser, CHECKED)
    pages += [await browser.get(CASE), await browser.get(REVIEW)]
    assert [await eyes.complaints(page) for page in pages] == [""] * len(pages)
