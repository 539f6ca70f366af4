"""Writing a review, checking it, handing it in: in a browser."""

import re

import pytest

from schemas.people import PersonFacts
from schemas.scheme import Tier
from schemas.stages import Verdict
from tests.builders import APPLICANT, EXPERTS, SECRETARY, Walk, text
from tests.pages.conftest import Eyes, House, hidden_in, walk, words_of
from tests.pages.test_reviewer import AREA, CASE, CHECK, EDDA, EMIL, REVIEW, ROOM, at_evaluation, sent

Form = dict[str, str | list[str]]


def filled(walked: Walk, reviewer: PersonFacts = EDDA) -> Form:
    """What the whole form of a review sends."""
    assert walked.case.plan is not None
    form: Form = {}
    for criterion in walked.case.plan.criteria[reviewer.person]:
        cited = [item.id for item in walked.case.evidence.values() if criterion in item.criteria]
        form |= {f"verdict-{criterion}": "met", f"rationale-{criterion}": f"{criterion} is shown."}
        form |= {f"cited-{criterion}": cited}
    return form


async def test_each_criterion_comes_with_its_text_and_what_the_applicant_shows(house: House) -> None:
    walked = await at_evaluation(house)
    assert walked.case.plan is not None

    page = await (await house.browser(EDDA)).get(REVIEW)

    words = words_of(page)
    assert "Stated benefit and affected people (I-1.1-01)" in words
    assert "E1 I-1.1-01.pdf" in words
    assert "made by the applicant · of 10 January 2026 · for version 1.2.0" in words
    assert page.text.count("<textarea") == len(walked.case.plan.criteria["edda"])


async def test_not_applicable_is_offered_only_where_the_applicant_gave_a_reason(house: House) -> None:
    walked = walk(tier=Tier.MEDIUM).to_intake()
    walked.act("state_not_applicable", APPLICANT, criterion="I-1.1-01", reason=text("Advice"))
    walked.with_evidence().act("accept_application", SECRETARY)
    walked.staffed(*EXPERTS[:2])
    await house.holds(walked)
    assert walked.case.plan is not None
    judge = next(one for one in EXPERTS[:2] if "I-1.1-01" in walked.case.plan.criteria[one.person])

    page = await (await house.browser(judge)).get(REVIEW)

    assert "The applicant says why it does not apply Advice" in words_of(page)
    assert re.findall(r'name="(verdict-[^"]+)" type="radio" value="not_applicable"', page.text) == ["verdict-I-1.1-01"]


async def test_a_draft_is_saved_however_incomplete_and_restored_after_signing_in_again(house: House) -> None:
    await at_evaluation(house)
    browser = await house.browser(EDDA)
    typed = {"rationale-I-1.1-01": "Half a thou", "cited-I-1.1-01": "E1", "others-I-1.1-01": "E2", "save": AREA}

    answer = await browser.post(REVIEW, data=typed)
    page = await (await house.browser(EDDA)).get(REVIEW)

    assert (answer.status_code, answer.headers["location"]) == (303, f"{REVIEW}#saved-{AREA}")
    assert "Half a thou</textarea>" in page.text
    assert re.search(r'name="cited-I-1.1-01"[^>]*value="E1"[^>]*checked', page.text)
    assert 'value="E2"' in page.text
    assert re.search(r"Saved \d+ \w+ \d{4}, \d\d:\d\d UTC", words_of(page))
    assert "0 of 8 criteria have a verdict" in words_of(page)


async def test_nobody_else_sees_a_draft(house: House) -> None:
    await at_evaluation(house, Tier.HIGH)
    await (await house.browser(EDDA)).post(REVIEW, data={"rationale-I-1.1-01": "Only mine", "save": AREA})

    for who, address in ((EMIL, REVIEW), (EMIL, CHECK), (EMIL, CASE), (SECRETARY, "/secretariat/case-1")):
        page = await (await house.browser(who)).get(address)
        assert page.status_code == 200
        assert "Only mine" not in page.text
    assert "Only mine" in (await (await house.browser(EDDA)).get(REVIEW)).text


async def test_the_check_shows_every_answer_with_its_change_link_and_what_is_missing(house: House) -> None:
    walked = await at_evaluation(house)
    browser = await house.browser(EDDA)
    form = {**filled(walked), "cited-I-1.1-01": [], "rationale-I-1.3-01": "", "verdict-II-2.2-01": ""}

    answer = await browser.post(REVIEW, data=form)
    page = await browser.get(answer.headers["location"])

    words = words_of(page)
    assert answer.headers["location"] == CHECK
    assert "I-1.1-01: name the evidence it rests on." in words
    assert "I-1.3-01: say why." in words
    assert "I-1.1-01 is shown." in words
    assert f'href="{REVIEW}#finding-I-1.1-01"' in page.text
    assert "Hand in the review" not in words


async def test_the_check_names_what_is_cited_and_was_never_handed_in(house: House) -> None:
    walked = await at_evaluation(house)
    browser = await house.browser(EDDA)
    browser.headers["Accept-Language"] = "ru"

    await browser.post(REVIEW, data={**filled(walked), "others-I-1.1-01": "E1, e99, чушь"})
    page = await browser.get(CHECK)

    assert "I-1.1-01: среди поданных доказательств нет E99, ЧУШЬ." in words_of(page)
    assert f'href="{REVIEW}#finding-I-1.1-01"' in page.text
    assert f'action="{CHECK}"' not in page.text


async def test_a_complete_review_is_handed_in_and_its_draft_is_gone(house: House) -> None:
    walked = await at_evaluation(house)
    browser = await house.browser(EDDA)
    await browser.post(REVIEW, data=filled(walked))

    answer = await sent(browser, CHECK)
    page = await browser.get(answer.headers["location"])

    review = (await house.case()).reviews["edda"]
    words = words_of(page)
    assert answer.status_code == 303
    assert {finding.verdict for finding in review.findings} == {Verdict.MET}
    assert "Recorded as entry" in words
    assert "Your review Handed in on" in words
    assert "I-1.1-01 is shown." in words
    assert "criteria have a verdict" not in words
    assert "Done Digit Reader 1.2.0 Handed in" in words_of(await browser.get(ROOM))


async def test_handing_in_twice_is_answered_with_the_first_receipt(house: House) -> None:
    walked = await at_evaluation(house, Tier.HIGH)
    browser = await house.browser(EDDA)
    await browser.post(REVIEW, data=filled(walked))
    form = hidden_in(await browser.get(CHECK))

    first, second = [await browser.post(CHECK, data=form) for _ in range(2)]

    assert first.headers["location"] == second.headers["location"]


async def test_items_named_by_number_are_cited_with_the_ticked_ones(house: House) -> None:
    walked = await at_evaluation(house)
    browser = await house.browser(EDDA)
    await browser.post(REVIEW, data={**filled(walked), "others-I-1.1-01": "e3, E1; E4"})

    await sent(browser, CHECK)

    findings = (await house.case()).reviews["edda"].findings
    assert next(one.cited for one in findings if one.criterion == "I-1.1-01") == ("E1", "E3", "E4")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"cited-I-1.1-01": []}, "Name the evidence for I-1.1-01."),
        ({"verdict-I-1.1-01": ""}, "These criteria have no verdict yet: I-1.1-01."),
        ({"verdict-I-1.1-01": "not_applicable"}, "The applicant gave no reason why I-1.1-01 should not apply."),
        ({"others-I-1.1-01": "E99"}, "I-1.1-01: E99 is not among the evidence handed in."),
        ({"rationale-I-1.1-01": ""}, "I-1.1-01: say why."),
        ({"verdict-I-1.1-01": "splendid"}, "malformed_form"),
    ],
)
async def test_a_refused_review_keeps_everything_typed_and_says_why(house: House, changes: Form, says: str) -> None:
    walked = await at_evaluation(house)
    browser = await house.browser(EDDA)
    form = {**filled(walked), **changes}
    await browser.post(REVIEW, data=form)

    page = await browser.post(CHECK, data={**form, "idempotency_key": "key-1"})

    words = words_of(page)
    assert page.status_code == 422
    assert says in words
    assert 'id="finding-I-1.1-01"' in page.text
    assert (await house.case()).reviews == {}
    kept = (await browser.get(REVIEW)).text
    for name, value in form.items():
        if name.startswith("rationale-") and isinstance(value, str):
            assert f">{value}</textarea>" in kept


async def test_an_empty_review_is_not_sent(house: House) -> None:
    await at_evaluation(house)

    page = await (await house.browser(EDDA)).post(CHECK, data={})

    assert page.status_code == 422
    assert "I-1.1-01: give a verdict." in words_of(page)


async def test_what_was_written_is_given_back_when_the_case_ended_meanwhile(house: House) -> None:
    walked = await at_evaluation(house)
    browser = await house.browser(EDDA)
    form = {**filled(walked), "rationale-I-1.1-01": "Long thought over."}
    walked.act("withdraw_application", APPLICANT)
    await house.holds(walked)

    saved, handed_in = await browser.post(REVIEW, data=form), await browser.post(CHECK, data=form)

    assert [page.status_code for page in (saved, handed_in)] == [409, 409]
    assert "What you wrote Long thought over." in words_of(saved)
    assert "What you wrote Long thought over." in words_of(handed_in)
    assert "Went on without your review" in words_of(await browser.get(ROOM))


async def test_a_review_that_is_in_cannot_be_written_again(house: House) -> None:
    walked = walk(tier=Tier.HIGH).to_evaluation().reviewed(by=(EDDA,))
    await house.holds(walked)

    page = await (await house.browser(EDDA)).get(REVIEW)

    assert page.status_code == 409
    assert "You handed in your review before." in words_of(page)


async def test_other_reviewers_findings_stay_hidden_until_all_are_in(house: House) -> None:
    walked = walk(tier=Tier.HIGH).to_evaluation()
    for word, expert in (("Report", EDDA), ("Advice", EMIL)):
        findings = tuple(one.model_copy(update={"rationale": text(word)}) for one in walked.findings(expert.person))
        walked.act("submit_review", expert, findings=findings)
    await house.holds(walked)
    browser = await house.browser(EDDA)

    blind = words_of(await browser.get(CASE))
    await house.holds(walked.reviewed())
    met = words_of(await browser.get(CASE))

    assert "Report" in blind
    assert "Advice" not in blind
    assert "The findings of the other reviewers open when everybody has handed in." in blind
    assert "Results by requirement" in met
    assert "Reviewer 2 : Met Advice" in met
    assert EMIL.person.title() not in met


@pytest.mark.slow
@pytest.mark.parametrize("width", [360, 1280])
async def test_axe_finds_nothing_to_complain_of_while_a_review_is_written(house: House, eyes: Eyes, width: int) -> None:
    walked = walk(**await house.application()).to_evaluation()
    await house.holds(walked)
    browser = await house.browser(EDDA)
    await browser.post(REVIEW, data={**filled(walked), "verdict-I-1.1-01": ""})
    refused = await browser.post(CHECK, data={**filled(walked), "cited-I-1.1-01": []})

    pages = [refused, *[await browser.get(address) for address in (ROOM, CASE, REVIEW, CHECK)]]

    assert [await eyes.complaints(page, width) for page in pages] == [""] * len(pages)


async def test_whoever_takes_a_place_reads_no_finding_of_the_others_before_handing_in(house: House) -> None:
    walked = walk(tier=Tier.MEDIUM, edition=2).to_evaluation().reviewed((EDDA, EMIL))
    new = EXPERTS[2]
    walked.act("declare_interests", EDDA, has_interest=True, statement=text("I own it"))
    areas = walked.case.assignments[EDDA.person].areas
    walked.act("assign_reviewer", SECRETARY, reviewer=new.person, areas=areas, people={new.person: new})
    walked.act("declare_interests", new, has_interest=False).act("answer_assignment", new, accepts=True)
    walked.act("approve_plan", SECRETARY)
    await house.holds(walked)
    browser = await house.browser(new)

    read = (await browser.get("/api/applications/case-1")).json()
    page = words_of(await browser.get(CASE))
    finding = walked.case.reviews[EMIL.person].findings[0]
    rationale = await browser.get(f"/api/applications/case-1/texts/{finding.rationale.digest}")

    assert (read["reviews"], read["results"], read["lookup_findings"]) == ([], [], [])
    assert rationale.status_code == 404
    assert "Results by requirement" not in page
    assert "Because the evidence shows it." not in page
    assert (await browser.get(REVIEW)).status_code == 200
