"""What the Commission sees and does beside granting: sending back, separate opinions, agreement, rounds set aside."""

from schemas.scheme import Tier
from schemas.stages import Choice, Outcome, Stage, Verdict
from tests.builders import APPLICANT, EXPERTS, MEMBERS, SECRETARY, Walk, text
from tests.pages.commission import BALLOT, CASE, sent
from tests.pages.conftest import Eyes, House, walk, words_of

FIRST = "I-1.1-01"


def voting(tier: Tier = Tier.MEDIUM) -> Walk:
    """A case before its voters."""
    return walk(tier=tier, edition=2).to_round()


async def test_a_case_may_be_sent_back_with_what_is_missing(house: House) -> None:
    await house.holds(voting())
    browser = await house.browser(MEMBERS[1])
    assert "Send back to be supplemented" in words_of(await browser.get(BALLOT))

    without = await sent(browser, BALLOT, choice="send_back", step="confirmed")
    done = await sent(browser, BALLOT, choice="send_back", reasons="Show the test data.", step="confirmed")

    assert (without.status_code, "reasons_missing" in words_of(without)) == (422, True)
    assert done.status_code == 303
    assert (await house.case()).rounds[0].ballots["member-b"].choice == Choice.SEND_BACK


async def test_a_case_that_was_sent_back_once_is_not_offered_to_be_sent_back_again(house: House) -> None:
    walked = voting()
    walked.voted(*[Choice.SEND_BACK] * 7, reasons=text("Advice"))
    walked.offer(FIRST, file="more.pdf").act("submit_evidence", APPLICANT).reviewed().recommended()
    await house.holds(walked.act("open_round", SECRETARY).all_declare())
    page = await (await house.browser(MEMBERS[1])).get(BALLOT)
    assert "Send back" not in words_of(page)


async def test_a_separate_opinion_is_shown_with_the_decision_where_the_scheme_publishes_them(house: House) -> None:
    walked = walk(tier=Tier.CRITICAL, members=7, edition=2).to_round()
    await house.holds(walked)
    browser = await house.browser(MEMBERS[0])
    assert "without your name, to everyone in the case" in words_of(await browser.get(BALLOT))
    await sent(browser, BALLOT, choice="grant", dissent="I would have asked for more.", step="confirmed")
    for member in MEMBERS[1:7]:
        await sent(await house.browser(member), BALLOT, choice="grant", step="confirmed")

    assert (await house.case()).stage == Stage.ATTESTATION
    for who, address in ((APPLICANT, "/applicant/case-1"), (EXPERTS[0], "/reviewer/case-1"), (MEMBERS[3], CASE)):
        words = words_of(await (await house.browser(who)).get(address))
        assert "Separate opinions I would have asked for more." in words
    assert "Member A" not in words_of(await (await house.browser(APPLICANT)).get("/applicant/case-1"))


async def test_how_far_reviewers_agree_stands_beside_the_results(house: House) -> None:
    walked = walk(tier=Tier.HIGH, edition=2).to_evaluation()
    assert walked.case.plan is not None
    shared = next(one for one in walked.case.plan.criteria["edda"] if one in walked.case.plan.criteria["emil"])
    edda = tuple(
        one.model_copy(update={"verdict": Verdict.PARTLY_MET}) if one.criterion == shared else one
        for one in walked.findings("edda")
    )
    walked.confirmed().act("submit_review", EXPERTS[0], findings=edda).reviewed()
    walked.act("declare_interests", MEMBERS[0], has_interest=False)
    await house.holds(walked)

    for who, address in ((MEMBERS[0], CASE), (SECRETARY, "/secretariat/case-1")):
        words = words_of(await (await house.browser(who)).get(address))
        assert "How far the reviewers agree" in words
        assert "Met: 1 · Partly met: 1 · 0 of 1 pairs agree" in words
        assert f"({shared})" in words
    for who, address in ((APPLICANT, "/applicant/case-1"), (EXPERTS[0], "/reviewer/case-1")):
        assert "How far the reviewers agree" not in words_of(await (await house.browser(who)).get(address))


async def test_a_round_that_was_set_aside_says_why(house: House) -> None:
    voided = voting().voted(Choice.GRANT)
    voided.act("declare_interests", EXPERTS[0], has_interest=True, statement=text("Advice"))
    await house.holds(voided)
    heard = (
        walk(tier=Tier.MEDIUM, edition=2, reference="A-2")
        .to_recommendation()
        .recommended()
        .act("open_round", SECRETARY)
    )
    heard.all_declare().voted(*[Choice.ABSTAIN] * 7)
    await house.holds(heard, "case-2")
    browser = await house.browser(SECRETARY)

    first, second = [words_of(await browser.get(f"/secretariat/case-{number}")) for number in (1, 2)]

    assert "It ended without a count: a reviewer has an interest." in first
    assert "Ballots of this round" not in first
    assert "No decision rests on it: the applicant is heard first." in second
    assert "Record the hearing" in second
    assert "Hearing due" in second


async def test_the_secretariat_sees_what_waits_for_the_applicant(house: House) -> None:
    await house.holds(walk(edition=2).to_correction())
    words = words_of(await (await house.browser(SECRETARY)).get("/secretariat/case-1"))
    assert "Nonconformities" in words
    assert "to be closed by" in words


async def test_a_vote_on_a_tier_asks_about_the_tier(house: House) -> None:
    walked = walk(edition=2).to_evaluation().confirmed(Tier.HIGH).proposed(Tier.HIGH)
    await house.holds(walked)
    voter = walked.voters()[0]
    words = words_of(await (await house.browser(voter)).get(BALLOT))
    assert "This vote is not about the label. It is about the risk tier: Low risk now, High risk proposed." in words
    assert "Raise the tier" in words
    assert "Grounds of a refusal" not in words


async def test_axe_finds_nothing_to_complain_of_in_what_is_new_to_the_commission(house: House, eyes: Eyes) -> None:
    walked = walk(tier=Tier.HIGH, edition=2).to_recommendation(I_1_1_01=Verdict.NOT_MET)
    walked.recommended(recommends=Outcome.REFUSED).act("record_hearing", SECRETARY, protocol=text("Protocol"))
    await house.holds(walked.act("open_round", SECRETARY).all_declare())
    pages = [await (await house.browser(MEMBERS[0])).get(address) for address in (BALLOT, CASE)]
    pages.append(await (await house.browser(SECRETARY)).get("/secretariat/case-1"))
    assert [await eyes.complaints(page) for page in pages] == [""] * len(pages)
