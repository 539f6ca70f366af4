"""Who can vote, as the page says before a round is opened: the same people as the act then calls (stage 8)."""

from schemas.scheme import Tier
from tests.builders import MEMBERS, SECRETARY, text
from tests.pages.conftest import House, walk, words_of
from tests.pages.secretariat import sent
from tests.pages.test_api_institutions import TERM, held

OPEN = "/secretariat/case-1/open-round"
TIER_ROUND = "/secretariat/case-1/open-tier-round"
ELECT = "no round opens until more members hold a seat. An election is recorded under Institutions"


async def elected(house: House, *offices: str) -> None:
    """Elect as many of the members, each to an office."""
    elected = [{"person": one.person, "office": office, **TERM} for one, office in zip(MEMBERS, offices, strict=False)]
    await held(house, seats=sum(one != "substitute" for one in offices), elected=elected)


async def shown(house: House, address: str = OPEN, *, language: str = "en") -> str:
    browser = await house.browser(SECRETARY)
    browser.headers["Accept-Language"] = language
    return words_of(await browser.get(address))


async def test_whoever_left_an_earlier_electorate_is_not_counted_and_the_page_says_what_helps(house: House) -> None:
    walked = walk(tier=Tier.MEDIUM).to_round()
    for member in walked.voters()[:3]:
        walked.act("recuse", member, reason=text())
    await house.holds(walked)

    words = await shown(house)
    answer = words_of(await sent(await house.browser(SECRETARY), OPEN))

    assert "Can vote 4 members" in words
    assert "4 members may vote; 5 are needed." in words
    assert ELECT in words
    assert "Member A: left an earlier electorate of this case" in words
    assert "electorate_too_small" in answer


async def test_after_an_election_seats_count_and_not_the_role(house: House) -> None:
    await house.holds(walk(tier=Tier.MEDIUM, edition=2).to_decision())
    await elected(house, "chair", "deputy", "member", "member", "member")

    words = await shown(house)
    await sent(await house.browser(SECRETARY), OPEN)

    vote = (await house.case()).open_round
    assert vote is not None
    assert f"Can vote {len(vote.electorate)} members" in words
    assert ELECT not in words
    assert "Member F: holds no seat" in words
    assert len(vote.electorate) == 5


async def test_elected_substitutes_fill_up_what_members_lack(house: House) -> None:
    await house.holds(walk(tier=Tier.MEDIUM, edition=2).to_decision())
    await elected(house, "chair", "deputy", "member", "member", "substitute")

    words = await shown(house)
    answer = await sent(await house.browser(SECRETARY), OPEN)

    assert "Can vote 4 members Substitutes who step in 1 member" in words
    assert ELECT not in words
    assert answer.status_code == 303


async def test_a_vote_on_the_tier_counts_the_same_people(house: House) -> None:
    walked = walk(tier=Tier.MEDIUM, edition=2).to_recommendation().proposed(Tier.HIGH)
    for member in walked.voters()[:3]:
        walked.act("recuse", member, reason=text())
    await house.holds(walked)

    words = await shown(house, TIER_ROUND)
    answer = words_of(await sent(await house.browser(SECRETARY), TIER_ROUND, proposed_tier="high"))

    assert "Can vote 4 members" in words
    assert ELECT in words
    assert "electorate_too_small" in answer


async def test_where_enough_can_vote_nothing_is_said_of_an_election(house: House) -> None:
    await house.holds(walk().to_decision())

    assert ELECT not in await shown(house)


async def test_the_way_out_is_told_in_russian_too(house: House) -> None:
    walked = walk(tier=Tier.MEDIUM).to_round()
    for member in walked.voters()[:3]:
        walked.act("recuse", member, reason=text())
    await house.holds(walked)

    words = await shown(house, language="ru")

    assert "Могут голосовать 4 члена" in words
    assert "Выборы записываются в разделе «Органы»" in words
    assert "Member A: вышел из прежнего состава голосующих по этому делу" in words
