"""An interest that somebody did not declare, in the rooms of the secretariat and the Commission (procedure, rule 2)."""

from datetime import UTC, datetime, timedelta

from schemas.errand import Errand
from schemas.people import PersonFacts
from tests.builders import APPLICANT, EXPERTS, MEMBERS, SECRETARY, issued_label, text
from tests.label_walk import LABEL_ID
from tests.pages.commission import CASE, in_round, sent
from tests.pages.conftest import House, name_of, walk, words_of
from tests.pages.labels import do, read
from workflows.rules.case.attestation import attest
from workflows.rules.label.beginnings import begin_life_content

OF_SECRETARIAT = "/secretariat/case-1"
WHOSE = MEMBERS[1]
SAID = "They own shares."


async def reported(house: House) -> tuple[PersonFacts, PersonFacts]:
    """A voter's interest reported by the secretariat while a round is open; return whose it is, and another voter."""
    walked = walk().to_round().all_declare()
    other, whose, *_ = walked.voters()
    people = {whose.person: whose}
    walked.act("report_undeclared_interest", SECRETARY, person=whose.person, statement=text(SAID), people=people)
    await house.holds(walked)
    return whose, other


async def test_the_secretariat_reports_whom_it_knows_and_a_member_knows_of_no_reviewer(
    house: House,
) -> None:
    await in_round(house)
    keeper, member = await house.browser(SECRETARY), await house.browser(MEMBERS[0])

    by_keeper = words_of(await keeper.get(f"{OF_SECRETARIAT}/report-undeclared-interest"))
    by_member = words_of(await member.get(f"{CASE}/report-undeclared-interest"))

    assert name_of(EXPERTS[0]) in by_keeper
    assert name_of(WHOSE) in by_keeper
    assert name_of(EXPERTS[0]) not in by_member
    assert name_of(WHOSE) in by_member
    assert name_of(MEMBERS[0]) not in by_member.split("Whose interest?")[1]


async def test_a_reviewer_reports_a_member_and_is_offered_no_reviewer(house: House) -> None:
    await in_round(house)
    reviewer, room = await house.browser(EXPERTS[0]), "/reviewer/case-1"

    way = (await reviewer.get(room)).text
    form = words_of(await reviewer.get(f"{room}/report-undeclared-interest"))
    answer = await sent(reviewer, f"{room}/report-undeclared-interest", person=WHOSE.person, statement=SAID)

    assert f"{room}/report-undeclared-interest" in way
    assert name_of(WHOSE) in form
    assert name_of(EXPERTS[1]) not in form
    assert answer.status_code == 303
    assert (await house.case()).open_report(WHOSE.person).reported_by == EXPERTS[0].person


async def test_a_report_waits_for_a_second_person_in_both_rooms_and_changes_nothing_yet(house: House) -> None:
    walked = walk().to_round().all_declare()
    other, whose, *_ = walked.voters()
    await house.holds(walked)
    keeper = await house.browser(SECRETARY)

    answer = await sent(keeper, f"{OF_SECRETARIAT}/report-undeclared-interest", person=whose.person, statement=SAID)
    own = words_of(await keeper.get(answer.headers["location"]))
    start = words_of(await (await house.browser(other)).get("/commission"))

    assert answer.status_code == 303
    assert f"{name_of(whose)} Waits for a second person" in own
    assert SAID in own
    assert "Confirm" not in own.split("Reported interests")[1].split("They own shares.")[1][:40]
    assert "Confirm or reject a reported interest" in start
    assert (await house.case()).rounds[-1].recused == ()


async def test_a_member_confirms_and_whoever_it_is_about_takes_no_part_any_more(house: House) -> None:
    whose, other = await reported(house)
    member = await house.browser(other)
    listed = await member.get(CASE)
    form = f"{CASE}/confirm-undeclared-interest?person={whose.person}"

    assert form in listed.text
    answer = await sent(member, form)
    case = await house.case()
    theirs = words_of(await (await house.browser(whose)).get(CASE))

    assert answer.status_code == 303
    assert case.has_interest(whose.person)
    assert whose.person in case.rounds[-1].recused
    assert "An interest of yours in this case is on record, so you take no part in it." in theirs


async def test_a_member_rejects_with_reasons(house: House) -> None:
    whose, other = await reported(house)
    member = await house.browser(other)
    form = f"{CASE}/reject-undeclared-interest?person={whose.person}"

    unsaid = await sent(member, form)
    answer = await sent(member, form, reasons="They sold them in 2019.")
    words = words_of(await member.get(answer.headers["location"]))

    assert (unsaid.status_code, answer.status_code) == (422, 303)
    assert "Rejected, because: They sold them in 2019." in words
    assert not (await house.case()).has_interest(whose.person)


async def test_who_reported_or_is_meant_finds_nothing_to_settle(house: House) -> None:
    whose, _ = await reported(house)
    for who, room in ((SECRETARY, OF_SECRETARIAT), (whose, CASE)):
        browser = await house.browser(who)
        page = await browser.get(f"{room}/confirm-undeclared-interest?person={whose.person}")
        assert "Another person confirms or rejects this; you are part of it." in words_of(page), who.person
        assert f"confirm-undeclared-interest?person={whose.person}" not in (await browser.get(room)).text


async def label_begun(house: House, *people: PersonFacts, declared: tuple[PersonFacts, ...] = ()) -> None:
    """A label on record after whose grant somebody's interest was reported or declared, and the life it began."""
    walked = walk(edition=3).to_grant()
    for one in declared:
        walked.act("declare_interests", one, has_interest=True, statement=text(SAID))
    for one in people:
        told = {"person": one.person, "people": {one.person: one}, "statement": text(SAID)}
        walked.act("report_undeclared_interest", EXPERTS[0] if one in MEMBERS else SECRETARY, **told)
    issued_at = datetime.now(UTC) - timedelta(days=1)
    label = issued_label(walked.case).model_copy(
        update={"id": LABEL_ID, "issued_at": issued_at, "expires_at": issued_at + timedelta(days=700)}
    )
    walked.take((attest(walked.case, label, walked.now),))
    await house.holds(walked)
    await house.services.vault.put_text("case-1", SAID)
    begins = Errand(
        key="begin_life", to="label", subject=LABEL_ID, act="begin_life", content=begin_life_content(walked.case)
    )
    await house.services.procedure.matters.engine_act(begins, sent_by="certification/case-1")


async def test_what_nobody_settled_goes_on_with_the_label_and_its_text_with_it(house: House) -> None:
    await label_begun(house, WHOSE)
    keeper = await house.browser(SECRETARY)
    of_case = words_of(await keeper.get(OF_SECRETARIAT))
    of_label = words_of(await keeper.get(f"/secretariat/labels/{LABEL_ID}"))

    assert f"{name_of(WHOSE)} Goes on with the label" in of_case
    assert f"{name_of(WHOSE)} · reported by {name_of(EXPERTS[0])}" in of_label
    assert "In the case · Waits for a second person" in of_label
    assert SAID in of_label


async def test_an_interest_on_record_in_the_case_is_on_record_at_the_label_for_who_keeps_it(house: House) -> None:
    await label_begun(house, declared=(MEMBERS[6],))
    page = words_of(await (await house.browser(SECRETARY)).get(f"/secretariat/labels/{LABEL_ID}"))
    on_record = page.split("Interests on record")[1]
    assert SAID in on_record
    assert name_of(MEMBERS[6]) in on_record.split(SAID)[0]
    (told,) = (await read(house, SECRETARY))["facts"]["interests"]
    assert told["person"] == MEMBERS[6].person
    member = words_of(await (await house.browser(MEMBERS[0])).get(f"/commission/labels/{LABEL_ID}"))
    assert "Interests on record" not in member
    assert "interests" not in (await read(house, MEMBERS[0]))["facts"]


async def test_a_member_with_an_interest_in_the_case_is_told_at_the_label_that_it_is_on_record(house: House) -> None:
    whose = MEMBERS[6]
    await label_begun(house, declared=(whose,))
    told = {"because": "mark_misused", "reasons": SAID, "restoration": SAID}
    refused = await do(house, whose, "propose-suspension", **told)
    assert (refused.status_code, refused.json()["code"]) == (403, "has_interest")
    assert (await read(house, whose))["has_declared"] is True


async def test_a_secretary_with_an_interest_in_the_case_reads_no_more_of_its_label(
    house: House,
) -> None:
    await label_begun(house, declared=(SECRETARY,))
    browser = await house.browser(SECRETARY)
    page = await browser.get(f"/secretariat/labels/{LABEL_ID}")
    assert (page.status_code, "another person does this" in words_of(page)) == (403, True)
    told = await read(house, SECRETARY)
    assert "tied_keeper" in told["parts"]
    assert {"reported_interests", "interests", "surveillances"}.isdisjoint(told["facts"])


async def test_a_secretary_declares_an_interest_in_a_label_and_another_keeps_it(house: House) -> None:
    await label_begun(house)
    browser = await house.browser(SECRETARY)
    address = f"/secretariat/labels/{LABEL_ID}"
    assert "I have an interest in this label" in words_of(await browser.get(address))
    unsaid = await sent(browser, f"{address}/declare-matter-interests")
    checked = await sent(browser, f"{address}/declare-matter-interests", statement=SAID)
    assert (unsaid.status_code, (await read(house, SECRETARY))["has_declared"]) == (422, None)
    assert "this cannot be taken back" in words_of(checked)
    assert (
        await do(house, SECRETARY, "declare-matter-interests", has_interest=True, statement=SAID)
    ).status_code == 200
    assert (await browser.get(address)).status_code == 403


async def test_a_member_learns_at_the_label_no_more_of_reviewers_than_in_the_case(house: House) -> None:
    await label_begun(house, WHOSE, EXPERTS[0])
    (told,) = (await read(house, MEMBERS[0]))["facts"]["reported_interests"]
    page = words_of(await (await house.browser(MEMBERS[0])).get(f"/commission/labels/{LABEL_ID}"))

    assert (told["person"], "reported_by" in told) == (WHOSE.person, False)
    assert f"{name_of(WHOSE)} · reported on" in page
    assert name_of(EXPERTS[0]) not in page
    settled = await do(house, MEMBERS[0], "confirm-interest", person=EXPERTS[0].person)
    assert (settled.status_code, settled.json()["code"]) == (404, "unknown_report")
    assert (await do(house, MEMBERS[0], "confirm-interest", person=WHOSE.person)).status_code == 200


async def test_a_reviewer_and_the_applicant_see_nothing_of_a_report(house: House) -> None:
    await reported(house)
    for who, address in ((EXPERTS[0], "/reviewer/case-1"), (APPLICANT, "/applicant/case-1")):
        page = await (await house.browser(who)).get(address)
        assert page.status_code == 200
        assert SAID not in words_of(page)
