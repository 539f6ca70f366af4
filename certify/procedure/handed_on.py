"""What people wrote goes on with what it is about: from the case to the label, and from one label to the next."""

from certify.vault.sealing import SealBroken
from certify.vault.store import Vault
from schemas.errors import NotFound
from schemas.label_acts import BeginLife


async def hand_on_texts(vault: Vault, act: BeginLife, *, told_by: str, to: str) -> None:
    """Store what came along among the texts of the label whose life begins: interests, scope, reasons of surveillances.

    One that was erased, or that the store lost or damaged, keeps no label from its life: pages say that it is missing.

    Args:
        vault: the store.
        act: what the label is told.
        told_by: key of the texts of whoever tells.
        to: key of the texts of the label.

    Raises:
        Unavailable: the store cannot be reached.
    """
    reported, on_record = (one.statement for one in act.reported_interests), (one.statement for one in act.interests)
    written = (*reported, *on_record, act.scope, *(one.reasons for one in act.surveillances))
    for ref in [one for one in written if one is not None]:
        try:
            await vault.put_text(to, await vault.text(told_by, ref))
        except (NotFound, SealBroken):
            continue
