"""Which labels would fail a scheme version before the Commission, for those who may rehearse it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from certify.accounts.policy import permit
from certify.accounts.principal import Principal
from certify.procedure import adoption
from certify.register import labels, schemes
from certify.web.language import Language, marked, sentence
from certify.web.matters.open_matter import OpenMatter
from certify.web.services import Services
from schemas.errors import NotFound
from schemas.label import Standing
from schemas.rehearsal import Shortfall
from schemas.scheme_adoption import ProposedScheme

_WHY = {
    Shortfall.NEW_CRITERION: marked("not asked before"),
    Shortfall.NOT_JUDGED: marked("not judged met"),
    Shortfall.NOT_SHOWN: marked("not shown by evidence"),
    Shortfall.EVIDENCE_NO_LONGER_FITS: marked("its evidence no longer fits"),
}


@dataclass(frozen=True, kw_only=True)
class FailingLabel:
    """A label that would fail as it stands; `failing` tells why, by criterion."""

    number: str
    product: str
    version: str
    holder: str
    standing: Standing
    failing: dict[str, str]


async def rehearsed(services: Services, principal: Principal, opened: OpenMatter, language: Language) -> dict[str, Any]:
    """Return the labels that would fail the version as the record stands now; None for whoever may not rehearse it.

    And whether another version came into force since the one that is voted on was compared.
    """
    if not permit(principal, "rehearse_scheme"):
        return {"would_fail": None}
    proposed, now = ProposedScheme.model_validate(opened.reading.facts["proposed"]), datetime.now(UTC)
    async with services.database.reading() as session:
        try:
            scheme = await adoption.handed_in(services.vault, proposed.digest) or await schemes.pinned(
                session, proposed.digest
            )
        except NotFound:
            return {"would_fail": None}
        shown = await adoption.rehearsal_of(session, scheme)
        rows = {row.application: row for row in await labels.standing(session, now)}
        in_force = await schemes.digest_in_force(session, proposed.scheme)
    motions = opened.reading.motions
    return {
        "overtaken": bool(motions) and motions[-1].closed_at is None and in_force != proposed.replaces,
        "came_into_force": in_force == proposed.digest,
        "would_fail": [
            FailingLabel(
                number=row.id,
                product=row.product,
                version=row.public_facts.version,
                holder=row.holder,
                standing=row.standing_at(now),
                failing={criterion: sentence(language, _WHY[why]) for criterion, why in one.failing.items()},
            )
            for one in shown.would_fail
            if (row := rows.get(one.application)) is not None
        ],
    }
