"""What a reviewer sees and does after findings have met: what differs, grades, reliance, and a changed verdict."""

from schemas.correction import Grade
from schemas.evidence import Maker
from schemas.scheme import Tier
from schemas.stages import Stage, Verdict
from tests.builders import APPLICANT, EXPERTS, SECRETARY, Walk
from tests.pages.conftest import Eyes, House, hidden_in, walk, words_of
from tests.pages.test_reviewer import CASE, CHECK, EDDA, REVIEW, ROOM, sent

FIRST, SECOND = "I-1.1-01", "I-1.2-01"
REVISE = f"{CASE}/revise-verdict?criterion={FIRST}"


def corrected() -> Walk:
    """A case in which the reviewer has one corrected requirement to judge again."""
    return walk(edition=2).to_correction().corrected(FIRST)


def answered(criterion: str, verdict: str, **more: object) -> dict[str, object]:
    return {f"verdict-{criterion}": verdict, f"rationale-{criterion}": "Looked at.", **more}


async def test_only_what_differs_is_judged_again_with_the_earlier_verdict_beside_it(house: House) -> None:
    walked = corrected()
    await house.holds(walked)
    browser = await house.browser(EDDA)

    start, page = await browser.get(ROOM), await browser.get(REVIEW)

    words = words_of(page)
    assert "Write your review and hand it in" in words_of(start)
    assert "0 of 1 criteria have a verdict" in words
    assert f"What differs from the version before Added: E{walked.case.items_numbered}" in words
    assert "Your verdict on an earlier version Not met" in words
    assert f"verdict-{SECOND}" not in page.text


async def test_what_is_judged_again_is_handed_in_alone(house: House) -> None:
    walked = corrected()
    await house.holds(walked)
    browser = await house.browser(EDDA)
    item = f"E{walked.case.items_numbered}"
    await browser.post(REVIEW, data=answered(FIRST, "met", **{f"cited-{FIRST}": item}))

    done = await sent(browser, CHECK)

    case = await house.case()
    assert (done.status_code, case.stage) == (303, Stage.RECOMMENDATION)
    found = {one.criterion: one.manifest for one in case.reviews["edda"].findings}
    assert (found[FIRST], found[SECOND]) == (2, 1)
    assert "Version 2: what differs from version 1" in words_of(await browser.get(done.headers["location"]))


async def test_a_review_written_on_another_version_is_refused(house: House) -> None:
    await house.holds(corrected())
    browser = await house.browser(EDDA)
    await browser.post(REVIEW, data=answered(FIRST, "not_met"))
    page = await browser.get(CHECK)

    refused = await browser.post(CHECK, data={**hidden_in(page), "manifest_digest": "0" * 64})

    assert refused.status_code == 422
    assert "other_manifest" in words_of(refused)


async def test_a_grade_is_given_with_what_is_not_met(house: House) -> None:
    await house.holds(corrected())
    browser = await house.browser(EDDA)
    assert "Without an answer, not met is major and partly met is minor" in words_of(await browser.get(REVIEW))
    await browser.post(REVIEW, data=answered(FIRST, "not_met", **{f"grade-{FIRST}": "minor"}))

    assert "Graded: Minor" in words_of(await browser.get(CHECK))
    await sent(browser, CHECK)
    assert (await house.case()).reviews["edda"].findings[-1].grade == Grade.MINOR


async def test_why_an_earlier_maker_is_relied_on_is_asked_where_there_is_one(house: House) -> None:
    laboratory = Maker(kind="accredited_laboratory", name="Probe", accreditation="L-1")
    walked = walk(edition=2).to_intake().offer(FIRST, made_by=laboratory).with_evidence()
    walked.act("accept_application", SECRETARY).staffed(EDDA).confirmed()
    await house.holds(walked)
    browser = await house.browser(EDDA)
    page = await browser.get(REVIEW)
    assert (f"reliance-{FIRST}" in page.text, f"reliance-{SECOND}" in page.text) == (True, False)

    typed: dict[str, object] = {}
    for one in walked.findings("edda"):
        typed |= answered(one.criterion, one.verdict.value, **{f"cited-{one.criterion}": list(one.cited)})
    await browser.post(REVIEW, data=typed)
    refused = await sent(browser, CHECK)
    assert (refused.status_code, "reliance_missing" in words_of(refused)) == (422, True)
    await browser.post(REVIEW, data={**typed, f"reliance-{FIRST}": "Accredited for this method."})
    assert (await sent(browser, CHECK)).status_code == 303
    assert (await house.case()).stage == Stage.RECOMMENDATION
    assert "Accredited for this method." in words_of(await browser.get(CASE))


async def test_a_verdict_is_changed_once_and_both_versions_are_shown(house: House) -> None:
    walked = walk(edition=2).to_correction()
    await house.holds(walked)
    browser = await house.browser(EDDA)
    assert REVISE in (await browser.get(CASE)).text
    cited = next(item.id for item in walked.case.items.values() if FIRST in item.criteria)

    done = await sent(browser, REVISE, verdict="met", cited=cited, reason="I overlooked a page.")

    case = await house.case()
    assert (done.status_code, case.stage) == (303, Stage.RECOMMENDATION)
    assert case.reviews["edda"].revisions[0].before == Verdict.NOT_MET
    page = await browser.get(CASE)
    assert "before: Not met I overlooked a page." in words_of(page)
    assert REVISE not in page.text
    applicants = words_of(await (await house.browser(APPLICANT)).get("/applicant/case-1"))
    assert "before: Not met I overlooked a page." in applicants


async def test_a_change_without_verdict_or_reason_or_evidence_is_asked_for(house: House) -> None:
    await house.holds(walk(edition=2).to_correction())
    browser = await house.browser(EDDA)
    without = await sent(browser, REVISE)
    assert without.status_code == 422
    for asked in ("Give the new verdict.", "Say why you change it."):
        assert asked in words_of(without)
    unproven = await sent(browser, f"{CASE}/revise-verdict?criterion={SECOND}", verdict="partly_met", reason="Less.")
    assert unproven.status_code == 303
    unchanged = await sent(browser, REVISE, verdict="not_met", reason="The same.")
    assert "verdict_unchanged" in words_of(unchanged)


async def test_nobody_changes_anothers_verdict(house: House) -> None:
    walked = walk(tier=Tier.MEDIUM, edition=2).to_correction()
    await house.holds(walked)
    assert walked.case.plan is not None
    other = next(one for one in EXPERTS[:2] if FIRST not in walked.case.plan.criteria[one.person])
    page = await (await house.browser(other)).get(REVISE)
    assert "Choose one of your verdicts on the page of the case." in words_of(page)


async def test_axe_finds_nothing_to_complain_of_where_verdicts_are_given_again(house: House, eyes: Eyes) -> None:
    await house.holds(corrected())
    await house.holds(walk(edition=2, reference="A-2").to_correction(), "case-2")
    browser = await house.browser(EDDA)
    addresses = (REVIEW, CASE, "/reviewer/case-2", f"/reviewer/case-2/revise-verdict?criterion={FIRST}")
    pages = [await browser.get(address) for address in addresses]
    assert [await eyes.complaints(page) for page in pages] == [""] * len(pages)
