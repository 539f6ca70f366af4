"""Every kind of matter as the body keeps it: its rules, its workflow, who reads what, and what opens it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from certify.accounts.matter_reading import EVERY_PART, KEEPERS, MatterPart, Readers
from certify.procedure.bodies import body_of
from schemas.clocks import Clock
from schemas.matter import Matter
from schemas.scheme import SchemeRules
from workflows.kernel import Kernel
from workflows.matter_file import EthicsQuestionFile, MatterFile, PracticeFile, RecordCorrectionFile, SchemeProposalFile
from workflows.matters import EthicsQuestionCourse, PracticeCourse, RecordCorrectionCourse, SchemeProposalCourse
from workflows.rules import ethics_questions
from workflows.rules.ethics_questions import ETHICS_QUESTION
from workflows.rules.practices import PRACTICE
from workflows.rules.record_corrections import RECORD_CORRECTION
from workflows.rules.scheme_adoption import SCHEME_ADOPTION

_DECIDING = KEEPERS | {MatterPart.MEMBER, MatterPart.ELECTOR}


@dataclass(frozen=True, kw_only=True)
class MatterKind:
    """One kind of matter.

    Attributes:
        collection: under which address it is found, `/api/{collection}`.
        run: its workflow; `file` what that is started with.
        opens: the act that opens one, None where only the engine does.
        clocks: its deadlines, for readings.
    """

    kernel: Kernel[Any]
    collection: str
    run: Any
    file: type[MatterFile]
    opens: str | None
    readers: Readers
    clocks: Callable[[Any, SchemeRules], Iterable[Clock]]

    @property
    def state(self) -> type[Matter]:
        """The model of the matter."""
        state: type[Matter] = self.kernel.state
        return state

    @property
    def bodies(self) -> Mapping[str, type[BaseModel]]:
        """What a person writes for each act that is a person's."""
        return _BODIES[self.kernel.name]


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

KINDS: dict[str, MatterKind] = {kind.kernel.name: kind for kind in (QUESTION, CORRECTION, ADOPTION, PRACTICE_KIND)}

_BODIES = {
    name: {
        act: body_of(act, model) for act, model in kind.kernel.acts.items() if not getattr(model, "by_engine", False)
    }
    for name, kind in KINDS.items()
}
