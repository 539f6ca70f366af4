"""What can be refused, each with a stable code and a sentence for a person.

A `ProcedureError` is expected: it is shown to people and is never an incident. HTTP statuses belong to
the edge (`certify.web.errors`), never here.
"""

from typing import ClassVar


class ProcedureError(Exception):
    """An act or a reading that the procedure refuses; nothing has changed.

    Attributes:
        code: stable snake_case name; clients and tests rely on it.
        message: one sentence for the person who acted, in English (translated at the edge by code).
        kept_for: the request for which it was put on record, None until then.
    """

    kind: ClassVar[str] = "refused"
    kept_for: str | None = None

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"

    @property
    def on_record(self) -> "ProcedureError":
        """As what the record keeps this refusal (procedure, rule 3)."""
        return self


class NotFound(ProcedureError):  # noqa: N818  # a refusal is no fault of the program: the words are procedure.md's
    """There is no such thing, or the person may not know of it.

    Attributes:
        hides: the interest for which the person may not know of it; the record keeps that, and nobody tells them.
    """

    kind = "not_found"

    def __init__(self, code: str, message: str, *, hides: "ConflictOfInterest | None" = None) -> None:
        super().__init__(code, message)
        self.hides = hides

    @property
    def on_record(self) -> ProcedureError:
        """The interest, where one is behind it."""
        return self.hides or self


class NotPermitted(ProcedureError):  # noqa: N818  # as NotFound
    """This person may not do this, whatever the state of the case."""

    kind = "not_permitted"


class ConflictOfInterest(NotPermitted):
    """An interest, an earlier part in the case, or a missing declaration stands in the way (ISO/IEC 17065, 4.2).

    That such an act was refused is always on record, however many were refused before it (procedure, rule 3).
    """

    kind = "conflict_of_interest"


class OutOfOrder(ProcedureError):  # noqa: N818  # as NotFound
    """The act belongs to another stage."""

    kind = "out_of_order"


class EvidenceIncomplete(OutOfOrder):
    """Some mandatory criteria have neither evidence nor a reason why they do not apply (ISO/IEC 17065, 7.4)."""

    kind = "evidence_incomplete"


class QuorumNotReached(OutOfOrder):
    """Too few ballots for a decision (ISO/IEC 17065, 7.6)."""

    kind = "quorum_not_reached"


class AlreadyDecided(ProcedureError):  # noqa: N818  # as NotFound
    """The thing was done before, or the key was used for another act."""

    kind = "already_decided"


class Unacceptable(ProcedureError):  # noqa: N818  # as NotFound
    """The content of the act breaks a rule of the scheme or a limit."""

    kind = "unacceptable"


class Unavailable(ProcedureError):  # noqa: N818  # as NotFound
    """A part of the engine cannot be reached now; the same act may be sent again under the same key."""

    kind = "unavailable"


class LabelError(Exception):
    """The mark could not be made or read."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


class PreparationError(LabelError):
    """A label statement that may not be signed."""


class VerificationError(LabelError):
    """A token that is not authentic; `code` is the reason: malformed, unknown_key, bad_signature, not_in_log."""


class CouldNotCheck(LabelError):  # noqa: N818  # "could not check" is never "invalid"
    """The question could not be answered: no readable code, no keys, no register."""
