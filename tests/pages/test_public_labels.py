"""What everybody reads of a label that lives: its standing as recorded, on the page, as JSON and in the directory."""

from datetime import UTC, datetime, timedelta

import pytest

from schemas.record_events import TiesDeclared
from schemas.scheme import Tier
from schemas.ties import Tie, TieKind
from tests.builders import APPLICANT, MEMBERS, ORGANISATION, SECRETARY, text
from tests.label_walk import ENGINE_ITSELF, LABEL_ID, NEW_LABEL, LabelWalk
from tests.pages.conftest import Eyes, House, keep, words_of
from tests.pages.labels import label, save

NUMBER = "0123-4567-89AB-CDEF"


async def page(house: House, *, language: str = "en", label_id: str = LABEL_ID) -> str:
    answer = await (await house.browser(None)).get(f"/{label_id}?lang={language}")
    assert answer.status_code == 200
    return words_of(answer)


async def as_json(house: House) -> dict:
    return dict((await (await house.browser(None)).get(f"/{LABEL_ID}.json")).json())


async def test_a_suspended_label_says_since_when_why_and_how_it_can_be_restored(house: House) -> None:
    walk = (await label(house)).suspended()
    await save(house, walk)
    words = await page(house)

    assert "Suspended since" in words
    assert "The mark was used in a way that misleads." in words
    assert "Take it down." in words
    assert "Misused." not in words
    told = await as_json(house)
    assert (told["standing"], told["version"], told["restoration"]) == ("suspended", 2, "Take it down.")
    directory = words_of(await (await house.browser(None)).get("/labels?standing=suspended"))
    assert "Digit Reader" in directory


async def test_everybody_reads_where_the_holders_people_sit_in_the_body_and_not_who(house: House) -> None:
    await label(house)
    member = MEMBERS[0]
    async with house.services.database.writing() as session:
        now = datetime.now(UTC)
        tie = Tie(kind=TieKind.EMPLOYER, organisation=ORGANISATION)
        await keep(session, "people", TiesDeclared(at=now, actor=member.person, person=member.person, ties=(tie,)))

    words = await page(house)
    assert "Seats of the holder's people in the Commission; they take no part in what concerns this label" in words
    told = await as_json(house)
    assert told["label"]["holder_seats"] == ["commission"]
    assert member.person not in str(told)
    register = words_of(await (await house.browser(None)).get("/register"))
    assert "Its people hold a seat: in the Commission" in register


async def test_of_a_holder_whose_people_sit_nowhere_nothing_is_said(house: House) -> None:
    await label(house)
    assert "Seats of the holder's people" not in await page(house)
    assert (await as_json(house))["label"]["holder_seats"] == []


async def test_a_store_that_is_away_keeps_nobody_from_the_standing(house: House, monkeypatch) -> None:
    await save(house, (await label(house)).suspended())

    async def away(*_: object) -> str:
        raise OSError("the store is away")

    monkeypatch.setattr(house.services.vault, "text", away)
    words = await page(house)
    assert "Suspended since" in words
    assert "its conditions cannot be shown now" in words


async def test_every_step_stays_in_the_history_with_its_day_and_reason(house: House) -> None:
    walk = (await label(house)).suspended().pass_time(days=20).act("end_label", APPLICANT)
    await save(house, walk)
    words = await page(house)
    history = words[words.index("History of this label") :]

    for said in (
        "The Commission granted it.",
        "The mark was used in a way that misleads.",
        "The Commission did not confirm the suspension in time.",
        "The holder ended it.",
    ):
        assert said in history
    assert (await as_json(house))["version"] == 4


async def test_a_missed_surveillance_says_how_to_put_it_right(house: House) -> None:
    walk = (await label(house)).to_surveillance().pass_time(days=31)
    await save(house, walk)
    words = await page(house)
    assert "The holder did not hand in what a surveillance asked for." in words
    assert "once what was missed is handed in and judged" in words


async def test_a_reduced_scope_is_told(house: House) -> None:
    walk = (await label(house)).heard()
    walk.act("put_scope_to_vote", SECRETARY, scope=text("Less."), reasons=text()).carried()
    await save(house, walk)
    assert "What it covers was reduced: Less." in await page(house)


async def test_an_appeal_about_the_label_is_told_with_what_became_of_it(house: House) -> None:
    noted = (await label(house)).act("note_appeal", ENGINE_ITSELF, appeal="appeal-1", state="lodged")
    await save(house, noted)
    assert "The holder has appealed against a decision about this label" in await page(house)
    await save(house, noted.act("note_appeal", ENGINE_ITSELF, appeal="appeal-1", state="dismissed"))
    assert "An appeal of the holder against a decision about this label: Dismissed" in await page(house)
    assert (await as_json(house))["label"]["appeals"] == ["dismissed"]


async def test_a_renewal_under_way_is_told_and_near_the_end_also_its_absence(house: House) -> None:
    walk = await label(house, days_ago=690)
    walk.now = datetime.now(UTC)
    await save(house, walk)
    assert "No renewal has been asked for." in await page(house)

    asked = await fresh(house)
    await save(house, asked)
    assert "A renewal is under way." in await page(house)


async def fresh(house: House) -> LabelWalk:
    """The same label, whose holder asked in time."""
    from schemas.label_events import RenewalAsked  # noqa: PLC0415  # only here

    life = await stored(house)
    life.take((RenewalAsked(at=datetime.now(UTC), actor="anna", application="case-2"),))
    return life


async def stored(house: House) -> LabelWalk:
    from certify.register import streams  # noqa: PLC0415  # only here
    from workflows.rules.label.kernel import LABEL  # noqa: PLC0415  # only here

    walk = LabelWalk()
    async with house.services.database.reading() as session:
        bodies = await streams.bodies(session, f"label/{LABEL_ID}")
    walk.events, walk.state = [], None
    return walk.take(tuple(LABEL.events.validate_json(body) for body in bodies))


async def test_a_replaced_label_leads_to_the_one_that_replaces_it(house: House) -> None:
    await save(house, (await label(house)).act("supersede", ENGINE_ITSELF, successor=NEW_LABEL))
    words = await page(house)
    assert "Replaced by ZZ23-4567-89AB-CDEF" in words
    assert "A renewal gave a new label." in words


async def test_a_withdrawn_label_says_why_in_both_languages(house: House) -> None:
    walk = await label(house, Tier.LOW)
    notice = {"because": "life_or_health_at_risk", "reasons": text(), "ground": text()}
    walk.act("give_notice_of_withdrawal", SECRETARY, **notice).act("put_withdrawal_to_vote", SECRETARY).carried()
    await save(house, walk)
    assert "Life or health is at risk." in await page(house)
    assert "Есть угроза жизни или здоровью." in await page(house, language="ru")


async def test_a_label_whose_end_is_not_recorded_yet_has_expired_all_the_same(house: House) -> None:
    await label(house, days_ago=800)
    words = await page(house)
    assert "Expired on" in words
    assert "Its term ended." in words


async def test_surveillances_that_maintained_the_label_are_told(house: House) -> None:
    walk = await label(house)
    walk.now -= timedelta(hours=1)
    walk.act("open_extraordinary_surveillance", SECRETARY, cause="incident", reasons=text())
    await save(house, walk.handed_in().judged().maintained())
    assert "Looked at again and maintained:" in await page(house)


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "ru"])
async def test_the_page_of_a_suspended_label_is_accessible(house: House, eyes: Eyes, language: str) -> None:
    walk = (await label(house)).heard()
    walk.act("put_scope_to_vote", SECRETARY, scope=text("Less."), reasons=text()).carried()
    await save(house, walk.suspended())
    answer = await (await house.browser(None)).get(f"/{LABEL_ID}?lang={language}")
    assert await eyes.complaints(answer) == ""
    assert MEMBERS[0].person not in answer.text
