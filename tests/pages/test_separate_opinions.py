"""Separate opinions of members are published with the label where the scheme says so, without anybody's name."""

from collections.abc import Awaitable, Callable

import pytest

from certify.procedure.lodging import EDITION
from certify.procedure.matters import vault_key
from certify.register import matters
from certify.register.labels import facts_of
from schemas.people import PersonFacts
from schemas.scheme import Tier
from tests.builders import MEMBERS, SECRETARY, text
from tests.label_walk import LABEL_ID, granted
from tests.pages.conftest import Eyes, House, hidden_in, name_of, walk, words_of
from tests.pages.labels import do, heard, label, read
from tests.pages.matters import confirmed, sent
from tests.pages.test_questions import in_vote
from workflows.rules.case.rounds import OPINIONS_PUBLIC_SINCE
from workflows.rules.kernels import KERNELS

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


async def label_in_vote(house: House) -> tuple[str, str, PersonFacts]:
    """A label whose scope is voted on: its kind and id, and who may vote."""
    await label(house)
    await heard(house)
    put = await do(house, SECRETARY, "put-scope-to-vote", scope="English only.", reasons="It fails in Russian.")
    assert put.status_code == 200, put.text
    electorate = (await read(house, SECRETARY))["motions"][-1]["electorate"]
    return "label", LABEL_ID, next(one for one in MEMBERS if one.person in electorate)


async def question_in_vote(house: House) -> tuple[str, str, PersonFacts]:
    question, voters = await in_vote(house)
    return "question", question, voters[0]


@pytest.mark.parametrize("put", [label_in_vote, question_in_vote])
async def test_a_separate_opinion_on_a_matter_is_written_on_the_page_looked_at_and_kept_with_the_vote(
    house: House, put: Callable[[House], Awaitable[tuple[str, str, PersonFacts]]]
) -> None:
    kind, subject, member = await put(house)
    address = f"/commission/{'labels' if kind == 'label' else 'questions'}/{subject}"
    browser = await house.browser(member)
    declared = await sent(browser, f"{address}/declare-matter-interests", has_interest="no")
    assert declared.status_code == 303, words_of(declared)

    check = await sent(browser, f"{address}/cast-vote", choice="against", dissent=OPINION)
    again = await browser.post(f"{address}/cast-vote", data={**hidden_in(check), "step": "change"})
    cast = await browser.post(f"{address}/cast-vote", data={**hidden_in(check), "step": "confirmed"})

    assert f"Separate opinion {OPINION}" in words_of(check)
    assert f"{OPINION}</textarea>" in again.text
    assert cast.status_code == 303, words_of(cast)
    async with house.services.database.reading() as session:
        state = await matters.get(session, KERNELS[kind].state, kind, subject)
    kept = state.motions[-1].ballots[member.person].dissent
    assert kept is not None
    assert await house.services.vault.text(vault_key(kind, subject), kept) == OPINION


async def test_a_vote_without_a_separate_opinion_keeps_none(house: House) -> None:
    _, subject, member = await label_in_vote(house)
    address = f"/commission/labels/{subject}"
    browser = await house.browser(member)
    await sent(browser, f"{address}/declare-matter-interests", has_interest="no")
    assert "Separate opinion" in words_of(await browser.get(f"{address}/cast-vote"))

    assert (await confirmed(browser, f"{address}/cast-vote", choice="in_favour", dissent="")).status_code == 303

    async with house.services.database.reading() as session:
        state = await matters.get(session, KERNELS["label"].state, "label", subject)
    assert state.motions[-1].ballots[member.person].dissent is None


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "ru"])
async def test_the_page_of_a_vote_on_a_matter_is_accessible(house: House, eyes: Eyes, language: str) -> None:
    _, subject, member = await label_in_vote(house)
    address = f"/commission/labels/{subject}"
    browser = await house.browser(member)
    await sent(browser, f"{address}/declare-matter-interests", has_interest="no")
    form = await browser.get(f"{address}/cast-vote?lang={language}")
    check = await sent(browser, f"{address}/cast-vote", choice="against", dissent=OPINION)

    assert [await eyes.complaints(page, 390) for page in (form, check)] == ["", ""]
