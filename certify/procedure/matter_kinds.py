"""Every kind of matter as the body keeps it: its rules, its workflow, who reads what, and what opens it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from certify.accounts.label_reading import LABEL_READERS
from certify.accounts.matter_parts import parts_in_appeal, parts_in_complaint
from certify.accounts.matter_reading import (
    EVERY_PART,
    KEEPERS,
    MatterPart,
    Readers,
    parts_in_erasure,
    parts_in_institution,
    parts_in_organisation,
)
from certify.procedure.bodies import body_of
from schemas.clocks import Clock
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
    PracticeCourse,
    RecordCorrectionCourse,
    SchemeProposalCourse,
)
from workflows.rules import appeals, complaint_clocks, elections, ethics_questions, label_clocks, organisations
from workflows.rules.appeal_kernel import APPEAL
from workflows.rules.complaint_kernel import COMPLAINT
from workflows.rules.erasures import ERASURE
from workflows.rules.ethics_questions import ETHICS_QUESTION
from workflows.rules.institution import INSTITUTION
from workflows.rules.label_kernel import LABEL
from workflows.rules.organisations import ORGANISATION
from workflows.rules.practices import PRACTICE
from workflows.rules.record_corrections import RECORD_CORRECTION
from workflows.rules.scheme_adoption import SCHEME_ADOPTION

_DECIDING = KEEPERS | {MatterPart.MEMBER, MatterPart.ELECTOR}
_IN_APPEAL = KEEPERS | {MatterPart.PARTY, MatterPart.PANEL}
_INFORMED_OF_APPEAL = KEEPERS | {MatterPart.PARTY, MatterPart.INFORMED}
_IN_COMPLAINT = KEEPERS | {MatterPart.MEMBER, MatterPart.HANDLER}


@dataclass(frozen=True, kw_only=True)
class MatterKind:
    """One kind of matter.

    Attributes:
        collection: under which address it is found, `/api/{collection}`.
        run: its workflow; `file` what that is started with.
        opens: the act of a person that opens one, None where only the engine does.
        begins: the act of the engine that opens one, None where only people do.
        also_opens: further acts that open one where there is none yet.
        has_own_id: its id is known before it is opened, and is not made for it.
        lasts: it never ends; whatever its workflow lost, the next act starts it again from the record.
        elsewhere: acts that have an address of their own.
        clocks: its deadlines, for readings.
        id_of: from what a person writes to open one to its id; None where each opening makes another matter.
    """

    kernel: Kernel[Any]
    collection: str
    run: Any
    file: type[MatterFile]
    opens: str | None
    readers: Readers
    clocks: Callable[[Any, SchemeRules], Iterable[Clock]]
    begins: str | None = None
    also_opens: frozenset[str] = frozenset()
    has_own_id: bool = False
    lasts: bool = False
    elsewhere: frozenset[str] = frozenset()
    id_of: Callable[[Any], str] | None = None

    def may_open(self, act: str) -> bool:
        """Whether an act opens a matter that is not there yet."""
        return act in {self.opens, self.begins} or act in self.also_opens

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


QUESTION = MatterKind(
    kernel=ETHICS_QUESTION,
    collection="questions",
    run=EthicsQuestionCourse.run,
    file=EthicsQuestionFile,
    opens="ask_commission",
    readers=Readers(
        fields={
            "text": EVERY_PART,
            "may_be_published": EVERY_PART,
            "due_at": EVERY_PART,
            "proposal": _DECIDING,
            "answer": EVERY_PART,
            "published": EVERY_PART,
        }
    ),
    clocks=ethics_questions.clocks_of,
)

CORRECTION = MatterKind(
    kernel=RECORD_CORRECTION,
    collection="corrections",
    run=RecordCorrectionCourse.run,
    file=RecordCorrectionFile,
    opens="propose_correction",
    readers=Readers(
        fields=dict.fromkeys(
            ("stream", "number", "entry_digest", "text", "confirmed_by", "rejected"), KEEPERS | {MatterPart.MEMBER}
        )
    ),
    clocks=lambda _correction, _rules: (),
)

ERASING = MatterKind(
    kernel=ERASURE,
    collection="erasures",
    run=ErasureCourse.run,
    file=ErasureFile,
    opens="ask_erasure",
    readers=Readers(
        fields=dict.fromkeys(
            ("application", "item", "digest", "reasons", "approved_by", "refused", "keys_destroyed_at", "failed"),
            KEEPERS | {MatterPart.MEMBER, MatterPart.RELEASING},
        ),
        parts=parts_in_erasure,
    ),
    clocks=lambda _erasure, _rules: (),
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
    kernel=SCHEME_ADOPTION,
    collection="scheme-proposals",
    run=SchemeProposalCourse.run,
    file=SchemeProposalFile,
    opens="propose_scheme",
    readers=Readers(fields=dict.fromkeys(("proposed", "reasons", "adopted", "in_record"), EVERY_PART)),
    clocks=lambda _proposal, _rules: (),
)

PRACTICE_KIND = MatterKind(
    kernel=PRACTICE,
    collection="practices",
    run=PracticeCourse.run,
    file=PracticeFile,
    opens="offer_practice",
    readers=Readers(
        fields={
            **dict.fromkeys(("criterion", "article", "practice", "text", "consented", "taken_down"), EVERY_PART),
            "published_by": KEEPERS,
            "application": KEEPERS | {MatterPart.PARTY},
        }
    ),
    clocks=lambda _practice, _rules: (),
)

_TO_THE_BODY = KEEPERS | {MatterPart.PARTY, MatterPart.MEMBER, MatterPart.ELECTOR}
_OWN = KEEPERS | {MatterPart.PARTY}

ORGANISATIONS = MatterKind(
    kernel=ORGANISATION,
    collection="organisations",
    run=OrganisationCourse.run,
    file=OrganisationFile,
    opens="apply_to_join",
    also_opens=frozenset({"enter_participant"}),
    has_own_id=True,
    lasts=True,
    elsewhere=frozenset({"enter_participant"}),
    readers=Readers(
        fields={
            "application": _TO_THE_BODY,
            "name": EVERY_PART,
            "country": EVERY_PART,
            "roles": EVERY_PART,
            "entered_at": EVERY_PART,
            "left_at": EVERY_PART,
            "officer": EVERY_PART,
            "public_contact": EVERY_PART,
            "private_contact": _OWN,
            "officer_due_at": EVERY_PART,
            "officer_overdue": EVERY_PART,
            "has_ethics_commission": EVERY_PART,
            "ethics_commission": EVERY_PART,
            "declared_group": _OWN,
            "extract": _OWN,
        },
        parts=parts_in_organisation,
    ),
    clocks=organisations.clocks_of,
)

COMPLAINED = MatterKind(
    kernel=COMPLAINT,
    collection="complaints",
    run=ComplaintCourse.run,
    file=ComplaintFile,
    opens="file_complaint",
    readers=Readers(
        fields={
            **dict.fromkeys(("about", "label", "is_known", "life_at_risk", "text", "due_at"), _IN_COMPLAINT),
            **dict.fromkeys(("handler", "questions", "findings", "decision"), _IN_COMPLAINT),
        },
        parts=parts_in_complaint,
        by_day=True,
    ),
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
    readers=Readers(
        fields=dict.fromkeys(("seats", "sizes", "first_days", "groups", "names", "reports"), EVERY_PART),
        parts=parts_in_institution,
    ),
    clocks=elections.clocks_of,
)

APPEALED = MatterKind(
    kernel=APPEAL,
    collection="appeals",
    run=AppealCourse.run,
    file=AppealFile,
    opens="lodge_appeal",
    id_of=lambda body: appeal_id(body.stream, body.number),
    readers=Readers(
        fields={
            **dict.fromkeys(("against", "stream", "number", "act_at", "tier", "label"), _IN_APPEAL),
            **dict.fromkeys(("due_at", "hearing_wanted", "voted", "outcome", "decision"), _IN_APPEAL),
            **dict.fromkeys(("grounds", "statement", "hearing"), _INFORMED_OF_APPEAL),
        },
        parts=parts_in_appeal,
    ),
    clocks=appeals.clocks_of,
)

_ALL = (
    APPEALED,
    QUESTION,
    LABEL_LIFE,
    COMPLAINED,
    CORRECTION,
    ERASING,
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
        and act not in kind.elsewhere
    }


_BODIES = {name: _bodies(kind, by_public=False) for name, kind in KINDS.items()}
_PUBLIC_BODIES = {name: _bodies(kind, by_public=True) for name, kind in KINDS.items()}
