"""The activity `issue_label`: from the number of a recorded decision to a signed label (design, 2.8).

A decision is a grant, `<application>/<entry>`, or a prolongation, `label/<id>/<entry>`.

(1) the case, and of a prolongation the label's life, is read from the record, its chain verified
(2) decision, ballots and scheme are checked again with the same rules
(3) what is going to be signed, and with which key, is on the disk
(4) exactly that is signed
(5) the signature is on the disk before anyone gets it
"""

import asyncio
import secrets
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count

from temporalio import activity
from temporalio.exceptions import ApplicationError

from certify.activities.sign_log import Intent, Signature, SignLog
from certify.register.chain import ChainBroken
from certify.register.database import Database
from certify.register.orders import NotCarriedError, Ordered, ordered
from labels.encoding import to_base36
from labels.keyring import Keyring
from labels.signing import Signer, prepare, sign, subject_digest
from labels.status import SHARD
from schemas.errors import NotFound, PreparationError, Unavailable
from schemas.label import IssuedLabel, LabelStatement
from schemas.label_number import ID_BYTES, id_of, is_preview
from workflows.activities import SIGNING_REFUSED, Signing, SigningOrder

FULL = SHARD * 31 // 32
"""Labels of a shard before the next one is begun: full lists are the smallest for all labels together (decision 25)."""


class LabelSigning(Signing):
    """Signs what the record grants. The same decision always gives the same label, from the log.

    `keys` gives the label keys as they are known at that moment: a key that was compromised signs nothing more.
    """

    def __init__(
        self,
        database: Database,
        keys: Callable[[], Keyring],
        log: SignLog,
        require_issuing: Callable[[], None] = lambda: None,
    ) -> None:
        self._database, self._keys, self._log = database, keys, log
        self._require_issuing = require_issuing
        self._one_at_a_time = asyncio.Lock()

    @activity.defn(name="issue_label")
    async def issue_label(self, order: SigningOrder) -> IssuedLabel:
        """Make the label of a recorded grant."""
        async with self._one_at_a_time:
            signed = self._log.signature_for(order.decision)
            if signed is not None:
                return signed.label
            try:
                self._require_issuing()
                async with self._database.reading() as session:
                    found = await ordered(session, order.decision, datetime.now(UTC))  # (1) (2)
            except NotCarriedError as error:
                # Final: the case learns of it, and goes on by its rules.
                raise ApplicationError(
                    error.code, error.code, order.decision, type=SIGNING_REFUSED, non_retryable=True
                ) from error
            except (PreparationError, ChainBroken, NotFound, Unavailable) as error:
                # Not final: the record is mended by people, and then the same order is carried out.
                raise ApplicationError(str(error), type="not_signed") from error
            return self._signed(order.decision, found)

    def _signed(self, decision: str, found: Ordered) -> IssuedLabel:
        intent, signer = self._intent(decision, found)
        token = sign(prepare(intent.statement), signer)  # (4)
        label = _label(found, intent, to_base36(token), signer.kid)
        self._log.append(Signature(decision=decision, at=datetime.now(UTC), label=label))  # (5)
        return label

    def _intent(self, decision: str, found: Ordered) -> tuple[Intent, Signer]:
        """Return what was begun, with its key; where that key may sign no more, the same under the key of today."""
        now, begun, keys = datetime.now(UTC), self._log.intent_for(decision), self._keys()
        signer = keys.intended(begun.kid, now.date()) if begun is not None else None
        if begun is not None and signer is not None:
            return begun, signer
        signer = keys.for_day(now.date())
        if begun is not None:
            intent = begun.model_copy(update={"at": now, "kid": signer.kid})
        else:
            holder, statement = found.case.lodged.organisation_name, self._statement(found)
            intent = Intent(decision=decision, at=now, statement=statement, holder=holder, kid=signer.kid)
        prepare(intent.statement)
        self._log.append(intent)  # (3)
        return intent, signer

    def _statement(self, found: Ordered) -> LabelStatement:
        system, label_id = found.case.lodged.system, _new_id()
        return LabelStatement(
            id=label_id,
            expires_at=found.expires_at,
            tier=found.case.tier.value,
            status_index=self._free_status_index(),
            subject_digest=subject_digest(label_id, system.name, system.version, system.build_digest),
            name_version=f"{system.label_name} {system.version}",
        )

    def _free_status_index(self) -> int:
        """Draw a place at random in the first shard that is not nearly full, so that an index tells no order."""
        taken = self._log.status_indices
        counts = Counter(index // SHARD for index in taken)
        shard = next(one for one in count() if counts[one] < FULL)
        while (index := shard * SHARD + secrets.randbelow(SHARD)) in taken:
            pass
        return index


def _new_id() -> str:
    """Draw a number that no label has and no preview could have."""
    while is_preview(drawn := id_of(secrets.token_bytes(ID_BYTES))):
        pass
    return drawn


def _label(found: Ordered, intent: Intent, token: str, kid: str) -> IssuedLabel:
    statement = intent.statement
    return IssuedLabel(
        id=statement.id,
        token=token,
        kid=kid,
        decision_number=intent.decision,
        status_index=statement.status_index,
        subject_digest=statement.subject_digest,
        name_version=statement.name_version,
        tier=statement.tier,
        holder=intent.holder,
        issued_at=found.decided_at,
        expires_at=statement.expires_at,
        case_entry=found.case.entry if found.case.edition > 1 else None,
    )
