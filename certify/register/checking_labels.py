"""Checks every recorded label: one grant behind it, which the rules still carry, and an authentic token (I1 to I3)."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register.chain import ChainBroken
from certify.register.checking import Finding
from certify.register.orders import carried_prolongation
from certify.register.schemes import scheme_in_record
from labels.key_set import KeySet
from labels.signing import subject_digest
from labels.verification import verify
from schemas.canonical import digest_of
from schemas.case import Case, SchemePin
from schemas.errors import CouldNotCheck, NotFound, PreparationError
from schemas.event import Event
from schemas.events import DecisionTaken, LabelIssued
from schemas.label import Authenticity, IssuedLabel
from schemas.label_events import LabelProlonged, ProlongationRefused
from schemas.label_life import LabelLife
from schemas.scheme import Scheme
from schemas.stages import Stage
from workflows.rules.case.grants import check_grant
from workflows.rules.deadlines import last_second_after_months
from workflows.rules.label.renewal import NOT_IN_FORCE, can_be_carried_on

SeenAt = Callable[[IssuedLabel], Awaitable[datetime | None]]
"""Tells when witnesses first saw a label's issue in the log, None while they have not."""


async def nobody_saw(_label: IssuedLabel) -> datetime | None:
    """Answer where nothing is published."""
    return None


@dataclass
class Attested:
    """What the record says of labels, to be held against the sign log.

    Attributes:
        labels: digest of each recorded label, by the number of its decision.
        awaiting: decisions whose case stands in attestation: the signer may be at work on them.
        reopened: decisions that were set aside before a label was signed.
        refused: prolongations whose label the record refused: what was intended for them was never signed.
        not_carried_on: of these, when it was refused because the old label came to an end while the new one was
            signed; that one is nobody's.
    """

    labels: dict[str, str] = field(default_factory=dict)
    awaiting: set[str] = field(default_factory=set)
    reopened: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    not_carried_on: dict[str, datetime] = field(default_factory=dict)


class LabelCheck:
    """Checks the labels of one case after the other; a number given twice is found across cases."""

    def __init__(self, session: AsyncSession, keys: Callable[[], KeySet], seen_at: SeenAt = nobody_saw) -> None:
        self.attested = Attested()
        self._session, self._keys, self._seen_at = session, keys, seen_at
        self._schemes: dict[str, Scheme | None] = {}
        self._given: dict[tuple[str, str | int], str] = {}

    async def check(self, case: Case, events: Sequence[Event], granted: Case | None) -> AsyncIterator[Finding]:
        """Yield what is wrong with the label of a case.

        Args:
            case: the case as it stands.
            events: all that happened in it.
            granted: the case as it was just before its label was issued, None without a label.

        Raises:
            CouldNotCheck: there is a label and the public keys cannot be read.
        """
        if case.decision is not None and case.stage == Stage.ATTESTATION:
            self.attested.awaiting.add(case.decision.number)
        self.attested.reopened.update(decision.number for decision in case.reopened)
        issued = [event for event in events if isinstance(event, LabelIssued)]
        if granted is None or not issued:
            return
        where = f"label {issued[0].label.id}"
        decisions = sum(isinstance(event, DecisionTaken) for event in events) - len(case.reopened)
        if len(issued) > 1 or decisions != 1:
            what = f"case/{case.id} has {decisions} decisions and {len(issued)} labels"
            yield Finding(where=where, what=what, code="not_one_decision")
        scheme = await self._scheme(case.lodged.scheme)
        if scheme is None:
            yield Finding(where=where, what="its scheme is not in the record", code="scheme_missing")
            return
        async for finding in self._findings(where, issued[-1], granted, scheme):
            yield finding
        self.attested.labels[issued[-1].label.decision_number] = digest_of(issued[-1].label)

    async def _scheme(self, pin: SchemePin) -> Scheme | None:
        if pin.digest not in self._schemes:
            try:
                self._schemes[pin.digest] = await scheme_in_record(self._session, pin)
            except (NotFound, ChainBroken, ValueError, TypeError):
                self._schemes[pin.digest] = None
        return self._schemes[pin.digest]

    async def _findings(self, where: str, event: LabelIssued, granted: Case, scheme: Scheme) -> AsyncIterator[Finding]:
        label = event.label
        try:
            # `scheme_in_record` has compared the digest; computing it again would be half the time of the check.
            check_grant(granted, scheme.rules, granted.lodged.scheme.digest)
        except (PreparationError, LookupError, AssertionError) as error:
            # The rules take a well-formed case for granted; one that is not carries no label either.
            what = f"the record does not carry it: {error or type(error).__name__}"
            yield Finding(where=where, what=what, code="grant_not_carried")
            return
        async for finding in self._token(where, label):
            yield finding
        if label != _expected(label, granted, scheme) or event.holder != label.holder:
            yield Finding(where=where, what="is not the label of its case", code="label_differs")
        for finding in self._given_twice(where, label):
            yield finding

    async def _token(self, where: str, label: IssuedLabel) -> AsyncIterator[Finding]:
        try:
            seen_at = await self._seen_at(label)
        except CouldNotCheck as error:
            if error.code != "proof_unreadable":
                raise
            yield Finding(where=where, what="its proof in the log does not hold", code="proof_not_held")
            return
        # Under a key that was stolen, what no witness saw is no label, whenever the record says that it was issued.
        answer = verify(label.token, self._keys(), at=datetime.now(UTC), witnessed_at=seen_at)
        if answer.authenticity != Authenticity.AUTHENTIC or answer.statement is None:
            yield Finding(where=where, what=f"its token: {answer.reason}", code="token_not_authentic")
        elif (answer.kid, answer.statement.model_copy(update={"holder": None})) != (label.kid, label.statement):
            yield Finding(where=where, what="its token says something else than the record", code="token_differs")

    def note_refusal(self, before: LabelLife, event: ProlongationRefused) -> None:
        """Note that the record refused a prolongation.

        Args:
            before: the life of the label as it was just before.
            event: the refusal.
        """
        if before.prolongation is None:
            return
        self.attested.refused.add(before.prolongation.number)
        if event.code == NOT_IN_FORCE and not can_be_carried_on(before):
            self.attested.not_carried_on[before.prolongation.number] = event.at

    async def check_prolonged(self, before: LabelLife, recorded: LabelProlonged | None) -> AsyncIterator[Finding]:
        """Yield what is wrong with the label that carries another one on.

        Args:
            before: the life of the label that is prolonged, as it was just before its new label was recorded.
            recorded: the new label's event, None while the decision waits for the signer.

        Raises:
            CouldNotCheck: there is a label and the public keys cannot be read.
        """
        decided = before.prolongation
        if decided is None:
            return
        if decided.refused is not None:
            if recorded is not None:
                what = f"carries on label/{before.id}, which the record refused"
                yield Finding(where=f"label {recorded.label.id}", what=what, code="label_after_refusal")
            return
        if recorded is None:
            self.attested.awaiting.add(decided.number)
            return
        label = recorded.label
        where = f"label {label.id}"
        try:
            case = await carried_prolongation(self._session, before, until=decided.decided_at)
        except (PreparationError, NotFound, ChainBroken, LookupError, AssertionError) as error:
            what = f"the record does not carry it: {error or type(error).__name__}"
            yield Finding(where=where, what=what, code="grant_not_carried")
            return
        async for finding in self._token(where, label):
            yield finding
        if label != _carrying_on(label, before, case):
            yield Finding(where=where, what="is not the label of its decision", code="label_differs")
        for finding in self._given_twice(where, label):
            yield finding
        self.attested.labels[label.decision_number] = digest_of(label)

    def _given_twice(self, where: str, label: IssuedLabel) -> Iterator[Finding]:
        for kind, number in (("id", label.id), ("status index", label.status_index)):
            if (kind, number) in self._given:
                what = f"has the {kind} of {self._given[kind, number]}"
                yield Finding(where=where, what=what, code="number_twice")
            self._given[kind, number] = f"the label of decision {label.decision_number}"


def _carrying_on(label: IssuedLabel, before: LabelLife, case: Case) -> IssuedLabel:
    """Return the label a prolongation would have: all but what the signer drew and made."""
    system, decided = case.lodged.system, before.prolongation
    assert decided is not None
    return label.model_copy(
        update={
            "decision_number": decided.number,
            "subject_digest": subject_digest(label.id, system.name, system.version, system.build_digest),
            "name_version": f"{system.label_name} {system.version}",
            "tier": before.tier.value,
            "holder": case.lodged.organisation_name,
            "issued_at": decided.decided_at,
            "expires_at": decided.until,
        }
    )


def _expected(label: IssuedLabel, granted: Case, scheme: Scheme) -> IssuedLabel:
    """Return the label its case would have: all but what the signer drew and made (id, index, token, key)."""
    system, decision = granted.lodged.system, granted.decision
    assert decision is not None
    months = scheme.rules.tiers[granted.tier].validity_months
    return label.model_copy(
        update={
            "decision_number": decision.number,
            "subject_digest": subject_digest(label.id, system.name, system.version, system.build_digest),
            "name_version": f"{system.label_name} {system.version}",
            "tier": granted.tier.value,
            "holder": granted.lodged.organisation_name,
            "issued_at": decision.decided_at,
            "expires_at": last_second_after_months(decision.decided_at, months),
        }
    )
