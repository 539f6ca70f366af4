"""Acts that their person signs with a passkey: what is asked for, and what is verified before the act is sent.

    asked = await signatures.ask(act, case)                 # the statement, and options for the browser
    ... navigator.credentials.get(asked.options) ...
    await signatures.check(principal, act, case)            # refused, or good for this act alone

The case refuses an act that comes without what it needs; here is verified what a case cannot: the signature. The
signer verifies it again from the record (`certify.register.orders`).
"""

import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, JsonValue
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from certify.accounts import accepted_signatures
from certify.accounts.assertions import begin_assertion, finish_assertion
from certify.accounts.challenges import AuthenticationChallenge, Purpose
from certify.accounts.passkey_uses import proven_use
from certify.accounts.principal import Principal
from certify.accounts.relying_party import RelyingParty
from certify.accounts.strength import is_strong
from certify.register import passkeys
from certify.register.database import Database
from labels.receipts import base64url, verify_receipt
from schemas.act import ActInCase
from schemas.acts import CastBallot, RecordThirdPartyReport, ReleaseLabel
from schemas.case import Case
from schemas.decision import Ballot
from schemas.errors import NotPermitted, OutOfOrder, VerificationError
from schemas.receipts import BallotStatement, PublicCredential, ReleaseStatement, ReportStatement, Statement
from schemas.signed_acts import NONCE_BYTES, Countersigned, Passkey
from workflows.rules.case.signed_acts import REPORT_KIND, evidence_digest, signed_round, signing_origin, summary_of

Signed = CastBallot | ReleaseLabel | RecordThirdPartyReport
SIGNED: Final = frozenset({"cast_ballot", "release_label", REPORT_KIND})
PURPOSES: Final[dict[type[ActInCase], Purpose]] = {
    CastBallot: "ballot",
    ReleaseLabel: "release",
    RecordThirdPartyReport: "report",
}


class Asked(BaseModel):
    """What a person is asked to sign.

    Attributes:
        nonce: comes back in the receipt.
        statement: exactly what is signed; the challenge is the SHA-256 of its RFC 8785 bytes.
        options: `PublicKeyCredentialRequestOptions` as JSON (WebAuthn Level 3, 5.1.10).
        origin: the address at which the browser must sign.
    """

    model_config = ConfigDict(frozen=True)

    nonce: str
    statement: dict[str, JsonValue]
    options: dict[str, JsonValue]
    origin: str


@dataclass(frozen=True)
class Signatures:
    """Asks for signatures of people, and verifies them.

    Attributes:
        relying: who asks; its origin is frozen in each round.
    """

    database: Database
    relying: RelyingParty

    async def ask(self, act: Signed, case: Case) -> Asked:
        """Return what the person of an act signs; good for minutes and for one act.

        Raises:
            OutOfOrder: `nothing_to_sign`; `origin_changed`: the act is signed at another address.
            Unacceptable: `no_passkey`.
        """
        origin = signing_origin(case, act.kind)
        if origin is None:
            raise OutOfOrder("nothing_to_sign", "Nothing is signed in this case now.")
        if origin != self.relying.origin:
            raise OutOfOrder("origin_changed", f"This is signed at {origin}, where the register was then.")
        statement = statement_of(act, case, base64url(secrets.token_bytes(NONCE_BYTES)))
        async with self.database.writing() as session:
            ceremony = await begin_assertion(
                session,
                act.actor.person,
                PURPOSES[type(act)],
                statement.challenge,
                relying=self.relying,
                now=datetime.now(UTC),
            )
        found = statement.model_dump(mode="json")
        options = json.loads(ceremony.options)
        return Asked(nonce=str(found["nonce"]), statement=found, options=options, origin=origin)

    async def check(self, principal: Principal, act: Signed, case: Case) -> None:
        """Refuse an act whose receipt does not show that its person did it, now and at this site.

        Raises:
            NotPermitted: a code of `labels.receipts.verify_receipt`; `challenge_over`: the challenge was never asked,
                is over, or was answered for another act; `passkey_refused`: the authenticator's counter;
                `step_up_needed`: a countersigned act without a one-time code in this session.
        """
        origin, proof = signing_origin(case, act.kind), act.proof
        if origin is None or proof is None:
            return
        if isinstance(proof, Countersigned):
            _check_one_time_code(principal, proof)
            return
        statement = statement_of(act, case, proof.nonce)
        async with self.database.writing() as session:
            await self._verify(session, act, statement, proof, origin)
            await self._accept(session, act, base64url(statement.challenge), proof)

    async def _verify(self, session: AsyncSession, act: Signed, statement: Statement, proof: Passkey, at: str) -> None:
        """Refuse a signature of any key but a proven one, before a row is asked that says what it was good for."""
        now = datetime.now(UTC)
        known = [
            PublicCredential(
                credential_id=row.credential_id, person=row.person, public_key=row.public_key, entered_at=now
            )
            for row in await passkeys.of_person(session, act.actor.person)
            if row.credential_id == proof.credential_id and await proven_use(session, row) is not None
        ]
        try:
            verify_receipt(statement, proof, known, origin=at, at=now)
        except VerificationError as error:
            raise NotPermitted(error.code, error.message) from None

    async def _accept(self, session: AsyncSession, act: Signed, challenge: str, proof: Passkey) -> None:
        """Use the challenge up for this act; the same act sent again is good, whatever became of it."""
        named: dict[str, str] = {"act_id": act.act_id, "act_digest": act.digest}
        if await accepted_signatures.was_accepted(session, challenge, **named):
            return
        try:
            await self._consume(session, act, challenge, proof)
        except NotPermitted:
            # Of two at once that send the same act, one waited for the other.
            if await accepted_signatures.was_accepted(session, challenge, **named):
                return
            raise
        await accepted_signatures.accept(session, challenge, **named, now=datetime.now(UTC))

    async def _consume(self, session: AsyncSession, act: Signed, challenge: str, proof: Passkey) -> None:
        table, purpose = AuthenticationChallenge, PURPOSES[type(act)]
        query = select(table.id).where(col(table.challenge) == challenge, col(table.purpose) == purpose)
        found = (await session.exec(query)).first()
        await finish_assertion(
            session,
            found or "none",
            json.dumps(_as_answer(proof)),
            person=act.actor.person,
            purpose=purpose,
            relying=self.relying,
            now=datetime.now(UTC),
        )


def statement_of(act: Signed, case: Case, nonce: str) -> Statement:
    """Return what an act says, as its person signs it.

    Raises:
        OutOfOrder: `nothing_to_sign`.
        Unacceptable: `summary_missing`.
    """
    if isinstance(act, RecordThirdPartyReport):
        return _report(act, case, nonce)
    vote = signed_round(case)
    if isinstance(act, CastBallot) and vote is not None:
        return BallotStatement.of(case.id, vote, _ballot(act), nonce)
    if case.decision is None:
        raise OutOfOrder("nothing_to_sign", "Nothing is signed in this case now.")
    return ReleaseStatement.of(case.id, case.decision, act.actor.person, nonce)


def _report(act: RecordThirdPartyReport, case: Case, nonce: str) -> ReportStatement:
    return ReportStatement(
        application=case.id,
        manifest_digest=evidence_digest(case),
        scheme_digest=case.scheme_digest,
        report=act.report,
        summary=summary_of(act),
        person=act.actor.person,
        nonce=nonce,
    )


def _ballot(act: CastBallot) -> Ballot:
    shared = {name: getattr(act, name) for name in Ballot.model_fields.keys() & CastBallot.model_fields.keys()}
    return Ballot(**{**shared, "member": act.actor.person, "proof": None, "cast_at": datetime.now(UTC)})


def _check_one_time_code(principal: Principal, proof: Countersigned) -> None:
    is_fresh = is_strong(principal, datetime.now(UTC))
    if principal.code_given_at is None or proof.authenticated_at != principal.code_given_at or not is_fresh:
        raise NotPermitted("step_up_needed", "Give a one-time code just before.")


def _as_answer(proof: Passkey) -> dict[str, Any]:
    """Return a receipt as the browser's answer it was made from (`PublicKeyCredential.toJSON()`)."""
    response = {
        "clientDataJSON": proof.client_data_json,
        "authenticatorData": proof.authenticator_data,
        "signature": proof.signature,
    }
    named = {"id": proof.credential_id, "rawId": proof.credential_id, "type": "public-key"}
    return {**named, "response": response, "clientExtensionResults": {}}
