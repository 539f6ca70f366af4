"""Telling proposals of scheme versions that a version came into force, after which theirs would change nothing."""

from sqlmodel.ext.asyncio.session import AsyncSession

from certify.procedure.matters import Matters
from certify.register import matters as register
from certify.register import schemes
from certify.register.database import Database
from schemas.errand import Errand
from schemas.errors import ProcedureError, Unavailable
from schemas.scheme_adoption import SchemeProposal
from workflows.rules.matter.scheme_adoption import SCHEME_ADOPTION, overtaken_by
from workflows.rules.matters import BEHIND_ITS_CLOCK


async def tell_overtaken(matters: Matters, database: Database, scheme: str, *, sent_by: str) -> None:
    """Tell every proposal of a scheme that was overtaken; told again it is left as it is.

    Raises:
        Unavailable: one could not be told now.
        OutOfOrder: `too_late`: what is due in one comes first.
    """
    async with database.reading() as session:
        overtaken = [one.id for one in await _open(session, scheme) if await _is_overtaken(session, one)]
    for proposal in overtaken:
        errand = Errand(
            key=f"overtaken/{proposal}",
            to=SCHEME_ADOPTION.name,
            subject=proposal,
            act="note_scheme_adopted",
            content={},
        )
        try:
            await matters.engine_act(errand, sent_by=sent_by)
        except Unavailable:
            raise
        except ProcedureError as error:
            if error.code == BEHIND_ITS_CLOCK:
                raise  # its vote closes in a moment: told then, it is judged by what follows
            continue  # decided, taken back or ended meanwhile


async def _open(session: AsyncSession, scheme: str) -> list[SchemeProposal]:
    every = await register.every(session, SchemeProposal, SCHEME_ADOPTION.name, open_only=True)
    return [one for one in every if one.proposed.scheme == scheme]


async def _is_overtaken(session: AsyncSession, one: SchemeProposal) -> bool:
    in_force = await schemes.digest_in_force(session, one.proposed.scheme)
    namesakes = await schemes.namesakes(session, one.proposed.scheme, one.proposed.version)
    return overtaken_by(one, in_force, namesakes) is not None
