"""Every kind of matter as the body keeps it: its rules, its workflow, who reads what, and what opens it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from certify.accounts.label_reading import LABEL_READERS
from certify.accounts.matter_reading import EVERY_PART, KEEPERS, MatterPart, Readers
from certify.procedure.bodies import body_of
from schemas.clocks import Clock
from schemas.matter import Matter
from schemas.scheme import SchemeRules
from workflows.kernel import Kernel
from workflows.label_life import LabelCourse
from workflows.matter_file import EthicsQuestionFile, LabelFile, MatterFile
from workflows.matters import EthicsQuestionCourse
from workflows.rules import ethics_questions, label_clocks
from workflows.rules.ethics_questions import ETHICS_QUESTION
from workflows.rules.label_kernel import LABEL

_DECIDING = KEEPERS | {MatterPart.MEMBER, MatterPart.ELECTOR}


@dataclass(frozen=True, kw_only=True)
class MatterKind:
    """One kind of matter.

    Attributes:
        collection: under which address it is found, `/api/{collection}`.
        run: its workflow; `file` what that is started with.
        opens: the act of a person that opens one, None where only the engine does.
        begins: the act of the engine that opens one, None where only people do.
        clocks: its deadlines, for readings.
    """

    kernel: Kernel[Any]
    collection: str
    run: Any
    file: type[MatterFile]
    opens: str | None
    readers: Readers
    clocks: Callable[[Any, SchemeRules], Iterable[Clock]]
    begins: str | None = None

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

KINDS: dict[str, MatterKind] = {kind.kernel.name: kind for kind in (QUESTION, LABEL_LIFE)}

_BODIES = {
    name: {
        act: body_of(act, model) for act, model in kind.kernel.acts.items() if not getattr(model, "by_engine", False)
    }
    for name, kind in KINDS.items()
}
