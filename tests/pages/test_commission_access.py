"""Who enters the Commission's rooms, and what its pages look like."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify.web.casework import ballots_needed
from schemas.people import PersonFacts
from schemas.scheme import Tier
from schemas.stages import Choice, Stage, Verdict
from tests.builders import APPLICANT, EXPERTS, LABEL_OFFICER, MEMBERS, SECRETARY, THIRD_PARTY, text
from tests.pages.commission import BALLOT, CASE, CRITERION, in_round, sent
from tests.pages.conftest import Eyes, House, hidden_in, walk, words_of
from workflows.rules.quorum import quorum_reached


@pytest.mark.parametrize("who", [APPLICANT, EXPERTS[0], SECRETARY], ids=lambda one: one.person)
@pytest.mark.parametrize("path", ["/commission", CASE, BALLOT])
async def test_other_roles_do_not_enter(house: House, who: PersonFacts, path: str) -> None:
    await in_round(house)

    page = await (await house.browser(who)).get(path)

    assert page.status_code == 403
    assert "These pages belong to the Commission." in words_of(page)


@pytest.mark.parametrize("path", ["/commission", CASE, BALLOT])
async def test_nobody_enters_without_signing_in(house: House, path: str) -> None:
    page = await (await house.browser(None)).get(path)

    assert page.status_code == 401
    assert 'href="/sign-in"' in page.text


@pytest.mark.parametrize(
    ("who", "tier"), [(MEMBERS[0], Tier.LOW), (THIRD_PARTY, Tier.LOW), (LABEL_OFFICER, Tier.CRITICAL)]
)
async def test_a_case_that_has_not_reached_somebody_does_not_exist_for_them(
    house: House, who: PersonFacts, tier: Tier
) -> None:
    await house.holds(walk(tier=tier).to_planning())
    browser = await house.browser(who)

    assert (await browser.get(CASE)).status_code == 404
    assert (await browser.get(f"{CASE}/declare-interests")).status_code == 404
    assert "Digit Reader" not in words_of(await browser.get("/commission"))


async def test_a_form_from_another_site_changes_nothing(house: House) -> None:
    _, voters = await in_round(house)
    browser = await house.browser(voters[0])
    check = await sent(browser, BALLOT, choice="grant")

    page = await browser.post(
        BALLOT, data={**hidden_in(check), "step": "confirmed"}, headers={"Sec-Fetch-Site": "cross-site"}
    )

    assert page.status_code == 403
    assert (await house.case()).rounds[-1].ballots == {}


async def test_an_act_that_this_room_does_not_have_is_no_page(house: House) -> None:
    _, voters = await in_round(house)

    assert (await (await house.browser(voters[0])).post(f"{CASE}/open-round")).status_code == 404


async def test_a_receipt_of_another_case_is_not_shown(house: House) -> None:
    _, voters = await in_round(house)
    browser = await house.browser(voters[0])

    words = words_of(await browser.get(f"{CASE}?done=00000000-0000-0000-0000-000000000000"))

    assert "The record does not hold it yet" in words
    assert "Recorded as entry" not in words


async def test_the_last_ballot_takes_the_decision_that_the_page_then_shows(house: House) -> None:
    walked, voters = await in_round(house)
    walked.ballot(voters[0], Choice.GRANT).ballot(voters[1], Choice.GRANT)
    await house.holds(walked)
    browser = await house.browser(voters[2])
    check = await sent(browser, BALLOT, choice="grant")

    answer = await browser.post(BALLOT, data={**hidden_in(check), "step": "confirmed"})

    assert "The Commission decided: Granted" in words_of(await browser.get(answer.headers["location"]))
    assert (await house.case()).stage == Stage.ATTESTATION


@given(
    base=st.integers(1, 60),
    quorum=st.sampled_from(["1/2", "2/3", "3/4", "1/1", "3", "5"]),
    present=st.integers(0, 60),
)
def test_the_ballots_shown_as_needed_are_exactly_those_that_make_the_quorum(
    base: int, quorum: str, present: int
) -> None:
    assert (present >= ballots_needed(quorum, base)) == quorum_reached(quorum, present=present, base=base)


async def test_a_refused_case_shows_on_what_the_refusal_rests(house: House) -> None:
    walked, voters = await in_round(house, I_1_1_01=Verdict.NOT_MET)
    walked.voted(Choice.REFUSE, Choice.REFUSE, Choice.ABSTAIN)
    await house.holds(walked)

    words = words_of(await (await house.browser(voters[0])).get(CASE))

    assert f"The Commission decided: Refused Decision {walked.case.decision.number}" in words  # type: ignore[union-attr]  # decided
    assert f"{CRITERION} (I-1.1-01)" in words


async def test_a_gate_leaves_only_a_refusal_on_the_ballot(house: House) -> None:
    prohibited = {"G1": "yes", "G2": "yes", "G3": "yes", "G4": "no", "G5": "none known"}
    walked = walk(gates=prohibited).to_intake().act("accept_application", SECRETARY)
    walked.act("record_hearing", SECRETARY, protocol=text("Protocol")).act("open_round", SECRETARY).all_declare()
    await house.holds(walked)
    browser = await house.browser(walked.voters()[0])

    form, case = await browser.get(BALLOT), words_of(await browser.get(CASE))

    assert 'value="grant"' not in form.text
    assert "(G2)" in words_of(form)
    assert "This gate leaves only a refusal, with reasons." in case


@pytest.mark.slow
@pytest.mark.parametrize("width", [360, 1280])
async def test_axe_finds_nothing_to_complain_of_in_any_page_of_a_round(house: House, eyes: Eyes, width: int) -> None:
    _, voters = await in_round(house)
    browser = await house.browser(voters[0])
    check = await sent(browser, BALLOT, choice="refuse", reasons="I doubt it.")
    refused = await browser.post(BALLOT, data={**hidden_in(check), "step": "confirmed"})
    paths = ("/commission", CASE, BALLOT, f"{CASE}/recuse", f"{CASE}/declare-interests", f"{CASE}/release-label")

    pages = [check, refused, *[await browser.get(path) for path in paths]]

    assert [await eyes.complaints(page, width) for page in pages] == [""] * len(pages)


@pytest.mark.slow
async def test_axe_finds_nothing_to_complain_of_in_a_decided_case_and_its_release(house: House, eyes: Eyes) -> None:
    walked = walk(tier=Tier.CRITICAL).to_grant().act("declare_interests", LABEL_OFFICER, has_interest=False)
    await house.holds(walked)
    seen = [
        await (await house.browser(MEMBERS[1])).get("/commission"),
        await (await house.browser(MEMBERS[1])).get(CASE),
        await (await house.browser(LABEL_OFFICER)).get(f"{CASE}/release-label"),
    ]

    assert [await eyes.complaints(page) for page in seen] == [""] * len(seen)


@pytest.mark.slow
async def test_axe_finds_nothing_to_complain_of_where_people_write(house: House, eyes: Eyes) -> None:
    rapporteur = MEMBERS[0]
    walked = walk(tier=Tier.CRITICAL).to_recommendation(I_1_1_01=Verdict.NOT_MET)
    walked.act("appoint_rapporteur", SECRETARY, rapporteur=rapporteur.person)
    walked.act("declare_interests", rapporteur, has_interest=False)
    await house.holds(walked.act("declare_interests", THIRD_PARTY, has_interest=False))
    seen = [
        await (await house.browser(rapporteur)).get(f"{CASE}/submit-recommendation"),
        await (await house.browser(THIRD_PARTY)).get(f"{CASE}/record-third-party-report"),
    ]

    assert [page.status_code for page in seen] == [200, 200]
    assert [await eyes.complaints(page) for page in seen] == ["", ""]
