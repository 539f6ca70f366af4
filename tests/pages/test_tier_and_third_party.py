"""The pages of a disputed tier and of the neutral third party: who sees them, what they refuse, what they do."""

import pytest

from schemas.people import PersonFacts
from schemas.scheme import Tier
from schemas.stages import Choice, Stage
from tests.builders import APPLICANT, EXPERTS, MEMBERS, SECRETARY, THIRD_PARTY, Walk, text
from tests.pages.conftest import AUDITOR, Eyes, House, hidden_in, name_of, walk, words_of
from tests.pages.secretariat import CASE, sent

TIER_ROUND = f"{CASE}/open-tier-round"
DRAW = f"{CASE}/draw-third-party"
BALLOT = "/commission/case-1/cast-ballot"
REFUSE = "/commission/case-1/answer-assignment"


def disputed() -> Walk:
    """The lead reviewer found high risk where the applicant stated low."""
    return walk(edition=2).to_evaluation().confirmed(Tier.HIGH)


def voting() -> Walk:
    return disputed().proposed(Tier.HIGH)


def critical() -> Walk:
    return walk(tier=Tier.CRITICAL, edition=2).to_evaluation()


# The round on a tier


async def test_a_disputed_tier_waits_for_the_secretariat_to_put_it_to_the_vote(house: House) -> None:
    await house.holds(disputed())
    browser = await house.browser(SECRETARY)

    start, page = words_of(await browser.get("/secretariat")), await browser.get(TIER_ROUND)

    assert "Waiting for you Put a higher risk tier to the vote" in start
    words = words_of(page)
    assert "The answers of the applicant give Low risk, those of the lead reviewer High risk." in words
    assert "Can vote 7 members Drawn from them 3 members Quorum 3 ballots" in words
    assert hidden_in(page)["proposed_tier"] == "high"
    assert "the lead reviewer found High risk" in words_of(await browser.get(CASE))


async def test_opening_the_round_draws_the_working_group(house: House) -> None:
    await house.holds(disputed())

    answer = await sent(await house.browser(SECRETARY), TIER_ROUND)

    vote = (await house.case()).open_round
    assert answer.status_code == 303
    assert vote is not None
    assert (vote.proposed_tier, len(vote.electorate)) == (Tier.HIGH, 3)


async def test_without_a_dispute_a_tier_is_chosen_of_those_that_are_higher(house: House) -> None:
    await house.holds(walk(tier=Tier.MEDIUM, edition=2).to_recommendation())
    browser = await house.browser(SECRETARY)

    page, empty = await browser.get(TIER_ROUND), await sent(browser, TIER_ROUND)
    lower = await sent(browser, TIER_ROUND, proposed_tier="low")

    assert [tier for tier in Tier if f'value="{tier}"' in page.text] == [Tier.HIGH, Tier.CRITICAL]
    assert empty.status_code == 422
    assert "Choose the tier that is proposed." in words_of(empty)
    assert lower.status_code == 422
    assert "A tier is only ever raised; nobody lowers it." in words_of(lower)
    assert (await sent(browser, TIER_ROUND, proposed_tier="critical")).status_code == 303
    assert (await house.case()).rounds[-1].proposed_tier == Tier.CRITICAL


@pytest.mark.parametrize(
    ("walked", "why"),
    [
        (lambda: walk(edition=2).to_planning(), "The case is in another stage."),
        (lambda: walk().to_evaluation(), "This case follows an earlier edition of the procedure."),
        (critical, "There is no higher tier to vote on."),
        (voting, "A round is open."),
    ],
)
async def test_where_no_tier_can_be_voted_on_the_page_says_why(house: House, walked: object, why: str) -> None:
    await house.holds(walked())  # type: ignore[operator]  # each makes a walk

    page = await (await house.browser(SECRETARY)).get(TIER_ROUND)

    assert page.status_code == 409
    assert why in words_of(page)


async def test_an_auditor_reads_and_opens_no_round(house: House) -> None:
    await house.holds(disputed())
    page = await (await house.browser(AUDITOR)).get(TIER_ROUND)
    assert page.status_code == 403


async def test_the_ballot_on_a_tier_asks_about_the_tier_and_names_no_grounds(house: House) -> None:
    walked = voting()
    await house.holds(walked)
    browser = await house.browser(walked.voters()[0])

    page = await browser.get(BALLOT)
    check = await browser.post(BALLOT, data={**hidden_in(page), "choice": "grant"})

    words = words_of(page)
    assert "It is about the risk tier: Low risk now, High risk proposed." in words
    assert "Raise the tier Leave the tier Abstain" in words
    assert "On what does a refusal rest?" not in words
    assert "You are about to vote: Raise the tier." in words_of(check)
    done = await browser.post(BALLOT, data={**hidden_in(check), "step": "confirmed"})
    assert done.status_code == 303
    assert (await house.case()).rounds[0].ballots[walked.voters()[0].person].choice == Choice.GRANT


async def test_members_see_what_a_round_is_about_and_what_came_of_it(house: House) -> None:
    walked = voting()
    first = walked.voters()[0]
    walked.voted(Choice.GRANT, Choice.GRANT, Choice.GRANT)
    await house.holds(walked)

    words = words_of(await (await house.browser(first)).get("/commission/case-1"))

    assert "Round 1: on the risk tier High risk" in words
    assert "Majority to raise the tier reached" in words
    assert "Raise the tier" in words
    assert "Tier raised from Low risk to High risk by the vote of round 1" in words


async def test_the_applicant_reads_why_evidence_is_asked_for_again(house: House) -> None:
    walked = walk(edition=2).to_evaluation().confirmed(Tier.MEDIUM)
    await house.holds(walked)

    words = words_of(await (await house.browser(APPLICANT)).get("/applicant/case-1"))

    assert "Tier raised from Low risk to Medium risk, as the lead reviewer found" in words
    assert "waits for the applicant" in words
    assert name_of(EXPERTS[0]) not in words


# Clocks


async def test_both_sides_read_the_same_clock_and_since_when_it_stands_still(house: House) -> None:
    await house.holds(walk(edition=2).to_intake().asked())

    for who, address in ((SECRETARY, CASE), (APPLICANT, "/applicant/case-1")):
        words = words_of(await (await house.browser(who)).get(address))
        assert "Decision on the intake due stands still since" in words
        assert "Answer to question 1 due" in words
        assert "waits for the applicant" in words


# The neutral third party


async def test_the_draw_shows_who_can_be_drawn_and_the_secretariat_is_reminded_of_it(house: House) -> None:
    await house.holds(critical().reviewed(by=()))
    browser = await house.browser(SECRETARY)

    start, page = words_of(await browser.get("/secretariat")), await browser.get(DRAW)
    answer = await sent(browser, DRAW)

    assert "Waiting for you Draw the neutral third party" in start
    assert f"Who can be drawn {name_of(THIRD_PARTY)}" in words_of(page)
    assert answer.status_code == 303
    assert (await house.case()).third_party_drawn == THIRD_PARTY.person
    again = await browser.get(DRAW)
    assert again.status_code == 409
    assert "The neutral third party was drawn before." in words_of(again)


async def test_where_nobody_is_free_the_page_warns_and_the_draw_is_refused(house: House) -> None:
    walked = critical().act("declare_interests", THIRD_PARTY, has_interest=True, statement=text())
    await house.holds(walked)
    browser = await house.browser(SECRETARY)

    page = await browser.get(DRAW)
    refused = await sent(browser, DRAW)

    assert "Nobody with this role is free of interests in this case." in words_of(page)
    assert f"{name_of(THIRD_PARTY)}: has an interest in this case" in words_of(page)
    assert refused.status_code == 409
    assert "nobody_to_draw" in words_of(refused)


async def test_in_a_tier_without_a_third_party_there_is_nothing_to_draw(house: House) -> None:
    await house.holds(walk(edition=2).to_evaluation())
    page = await (await house.browser(SECRETARY)).get(DRAW)
    assert page.status_code == 409
    assert "This tier has no neutral third party." in words_of(page)


async def test_only_who_was_drawn_finds_the_case_and_may_say_no(house: House) -> None:
    await house.holds(critical())
    assert (await (await house.browser(THIRD_PARTY)).get("/commission/case-1")).status_code == 404

    await sent(await house.browser(SECRETARY), DRAW)
    browser = await house.browser(THIRD_PARTY)
    case = words_of(await browser.get("/commission/case-1"))
    answer = await sent(browser, REFUSE, reason="No time.")

    assert "Hand in the neutral third party's report" in case
    assert "Say that you will not act as third party" in case
    assert answer.status_code == 303
    after = await house.case()
    assert after.third_party_refused == (THIRD_PARTY.person,)
    assert after.stage == Stage.EVALUATION


async def test_a_member_has_no_such_page_to_say_no_on(house: House) -> None:
    walked = voting()
    await house.holds(walked)
    page = await (await house.browser(walked.voters()[0])).get(REFUSE)
    assert page.status_code == 409


@pytest.mark.parametrize("address", [TIER_ROUND, DRAW])
@pytest.mark.parametrize("who", [APPLICANT, EXPERTS[0], MEMBERS[0], THIRD_PARTY])
async def test_nobody_else_comes_into_the_secretariats_room(house: House, who: PersonFacts, address: str) -> None:
    await house.holds(disputed())
    assert (await (await house.browser(who)).get(address)).status_code == 403


async def test_the_new_pages_are_accessible_and_fit_a_small_screen(house: House, eyes: Eyes) -> None:
    walked = disputed()
    await house.holds(walked)
    secretary = await house.browser(SECRETARY)
    assert await eyes.complaints(await secretary.get(TIER_ROUND)) == ""
    await sent(secretary, TIER_ROUND)
    vote = (await house.case()).open_round
    assert vote is not None
    member = next(one for one in walked.members if one.person == vote.electorate[0])
    browser = await house.browser(member)
    await sent(browser, "/commission/case-1/declare-interests", has_interest="no")
    assert await eyes.complaints(await browser.get(BALLOT)) == ""
    assert await eyes.complaints(await browser.get("/commission/case-1")) == ""


async def test_the_pages_of_the_draw_are_accessible_and_fit_a_small_screen(house: House, eyes: Eyes) -> None:
    await house.holds(critical())
    secretary, third = await house.browser(SECRETARY), await house.browser(THIRD_PARTY)
    assert await eyes.complaints(await secretary.get(DRAW)) == ""
    await sent(secretary, DRAW)
    assert await eyes.complaints(await third.get(REFUSE)) == ""
