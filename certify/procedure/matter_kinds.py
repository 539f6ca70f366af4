"""Every kind of matter as the body keeps it: its rules, its workflow, who reads what, and what opens it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from certify.accounts.matter_parts import parts_in_complaint
from certify.accounts.matter_reading import EVERY_PART, KEEPERS, MatterPart, Readers
from certify.procedure.bodies import body_of
from schemas.clocks import Clock
from schemas.matter import Matter
from schemas.scheme import SchemeRules
from workflows.kernel import Kernel
from workflows.matter_file import ComplaintFile, EthicsQuestionFile, MatterFile
from workflows.matters import ComplaintCourse, EthicsQuestionCourse
from workflows.rules import complaint_clocks, ethics_questions
from workflows.rules.complaint_kernel import COMPLAINT
from workflows.rules.ethics_questions import ETHICS_QUESTION

_DECIDING = KEEPERS | {MatterPart.MEMBER, MatterPart.ELECTOR}
_IN_COMPLAINT = KEEPERS | {MatterPart.MEMBER, MatterPart.HANDLER}


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

KINDS: dict[str, MatterKind] = {kind.kernel.name: kind for kind in (QUESTION, COMPLAINED)}


def _bodies(kind: MatterKind, *, by_public: bool) -> dict[str, type[BaseModel]]:
    return {
        act: body_of(act, model)
        for act, model in kind.kernel.acts.items()
        if not getattr(model, "by_engine", False) and getattr(model, "by_public", False) == by_public
    }


_BODIES = {name: _bodies(kind, by_public=False) for name, kind in KINDS.items()}
_PUBLIC_BODIES = {name: _bodies(kind, by_public=True) for name, kind in KINDS.items()}
