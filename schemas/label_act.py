"""What every act in the life of a label carries."""

from typing import ClassVar

from schemas.label_facts import RecordFacts
from schemas.matter import MatterAct

VOTES = frozenset({"seated", "institution"})
"""Facts that every act needs which opens a vote."""


class LabelAct(MatterAct):
    """What every act in the life of a label carries: the facts of the record `around` it, no part of the content."""

    around: RecordFacts | None = None
    own_facts: ClassVar[frozenset[str]] = MatterAct.own_facts | {"around"}
