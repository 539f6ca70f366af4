"""Scheme versions before the Commission: handed in, rehearsed over the labels that stand, and entered once adopted."""

from datetime import UTC, datetime

from pydantic import ValidationError
from sqlmodel.ext.asyncio.session import AsyncSession
from temporalio.client import Client

from certify.procedure.scheme_entry import adopt_scheme
from certify.register import cases, schemes
from certify.register.database import Database
from certify.vault.store import Vault
from schemas.canonical import canonical_json
from schemas.errors import NotFound
from schemas.evidence import TextRef
from schemas.identifiers import ENGINE
from schemas.rehearsal import Rehearsal
from schemas.scheme import Scheme
from schemas.scheme_adoption import ProposedScheme
from workflows.rules.label.rehearsal import rehearse

VAULT_KEY = "scheme"
"""Under which key versions that were handed in are stored."""


async def hand_in(vault: Vault, scheme: Scheme) -> str:
    """Store a version and return its digest, by which it is proposed and rehearsed."""
    stored = await vault.put_bytes(VAULT_KEY, canonical_json(scheme))
    assert stored == scheme.digest
    return stored


async def handed_in(vault: Vault, digest: str) -> Scheme | None:
    """Return a version that was handed in, None when there is none of this digest."""
    try:
        found = Scheme.model_validate_json(await vault.text(VAULT_KEY, TextRef(digest=digest, length=1)))
    except (NotFound, ValidationError):
        return None
    return found if found.digest == digest else None


async def rehearsal_of(session: AsyncSession, scheme: Scheme) -> Rehearsal:
    """Return what a version would mean for every label of its scheme that is in force or suspended."""
    lines = []
    for case in await cases.with_standing_label(session, scheme.rules.id, datetime.now(UTC)):
        present = await schemes.pinned(session, case.lodged.scheme.digest)
        lines.append(rehearse(case, present.rules, scheme.rules))
    return Rehearsal(scheme=scheme.rules.id, version=scheme.rules.version, digest=scheme.digest, labels=tuple(lines))


async def proposed(session: AsyncSession, vault: Vault, digest: str) -> ProposedScheme | None:
    """Return what is voted on for a version that was handed in, as the record stands now."""
    scheme = await handed_in(vault, digest)
    if scheme is None:
        return None
    known = await schemes.is_known(session, scheme.rules.id)
    in_force = await schemes.in_force(session, scheme.rules.id) if known else None
    shown = await rehearsal_of(session, scheme)
    return ProposedScheme(
        scheme=scheme.rules.id,
        version=scheme.rules.version,
        digest=scheme.digest,
        replaces=in_force.digest if in_force else None,
        stricter=scheme.rules.stricter_than_code,
        softer=scheme.rules.softer_than_code,
        labels=len(shown.labels),
        would_fail=len(shown.would_fail),
        failing=shown.by_criterion,
    )


class SchemeDoor:
    """Enters an adopted version in the record of its scheme."""

    def __init__(self, client: Client, database: Database, vault: Vault) -> None:
        self._client, self._database, self._vault = client, database, vault

    async def adopt(self, digest: str) -> None:
        """Enter a version; one that is entered already stays as it is.

        Raises:
            NotFound: `unknown_scheme`: what was voted on is no longer in the store.
        """
        scheme = await handed_in(self._vault, digest)
        if scheme is None:
            raise NotFound("unknown_scheme", "The adopted version is not in the store.")
        await adopt_scheme(self._client, self._database, scheme, by=ENGINE)
