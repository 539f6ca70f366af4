"""The life of a label through the API: from a surveillance to its end, and what each person reads of it."""

import hashlib
from datetime import UTC, datetime, timedelta

from certify.accounts.matter_parts import MatterPart, parts_in_label
from certify.procedure.label_facts import with_label_facts
from certify.register.cases import CaseRecord
from schemas.errand import Errand
from schemas.label import Standing
from schemas.people import PersonFacts, Role
from schemas.scheme import Tier
from tests.builders import APPLICANT, EXPERTS, MEMBERS, ORGANISATION, SECRETARY, Walk, person, text
from tests.label_walk import JUDGES, LABEL_ID, NEW_LABEL, LabelWalk, granted
from tests.pages.api import application
from tests.pages.conftest import AUDITOR, STRANGER, House
from tests.pages.labels import carried, do, handed_in, label, read, save
from workflows.rules.label.beginnings import begin_life_content
from workflows.rules.label.editions import EDITION

INCIDENT = {"cause": "incident", "reasons": "A wrong answer hurt someone."}
VOTERS = MEMBERS[:7]


async def errand(house: House, act: str, **content: object) -> None:
    told = Errand(key=act, to="label", subject=LABEL_ID, act=act, content=content)
    await house.services.procedure.matters.engine_act(told, sent_by="case-1")


async def test_a_life_begins_by_an_errand_on_the_scheme_of_its_case(house: House) -> None:
    case = granted()
    await house.holds(case)
    await errand(house, "begin_life", **begin_life_content(case.case))
    reading = await read(house, SECRETARY)

    assert (reading["facts"]["standing"], reading["organisation"]) == ("in_force", ORGANISATION)
    await errand(house, "begin_life", **begin_life_content(case.case))
    assert (await read(house, SECRETARY))["facts"]["steps"] == reading["facts"]["steps"]


async def test_text_of_a_reduced_scope_goes_on_with_the_label_that_carries_on(house: House) -> None:
    walk = await label(house)
    await house.services.vault.put_text(f"label-{LABEL_ID}", "Less.")
    content = {**begin_life_content(granted().case), "prolongs": walk.subject, "scope": dict(text("Less."))}
    begins = Errand(key="begin_life", to="label", subject=NEW_LABEL, act="begin_life", content=content)
    await house.services.procedure.matters.engine_act(begins, sent_by=f"label/{walk.subject}")
    assert await house.services.vault.text(f"label-{NEW_LABEL}", text("Less.")) == "Less."


async def test_a_surveillance_goes_from_its_opening_to_the_panel(house: House) -> None:
    await label(house)
    assert (await do(house, SECRETARY, "open-extraordinary-surveillance", **INCIDENT)).status_code == 200
    one = (await read(house, APPLICANT))["facts"]["surveillances"][0]
    content = b"fresh evidence"
    browser = await house.browser(APPLICANT)
    uploaded = (await browser.post(f"/api/labels/{LABEL_ID}/files", content=content)).json()
    offer = {
        "surveillance": 1, "file": "fresh.txt", "type": "policy", "criteria": one["criteria"][:1],
        "made_by": "applicant", "effective": "2026-01-01", "covers_version": "1.2.0",
        "confidentiality": "internal", "digest_of_file": uploaded["digest"],
    }  # fmt: skip
    offered = await do(house, APPLICANT, "offer-fresh-evidence", **offer)
    assert offered.status_code == 200, offered.text
    await handed_in(house)
    await judged(house, one["criteria"])
    (item,) = (await read(house, APPLICANT))["facts"]["items"]
    while_open = await (await house.browser(JUDGES[0])).get(f"/api/labels/{LABEL_ID}/evidence/{item}")
    assert hashlib.sha256(while_open.content).hexdigest() == uploaded["digest"]
    await carried(house, "put-maintain-to-vote", VOTERS, surveillance=1)

    facts = (await read(house, APPLICANT))["facts"]
    assert facts["surveillances"][0]["outcome"] == "maintain"
    proposal = (await read(house, SECRETARY))["facts"]["proposal"]
    assert (proposal["checked_again"], proposal["standing"]) == (True, 1)
    assert {check["check"]: check["holds"] for check in facts["surveillances"][0]["checks"]} == {
        "evidence_not_expired": True, "register_entry_in_force": True, "officer_named": True,
        "build_digest_as_certified": True, "no_open_complaint": True,
    }  # fmt: skip
    for reader in (APPLICANT, SECRETARY):
        answer = await (await house.browser(reader)).get(f"/api/labels/{LABEL_ID}/evidence/{item}")
        assert hashlib.sha256(answer.content).hexdigest() == uploaded["digest"]
    for other in (AUDITOR, STRANGER, MEMBERS[0], JUDGES[0]):
        answer = await (await house.browser(other)).get(f"/api/labels/{LABEL_ID}/evidence/{item}")
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_item")


async def test_every_act_about_a_label_says_by_which_edition_it_is_judged(house: House) -> None:
    walk = LabelWalk()
    acts = [
        walk.build("put_maintain_to_vote", SECRETARY, surveillance=1),
        walk.build("answer_surveillance_assignment", JUDGES[0], surveillance=1, accepts=True),
        walk.build("end_label", APPLICANT),
    ]
    async with house.services.database.reading() as session:
        sent = [await with_label_facts(session, act.model_copy(update={"around": None}), walk.state) for act in acts]
    assert [act.around.edition for act in sent] == [EDITION] * 3


async def test_vote_to_restore_comes_with_who_judged_what_it_ends_and_with_checks_of_the_day(house: House) -> None:
    await label(house)
    assert (await do(house, SECRETARY, "open-extraordinary-surveillance", **INCIDENT)).status_code == 200
    criteria = (await read(house, APPLICANT))["facts"]["surveillances"][0]["criteria"]
    await handed_in(house)
    await judged(house, criteria)
    said = {"because": "mark_misused", "reasons": "Misused.", "restoration": "Take it down."}
    await carried(house, "put-suspension-to-vote", VOTERS, **said)
    await carried(house, "put-restoration-to-vote", VOTERS, reasons="It was taken down.")

    facts = (await read(house, SECRETARY))["facts"]
    assert (facts["standing"], facts["surveillances"][0]["outcome"]) == ("in_force", "restore")
    assert (facts["proposal"]["checked_again"], facts["proposal"]["ends"]) == (True, [1])
    assert facts["evaluators"] == [JUDGES[0].person]


async def judged(house: House, criteria: list[str], *, taken: bool = True) -> dict:
    judge = JUDGES[0]
    asked = {"surveillance": 1, "reviewer": judge.person, "areas": ["ethics_or_law"]}
    assert (await do(house, SECRETARY, "assign-surveillance-reviewer", **asked)).status_code == 200
    assert (await do(house, judge, "declare-matter-interests", has_interest=False)).status_code == 200
    assert (await do(house, judge, "answer-surveillance-assignment", surveillance=1, accepts=True)).status_code == 200
    findings = [{"criterion": one, "verdict": "met", "rationale": "As before.", "cited": ["E1"]} for one in criteria]
    found = await do(house, judge, "judge-surveillance", surveillance=1, findings=findings)
    assert (found.status_code == 200) is taken, found.text
    return dict(found.json())


async def test_findings_of_a_surveillance_are_held_against_the_evidence_of_the_case_on_record(house: House) -> None:
    walk = await label(house)
    await do(house, SECRETARY, "open-extraordinary-surveillance", **INCIDENT)
    await handed_in(house)
    criteria = (await read(house, APPLICANT))["facts"]["surveillances"][0]["criteria"]
    async with house.services.database.writing() as session:
        row = await session.get(CaseRecord, "case-1")
        case = row.case
        other = case.evidence["E1"].model_copy(update={"covers_version": "9.9.9"})
        row.state = case.model_copy(update={"evidence": {**case.evidence, "E1": other}}).model_dump_json()
        session.add(row)

    refused = await judged(house, criteria, taken=False)
    assert (refused["code"], LABEL_ID) == ("evidence_other_version", walk.subject)
    assert (await read(house, AUDITOR))["facts"]["judging"]["1"]["reviews"] == {}


async def test_the_holder_reads_what_was_found_and_not_by_whom(house: House) -> None:
    await label(house)
    await do(house, SECRETARY, "open-extraordinary-surveillance", **INCIDENT)
    criteria = (await read(house, APPLICANT))["facts"]["surveillances"][0]["criteria"]
    await handed_in(house)
    assert "findings" not in (await read(house, AUDITOR))["facts"]
    await judged(house, criteria)

    reading = await read(house, APPLICANT)
    assert {one["criterion"] for one in reading["facts"]["findings"]["1"]} == set(criteria)
    assert JUDGES[0].person not in str(reading)
    assert EXPERTS[0].person not in str(reading)
    assert JUDGES[0].person in str((await read(house, AUDITOR))["facts"]["judging"])


async def test_an_expert_who_was_asked_sees_the_scope_and_no_evidence(house: House) -> None:
    await label(house)
    await do(house, SECRETARY, "open-extraordinary-surveillance", **INCIDENT)
    asked = {"surveillance": 1, "reviewer": JUDGES[0].person, "areas": ["ethics_or_law"]}
    await do(house, SECRETARY, "assign-surveillance-reviewer", **asked)
    reading = await read(house, JUDGES[0])

    assert reading["parts"] == ["asked"]
    assert reading["facts"]["asked_to_judge"]["1"]["criteria"]
    assert not {"surveillances", "items"} & set(reading["facts"])
    answer = await (await house.browser(JUDGES[0])).get(f"/api/labels/{LABEL_ID}/evidence/E1")
    assert answer.status_code == 404


async def test_anybody_signed_in_reads_the_standing_of_a_label_and_nothing_behind_it(house: House) -> None:
    walk = await label(house)
    await save(house, walk.suspended())
    reading = await read(house, STRANGER)

    assert (reading["parts"], reading["facts"]["standing"]) == (["observer"], "suspended")
    assert "reasons" not in reading["facts"]["steps"][1]
    assert not {"surveillances", "judging", "suspension_proposal", "notice"} & set(reading["facts"])
    listed = await (await house.browser(STRANGER)).get("/api/labels")
    assert listed.json() == []
    assert len((await (await house.browser(APPLICANT)).get("/api/labels")).json()) == 1


async def test_a_stranger_reports_no_build_and_the_holder_does_not_learn_who_did(house: House) -> None:
    await label(house)
    stranger = await do(house, STRANGER, "report-build", build_digest="e" * 64, statement="Invented.")
    assert (stranger.status_code, stranger.json()["code"]) == (403, "no_part_in_matter")
    reported = await do(house, SECRETARY, "report-build", build_digest="f" * 64, statement="Seen in use.")
    assert reported.status_code == 200, reported.text
    reading = await read(house, APPLICANT)

    assert reading["facts"]["surveillances"][0]["cause"] == "change"
    assert SECRETARY.person not in str(reading["facts"])
    assert SECRETARY.person in str((await read(house, SECRETARY))["facts"]["changes"])


async def test_a_complaint_opens_a_review_and_its_code_stays_hidden_from_the_holder(house: House) -> None:
    await label(house)
    await errand(house, "open_review", complaint="C7K2M9QX")
    reading = await read(house, APPLICANT)
    assert reading["facts"]["surveillances"][0]["cause"] == "complaint"
    assert "C7K2M9QX" not in str(reading)
    assert (await read(house, SECRETARY))["facts"]["complaints"] == ["C7K2M9QX"]


async def test_no_person_does_what_only_the_engine_does(house: House) -> None:
    await label(house)
    for act in ("begin-life", "supersede", "end-by-leaving", "open-review", "note-appeal"):
        answer = await do(house, SECRETARY, act, successor=NEW_LABEL, complaint="x", appeal="x", state="x")
        assert answer.status_code in {404, 405}, act


async def test_what_is_still_added_after_the_end_is_recorded(house: House) -> None:
    await label(house)
    assert (await do(house, APPLICANT, "end-label", reasons="We stopped.")).status_code == 200
    await errand(house, "note_appeal", appeal="appeal-1", state="opened")
    await errand(house, "supersede", successor=NEW_LABEL)
    facts = (await read(house, SECRETARY))["facts"]

    assert (facts["standing"], facts["appeals"], facts["successor"]) == (
        Standing.ENDED_BY_HOLDER, {"appeal-1": "opened"}, NEW_LABEL,
    )  # fmt: skip
    refused = await do(house, APPLICANT, "end-label")
    assert (refused.status_code, refused.json()["code"]) == (409, "matter_ended")


async def test_without_an_elected_chair_a_suspension_needs_a_vote(house: House) -> None:
    await label(house)
    proposal = {"because": "mark_misused", "reasons": "Misused.", "restoration": "Take it down."}
    await do(house, MEMBERS[0], "declare-matter-interests", has_interest=False)
    refused = await do(house, MEMBERS[0], "propose-suspension", **proposal)
    assert (refused.status_code, refused.json()["code"]) == (409, "no_chair")
    await carried(house, "put-suspension-to-vote", VOTERS, **proposal)
    assert (await read(house, STRANGER))["facts"]["standing"] == "suspended"


async def test_a_renewal_is_asked_for_with_an_application_that_names_the_label(house: House) -> None:
    walk = await label(house)
    shifted = walk.state.expires_at - timedelta(days=100)
    await save(house, walk.kept_until(shifted))
    house.services.procedure.matters._sending.now = shifted
    refused = await do(house, APPLICANT, "ask-renewal", new_application="case-2")
    assert (refused.status_code, refused.json()["code"]) == (404, "unknown_application")

    await house.holds(Walk(renews=LABEL_ID, reference="A-2").to_intake(), "case-2")
    asked = await do(house, APPLICANT, "ask-renewal", new_application="case-2")
    assert asked.status_code == 200, asked.text
    assert (await read(house, APPLICANT))["facts"]["renewal"]["application"] == "case-2"


async def test_the_draw_of_a_quarter_can_be_drawn_again_and_opens_a_surveillance(house: House) -> None:
    walk = await label(house, days_ago=120)
    now = datetime.now(UTC)
    quarter = f"{now.year}-Q{(now.month - 1) // 3 + 1}"
    await save(house, walk)
    draws = await (await house.browser(SECRETARY)).get(f"/api/surveillance-draws/{quarter}")
    low = next(one for one in draws.json() if one["tier"] == "low")
    assert draws.status_code == 200
    assert set(low["drawn"]) <= set(low["heads"])
    barred = await (await house.browser(APPLICANT)).get(f"/api/surveillance-draws/{quarter}")
    assert barred.status_code == 403

    opened = await do(house, SECRETARY, "open-extraordinary-surveillance", cause="sample", quarter=quarter)
    assert (opened.status_code == 200) == (LABEL_ID in low["drawn"])


async def test_the_secretariat_of_the_holder_reads_no_more_than_anybody(house: House) -> None:
    walk = await label(house)
    own = person("olaf", Role.SECRETARIAT, organisation=ORGANISATION)
    assert parts_in_label(walk.state, own) == {MatterPart.OBSERVER}


async def test_only_a_label_of_ones_own_is_renewed(house: House) -> None:
    browser = await house.browser(APPLICANT)
    unknown = await browser.post("/api/applications", json=application(renews=NEW_LABEL))
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_label")

    await label(house)
    other = application(renews=LABEL_ID)
    other["organisation"]["name"] = "Other"
    refused = await (await house.browser(STRANGER)).post("/api/applications", json=other)
    assert (refused.status_code, refused.json()["code"]) == (403, "not_the_holder")

    lodged = await browser.post("/api/applications", json=application(renews=LABEL_ID))
    assert lodged.status_code == 200, lodged.text
    assert (await house.case(lodged.json()["application"])).lodged.renews == LABEL_ID


async def test_a_clock_tells_only_those_who_know_who_was_asked_whose_answer_is_awaited(house: House) -> None:
    await label(house, Tier.CRITICAL)
    await do(house, SECRETARY, "open-extraordinary-surveillance", **INCIDENT)
    await handed_in(house)
    for one in JUDGES[:2]:
        asked = {"surveillance": 1, "reviewer": one.person, "areas": ["ethics_or_law"]}
        assert (await do(house, SECRETARY, "assign-surveillance-reviewer", **asked)).status_code == 200

    async def answers(who: PersonFacts) -> list[str]:
        names = [clock["name"] for clock in (await read(house, who))["clocks"]]
        return [name for name in names if name.startswith("surveillance_answer")]

    first, second = (f"surveillance_answer/1.{one.person}" for one in JUDGES[:2])
    assert await answers(SECRETARY) == await answers(MEMBERS[0]) == [first, second]
    assert await answers(APPLICANT) == ["surveillance_answer/1"]
    assert await answers(JUDGES[0]) == [first]
    assert await answers(STRANGER) == []


async def test_clocks_of_what_is_not_for_everybody_are_not_for_everybody(house: House) -> None:
    await label(house)
    await do(house, SECRETARY, "open-extraordinary-surveillance", **INCIDENT)

    assert [clock["name"] for clock in (await read(house, STRANGER))["clocks"]] == ["expiry"]
    assert "surveillance_missed/1" in [clock["name"] for clock in (await read(house, APPLICANT))["clocks"]]
