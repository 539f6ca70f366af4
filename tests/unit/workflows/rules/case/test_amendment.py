"""Stage 2: what an applicant may correct once asked, and what would be another application."""

from datetime import timedelta
from typing import Any

import pytest

from schemas.case import SchemePin
from schemas.people import Role
from schemas.scheme import Tier
from schemas.stages import Stage
from tests.builders import APPLICANT, SECRETARY, Walk, amended, lodged, person, sha256, text
from tests.unit.workflows.rules.refusals import gates, refused


def asked() -> Walk:
    return Walk(edition=2).to_intake().asked()


def amend(walk: Walk, **content: Any) -> Walk:
    return walk.act("amend_application", APPLICANT, **{"lodged": amended(), **content})


def test_a_corrected_application_is_kept_whole_and_its_tier_computed_anew() -> None:
    walk = amend(asked(), lodged=amended(Tier.HIGH))

    assert walk.events[-1].kind == "application_amended"
    assert walk.case.lodged == amended(Tier.HIGH)
    assert (walk.case.tier, walk.case.assessment.tier, walk.case.stage) == (Tier.HIGH, Tier.HIGH, Stage.INTAKE)


def test_a_correction_may_also_lower_the_tier_before_the_application_is_accepted() -> None:
    walk = Walk(Tier.HIGH, edition=2).to_intake().asked()
    assert amend(walk).case.tier == Tier.LOW


def test_a_correction_answers_no_question_and_the_clock_goes_on_standing_still() -> None:
    walk = amend(asked())
    assert walk.case.open_questions
    assert walk.case.stops
    assert walk.answered().case.stops == {}


def test_a_correction_that_a_gate_puts_out_of_scope_is_declined_by_rule() -> None:
    walk = amend(asked(), lodged=amended(gates=gates(G1="no")))
    assert (walk.case.stage, walk.case.rule) == (Stage.DECLINED, "G1")


def test_reasons_stated_since_stay_unless_the_correction_gives_another() -> None:
    walk = asked()
    for criterion in ("I-1.1-01", "I-1.3-01"):
        walk.act("state_not_applicable", APPLICANT, criterion=criterion, reason=text("First"))
    amend(walk, not_applicable={"I-1.3-01": text("Second")})

    assert walk.case.not_applicable == {"I-1.1-01": text("First"), "I-1.3-01": text("Second")}


def test_nothing_is_corrected_before_it_was_asked_or_after_the_answer_or_once_accepted() -> None:
    with refused("no_open_question"):
        amend(Walk(edition=2).to_intake())
    with refused("no_open_question"):
        amend(asked().answered())
    with refused("wrong_stage"):
        amend(asked().act("accept_application", SECRETARY))
    with refused("earlier_edition"):
        amend(Walk().to_intake())


def test_only_the_organisation_that_applied_corrects() -> None:
    for who in (SECRETARY, person("zora", Role.APPLICANT, organisation="org-other")):
        with refused("not_the_applicant"):
            asked().act("amend_application", who, lodged=amended())


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"organisation": "org-other"}, "another_application"),
        ({"reference": "A-2"}, "another_application"),
        ({"renews": "0123456789ABCDEF"}, "another_application"),
        ({"scheme": SchemePin(id="other", version="1", digest=sha256("other"))}, "another_application"),
        ({"system": lodged().system.model_copy(update={"name": "Face Reader"})}, "another_system"),
        ({"system": lodged().system.model_copy(update={"version": "2.0.0"})}, "another_system"),
        ({"digest": lodged().digest}, "nothing_amended"),
        ({"agreement_accepted": False}, "agreement_missing"),
        ({"answers": {}}, "answer_missing"),
        ({"gates": {}}, "gate_unanswered"),
        ({"roles": ("bystander",)}, "unknown_role"),
    ],
)
def test_what_would_be_another_application_or_an_incomplete_one_is_refused(changes: dict[str, Any], code: str) -> None:
    with refused(code):
        amend(asked(), lodged=amended(**changes))


def test_wording_purpose_and_build_of_the_same_version_may_be_corrected() -> None:
    system = lodged().system.model_copy(update={"label_name": "Reader", "purpose": "Reads.", "build_digest": "0" * 64})
    assert amend(asked(), lodged=amended(system=system)).case.lodged.system == system


def test_a_reason_for_a_criterion_the_scheme_does_not_have_is_refused() -> None:
    with refused("unknown_criterion"):
        amend(asked(), not_applicable={"I-9.9-99": text()})


def test_a_file_that_was_offered_is_not_announced_with_other_content() -> None:
    walk = asked().offer("I-1.1-01")
    name = walk.case.evidence["E1"].file
    with refused("evidence_differs"):
        amend(walk, lodged=amended(declared=({"file": name, "digest": sha256("other")},)))
    assert amend(walk, lodged=amended(declared=({"file": name, "digest": sha256(name)},))).case.lodged.declared


def test_the_time_that_was_left_of_the_intake_stays_when_the_tier_changes() -> None:
    walk = Walk(edition=2).to_intake().pass_time(days=1).asked().pass_time(days=3)
    due_at = walk.case.stops["intake"].due_at
    amend(walk, lodged=amended(Tier.HIGH)).answered()
    assert walk.case.due["intake"] - due_at == timedelta(days=3)
