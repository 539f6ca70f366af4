"""The low tier is easy: the form answers most of it, and one file may serve the rest."""

from collections.abc import Iterable
from typing import Self

from schemas.scheme import Tier
from schemas.stages import Stage
from tests.builders import Walk, scheme, sha256
from workflows.rules.case.evidence import missing, requirements_of
from workflows.rules.requirements import RequirementStatus

ANSWERED_BY_RULE = 21
TO_BE_SHOWN = 8


def criteria_by_type(criteria: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Share criteria out to as few types of evidence as the scheme allows, the one that serves most first."""
    left, found = set(criteria), {}
    while left:
        serves = {
            kind: tuple(sorted(one for one in left if kind in scheme().rules.criteria[one].evidence))
            for kind in scheme().rules.evidence_types
        }
        most = max(serves, key=lambda kind: len(serves[kind]))
        found[most] = serves[most]
        left -= set(serves[most])
    return found


def test_twenty_one_of_the_mandatory_criteria_are_answered_by_rule_and_eight_are_to_be_shown() -> None:
    mandatory = [rule for rule in scheme().rules.criteria_of(Tier.LOW) if rule.is_mandatory]
    case = Walk().to_intake().case
    asked = [one for one in requirements_of(case, scheme().rules) if one.mandatory]

    assert len(mandatory) == len(asked) == ANSWERED_BY_RULE + TO_BE_SHOWN
    by_rule = {one.criterion for one in asked if one.status == RequirementStatus.ANSWERED_BY_RULE}
    assert len(by_rule) == ANSWERED_BY_RULE
    assert by_rule == {rule.id for rule in mandatory if rule.answered_by or rule.answered_by_low}
    assert len(missing(case, scheme().rules)) == TO_BE_SHOWN


def test_each_of_the_eight_takes_one_type_and_no_type_serves_them_all() -> None:
    eight = missing(Walk().to_intake().case, scheme().rules)

    assert {scheme().rules.criteria[one].evidence_rule for one in eight} == {"any_of"}
    assert {kind: len(served) for kind, served in criteria_by_type(eight).items()} == {
        "user_docs": 4,
        "policy": 1,
        "legal_review": 1,
        "component_inventory": 1,
        "procedure": 1,
    }


class OneFile(Walk):
    """An applicant who has written everything in one file."""

    def with_evidence(self) -> Self:
        for kind, served in criteria_by_type(missing(self.case, self.rules)).items():
            self.offer(served[0], criteria=served, type=kind, file="everything.pdf")
        return self


def test_one_file_under_fitting_types_serves_all_eight() -> None:
    walk = OneFile().to_intake().with_evidence()

    assert missing(walk.case, walk.rules) == ()
    assert {(item.file, item.digest) for item in walk.case.evidence.values()} == {
        ("everything.pdf", sha256("everything.pdf"))
    }


def test_with_one_file_a_low_tier_case_goes_on_to_its_grant() -> None:
    granted = OneFile().to_grant().case

    assert granted.stage == Stage.ATTESTATION
    assert len(granted.evidence) == 5
