"""Proofs by passkey: ask a person's authenticator to sign a challenge, and check the answer (WebAuthn Level 3, 7.2).

    ceremony = await begin_assertion(session, person, "ballot", digest, relying=relying, now=now)
    ... the browser answers ...
    proof = await finish_assertion(
        session, ceremony.id, answer, person=person, purpose="ballot", bound_to=digest, relying=relying, now=now
    )

(1) the challenge is ours, for this person and purpose, and is used up by the answer   (2) it is what the act is
bound to   (3) the key is one this person has now, and carries our proof   (4) origin and host are the register's, the
person was verified and the signature holds (py_webauthn)   (5) the authenticator's counter has gone up
"""

import hmac
import json
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict
from sqlalchemy import update
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession
from webauthn import generate_authentication_options, options_to_json, verify_authentication_response
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import PublicKeyCredentialDescriptor, UserVerificationRequirement

from certify.accounts import challenges
from certify.accounts.challenges import Purpose
from certify.accounts.passkey_uses import PasskeyUse, proven_use
from certify.accounts.relying_party import RelyingParty
from certify.register import passkeys
from certify.register.passkeys import PasskeyRecord
from schemas.account_events import CoseKey, CredentialId
from schemas.errors import NotPermitted, Unacceptable
from schemas.identifiers import Identifier, Moment

BOUND_BYTES = range(16, 65)
"""Bytes a challenge may have: 16 at least (WebAuthn Level 3, 13.4.3), 64 for a SHA-512."""
ANSWER_MAX = 16_000
"""Characters of an answer."""
_TEXTS = ("clientDataJSON", "authenticatorData", "signature")


class Ceremony(BaseModel):
    """A challenge on its way to an authenticator.

    Attributes:
        options: JSON of `PublicKeyCredentialRequestOptions`, or of the creation options of a new key.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    options: str


class AssertionProof(BaseModel):
    """What an authenticator signed, whole: anybody can check it again with the public key alone.

    The signature is over `authenticator_data` and the SHA-256 of `client_data`, which holds `challenge`. All bytes are
    base64url without padding.
    """

    model_config = ConfigDict(frozen=True)

    person: Identifier
    credential_id: CredentialId
    public_key: CoseKey
    from_entry: int
    challenge: str
    authenticator_data: str
    client_data: str
    signature: str
    at: Moment


async def begin_assertion(
    session: AsyncSession,
    person: str | None,
    purpose: Purpose,
    bound_to: bytes | None = None,
    *,
    relying: RelyingParty,
    now: datetime,
) -> Ceremony:
    """Ask for a proof; the session must be writing.

    `person` is who must give it; None lets any key in the record answer (sign-in without an address). `bound_to` is
    what exactly is signed, a digest of the act; random bytes by default.

    Raises:
        Unacceptable: `no_passkey`; the person has none.
    """
    if bound_to is not None and len(bound_to) not in BOUND_BYTES:
        raise ValueError("a challenge has 16 to 64 bytes")
    challenge = bound_to or secrets.token_bytes(32)
    known = await passkeys.of_person(session, person) if person is not None else ()
    if person is not None and not known:
        raise Unacceptable("no_passkey", "You have no passkey yet; add one under “My account”.")
    row = await challenges.draw(
        session, person=person, purpose=purpose, challenge=bytes_to_base64url(challenge), now=now
    )
    options = generate_authentication_options(
        rp_id=relying.id,
        challenge=challenge,
        allow_credentials=descriptors(known),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return Ceremony(id=row.id, options=options_to_json(options))


async def finish_assertion(
    session: AsyncSession,
    ceremony: str,
    answer: str,
    *,
    person: str | None,
    purpose: Purpose,
    bound_to: bytes | None = None,
    relying: RelyingParty,
    now: datetime,
) -> AssertionProof:
    """Check an answer and return the proof; the session must be writing.

    `answer` is the JSON of `PublicKeyCredential.toJSON()`; person, purpose and `bound_to` are as at the beginning.

    Raises:
        NotPermitted: `challenge_over`, or `passkey_refused`: malformed, of another act, of an unknown key, without
            verification of the person, or a counter that did not go up.
    """
    challenge = await challenges.consume(session, ceremony, person=person, purpose=purpose, now=now)  # (1)
    if bound_to is not None and not hmac.compare_digest(challenge, bytes_to_base64url(bound_to)):  # (2)
        raise refused()
    given = parsed(answer)
    row = await passkeys.find(session, str(given.get("id", "")))
    if row is None or (person is not None and row.person != person):  # (3)
        raise refused()
    use = await proven_use(session, row)
    if use is None:
        raise refused()
    _check_user_handle(given, row)
    await _verify(session, given, row, use.sign_count, challenge, relying, now)
    response = given["response"]
    return AssertionProof(
        person=row.person,
        credential_id=row.credential_id,
        public_key=row.public_key,
        from_entry=row.from_entry,
        challenge=challenge,
        authenticator_data=response["authenticatorData"].rstrip("="),
        client_data=response["clientDataJSON"].rstrip("="),
        signature=response["signature"].rstrip("="),
        at=now,
    )


async def _verify(
    session: AsyncSession,
    given: dict[str, Any],
    row: PasskeyRecord,
    count: int,
    challenge: str,
    relying: RelyingParty,
    now: datetime,
) -> None:
    try:
        verified = verify_authentication_response(  # (4)
            credential=given,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=relying.id,
            expected_origin=relying.origin,
            credential_public_key=base64url_to_bytes(row.public_key),
            credential_current_sign_count=count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError):
        raise refused() from None
    counted = (
        update(PasskeyUse)
        .where(col(PasskeyUse.credential_id) == row.credential_id, col(PasskeyUse.sign_count) == count)
        .values(sign_count=verified.new_sign_count, last_used_on=now.date())
        .execution_options(synchronize_session=False)
    )
    changed = await (await session.connection()).execute(counted)
    if changed.rowcount != 1:  # (5)
        raise refused()


def _check_user_handle(given: dict[str, Any], row: PasskeyRecord) -> None:
    handle = given["response"].get("userHandle")
    if handle and not hmac.compare_digest(str(handle).rstrip("="), bytes_to_base64url(row.person.encode())):
        raise refused()


def descriptors(known: Sequence[PasskeyRecord]) -> list[PublicKeyCredentialDescriptor]:
    """Return keys as options name them."""
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(row.credential_id)) for row in known]


def parsed(answer: str) -> dict[str, Any]:
    """Return an authenticator's answer as an object with a `response` of texts.

    Raises:
        NotPermitted: `passkey_refused`.
    """
    try:
        given = json.loads(answer) if len(answer) <= ANSWER_MAX else None
    except (ValueError, RecursionError):
        raise refused() from None
    response = given.get("response") if isinstance(given, dict) else None
    if not isinstance(given, dict) or not isinstance(response, dict):
        raise refused()
    if not all(isinstance(response.get(name, ""), str) for name in _TEXTS):
        raise refused()
    # Names of keys are base64url; whoever compares them, or looks for them, expects nothing beside.
    if not all(str(one).isascii() for one in (given.get("id"), given.get("rawId"), response.get("userHandle"))):
        raise refused()
    return given


def refused() -> NotPermitted:
    """Return the one refusal for every proof that does not hold; which check failed is not said."""
    return NotPermitted("passkey_refused", "The passkey was not accepted; please try again or use another one.")
