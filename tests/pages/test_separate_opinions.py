"""Separate opinions of members are published with the label where the scheme says so, without anybody's name."""

import pytest

from certify.procedure.lodging import EDITION
from certify.register.labels import facts_of
from schemas.scheme import Tier
from tests.builders import MEMBERS, text
from tests.label_walk import LABEL_ID, granted
from tests.pages.conftest import House, name_of, walk, words_of
from tests.pages.labels import label
from workflows.rules.case.rounds import OPINIONS_PUBLIC_SINCE

OPINION = "I would have asked for more tests."
BALLOT = "/commission/case-1/cast-ballot"


async def on_record(house: House, tier: Tier, edition: int) -> None:
    """Put a label on record whose members all wrote the same separate opinion."""
    await label(house, tier, case=granted(tier, edition=edition, dissent=text(OPINION)))
    await house.services.vault.put_text("case-1", OPINION)


async def test_everybody_reads_a_separate_opinion_on_the_page_of_the_label_and_in_its_json(house: House) -> None:
    await on_record(house, Tier.CRITICAL, EDITION)
    public = await house.browser(None)

    page, json = await public.get(f"/{LABEL_ID}"), await public.get(f"/{LABEL_ID}.json")

    assert f"Separate opinions {OPINION} Members of the Commission wrote these" in words_of(page)
    assert json.json()["label"]["decision"]["separate_opinions"] == [OPINION]
    for member in MEMBERS:
        assert name_of(member) not in words_of(page)
        assert member.person not in page.text + json.text


async def test_an_opinion_that_was_erased_is_told_of_and_not_shown(house: House) -> None:
    await label(house, Tier.CRITICAL, case=granted(Tier.CRITICAL, edition=EDITION, dissent=text("Erased since.")))

    page = await (await house.browser(None)).get(f"/{LABEL_ID}")

    assert "This opinion cannot be shown now." in words_of(page)


@pytest.mark.parametrize(("tier", "edition"), [(Tier.HIGH, EDITION), (Tier.CRITICAL, OPINIONS_PUBLIC_SINCE - 1)])
async def test_where_members_were_told_otherwise_their_opinions_stay_in_the_case(
    house: House, tier: Tier, edition: int
) -> None:
    await on_record(house, tier, edition)
    public = await house.browser(None)

    page, json = await public.get(f"/{LABEL_ID}"), await public.get(f"/{LABEL_ID}.json")

    assert "Separate opinions" not in words_of(page)
    assert OPINION not in page.text + json.text
    assert json.json()["label"]["decision"]["separate_opinions"] == []


def test_the_order_of_opinions_does_not_tell_who_voted_first() -> None:
    vote = granted(Tier.CRITICAL, edition=EDITION).case
    one, other = text("First."), text("Second.")
    members = list(vote.rounds[-1].ballots)
    told = []
    for first, second in ((one, other), (other, one)):
        ballots = dict(vote.rounds[-1].ballots)
        ballots[members[0]] = ballots[members[0]].model_copy(update={"dissent": first})
        ballots[members[1]] = ballots[members[1]].model_copy(update={"dissent": second})
        changed = vote.rounds[-1].model_copy(update={"ballots": ballots})
        told.append(facts_of(vote.model_copy(update={"rounds": (*vote.rounds[:-1], changed)})).separate_opinions)

    assert set(told[0]) == {one, other}
    assert told[0] == told[1]


async def test_who_votes_is_told_before_that_everybody_will_read_it(house: House) -> None:
    await house.holds(walk(tier=Tier.CRITICAL, members=7, edition=EDITION).to_round())

    form = words_of(await (await house.browser(MEMBERS[0])).get(BALLOT))

    assert "and to everybody on the page of the label, if one is granted" in form
