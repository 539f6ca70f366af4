"""A scheme as people write it: each rule beside its texts; `scheme()` parts the two.

The top-level keys of all YAML files of a scheme's folder together are the fields of `SchemeDocument`.
"""

from typing import Annotated, TypeVar

from pydantic import BaseModel, Field, TypeAdapter

from schemas.identifiers import Name, RuleId, Word
from schemas.scheme import Example, Scheme
from schemas.scheme_clocks import Clocks
from schemas.scheme_common import CommonRules, ThirdPartyRules
from schemas.scheme_criteria import CriterionRule
from schemas.scheme_rules import CodeEdition, Fees, Judge, SchemeId, SchemeRules
from schemas.scheme_scoring import Bands, Cap, Floor, GateRule, Scale, Scoring
from schemas.scheme_terms import Article, ArticleName, PerTier, SchemePart, Text
from schemas.scheme_texts import (
    CriterionText,
    FeesText,
    QuestionText,
    SchemeTexts,
    StatementText,
    ThirdPartyText,
    TierText,
)
from schemas.scheme_tiers import DecidingBody, SurveillanceRules, TierRules
from schemas.stages import Verdict

M = TypeVar("M", bound=BaseModel)


class CodeEntry(CodeEdition):
    """The edition of the code, and its title."""

    title: Text


class AreaEntry(SchemePart):
    """An area of competence, and who judges its criteria."""

    name: Text
    judged_by: Judge


class CriterionEntry(CriterionRule, CriterionText):
    """A criterion with its words."""


class GateEntry(GateRule):
    """A gate with its question."""

    text: Text


class OptionEntry(Text):
    """An answer to choose, with its points."""

    score: int = Field(ge=0, le=9)


class QuestionEntry(SchemePart):
    """A question of the questionnaire with its answers."""

    id: RuleId
    articles: Annotated[tuple[Article, ...], Field(min_length=1)]
    text: Text
    options: tuple[OptionEntry, ...] = Field(max_length=10)


class CapEntry(Cap):
    """A cap with its reason."""

    why: Text


class FloorEntry(Floor):
    """A floor with its reason."""

    why: Text


class ScoringEntry(SchemePart):
    """Scoring with the reasons of caps and floors."""

    scale: Scale
    bands: Bands
    caps: tuple[CapEntry, ...]
    floors: tuple[FloorEntry, ...]


class SurveillanceEntry(SurveillanceRules):
    """Surveillance of a tier with its form."""

    form: Text


class TierEntry(TierRules):
    """A tier with its name."""

    name: Text
    surveillance: SurveillanceEntry


class ThirdPartyEntry(SchemePart):
    """The neutral third party: rules, and the same in words."""

    rules: ThirdPartyRules
    texts: ThirdPartyText


class FeesEntry(Fees, FeesText):
    """Fees, when they are owed and shown."""


class SchemeDocument(SchemePart):
    """All top-level keys of a scheme's files."""

    id: SchemeId
    version: Name
    title: Text
    status: Text
    code: CodeEntry
    articles: dict[ArticleName, Text]
    evidence_types: dict[Word, Text]
    areas: dict[Word, AreaEntry]
    roles: dict[Word, Text]
    factors: dict[Word, Text]
    verdicts: dict[Verdict, Text]
    bodies: dict[DecidingBody, Text]
    statements: dict[Word, StatementText]
    provisions: dict[Word, Text]
    meaning: Text
    fees: FeesEntry
    criteria: tuple[CriterionEntry, ...]
    gates: tuple[GateEntry, ...]
    questions: tuple[QuestionEntry, ...] = Field(min_length=1)
    scoring: ScoringEntry
    tiers: PerTier[TierEntry]
    clocks: Clocks
    common: CommonRules
    neutral_third_party: ThirdPartyEntry
    examples: tuple[Example, ...]

    def scheme(self) -> Scheme:
        """Return the scheme with its rules parted from its texts."""
        return Scheme(rules=self._rules(), texts=self._texts(), examples=self.examples)

    def _rules(self) -> SchemeRules:
        return SchemeRules(
            id=self.id,
            version=self.version,
            code=_as(CodeEdition, self.code),
            articles=tuple(self.articles),
            evidence_types=tuple(self.evidence_types),
            areas={area: entry.judged_by for area, entry in self.areas.items()},
            roles=tuple(self.roles),
            factors=tuple(self.factors),
            statements=tuple(self.statements),
            criteria={entry.id: _as(CriterionRule, entry) for entry in self.criteria},
            gates=tuple(_as(GateRule, gate) for gate in self.gates),
            questions=tuple(question.id for question in self.questions),
            scoring=_as(Scoring, self.scoring),
            tiers={tier: _as(TierRules, entry) for tier, entry in self.tiers.items()},
            clocks=self.clocks,
            common=self.common,
            neutral_third_party=self.neutral_third_party.rules,
            fees=_as(Fees, self.fees),
        )

    def _texts(self) -> SchemeTexts:
        return SchemeTexts(
            title=self.title,
            status=self.status,
            code=self.code.title,
            articles=self.articles,
            evidence_types=self.evidence_types,
            areas={area: entry.name for area, entry in self.areas.items()},
            roles=self.roles,
            factors=self.factors,
            verdicts=self.verdicts,
            bodies=self.bodies,
            statements=self.statements,
            criteria={entry.id: _as(CriterionText, entry) for entry in self.criteria},
            gates={gate.id: gate.text for gate in self.gates},
            questions={question.id: _question_text(question) for question in self.questions},
            whys={cap.id: cap.why for cap in self.scoring.caps}
            | {floor.id: floor.why for floor in self.scoring.floors},
            tiers={
                tier: TierText(name=entry.name, surveillance_form=entry.surveillance.form)
                for tier, entry in self.tiers.items()
            },
            provisions=self.provisions,
            neutral_third_party=self.neutral_third_party.texts,
            fees=_as(FeesText, self.fees),
            meaning=self.meaning,
        )


def _as(model: type[M], entry: BaseModel) -> M:
    """Keep of an entry only what the model has: a parent's serialiser leaves out what a child added."""
    return model.model_validate(TypeAdapter[BaseModel](model).dump_python(entry))


def _question_text(question: QuestionEntry) -> QuestionText:
    options = tuple(Text(en=option.en, ru=option.ru) for option in question.options)
    return QuestionText(articles=question.articles, text=question.text, options=options)
