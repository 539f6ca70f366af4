"""What people wrote of an interest goes with its report from the case to the label, and from one label to the next."""

from certify.vault.sealing import SealBroken
from certify.vault.store import Vault
from schemas.errors import NotFound
from schemas.label_acts import BeginLife


async def hand_on_statements(vault: Vault, act: BeginLife, *, told_by: str, to: str) -> None:
    """Store the statements of interests, reported or on record, among the texts of the label whose life begins.

    One that was erased, or that the store lost or damaged, keeps no label from its life: pages say that it is missing.

    Args:
        vault: the store.
        act: what the label is told.
        told_by: key of the texts of whoever tells.
        to: key of the texts of the label.

    Raises:
        Unavailable: the store cannot be reached.
    """
    reported = [one.statement for one in act.reported_interests]
    for statement in (*reported, *(one.statement for one in act.interests if one.statement is not None)):
        try:
            await vault.put_text(to, await vault.text(told_by, statement))
        except (NotFound, SealBroken):
            continue
