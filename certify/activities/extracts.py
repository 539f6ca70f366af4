"""The activity `sign_extract`: from an entry of an organisation's stream to a signed extract (Code, II-2.1).

(1) the organisation is read from the record, its chain verified, and folded up to that entry
(2) what is going to be signed, and with which key, is on the disk
(3) exactly that is signed
(4) the signature is on the disk before anyone gets it
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

from temporalio import activity
from temporalio.exceptions import ApplicationError

from certify.activities.sign_log import ExtractIntent, ExtractSignature, SignLog
from certify.register.chain import ChainBroken, verified_events
from certify.register.database import Database
from labels.extracts import prepare_extract, sign_extract
from labels.keyring import Keyring
from labels.signing import Signer
from schemas.canonical import digest_of
from schemas.errors import PreparationError
from schemas.extract import ExtractStatement, SignedExtract
from schemas.organisation import Organisation
from workflows.activities import ExtractOrder, ExtractSigning
from workflows.options import matter_stream
from workflows.rules.matter.extracts import extract_of
from workflows.rules.matter.organisations import ORGANISATION


class RegisterExtracts(ExtractSigning):
    """Signs what the Register says. The same entry always gives the same extract, from the log."""

    def __init__(self, database: Database, keys: Callable[[], Keyring], log: SignLog) -> None:
        self._database, self._keys, self._log = database, keys, log
        self._one_at_a_time = asyncio.Lock()

    @activity.defn(name="sign_extract")
    async def sign_extract(self, order: ExtractOrder) -> SignedExtract:
        """Sign what the Register says of an organisation since an entry."""
        async with self._one_at_a_time:
            number = f"{order.organisation}/{order.entry}"
            signed = self._log.extract_for(number)
            if signed is not None:
                return signed.extract
            intent = self._log.extract_intent_for(number)
            try:
                statement = intent.statement if intent is not None else await self._statement(order)  # (1)
                return self._signed(statement, self._signer(statement, intent))
            except (PreparationError, ChainBroken) as error:
                # Not final: the record is mended by people, and then the same order is carried out.
                raise ApplicationError(str(error), type="not_signed") from error

    async def _statement(self, order: ExtractOrder) -> ExtractStatement:
        state: Organisation | None = None
        async with self._database.reading() as session:
            async for body in verified_events(session, matter_stream(ORGANISATION.name, order.organisation)):
                state = ORGANISATION.evolve(state, ORGANISATION.events.validate_json(body))
                if state.entry == order.entry:
                    break
        statement = extract_of(state) if state is not None else None
        if statement is None or statement.entry != order.entry:
            raise PreparationError("unknown_entry", f"The Register has no entry {order.organisation}/{order.entry}.")
        return statement

    def _signer(self, statement: ExtractStatement, begun: ExtractIntent | None) -> Signer:
        """Return the key of what was begun; where it may sign no more, or nothing was begun, that of today."""
        prepare_extract(statement)
        keys, now = self._keys(), datetime.now(UTC)
        signer = keys.intended(begun.kid, now.date()) if begun is not None else None
        if signer is None:
            signer = keys.for_day(now.date())
            self._log.append(ExtractIntent(at=now, statement=statement, kid=signer.kid))  # (2)
        return signer

    def _signed(self, statement: ExtractStatement, signer: Signer) -> SignedExtract:
        extract = SignedExtract(
            organisation=statement.organisation,
            entry=statement.entry,
            digest=digest_of(statement),
            kid=signer.kid,
            signed=sign_extract(prepare_extract(statement), signer),  # (3)
        )
        self._log.append(ExtractSignature(at=datetime.now(UTC), extract=extract))  # (4)
        return extract
