"""Who reads what of a matter, by their part in it; what they do in it, the rules of its kind say."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from certify.accounts.matter_parts import KEEPERS, READING_PARTS, MatterPart
from schemas.people import PersonFacts, Role
from workflows.rules.label.kernel import LABEL
from workflows.rules.matter.appeal_kernel import APPEAL
from workflows.rules.matter.complaint_kernel import COMPLAINT
from workflows.rules.matter.erasures import ERASURE
from workflows.rules.matter.ethics_questions import ETHICS_QUESTION
from workflows.rules.matter.institution import INSTITUTION
from workflows.rules.matter.legal_holds import LEGAL_HOLD
from workflows.rules.matter.organisations import ORGANISATION
from workflows.rules.matter.practices import PRACTICE
from workflows.rules.matter.record_corrections import RECORD_CORRECTION
from workflows.rules.matter.scheme_adoption import SCHEME_ADOPTION

_DECIDING = KEEPERS | {MatterPart.MEMBER, MatterPart.ELECTOR}
_INVOLVED = _DECIDING | {MatterPart.PARTY, MatterPart.JUDGE}
_IN_APPEAL = KEEPERS | {MatterPart.PARTY, MatterPart.PANEL}
_INFORMED_OF_APPEAL = KEEPERS | {MatterPart.PARTY, MatterPart.INFORMED}
_IN_COMPLAINT = KEEPERS | {MatterPart.MEMBER, MatterPart.HANDLER}
_TO_THE_BODY = KEEPERS | {MatterPart.PARTY, MatterPart.MEMBER, MatterPart.ELECTOR}
_OWN = KEEPERS | {MatterPart.PARTY}


@dataclass(frozen=True, slots=True)
class MatterRow:
    """Who is allowed something that is not an act of the procedure.

    Attributes:
        parts: of whom one must have at least one.
        kinds: of matters that it is about; None for all.
        role: that one must hold besides.
    """

    parts: frozenset[MatterPart]
    kinds: frozenset[str] | None = None
    role: Role | None = None

    def holds(self, kind: str, parts: Collection[MatterPart], person: PersonFacts) -> bool:
        """Whether the row allows it to a person with these parts in a matter of a kind."""
        fits = self.kinds is None or kind in self.kinds
        return fits and (self.role is None or person.has(self.role)) and not self.parts.isdisjoint(parts)


_KEEPS_COMPLAINT = MatterRow(
    frozenset({MatterPart.KEEPER}), kinds=frozenset({COMPLAINT.name}), role=Role.SECRETARIAT
)  # fmt: skip

MATTER_READINGS: Final[dict[str, MatterRow]] = {
    "read_matter": MatterRow(frozenset(MatterPart)),
    "read_label_evidence": MatterRow(
        frozenset({MatterPart.PARTY, MatterPart.JUDGING, MatterPart.KEEPER}), kinds=frozenset({LABEL.name})
    ),
    "read_complainant_contact": _KEEPS_COMPLAINT,
}
MATTER_ACTIONS: Final[dict[str, MatterRow]] = {"erase_complainant_contact": _KEEPS_COMPLAINT}
"""What changes something beside the record: acts of the procedure stand in the kernels."""

_FIELDS: Final[dict[str, Mapping[str, frozenset[MatterPart]]]] = {
    ETHICS_QUESTION.name: {
        **dict.fromkeys(("text", "may_be_published", "due_at", "answer", "published"), READING_PARTS),
        "proposal": _DECIDING,
    },
    RECORD_CORRECTION.name: dict.fromkeys(
        ("stream", "number", "entry_digest", "text", "confirmed_by", "rejected"), KEEPERS | {MatterPart.MEMBER}
    ),
    LABEL.name: {
        **dict.fromkeys(
            (
                "application", "tier", "decision", "areas", "issued_at", "expires_at", "build_digest", "standing",
                "scope", "successor", "prolongs",
            ),
            READING_PARTS,
        ),
        **dict.fromkeys(
            (
                "steps", "surveillances", "items", "met", "suspension", "notice", "notice_taken_back", "renewal",
                "prolongation", "appeals",
            ),
            _INVOLVED,
        ),
        **dict.fromkeys(
            ("judging", "proposal", "suspension_proposal", "changes", "reported_interests", "complaints"), _DECIDING
        ),
    },
    SCHEME_ADOPTION.name: dict.fromkeys(
        (
            "proposed", "reasons", "rehearsed_at", "adopted", "in_record", "adoption_refused", "overtaken",
            "taken_back",
        ),
        READING_PARTS,
    ),
    PRACTICE.name: {
        **dict.fromkeys(("criterion", "article", "practice", "text", "consented", "taken_down"), READING_PARTS),
        "published_by": KEEPERS,
        "application": KEEPERS | {MatterPart.PARTY},
    },
    ORGANISATION.name: {
        "application": _TO_THE_BODY,
        **dict.fromkeys(
            (
                "name", "country", "roles", "entered_at", "left_at", "officer", "public_contact", "officer_due_at",
                "officer_overdue", "has_ethics_commission", "ethics_commission",
            ),
            READING_PARTS,
        ),
        **dict.fromkeys(("private_contact", "declared_group", "extract", "holder_image"), _OWN),
        "entry_proposal": _DECIDING,
    },
    COMPLAINT.name: dict.fromkeys(
        (
            "about", "label", "is_known", "life_at_risk", "text", "due_at", "handler", "questions", "findings",
            "decision",
        ),
        _IN_COMPLAINT,
    ),
    ERASURE.name: dict.fromkeys(
        (
            "application", "item", "digest", "files_only", "reasons", "approved_by", "refused", "keys_destroyed_at",
            "failed",
        ),
        KEEPERS | {MatterPart.MEMBER, MatterPart.RELEASING},
    ),
    LEGAL_HOLD.name: dict.fromkeys(
        (
            "about", "held", "reasons", "confirmed_by", "refused", "lifting_asked_by", "lifting", "kept", "lifted_by",
        ),
        KEEPERS | {MatterPart.MEMBER, MatterPart.RELEASING},
    ),
    INSTITUTION.name: dict.fromkeys(("seats", "sizes", "first_days", "groups", "names", "reports"), READING_PARTS),
    APPEAL.name: {
        **dict.fromkeys(("against", "stream", "number", "act_at", "tier", "label"), _IN_APPEAL),
        **dict.fromkeys(("due_at", "hearing_wanted", "voted", "outcome", "decision"), _IN_APPEAL),
        **dict.fromkeys(("grounds", "statement", "hearing"), _INFORMED_OF_APPEAL),
    },
}  # fmt: skip
"""For each field of a kind's state the parts that may read it; a field that is not named is for keepers."""

CLOCK_FIELDS: Final[dict[str, Mapping[str, str]]] = {
    ETHICS_QUESTION.name: {"ethics_question": "due_at"},
    LABEL.name: {
        "expiry": "expires_at",
        **dict.fromkeys(
            (
                "surveillance", "surveillance_missed", "surveillance_lapse", "surveillance_review",
                "surveillance_decision", "surveillance_answer",
            ),
            "surveillances",
        ),
        "suspension": "suspension",
        "withdrawal_hearing": "notice",
        "renewal": "renewal",
    },
    ORGANISATION.name: {"accession": "application", "officer": "officer_due_at"},
    COMPLAINT.name: {"complaint": "due_at", "complaint_question": "questions"},
    INSTITUTION.name: {"term": "seats"},
    APPEAL.name: dict.fromkeys(("appeal", "body_statement", "appeal_declarations"), "due_at"),
}  # fmt: skip
"""For each clock of a kind the field that it tells of; a clock that is not named is for keepers."""


def may_read_clock(kind: str, clock: str, readable: Collection[str], parts: Collection[MatterPart]) -> bool:
    """Whether somebody who reads these fields of a matter reads a kind of clock in it."""
    return not KEEPERS.isdisjoint(parts) or CLOCK_FIELDS.get(kind, {}).get(clock) in readable


def readable_fields(kind: str, fields: Collection[str], parts: Collection[MatterPart]) -> frozenset[str]:
    """Return which of a matter's fields somebody with these parts reads."""
    if not KEEPERS.isdisjoint(parts):
        return frozenset(fields)
    return frozenset(name for name, readers in _FIELDS.get(kind, {}).items() if not readers.isdisjoint(parts))
