"""The applicant states what everybody will read, who judges sees it, and the label's page shows it (decision 69)."""

from collections.abc import Callable
from typing import Any

import pytest

from certify.procedure.lodging import EDITION
from schemas.people import PersonFacts
from schemas.public_statement import GROUP_MEASURES_MAX
from schemas.scheme import Tier
from tests.builders import APPLICANT, EXPERTS, MEMBERS, SECRETARY, Walk
from tests.label_walk import LABEL_ID, granted
from tests.pages.api import act, is_problem, tokens_at
from tests.pages.applicant import CASE, ROOM, sent
from tests.pages.conftest import Eyes, House, walk, words_of
from tests.pages.labels import label
from tests.statements import STATEMENT
from workflows.rules.case.evidence import missing

FORM = f"{CASE}/make-public-statement"
LIMITS = "Not for cheques."
(MEASURE,) = STATEMENT["group_measures"]
LINE = {f"{name}-1": text for name, text in MEASURE.items()}
TOLD = (
    "The applicant states this for the public page of the label. It goes with the evidence. "
    f"{LIMITS} Share of digits read right: Left-handed writers 97.1 %"
)
HELD = "The holder states this. The reviewers saw it with the evidence; the figures are the holder's."
WAITS = "State main limitations and measures by group"


def high(**changes: Any) -> Walk:
    return walk(tier=Tier.HIGH, edition=EDITION, **changes)


def unstated() -> Walk:
    """A case in which all evidence is there, and nothing is stated."""
    return all_but_stated().act("accept_application", SECRETARY)


def all_but_stated() -> Walk:
    walked = high().to_intake()
    for criterion in missing(walked.case, walked.rules):
        walked.offer(criterion)
    return walked


async def test_the_applicant_is_told_what_is_missing_states_it_and_hands_in(house: House) -> None:
    await house.holds(unstated())
    browser = await house.browser(APPLICANT)
    start, early = words_of(await browser.get(ROOM)), words_of(await browser.get(f"{CASE}/submit-evidence"))

    stated = await sent(browser, FORM, main_limitations=LIMITS, **LINE)
    case, form = words_of(await browser.get(CASE)), await browser.get(f"{CASE}/submit-evidence")
    handed_in = await sent(browser, f"{CASE}/submit-evidence")

    assert WAITS in start
    assert "Main limitations and measures by group are not stated yet." in early
    assert (stated.status_code, handed_in.status_code) == (303, 303)
    assert (
        TOLD.format(who="The applicant states this for the public page of the label. It goes with the evidence.")
        in case
    )
    assert LIMITS in words_of(form)
    assert (await house.case()).public_statement_handed_in.main_limitations == LIMITS


async def test_what_was_stated_stands_in_the_form_to_be_changed(house: House) -> None:
    await house.holds(high().to_intake().stated())
    form = (await (await house.browser(APPLICANT)).get(FORM)).text
    assert STATEMENT["main_limitations"] in form
    assert f'value="{MEASURE["group"]}"' in form


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"main_limitations": "", **LINE}, "State the main limitations of the system."),
        ({"main_limitations": LIMITS}, "State measures by group, or why there are none."),
        ({"main_limitations": LIMITS, "measure-7": "Errors"}, "Say of each measure what is measured"),
        ({"main_limitations": LIMITS, **LINE, "no_group_measures": "None."}, "or why there are none, not both."),
    ],
)
async def test_what_is_incomplete_is_not_sent_and_stays_typed(house: House, typed: dict[str, str], said: str) -> None:
    await house.holds(unstated())
    page = await sent(await house.browser(APPLICANT), FORM, **typed)
    assert (page.status_code, said in words_of(page)) == (422, True)
    assert all(one in page.text for one in typed.values() if one)
    assert (await house.case()).public_statement is None


async def test_there_is_a_line_for_each_measure_that_there_is_room_for(house: House) -> None:
    await house.holds(unstated())
    browser = await house.browser(APPLICANT)
    many = {
        f"{name}-{place}": f"{text} {place}"
        for place in range(1, GROUP_MEASURES_MAX + 1)
        for name, text in MEASURE.items()
    }
    assert (await sent(browser, FORM, main_limitations=LIMITS, **many)).status_code == 303
    assert len((await house.case()).public_statement.group_measures) == GROUP_MEASURES_MAX
    form = words_of(await browser.get(FORM))
    assert (form.count("What is measured"), "More measures" in form) == (GROUP_MEASURES_MAX, False)


async def test_the_secretariat_reads_at_the_intake_what_is_awaited(house: House) -> None:
    walked = high().to_intake()
    await house.holds(walked)
    secretary = await house.browser(SECRETARY)
    awaited = "The applicant has yet to state main limitations and measures by group for the public page."
    assert awaited in words_of(await secretary.get("/secretariat/case-1"))


async def test_whoever_accepts_without_it_reads_that_the_applicant_gets_time_to_hand_in_the_rest(house: House) -> None:
    await house.holds(all_but_stated())
    form = await (await house.browser(SECRETARY)).get("/secretariat/case-1/accept-application")
    assert "the applicant gets the term of the scheme to hand in the rest." in words_of(form)


SEEN: dict[str, tuple[PersonFacts, Callable[[], Walk]]] = {
    "/reviewer/case-1": (EXPERTS[0], lambda: high().to_evaluation()),
    "/reviewer/case-1/review": (EXPERTS[0], lambda: high().to_evaluation()),
    "/secretariat/case-1": (SECRETARY, lambda: high().to_evaluation()),
    "/commission/case-1": (MEMBERS[0], lambda: high(members=7).to_round()),
}


@pytest.mark.parametrize("path", SEEN)
async def test_who_judges_keeps_or_decides_the_case_sees_it(house: House, path: str) -> None:
    who, made = SEEN[path]
    await house.holds(made())
    shown = words_of(await (await house.browser(who)).get(path))
    assert STATEMENT["main_limitations"] in shown
    assert f"{MEASURE['measure']}: {MEASURE['group']} {MEASURE['value']}" in shown


async def test_reviewers_are_told_that_a_correction_states_something_else(house: House) -> None:
    walked = high().to_correction().stated(main_limitations=LIMITS).corrected("I-1.1-01")
    await house.holds(walked)
    shown = words_of(await (await house.browser(EXPERTS[0])).get("/reviewer/case-1"))
    assert "The statement for the public page is another one." in shown
    assert LIMITS in shown


async def test_everybody_reads_it_on_the_page_of_the_label_and_in_its_json_as_the_holders(house: House) -> None:
    await label(house, Tier.HIGH, case=granted(Tier.HIGH, edition=EDITION))
    public = await house.browser(None)

    page, russian = await public.get(f"/{LABEL_ID}"), await public.get(f"/{LABEL_ID}?lang=ru")
    json = (await public.get(f"/{LABEL_ID}.json")).json()

    assert "The holder states this. The reviewers saw it with the evidence; the figures are the holder's." in words_of(
        page
    )
    assert STATEMENT["main_limitations"] in words_of(page)
    assert "Это заявление держателя." in words_of(russian)
    assert json["label"]["holder_statement"] == {
        "main_limitations": STATEMENT["main_limitations"],
        "group_measures": [MEASURE],
        "no_group_measures": None,
    }


@pytest.mark.parametrize(("tier", "edition"), [(Tier.MEDIUM, EDITION), (Tier.HIGH, 5)])
async def test_other_pages_are_as_they_were(house: House, tier: Tier, edition: int) -> None:
    await label(house, tier, case=granted(tier, edition=edition))
    public = await house.browser(None)
    page, json = await public.get(f"/{LABEL_ID}"), (await public.get(f"/{LABEL_ID}.json")).json()
    assert "Main limitations" not in words_of(page)
    assert json["label"]["holder_statement"] is None


async def test_a_program_reads_that_a_statement_is_missing_and_makes_it(house: House) -> None:
    await house.holds(unstated())
    async with tokens_at(house) as tokens:
        applicant = await tokens(APPLICANT)
        before = (await applicant.get("/api/applications/case-1")).json()
        is_problem(await act(applicant, "submit_evidence"), 409, "public_statement_missing")
        assert (await act(applicant, "make_public_statement")).status_code == 200
        after = (await applicant.get("/api/applications/case-1")).json()
    assert (before["public_statement_missing"], after["public_statement_missing"]) == (True, False)
    assert after["public_statement"]["group_measures"] == [MEASURE]
    assert after["may"]["submit_evidence"] is None


async def test_the_form_suits_everybody_and_a_phone(house: House, eyes: Eyes) -> None:
    await house.holds(unstated())
    browser = await house.browser(APPLICANT)
    refused = await sent(browser, FORM, main_limitations=LIMITS)
    assert [await eyes.complaints(page) for page in (await browser.get(FORM), refused)] == ["", ""]


async def test_the_page_of_the_label_suits_everybody_and_a_phone(house: House, eyes: Eyes) -> None:
    await label(house, Tier.HIGH, case=granted(Tier.HIGH, edition=EDITION))
    public = await house.browser(None)
    assert [await eyes.complaints(await public.get(f"/{LABEL_ID}?lang={one}")) for one in ("en", "ru")] == ["", ""]
