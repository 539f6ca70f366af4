"""What somebody has begun to fill in: kept however incomplete, as typed, and shown to nobody else."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import JsonValue
from sqlmodel import col, select

from certify.accounts.principal import Principal
from certify.register import drafts
from certify.register.drafts import Draft
from certify.web.act_pages import Typed
from certify.web.services import Services

_OF_THE_FORM = frozenset({"step", "idempotency_key"})


@dataclass(frozen=True, kw_only=True)
class Begun:
    """A draft: its subject (`application/REFERENCE`, `review/APPLICATION`), what was typed, and when it was saved."""

    subject: str
    typed: Typed
    saved_at: datetime

    @property
    def name(self) -> str:
        """What follows the kind in the subject."""
        return self.subject.partition("/")[2]


async def begun(services: Services, principal: Principal, subject: str) -> Begun | None:
    """Return a person's draft, None where they have none."""
    async with services.database.reading() as session:
        row = await session.get(Draft, (principal.person, subject))
    return _begun(row) if row else None


async def all_begun(services: Services, principal: Principal, kind: str) -> Sequence[Begun]:
    """Return a person's drafts whose subject begins with `kind`, the last saved at the top."""
    async with services.database.reading() as session:
        mine = select(Draft).where(Draft.person == principal.person, col(Draft.subject).startswith(kind))
        rows = (await session.exec(mine.order_by(col(Draft.saved_at).desc()))).all()
    return [_begun(row) for row in rows]


async def save(services: Services, principal: Principal, subject: str, typed: Typed) -> datetime:
    """Keep what was typed over what was kept before, and return when."""
    content: dict[str, JsonValue] = {
        name: [*values] for name, values in typed.values.items() if name not in _OF_THE_FORM
    }
    async with services.database.writing() as session:
        return await drafts.save(session, principal.person, subject, content)


async def discard(services: Services, principal: Principal, subject: str) -> None:
    """Forget a draft."""
    async with services.database.writing() as session:
        await drafts.discard(session, principal.person, subject)


def _begun(row: Draft) -> Begun:
    typed = Typed({name: tuple(values) for name, values in json.loads(row.content).items()})
    return Begun(subject=row.subject, typed=typed, saved_at=row.saved_at)
