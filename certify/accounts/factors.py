"""What second factors a person has."""

from typing import NamedTuple

from sqlmodel.ext.asyncio.session import AsyncSession

from certify.accounts import totp
from certify.register import passkeys


class Factors(NamedTuple):
    """How many passkeys, and whether there is a code generator."""

    passkeys: int
    generator: bool

    def __bool__(self) -> bool:
        return self.passkeys > 0 or self.generator


async def of_person(session: AsyncSession, person: str) -> Factors:
    """Return a person's second factors."""
    return Factors(len(await passkeys.of_person(session, person)), await totp.is_enrolled(session, person))
