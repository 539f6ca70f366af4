"""What the picture and the certificate of a label say, from what the directory knows of it, in one language."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from certify.config import Settings
from certify.wording import Language, country, day, language_name
from labels.preview import preview_token
from labels.signing import subject_digest
from schemas.case import Case
from schemas.certificate import CertificateFacts
from schemas.label import IssuedLabel, LabelFacts, LabelStatement
from schemas.label_number import ID_BYTES, preview_id
from schemas.public_facts import PublicFacts
from schemas.scheme import Scheme, Tier
from workflows.rules.deadlines import last_second_after_months

UNKNOWN = "…"
"""Stands in a preview for what only the decision will tell."""


@dataclass(frozen=True, kw_only=True)
class Granted:
    """A label with all that is told of it, and the scheme version it was judged by.

    Attributes:
        facts: as the scan page tells them.
    """

    issued: IssuedLabel
    facts: PublicFacts
    scheme: Scheme

    @property
    def tier(self) -> Tier:
        """The risk tier."""
        return Tier(self.issued.tier)


def tier_name(scheme: Scheme, tier: Tier, language: Language) -> str:
    """Return the scheme's name of a tier."""
    return scheme.texts.tiers[tier].name.in_language(language)


def body_name(settings: Settings, language: Language) -> str:
    """Return the name of the certification body."""
    return settings.body_ru if language == "ru" else settings.body


def body_address(settings: Settings, language: Language) -> str | None:
    """Return the postal address of the certification body; the other language's where only that is given."""
    english, russian = settings.body_address, settings.body_address_ru
    return ((russian or english) if language == "ru" else (english or russian)) or None


def code_edition(scheme: Scheme, language: Language) -> str:
    """Return the title of the Code and the edition that the scheme is made for."""
    return f"{scheme.texts.code.in_language(language)}, {scheme.rules.code.edition}"


def meaning_of(granted: Granted, language: Language) -> str:
    """Return the scheme's `meaning` with the figures of one evaluation."""
    facts, name = granted.facts, tier_name(granted.scheme, granted.tier, language)
    return meaning_with(
        granted.scheme,
        language,
        granted_on=day(language, facts.decided_at.date()),
        tier=name,
        **{name: str(getattr(facts, name)) for name in ("met", "total", "not_applicable", "experts", "own_tests")},
    )


def meaning_with(scheme: Scheme, language: Language, *, granted_on: str, tier: str, **figures: str) -> str:
    """Fill the scheme's `meaning`; inside its English sentence the tier's name begins with a small letter."""
    inside = tier[0].lower() + tier[1:] if language == "en" else tier
    return scheme.texts.meaning.in_language(language).format(granted_on=granted_on, tier_name=inside, **figures)


def label_facts(granted: Granted, settings: Settings, language: Language) -> LabelFacts:
    """Return what the picture of a label says."""
    label, facts, scheme = granted.issued, granted.facts, granted.scheme
    return LabelFacts(
        id=label.id,
        token=label.token,
        product=facts.label_name,
        version=facts.version,
        holder=facts.holder,
        issuer=body_name(settings, language),
        scheme_title=scheme.texts.title.in_language(language),
        tier_name=tier_name(scheme, granted.tier, language),
        issued_on=label.issued_at.astimezone(UTC).date(),
        ends_on=label.expires_at.astimezone(UTC).date(),
        url=settings.public_url,
        language=language,
    )


def certificate_facts(granted: Granted, settings: Settings, language: Language) -> CertificateFacts:
    """Return what the certificate of a label says (ISO/IEC 17065, 7.7.1)."""
    facts, scheme = granted.facts, granted.scheme
    return CertificateFacts(
        label=label_facts(granted, settings, language),
        system=facts.product,
        holder_country=country(language, facts.country),
        holder_address=facts.holder_address,
        issuer_address=body_address(settings, language),
        websites=facts.websites,
        granted_on=facts.decided_at.astimezone(UTC).date(),
        purpose=facts.purpose,
        deployment=facts.deployment,
        languages=tuple(language_name(language, one) for one in facts.languages),
        scheme_version=facts.scheme.version,
        scheme_digest=facts.scheme.digest,
        code_edition=code_edition(scheme, language),
        decision_number=facts.decision_number,
        meaning=meaning_of(granted, language),
    )


def preview_facts(
    case: Case, scheme: Scheme, settings: Settings, language: Language, now: datetime
) -> CertificateFacts:
    """Return what the certificate of a case would say if its label were granted now; what is not known yet is `…`."""
    system, lodged = case.lodged.system, case.lodged
    ends_at = last_second_after_months(now, scheme.rules.tiers[case.tier].validity_months)
    statement = _preview_statement(case, ends_at)
    name = tier_name(scheme, case.tier, language)
    unknown = dict.fromkeys(("met", "total", "not_applicable", "experts", "own_tests"), UNKNOWN)
    return CertificateFacts(
        label=LabelFacts(
            id=statement.id,
            token=preview_token(statement),
            product=system.label_name,
            version=system.version,
            holder=lodged.organisation_name,
            issuer=body_name(settings, language),
            scheme_title=scheme.texts.title.in_language(language),
            tier_name=name,
            issued_on=now.date(),
            ends_on=ends_at.date(),
            url=settings.public_url,
            language=language,
        ),
        system=system.name,
        holder_country=country(language, lodged.country),
        holder_address=lodged.organisation_address,
        issuer_address=body_address(settings, language),
        websites=system.websites,
        granted_on=now.date(),
        purpose=system.purpose,
        deployment=system.deployment,
        languages=tuple(language_name(language, one) for one in system.languages),
        scheme_version=lodged.scheme.version,
        scheme_digest=lodged.scheme.digest,
        code_edition=code_edition(scheme, language),
        decision_number=UNKNOWN,
        meaning=meaning_with(scheme, language, granted_on=UNKNOWN, tier=name, **unknown),
    )


def _preview_statement(case: Case, ends_at: datetime) -> LabelStatement:
    """Make what a preview's token says: the same number for a case at every look."""
    system = case.lodged.system
    number = preview_id(hashlib.sha256(f"preview/{case.id}".encode()).digest()[:ID_BYTES])
    return LabelStatement(
        id=number,
        expires_at=ends_at,
        tier=case.tier.value,
        status_index=0,
        subject_digest=subject_digest(number, system.name, system.version, system.build_digest),
        name_version=f"{system.label_name} {system.version}",
    )
