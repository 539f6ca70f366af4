"""What travels through a workflow is bounded: every text and list has a maximum, and a full case stays below 1 MB."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter
from pydantic_core import PydanticUndefined

from schemas import (
    acts,
    case,
    decision,
    events,
    evidence,
    label,
    label_acts,
    label_events,
    label_life,
    people,
    record_events,
    records,
    review,
    surveillance,
    ties,
)
from schemas.acts import CaseAct
from schemas.case import Case, Lodged, TierConfirmation, TierRaise
from schemas.clocks import Reminded, Stop
from schemas.correction import Grade, Nonconformity
from schemas.decision import Ballot
from schemas.events import CASE_EVENTS
from schemas.evidence import EvidenceItem, TextRef
from schemas.label_acts import LabelLifeAct
from schemas.people import Role
from schemas.questions import Question
from schemas.records import Ack
from schemas.review import Assignment, Finding, Interests, Proposed, Review, Revision
from schemas.scheme import SchemeRules, Tier
from schemas.stages import Choice, Stage
from tests.builders import ORGANISATION, SECRETARY, START, Walk, person, sha256
from workflows.casework import CaseFile
from workflows.matter_file import LabelFile
from workflows.options import RECEIPTS_KEPT
from workflows.rules import assignment, correction, intake, interests, questions, revision, rounds, third_party
from workflows.rules import evidence as evidence_rules
from workflows.rules.ties import named_in

MODULES = (
    acts,
    case,
    decision,
    events,
    evidence,
    label,
    people,
    record_events,
    records,
    review,
    label_acts,
    label_events,
    label_life,
    surveillance,
    ties,
)
UNBOUNDED = {
    ("CaseFile", "application"): "an id the client computes, 36 characters",
    ("CaseFile", "outbox"): "emptied by the record; its length is the record's delay",
    ("CaseFile", "receipts"): "cut to RECEIPTS_KEPT",
    ("LabelFile", "id"): "a label's 16 characters",
    ("LabelFile", "outbox"): "as of a case",
    ("LabelFile", "receipts"): "as of a case",
    ("PendingEntry", "body"): "an event, bounded itself",
    ("SchemeRules", "*"): "adopted by the Commission, no person's input; its size is part of the full case below",
}
SCHEMAS = {
    "acts": TypeAdapter(CaseAct).json_schema(),
    "events": CASE_EVENTS.json_schema(),
    "case file": CaseFile.model_json_schema(),
    "label acts": TypeAdapter(LabelLifeAct).json_schema(),
    "label events": label_events.EVENTS.json_schema(),
    "label file": LabelFile.model_json_schema(),
}
BOUNDS = {
    "string": {"maxLength", "pattern", "enum", "const", "format"},
    "array": {"maxItems"},
    "object": {"maxProperties", "properties"},
}


def unbounded(model: str, field: str, node: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield every text, list and mapping of a field that has no maximum, however deep."""
    kind = node.get("type", "")
    if kind in BOUNDS and not BOUNDS[kind] & node.keys():
        yield model, field, kind
    inner = [*node.get("anyOf", ()), *node.get("oneOf", ()), *node.get("prefixItems", ())]
    inner += [*node.get("patternProperties", {}).values(), node.get("items"), node.get("additionalProperties")]
    for part in inner:
        if isinstance(part, dict):
            yield from unbounded(model, field, part)


def models_of(schema: dict[str, Any]) -> dict[str, dict[str, Any]]:
    own = {schema["title"]: schema} if "properties" in schema else {}
    return {**schema.get("$defs", {}), **own}


@pytest.mark.parametrize("name", list(SCHEMAS))
def test_every_text_list_and_mapping_has_a_maximum(name: str) -> None:
    found = {
        (model, field, kind)
        for model, body in models_of(SCHEMAS[name]).items()
        if model not in models_of_the_scheme()
        for field, node in body.get("properties", {}).items()
        for model, field, kind in unbounded(model, field, node)
        if (model, field) not in UNBOUNDED
    }
    assert found == set()


@cache
def models_of_the_scheme() -> frozenset[str]:
    return frozenset(models_of(SchemeRules.model_json_schema()))


@pytest.mark.parametrize(("model", "field"), [key for key in UNBOUNDED if key[1] != "*"])
def test_what_is_let_off_a_maximum_still_exists(model: str, field: str) -> None:
    files = {**models_of(SCHEMAS["case file"]), **models_of(SCHEMAS["label file"])}
    assert field in files[model]["properties"]


def test_a_whole_number_that_is_signed_for_stays_within_what_json_can_say() -> None:
    for schema in ("acts", "label acts"):
        for model, body in models_of(SCHEMAS[schema]).items():
            if "Facts" in model and model != "SystemFacts":
                continue  # facts are the engine's own and no part of a digest
            for field, node in body.get("properties", {}).items():
                if node.get("type") == "integer":
                    assert "maximum" in node, (model, field)


def payload_models() -> list[type[BaseModel]]:
    found = {
        value
        for module in MODULES
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, BaseModel) and value.__module__.startswith("schemas.")
    }
    return sorted({*found, CaseFile}, key=lambda model: model.__name__)


@pytest.mark.parametrize("model", payload_models(), ids=lambda model: model.__name__)
def test_no_default_is_made_anew_but_an_empty_container(model: type[BaseModel]) -> None:
    for name, field in model.model_fields.items():
        assert field.default_factory in {None, list, dict, set, tuple}, name
        assert field.default is PydanticUndefined or not isinstance(field.default, (list, dict, set)), name


def long_id(kind: str, number: int) -> str:
    """An identifier as long as one may be."""
    return f"{kind}-{number}-".ljust(64, "x")


def full_text() -> TextRef:
    return TextRef(digest=sha256("text"), length=40_000)


def full_items(case: Case) -> dict[str, EvidenceItem]:
    """Two hundred items, described at the length the rules still allow."""
    first = next(iter(case.evidence.values()))
    room = evidence_rules.BYTES_MAX // evidence_rules.ITEMS_MAX
    spare = room - len(first.model_copy(update={"file": ""}).model_dump_json().encode())
    items = {
        f"E{number}": first.model_copy(update={"id": f"E{number}", "file": f"{number}".rjust(spare, "f")})
        for number in range(9800, 9800 + evidence_rules.ITEMS_MAX)
    }
    assert sum(len(item.model_dump_json()) for item in items.values()) >= evidence_rules.BYTES_MAX
    return items


def full_lodged(lodged: Lodged) -> Lodged:
    """What an application states, as long as lodging allows."""
    room = intake.BYTES_MAX - len(lodged.model_dump_json().encode())
    return lodged.model_copy(update={"ethics_officer": "o" * room})


def full_findings(case: Case) -> dict[str, Review]:
    """Three reviewers, each with every criterion of the critical tier, each citing fifty items."""
    cited = tuple(f"E{number}" for number in range(9800, 9850))
    findings = tuple(
        Finding(
            criterion=one.criterion,
            verdict="not_met",
            rationale=full_text(),
            cited=cited,
            grade=Grade.MAJOR,
            reliance=full_text(),
            manifest=15,
        )
        for one in case.results
    )
    changed = tuple(
        Revision(
            criterion=one.criterion, before="not_applicable", after="partly_met", reason=full_text(), revised_at=START
        )
        for one in case.results[: revision.REVISIONS_MAX]
    )
    return {
        long_id("expert", number): Review(
            reviewer=long_id("expert", number), submitted_at=START, findings=findings, revisions=changed
        )
        for number in range(3)
    }


def full_rounds(case: Case, members: int, number: int) -> tuple[Any, ...]:
    """Rounds in which every member votes, with reasons and twenty grounds."""
    vote = case.rounds[0]
    electorate = tuple(long_id("member", place) for place in range(members))
    ballots = {
        member: Ballot(
            member=member,
            round=number,
            choice=Choice.ABSTAIN,
            manifest_digest=vote.manifest_digest,
            scheme_digest=vote.scheme_digest,
            grounds=tuple(result.criterion for result in vote.results[:20]),
            reasons=full_text(),
            dissent=full_text(),
            cast_at=START,
        )
        for member in electorate
    }
    changes = {
        "electorate": electorate,
        "pool": electorate,
        "reserves": electorate[: rounds.RESERVES_MAX],
        "recused": (),
        "ballots": ballots,
        "set_aside": "third_party_has_interest",
    }
    return tuple(vote.model_copy(update=changes) for _ in range(number))


def full_search(case: Case) -> dict[str, Any]:
    """All that questions, clocks, disputes and the search for people can leave in a case."""
    criteria = tuple(one.criterion for one in case.results)
    question = Question(
        number=40,
        asked_by=long_id("expert", 0),
        stage=Stage.EVALUATION,
        criteria=criteria[:20],
        text=full_text(),
        asked_at=START,
        due_at=START,
        answer=full_text(),
        answered_at=START,
    )
    answers = dict(case.lodged.answers)
    confirmation = TierConfirmation(
        reviewer=long_id("expert", 0),
        answers=answers,
        rationale=dict.fromkeys(answers, full_text()),
        assessment=case.assessment.model_copy(update={"applied": tuple(f"F{place}" for place in range(16))}),
        confirmed_at=START,
    )
    third = tuple(long_id("third", place) for place in range(third_party.POOL_MAX))
    clocks = [f"question/{place}" for place in range(40)] + [f"correction/{one}" for one in criteria]
    clocks += [f"assignment/{long_id('expert', place)}" for place in range(assignment.ASKED_MAX)]
    return {
        "questions": (question,) * questions.QUESTIONS_MAX,
        "confirmation": confirmation,
        "raises": (TierRaise(before=Tier.LOW, tier=Tier.MEDIUM, confirmation=confirmation),) * 3,
        "bench": (Proposed(reviewer=long_id("expert", 0), areas=("application_domain",) * 3),) * 40,
        "proposal": full_text(),
        "third_party_drawn": third[0],
        "third_party_pool": third,
        "third_party_seed": sha256("seed"),
        "third_party_refused": third,
        "stops": dict.fromkeys(("intake", "evaluation"), Stop(stopped_at=START, due_at=START)),
        "due": dict.fromkeys(("intake", "evaluation"), START),
        "resumed": dict.fromkeys(("intake", "evaluation"), START),
        "reminded": dict.fromkeys(clocks, Reminded(due_at=START, days=(7, 3, -1))),
    }


def full_corrections(case: Case) -> dict[str, Any]:
    """Every version of the manifest with all items, and a nonconformity of all reviewers under every criterion."""
    assert case.manifest is not None
    items = tuple(f"E{number}" for number in range(9800, 9800 + evidence_rules.ITEMS_MAX))
    criteria = tuple(one.criterion for one in case.results)
    earlier = case.manifest.model_copy(update={"items": items, "reasons": {}, "reasons_changed": criteria})
    open_one = Nonconformity(
        criterion=criteria[0],
        grade=Grade.MAJOR,
        raised_by=tuple(long_id("expert", number) for number in range(3)),
        raised_at=START,
        due_at=START,
        extensions=1,
        closed_at=START,
    )
    return {
        # What corrections allow, one supplement and three raised tiers.
        "manifests": (earlier,) * (correction.CORRECTIONS_MAX + 4),
        "manifest": earlier.model_copy(update={"reasons": dict.fromkeys(criteria, full_text())}),
        "set_aside": items,
        "nonconformities": {one: open_one.model_copy(update={"criterion": one}) for one in criteria},
    }


def full_decisions(case: Case) -> dict[str, Any]:
    """As many reopened decisions as there can be rounds."""
    granted = Walk(Tier.CRITICAL, edition=2).to_grant().case.decision
    assert granted is not None
    return {"reopened": (granted,) * rounds.ROUNDS_MAX, "hearing": full_text(), "hearing_due_at": START}


def full_case(case: Case, members: int) -> Case:
    declared = Interests(person=long_id("person", 0), has_interest=True, statement=full_text(), declared_at=START)
    asked = Assignment(
        reviewer=long_id("expert", 0), areas=("application_domain",) * 3, assigned_at=START, answer_due_at=START
    )
    number = min(rounds.ROUNDS_MAX, rounds.BALLOTS_MAX // members)
    return case.model_copy(
        update={
            "lodged": full_lodged(case.lodged),
            "evidence": full_items(case),
            "not_applicable": {one.criterion: full_text() for one in case.results},
            "interests": {long_id("person", place): declared for place in range(interests.DECLARATIONS_MAX)},
            "assignments": {long_id("expert", place): asked for place in range(assignment.ASKED_MAX)},
            "reviews": full_findings(case),
            "rounds": full_rounds(case, members, number),
            **full_search(case),
            **full_corrections(case),
            **full_decisions(case),
        }
    )


@pytest.mark.parametrize("members", [9, 20, 30, 60, 125])
def test_a_case_filled_to_all_that_the_rules_allow_continues_as_new_below_one_megabyte(members: int) -> None:
    walk = Walk(Tier.CRITICAL).to_round()
    acks = (Ack(act_id=long_id("act", place), digest=sha256("act"), number=9999) for place in range(RECEIPTS_KEPT))
    file = CaseFile(
        application="case-1",
        rules=walk.rules,
        case=full_case(walk.case, members),
        receipts={ack.act_id: ack for ack in acks},
    )
    assert len(file.model_dump_json().encode()) < 1_000_000


def test_an_act_with_the_facts_of_everyone_tied_to_all_a_case_names_stays_below_what_a_workflow_takes() -> None:
    named = tuple(long_id("org", place) for place in range(case.ORGANISATIONS_MAX))
    away = tuple(long_id("away", place) for place in range(case.ORGANISATIONS_MAX))
    walk = Walk(Tier.CRITICAL, group=named, kept_away=away)
    tied = named_in({*named, *away, ORGANISATION}, walk.lodged)
    facts = {
        name: person(name, *list(Role)[:8]).model_copy(update={"organisation": long_id("org", 0), "tied_to": tied})
        for name in (long_id("member", place) for place in range(200))
    }
    act = walk.build("open_round", SECRETARY, people=facts, seated=tuple(facts))
    assert len(tied) == 2 * case.ORGANISATIONS_MAX + 1
    assert len(act.model_dump_json().encode()) < 2_000_000


def test_an_application_lodged_before_groups_were_asked_for_keeps_its_json() -> None:
    before = Walk().lodged.model_dump(mode="json")
    assert {"group", "kept_away"} & before.keys() == set()
    grouped = Walk(group=("org-parent",), kept_away=("org-rival",)).lodged
    assert {"group", "kept_away"} <= grouped.model_dump(mode="json").keys()
    assert Lodged.model_validate_json(grouped.model_dump_json()) == grouped


def test_a_real_case_travels_and_comes_back_the_same() -> None:
    walk = Walk(Tier.CRITICAL).to_round().voted(*[Choice.GRANT] * 3)
    file = CaseFile(application="case-1", rules=walk.rules, case=walk.case)
    assert CaseFile.model_validate_json(file.model_dump_json()) == file


def test_the_rules_refuse_before_a_maximum_of_the_case_is_passed() -> None:
    maxima = {
        name: next(part.max_length for part in field.metadata if hasattr(part, "max_length"))
        for name, field in Case.model_fields.items()
        if name in {"evidence", "interests", "assignments", "reviews", "rounds"}
    }
    assert maxima == {
        "evidence": evidence_rules.ITEMS_MAX,
        "interests": interests.DECLARATIONS_MAX,
        "assignments": assignment.ASKED_MAX,
        "reviews": assignment.ASKED_MAX,
        "rounds": rounds.ROUNDS_MAX,
    }
