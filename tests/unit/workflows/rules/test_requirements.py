"""What a tier asks of an applicant, what needs no document, and what is still missing."""

import pytest

from schemas.errors import Unacceptable
from schemas.scheme import BUILT_IN, Tier
from schemas.scheme_loading import load_scheme
from workflows.rules.requirements import Requirement, RequirementStatus, missing_evidence, requirements
from workflows.rules.risk import Score

RULES = load_scheme(BUILT_IN).rules
BOTH = ("developer", "operator")
HARMLESS: dict[str, Score] = dict.fromkeys(RULES.questions, 0)
NEED_A_DOCUMENT = ["I-1.1-01", "I-1.2-01", "I-1.3-01", "I-1.3-02", "I-2.7-04", "I-3.1-01", "I-4.1-01", "I-6.1-01"]


def asked(
    tier: Tier = Tier.LOW,
    roles: tuple[str, ...] = BOTH,
    answers: dict[str, Score] = HARMLESS,
    groups_people: int | None = 0,
) -> dict[str, Requirement]:
    statements = {} if groups_people is None else {"groups_people": groups_people}
    found = requirements(RULES, tier=tier, roles=roles, answers=answers, statements=statements)
    return {one.criterion: one for one in found}


def open_and_mandatory(found: dict[str, Requirement]) -> list[str]:
    return [key for key, one in found.items() if one.mandatory and one.status == RequirementStatus.TO_BE_SHOWN]


def test_the_low_tier_has_29_mandatory_criteria_of_which_21_need_no_document() -> None:
    mandatory = {key: one for key, one in asked().items() if one.mandatory}

    assert len(mandatory) == 29
    assert sum(one.status == RequirementStatus.ANSWERED_BY_RULE for one in mandatory.values()) == 21
    assert open_and_mandatory(mandatory) == NEED_A_DOCUMENT


def test_an_answer_given_by_rule_names_where_it_stands() -> None:
    low = asked()

    assert low["II-2.1-01"].source == "register"
    assert low["I-1.5-01"].source == "questionnaire"
    assert low["I-2.8-02"].source == "agreement"
    assert low["I-2.9-01"].source == "application"
    assert low["I-1.1-01"].source is None


@pytest.mark.parametrize("score", [1, 2, 3, None, "unknown"])
def test_personal_data_must_be_shown_to_be_handled_well_unless_there_are_none(score: Score) -> None:
    low = asked(answers={**HARMLESS, "Q9": score})

    assert sorted({*open_and_mandatory(low)} - {*NEED_A_DOCUMENT}) == ["I-2.2-03", "I-2.6-01"]


@pytest.mark.parametrize("groups_people", [1, 3, None])
def test_grouping_of_people_must_be_shown_to_be_fair_unless_the_form_says_there_is_none(
    groups_people: int | None,
) -> None:
    low = asked(answers={**HARMLESS, "Q9": 1}, groups_people=groups_people)

    assert sorted({*open_and_mandatory(low)} - {*NEED_A_DOCUMENT}) == ["I-1.4-01", "I-1.4-03", "I-2.2-03", "I-2.6-01"]


def test_a_system_without_personal_data_groups_nobody() -> None:
    assert open_and_mandatory(asked(groups_people=None)) == NEED_A_DOCUMENT


def test_above_the_low_tier_only_the_register_answers() -> None:
    for tier in (Tier.MEDIUM, Tier.HIGH, Tier.CRITICAL):
        answered = {
            key: one.source for key, one in asked(tier).items() if one.status == RequirementStatus.ANSWERED_BY_RULE
        }
        assert answered == dict.fromkeys(("II-2.1-01", "II-2.2-01", "II-2.2-02"), "register")


def test_criteria_of_a_role_the_applicant_does_not_hold_are_not_applicable() -> None:
    for roles, other in ((("developer",), "operator"), (("operator",), "developer")):
        fallen = {
            key
            for key, one in asked(Tier.CRITICAL, roles).items()
            if one.status == RequirementStatus.NOT_APPLICABLE_BY_ROLE
        }
        assert fallen == {rule.id for rule in RULES.criteria_of(Tier.CRITICAL) if rule.roles == (other,)} != set()


@pytest.mark.parametrize("roles", [(), ("bystander",), ("developer", "bystander")])
def test_an_applicant_without_a_known_role_is_refused_and_not_excused_from_everything(roles: tuple[str, ...]) -> None:
    with pytest.raises(Unacceptable, match="unknown_role"):
        asked(roles=roles)


def test_a_statement_cannot_speak_for_an_answer() -> None:
    found = requirements(
        RULES, tier=Tier.LOW, roles=BOTH, answers={**HARMLESS, "Q9": 2}, statements={"Q9": 0, "groups_people": 1}
    )

    assert "I-2.6-01" in open_and_mandatory({one.criterion: one for one in found})


def test_every_mandatory_criterion_to_be_shown_is_missing_while_nothing_is_offered() -> None:
    assert missing_evidence(asked().values(), (), ()) == tuple(NEED_A_DOCUMENT)


def test_an_item_counts_only_for_criteria_it_names_and_only_with_a_fitting_type() -> None:
    low = asked().values()

    fitting = missing_evidence(low, [("legal_review", ("I-1.3-01",))], ())
    another_type = missing_evidence(low, [("ui_capture", ("I-1.3-01",))], ())
    another_criterion = missing_evidence(low, [("legal_review", ("I-1.3-03",))], ())

    assert set(NEED_A_DOCUMENT) - set(fitting) == {"I-1.3-01"}
    assert list(another_type) == list(another_criterion) == NEED_A_DOCUMENT


def test_a_reasoned_not_applicable_stands_for_evidence() -> None:
    assert set(NEED_A_DOCUMENT) - set(missing_evidence(asked().values(), (), {"I-1.2-01"})) == {"I-1.2-01"}


def test_a_recommended_criterion_is_never_missing() -> None:
    assert not asked()["I-5.1-01"].mandatory
    assert "I-5.1-01" not in missing_evidence(asked().values(), (), ())


def test_a_criterion_that_needs_all_of_its_types_is_missing_until_each_is_there() -> None:
    every = Requirement(
        criterion="I-1.3-02",
        status=RequirementStatus.TO_BE_SHOWN,
        mandatory=True,
        source=None,
        evidence=("component_inventory", "contract_extract"),
        evidence_rule="all_of",
    )
    one, other = ("component_inventory", ("I-1.3-02",)), ("contract_extract", ("I-1.3-02",))

    assert missing_evidence([every], [one], ()) == ("I-1.3-02",)
    assert missing_evidence([every], [one, other], ()) == ()
