"""The decision record: one document from which anyone can recompute a decision, with nothing else at hand.

    record = record_of(case, scheme)   # the case as its decision left it
    record.as_case()                   # the same case, less what names a person, an organisation or a file

It holds what the rules read, in the very models they read it in, and the scheme whole, so that its digest can be
computed again. People stand in it by their opaque ids: a panel is drawn by them.
"""

from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from schemas.added_later import added_later
from schemas.case import (
    Case,
    Countersignature,
    Lodged,
    SchemePin,
    Score,
    Statement,
    SystemFacts,
    TierAssessment,
    TierConfirmation,
    TierRaise,
)
from schemas.correction import Nonconformity
from schemas.decision import Decision, Round
from schemas.errors import OutOfOrder
from schemas.evidence import COUNT_MAX, EXPIRY_COUNTS_SINCE, PROTOCOLS_MAX, EvidenceItem, Maker, Manifest, TextRef
from schemas.identifiers import CriterionId, Day, Digest, Identifier, ItemId, Line, Moment, ProtocolId, RuleId, Word
from schemas.protocol import Protocol
from schemas.receipts import PublicCredential, Release, SignedActs
from schemas.review import Assignment, Finding, Interests, Plan, Recommendation, Result, Review
from schemas.scheme import Scheme, Tier
from schemas.signed_acts import Origin, Receipt, SignedReport
from schemas.stages import Outcome, Stage

FORMAT: Final = "certify-decision-record"
VERSION: Final = 1
"""Counts up when a reader of the version before could misunderstand the document."""

EDITION_KNOWN: Final = 7
"""The latest edition of the procedure whose rules this program has: new cases follow it (decision 12)."""

WITHHELD: Final = "withheld"
"""Stands in a case made from a record where the record says nothing."""

_NO_DIGEST: Final = "0" * 64
_SAID: Final = "said"


class RecordPart(BaseModel):
    """What every part of a decision record is."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Applied(RecordPart):
    """What the rules read of the application.

    Attributes:
        gates: answers at the gates; of a gate that takes a sentence only whether there is one (`said`, or empty).
        answers: points by question; null is unknown, which counts as the worst (Code, I-2.3).
        officer_named: the application names an ethics officer (Code, II-2.2).
    """

    roles: tuple[Word, ...] = Field(min_length=1, max_length=8)
    gates: dict[RuleId, Line] = Field(max_length=20)
    answers: dict[RuleId, Score] = Field(max_length=50)
    statements: dict[Word, Statement] = Field(max_length=20)
    officer_named: bool


class ItemShown(RecordPart):
    """An item of the manifest: what kind of evidence it is, and for which criteria it was handed in.

    Attributes:
        expires: its last day, from edition 7 on; before, nothing that had expired stood in the way of a grant.
    """

    type: Word
    criteria: tuple[CriterionId, ...] = Field(min_length=1, max_length=100)
    expires: Day | None = added_later(None)


class SchemeUsed(RecordPart):
    """The scheme the case is pinned to: the digest that ballots and decision name, and all of what has it."""

    digest: Digest
    content: Scheme


class DecisionRecord(RecordPart):
    """A decided case, as its decision left it.

    Attributes:
        id: the application.
        entry: number, in the case's stream of the journal, of the entry that took the decision.
        rule: the gate that sent the case straight to the Commission (Code, I-2.4).
        items: what the manifest lists. Its digest covers names of files and makers, which are not here; it is the
            same in manifest, plan, ballots, round and decision, or the record does not hold.
        interests: the last declaration of each person before the decision.
        results: what each criterion came to when the evaluation closed; those the Register answers stand in the
            round only.
        rounds: every round; the last one led to the decision.
        edition: of the procedure; from the second on, answers are confirmed and a tier can be raised.
        confirmation: what the lead reviewer said of the answers; `raises` each step to a higher tier since.
        third_party_pool: people the neutral third party was drawn from, with the seed; who said no makes room.
        third_party_plan: digest of the plan that was in force at that draw, and `third_party_entry` of the entry of the
            journal that approved it. A record of before has neither; a seed of before rests on no entry.
        third_party_signed: how its report is signed, at `third_party_origin`.
        hearing_asked: what the applicant said who asked to be heard, from edition 6 on.
        lookups_by: who of the secretariat recorded each lookup, from edition 4 on.
        manifests: versions before `manifest`; a finding names the version it was written on. `set_aside`: items
            that are in an earlier version alone.
        nonconformities: what was found missing, by criterion (ISO/IEC 17065, 7.6).
        reopened: decisions on this case that were set aside before a label was signed.
        countersigns: who vouched for people that acted without a passkey.
        receipts: what shows whose a ballot or report is, under the digest that it names as its `proof`.
        credentials: the public keys of those who signed, with the moments between which they counted.
        protocols: of demonstrations and interviews, each under the digest that the manifest names.
        release: of the label, where there is one by now; it comes after the decision.
    """

    format: Literal["certify-decision-record"] = FORMAT
    version: Literal[1] = VERSION
    id: Identifier
    entry: int = Field(ge=1, le=COUNT_MAX)
    decision: Decision
    scheme: SchemeUsed
    application: Applied
    assessment: TierAssessment
    rule: RuleId | None
    items: dict[ItemId, ItemShown] = Field(max_length=300)
    not_applicable: dict[CriterionId, TextRef] = Field(max_length=200)
    manifest: Manifest | None
    interests: dict[Identifier, Interests] = Field(max_length=120)
    assignments: dict[Identifier, Assignment] = Field(max_length=30)
    plan: Plan | None
    lookups: dict[CriterionId, Finding] = Field(max_length=200)
    reviews: dict[Identifier, Review] = Field(max_length=30)
    results: tuple[Result, ...] = Field(max_length=200)
    third_party: Identifier | None
    third_party_report: TextRef | None
    rapporteur: Identifier | None
    recommendation: Recommendation | None
    hearing: TextRef | None
    rounds: tuple[Round, ...] = Field(min_length=1, max_length=12)
    edition: int = added_later(1, ge=1, le=99)
    confirmation: TierConfirmation | None = added_later(None)
    raised_tier: Tier | None = added_later(None)
    raises: tuple[TierRaise, ...] = added_later((), max_length=3)
    third_party_drawn: Identifier | None = added_later(None)
    third_party_pool: tuple[Identifier, ...] = added_later((), max_length=200)
    third_party_seed: Digest | None = added_later(None)
    third_party_refused: tuple[Identifier, ...] = added_later((), max_length=200)
    manifests: tuple[Manifest, ...] = added_later((), max_length=30)
    set_aside: tuple[ItemId, ...] = added_later((), max_length=300)
    nonconformities: dict[CriterionId, Nonconformity] = added_later({}, max_length=100)
    sent_back: int = added_later(0, ge=0, le=9)
    hearing_due_at: Moment | None = added_later(None)
    hearing_waived: bool = added_later(default=False)
    reopened: tuple[Decision, ...] = added_later((), max_length=12)
    countersigns: tuple[Countersignature, ...] = added_later((), max_length=200)
    receipts: dict[Digest, Receipt] = added_later({}, max_length=200)
    credentials: tuple[PublicCredential, ...] = added_later((), max_length=1000)
    release: Release | None = added_later(None)
    third_party_origin: Origin | None = added_later(None)
    third_party_summary: TextRef | None = added_later(None)
    third_party_signed: SignedReport | None = added_later(None)
    lookups_by: dict[CriterionId, Identifier] = added_later({}, max_length=200)
    protocols: dict[ProtocolId, Protocol] = added_later({}, max_length=PROTOCOLS_MAX)
    hearing_asked: TextRef | None = added_later(None)
    third_party_plan: Digest | None = added_later(None)
    third_party_entry: Digest | None = added_later(None)

    def as_case(self) -> Case:
        """Return the decided case as far as the record tells it, for the rules to judge again."""
        as_they_are: dict[str, Any] = {name: getattr(self, name) for name in _SHARED}
        granted = self.decision.outcome == Outcome.GRANTED
        return Case(
            **as_they_are,
            stage=Stage.ATTESTATION if granted else Stage.REFUSED,
            lodged=_lodged(self),
            lodged_by=WITHHELD,
            lodged_at=self.decision.decided_at,
            evidence={key: _item(self, key, shown) for key, shown in self.items.items()},
        )

    @property
    def scheme_digest(self) -> str:
        """SHA-256 of the scheme the case is pinned to."""
        return self.scheme.digest

    @property
    def signed(self) -> SignedActs:
        """What shows who cast the ballots and released the label."""
        return SignedActs(receipts=self.receipts, credentials=self.credentials, release=self.release)


NOTHING_SIGNED: Final = SignedActs()
_SHARED: Final = frozenset(DecisionRecord.model_fields.keys() & Case.model_fields.keys())


def record_of(case: Case, scheme: Scheme, signed: SignedActs = NOTHING_SIGNED) -> DecisionRecord:
    """Return the record of a decision.

    Args:
        case: as it was when the decision was taken; what happened since is no part of it.
        scheme: the one the case is pinned to.
        signed: what shows who cast the ballots, where they are signed.

    Raises:
        OutOfOrder: `not_decided`: there is no decision, or a round is open.
    """
    if case.decision is None or case.open_round is not None:
        raise OutOfOrder("not_decided", "This case is not decided.")
    as_they_are: dict[str, Any] = {name: getattr(case, name) for name in _SHARED}
    lodged = case.lodged
    sentences = {gate.id for gate in scheme.rules.gates if gate.kind == "text"}
    gates = {key: _said(answer) if key in sentences else _of_three(answer) for key, answer in lodged.gates.items()}
    return DecisionRecord(
        **as_they_are,
        receipts=signed.receipts,
        credentials=signed.credentials,
        release=signed.release,
        scheme=SchemeUsed(digest=lodged.scheme.digest, content=scheme),
        application=Applied(
            roles=lodged.roles,
            gates=gates,
            answers=lodged.answers,
            statements=lodged.statements,
            officer_named=bool(lodged.ethics_officer),
        ),
        items={key: _shown(item, case.edition) for key, item in case.evidence.items()},
    )


def _shown(item: EvidenceItem, edition: int) -> ItemShown:
    expires = item.expires if edition >= EXPIRY_COUNTS_SINCE else None
    return ItemShown(type=item.type, criteria=item.criteria, expires=expires)


def _said(sentence: str) -> str:
    return _SAID if sentence.strip() else ""


def _of_three(answer: str) -> str:
    """Any other word than yes and no is unknown to a gate (`GateRule.outcome`), and might be somebody's name."""
    return answer if answer in {"yes", "no"} else "unknown"


def _lodged(record: DecisionRecord) -> Lodged:
    rules, applied = record.scheme.content.rules, record.application
    return Lodged(
        organisation=WITHHELD,
        organisation_name=WITHHELD,
        country=WITHHELD,
        reference=WITHHELD,
        digest=_NO_DIGEST,
        scheme=SchemePin(id=rules.id, version=rules.version, digest=record.scheme.digest),
        system=SystemFacts(
            name=WITHHELD,
            label_name=WITHHELD,
            version=WITHHELD,
            purpose=WITHHELD,
            deployment=WITHHELD,
            languages=(WITHHELD,),
        ),
        roles=applied.roles,
        ethics_officer=WITHHELD if applied.officer_named else "",
        gates=applied.gates,
        answers=applied.answers,
        statements=applied.statements,
        agreement_accepted=True,
    )


def _item(record: DecisionRecord, key: str, shown: ItemShown) -> EvidenceItem:
    decided_at = record.decision.decided_at
    return EvidenceItem(
        id=key,
        file=WITHHELD,
        type=shown.type,
        criteria=shown.criteria,
        made_by=Maker(kind=WITHHELD),
        effective=decided_at.date(),
        expires=shown.expires,
        received_at=decided_at,
        covers_version=WITHHELD,
        confidentiality=WITHHELD,
        digest=_NO_DIGEST,
        stored_digest=_NO_DIGEST,
        size=1,
    )
