"""Every kind of matter as the body keeps it: its rules, its workflow, who reads what, and what opens it."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from certify.accounts.label_reading import LABEL_READERS
from certify.accounts.matter_reading import Readers
from certify.procedure.bodies import body_of
from schemas.clocks import Clock, Waiting
from schemas.identifiers import appeal_id
from schemas.matter import Matter
from schemas.scheme import SchemeRules
from workflows.accession import OrganisationCourse
from workflows.institution import InstitutionCourse
from workflows.kernel import Kernel
from workflows.label_life import LabelCourse
from workflows.matter_file import (
    AppealFile,
    ComplaintFile,
    ErasureFile,
    EthicsQuestionFile,
    InstitutionFile,
    LabelFile,
    LegalHoldFile,
    MatterFile,
    OrganisationFile,
    PracticeFile,
    RecordCorrectionFile,
    SchemeProposalFile,
)
from workflows.matters import (
    AppealCourse,
    ComplaintCourse,
    ErasureCourse,
    EthicsQuestionCourse,
    LegalHoldCourse,
    PracticeCourse,
    RecordCorrectionCourse,
    SchemeProposalCourse,
)
from workflows.rules.label import clocks as label_clocks
from workflows.rules.label.kernel import LABEL
from workflows.rules.matter import (
    appeals,
    complaint_clocks,
    elections,
    erasures,
    ethics_questions,
    legal_holds,
    organisations,
    practices,
    proposed_entries,
    record_corrections,
    scheme_adoption,
)
from workflows.rules.matter.appeal_kernel import APPEAL
from workflows.rules.matter.complaint_kernel import COMPLAINT
from workflows.rules.matter.ethics_questions import ETHICS_QUESTION
from workflows.rules.matter.institution import INSTITUTION
from workflows.rules.matter.organisations import ORGANISATION

_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{0,63}")


@dataclass(frozen=True, kw_only=True)
class MatterKind:
    """One kind of matter.

    Attributes:
        collection: under which address it is found, `/api/{collection}`.
        run: its workflow; `file` what that is started with.
        opens: the act of a person that opens one, None where only the engine does.
        begins: the act of the engine that opens one, None where only people do.
        also_opens: further acts that open one where there is none yet.
        not_by_people: acts of which the record tells that people did them, and that no person can send any more.
        has_own_id: its id is known before it is opened, and is not made for it.
        lasts: it never ends; whatever its workflow lost, the next act starts it again from the record.
        elsewhere: acts that have an address of their own.
        clocks: its deadlines, for readings.
        waits_for: who is waited for without a deadline.
        headed_by: the fact whose text makes its heading; None where its facts alone name it.
        id_of: from what a person writes to open one to its id; None where each opening makes another matter.
        about: from what a person writes to open one to the case or other thing it is about, as the record names it in
            which the opening is refused.
    """

    kernel: Kernel[Any]
    collection: str
    run: Any
    file: type[MatterFile]
    opens: str | None
    clocks: Callable[[Any, SchemeRules], Iterable[Clock]]
    readers: Readers = field(default_factory=Readers)
    begins: str | None = None
    also_opens: frozenset[str] = frozenset()
    has_own_id: bool = False
    lasts: bool = False
    elsewhere: frozenset[str] = frozenset()
    not_by_people: frozenset[str] = frozenset()
    waits_for: Callable[[Any], Iterable[Waiting]] = lambda _: ()
    headed_by: str | None = None
    id_of: Callable[[Any], str] | None = None
    about: Callable[[Any], str | None] = lambda _: None

    def may_open(self, act: str) -> bool:
        """Whether an act opens a matter that is not there yet."""
        return act in {self.opens, self.begins} or act in self.also_opens

    def makes_id(self, act: str) -> bool:
        """Whether an act opens a matter whose id is made for it: it is sent to the collection."""
        return act == self.opens and not self.has_own_id

    @property
    def state(self) -> type[Matter]:
        """The model of the matter."""
        state: type[Matter] = self.kernel.state
        return state

    @property
    def bodies(self) -> Mapping[str, type[BaseModel]]:
        """What a person writes for each act that is a person's."""
        return _BODIES[self.kernel.name]

    @property
    def public_bodies(self) -> Mapping[str, type[BaseModel]]:
        """What somebody without an account writes, for each act that is theirs."""
        return _PUBLIC_BODIES[self.kernel.name]


def _subject_of(stream: str) -> str | None:
    """Return whose a stream is, where it names a case or a matter."""
    subject = stream.partition("/")[2]
    return subject if _ID.fullmatch(subject) else None


QUESTION = MatterKind(
    kernel=ETHICS_QUESTION,
    collection="questions",
    run=EthicsQuestionCourse.run,
    file=EthicsQuestionFile,
    opens="ask_commission",
    clocks=ethics_questions.clocks_of,
    headed_by="text",
)

CORRECTION = MatterKind(
    kernel=record_corrections.RECORD_CORRECTION,
    collection="corrections",
    run=RecordCorrectionCourse.run,
    file=RecordCorrectionFile,
    opens="propose_correction",
    about=lambda body: _subject_of(body.stream),
    clocks=lambda _correction, _rules: (),
    waits_for=record_corrections.waits_for,
)

ERASING = MatterKind(
    kernel=erasures.ERASURE,
    collection="erasures",
    run=ErasureCourse.run,
    file=ErasureFile,
    opens="ask_erasure",
    about=lambda body: body.case,
    clocks=lambda _erasure, _rules: (),
    waits_for=erasures.waits_for,
)

HOLDING = MatterKind(
    kernel=legal_holds.LEGAL_HOLD,
    collection="holds",
    run=LegalHoldCourse.run,
    file=LegalHoldFile,
    opens="ask_hold",
    about=lambda body: body.held,
    clocks=lambda _hold, _rules: (),
    waits_for=legal_holds.waits_for,
)

LABEL_LIFE = MatterKind(
    kernel=LABEL,
    collection="labels",
    run=LabelCourse.run,
    file=LabelFile,
    opens=None,
    begins="begin_life",
    readers=LABEL_READERS,
    clocks=label_clocks.clocks_of,
)

ADOPTION = MatterKind(
    kernel=scheme_adoption.SCHEME_ADOPTION,
    collection="scheme-proposals",
    run=SchemeProposalCourse.run,
    file=SchemeProposalFile,
    opens="propose_scheme",
    clocks=lambda _proposal, _rules: (),
    waits_for=scheme_adoption.waits_for,
)

PRACTICE_KIND = MatterKind(
    kernel=practices.PRACTICE,
    collection="practices",
    run=PracticeCourse.run,
    file=PracticeFile,
    opens="offer_practice",
    about=lambda body: body.case,
    clocks=lambda _practice, _rules: (),
    waits_for=practices.waits_for,
)

ORGANISATIONS = MatterKind(
    kernel=ORGANISATION,
    collection="organisations",
    run=OrganisationCourse.run,
    file=OrganisationFile,
    opens="apply_to_join",
    also_opens=frozenset({"enter_participant", "propose_entry"}),
    has_own_id=True,
    lasts=True,
    elsewhere=frozenset({"propose_entry"}),
    not_by_people=frozenset({"enter_participant"}),
    clocks=organisations.clocks_of,
    waits_for=proposed_entries.waits_for,
)

COMPLAINED = MatterKind(
    kernel=COMPLAINT,
    collection="complaints",
    run=ComplaintCourse.run,
    file=ComplaintFile,
    opens="file_complaint",
    readers=Readers(by_day=True),
    clocks=complaint_clocks.clocks_of,
)

INSTITUTIONS = MatterKind(
    kernel=INSTITUTION,
    collection="institutions",
    run=InstitutionCourse.run,
    file=InstitutionFile,
    opens="record_election",
    also_opens=frozenset({"create_working_group", "file_impartiality_report"}),
    has_own_id=True,
    lasts=True,
    clocks=elections.clocks_of,
)

APPEALED = MatterKind(
    kernel=APPEAL,
    collection="appeals",
    run=AppealCourse.run,
    file=AppealFile,
    opens="lodge_appeal",
    id_of=lambda body: appeal_id(body.stream, body.number),
    about=lambda body: appeal_id(body.stream, body.number),
    clocks=appeals.clocks_of,
)

_ALL = (
    APPEALED,
    QUESTION,
    LABEL_LIFE,
    COMPLAINED,
    CORRECTION,
    ERASING,
    HOLDING,
    ADOPTION,
    PRACTICE_KIND,
    ORGANISATIONS,
    INSTITUTIONS,
)
KINDS: dict[str, MatterKind] = {kind.kernel.name: kind for kind in _ALL}


def _bodies(kind: MatterKind, *, by_public: bool) -> dict[str, type[BaseModel]]:
    return {
        act: body_of(act, model)
        for act, model in kind.kernel.acts.items()
        if not getattr(model, "by_engine", False)
        and getattr(model, "by_public", False) == by_public
        and act not in kind.elsewhere | kind.not_by_people
    }


_BODIES = {name: _bodies(kind, by_public=False) for name, kind in KINDS.items()}
_PUBLIC_BODIES = {name: _bodies(kind, by_public=True) for name, kind in KINDS.items()}
