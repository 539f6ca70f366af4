"""A draft: what the form asks in which section, what of it is given, and what would be lodged (procedure, stage 1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from certify.register import drafts
from certify.web.act_pages import Typed
from certify.web.applicant.known import Applicant, KeptAway, NamedOrganisation, kept_away_in
from certify.web.language import Language, marked, sentence
from certify.web.questionnaire import UNKNOWN, answers_to
from schemas.scheme import Scheme
from workflows.rules.requirements import Requirement, RequirementStatus, requirements
from workflows.rules.risk import assess_tier

SUBJECT = drafts.APPLICATION
NOT_APPLICABLE = "not-applicable-"
"""Field names of the reasons begin with this; the criterion follows."""
SECTIONS: Mapping[str, str] = {
    "system": marked("The system"),
    "organisation": marked("Your organisation and its ethics officer"),
    "gates": marked("Questions that come first"),
    "questions": marked("Risk questionnaire"),
    "requirements": marked("Statement and requirements that do not apply"),
    "agreement": marked("Certification agreement"),
}
_ASKED = (
    ("name", "system", ("system", "name"), marked("Name of the system"), True),
    ("label_name", "system", ("system", "label_name"), marked("Name on the label"), True),
    ("version", "system", ("system", "version"), marked("Version"), True),
    ("build_digest", "system", ("system", "build_digest"), marked("Digest of the build"), False),
    ("purpose", "system", ("system", "purpose"), marked("Purpose"), True),
    ("deployment", "system", ("system", "deployment"), marked("Deployment"), True),
    ("languages", "system", ("system", "languages"), marked("Languages"), True),
    ("websites", "system", ("system", "websites"), marked("Websites that show the label"), False),
    ("renews", "system", ("renews",), marked("Label that this renews"), False),
    ("roles", "organisation", ("organisation", "roles"), marked("Roles of your organisation"), True),
    ("officer_name", "organisation", ("ethics_officer", "name"), marked("Name of the ethics officer"), True),
    ("officer_email", "organisation", ("ethics_officer", "email"), marked("Mail address of the ethics officer"), False),
    ("officer_phone", "organisation", ("ethics_officer", "phone"), marked("Telephone of the ethics officer"), False),
    ("kept_away", "organisation", ("kept_away",), marked("Organisations kept away from the case"), False),
)
_STAYS = frozenset({"renews"})
"""What a correction does not change; its form does not ask it."""
_AGREEMENT = (
    ("accepted", "agreement", ("agreement", "accepted"), marked("Agreement accepted"), True),
    ("signed_by", "agreement", ("agreement", "signed_by"), marked("Signed by"), False),
    ("signed_on", "agreement", ("agreement", "signed_on"), marked("Signed on"), False),
)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One thing the form asks: its field, its section, the key of the application, its words."""

    name: str
    section: str
    where: tuple[str, ...]
    label: str
    required: bool = True


@dataclass(frozen=True, kw_only=True)
class ApplicationDraft:
    """What a person has begun under one reference.

    Attributes:
        applicant: their organisation, from which name and country come.
        scheme: the version in force, to which a case lodged now is pinned; of a correction that of its case.
        amends: the case that the draft corrects the application of, None for one that is still to be lodged.
        renewable: the labels that the application can name as the one it renews, in words by their ids.
        organisations: those that can be kept away.
    """

    reference: str
    scheme: Scheme
    applicant: Applicant | None
    typed: Typed = field(default_factory=Typed)
    amends: str | None = None
    renewable: Mapping[str, str] = field(default_factory=dict)
    organisations: Sequence[NamedOrganisation] = ()

    @property
    def title(self) -> str:
        """What the draft is called in a list."""
        return f"{self.typed.one('name')} {self.typed.one('version')}".strip() or self.reference

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles chosen, of those the scheme knows."""
        return tuple(role for role in self.scheme.rules.roles if role in self.typed.all("roles"))

    @property
    def answers(self) -> dict[str, int | None]:
        """Points by question answered so far; None is *unknown*."""
        return answers_to(self.scheme, self.typed)

    @property
    def gates(self) -> dict[str, str]:
        """Answers by gate, those that are given."""
        return {gate.id: self.typed.one(gate.id) for gate in self.scheme.rules.gates if self.typed.one(gate.id)}

    @property
    def not_applicable(self) -> dict[str, str]:
        """Reasons by criterion."""
        given = ((one, self.typed.one(f"{NOT_APPLICABLE}{one}")) for one in self.scheme.rules.criteria)
        return {criterion: text for criterion, text in given if text}

    @property
    def kept_away(self) -> KeptAway:
        """The organisations named as kept away, with what is wrong with their names."""
        return kept_away_in(self.typed.one("kept_away"), self.organisations)

    @property
    def tier(self) -> str:
        """The risk tier of what is answered so far; what is not answered counts as the worst."""
        return assess_tier(self.scheme.rules, self.answers, self.gates).tier.value

    def to_be_shown(self) -> tuple[Requirement, ...]:
        """Return the mandatory criteria that need evidence or a reason why they do not apply."""
        rules = self.scheme.rules
        stated = {"yes": 1, "no": 0}
        found = requirements(
            rules,
            tier=assess_tier(rules, self.answers, self.gates).tier,
            roles=self.roles or rules.roles,
            answers=self.answers,
            statements={one: stated[self.typed.one(one)] for one in rules.statements if self.typed.one(one) in stated},
        )
        return tuple(one for one in found if one.mandatory and one.status == RequirementStatus.TO_BE_SHOWN)

    def is_given(self, one: Asked) -> bool:
        """Whether something was typed for what is asked."""
        return one.name in self.answers if one.section == "questions" else any(self.typed.all(one.name))

    def as_application(self) -> dict[str, Any]:
        """Return the fields of the application; what is not given is left out."""
        typed, applicant, kept_away = self.typed, self.applicant, self.kept_away.ids
        languages, websites = (typed.one(name).replace(",", " ").split() for name in ("languages", "websites"))
        officer = {"name": "officer_name", "email": "officer_email", "phone": "officer_phone"}
        stated = {one: typed.one(one) for one in self.scheme.rules.statements if typed.one(one)}
        return {
            "scheme": self.scheme.rules.id,
            "reference": self.reference,
            "organisation": {
                "name": applicant.name if applicant else "",
                "country": applicant.country if applicant else "",
                "roles": self.roles,
            },
            "ethics_officer": {key: typed.one(name) for key, name in officer.items() if typed.one(name)},
            "system": {**self._given("system"), "languages": languages, "websites": websites},
            "gates": self.gates,
            "answers": {one: UNKNOWN if points is None else points for one, points in self.answers.items()},
            "evidence": (),
            "not_applicable": self.not_applicable,
            **({"statements": stated} if stated else {}),
            **({"kept_away": kept_away} if kept_away else {}),
            **({"renews": typed.one("renews")} if typed.one("renews") else {}),
            "agreement": {**self._given("agreement"), "accepted": typed.one("accepted") == "yes"},
        }

    def _given(self, section: str) -> dict[str, str]:
        rows = (*_ASKED, *_AGREEMENT)
        return {
            where[-1]: self.typed.one(name)
            for name, _, where, _, _ in rows
            if where[0] == section and self.typed.one(name)
        }


def asked_in(language: Language, scheme: Scheme) -> tuple[Asked, ...]:
    """Return everything the form asks, in its order."""

    def of(rows: tuple[tuple[str, str, tuple[str, ...], str, bool], ...]) -> list[Asked]:
        return [
            Asked(name=name, section=section, where=where, label=sentence(language, label), required=required)
            for name, section, where, label, required in rows
        ]

    texts = scheme.texts
    gates = [
        Asked(name=one.id, section="gates", where=("gates", one.id), label=texts.gates[one.id].in_language(language))
        for one in scheme.rules.gates
    ]
    questions = [
        Asked(
            name=one, section="questions", where=("answers", one), label=texts.questions[one].text.in_language(language)
        )
        for one in scheme.rules.questions
    ]
    statements = [
        Asked(
            name=one,
            section="requirements",
            where=("statements", one),
            label=texts.statements[one].text.in_language(language),
        )
        for one in scheme.rules.statements
    ]
    return (*of(_ASKED), *gates, *questions, *statements, *of(_AGREEMENT))


def with_section(draft: ApplicationDraft, section: str, typed: Typed) -> ApplicationDraft:
    """Return a draft in which one section was typed anew; fields the section does not have are dropped."""
    stays = _STAYS if draft.amends else frozenset()
    names = [one.name for one in asked_in("en", draft.scheme) if one.section == section and one.name not in stays]
    given, kept = dict(typed.values), dict(draft.typed.values)
    if section == "requirements":
        names += [f"{NOT_APPLICABLE}{criterion}" for criterion in draft.scheme.rules.criteria]
        if typed.one("criterion") and typed.one("reason"):
            given[f"{NOT_APPLICABLE}{typed.one('criterion')}"] = typed.all("reason")
    for name in names:
        kept.pop(name, None)
        if any(given.get(name, ())):
            kept[name] = given[name]
    return replace(draft, typed=Typed(kept))
