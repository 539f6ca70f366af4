"""What the secretariat keeps, an auditor reads, and nobody else sees, in a browser."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from certify.procedure.lodging import EDITION
from schemas.application import RiskAnswer
from schemas.people import Role
from schemas.scheme import Tier
from schemas.stages import Stage, Verdict
from tests.builders import EXPERTS, MEMBERS, SECRETARY, Walk, person, text
from tests.pages.conftest import AUDITOR, House, hidden_in, name_of, walk, words_of
from tests.pages.secretariat import CASE, CRITERION, PROHIBITED, ROOM, asked, sent


async def test_the_board_shows_what_waits_first_then_every_case_by_stage(house: House) -> None:
    await house.holds(walk().to_intake())
    await house.holds(walk(reference="A-2").to_evaluation(), "case-2")

    words = words_of(await (await house.browser(SECRETARY)).get(ROOM))

    assert words.index("Waiting for you") < words.index("Decide on the intake") < words.index("All cases by stage")
    assert words.index("Intake 1 case ") < words.index("Evaluation 1 case ")
    assert "A-2" in words


async def test_an_intake_past_its_term_is_marked_overdue(house: House) -> None:
    late = walk()
    late.now = datetime.now(UTC) - timedelta(days=30)
    await house.holds(late.to_intake())
    await house.holds(walk(reference="A-2").to_intake(), "case-2")

    words = words_of(await (await house.browser(SECRETARY)).get(ROOM))

    assert words.split("All cases by stage")[0].count("Overdue") == 1


@pytest.mark.parametrize("stage", [Stage.PLANNING, Stage.DECISION])
async def test_a_plan_and_a_round_past_their_time_are_marked_overdue(house: House, stage: Stage) -> None:
    late = walk(edition=EDITION)
    late.now = datetime.now(UTC) - timedelta(days=30)
    await house.holds(late.to_planning() if stage == Stage.PLANNING else late.to_decision())

    words = words_of(await (await house.browser(SECRETARY)).get(ROOM))

    assert words.split("All cases by stage")[0].count("Overdue") == 1


async def test_what_others_must_do_does_not_wait_for_the_secretariat(house: House) -> None:
    await house.holds(asked(walk().to_planning(), EXPERTS[0], accept=False))

    assert "Nothing waits for you now." in words_of(await (await house.browser(SECRETARY)).get(ROOM))


@pytest.mark.parametrize(
    ("walked", "duty"),
    [
        (lambda: walk().to_planning(), "Ask a reviewer"),
        (lambda: asked(walk().to_planning(), EXPERTS[0]), "Approve the evaluation plan"),
        (lambda: walk(tier=Tier.HIGH).to_evaluation(), "Record the lookups"),
        (lambda: walk().to_recommendation(), "Appoint the rapporteur"),
        (lambda: walk().to_decision(), "Open a round of the Commission"),
    ],
)
async def test_every_stage_has_its_duty(house: House, walked: Callable[[], Walk], duty: str) -> None:
    await house.holds(walked())

    assert f"Waiting for you {duty} " in words_of(await (await house.browser(SECRETARY)).get(ROOM))


async def test_the_intake_names_what_is_missing_in_words(house: House) -> None:
    await house.holds(walk().to_intake())

    words = words_of(await (await house.browser(SECRETARY)).get(CASE))

    assert "mandatory requirements have neither evidence nor a reason" in words
    assert f"{CRITERION} (I-1.1-01)" in words


async def test_the_intake_shows_how_the_tier_came_about(house: House) -> None:
    answers = {f"Q{number}": RiskAnswer(score=3 if number == 12 else 0) for number in range(1, 13)}
    lodged = await house.application(answers={**answers, "Q1": RiskAnswer(score="unknown")})
    await house.holds(walk(**lodged).to_intake())

    words = words_of(await (await house.browser(SECRETARY)).get(CASE))

    assert "Critical risk" in words
    assert "6; of itself this gives: Low risk" in words
    assert "F8: forecast and examination needed (I-2.1) (at least Critical risk)" in words
    assert "Unknown, counts as 3" in words
    assert "Data protection law, which finds no personal data here" in words


async def test_an_earlier_case_is_shown_with_the_answers_that_became_lower(house: House) -> None:
    before = await house.application("case-0", answers={f"Q{n}": RiskAnswer(score=1) for n in range(1, 13)})
    earlier = walk(reference="A-0", **before)
    earlier.now -= timedelta(days=9)
    await house.holds(earlier.to_intake(), "case-0")
    now = {f"Q{n}": RiskAnswer(score=0 if n == 3 else 1) for n in range(1, 13)}
    await house.holds(walk(**await house.application(answers=now)).to_intake())
    browser = await house.browser(SECRETARY)

    words = words_of(await browser.get(CASE))

    assert re.findall(r"(Q\d+) is answered lower now and needs a reason", words) == ["Q3"]
    assert f'href="{ROOM}/case-0"' in (await browser.get(CASE)).text
    assert "No earlier case" in words_of(await browser.get(f"{ROOM}/case-0"))


async def test_accepting_moves_the_case_on_and_shows_the_receipt(house: House) -> None:
    await house.holds(walk().to_intake().with_evidence())
    browser = await house.browser(SECRETARY)

    answer = await sent(browser, f"{CASE}/accept-application", note="In scope.")

    assert answer.status_code == 303
    assert (await house.case()).stage == Stage.PLANNING
    assert "Recorded as entry" in words_of(await browser.get(answer.headers["location"]))


async def test_declining_asks_for_reasons_then_to_be_confirmed(house: House) -> None:
    await house.holds(walk().to_intake())
    browser = await house.browser(SECRETARY)

    empty = await sent(browser, f"{CASE}/decline-application", reasons=" ")
    check = await sent(browser, f"{CASE}/decline-application", reasons="Out of scope.")
    before = (await house.case()).stage
    await browser.post(f"{CASE}/decline-application", data={**hidden_in(check), "step": "confirmed"})

    assert (empty.status_code, check.status_code, before) == (422, 200, Stage.INTAKE)
    assert "You are about to decline this application." in words_of(check)
    assert (await house.case()).stage == Stage.DECLINED
    assert "Out of scope." in words_of(await browser.get(CASE))


async def test_experts_are_offered_by_name_and_those_who_cannot_be_asked_with_the_reason(house: House) -> None:
    walked = asked(walk(tier=Tier.MEDIUM).to_planning(), EXPERTS[0])
    await house.holds(walked)

    page = await (await house.browser(SECRETARY)).get(f"{CASE}/assign-reviewer")

    words = words_of(page)
    assert f"{name_of(EXPERTS[0])}: was asked before" in words
    assert 'value="emil"' in page.text
    assert 'value="edda"' not in page.text
    assert "Areas without a reviewer Ethics or law" in words


async def test_asking_an_expert_for_an_area_that_is_not_theirs_keeps_the_form(house: House) -> None:
    await house.holds(walk().to_planning())
    browser = await house.browser(SECRETARY)

    page = await sent(browser, f"{CASE}/assign-reviewer", reviewer="emil", areas=["ai_technical"])

    assert page.status_code == 422
    assert "This tier asks for ethics_or_law, not ai_technical." in words_of(page)
    assert re.search(r'value="emil" checked', page.text)
    assert (await house.case()).assignments == {}


async def test_an_expert_is_asked(house: House) -> None:
    await house.holds(walk().to_planning())

    await sent(await house.browser(SECRETARY), f"{CASE}/assign-reviewer", reviewer="emil", areas=["ethics_or_law"])

    assert (await house.case()).assignments["emil"].areas == ("ethics_or_law",)


async def test_the_proposed_reviewers_are_asked_together_and_the_others_wait_in_their_order(house: House) -> None:
    await house.holds(walk(edition=2).to_planning())
    browser = await house.browser(SECRETARY)
    case = await browser.get(CASE)
    assert f'href="{CASE}/assign-reviewers"' in case.text

    page = await browser.get(f"{CASE}/assign-reviewers")
    chosen = re.findall(r'name="reviewers"[^>]*value="([^"]+)" checked', page.text)
    reserves = re.findall(r'name="reserves"[^>]*value="([^"]+)" checked', page.text)
    assert (len(chosen), bool(reserves)) == (1, True)
    nobody = await sent(browser, f"{CASE}/assign-reviewers", reserves=reserves)
    answer = await sent(browser, f"{CASE}/assign-reviewers", reviewers=chosen, reserves=reserves)

    found = await house.case()
    assert (nobody.status_code, "Choose whom to ask." in words_of(nobody), answer.status_code) == (422, True, 303)
    assert (list(found.assignments), [one.reviewer for one in found.bench]) == (chosen, reserves)
    assert f'href="{CASE}/assign-reviewers"' not in (await browser.get("/secretariat")).text


async def test_the_plan_shows_who_would_judge_how_much_and_approving_fixes_it(house: House) -> None:
    walked = asked(walk(tier=Tier.HIGH).to_planning(), *EXPERTS)
    await house.holds(walked)
    browser = await house.browser(SECRETARY)

    words = words_of(await browser.get(f"{CASE}/approve-plan"))
    await sent(browser, f"{CASE}/approve-plan")

    plan = (await house.case()).plan
    assert plan is not None
    for expert in EXPERTS:
        assert f"{name_of(expert)} judges {len(plan.criteria[expert.person])} requirements" in words
    assert f"The secretariat looks up {len(plan.lookups)} requirements" in words


async def test_a_plan_without_reviewers_cannot_be_approved_and_the_page_says_why(house: House) -> None:
    await house.holds(walk().to_planning())
    browser = await house.browser(SECRETARY)

    page = await browser.get(f"{CASE}/approve-plan")

    assert page.status_code == 409
    assert "Not enough reviewers have said yes" in words_of(page)
    assert "Cannot start yet" in words_of(await browser.get(CASE))


async def test_a_lookup_shows_the_requirement_and_records_what_was_found(house: House) -> None:
    walked = walk(tier=Tier.HIGH).to_evaluation()
    case = await house.holds(walked)
    assert case.plan is not None
    criterion, *others = case.plan.lookups
    offered = next(item.id for item in case.evidence.values() if criterion in item.criteria)
    browser = await house.browser(SECRETARY)

    page = await browser.get(f"{CASE}/record-lookup")
    uncited = await sent(browser, f"{CASE}/record-lookup", verdict="met", rationale="The agreement says so.")
    await sent(browser, f"{CASE}/record-lookup", verdict="met", rationale="The agreement says so.", cited=[offered])

    assert f"({criterion})" in words_of(page)
    assert "Not applicable" not in words_of(page)
    assert uncited.status_code == 422
    assert "The agreement says so." in uncited.text
    assert (await house.case()).lookups[criterion].verdict == Verdict.MET
    assert f"({others[0]})" in words_of(await browser.get(f"{CASE}/record-lookup"))


async def test_while_reviewers_are_blind_the_case_shows_who_handed_in(house: House) -> None:
    walked = walk(tier=Tier.MEDIUM).to_evaluation()
    walked.act("submit_review", EXPERTS[0], findings=walked.findings(EXPERTS[0].person))
    await house.holds(walked)

    words = words_of(await (await house.browser(SECRETARY)).get(CASE))

    assert f"{name_of(EXPERTS[0])} Handed in" in words
    assert f"{name_of(EXPERTS[1])} Said yes" in words
    assert "Results by requirement" not in words
    assert "Because the evidence shows it." not in words


async def test_a_member_is_appointed_rapporteur(house: House) -> None:
    await house.holds(walk().to_recommendation())
    browser = await house.browser(SECRETARY)

    page = await browser.get(f"{CASE}/appoint-rapporteur")
    await sent(browser, f"{CASE}/appoint-rapporteur", rapporteur=MEMBERS[1].person)

    assert name_of(MEMBERS[1]) in words_of(page)
    assert (await house.case()).rapporteur == MEMBERS[1].person
    assert f"Rapporteur {name_of(MEMBERS[1])}" in words_of(await browser.get(CASE))


async def test_whoever_is_not_a_member_is_refused_as_rapporteur_with_a_sentence(house: House) -> None:
    await house.holds(walk().to_recommendation())

    page = await sent(await house.browser(SECRETARY), f"{CASE}/appoint-rapporteur", rapporteur="edda")

    assert page.status_code == 403
    assert "Only a person with the role commissioner may do this." in words_of(page)
    assert (await house.case()).rapporteur is None


async def test_the_protocol_of_a_hearing_is_put_on_file(house: House) -> None:
    await house.holds(walk().to_recommendation(I_1_1_01=Verdict.NOT_MET))
    browser = await house.browser(SECRETARY)

    await sent(browser, f"{CASE}/record-hearing", protocol="They were heard.")

    assert "They were heard." in words_of(await browser.get(CASE))


async def test_opening_a_round_shows_the_electorate_and_freezes_it(house: House) -> None:
    await house.holds(walk().to_decision())
    browser = await house.browser(SECRETARY)

    words = words_of(await browser.get(f"{CASE}/open-round"))
    await sent(browser, f"{CASE}/open-round")

    vote = (await house.case()).open_round
    assert "Can vote 7 members Drawn for the panel 3 members" in words
    assert vote is not None
    assert len(vote.electorate) == 3


async def test_without_a_register_entry_no_round_opens_and_the_page_warns_before(house: House) -> None:
    applicant = person("zora", Role.APPLICANT, organisation="org-other")
    walked = walk(organisation="org-other", gates=PROHIBITED)
    walked.act("lodge_application", applicant, lodged=walked.lodged).act("accept_application", SECRETARY)
    await house.holds(walked.act("record_hearing", SECRETARY, protocol=text("Protocol")))
    browser = await house.browser(SECRETARY)

    form = await browser.get(f"{CASE}/open-round")
    page = await sent(browser, f"{CASE}/open-round")

    assert "No decision is made before the entry in the Register (Code, II-2.1)." in words_of(form)
    assert page.status_code == 409
    assert "not_in_register" in words_of(page)
    assert (await house.case()).rounds == ()


async def test_a_prohibited_use_must_be_heard_before_it_is_voted_on(house: House) -> None:
    walked = walk(gates=PROHIBITED).to_intake().act("accept_application", SECRETARY)
    await house.holds(walked)
    browser = await house.browser(SECRETARY)

    start, page = words_of(await browser.get(ROOM)), await browser.get(f"{CASE}/open-round")

    assert "Waiting for you Record the hearing" in start
    assert page.status_code == 409
    assert "The applicant must be heard first." in words_of(page)
    assert "Ended or referred by a gate" in words_of(await browser.get(CASE))


async def test_one_of_the_secretariat_says_that_they_have_an_interest_and_another_keeps_the_case(house: House) -> None:
    await house.holds(walk().to_planning())
    browser = await house.browser(SECRETARY)
    form = f"{CASE}/declare-interests"

    assert form in (await browser.get(CASE)).text
    unsaid = await sent(browser, form)
    answer = await sent(browser, form, statement="I am married to the director.")
    board = words_of(await browser.get(answer.headers["location"]))

    assert (unsaid.status_code, answer.status_code) == (422, 303)
    assert "Say what the interest is." in words_of(unsaid)
    assert "Your interest is on record. Another of the secretariat keeps that case now." in board
    assert (await house.case()).has_interest(SECRETARY.person)
    for address in (CASE, form, f"{CASE}/assign-reviewer"):
        page = await browser.get(address)
        assert (page.status_code, "An interest of yours in this case is on record." in words_of(page)) == (403, True)


async def test_an_auditor_finds_no_interest_to_declare(house: House) -> None:
    await house.holds(walk().to_planning())
    browser = await house.browser(AUDITOR)
    assert "declare-interests" not in (await browser.get(CASE)).text
    assert (await browser.get(f"{CASE}/declare-interests")).status_code == 409


async def test_somebody_who_does_not_do_what_they_said_yes_to_is_relieved_and_another_is_to_be_asked(
    house: House,
) -> None:
    begun = walk()
    begun.now -= timedelta(days=200)
    await house.holds(begun.to_evaluation())
    browser = await house.browser(SECRETARY)
    assert "Relieve somebody who does not do what they said yes to If needed" in words_of(await browser.get(CASE))

    address = f"{CASE}/relieve-reviewer"
    empty = await sent(browser, address, person="edda", reasons="")
    assert "Give the reasons." in empty.text
    done = await sent(browser, address, person="edda", reasons="No answer since March.")
    assert done.status_code == 303, words_of(done)

    page = words_of(await browser.get(CASE))
    assert "Ask the proposed reviewers To do" in page or "Ask a reviewer To do" in page
    assert "Somebody relieved who did not do what they said yes to" in words_of(await browser.get(f"{CASE}/record"))
    assert (await browser.get(address)).status_code == 409
