"""Acts that people sign: what is signed, and the receipt that shows it (ASVS 5.0, 4.1.5; procedure, stages 5, 8 and 9).

A ballot, the release of a label and the report of a neutral third party are signed by a passkey. The challenge of the
assertion is the SHA-256 of the RFC 8785 bytes of a statement, which names all that the act is about; whoever has the
receipt, the act and the public key can check it again, for ever and offline (`labels.receipts`).

    statement = BallotStatement.of(application, vote, ballot, nonce)
    statement.challenge                # 32 bytes: what the authenticator is asked to sign

The statement itself is kept nowhere: it is made again from the act, so that nothing can stand beside the signature.
"""

from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from schemas.canonical import digest_of
from schemas.decision import Ballot, Decision, Round
from schemas.evidence import TextRef
from schemas.identifiers import Digest, Identifier, Moment, Name, RuleId
from schemas.scheme_terms import Tier
from schemas.signed_acts import Nonce, Receipt
from schemas.stages import Choice

BALLOT: Final = "certify-ballot-v1"
RELEASE: Final = "certify-release-v1"
REPORT: Final = "certify-third-party-report-v1"


class Statement(BaseModel):
    """What a person signs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @property
    def challenge(self) -> bytes:
        """SHA-256 of the canonical statement: the challenge of the assertion (WebAuthn Level 3, 13.4.3)."""
        return bytes.fromhex(digest_of(self))


class BallotStatement(Statement):
    """What a member signs who votes: the choice, and all it is cast on.

    Attributes:
        reasons: digest and length of the text, as the record has it; `dissent` likewise.
        nonce: 32 random bytes, so that nobody finds a choice by trying each.
    """

    typ: Literal["certify-ballot-v1"] = BALLOT
    application: Identifier
    round: int
    proposed_tier: Tier | None
    manifest_digest: Digest
    scheme_digest: Digest
    choice: Choice
    grounds: tuple[RuleId, ...]
    reasons: TextRef | None
    dissent: TextRef | None
    person: Identifier
    nonce: Nonce

    @classmethod
    def of(cls, application: str, vote: Round, ballot: Ballot, nonce: str) -> Self:
        """Return the statement of a ballot in a round of a case."""
        return cls(
            application=application,
            round=vote.number,
            proposed_tier=vote.proposed_tier,
            manifest_digest=ballot.manifest_digest,
            scheme_digest=ballot.scheme_digest,
            choice=ballot.choice,
            grounds=ballot.grounds,
            reasons=ballot.reasons,
            dissent=ballot.dissent,
            person=ballot.member,
            nonce=nonce,
        )


class ReleaseStatement(Statement):
    """What a label officer signs who releases a label: the decision, whole, by its digest.

    Attributes:
        decision_digest: SHA-256 of the canonical decision: outcome, tally, quorum, majority and grounds.
    """

    typ: Literal["certify-release-v1"] = RELEASE
    application: Identifier
    round: int
    manifest_digest: Digest
    scheme_digest: Digest
    choice: Literal["release"] = "release"
    decision: Name
    decision_digest: Digest
    person: Identifier
    nonce: Nonce

    @classmethod
    def of(cls, application: str, decision: Decision, person: str, nonce: str) -> Self:
        """Return the statement of a release of the label that a decision grants."""
        return cls(
            application=application,
            round=decision.round,
            manifest_digest=decision.manifest_digest,
            scheme_digest=decision.scheme_digest,
            decision=decision.number,
            decision_digest=digest_of(decision),
            person=person,
            nonce=nonce,
        )


class ReportStatement(Statement):
    """What the neutral third party signs: its report, the summary that is published, and that it is independent.

    Attributes:
        report: digest and length of the text, as the record has it; `summary` likewise.
        is_independent: by the rules of the scheme (Code, I-1.5; `neutral_third_party.independence`).
    """

    typ: Literal["certify-third-party-report-v1"] = REPORT
    application: Identifier
    manifest_digest: Digest
    scheme_digest: Digest
    report: TextRef
    summary: TextRef
    is_independent: Literal[True] = True
    person: Identifier
    nonce: Nonce


class PublicCredential(BaseModel):
    """A key that signs acts, as the record knows it: whose it is, and between which moments it counted.

    Attributes:
        public_key: COSE (RFC 9052, 7) in base64url.
        removed_at: since when it proves nothing more; what it signed before stays signed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    credential_id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]+$", max_length=1364)]
    person: Identifier
    public_key: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]+$", max_length=2048)]
    entered_at: Moment
    removed_at: Moment | None = Field(default=None)


class Release(BaseModel):
    """That a label officer released the label a decision grants, and the receipt that shows it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    person: Identifier
    at: Moment
    receipt: Receipt


class SignedActs(BaseModel):
    """All that shows who cast the ballots of a case, reported as third party and released its label.

    Attributes:
        receipts: of ballots and of a third party's report, each under the SHA-256 that is named as their `proof`.
        credentials: the public keys of everyone who could sign, with the moments between which they counted.
        release: None while there is none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    receipts: dict[Digest, Receipt] = Field(default_factory=dict, max_length=200)
    credentials: tuple[PublicCredential, ...] = Field(default=(), max_length=1000)
    release: Release | None = None
