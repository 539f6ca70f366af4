"""What of a scheme people read: every text in each language."""

from schemas.identifiers import CriterionId, RuleId, Word
from schemas.scheme_terms import Article, ArticleName, PerTier, SchemePart, Text
from schemas.scheme_tiers import DecidingBody
from schemas.stages import Verdict


class CriterionText(SchemePart):
    """What a criterion asks, in words."""

    title: Text
    requirement: Text


class QuestionText(SchemePart):
    """A question of the risk questionnaire; `options` in the order of their points, from 0.

    `articles` are the articles of the Code the question comes from.
    """

    articles: tuple[Article, ...]
    text: Text
    options: tuple[Text, ...]


class StatementText(SchemePart):
    """A statement of the application form, with the words for each value it can have."""

    text: Text
    values: dict[str, Text]


class TierText(SchemePart):
    """Name of a tier (always with the noun: risk is not quality) and the form of its surveillance."""

    name: Text
    surveillance_form: Text


class ThirdPartyText(SchemePart):
    """The rules of the neutral third party, in words."""

    independence: tuple[Text, ...]
    safeguards: tuple[Text, ...]
    output: Text
    reviewers_do_not_count: Text


class FeesText(SchemePart):
    """When fees are owed and shown."""

    owed: Text
    shown: Text


class SchemeTexts(SchemePart):
    """Everything of a scheme that people read; keys are those of `SchemeRules`.

    Attributes:
        provisions: rules in words: who answers, what passes, how disputes end, and so on.
        whys: why each cap and floor stands, by its id.
        meaning: first layer of the scan page; the names in braces are filled in.
    """

    title: Text
    status: Text
    code: Text
    articles: dict[ArticleName, Text]
    evidence_types: dict[Word, Text]
    areas: dict[Word, Text]
    roles: dict[Word, Text]
    factors: dict[Word, Text]
    verdicts: dict[Verdict, Text]
    bodies: dict[DecidingBody, Text]
    statements: dict[Word, StatementText]
    criteria: dict[CriterionId, CriterionText]
    gates: dict[RuleId, Text]
    questions: dict[RuleId, QuestionText]
    whys: dict[RuleId, Text]
    tiers: PerTier[TierText]
    provisions: dict[Word, Text]
    neutral_third_party: ThirdPartyText
    fees: FeesText
    meaning: Text
