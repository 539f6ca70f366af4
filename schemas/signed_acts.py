"""The receipt of a signed act: what stays of a person's signature over what they did (ASVS 5.0, 4.1.5 and 7.5.3)."""

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from schemas.identifiers import Digest, Identifier, Moment

NONCE_BYTES: Final = 32

Nonce = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{43}$")]
"""32 random bytes in base64url without padding; of use once."""

Origin = Annotated[str, StringConstraints(pattern=r"^https?://[a-z0-9.\[\]:-]+$", max_length=300)]
"""Scheme, host and port under which people sign, as browsers name it (WebAuthn Level 3, 5.8.1)."""


def _base64url(characters: int) -> StringConstraints:
    return StringConstraints(pattern=r"^[A-Za-z0-9_-]+$", max_length=characters)


class Passkey(BaseModel):
    """An assertion of a passkey over the challenge of the act's statement (WebAuthn Level 3, 7.2).

    Attributes:
        credential_id: which key signed; 1023 bytes at most.
        authenticator_data: the bytes the authenticator signed, with the flags of presence and verification.
        client_data_json: what the browser signed for: type, challenge, origin.
        signature: over the first and the digest of the second; RSA with 4096 bits gives 683 characters.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: Literal["passkey"] = "passkey"
    nonce: Nonce
    credential_id: Annotated[str, _base64url(1364)]
    authenticator_data: Annotated[str, _base64url(1024)]
    client_data_json: Annotated[str, _base64url(2048)]
    signature: Annotated[str, _base64url(1024)]


class Countersigned(BaseModel):
    """The way without a passkey: a one-time code of the person, and a second person who vouches that it is them.

    It counts the same and is no signature: the record shows which acts rest on it.

    Attributes:
        countersigner: somebody of the secretariat who votes on nothing in the case.
        countersigned_at: when they vouched, as their own act has it.
        authenticated_at: when the person gave the one-time code of this session.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: Literal["totp_countersigned"] = "totp_countersigned"
    countersigner: Identifier
    countersigned_at: Moment
    authenticated_at: Moment


Receipt = Annotated[Passkey | Countersigned, Field(discriminator="method")]
"""What shows that a person did an act themselves."""


class SignedReport(BaseModel):
    """How the neutral third party's report is signed (Code, I-1.5, last paragraph).

    Attributes:
        manifest_digest: of the evidence as it stood when the report was signed.
        proof: SHA-256 of the canonical receipt.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    manifest_digest: Digest
    signed_at: Moment
    proof: Digest
