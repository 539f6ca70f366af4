"""From the directory to the attestation that exports are made from: what the label's page tells, and nothing else."""

from datetime import UTC

from certify.config import Settings
from certify.register.certificates import Granted, body_address, body_name, code_edition, meaning_of, tier_name
from certify.wording import Language
from schemas.attestation import Attestation


def attestation_of(granted: Granted, settings: Settings, language: Language) -> Attestation:
    """Return what was attested when a label was issued; a later reduction of its scope is the page's to tell.

    The build's digest is not among the public facts, so that no export has it.
    """
    facts, label, scheme = granted.facts, granted.issued, granted.scheme
    return Attestation(
        id=label.id,
        token=label.token,
        product=facts.product,
        label_name=facts.label_name,
        version=facts.version,
        holder=facts.holder,
        country=facts.country,
        holder_address=facts.holder_address,
        issuer=body_name(settings, language),
        issuer_address=body_address(settings, language),
        register_url=settings.public_url,
        tier=label.tier,
        tier_name=tier_name(scheme, granted.tier, language),
        granted_on=facts.decided_at.astimezone(UTC).date(),
        expires_at=label.expires_at,
        purpose=facts.purpose,
        deployment=facts.deployment,
        languages=facts.languages,
        scheme_title=scheme.texts.title.in_language(language),
        scheme_version=facts.scheme.version,
        scheme_digest=facts.scheme.digest,
        code_edition=code_edition(scheme, language),
        total=facts.total,
        met=facts.met,
        not_applicable=facts.not_applicable,
        decision_number=facts.decision_number,
        meaning=meaning_of(granted, language),
        status_index=label.status_index,
        language=language,
    )
