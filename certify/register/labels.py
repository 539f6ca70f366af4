"""The directory of labels: all the public may know of a label, in one row, never removed."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache

from sqlalchemy import BigInteger, Text
from sqlalchemy.orm import defer, relationship
from sqlmodel import Field, Relationship, SQLModel, col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register.label_lives import LabelLifeRecord, standing_by
from schemas.case import Case
from schemas.decision import Round
from schemas.evidence import EvidenceItem, TextRef
from schemas.label import IssuedLabel, Standing
from schemas.public_facts import PublicFacts
from schemas.review import Review
from schemas.stages import Verdict
from schemas.voting import Tally
from workflows.rules.case.standing import counted_reviews
from workflows.rules.case.third_party import report_is_outdated

APPLICANT = "applicant"
TESTS = frozenset({"test_report", "security_report", "monitoring_report"})
"""Types of evidence (scheme's words) that report what somebody measured."""


class LabelRecord(SQLModel, table=True):
    """A view: one label as issued; how it stands since is told by its life (`certify.register.label_lives`)."""

    __tablename__ = "label"

    id: str = Field(primary_key=True)
    application: str = Field(index=True)
    organisation: str = Field(index=True)
    decision_number: str = Field(unique=True)
    status_index: int = Field(unique=True, sa_type=BigInteger)
    tier: str
    product: str
    holder: str
    standing: str
    issued_at: datetime
    expires_at: datetime
    label: str = Field(sa_type=Text)
    facts: str = Field(sa_type=Text)
    life: LabelLifeRecord | None = Relationship(
        sa_relationship=relationship(
            LabelLifeRecord,
            primaryjoin="foreign(LabelRecord.id) == LabelLifeRecord.id",
            viewonly=True,
            uselist=False,
            lazy="joined",
        )
    )

    @property
    def issued(self) -> IssuedLabel:
        """The label as the signer made it."""
        return _issued_in(self.label)

    @property
    def is_as_issued(self) -> bool:
        """Whether the columns say what the label itself says."""
        label = self.issued
        shared = ("id", "decision_number", "status_index", "tier", "holder", "issued_at", "expires_at")
        return all(getattr(self, name) == getattr(label, name) for name in shared)

    @property
    def public_facts(self) -> PublicFacts:
        """What the scan page tells."""
        return _facts_in(self.facts)

    @property
    def has_own_facts(self) -> bool:
        """Whether what the scan page tells is of the system, the holder and the decision that the label names."""
        label, facts = self.issued, self.public_facts
        told = (f"{facts.label_name} {facts.version}", facts.holder, facts.decision_number)
        return told == (label.name_version, label.holder, label.decision_number)

    @property
    def version(self) -> int:
        """The number of the step that led to the standing; nothing shows an older one after a newer (I6)."""
        return self.life.version if self.life is not None else 1

    def standing_at(self, now: datetime) -> Standing:
        """Return how the label stands at a moment, as recorded; one issued before lives were is as it was issued."""
        recorded = self.life.standing if self.life is not None else self.standing
        # The end is the label's own, which its token says; the one in the view is held against nothing.
        return standing_by(Standing(recorded), self.expires_at, now)


async def called(session: AsyncSession, ids: Iterable[str]) -> dict[str, str]:
    """Return of labels by their ids what people call them by: the system, its version and the holder."""
    rows = (await session.exec(select(LabelRecord).where(col(LabelRecord.id).in_([*ids])))).all()
    return {row.id: f"{row.issued.name_version}, {row.holder}" for row in rows}


@lru_cache(1_000)
def _issued_in(text: str) -> IssuedLabel:
    return IssuedLabel.model_validate_json(text)


@lru_cache(1_000)
def _facts_in(text: str) -> PublicFacts:
    """One answer asks for them some six times, and many ask about the same labels; frozen, they may be shared."""
    return PublicFacts.model_validate_json(text)


def row_of(case: Case) -> LabelRecord:
    """Return the directory's row for a case that was granted."""
    label, facts = case.label, facts_of(case)
    assert label is not None
    return LabelRecord(
        id=label.id,
        application=case.id,
        organisation=case.lodged.organisation,
        decision_number=label.decision_number,
        status_index=label.status_index,
        tier=label.tier,
        product=facts.product,
        holder=facts.holder,
        standing=Standing.IN_FORCE.value,
        issued_at=label.issued_at,
        expires_at=label.expires_at,
        label=label.model_dump_json(),
        facts=facts.model_dump_json(),
    )


async def standing(session: AsyncSession, now: datetime) -> Sequence[LabelRecord]:
    """Return the labels that have not ended by a moment: in force, or suspended and able to be so again."""
    rows = (await session.exec(select(LabelRecord))).all()
    return [row for row in rows if not row.standing_at(now).is_final]


def prolonged_row(before: LabelRecord, label: IssuedLabel, tally: Tally) -> LabelRecord:
    """Return the directory's row for a label that carries another one on.

    Args:
        before: the row of the label that it replaces.
        label: the new label.
        tally: of the panel's vote.
    """
    facts = before.public_facts.model_copy(
        update={
            "decision_number": label.decision_number,
            "decided_at": label.issued_at,
            "tally": tally,
            "recused": 0,
            "prolongs": before.id,
            "separate_opinions": (),
        }
    )
    return LabelRecord(
        **{
            **before.model_dump(),
            "id": label.id,
            "decision_number": label.decision_number,
            "status_index": label.status_index,
            "issued_at": label.issued_at,
            "expires_at": label.expires_at,
            "label": label.model_dump_json(),
            "facts": facts.model_dump_json(),
        }
    )


def facts_of(case: Case) -> PublicFacts:
    """Return what may be told of a granted case."""
    decision, vote = case.decision, case.rounds_on_label[-1]
    assert decision is not None
    counted = [result for result in vote.results if result.mandatory]
    reviews = counted_reviews(case)
    areas = {area for reviewer in reviews for area in case.assignments[reviewer].areas}
    system = case.lodged.system
    return PublicFacts(
        product=system.name,
        label_name=system.label_name,
        version=system.version,
        holder=case.lodged.organisation_name,
        country=case.lodged.country,
        purpose=system.purpose,
        deployment=system.deployment,
        languages=system.languages,
        governed_by=case.lodged.gates.get("G5", ""),
        scheme=case.lodged.scheme,
        decision_number=decision.number,
        decided_at=decision.decided_at,
        tally=decision.tally,
        total=len(counted),
        met=sum(result.verdict == Verdict.MET for result in counted),
        not_applicable=sum(result.verdict == Verdict.NOT_APPLICABLE for result in counted),
        own_tests=_resting_on_own_tests(case, reviews.values()),
        experts=len(reviews),
        areas=tuple(sorted(areas)),
        recused=len(vote.recused),
        websites=system.websites,
        holder_address=case.lodged.organisation_address,
        third_party=None if report_is_outdated(case) else case.third_party_summary,
        third_party_signed=case.third_party_signed is not None and not report_is_outdated(case),
        separate_opinions=_public_opinions(vote),
        holder_statement=case.public_statement_handed_in,
    )


def _public_opinions(vote: Round) -> tuple[TextRef, ...]:
    """Return the separate opinions that everybody may read; their order tells nothing of who voted when."""
    if not vote.opinions_public:
        return ()
    written = {ballot.dissent for ballot in vote.ballots.values() if ballot.dissent is not None}
    return tuple(sorted(written, key=lambda one: one.digest))


def _resting_on_own_tests(case: Case, reviews: Iterable[Review]) -> int:
    findings = [finding for review in reviews for finding in review.findings]
    met = {finding.criterion for finding in findings if finding.verdict == Verdict.MET}
    return sum(
        _are_own_tests(
            case.evidence[item] for finding in findings if finding.criterion == one for item in finding.cited
        )
        for one in met
    )


def _are_own_tests(items: Iterable[EvidenceItem]) -> bool:
    tests = [item for item in items if item.type in TESTS]
    return bool(tests) and all(item.made_by.kind == APPLICANT for item in tests)


async def find(session: AsyncSession, label_id: str) -> LabelRecord | None:
    """Return a label by its 16 characters."""
    return await session.get(LabelRecord, label_id)


async def of_case(session: AsyncSession, application: str) -> Sequence[LabelRecord]:
    """Return the labels that a case led to: the one it granted, and those that carried it on."""
    return (await session.exec(select(LabelRecord).where(LabelRecord.application == application))).all()


async def of_organisation(session: AsyncSession, organisation: str) -> Sequence[LabelRecord]:
    """Return the labels of one organisation, newest first, whatever they are worth."""
    query = select(LabelRecord).where(LabelRecord.organisation == organisation)
    return (await session.exec(query.order_by(col(LabelRecord.issued_at).desc()))).all()


async def not_ended(session: AsyncSession, organisation: str, now: datetime) -> tuple[str, ...]:
    """Return the ids of the labels of an organisation that are in force, or stand still and may be in force again."""
    found = (await session.exec(select(LabelRecord).where(LabelRecord.organisation == organisation))).all()
    return tuple(sorted(row.id for row in found if not row.standing_at(now).is_final))


async def renewable(session: AsyncSession, organisation: str, now: datetime) -> Sequence[LabelRecord]:
    """Return the labels of an organisation that a new certification can replace, newest first.

    One that is carried on until its renewal is decided stands for the label that carries it on.
    """
    found = await of_organisation(session, organisation)
    carried = {row.public_facts.prolongs for row in found if _awaits_successor(row, now)}
    own = (row for row in found if row.public_facts.prolongs is None)
    return [row for row in own if row.id in carried or _awaits_successor(row, now)]


def _awaits_successor(row: LabelRecord, now: datetime) -> bool:
    replaced = row.life is not None and row.life.public_life.successor is not None
    stands = row.standing_at(now)
    return not replaced and (stands == Standing.EXPIRED or not stands.is_final)


async def in_all(session: AsyncSession) -> Sequence[LabelRecord]:
    """Return every label, in no order, without the facts of its page."""
    facts = defer(LabelRecord.facts)  # type: ignore[arg-type]  # a column
    return (await session.exec(select(LabelRecord).options(facts))).all()


async def directory(
    session: AsyncSession, *, search: str = "", organisation: str | None = None
) -> Sequence[LabelRecord]:
    """Return labels, newest first, whose product or holder contains the words sought."""
    query = select(LabelRecord).order_by(col(LabelRecord.issued_at).desc())
    if search:
        product, holder = col(LabelRecord.product), col(LabelRecord.holder)
        query = query.where(product.icontains(search, autoescape=True) | holder.icontains(search, autoescape=True))
    if organisation is not None:
        query = query.where(LabelRecord.organisation == organisation)
    return (await session.exec(query.limit(500))).all()


async def lately_changed(session: AsyncSession, now: datetime, count: int) -> Sequence[LabelRecord]:
    """Return the labels that took the newest steps, so many at most; and as many whose term ended last.

    The newest steps of all labels are steps of these: no label has a step after the one it stands at, but for the end
    of its term, which comes whether or not it is recorded.
    """
    life, since = col(LabelRecord.id) == LabelLifeRecord.id, func.coalesce(LabelLifeRecord.since, LabelRecord.issued_at)
    changed = select(LabelRecord).join(LabelLifeRecord, life, isouter=True).order_by(since.desc()).limit(count)
    ended = select(LabelRecord).where(LabelRecord.expires_at <= now).order_by(col(LabelRecord.expires_at).desc())
    found = [*(await session.exec(changed)).all(), *(await session.exec(ended.limit(count))).all()]
    return tuple({row.id: row for row in found}.values())
