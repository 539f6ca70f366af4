"""What a member, a neutral third party and a label officer see and do in a browser."""

import re

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify.web.casework import ballots_needed
from schemas.people import PersonFacts
from schemas.scheme import Tier
from schemas.stages import Choice, Outcome, Stage, Verdict
from tests.builders import APPLICANT, EXPERTS, LABEL_OFFICER, MEMBERS, SECRETARY, THIRD_PARTY, Walk, text
from tests.pages.conftest import Eyes, House, hidden_in, name_of, walk, words_of
from workflows.rules.quorum import quorum_reached

CASE = "/commission/case-1"
BALLOT = f"{CASE}/cast-ballot"
CRITERION = "Stated benefit and affected people"


async def sent(browser: httpx2.AsyncClient, address: str, **typed: object) -> httpx2.Response:
    """Fill the form at an address as a browser would, and send it."""
    page = await browser.get(address)
    return await browser.post(address, data={**hidden_in(page), **typed})


async def in_round(house: House, **verdicts: Verdict) -> tuple[Walk, tuple[PersonFacts, ...]]:
    walked = walk().to_round(**verdicts)
    await house.holds(walked)
    return walked, walked.voters()


def undeclared(walked: Walk) -> PersonFacts:
    return next(member for member in walked.voters() if not walked.case.has_declared_none(member.person))


async def test_the_start_page_says_what_waits_how_many_voted_and_how_many_are_needed(house: House) -> None:
    walked, voters = await in_round(house)
    walked.ballot(voters[0], Choice.GRANT)
    await house.holds(walked)

    words = words_of(await (await house.browser(voters[1])).get("/commission"))

    assert "Waiting for you Cast your ballot" in words
    assert "1 of 3 have voted 3 of 3 needed for a quorum" in words
    assert "closes on" in words


async def test_whoever_voted_has_nothing_waiting_and_sees_that_they_voted(house: House) -> None:
    walked, voters = await in_round(house)
    walked.ballot(voters[0], Choice.GRANT)
    await house.holds(walked)

    words = words_of(await (await house.browser(voters[0])).get("/commission"))

    assert "Nothing waits for you now." in words
    assert "You voted" in words


async def test_a_member_who_has_not_declared_sees_the_scope_and_nothing_confidential(house: House) -> None:
    walked = walk().to_decision().act("open_round", SECRETARY)
    await house.holds(walked)
    browser = await house.browser(undeclared(walked))

    start, words = words_of(await browser.get("/commission")), words_of(await browser.get(CASE))

    assert "Waiting for you Declare your interests" in start
    assert "Reads digits." in words
    assert "Declare your interests first." in words
    assert [secret for secret in ("Advice", "Protocol", CRITERION, "Results by requirement") if secret in words] == []


async def test_declaring_no_interest_opens_results_reasons_and_recommendation(house: House) -> None:
    walked = walk().to_decision().act("open_round", SECRETARY)
    await house.holds(walked)
    browser = await house.browser(undeclared(walked))

    answer = await sent(browser, f"{CASE}/declare-interests", has_interest="no")
    words = words_of(await browser.get(answer.headers["location"]))

    assert answer.status_code == 303
    assert "Recorded as entry" in words
    for shown in ("Advice", "Protocol", CRITERION, "Because the evidence shows it.", "Evidence cited: E1"):
        assert shown in words


async def test_an_interest_without_a_statement_is_asked_for_and_nothing_is_recorded(house: House) -> None:
    walked = walk().to_decision().act("open_round", SECRETARY)
    await house.holds(walked)
    member = undeclared(walked)

    page = await sent(await house.browser(member), f"{CASE}/declare-interests", has_interest="yes")

    assert page.status_code == 422
    assert "Say in a sentence what the interest is." in words_of(page)
    assert "statement_missing" in words_of(page)
    assert member.person not in (await house.case()).interests


async def test_a_declared_interest_closes_the_case_and_takes_the_member_out_of_the_base(house: House) -> None:
    walked = walk().to_decision().act("open_round", SECRETARY)
    await house.holds(walked)
    member = undeclared(walked)
    browser = await house.browser(member)

    await sent(browser, f"{CASE}/declare-interests", has_interest="yes", statement="I own shares.")
    words = words_of(await browser.get(CASE))

    assert "You declared an interest in this case and take no part in it." in words
    assert CRITERION not in words
    assert member.person in (await house.case()).rounds[-1].recused


async def test_an_unanswered_form_asks_before_it_sends(house: House) -> None:
    _, voters = await in_round(house)

    page = await sent(await house.browser(voters[0]), BALLOT)

    assert page.status_code == 422
    assert "There is a problem Choose how you vote." in words_of(page)


async def test_a_ballot_is_checked_before_it_is_cast_and_checking_casts_nothing(house: House) -> None:
    _, voters = await in_round(house)

    page = await sent(await house.browser(voters[0]), BALLOT, choice="grant", reasons="All is shown.")

    assert page.status_code == 200
    assert "You are about to vote: Grant. A ballot cannot be changed." in words_of(page)
    assert (await house.case()).rounds[-1].ballots == {}


async def test_going_back_from_the_check_keeps_what_was_typed(house: House) -> None:
    _, voters = await in_round(house)
    browser = await house.browser(voters[0])
    check = await sent(browser, BALLOT, choice="refuse", reasons="I doubt it.", grounds=["I-1.1-01", "I-1.3-01"])

    page = await browser.post(BALLOT, data={**hidden_in(check), "step": "change"})

    assert "I doubt it." in page.text
    assert re.findall(r'value="([^"]+)" checked', page.text) == ["refuse", "I-1.1-01", "I-1.3-01"]


async def test_a_link_cannot_fill_in_a_ballot(house: House) -> None:
    _, voters = await in_round(house)

    page = await (await house.browser(voters[0])).get(f"{BALLOT}?choice=refuse&reasons=Theirs&grounds=I-1.1-01")

    assert " checked>" not in page.text
    assert "Theirs" not in words_of(page)


async def test_a_confirmed_ballot_is_recorded_with_what_it_was_cast_on(house: House) -> None:
    walked, voters = await in_round(house)
    browser = await house.browser(voters[0])
    check = await sent(browser, BALLOT, choice="grant", reasons="All is shown.")

    answer = await browser.post(BALLOT, data={**hidden_in(check), "step": "confirmed"})
    words = words_of(await browser.get(answer.headers["location"]))

    ballot = (await house.case()).rounds[-1].ballots[voters[0].person]
    vote = walked.case.rounds[-1]
    assert (ballot.choice, ballot.round) == (Choice.GRANT, 1)
    assert (ballot.manifest_digest, ballot.scheme_digest) == (vote.manifest_digest, vote.scheme_digest)
    assert f"Recorded as entry {walked.case.entry + 1} of this case" in words


async def test_the_same_ballot_sent_twice_is_one_ballot(house: House) -> None:
    walked, voters = await in_round(house)
    browser = await house.browser(voters[0])
    check = await sent(browser, BALLOT, choice="abstain")
    form = {**hidden_in(check), "step": "confirmed"}

    first, second = [await browser.post(BALLOT, data=form) for _ in range(2)]

    assert first.headers["location"] == second.headers["location"]
    assert (await house.case()).entry == walked.case.entry + 1


async def test_a_second_ballot_is_refused_and_its_reasons_are_given_back(house: House) -> None:
    walked, voters = await in_round(house)
    browser = await house.browser(voters[0])
    check = await sent(browser, BALLOT, choice="grant", reasons="A first thought.")
    await browser.post(BALLOT, data={**hidden_in(check), "step": "confirmed"})

    again = {**hidden_in(check), "step": "confirmed", "idempotency_key": "another", "reasons": "A second thought."}
    page = await browser.post(BALLOT, data=again)

    assert page.status_code == 409
    assert "You voted in this round before." in words_of(page)
    assert "already_voted" in words_of(page)
    assert "A second thought." in words_of(page)
    assert (await house.case()).entry == walked.case.entry + 1


async def test_refusing_a_case_that_passes_needs_grounds_and_loses_no_word(house: House) -> None:
    _, voters = await in_round(house)
    browser = await house.browser(voters[0])
    check = await sent(browser, BALLOT, choice="refuse", reasons="I doubt it.")

    page = await browser.post(BALLOT, data={**hidden_in(check), "step": "confirmed"})

    assert page.status_code == 422
    assert "Name the criterion or rule on which the refusal rests." in words_of(page)
    assert 'href="#grounds"' in page.text
    assert "I doubt it." in page.text
    assert (await house.case()).rounds[-1].ballots == {}


async def test_a_grant_against_a_failed_criterion_is_not_offered_and_refused_when_sent(house: House) -> None:
    _, voters = await in_round(house, I_1_1_01=Verdict.NOT_MET)
    browser = await house.browser(voters[0])

    form = await browser.get(BALLOT)
    page = await browser.post(BALLOT, data={**hidden_in(form), "choice": "grant", "step": "confirmed"})

    assert 'value="grant"' not in form.text
    assert f"A grant cannot be voted for. {CRITERION} (I-1.1-01)" in words_of(form)
    assert page.status_code == 422
    assert "grant_against_failed_criterion" in words_of(page)


async def test_no_page_shows_a_choice_before_the_round_closes(house: House) -> None:
    walked, voters = await in_round(house)
    walked.ballot(voters[0], Choice.REFUSE, grounds=("I-1.1-01",), reasons=None)
    await house.holds(walked)

    for who in voters:
        words = words_of(await (await house.browser(who)).get(CASE))
        assert "1 of 3 have voted" in words
        assert "Refuse" not in words
        assert name_of(voters[0]) not in words


async def test_a_closed_round_shows_figures_outcome_and_who_voted_how(house: House) -> None:
    walked, voters = await in_round(house)
    walked.voted(Choice.GRANT, Choice.GRANT, Choice.ABSTAIN)
    await house.holds(walked)
    browser = await house.browser(voters[0])

    words, start = words_of(await browser.get(CASE)), words_of(await browser.get("/commission"))

    assert "The Commission decided: Granted" in words
    assert "3 members, 0 recused" in words
    assert "3 cast: 2 for, 0 against, 1 abstained" in words
    assert "reached (3 needed)" in words
    assert f"{name_of(voters[2])} : Abstain" in words
    assert "Past decisions Digit Reader 1.2.0 Granted" in start


async def test_leaving_the_electorate_makes_the_base_smaller(house: House) -> None:
    _, voters = await in_round(house)

    await sent(await house.browser(voters[0]), f"{CASE}/recuse", reason="I know the author.")

    assert (await house.case()).rounds[-1].recused == (voters[0].person,)


async def test_the_rapporteur_recommends_with_reasons(house: House) -> None:
    rapporteur = MEMBERS[0]
    walked = walk().to_recommendation().act("appoint_rapporteur", SECRETARY, rapporteur=rapporteur.person)
    await house.holds(walked.act("declare_interests", rapporteur, has_interest=False))
    browser = await house.browser(rapporteur)

    start = words_of(await browser.get("/commission"))
    answer = await sent(browser, f"{CASE}/submit-recommendation", recommends="granted", reasons="All is met.")

    recommended = (await house.case()).recommendation
    assert "Waiting for you Recommend a decision" in start
    assert answer.status_code == 303
    assert recommended is not None
    assert recommended.recommends == Outcome.GRANTED
    assert await house.services.vault.text("case-1", recommended.reasons) == "All is met."


async def test_a_grant_is_not_offered_to_the_rapporteur_where_a_mandatory_criterion_failed(house: House) -> None:
    rapporteur = MEMBERS[0]
    walked = walk().to_recommendation(I_1_1_01=Verdict.PARTLY_MET)
    walked.act("appoint_rapporteur", SECRETARY, rapporteur=rapporteur.person)
    await house.holds(walked.act("declare_interests", rapporteur, has_interest=False))

    page = await (await house.browser(rapporteur)).get(f"{CASE}/submit-recommendation")

    assert "A grant cannot be recommended" in words_of(page)
    assert f"{CRITERION} (I-1.1-01)" in words_of(page)
    assert 'value="granted"' not in page.text
    assert 'value="refused"' in page.text


async def test_another_member_than_the_rapporteur_is_told_who_recommends(house: House) -> None:
    walked = walk().to_recommendation().act("appoint_rapporteur", SECRETARY, rapporteur=MEMBERS[0].person)
    await house.holds(walked)

    page = await (await house.browser(MEMBERS[1])).get(f"{CASE}/submit-recommendation")

    assert page.status_code == 409
    assert "Only the rapporteur of the case recommends." in words_of(page)


async def test_the_neutral_third_party_declares_and_hands_in_a_report(house: House) -> None:
    await house.holds(walk(tier=Tier.CRITICAL).to_evaluation())
    browser = await house.browser(THIRD_PARTY)

    start = words_of(await browser.get("/commission"))
    await sent(browser, f"{CASE}/declare-interests", has_interest="no")
    await sent(browser, f"{CASE}/record-third-party-report", report="We tested it.")

    report = (await house.case()).third_party_report
    assert "Waiting for you Declare your interests" in start
    assert report is not None
    assert await house.services.vault.text("case-1", report) == "We tested it."
    assert "We tested it." in words_of(await browser.get(CASE))


async def test_the_label_officer_reads_what_is_released_and_releases_it(house: House) -> None:
    walked = walk(tier=Tier.CRITICAL).to_grant().act("declare_interests", LABEL_OFFICER, has_interest=False)
    await house.holds(walked)
    browser = await house.browser(LABEL_OFFICER)

    page = await browser.get(f"{CASE}/release-label")
    await sent(browser, f"{CASE}/release-label")

    assert "You are about to release the signing of this label." in words_of(page)
    assert "7 for, 0 against, 0 abstained" in words_of(page)
    assert (await house.case()).released_by == LABEL_OFFICER.person


async def test_a_label_of_low_risk_needs_no_release(house: House) -> None:
    await house.holds(walk().to_grant())
    browser = await house.browser(LABEL_OFFICER)

    page = await browser.get(f"{CASE}/release-label")

    assert "Nothing waits for you now." in words_of(await browser.get("/commission"))
    assert page.status_code == 409
    assert "Labels of this tier need no release." in words_of(page)


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
