"""What people declare of their interests in a case, and what others report of them (ISO/IEC 17065, 4.2)."""

from typing import ClassVar, Literal

from schemas.act import ActInCase
from schemas.evidence import TextRef
from schemas.identifiers import Identifier


class DeclareInterests(ActInCase):
    """Declare interests in this case, or that there are none (ISO/IEC 17065, 4.2)."""

    kind: Literal["declare_interests"] = "declare_interests"
    has_interest: bool
    statement: TextRef | None = None


class ReportUndeclaredInterest(ActInCase):
    """Report an interest of somebody with a part in the case, which they did not declare; another person settles it."""

    kind: Literal["report_undeclared_interest"] = "report_undeclared_interest"
    person: Identifier
    statement: TextRef
    needs: ClassVar[frozenset[str]] = frozenset({"people"})


class ConfirmUndeclaredInterest(ActInCase):
    """Confirm, as the second person, an interest that somebody reported: it counts as declared."""

    kind: Literal["confirm_undeclared_interest"] = "confirm_undeclared_interest"
    person: Identifier


class RejectUndeclaredInterest(ActInCase):
    """Reject, as the second person, an interest that somebody reported."""

    kind: Literal["reject_undeclared_interest"] = "reject_undeclared_interest"
    person: Identifier
    reasons: TextRef
