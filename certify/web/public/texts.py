"""The few texts of a label's life that everybody reads; a store that is away never keeps a scan from its answer."""

from dataclasses import dataclass

import structlog

from certify.register.labels import LabelRecord
from certify.vault.store import Vault
from schemas.evidence import TextRef
from schemas.label import Standing

log = structlog.get_logger()


@dataclass(frozen=True)
class PublicTexts:
    """What people wrote for everybody.

    Attributes:
        restoration: how the present suspension can be lifted.
        scope: what the label still covers, where that was reduced.
        third_party: what a neutral third party published of its report.
        opinions: what members wrote apart from the decision, None for one that cannot be shown now.
    """

    restoration: str | None = None
    scope: str | None = None
    third_party: str | None = None
    opinions: tuple[str | None, ...] = ()


async def texts_of(vault: Vault, row: LabelRecord) -> PublicTexts:
    """Read what there is to read of a label now."""
    third_party = await _text(vault, row.application, row.public_facts.third_party)
    opinions = tuple([await _text(vault, row.application, ref) for ref in row.public_facts.separate_opinions])
    if row.life is None:
        return PublicTexts(third_party=third_party, opinions=opinions)
    life = row.life.public_life
    last, key = life.steps[-1], f"label-{row.id}"
    lifted = last.restoration if last.standing == Standing.SUSPENDED else None
    return PublicTexts(
        restoration=await _text(vault, key, lifted),
        scope=await _text(vault, key, life.scope),
        third_party=third_party,
        opinions=opinions,
    )


async def _text(vault: Vault, key: str, ref: TextRef | None) -> str | None:
    if ref is None:
        return None
    try:
        return await vault.text(key, ref)
    except Exception as error:  # noqa: BLE001  # whatever the store says, the standing is told without it
        log.warning("text_not_shown", error=type(error).__name__)
        return None
