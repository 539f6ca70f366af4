"""Labels in the browser: what each audience sees and does, and who may not (procedure, Life of a label)."""

import re
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest

from schemas.people import PersonFacts
from schemas.scheme import Tier
from tests.builders import APPLICANT, MEMBERS, SECRETARY, sha256, text
from tests.label_walk import BUILD, JUDGES, LABEL_ID, SAFE_ANSWERS
from tests.pages.conftest import AUDITOR, STRANGER, Eyes, House, hidden_in, name_of, words_of
from tests.pages.labels import do, label, read, save
from tests.pages.test_institutions import held as elected

INCIDENT = {"cause": "incident", "reasons": text()}
ROOMS = {"applicant": APPLICANT, "secretariat": SECRETARY, "commission": MEMBERS[0]}

ANSWERED = {f"answer-{question}": str(points) for question, points in SAFE_ANSWERS.items()}


async def page(house: House, who: PersonFacts, path: str) -> httpx2.Response:
    return await (await house.browser(who)).get(path)


async def send(house: House, who: PersonFacts, path: str, **typed: Any) -> httpx2.Response:
    """Open the page of an act and send its form, over the page that checks it where there is one."""
    browser = await house.browser(who)
    form = await browser.get(path)
    assert form.status_code == 200, words_of(form)
    answer = await browser.post(path, data={**hidden_in(form), **typed})
    if answer.status_code == 200:
        answer = await browser.post(path, data={**hidden_in(answer), "step": "confirmed"})
    return answer


@pytest.mark.parametrize("room", ROOMS)
async def test_each_audience_finds_the_label_in_its_room(house: House, room: str) -> None:
    await label(house)
    listed = await page(house, ROOMS[room], f"/{room}/labels")
    shown = await page(house, ROOMS[room], f"/{room}/labels/{LABEL_ID}")
    assert "0123-4567-89AB-CDEF" in words_of(listed)
    assert (shown.status_code, "In force" in words_of(shown)) == (200, True)


async def test_nobody_else_finds_it_there(house: House) -> None:
    await label(house)
    assert (await page(house, STRANGER, f"/applicant/labels/{LABEL_ID}")).status_code == 404
    assert (await page(house, JUDGES[0], f"/reviewer/labels/{LABEL_ID}")).status_code == 404
    assert (await page(house, APPLICANT, f"/secretariat/labels/{LABEL_ID}")).status_code == 403


async def test_a_surveillance_is_walked_in_the_browser_from_the_incident_to_the_findings(house: House) -> None:
    await label(house)
    secretariat, holder, judge = (f"/{room}/labels/{LABEL_ID}" for room in ("secretariat", "applicant", "reviewer"))
    opened = await send(house, SECRETARY, f"{secretariat}/open-extraordinary-surveillance", reasons="It hurt someone.")
    assert opened.status_code == 303
    handed_in = await send(
        house, APPLICANT, f"{holder}/submit-surveillance", surveillance="1", declaration="Same.", build_digest=BUILD,
        **ANSWERED,
    )  # fmt: skip
    assert handed_in.status_code == 303, words_of(handed_in)
    asked = await send(
        house, SECRETARY, f"{secretariat}/assign-surveillance-reviewer",
        surveillance="1", reviewer=JUDGES[0].person, areas="ethics_or_law",
    )  # fmt: skip
    assert asked.status_code == 303, words_of(asked)
    await send(house, JUDGES[0], f"{judge}/declare-matter-interests", has_interest="no")
    said = await send(house, JUDGES[0], f"{judge}/answer-surveillance-assignment", surveillance="1", accepts="true")
    assert said.status_code == 303, words_of(said)
    form = await page(house, JUDGES[0], f"{judge}/judge-surveillance")
    assert "What the scheme asks for in a surveillance (Low risk): declaration plus automatic checks." in words_of(form)
    criteria = hidden_in(form)["criterion"]
    typed = {f"verdict-{one}": "met" for one in criteria} | {f"rationale-{one}": "As before." for one in criteria}
    items = {f"cited-{one}": item for one in criteria for item in [_first_item(form.text, one)]}
    found = await send(house, JUDGES[0], f"{judge}/judge-surveillance", **typed, **items)
    assert found.status_code == 303, words_of(found)
    put = await send(house, SECRETARY, f"{secretariat}/put-maintain-to-vote", surveillance="1")
    assert put.status_code == 303, words_of(put)
    assert "Maintain the label" in words_of(await page(house, SECRETARY, secretariat))
    assert (await read(house, SECRETARY))["motions"][0]["subject"] == "maintain"


def _first_item(html: str, criterion: str) -> str:
    start = html.index(f'name="cited-{criterion}"')
    return html[start:].split('value="', 1)[1].split('"', 1)[0]


async def test_what_was_typed_stands_again_with_what_is_missing(house: House) -> None:
    await label(house)
    path = f"/applicant/labels/{LABEL_ID}/report-change"
    browser = await house.browser(APPLICANT)
    again = await browser.post(path, data={**hidden_in(await browser.get(path)), "changed": "data", "statement": ""})
    assert (again.status_code, "Say what is different." in words_of(again)) == (422, True)
    assert 'value="data" checked' in again.text


async def test_a_change_is_reported_and_evaluated_again(house: House) -> None:
    await label(house)
    sent = await send(
        house, APPLICANT, f"/applicant/labels/{LABEL_ID}/report-change", changed="languages", statement="Now in Sami."
    )
    assert sent.status_code == 303
    assert "Change of the product" in words_of(await page(house, APPLICANT, f"/applicant/labels/{LABEL_ID}"))


@pytest.mark.parametrize(
    ("room", "who"), [("applicant", APPLICANT), ("secretariat", SECRETARY), ("commission", MEMBERS[0])]
)
async def test_another_build_in_use_is_reported(house: House, room: str, who: PersonFacts) -> None:
    await label(house)
    here = f"/{room}/labels/{LABEL_ID}"
    same = await send(house, who, f"{here}/report-build", build_digest=BUILD, statement="We compared.")
    assert (same.status_code, "This is the certified build." in words_of(same)) == (422, True)
    sent = await send(house, who, f"{here}/report-build", build_digest=sha256("other"), statement="We compared.")
    assert sent.status_code == 303
    assert "Change of the product" in words_of(await page(house, who, here))


async def test_a_label_is_ended_only_after_a_page_that_says_there_is_no_way_back(house: House) -> None:
    await label(house)
    path = f"/applicant/labels/{LABEL_ID}/end-label"
    browser = await house.browser(APPLICANT)
    check = await browser.post(path, data=hidden_in(await browser.get(path)))
    assert (check.status_code, "There is no way back." in words_of(check)) == (200, True)
    assert (await read(house, APPLICANT))["facts"]["standing"] == "in_force"
    assert (await send(house, APPLICANT, path)).status_code == 303
    assert (await read(house, APPLICANT))["facts"]["standing"] == "ended_by_holder"


async def test_fresh_evidence_is_handed_in_with_its_file(house: House) -> None:
    walk = await label(house)
    walk.act("open_extraordinary_surveillance", SECRETARY, **INCIDENT)
    await save(house, walk)
    path, browser = f"/applicant/labels/{LABEL_ID}/offer-fresh-evidence", await house.browser(APPLICANT)
    form = await browser.get(path)
    typed = {
        **hidden_in(form), "type": "policy", "criteria": walk.state.surveillances[0].criteria[0],
        "maker": "applicant", "effective": "2026-01-01", "covers_version": "1.2.0", "confidentiality": "internal",
    }  # fmt: skip
    missing = await browser.post(path, data=typed, files={"file": ("", b"")})
    assert missing.status_code == 422
    sent = await browser.post(path, data=typed, files={"file": ("fresh.txt", b"fresh")})
    assert sent.status_code == 303, words_of(sent)
    assert "fresh.txt" in words_of(await page(house, APPLICANT, f"/applicant/labels/{LABEL_ID}"))
    way = f"/applicant/labels/{LABEL_ID}/withdraw-fresh-evidence"
    (item,) = (await read(house, APPLICANT))["facts"]["items"]
    assert f"{item} fresh.txt" in words_of(await page(house, APPLICANT, way))
    assert (await send(house, APPLICANT, way, surveillance="1", item=item)).status_code == 303


async def test_a_member_declares_before_a_suspension_is_offered(house: House) -> None:
    await label(house)
    path = f"/commission/labels/{LABEL_ID}"
    refused = await page(house, MEMBERS[0], f"{path}/propose-suspension")
    assert (refused.status_code, "Declare your interests first." in words_of(refused)) == (409, True)
    await send(house, MEMBERS[0], f"{path}/declare-matter-interests", has_interest="no")
    proposed = await send(
        house, MEMBERS[0], f"{path}/propose-suspension",
        because="mark_misused", reasons="Misused.", restoration="Take it down.",
    )  # fmt: skip
    # No chair is elected here.
    assert (proposed.status_code, "No chair is elected" in words_of(proposed)) == (409, True)
    assert "Take it down." in proposed.text


async def test_secretariat_chooses_among_all_who_had_a_part_whose_interest_was_found(house: House) -> None:
    walk = await label(house, took_part=["tilda"], evaluators=["jakob"])
    shown = await page(house, SECRETARY, f"/secretariat/labels/{LABEL_ID}/report-interest")
    offered = set(re.findall(r'value="([^"]+)"', shown.text))
    assert offered >= {"tilda", "jakob", *walk.state.shares, *walk.state.electors}


async def test_a_member_and_a_judge_report_an_interest_found_later(house: House) -> None:
    walk = await label(house)
    walk.act("open_extraordinary_surveillance", SECRETARY, **INCIDENT)
    await save(house, walk.handed_in().judged())
    one, other = (member for member in MEMBERS if member.person in walk.state.electors[:2])
    for who, room, whose in ((one, "commission", other), (JUDGES[0], "reviewer", one)):
        path = f"/{room}/labels/{LABEL_ID}"
        assert f"{path}/report-interest" in (await page(house, who, path)).text, room
        form = await page(house, who, f"{path}/report-interest")
        offered = set(re.findall(r'value="([^"]+)"', form.text))
        assert (whose.person in offered, who.person in offered) == (True, False), room
        sent = await send(house, who, f"{path}/report-interest", person=whose.person, statement="They own shares.")
        assert sent.status_code == 303, words_of(sent)
    reported = (await read(house, SECRETARY))["facts"]["reported_interests"]
    assert [held["reported_by"] for held in reported] == [one.person, JUDGES[0].person]


async def test_a_holder_reads_and_answers_the_notice_of_a_reduction_before_it_is_voted_on(house: House) -> None:
    await label(house)
    secretariat, holder = f"/secretariat/labels/{LABEL_ID}", f"/applicant/labels/{LABEL_ID}"
    told = {"because": "requirements_not_met", "reasons": "It fails in Russian.", "scope": "English only."}
    assert (await send(house, SECRETARY, f"{secretariat}/give-notice-of-withdrawal", **told)).status_code == 303
    early = await send(house, SECRETARY, f"{secretariat}/put-scope-to-vote")
    assert (early.status_code, "The holder has time to be heard" in words_of(early)) == (409, True)
    read_by = words_of(await page(house, APPLICANT, holder))
    assert "A reduction of what it covers is intended" in read_by
    assert "English only." in read_by
    answered = await send(house, APPLICANT, f"{holder}/answer-notice-of-withdrawal", answer="We mended it.")
    assert answered.status_code == 303
    assert (await send(house, SECRETARY, f"{secretariat}/put-scope-to-vote")).status_code == 303
    voted_on = words_of(await page(house, MEMBERS[0], f"/commission/labels/{LABEL_ID}"))
    assert all(said in voted_on for said in ("What is voted on", "English only.", "It fails in Russian."))


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "What the notice told of is not intended any more The notice was taken back on"),
        ("ru", "чём говорилось в уведомлении, больше не предполагается Уведомление взято назад"),
    ],
)
async def test_a_holder_reads_that_a_notice_was_taken_back_and_why(house: House, language: str, told: str) -> None:
    await label(house)
    secretariat, why = f"/secretariat/labels/{LABEL_ID}", "The tests were run on another version."
    name = "Take the notice to the holder back"
    assert name not in words_of(await page(house, SECRETARY, secretariat))
    notice = {"because": "requirements_not_met", "reasons": "It fails in Russian."}
    assert (await send(house, SECRETARY, f"{secretariat}/give-notice-of-withdrawal", **notice)).status_code == 303
    assert name in words_of(await page(house, SECRETARY, secretariat))
    taken_back = await send(house, SECRETARY, f"{secretariat}/take-back-notice-of-withdrawal", reasons=why)
    assert taken_back.status_code == 303, words_of(taken_back)

    holder = await house.browser(APPLICANT)
    holder.headers["Accept-Language"] = language
    read_by = words_of(await holder.get(f"/applicant/labels/{LABEL_ID}"))
    assert (told in read_by, why in read_by, notice["reasons"] in read_by) == (True, True, False)


async def test_the_holder_does_not_read_who_judges(house: House) -> None:
    walk = await label(house)
    walk.act("open_extraordinary_surveillance", SECRETARY, **INCIDENT)
    await save(house, walk.handed_in().judged())
    own = await page(house, APPLICANT, f"/applicant/labels/{LABEL_ID}")
    kept = await page(house, AUDITOR, f"/secretariat/labels/{LABEL_ID}")
    assert "Julia" in words_of(kept)
    assert "Julia" not in own.text
    assert JUDGES[0].person not in own.text


async def test_the_draw_of_a_quarter_is_shown_with_what_it_is_drawn_with(house: House) -> None:
    await label(house)
    shown = await page(house, SECRETARY, "/secretariat/labels/draw?quarter=2026-Q3")
    assert (shown.status_code, "Draw of 2026-Q3" in words_of(shown)) == (200, True)
    assert (await page(house, SECRETARY, "/secretariat/labels/draw?quarter=never")).status_code == 404


@pytest.mark.parametrize(("quarter", "answer"), [("", 422), ("2026-Q5", 404), ("never", 404)])
async def test_a_form_that_names_no_quarter_opens_nothing_and_is_answered(
    house: House, quarter: str, answer: int
) -> None:
    await label(house)
    secretary = await house.browser(SECRETARY)
    form = {"label": LABEL_ID, "quarter": quarter}
    assert (await secretary.post("/secretariat/labels/draw", data=form)).status_code == answer


@pytest.mark.slow
@pytest.mark.parametrize("room", ROOMS)
async def test_the_page_of_a_label_is_accessible(house: House, eyes: Eyes, room: str) -> None:
    walk = await label(house)
    walk.act("open_extraordinary_surveillance", SECRETARY, **INCIDENT)
    await save(house, walk.handed_in().judged())
    assert await eyes.complaints(await page(house, ROOMS[room], f"/{room}/labels/{LABEL_ID}")) == ""


@pytest.mark.slow
@pytest.mark.parametrize("act", ["submit-surveillance", "offer-fresh-evidence", "report-change", "end-label"])
async def test_the_forms_of_the_holder_are_accessible(house: House, eyes: Eyes, act: str) -> None:
    walk = await label(house)
    walk.act("open_extraordinary_surveillance", SECRETARY, **INCIDENT)
    await save(house, walk)
    assert await eyes.complaints(await page(house, APPLICANT, f"/applicant/labels/{LABEL_ID}/{act}")) == ""


async def test_a_holder_answers_the_questionnaire_again_and_a_higher_risk_is_told_to_the_secretariat(
    house: House,
) -> None:
    await label(house)
    secretariat, holder = f"/secretariat/labels/{LABEL_ID}", f"/applicant/labels/{LABEL_ID}"
    await send(house, SECRETARY, f"{secretariat}/open-extraordinary-surveillance", reasons="It hurt someone.")
    typed = {"surveillance": "1", "declaration": "Far more people use it.", "build_digest": BUILD}

    lacking = await send(house, APPLICANT, f"{holder}/submit-surveillance", **typed)
    worst = dict.fromkeys(ANSWERED, "unknown")
    handed_in = await send(house, APPLICANT, f"{holder}/submit-surveillance", **typed, **worst)

    assert lacking.status_code == 422
    assert "Answer the risk questionnaire again: Q1, Q2" in words_of(lacking)
    assert "Far more people use it." in lacking.text
    assert handed_in.status_code == 303, words_of(handed_in)
    assert "Risk by the answers of that day: Critical risk" in words_of(await page(house, SECRETARY, secretariat))


async def test_a_regular_surveillance_of_the_high_tier_is_walked_with_declaration_and_live_check(house: House) -> None:
    walk = await label(house, Tier.HIGH, days_ago=200)
    await save(house, walk.pass_time(days=0))
    holder, judge = (f"/{room}/labels/{LABEL_ID}" for room in ("applicant", "reviewer"))
    form = await page(house, APPLICANT, f"{holder}/submit-surveillance")
    assert "Were there incidents since the surveillance before" in words_of(form)
    assert "A check of the system in use by each reviewer, before they judge" in words_of(form)
    typed = {"surveillance": "1", "declaration": "Same.", "build_digest": BUILD, **ANSWERED}

    silent = await send(house, APPLICANT, f"{holder}/submit-surveillance", **typed)
    assert (silent.status_code, "Declare whether there were incidents." in words_of(silent)) == (422, True)
    unreported = await send(house, APPLICANT, f"{holder}/submit-surveillance", **typed, incidents="true")
    assert (unreported.status_code, 'href="#incident_report"' in unreported.text) == (422, True)
    said = {"incidents": "true", "incident_report": "One wrong answer, mended."}
    handed_in = await send(house, APPLICANT, f"{holder}/submit-surveillance", **typed, **said)
    assert handed_in.status_code == 303, words_of(handed_in)
    shown = words_of(await page(house, APPLICANT, holder))
    assert "The holder declares that there were incidents." in shown
    assert "One wrong answer, mended." in shown

    await staffed(house)
    early = await page(house, JUDGES[0], f"{judge}/judge-surveillance")
    assert (early.status_code, "Check the system in use and record it" in words_of(early)) == (409, True)
    undated = await send(house, JUDGES[0], f"{judge}/record-live-check", **{**LIVE_CHECK, "held_on": ""})
    assert (undated.status_code, "Say on which day it took place." in words_of(undated)) == (422, True)
    checked = await send(house, JUDGES[0], f"{judge}/record-live-check", **LIVE_CHECK)
    assert checked.status_code == 303, words_of(checked)
    assert LIVE_CHECK["observed"] in words_of(await page(house, JUDGES[0], f"{judge}/judge-surveillance"))
    assert LIVE_CHECK["observed"] not in words_of(await page(house, APPLICANT, holder))


async def test_the_holder_reads_a_live_check_once_the_findings_met_and_not_whose_it_is(house: House) -> None:
    walk = await label(house, Tier.HIGH, days_ago=200)
    await save(house, walk.pass_time(days=0).handed_in())
    await staffed(house)
    await send(house, JUDGES[0], f"/reviewer/labels/{LABEL_ID}/record-live-check", **LIVE_CHECK)
    assert LIVE_CHECK["observed"] not in (await page(house, APPLICANT, f"/applicant/labels/{LABEL_ID}")).text
    criteria = walk.state.surveillances[0].criteria
    findings = [{"criterion": one, "verdict": "met", "rationale": "As before.", "cited": ["E1"]} for one in criteria]
    judged = await do(house, JUDGES[0], "judge-surveillance", surveillance=1, findings=findings)
    assert judged.status_code == 200, judged.text

    own = await page(house, APPLICANT, f"/applicant/labels/{LABEL_ID}")
    assert LIVE_CHECK["observed"] in words_of(own)
    assert JUDGES[0].person not in own.text
    assert "Julia" not in own.text
    assert "Julia" in words_of(await page(house, AUDITOR, f"/secretariat/labels/{LABEL_ID}"))


LIVE_CHECK = {
    "surveillance": "1",
    "held_on": f"{datetime.now(UTC).date()}",
    "participants": "The operator.",
    "shown": "Ten requests of the day.",
    "observed": "Each answer was marked as made by a machine.",
}


async def staffed(house: House) -> None:
    """Have an expert asked for the first surveillance declare, and say yes."""
    asked = {"surveillance": 1, "reviewer": JUDGES[0].person, "areas": ["ethics_or_law"]}
    for who, act, body in (
        (SECRETARY, "assign-surveillance-reviewer", asked),
        (JUDGES[0], "declare-matter-interests", {"has_interest": False}),
        (JUDGES[0], "answer-surveillance-assignment", {"surveillance": 1, "accepts": True}),
    ):
        answer = await do(house, who, act, **body)
        assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("room", ROOMS)
async def test_a_label_is_called_by_its_system_and_holder_wherever_somebody_acts_on_it(house: House, room: str) -> None:
    await label(house)
    act = {"applicant": "end-label", "secretariat": "open-extraordinary-surveillance"}
    pages = [
        await page(house, ROOMS[room], f"/{room}/labels{path}")
        for path in ("", f"/{LABEL_ID}", f"/{LABEL_ID}/{act.get(room, 'declare-matter-interests')}")
    ]
    assert ["Digit Reader 1.2.0, Acme Vision" in words_of(one) for one in pages] == [True, True, True]


async def test_a_second_member_reads_what_they_suspend_a_label_for(house: House) -> None:
    await elected(house)
    await label(house)
    chair, second = MEMBERS[:2]
    for member in (chair, second):
        await do(house, member, "declare-matter-interests", has_interest=False)
    asked = {"because": "mark_misused", "reasons": "It stands on toys.", "restoration": "Take it off the toys."}
    assert (await do(house, chair, "propose-suspension", **asked)).status_code == 200
    browser, path = await house.browser(second), f"/commission/labels/{LABEL_ID}/confirm-suspension"
    form = await browser.get(path)
    checked = await browser.post(path, data=hidden_in(form))

    for shown in (words_of(form), words_of(checked)):
        assert "It stands on toys." in shown
        assert "Take it off the toys." in shown
        assert name_of(chair) in shown
