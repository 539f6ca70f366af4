"""What a member, a neutral third party and a label officer see and do in a browser."""

import re

import pytest

from schemas.scheme import Tier
from schemas.stages import Choice, Outcome, Verdict
from tests.builders import LABEL_OFFICER, MEMBERS, SECRETARY, THIRD_PARTY
from tests.pages.commission import BALLOT, CASE, CRITERION, in_round, sent, undeclared
from tests.pages.conftest import House, hidden_in, name_of, walk, words_of


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

    assert "An interest of yours in this case is on record, so you take no part in it." in words
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


async def test_a_refused_ballot_is_explained_in_russian_to_whoever_reads_russian(house: House) -> None:
    _, voters = await in_round(house)
    browser = await house.browser(voters[0])
    browser.headers["Accept-Language"] = "ru"
    check = await sent(browser, BALLOT, choice="refuse", reasons="Сомневаюсь.")

    page = await browser.post(BALLOT, data={**hidden_in(check), "step": "confirmed"})

    assert "Укажите критерий или правило, на котором основан отказ." in words_of(page)
    assert "Name the criterion" not in page.text


@pytest.mark.parametrize("address", [f"{CASE}/no-such-act", "/no/such/page"])
async def test_a_page_that_is_not_there_says_so_in_russian(house: House, address: str) -> None:
    await in_round(house)
    browser = await house.browser(MEMBERS[0])
    browser.headers["Accept-Language"] = "ru"

    page = await browser.get(address)

    assert page.status_code == 404
    assert "Такой страницы нет." in words_of(page)


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
    await sent(browser, f"{CASE}/record-third-party-report", report="We tested it.", summary="Good.", step="confirmed")

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
