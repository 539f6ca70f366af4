"""A person's passkeys: making one, listing them, taking one away (WebAuthn Level 3, 7.1)."""

import secrets
from collections.abc import Sequence
from datetime import date, datetime
from typing import Final, NamedTuple
from uuid import UUID

from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession
from webauthn import generate_registration_options, options_to_json, verify_registration_response
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from certify.accounts import challenges
from certify.accounts.assertions import Ceremony, descriptors, parsed, refused
from certify.accounts.passkey_uses import PasskeyUse
from certify.accounts.people_stream import hold, record
from certify.accounts.relying_party import RelyingParty
from certify.register import passkeys as register
from certify.register.row_proofs import prove
from schemas.account_events import CREDENTIAL_ID_MAX, PUBLIC_KEY_MAX, PasskeyEntered, PasskeyRemoved
from schemas.errors import NotFound, Unacceptable

NAME_MAX = 60
MOST = 20
ADVISED = 2
"""Keys a person should have, so that losing one locks nobody out (security.md, 10)."""


class Passkey(NamedTuple):
    """A passkey as its person's page shows it."""

    credential_id: str
    name: str
    last_used_on: date | None


async def begin_registration(
    session: AsyncSession, *, person: str, account_name: str, relying: RelyingParty, now: datetime
) -> Ceremony:
    """Ask an authenticator for a new key, discoverable and verifying its person; the session must be writing.

    Raises:
        Unacceptable: `too_many_passkeys`.
    """
    known = await register.of_person(session, person)
    if len(known) >= MOST:
        raise Unacceptable("too_many_passkeys", f"A person has {MOST} passkeys at most; remove one first.")
    challenge = secrets.token_bytes(32)
    row = await challenges.draw(
        session, person=person, purpose="register", challenge=bytes_to_base64url(challenge), now=now
    )
    options = generate_registration_options(
        rp_id=relying.id,
        rp_name=relying.name,
        user_id=person.encode(),
        user_name=account_name,
        challenge=challenge,
        exclude_credentials=descriptors(known),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
    )
    return Ceremony(id=row.id, options=options_to_json(options))


DEMONSTRATION_AAGUID: Final = b"DEMO-ONLY-NO-KEY"
"""Of the software that signs in a demonstration: no person's authenticator, and never registered as one."""


async def finish_registration(
    session: AsyncSession,
    ceremony: str,
    answer: str,
    *,
    person: str,
    name: str,
    relying: RelyingParty,
    now: datetime,
    authn: str,
    request_id: str = "none",
) -> str:
    """Enter a new key in the record and return its credential id; the session must be writing.

    Raises:
        NotPermitted: `challenge_over` or `passkey_refused`.
        Unacceptable: `passkey_known`; the key was entered before, by whomever.
    """
    challenge = await challenges.consume(session, ceremony, person=person, purpose="register", now=now)
    try:
        made = verify_registration_response(
            credential=parsed(answer),
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=relying.id,
            expected_origin=relying.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError):
        raise refused() from None
    if UUID(made.aaguid).bytes == DEMONSTRATION_AAGUID:
        raise refused()
    credential_id, key = bytes_to_base64url(made.credential_id), bytes_to_base64url(made.credential_public_key)
    await enter(
        session, person=person, credential_id=credential_id, public_key=key, name=name, now=now, authn=authn,
        sign_count=made.sign_count, request_id=request_id,
    )  # fmt: skip
    return credential_id


async def enter(
    session: AsyncSession,
    *,
    person: str,
    credential_id: str,
    public_key: str,
    name: str,
    now: datetime,
    authn: str,
    sign_count: int = 0,
    request_id: str = "none",
) -> int:
    """Enter a key whose possession was proven; returns the number of its entry.

    Raises:
        NotPermitted: `passkey_refused`; id or key is too long to be one.
        Unacceptable: `passkey_known`.
    """
    if len(credential_id) > CREDENTIAL_ID_MAX or len(public_key) > PUBLIC_KEY_MAX:
        raise refused()
    if await session.get(register.PasskeyRecord, credential_id) is not None:
        raise Unacceptable("passkey_known", "This passkey was entered before; add another one.")
    event = PasskeyEntered(at=now, actor=person, person=person, credential_id=credential_id, public_key=public_key)
    number = await record(session, (event,), authn=authn, request_id=request_id)
    use = PasskeyUse(
        credential_id=credential_id,
        name=name.strip()[:NAME_MAX],
        person=person,
        public_key=public_key,
        sign_count=sign_count,
    )
    prove(session, use)
    session.add(use)
    await session.flush()
    return number


async def listed(session: AsyncSession, person: str) -> Sequence[Passkey]:
    """Return a person's passkeys, the oldest first."""
    known = await register.of_person(session, person)
    query = select(PasskeyUse).where(col(PasskeyUse.credential_id).in_([row.credential_id for row in known]))
    uses = {use.credential_id: use for use in (await session.exec(query)).all()}
    found = [(row.credential_id, uses.get(row.credential_id)) for row in known]
    return [Passkey(key, use.name if use else "", use.last_used_on if use else None) for key, use in found]


async def remove(
    session: AsyncSession,
    *,
    person: str,
    credential_id: str,
    keep_one: bool,
    now: datetime,
    authn: str,
    request_id: str = "none",
) -> None:
    """Take away one of a person's own keys; what it signed stays signed.

    With `keep_one` the last key stays: its person needs a second factor and has no other.

    Raises:
        NotFound: `unknown_passkey`; another person's key is as good as none.
        Unacceptable: `last_second_factor`.
    """
    await hold(session)
    known = [row.credential_id for row in await register.of_person(session, person)]
    if credential_id not in known:
        raise NotFound("unknown_passkey", "There is no such passkey.")
    if keep_one and len(known) == 1:
        raise Unacceptable("last_second_factor", "This is your only second factor; add another one first.")
    await record(session, removals(person, [credential_id], by=person, now=now), authn=authn, request_id=request_id)
    await forget(session, [credential_id])


async def forget(session: AsyncSession, credential_ids: Sequence[str]) -> None:
    """Take away what stands beside keys that ended: without it none of them lets anybody in, whatever a view says."""
    await session.exec(delete(PasskeyUse).where(col(PasskeyUse.credential_id).in_(credential_ids)))


def removals(person: str, credential_ids: Sequence[str], *, by: str, now: datetime) -> Sequence[PasskeyRemoved]:
    """Return the events by which keys of a person end."""
    return [PasskeyRemoved(at=now, actor=by, person=person, credential_id=key) for key in credential_ids]
