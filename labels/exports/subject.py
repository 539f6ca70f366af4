"""What must agree before an attestation leaves, and when one is read: it carries the token of its own label.

Proofs that are valid each, and belong to different things, are the family of CVE-2022-36056.
"""

from labels.cose import statement_in, unseal
from labels.encoding import from_base36
from labels.signing import subject_digest
from schemas.attestation import Attestation
from schemas.errors import PreparationError, VerificationError
from schemas.label import LabelStatement


def carries_its_own_token(attestation: Attestation) -> bool:
    """Tell whether the token says what the attestation says; its signature is `labels.verification`'s to look at."""
    try:
        statement = statement_in(unseal(from_base36(attestation.token)).payload)
    except VerificationError:
        return False
    said = (statement.id, statement.expires_at, statement.tier, statement.status_index, statement.name_version)
    name_version = f"{attestation.label_name} {attestation.version}"
    attested = (attestation.id, attestation.expires_at, attestation.tier, attestation.status_index, name_version)
    return said == attested and statement.holder in {None, attestation.holder} and _is_its_build(statement, attestation)


def _is_its_build(statement: LabelStatement, attestation: Attestation) -> bool:
    """Tell whether the token is about the build that is named; of one that is not, only who has the build can tell."""
    build = attestation.build_digest
    if build is None:
        return True
    own = subject_digest(attestation.id, attestation.product, attestation.version, build)
    return statement.subject_digest == own


def check_subject(attestation: Attestation) -> None:
    """Refuse to export an attestation with another label's token.

    Raises:
        PreparationError: `token_of_another_label`.
    """
    if not carries_its_own_token(attestation):
        raise PreparationError("token_of_another_label", "The attestation carries the token of another label.")
