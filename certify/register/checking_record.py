"""The whole record in one pass, one stream in memory at a time: chain, views, stored objects and labels."""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register import attempts, cases, checking_journal
from certify.register.account_views import AccountRows, is_followed
from certify.register.appeals import AppealRecord
from certify.register.chain import BODY_MISSING
from certify.register.checking import Finding
from certify.register.checking_erasures import Erasures
from certify.register.checking_evidence import StoredObjects, check_stored, check_stored_of_label
from certify.register.checking_extracts import ExtractCheck, Extracted
from certify.register.checking_images import ImageCheck
from certify.register.checking_labels import Attested, LabelCheck, SeenAt, nobody_saw
from certify.register.checking_panels import check_panels, check_third_party_draws
from certify.register.checking_retention import RetiredBodies
from certify.register.checking_signed import SignedCheck
from certify.register.checking_views import ViewCheck, row_made_by, rows_of_case, rows_of_matter
from certify.register.complaints import ComplaintRecord
from certify.register.label_lives import LabelLifeRecord
from certify.register.label_views import carried_on
from certify.register.matters import MatterRecord
from certify.register.participants import ParticipantRecord
from certify.register.projection import NOT_FOLDED
from certify.register.row_proofs import unproven_rows
from certify.register.sealed_tables import unopened_cells
from labels.key_set import KeySet
from schemas.appeal import Appeal, PanelMemberReplaced
from schemas.case import Case
from schemas.erasure import Erasure
from schemas.event import Event
from schemas.events import CASE_EVENTS, LabelIssued
from schemas.label_events import LabelProlonged, ProlongationRefused
from schemas.label_life import LabelLife
from schemas.matter import Matter
from schemas.organisation import Organisation
from schemas.record_events import RECORD_EVENTS, RetentionApplied
from workflows.rules.case.fold import evolve, fold
from workflows.rules.kernels import KERNELS
from workflows.rules.matter.appeal_panels import waiting

Progress = Callable[[int, int], None]
"""Is told how many streams are done, of how many."""


class RecordCheck:
    """Checks the record as one session sees it; the session must be one snapshot (`Database.reading`)."""

    def __init__(
        self,
        session: AsyncSession,
        objects: StoredObjects,
        keys: Callable[[], KeySet],
        seen_at: SeenAt = nobody_saw,
    ) -> None:
        self._session, self._objects = session, objects
        self._views, self._labels = ViewCheck(session), LabelCheck(session, keys, seen_at)
        self._extracts, self._signed = ExtractCheck(keys), SignedCheck(session)
        self._erasures, self._images, self._retired = Erasures(), ImageCheck(session), RetiredBodies()

    @property
    def attested(self) -> Attested:
        """What the record says of labels, complete when all findings were taken."""
        return self._labels.attested

    @property
    def extracted(self) -> Extracted:
        """What the record says of extracts, complete when all findings were taken."""
        return self._extracts.extracted

    async def findings(self, progress: Progress) -> AsyncIterator[Finding]:
        """Yield all that does not hold.

        Raises:
            CouldNotCheck: there are labels or extracts and the public keys cannot be read.
        """
        streams = await checking_journal.streams(self._session)
        for done, stream in enumerate(streams, start=1):
            async for finding in self._stream(stream):
                yield finding
            progress(done, len(streams))
        async for finding in checking_journal.across_streams(self._session):
            yield finding
        async for finding in self._views.surplus():
            yield finding
        async for finding in unopened_cells(self._session):
            yield finding
        async for finding in unproven_rows(self._session):
            yield finding
        for finding in (*self._erasures.findings(), *self._retired.findings()):
            yield finding

    async def _stream(self, stream: str) -> AsyncIterator[Finding]:
        kind = stream.partition("/")[0]
        bodies: list[tuple[int, bytes]] = []
        async for link in checking_journal.links(self._session, stream):
            if link.problem is not None:
                broken = Finding(where=f"{stream} {link.number}", what=link.problem, code="chain_broken")
                if stream == attempts.STREAM and link.problem == BODY_MISSING and link.recorded_at is not None:
                    self._retired.missing(link.number, link.recorded_at, broken)
                else:
                    yield broken
            if kind not in NOT_FOLDED and link.body is not None:
                bodies.append((link.number, link.body))
        following = {"case": self._case, **dict.fromkeys(KERNELS, self._matter)}.get(kind, self._rows)
        async for finding in following(stream, bodies):
            yield finding

    async def _matter(self, stream: str, bodies: Sequence[tuple[int, bytes]]) -> AsyncIterator[Finding]:
        kernel, state = KERNELS[stream.partition("/")[0]], None
        events: list[Event] = []
        prolonged: LabelLife | None = None
        for number, body in bodies:
            before = state
            try:
                event = kernel.events.validate_json(body)
                state = kernel.evolve(before, event)
            except (ValueError, TypeError, KeyError, IndexError, AssertionError):
                yield Finding(where=f"{stream} {number}", what="cannot be folded into its matter", code="not_folded")
                self._excuse_matter(stream)
                return
            events.append(event)
            prolonged = before if isinstance(event, LabelProlonged) else prolonged
            for finding in self._step(f"{stream} {number}", before, state, event):
                yield finding
        for row in rows_of_matter(kernel.name, state) if state is not None else ():
            async for finding in self._views.compare(row):
                yield finding
        async for finding in self._beside(stream, state, prolonged, events):
            yield finding

    async def _beside(
        self, stream: str, state: Matter | None, prolonged: LabelLife | None, events: Sequence[Event]
    ) -> AsyncIterator[Finding]:
        """Yield what is wrong with what lies beside a kind of matter, in the record or in the store."""
        if state is not None:
            async for finding in check_panels(self._session, stream.partition("/")[0], state):
                yield finding
        if isinstance(state, Organisation):
            async for finding in self._images.check(stream, events):
                yield finding
        if isinstance(state, LabelLife):
            async for finding in self._life(state, prolonged or state, events):
                yield finding

    def _step(self, where: str, before: Matter | None, state: Matter, event: Event) -> Iterator[Finding]:
        """Yield what is wrong with one step of a matter, and note what is held against the sign log."""
        if isinstance(before, LabelLife) and isinstance(event, ProlongationRefused):
            self._labels.note_refusal(before, event)
        if isinstance(event, PanelMemberReplaced) and isinstance(before, Appeal):
            yield from _out_of_order(where, before, event)
        if isinstance(state, Erasure):
            self._erasures.follow(state)
        if isinstance(state, Organisation) and (before is None or isinstance(before, Organisation)):
            yield from self._extracts.follow(before, state, event.at)

    def _excuse_matter(self, stream: str) -> None:
        self._views.excuse(MatterRecord, stream)
        for view in (AppealRecord, ComplaintRecord, ParticipantRecord, LabelLifeRecord):
            self._views.excuse(view, stream.partition("/")[2])

    async def _life(self, life: LabelLife, before: LabelLife, events: Sequence[Event]) -> AsyncIterator[Finding]:
        """Yield what is wrong with what a label names in the store, and with the label that carries it on."""
        async for finding in check_stored_of_label(self._objects, self._erasures, life, events):
            yield finding
        recorded = [event for event in events if isinstance(event, LabelProlonged)]
        async for finding in self._labels.check_prolonged(before, recorded[-1] if recorded else None):
            yield finding
        row = await carried_on(self._session, life)
        if row is not None:
            async for finding in self._views.compare(row):
                yield finding

    async def _rows(self, stream: str, bodies: Sequence[tuple[int, bytes]]) -> AsyncIterator[Finding]:
        folded = AccountRows()
        for number, body in bodies:
            try:
                event = RECORD_EVENTS.validate_json(body)
                if stream == "people" and isinstance(event, RetentionApplied):
                    self._retired.follow(event)
                    continue
                if stream == "people" and is_followed(event):
                    folded.follow(number, event)
                    continue
                row = row_made_by(stream, number, event)
            except (ValueError, TypeError, KeyError, AttributeError):
                yield Finding(where=f"{stream} {number}", what="is no event of this stream", code="not_an_event")
                continue
            async for finding in self._views.compare(row):
                yield finding
        for row in folded.rows:
            async for finding in self._views.compare(row):
                yield finding

    async def _case(self, stream: str, bodies: Sequence[tuple[int, bytes]]) -> AsyncIterator[Finding]:
        events: list[Event] = []
        case: Case | None = None
        granted: Case | None = None
        for number, body in bodies:
            try:
                event = CASE_EVENTS.validate_json(body)
                if isinstance(event, LabelIssued):
                    # What was found after the signer had read the case did not stand in its way.
                    read_to = event.label.case_entry
                    granted = case if read_to is None else fold(events[:read_to])
                case = evolve(case, event)
            except (ValueError, TypeError, KeyError, IndexError):
                yield Finding(where=f"{stream} {number}", what="cannot be folded into its case", code="not_folded")
                self._views.excuse(cases.CaseRecord, stream.partition("/")[2])
                return
            events.append(event)
        numbered = zip((number for number, _ in bodies), events, strict=True)
        async for finding in check_third_party_draws(self._session, stream, numbered):
            yield finding
        if case is not None:
            async for finding in self._folded(case, events, granted):
                yield finding

    async def _folded(self, case: Case, events: Sequence[Event], granted: Case | None) -> AsyncIterator[Finding]:
        try:
            rows = rows_of_case(case)
        except (LookupError, AssertionError):
            yield Finding(where=f"case/{case.id}", what="has a label without what it rests on", code="not_folded")
            rows = ()
            self._views.excuse(cases.CaseRecord, case.id)
        for row in rows:
            async for finding in self._views.compare(row):
                yield finding
        async for finding in check_stored(self._objects, self._erasures, case, events):
            yield finding
        async for finding in self._signed.check(case, events):
            yield finding
        async for finding in self._labels.check(case, events, granted):
            yield finding


def _out_of_order(where: str, appeal: Appeal, event: PanelMemberReplaced) -> Iterator[Finding]:
    if event.member not in waiting(appeal)[:1]:
        yield Finding(where=where, what="sits out of the order of the draw", code="panel_out_of_order")
