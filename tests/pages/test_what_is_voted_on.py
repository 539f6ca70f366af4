"""Whoever votes about a label by the pages reads what they vote on, not only a title and a digest (17065, 7.6)."""

import pytest

from certify.procedure.matters import vault_key
from tests.builders import MEMBERS, SECRETARY
from tests.pages.conftest import House
from tests.pages.labels import LABEL_ID, do, heard, label, read, save

PUT = {
    "put-scope-to-vote": {"scope": "English only.", "reasons": "It fails in Russian."},
    "put-suspension-to-vote": {
        "because": "mark_misused", "reasons": "It fails in Russian.", "restoration": "English only.",
    },
}  # fmt: skip


@pytest.mark.parametrize("kind", PUT)
async def test_a_member_reads_what_is_proposed_and_why_where_they_vote(house: House, kind: str) -> None:
    await label(house)
    await heard(house)
    assert (await do(house, SECRETARY, kind, **PUT[kind])).status_code == 200
    electorate = (await read(house, SECRETARY))["motions"][-1]["electorate"]
    member = next(one for one in MEMBERS if one.person in electorate)
    await do(house, member, "declare-matter-interests", has_interest=False)
    browser = await house.browser(member)

    for page in ("", "/cast-vote"):
        told = (await browser.get(f"/commission/labels/{LABEL_ID}{page}")).text
        assert "What is voted on" in told
        assert "English only." in told
        assert "It fails in Russian." in told
    if kind == "put-suspension-to-vote":
        assert "The mark was used in a way that misleads." in told
    browser = await house.browser(SECRETARY)
    assert "What is voted on" in (await browser.get(f"/secretariat/labels/{LABEL_ID}")).text


async def test_a_vote_to_withdraw_at_once_shows_its_ground(house: House) -> None:
    await label(house)
    told = {"because": "life_or_health_at_risk", "reasons": "It burns.", "ground": "Today, in two shops."}
    assert (await do(house, SECRETARY, "give-notice-of-withdrawal", **told)).status_code == 200
    assert (await do(house, SECRETARY, "put-withdrawal-to-vote")).status_code == 200
    electorate = (await read(house, SECRETARY))["motions"][-1]["electorate"]
    member = next(one for one in MEMBERS if one.person in electorate)
    assert (await do(house, member, "declare-matter-interests", has_interest=False)).status_code == 200

    shown = (await (await house.browser(member)).get(f"/commission/labels/{LABEL_ID}/cast-vote")).text
    assert "Today, in two shops." in shown


async def test_a_vote_to_confirm_shows_why_the_label_was_suspended(house: House) -> None:
    walk = (await label(house, days_ago=1)).suspended().act("put_confirmation_to_vote", SECRETARY)
    await save(house, walk)
    await house.services.vault.put_text(vault_key("label", LABEL_ID), "Misused.")
    member = walk.voters()[0]
    assert (await do(house, member, "declare-matter-interests", has_interest=False)).status_code in {200, 409}

    shown = (await (await house.browser(member)).get(f"/commission/labels/{LABEL_ID}/cast-vote")).text
    assert "Misused." in shown
