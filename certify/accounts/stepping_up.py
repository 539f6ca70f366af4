"""Proving again who one is: by passkey, by code, or by password where a person has nothing else (ASVS 5.0, 7.5.3)."""

from datetime import datetime
from typing import NamedTuple

from sqlmodel.ext.asyncio.session import AsyncSession

from certify.accounts import factors, people, sessions, throttle, totp
from certify.accounts.assertions import finish_assertion
from certify.accounts.passwords import LENGTH_MAX, Passwords
from certify.accounts.principal import Authn, Principal
from certify.accounts.relying_party import RelyingParty
from certify.accounts.security_events import note, tell
from certify.accounts.strength import is_staff
from certify.accounts.totp import TotpKey
from certify.register.database import Database
from schemas.errors import NotPermitted, ProcedureError


class Proof(NamedTuple):
    """What a person gives; one of the three.

    Attributes:
        ceremony: names the challenge that `answer`, of a passkey, is to.
    """

    ceremony: str = ""
    answer: str = ""
    code: str = ""
    password: str = ""


class Means(NamedTuple):
    """By what somebody can prove who they are."""

    passkey: bool
    code: bool
    password: bool


async def means_of(database: Database, principal: Principal) -> Means:
    """Return by what a person can prove who they are; the password only where there is nothing else."""
    async with database.reading() as session:
        found = await factors.of_person(session, principal.person)
    by_password = not found and not (is_staff(principal.facts) and principal.lacks)
    return Means(passkey=found.passkeys > 0, code=found.generator, password=by_password)


async def step_up(
    database: Database,
    passwords: Passwords,
    principal: Principal,
    *,
    cookie: str,
    proof: Proof,
    relying: RelyingParty,
    key: TotpKey,
    now: datetime,
    request_id: str = "none",
) -> str:
    """Check a proof and return the cookie of a new, stronger session in the place of this one.

    Raises:
        NotPermitted: `passkey_refused`, `challenge_over`, `code_wrong`, `sign_in_failed`, `too_many_attempts` or
            `not_signed_in`.
        Unavailable: `busy_signing_in`, `codes_unreadable` or `not_told`.
    """
    try:
        if not proof.answer:
            await _limited(database, passwords, principal, proof, now)
        async with database.writing() as session:
            authn = await _proven(session, principal, proof, relying, key, now)
            fresh = await sessions.strengthen(session, cookie, person=principal.person, authn=authn, now=now)
            tell(session, "stepped_up", principal.person, at=now, authn=authn, request_id=request_id)
    except ProcedureError as error:
        note("step_up_failed", principal.person, at=now, authn=principal.authn, request_id=request_id, code=error.code)
        raise
    return fresh


async def _limited(database: Database, passwords: Passwords, principal: Principal, proof: Proof, now: datetime) -> None:
    """Count an attempt at what can be guessed, and check a password: no transaction is open while argon2 runs."""
    async with database.writing() as session:
        await throttle.count_attempt(session, _attempts(principal), now)
    if not proof.code:
        await _check_password(database, passwords, principal, proof.password)


async def _proven(
    session: AsyncSession, principal: Principal, proof: Proof, relying: RelyingParty, key: TotpKey, now: datetime
) -> Authn:
    """Use a proof up, and return how its person came in by it."""
    if proof.answer:
        await finish_assertion(
            session, proof.ceremony, proof.answer, person=principal.person, purpose="step_up", relying=relying, now=now
        )
        return "passkey"
    if proof.code:
        await totp.use(session, person=principal.person, code=proof.code, key=key, now=now)
    await throttle.forgive(session, _attempts(principal))
    return "password_totp" if proof.code else "password"


def _attempts(principal: Principal) -> str:
    return f"step-up/{principal.person}"


async def _check_password(database: Database, passwords: Passwords, principal: Principal, password: str) -> None:
    """Check the password of somebody who has no second factor.

    Raises:
        NotPermitted: `sign_in_failed`.
    """
    means = await means_of(database, principal)
    async with database.reading() as session:
        stored = people.hash_to_check(session, await people.find(session, principal.person), password)
    async with passwords.turn() as turn:
        checked = await turn.check(password[:LENGTH_MAX], stored)
    if not checked.matches or not means.password:
        raise NotPermitted("sign_in_failed", "The password is wrong.")
