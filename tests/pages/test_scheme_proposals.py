"""A scheme version on its way: handed in, rehearsed, proposed, voted on by the Commission."""

from typing import Any

from schemas.label_number import format_number
from schemas.scheme import Scheme, Tier
from tests.builders import MEMBERS, SECRETARY, scheme
from tests.label_walk import LABEL_ID
from tests.pages.conftest import APPLICANT, AUDITOR, House, words_of
from tests.pages.labels import label, save
from tests.pages.matters import sent, voted_by


def stricter() -> Scheme:
    """A version in which one recommended criterion is mandatory."""
    rules = scheme().rules
    criterion = next(one for one in rules.criteria.values() if one.kind == "recommended" and one.answered_by is None)
    changed = criterion.model_copy(update={"kind": "mandatory", "tiers": tuple(Tier)})
    criteria = {**rules.criteria, criterion.id: changed}
    return scheme().model_copy(update={"rules": rules.model_copy(update={"version": "9.9.9", "criteria": criteria})})


async def handed_in(house: House) -> dict[str, Any]:
    browser = await house.browser(SECRETARY)
    answer = await browser.post("/api/schemes", json=stricter().model_dump(mode="json"))
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def proposed(house: House) -> str:
    made = await handed_in(house)
    answer = await sent(
        await house.browser(SECRETARY), "/secretariat/schemes/new/propose-scheme",
        digest_of_scheme=made["digest"], reasons="It matters.",
    )  # fmt: skip
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].partition("?")[0].rpartition("/")[2]


async def test_a_rehearsal_tells_which_label_would_fail_on_which_criterion(house: House) -> None:
    await label(house)
    made = await handed_in(house)
    rehearsal = (await (await house.browser(AUDITOR)).get(f"/api/schemes/{made['digest']}/rehearsal")).json()

    (line,) = rehearsal["labels"]
    assert (line["tier_before"], len(line["failing"])) == ("low", 1)
    assert (await (await house.browser(APPLICANT)).get(f"/api/schemes/{made['digest']}/rehearsal")).status_code == 403


async def test_the_commission_sees_what_is_stricter_and_who_fails_and_adopts_by_its_vote(house: House) -> None:
    await label(house)
    made = await handed_in(house)
    secretary = await house.browser(SECRETARY)
    proposed = await sent(
        secretary, "/secretariat/schemes/new/propose-scheme", digest_of_scheme=made["digest"], reasons="It matters."
    )
    assert proposed.status_code == 303, proposed.text
    proposal = proposed.headers["location"].partition("?")[0].rpartition("/")[2]
    opened = await sent(secretary, f"/secretariat/schemes/{proposal}/put-scheme-to-vote")
    assert opened.status_code == 303, opened.text

    page = words_of(await (await house.browser(MEMBERS[0])).get(f"/commission/schemes/{proposal}"))
    assert "Stricter than the Code" in page
    assert "1 of 1 labels would fail this version as they stand." in page
    await voted_by(house, MEMBERS[:7], f"/commission/schemes/{proposal}")
    reading = await house.services.procedure.matters.read(house.principal(SECRETARY), "adoption", proposal)
    assert reading.facts["adopted"] is True


async def test_the_page_of_a_version_names_the_labels_that_would_fail_and_on_what(house: House) -> None:
    await label(house)
    proposal = await proposed(house)
    reading = await house.services.procedure.matters.read(house.principal(SECRETARY), "adoption", proposal)
    (criterion,) = dict(reading.facts)["proposed"]["failing"]
    for who, room in ((SECRETARY, "secretariat"), (MEMBERS[0], "commission"), (AUDITOR, "secretariat")):
        words = words_of(await (await house.browser(who)).get(f"/{room}/schemes/{proposal}"))
        failing = words.split("Labels that would fail this version now")[1]
        assert f"Digit Reader 1.2.0 In force Acme Vision · {format_number(LABEL_ID)} {criterion}" in failing


async def test_a_suspended_label_is_rehearsed_and_not_called_in_force(house: House) -> None:
    walk = await label(house)
    await save(house, walk.suspended())
    words = words_of(await (await house.browser(SECRETARY)).get(f"/secretariat/schemes/{await proposed(house)}"))
    assert "Digit Reader 1.2.0 Suspended" in words
    assert "1 of 1 labels would fail this version as they stand." in words


async def test_a_label_that_has_ended_is_not_rehearsed(house: House) -> None:
    await label(house, days_ago=2000)
    words = words_of(await (await house.browser(SECRETARY)).get(f"/secretariat/schemes/{await proposed(house)}"))
    assert "0 of 0 labels" in words
    assert "None, as the record stands now." in words


async def test_a_digest_that_nobody_handed_in_cannot_be_proposed(house: House) -> None:
    answer = await sent(
        await house.browser(SECRETARY), "/secretariat/schemes/new/propose-scheme",
        digest_of_scheme="0" * 64, reasons="It matters.",
    )  # fmt: skip
    assert (answer.status_code, "unknown_scheme" in answer.text) == (404, True)


async def test_only_the_secretariat_hands_in(house: House) -> None:
    for who in (APPLICANT, MEMBERS[0], AUDITOR):
        answer = await (await house.browser(who)).post("/api/schemes", json=stricter().model_dump(mode="json"))
        assert answer.status_code == 403
