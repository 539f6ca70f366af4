"""Who may open an item of evidence now: computed from the facts at every opening, stored nowhere (security T12).

A grant holds for one person, case and round, as long as the facts do: whoever leaves the panel, is replaced or declares
an interest has none at the next byte they ask for, whatever session, token or link they hold.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from certify.accounts.matter_parts import MatterPart
from certify.accounts.matter_reading import MatterReading
from certify.accounts.parts import Part, parts_in
from certify.accounts.policy import permit
from certify.accounts.principal import Principal
from schemas.case import Case
from schemas.errors import NotFound
from schemas.evidence import EvidenceItem
from schemas.record_events import EvidenceOpened

_ORDER: Final = (
    *(Part.APPLICANT, Part.REVIEWER, Part.INFORMED_MEMBER, Part.INFORMED_THIRD_PARTY, Part.PANEL, Part.SECRETARIAT),
)
"""The part that counts, where a person has several that open evidence."""
_IN_LABEL: Final = {MatterPart.PARTY: "party", MatterPart.JUDGING: "judge", MatterPart.KEEPER: "keeper"}
"""The same in a label, and how the record of openings names it."""


@dataclass(frozen=True)
class Grant:
    """The right to open one item now.

    Attributes:
        part: what gives it; `round` and `manifest` say at which state of the case, `label` for which label.
    """

    application: str
    item: EvidenceItem
    part: str
    round: int | None = None
    manifest: int | None = None
    label: str | None = None

    def opening(self, principal: Principal, now: datetime) -> EvidenceOpened:
        """Return the event that says the grant was used."""
        return EvidenceOpened(
            at=now,
            actor=principal.person,
            person=principal.person,
            item=self.item.id,
            digest=self.item.digest,
            part=self.part,
            manifest=self.manifest,
            round=self.round,
            label=self.label,
        )


def grant_in_case(case: Case, principal: Principal, item: str) -> Grant:
    """Return somebody's right to open an item of a case.

    Raises:
        NotFound: `unknown_item`, whether there is none or it is not for them.
    """
    found = case.evidence.get(item)
    if found is None or not permit(principal, "read_evidence", case):
        raise NotFound("unknown_item", "There is no such item.")
    held, vote = parts_in(case, principal.facts, principal.hears), case.open_round
    return Grant(
        application=case.id,
        item=found,
        part=next(part for part in _ORDER if part in held).value,
        round=vote.number if vote else None,
        manifest=case.manifest.version if case.manifest else None,
    )


def grant_in_label(reading: MatterReading, application: str, item: EvidenceItem) -> Grant:
    """Return the right to open an item that a label rests on, for whoever may read the label so far."""
    part = next(name for part, name in _IN_LABEL.items() if part in reading.parts)
    return Grant(application=application, item=item, part=part, label=reading.id)
