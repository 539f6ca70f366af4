"""What a permission is decided by, besides who asks: a case, a matter (a label is one), or nothing more."""

from dataclasses import dataclass
from typing import Any

from schemas.case import Case
from schemas.matter import Matter
from schemas.scheme import SchemeRules
from workflows.kernel import Kernel


@dataclass(frozen=True, slots=True)
class Nothing:
    """The action is about no case and no matter."""


NOTHING = Nothing()


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """A case as it stands.

    Attributes:
        case: None also where there is no such case.
        rules: of the scheme the case is pinned to; acts need them.
    """

    case: Case | None
    rules: SchemeRules | None = None


@dataclass(frozen=True, slots=True)
class MatterFacts:
    """A matter as it stands, of the kind its kernel names; the life of a label is one.

    Attributes:
        matter: None also where there is no such matter.
        rules: of the scheme the matter follows; acts need them.
        opens: whether the act asked about opens a matter that is not there yet.
        kept_out: why a case or label behind the matter keeps out who asks (`certify.register.behind`).
    """

    kernel: Kernel[Any]
    matter: Matter | None
    rules: SchemeRules | None = None
    opens: bool = False
    kept_out: str | None = None


Facts = Nothing | CaseFacts | MatterFacts
