"""Scheme versions before the Commission: handed in, rehearsed over the labels that stand, and entered once adopted."""

from datetime import UTC, datetime
from itertools import islice

from pydantic import ValidationError
from sqlmodel.ext.asyncio.session import AsyncSession
from temporalio.client import Client

from certify.procedure.scheme_entry import adopt_voted
from certify.register import cases, schemes
from certify.register.database import Database
from certify.vault.store import Vault
from schemas.canonical import canonical_json
from schemas.errand import Errand
from schemas.errors import NotFound, Unacceptable
from schemas.evidence import TextRef
from schemas.identifiers import ENGINE, act_id
from schemas.matter import Matter
from schemas.rehearsal import Rehearsal
from schemas.scheme import Scheme
from schemas.scheme_adoption import ProposedScheme, ProposeScheme, SchemeAct, SchemeProposal
from schemas.scheme_names import what_is_wrong
from workflows.rules.label.rehearsal import rehearse

VAULT_KEY = "scheme"
"""Under which key versions that were handed in are stored."""
_LISTED_MAX = 20
"""So many of the versions that were handed in last are offered to be proposed; each is some 100 kB to read."""
_NAMED_MAX = 10
"""So much of what is wrong is named at once."""


async def hand_in(vault: Vault, scheme: Scheme) -> str:
    """Store a version and return its digest, by which it is proposed and rehearsed.

    Raises:
        Unacceptable: `scheme_names`: it names what it does not define, has no text for what it defines, or contradicts
            itself.
    """
    wrong = list(islice(what_is_wrong(scheme), _NAMED_MAX))
    if wrong:
        raise Unacceptable("scheme_names", f"The scheme does not hold together. {'; '.join(wrong)}.")
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


async def waiting_versions(session: AsyncSession, vault: Vault) -> list[Scheme]:
    """Return the versions that were handed in and never adopted, the last one first, so many as are looked at."""
    last = [await handed_in(vault, digest) for digest in await vault.keys.texts_of(VAULT_KEY, _LISTED_MAX)]
    return [one for one in last if one is not None and await schemes.find(session, one.digest) is None]


async def rehearsal_of(session: AsyncSession, scheme: Scheme) -> Rehearsal:
    """Return what a version would mean for every label of its scheme that is in force or suspended."""
    lines = []
    for case in await cases.with_standing_label(session, scheme.rules.id, datetime.now(UTC)):
        present = await schemes.pinned(session, case.lodged.scheme.digest)
        lines.append(rehearse(case, present.rules, scheme.rules))
    return Rehearsal(scheme=scheme.rules.id, version=scheme.rules.version, digest=scheme.digest, labels=tuple(lines))


async def scheme_facts(session: AsyncSession, vault: Vault, act: SchemeAct, state: Matter | None) -> dict[str, object]:
    """Return what a version is proposed or put to the vote by, as the record stands now.

    Raises:
        NotFound: `unknown_scheme`: it was not handed in, or is no longer in the store.
    """
    if isinstance(act, ProposeScheme):
        digest = act.digest_of_scheme
    else:
        assert isinstance(state, SchemeProposal)
        digest = state.proposed.digest
    scheme = await handed_in(vault, digest)
    if scheme is None:
        raise NotFound("unknown_scheme", "Hand the scheme in before you propose it.")
    rules = scheme.rules
    return {
        "proposed": await _proposed(session, scheme),
        "namesakes": await schemes.namesakes(session, rules.id, rules.version),
    }


async def _proposed(session: AsyncSession, scheme: Scheme) -> ProposedScheme:
    shown = await rehearsal_of(session, scheme)
    replaces = await schemes.digest_in_force(session, scheme.rules.id)
    before = (await schemes.pinned(session, replaces)).rules.criteria if replaces is not None else {}
    return ProposedScheme(
        scheme=scheme.rules.id,
        version=scheme.rules.version,
        digest=scheme.digest,
        replaces=replaces,
        stricter=scheme.rules.stricter_than_code,
        softer=scheme.rules.softer_than_code,
        dropped=tuple(sorted(set(before) - set(scheme.rules.criteria))),
        labels=len(shown.labels),
        would_fail=len(shown.would_fail),
        failing=shown.by_criterion,
    )


class SchemeDoor:
    """Enters an adopted version in the record of its scheme."""

    def __init__(self, client: Client, database: Database, vault: Vault) -> None:
        self._client, self._database, self._vault = client, database, vault

    async def adopt(self, errand: Errand, *, sent_by: str) -> None:
        """Enter a version in place of the one it was compared with; the same errand again changes nothing.

        Raises:
            NotFound: `unknown_scheme`: what was voted on is no longer in the store.
            ProcedureError: as `adopt_voted`.
        """
        scheme = await handed_in(self._vault, str(errand.content["digest"]))
        if scheme is None:
            raise NotFound("unknown_scheme", "The adopted version is not in the store.")
        own = act_id(ENGINE, f"{sent_by}/{errand.key}")
        await adopt_voted(self._client, self._database, scheme, errand, act_id=own)
