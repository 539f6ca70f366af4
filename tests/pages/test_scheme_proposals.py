"""A scheme version on its way: handed in, rehearsed, proposed, voted on by the Commission."""

from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest

from schemas.errand import ErrandDone
from schemas.label_number import format_number
from schemas.record_events import SchemeAdopted
from schemas.scheme import Scheme, Tier
from schemas.scheme_adoption import SchemeOvertaken, SchemeProposalEnded
from tests.builders import MEMBERS, SECRETARY, scheme
from tests.label_walk import LABEL_ID
from tests.pages.conftest import APPLICANT, AUDITOR, House, keep, words_of
from tests.pages.labels import label, save
from tests.pages.matters import sent, voted_by


def stricter() -> Scheme:
    """A version in which one recommended criterion is mandatory."""
    rules = scheme().rules
    criterion = next(one for one in rules.criteria.values() if one.kind == "recommended" and one.answered_by is None)
    changed = criterion.model_copy(update={"kind": "mandatory", "tiers": tuple(Tier)})
    criteria = {**rules.criteria, criterion.id: changed}
    return scheme().model_copy(update={"rules": rules.model_copy(update={"version": "9.9.9", "criteria": criteria})})


def numbered(version: str) -> Scheme:
    """A version that differs by its number alone."""
    return scheme().model_copy(update={"rules": scheme().rules.model_copy(update={"version": version})})


async def handed_in(house: House, version: Scheme | None = None) -> dict[str, Any]:
    browser = await house.browser(SECRETARY)
    answer = await browser.post("/api/schemes", json=(version or stricter()).model_dump(mode="json"))
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def propose(house: House, version: Scheme | None = None) -> httpx2.Response:
    made = await handed_in(house, version)
    return await sent(
        await house.browser(SECRETARY), "/secretariat/schemes/new/propose-scheme",
        digest_of_scheme=made["digest"], reasons="It matters.",
    )  # fmt: skip


async def proposed(house: House, version: Scheme | None = None) -> str:
    answer = await propose(house, version)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].partition("?")[0].rpartition("/")[2]


async def put_to_vote(house: House, proposal: str) -> httpx2.Response:
    return await sent(await house.browser(SECRETARY), f"/secretariat/schemes/{proposal}/put-scheme-to-vote")


async def facts_of(house: House, proposal: str) -> dict[str, Any]:
    reading = await house.services.procedure.matters.read(house.principal(SECRETARY), "adoption", proposal)
    return dict(reading.facts)


async def adopted(house: House, version: Scheme) -> None:
    """Let a version come into force now."""
    event = SchemeAdopted(
        at=datetime.now(UTC), actor="engine", scheme=version.rules.id, scheme_version=version.rules.version,
        digest=version.digest, content=version.model_dump(mode="json"),
    )  # fmt: skip
    async with house.services.database.writing() as session:
        await keep(session, f"scheme/{version.rules.id}", event)


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


async def test_the_vote_is_about_the_labels_as_they_are_when_it_is_opened(house: House) -> None:
    proposal = await proposed(house)
    assert (await facts_of(house, proposal))["proposed"]["would_fail"] == 0
    await label(house)
    assert (await put_to_vote(house, proposal)).status_code == 303
    facts = await facts_of(house, proposal)
    assert (facts["proposed"]["labels"], facts["proposed"]["would_fail"]) == (1, 1)
    page = words_of(await (await house.browser(MEMBERS[0])).get(f"/commission/schemes/{proposal}"))
    assert "1 of 1 labels would fail this version as they stand. Rehearsed anew when the vote was opened" in page


async def test_a_vote_is_opened_on_a_comparison_with_what_is_in_force_then(house: House) -> None:
    proposal = await proposed(house)
    assert (await facts_of(house, proposal))["proposed"]["replaces"] == scheme().digest
    await adopted(house, numbered("9.9.1"))
    assert (await put_to_vote(house, proposal)).status_code == 303
    assert (await facts_of(house, proposal))["proposed"]["replaces"] == numbered("9.9.1").digest


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "This version was in force before and was replaced; to return to it, hand it in under another number."),
        (
            "ru",
            "Эта версия уже действовала раньше и была заменена;",
        ),
    ],
)
async def test_a_version_that_was_replaced_is_neither_proposed_nor_put_to_the_vote(
    house: House, language: str, words: str
) -> None:
    proposal = await proposed(house, numbered("9.9.1"))
    await adopted(house, numbered("9.9.1"))
    await adopted(house, numbered("9.9.2"))
    browser = await house.browser(SECRETARY)
    browser.headers["Accept-Language"] = language
    page = f"/secretariat/schemes/{proposal}/put-scheme-to-vote"
    for answer in (
        await sent(browser, page),
        await sent(browser, "/secretariat/schemes/new/propose-scheme", digest_of_scheme=numbered("9.9.1").digest,
                   reasons="It matters."),
    ):  # fmt: skip
        assert (answer.status_code, "adopted_before" in answer.text, words in words_of(answer)) == (409, True, True)
    assert "rehearsed_at" not in await facts_of(house, proposal)


async def test_criteria_that_a_version_does_not_have_any_more_are_named(house: House) -> None:
    rules = numbered("9.9.1").rules
    fewer = {key: one for key, one in rules.criteria.items() if key != "I-1.1-04"}
    worded = {key: one for key, one in scheme().texts.criteria.items() if key in fewer}
    texts = scheme().texts.model_copy(update={"criteria": worded})
    shorter = scheme().model_copy(update={"rules": rules.model_copy(update={"criteria": fewer}), "texts": texts})
    proposal = await proposed(house, shorter)
    assert (await facts_of(house, proposal))["proposed"]["dropped"] == ["I-1.1-04"]
    page = words_of(await (await house.browser(SECRETARY)).get(f"/secretariat/schemes/{proposal}"))
    assert "No longer asked at all I-1.1-04" in page


async def test_what_came_into_force_meanwhile_is_not_put_to_the_vote_again(house: House) -> None:
    proposal = await proposed(house, numbered("9.9.1"))
    await adopted(house, numbered("9.9.1"))
    answer = await put_to_vote(house, proposal)
    assert (answer.status_code, "already_in_force" in answer.text) == (409, True)


async def test_another_text_under_the_number_of_an_adopted_version_is_not_proposed(house: House) -> None:
    same = stricter()
    same = same.model_copy(update={"rules": same.rules.model_copy(update={"version": scheme().rules.version})})
    answer = await propose(house, same)
    assert "version_taken" in answer.text
    assert "hand this one in under one of its own" in words_of(answer)


async def test_members_are_warned_where_another_version_came_into_force_while_they_vote(house: House) -> None:
    proposal = await proposed(house)
    await put_to_vote(house, proposal)
    member = await house.browser(MEMBERS[0])
    warning = "Another version came into force since this vote was opened."
    assert warning not in words_of(await member.get(f"/commission/schemes/{proposal}"))
    await adopted(house, numbered("9.9.1"))
    assert warning in words_of(await member.get(f"/commission/schemes/{proposal}"))


async def test_members_are_told_where_the_version_they_vote_on_came_into_force_by_another_vote(house: House) -> None:
    proposal = await proposed(house, numbered("9.9.1"))
    await put_to_vote(house, proposal)
    await adopted(house, numbered("9.9.1"))
    page = words_of(await (await house.browser(MEMBERS[0])).get(f"/commission/schemes/{proposal}"))
    assert "This version came into force by another vote since this vote was opened." in page
    assert "proposed anew" not in page


@pytest.mark.parametrize(
    ("language", "state", "why"),
    [
        ("en", "Voted for, not in force", "another version came into force than the one it was compared with"),
        ("ru", "в силу не вступила", "вступила в силу другая версия"),
    ],
)
async def test_a_version_voted_for_in_vain_says_so_and_why(house: House, language: str, state: str, why: str) -> None:
    proposal = await proposed(house)
    await put_to_vote(house, proposal)
    await voted_by(house, MEMBERS[:7], f"/commission/schemes/{proposal}")
    async with house.services.database.writing() as session:
        refused = ErrandDone(at=datetime.now(UTC), actor="engine", key="adopt", refused="other_in_force")
        await keep(session, f"adoption/{proposal}", refused)
    assert (await facts_of(house, proposal))["adoption_refused"] == "other_in_force"
    for who, room in ((SECRETARY, "secretariat"), (MEMBERS[0], "commission")):
        browser = await house.browser(who)
        browser.headers["Accept-Language"] = language
        page = words_of(await browser.get(f"/{room}/schemes/{proposal}"))
        assert (state in page, why in page) == (True, True)


@pytest.mark.parametrize(
    ("language", "name", "state"),
    [
        ("en", "Take the proposal back", "Proposal taken back"),
        ("ru", "Взять предложение назад", "Предложение взято назад"),
    ],
)
async def test_who_proposed_a_version_takes_it_back_on_its_page(
    house: House, language: str, name: str, state: str
) -> None:
    proposal = await proposed(house)
    browser = await house.browser(SECRETARY)
    browser.headers["Accept-Language"] = language
    page = f"/secretariat/schemes/{proposal}"
    assert name in words_of(await browser.get(page))
    assert (await sent(browser, f"{page}/take-back-scheme-proposal")).status_code == 303
    assert (state in words_of(await browser.get(page)), name in words_of(await browser.get(page))) == (True, False)
    assert (await facts_of(house, proposal))["taken_back"] is True


async def test_a_proposal_that_is_voted_on_is_not_taken_back(house: House) -> None:
    proposal = await proposed(house)
    await put_to_vote(house, proposal)
    browser = await house.browser(SECRETARY)
    assert "Take the proposal back" not in words_of(await browser.get(f"/secretariat/schemes/{proposal}"))
    answer = await browser.post(f"/api/scheme-proposals/{proposal}/take-back-scheme-proposal", json={})
    assert (answer.status_code, answer.json()["code"]) == (409, "motion_is_open")


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "The proposal ended without a decision It came into force by another vote."),
        ("ru", "Предложение закончилось без решения Версия вступила в силу по другому голосованию."),
    ],
)
async def test_a_proposal_that_was_overtaken_says_why_it_ended(house: House, language: str, words: str) -> None:
    proposal = await proposed(house)
    async with house.services.database.writing() as session:
        for event in (
            SchemeOvertaken(at=datetime.now(UTC), actor="engine", because="already_in_force"),
            SchemeProposalEnded(at=datetime.now(UTC), actor="engine"),
        ):
            await keep(session, f"adoption/{proposal}", event)
    for who, room in ((SECRETARY, "secretariat"), (MEMBERS[0], "commission")):
        browser = await house.browser(who)
        browser.headers["Accept-Language"] = language
        assert words in words_of(await browser.get(f"/{room}/schemes/{proposal}"))


async def test_a_version_that_names_what_it_does_not_define_is_not_taken(house: House) -> None:
    rules = scheme().rules
    without = rules.model_copy(update={"version": "9.9.9", "questions": rules.questions[1:]})

    answer = await (await house.browser(SECRETARY)).post(
        "/api/schemes", json=scheme().model_copy(update={"rules": without}).model_dump(mode="json")
    )

    assert (answer.status_code, answer.json()["code"]) == (422, "scheme_names")
    assert f"unknown question {rules.questions[0]}" in answer.text


async def test_a_version_by_which_a_tie_would_grant_is_not_taken(house: House) -> None:
    version = stricter().model_dump(mode="json")
    version["rules"]["tiers"]["medium"]["decision"]["majority"] = "1/2"
    answer = await (await house.browser(SECRETARY)).post("/api/schemes", json=version)
    assert (answer.status_code, "decision.majority" in answer.text) == (422, True), answer.text


async def test_a_version_whose_words_on_a_label_cannot_be_filled_in_is_not_taken(house: House) -> None:
    version = stricter().model_dump(mode="json")
    version["texts"]["meaning"]["en"] = "Granted {today}."
    answer = await (await house.browser(SECRETARY)).post("/api/schemes", json=version)
    assert (answer.status_code, answer.json()["code"]) == (422, "scheme_names")
    assert "meaning.en" in answer.text


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
