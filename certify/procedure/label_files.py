"""Files of a label: fresh evidence lies beside that of its case, and who judges a surveillance opens both."""

from sqlmodel.ext.asyncio.session import AsyncSession

from certify.accounts.matter_reading import MatterReading
from certify.accounts.policy.matter_table import MATTER_READINGS
from certify.register import cases, matters
from schemas.errors import NotFound, NotPermitted
from schemas.evidence import EvidenceItem
from schemas.label_life import LabelLife
from workflows.rules.label.kernel import LABEL

_OPENERS = MATTER_READINGS["read_label_evidence"].parts


def require_offering(reading: MatterReading) -> None:
    """Refuse who may not offer fresh evidence now.

    Raises:
        NotPermitted: the code of what stands in the way.
    """
    refusal = reading.may["offer_fresh_evidence"]
    if refusal is not None:
        raise NotPermitted(refusal, "You cannot add evidence to this label now.")


async def item_of(session: AsyncSession, reading: MatterReading, item: str) -> tuple[str, EvidenceItem]:
    """Return the application under which an item is stored, and the item: fresh, or one of the case.

    Raises:
        NotFound: `unknown_item`, whether there is none or it is not for this reader.
    """
    life = await matters.get(session, LabelLife, LABEL.name, reading.id)
    if not _OPENERS & set(reading.parts):
        raise NotFound("unknown_item", "There is no such item.")
    case = await cases.find(session, life.application)
    found = life.items.get(item) or (case.items.get(item) if case is not None else None)
    if found is None:
        raise NotFound("unknown_item", "There is no such item.")
    return life.application, found
