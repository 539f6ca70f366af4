"""The requirements of a case as its applicant works through them."""

from dataclasses import dataclass

from certify.accounts.reading import CaseReading
from certify.accounts.reading_parts import RequirementReading
from certify.web.language import Language
from schemas.evidence import EvidenceItem
from schemas.scheme import Scheme
from workflows.rules.requirements import RequirementStatus


@dataclass(frozen=True, kw_only=True)
class ShownRequirement:
    """A requirement with the items offered for it; `status` is covered, not_applicable or missing."""

    requirement: RequirementReading
    items: tuple[EvidenceItem, ...]
    status: str

    @property
    def criterion(self) -> str:
        """The criterion's id."""
        return self.requirement.criterion


@dataclass(frozen=True, kw_only=True)
class Checklist:
    """What a case asks: mandatory, what is missing first; recommended; and what is answered without evidence."""

    mandatory: tuple[ShownRequirement, ...]
    recommended: tuple[ShownRequirement, ...]
    answered: tuple[RequirementReading, ...]


def checklist(reading: CaseReading) -> Checklist:
    """Return what a case asks of its applicant."""
    to_show = [one for one in reading.requirements if one.status == RequirementStatus.TO_BE_SHOWN]
    mandatory = [_shown(reading, one) for one in to_show if one.mandatory]
    return Checklist(
        mandatory=tuple(sorted(mandatory, key=lambda one: one.status != "missing")),
        recommended=tuple(_shown(reading, one) for one in to_show if not one.mandatory),
        answered=tuple(one for one in reading.requirements if one.status != RequirementStatus.TO_BE_SHOWN),
    )


def _shown(reading: CaseReading, one: RequirementReading) -> ShownRequirement:
    items = tuple(
        item for item in reading.evidence if one.criterion in item.criteria and item.id not in reading.set_aside
    )
    if one.criterion in reading.not_applicable:
        status = "not_applicable"
    elif one.mandatory:
        status = "covered" if one.covered else "missing"
    else:
        status = "covered" if items else "open"
    return ShownRequirement(requirement=one, items=items, status=status)


def criterion_options(language: Language, scheme: Scheme, reading: CaseReading) -> list[tuple[str, str, str]]:
    """Return id, title and fitting evidence of every criterion that can be shown, what is missing first."""
    listed = checklist(reading)
    shown = [one.criterion for one in (*listed.mandatory, *listed.recommended)]
    return [
        (one, f"{scheme.texts.criteria[one].title.in_language(language)} ({one})", fitting(language, scheme, one))
        for one in sorted(shown, key=lambda one: one not in reading.missing)
    ]


def fitting(language: Language, scheme: Scheme, criterion: str) -> str:
    """Return which types of evidence can show a criterion."""
    rule = scheme.rules.criteria[criterion]
    names = [scheme.texts.evidence_types[kind].in_language(language) for kind in rule.evidence]
    return (" + " if rule.evidence_rule == "all_of" else ", ").join(names)
