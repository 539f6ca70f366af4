"""What travels through the workflow of a matter is bounded, and one filled to all its rules allow stays below 1 MB."""

from functools import reduce
from operator import or_
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter

from schemas import accession, appeal, complaint, institution_acts
from schemas.appeal import DRAWS_MAX, PANEL_MAX, POOL_MAX, Appeal
from schemas.complaint import QUESTIONS_MAX, Complaint
from schemas.extract import SIGNED_MAX, SignedExtract
from schemas.institution import (
    ELECTED_MAX,
    GROUP_MEMBERS_MAX,
    GROUPS_MAX,
    HELD_MAX,
    REPORTS_MAX,
    WAITING_MAX,
    ImpartialityReport,
    Institution,
    OutsideMember,
    Seat,
    Vacancy,
)
from schemas.matter import Motion, MotionBallot
from schemas.organisation import LABELS_MAX, Organisation
from schemas.people import Role
from schemas.records import Ack
from schemas.relations import RELATIONS_MAX, Relation
from schemas.review import Interests
from schemas.voting import Voice
from tests.appeals import AppealWalk
from tests.builders import START, person, sha256
from tests.unit.schemas.full_case import full_text, long_id
from tests.unit.schemas.test_payloads import UNBOUNDED, models_of, models_of_the_scheme, unbounded
from tests.unit.workflows.rules.matter.electing import created, record
from tests.unit.workflows.rules.matter.joining import entered, joining, rejected
from tests.unit.workflows.rules.matter.test_complaints import HANDLER, answer, handled
from workflows.matter_file import AppealFile, ComplaintFile, InstitutionFile, MatterFile, OrganisationFile
from workflows.options import RECEIPTS_KEPT
from workflows.rules.matter import accession as accession_rules
from workflows.rules.motions import DECLARATIONS_MAX

FILES = ("OrganisationFile", "InstitutionFile", "AppealFile", "ComplaintFile")
LET_OFF = {
    **UNBOUNDED,
    **{(file, "id"): "an id the client computes" for file in FILES},
    **{(file, field): UNBOUNDED["CaseFile", field] for file in FILES for field in ("outbox", "receipts")},
}
SCHEMAS: dict[str, dict[str, Any]] = {
    "organisation acts": TypeAdapter(accession.AccessionAct).json_schema(),
    "organisation events": accession.EVENTS.json_schema(),
    "organisation file": OrganisationFile.model_json_schema(),
    "institution acts": TypeAdapter(institution_acts.InstitutionAct).json_schema(),
    "institution events": institution_acts.EVENTS.json_schema(),
    "institution file": InstitutionFile.model_json_schema(),
    "appeal acts": TypeAdapter(appeal.AppealAct).json_schema(),
    "appeal events": appeal.EVENTS.json_schema(),
    "appeal file": AppealFile.model_json_schema(),
    "complaint acts": TypeAdapter(reduce(or_, complaint.ACTS.values())).json_schema(),
    "complaint events": complaint.EVENTS.json_schema(),
    "complaint file": ComplaintFile.model_json_schema(),
}


@pytest.mark.parametrize("name", list(SCHEMAS))
def test_every_text_list_and_mapping_has_a_maximum(name: str) -> None:
    found = {
        (model, field, kind)
        for model, body in models_of(SCHEMAS[name]).items()
        if model not in models_of_the_scheme()
        for field, node in body.get("properties", {}).items()
        for model, field, kind in unbounded(model, field, node)
        if (model, field) not in LET_OFF
    }
    assert found == set()


@pytest.mark.parametrize("name", [name for name in SCHEMAS if name.endswith("acts")])
def test_a_whole_number_in_an_act_stays_within_what_json_can_say(name: str) -> None:
    for model, body in models_of(SCHEMAS[name]).items():
        for field, node in body.get("properties", {}).items():
            if node.get("type") == "integer" and "Facts" not in model:
                assert "maximum" in node, (model, field)


def full_motions(motion: Motion, number: int, members: int) -> tuple[Motion, ...]:
    """So many votes of so many members, each of a panel with reasons and a separate opinion."""
    pool = tuple(long_id("member", place) for place in range(members))
    panel = pool[: len(motion.electorate)]
    ballots = {
        member: MotionBallot(
            member=member, round=1, choice=Voice.ABSTAIN, object_digest=motion.object_digest, reasons=full_text(),
            dissent=full_text(), cast_at=START,
        )
        for member in panel
    }  # fmt: skip
    changes = {"pool": pool, "electorate": panel, "reserves": pool[len(panel) :], "ballots": ballots}
    return (motion.model_copy(update=changes),) * number


def full_interests() -> dict[str, Interests]:
    declared = Interests(person=long_id("person", 0), has_interest=True, statement=full_text(), declared_at=START)
    return {long_id("person", place): declared for place in range(DECLARATIONS_MAX)}


def full_organisation() -> Organisation:
    state: Organisation = entered().state
    relation = Relation(organisation=long_id("org", 0), is_a="parent", since=START.date(), until=START.date())
    extract = SignedExtract(
        organisation=long_id("org", 0), entry=9999, digest=sha256("x"), kid="00000000", signed="A" * SIGNED_MAX
    )
    return state.model_copy(
        update={
            "motions": full_motions(state.motions[0], accession_rules.VOTES_MAX, members=200),
            "interests": full_interests(),
            "labels_to_end": tuple(f"{place:016}" for place in range(LABELS_MAX)),
            "declared_group": (relation,) * RELATIONS_MAX,
            "found_group": (relation,) * RELATIONS_MAX,
            "extract": extract,
            "entry_proposal": rejected().state.entry_proposal.model_copy(
                update={"address": "\u042f" * 200, "ethics_officer": "\u042f" * 200, "reasons": full_text()}
            ),
        }
    )


def full_institution() -> Institution:
    """Every seat held, every list full, every waiting election as long as one may be."""
    walk = created(record())
    (election,), (group,) = walk.state.elections, walk.state.groups
    someone = [long_id("person", place) for place in range(HELD_MAX)]
    people = tuple(election.elected[0].model_copy(update={"person": one}) for one in someone)
    seats = tuple(
        Seat(**one.model_dump(), number=place, body="impartiality_committee", vacated_at=START)
        for place, one in enumerate(people, start=1)
    )
    outside = OutsideMember(sector="government", organisation="\u042f" * 200)
    members = {"members": tuple(someone[:GROUP_MEMBERS_MAX]), "outside": (outside,) * GROUP_MEMBERS_MAX}
    vacancy = Vacancy(
        number=1, seat=1, cause="resignation", protocol=full_text(), recorded_by=someone[0], recorded_at=START
    )
    full: Institution = walk.state.model_copy(
        update={
            "seats": seats,
            "elections": (election.model_copy(update={"elected": people[:ELECTED_MAX]}),) * WAITING_MAX,
            "vacancies": (vacancy,) * WAITING_MAX,
            "groups": (group.model_copy(update={"name": "\u042f" * 200, **members}),) * GROUPS_MAX,
            "names": dict.fromkeys(someone, full_text()),
            "reports": (ImpartialityReport(year=2026, text=full_text(), filed_at=START),) * REPORTS_MAX,
        }
    )
    return full


def full_appeal() -> Appeal:
    """Every draw from the whole pool, and a vote after each of them, with reasons of everyone on the largest panel."""
    state: Appeal = AppealWalk().to_vote().decided().state
    pool = tuple(long_id("judge", place) for place in range(POOL_MAX))
    seated = {"members": pool[:PANEL_MAX], "reserves": pool}
    (motion,) = full_motions(state.motions[0], 1, members=PANEL_MAX)
    return state.model_copy(
        update={
            "motions": (motion,) * DRAWS_MAX,
            "interests": full_interests(),
            "draws": (state.draws[0].model_copy(update={"pool": pool, **seated}),) * DRAWS_MAX,
            "panel": pool[:PANEL_MAX],
            "reserves": pool,
            "gone": pool,
        }
    )


def full_complaint() -> Complaint:
    """Every question asked and answered at full length."""
    walk = answer(handled().act("ask_complainant", HANDLER, question=full_text()))
    state: Complaint = walk.act("record_findings", HANDLER, findings=full_text()).state
    return state.model_copy(update={"questions": state.questions * QUESTIONS_MAX, "interests": full_interests()})


FULL: dict[type[MatterFile], Any] = {
    OrganisationFile: full_organisation,
    InstitutionFile: full_institution,
    AppealFile: full_appeal,
    ComplaintFile: full_complaint,
}


@pytest.mark.parametrize("kind", list(FULL), ids=lambda kind: kind.__name__)
def test_a_matter_filled_to_all_its_rules_allow_continues_as_new_below_one_megabyte(kind: type[MatterFile]) -> None:
    state: BaseModel = FULL[kind]()
    acks = (Ack(act_id=long_id("act", place), digest=sha256("act"), number=9999) for place in range(RECEIPTS_KEPT))
    file = kind(id="org-acme", rules=joining().rules, receipts={ack.act_id: ack for ack in acks})
    file.put_state(state)

    text = file.model_dump_json()
    assert len(text.encode()) < 1_000_000
    assert kind.model_validate_json(text).get_state() == state


def test_an_act_with_the_facts_of_a_full_commission_and_every_label_stays_below_what_a_workflow_takes() -> None:
    everyone = {long_id("member", place): person(long_id("member", place), Role.COMMISSIONER) for place in range(200)}
    act = joining().build(
        "open_accession_vote", person("sofia", Role.SECRETARIAT), people=everyone, seated=tuple(everyone)
    )
    leaving = joining().build("leave_code", person("anna"), labels=("0123456789ABCDEF",) * LABELS_MAX)
    assert max(len(one.model_dump_json().encode()) for one in (act, leaving)) < 1_000_000
