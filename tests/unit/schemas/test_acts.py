"""Acts: what is their content, what the engine adds, and what the digest of an act stands for."""

from typing import get_args

import pytest
from pydantic import TypeAdapter, ValidationError

from schemas.act import Act
from schemas.acts import ACTS, AmendApplication, CaseAct, LodgeApplication
from schemas.canonical import digest_of
from tests.builders import APPLICANT, SECRETARY, START, Walk, person
from tests.unit.workflows.rules.case.ready import READY

ANY_ACT: TypeAdapter[Act] = TypeAdapter(CaseAct)
ADDED = {
    "act_id", "authn", "request_id", "people", "seated", "participant", "institution", "sent_at", "edition", "earlier"
}  # fmt: skip


def one(kind: str) -> Act:
    walk, who, content = READY[kind]()
    return walk.build(kind, who, **content)


def test_every_act_is_found_by_its_kind_and_belongs_to_the_union() -> None:
    assert {model.model_fields["kind"].default for model in get_args(get_args(CaseAct)[0])} == set(ACTS)
    for kind in READY:
        read = ANY_ACT.validate_json(one(kind).model_dump_json())
        assert type(read) is ACTS[kind]


@pytest.mark.parametrize("kind", sorted(READY))
def test_an_act_sent_again_has_the_same_digest_whatever_the_engine_added(kind: str) -> None:
    act = one(kind)
    again = act.model_copy(
        update={
            "act_id": "another-key",
            "authn": "token",
            "request_id": "another",
            "people": {},
            "seated": ("member-a",),
            "participant": None,
            "institution": None,
            "sent_at": START,
            "actor": act.actor.model_copy(update={"entry": 7}),
        }
    )
    assert again.digest == act.digest
    assert set(Act.model_fields) - {"kind", "actor"} == ADDED - {"edition", "earlier"}


@pytest.mark.parametrize("kind", sorted(READY))
def test_another_content_case_or_actor_gives_another_digest(kind: str) -> None:
    act = one(kind)
    others = [
        act.model_copy(update={"application": "case-2"}),
        act.model_copy(update={"actor": person("someone-else")}),
    ]
    assert len({act.digest, *(other.digest for other in others)}) == 3


@pytest.mark.parametrize("kind", ["lodge_application", "amend_application"])
def test_an_application_sent_again_after_the_register_changed_is_the_same_and_one_that_keeps_others_away_is_not(
    kind: str,
) -> None:
    walk = Walk()
    model = LodgeApplication if kind == "lodge_application" else AmendApplication
    plain, grouped, apart = (
        model(act_id="key", application="case-1", actor=APPLICANT, lodged=walk.lodged.model_copy(update=changes))
        for changes in ({}, {"group": ("org-parent",)}, {"kept_away": ("org-rival",)})
    )
    assert grouped.digest == plain.digest
    assert apart.digest != plain.digest


def test_the_digest_covers_every_field_of_the_content() -> None:
    for kind in READY:
        act = one(kind)
        content = act.model_dump(mode="json", exclude={*ADDED, "actor"})
        assert act.digest == digest_of({"actor": act.actor.person, "content": content})
        later = {name for name, field in type(act).model_fields.items() if field.exclude_if is not None}
        assert set(content) | (later - ADDED) == set(type(act).model_fields) - ADDED - {"actor"}


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("cast_ballot", {"round": 0}),
        ("cast_ballot", {"choice": "maybe"}),
        ("cast_ballot", {"manifest_digest": "abc"}),
        ("cast_ballot", {"grounds": tuple(f"I-1.1-{number:02}" for number in range(21))}),
        ("cast_ballot", {"proof": "signature"}),
        ("offer_evidence", {"size": 0}),
        ("offer_evidence", {"size": 2**53}),
        ("offer_evidence", {"criteria": ()}),
        ("offer_evidence", {"criteria": ("1.1-01",)}),
        ("offer_evidence", {"file": ""}),
        ("withdraw_evidence", {"item": "E10000"}),
        ("submit_review", {"findings": ()}),
        ("assign_reviewer", {"areas": ()}),
        ("decline_application", {"reasons": {"digest": "0" * 64, "length": 0}}),
        ("decline_application", {"reasons": {"digest": "0" * 64, "length": 40_001}}),
        ("accept_application", {"unknown": 1}),
        ("accept_application", {"act_id": "with space"}),
        ("accept_application", {"application": "Case/1"}),
    ],
)
def test_content_beyond_its_bounds_is_no_act(kind: str, changes: dict[str, object]) -> None:
    walk, who, content = READY[kind]()
    with pytest.raises(ValidationError):
        walk.build(kind, who, **{**content, **changes})


def test_a_statement_of_the_form_stays_on_the_scale_of_answers() -> None:
    for value in (-1, 10, 2**60):
        with pytest.raises(ValidationError):
            Walk(statements={"groups_people": value})


def test_an_act_says_which_facts_are_read_just_before_it_is_sent() -> None:
    needing = {kind: set(model.needs) for kind, model in ACTS.items() if model.needs}
    assert needing == {
        "accept_application": {"earlier"},
        "assign_reviewer": {"people"},
        "assign_reviewers": {"people"},
        "relieve_reviewer": {"people"},
        "draw_third_party": {"people"},
        "report_undeclared_interest": {"people"},
        "appoint_rapporteur": {"people"},
        "open_round": {"seated", "participant", "institution"},
        "cast_ballot": {"institution"},
    }


def test_times_without_a_zone_are_no_times() -> None:
    walk = Walk().to_intake()
    naive = START.replace(tzinfo=None)
    with pytest.raises(ValidationError):
        walk.build("open_round", SECRETARY, participant={"organisation": "org-acme", "entered_at": naive})
