"""From the directory to what the public is told: one label, one answer, in the reader's language."""

from datetime import UTC, date, datetime
from pathlib import Path

from certify.config import Settings
from certify.register.labels import LabelRecord, PublicFacts
from certify.web.language import Language, day, sentence
from certify.web.public_views import (
    DecisionView,
    EvaluationView,
    LabelRow,
    LabelView,
    MistypedView,
    ScanView,
    StatusChange,
)
from certify.web.rendering import Link
from labels.key_set import KeySet
from labels.verification import Verification, verify
from schemas.errors import CouldNotCheck
from schemas.label import Authenticity, LabelFacts, Standing
from schemas.label_number import MistypedNumber, format_number
from schemas.scheme import Scheme, Tier


def mistyped(typed: str, slip: MistypedNumber) -> MistypedView:
    """Return the answer to a number that cannot be right."""
    return MistypedView(typed=typed[:40], wrong_group=slip.group)


def unknown(label_id: str, now: datetime, authenticity: Authenticity | None = None) -> ScanView:
    """Return the answer to a number that is not in the directory."""
    return ScanView(
        authenticity=authenticity, standing=Standing.UNKNOWN_NUMBER, checked_at=now, number=format_number(label_id)
    )


def could_not_check(now: datetime) -> ScanView:
    """Return the answer when the question cannot be answered now; it is no answer about the label."""
    return ScanView(standing=Standing.COULD_NOT_CHECK, checked_at=now)


def not_ours(authenticity: Authenticity, now: datetime) -> ScanView:
    """Return the answer to a token we did not sign as it stands; none of its claims is shown."""
    return ScanView(authenticity=authenticity, standing=Standing.UNKNOWN_NUMBER, checked_at=now)


def check_token(token: str, key_set_file: Path, now: datetime) -> Verification:
    """Verify a scanned token.

    Raises:
        CouldNotCheck: the keys cannot be read.
    """
    try:
        keys = KeySet.read(key_set_file)
    except OSError as error:
        raise CouldNotCheck("keys_unreadable", "The keys cannot be read now.") from error
    return verify(token, keys, at=now)


def known(
    row: LabelRecord,
    scheme: Scheme,
    settings: Settings,
    *,
    language: Language,
    now: datetime,
    authenticity: Authenticity | None = None,
) -> ScanView:
    """Return the answer about a label of the directory."""
    standing = row.standing_at(now)
    address = f"/{row.id}"
    return ScanView(
        authenticity=authenticity,
        standing=standing,
        checked_at=now,
        number=format_number(row.id),
        label=_label_view(row, scheme, settings, language, standing),
        since=row.expires_at.date() if standing == Standing.EXPIRED else None,
        downloads=(
            Link(text=sentence(language, "Label as a picture (PNG)"), href=f"{address}.png"),
            Link(text=sentence(language, "Label for print (SVG)"), href=f"{address}.svg"),
            Link(text=sentence(language, "For programs (JSON)"), href=f"{address}.json"),
        ),
    )


def _label_view(
    row: LabelRecord, scheme: Scheme, settings: Settings, language: Language, standing: Standing
) -> LabelView:
    facts, label, tally = row.public_facts, row.issued, row.public_facts.tally
    tier = Tier(row.tier)
    tier_name = scheme.texts.tiers[tier].name.in_language(language)
    granted_on = facts.decided_at.date()
    history = [StatusChange(standing=Standing.IN_FORCE, on=granted_on)]
    if standing == Standing.EXPIRED:
        history.append(StatusChange(standing=standing, on=row.expires_at.date()))
    return LabelView(
        product=facts.product,
        version=facts.version,
        holder=facts.holder,
        holder_country=facts.country,
        tier=tier,
        tier_name=tier_name,
        granted_on=granted_on,
        ends_on=row.expires_at.date(),
        purpose=facts.purpose,
        deployment=facts.deployment,
        languages=facts.languages,
        scheme_title=scheme.texts.title.in_language(language),
        scheme_version=facts.scheme.version,
        scheme_digest=facts.scheme.digest,
        code_edition=f"{scheme.texts.code.in_language(language)}, {scheme.rules.code.edition}",
        decision=DecisionView(
            number=facts.decision_number,
            decided_on=granted_on,
            present=tally.present,
            base=tally.base,
            in_favour=tally.in_favour,
            against=tally.against,
            abstained=tally.abstain,
        ),
        evaluation=_evaluation(facts, scheme, language),
        issuer=settings.body_ru if language == "ru" else settings.body,
        meaning=_meaning(facts, scheme, tier_name, granted_on, language),
        history=tuple(history),
        kid=label.kid,
    )


def _evaluation(facts: PublicFacts, scheme: Scheme, language: Language) -> EvaluationView:
    return EvaluationView(
        reviewers=facts.experts,
        areas=tuple(scheme.texts.areas[area].in_language(language) for area in facts.areas),
        met=facts.met,
        total=facts.total,
        not_applicable=facts.not_applicable,
        own_tests=facts.own_tests,
        recused=facts.recused,
    )


def _meaning(facts: PublicFacts, scheme: Scheme, tier_name: str, granted_on: date, language: Language) -> str:
    return scheme.texts.meaning.in_language(language).format(
        granted_on=day(language, granted_on),
        met=facts.met,
        total=facts.total,
        tier_name=tier_name[0].lower() + tier_name[1:] if language == "en" else tier_name,
        not_applicable=facts.not_applicable,
        experts=facts.experts,
        own_tests=facts.own_tests,
    )


def label_row(row: LabelRecord, scheme: Scheme, language: Language, now: datetime) -> LabelRow:
    """Return a line of the directory."""
    facts = row.public_facts
    return LabelRow(
        number=format_number(row.id),
        href=f"/{row.id}",
        product=facts.product,
        version=facts.version,
        holder=facts.holder,
        tier_name=scheme.texts.tiers[Tier(row.tier)].name.in_language(language),
        standing=row.standing_at(now),
        ends_on=row.expires_at.date(),
    )


def picture_facts(row: LabelRecord, scheme: Scheme, settings: Settings, language: Language) -> LabelFacts:
    """Return what the picture of a label says."""
    label, facts = row.issued, row.public_facts
    return LabelFacts(
        id=label.id,
        token=label.token,
        product=facts.label_name,
        version=facts.version,
        holder=facts.holder,
        issuer=settings.body_ru if language == "ru" else settings.body,
        scheme_title=scheme.texts.title.in_language(language),
        tier_name=scheme.texts.tiers[Tier(row.tier)].name.in_language(language),
        issued_on=label.issued_at.astimezone(UTC).date(),
        ends_on=label.expires_at.astimezone(UTC).date(),
        url=settings.public_url,
        language=language,
    )
