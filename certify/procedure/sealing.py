"""Seals what Temporal keeps of a case, so that its database, its operators and its backups read none of it.

AES-256-GCM with the key of the case or matter: destroyed, its histories are noise (I19). What goes to the signer is
ids and is sealed with a key of the installation, for the signer has no key of a case. Bound to its workflow and to
what it is for, a payload is good in no other and for nothing else: what answers a query answers no activity. Nothing
unsealed is taken in a workflow whose id is hidden, and in none at all once no earlier one runs, so whoever reaches
Temporal sends no act and orders no errand of their own.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any, Final, Protocol, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from temporalio.api.common.v1 import Payload
from temporalio.converter import (
    ActivitySerializationContext,
    PayloadCodec,
    SerializationContext,
    WithSerializationContext,
    WorkflowSerializationContext,
)

from certify.procedure.workflow_ids import WorkflowIds, subject_of
from certify.vault.payload_keys import PayloadKeys
from schemas.canonical import canonical_json
from workflows import options

ENCODING: Final = b"binary/sealed"
_KEY, _SCOPE, _PURPOSE = "key", "workflow", "for"
_OF_WORKFLOW: Final = "workflow"
"""What is said to a workflow and what it answers; all else is for an activity, and has its type."""
_NONCE_BYTES: Final = 12
_NO_WORKFLOW: Final = "-"
"""Scope of an activity that somebody started by itself; nothing is ever sealed for it, and it takes nothing."""
_REMEMBERED_FOR: Final = 60.0
"""Seconds a program goes on with a key it has: so long after its destruction may one still open."""
_REMEMBERED_MAX: Final = 1000


class CaseKey(Protocol):
    """The key of a case or matter (`certify.vault.keys.SubjectKey`)."""

    @property
    def id(self) -> str:
        """Random; stands beside what it sealed."""

    @property
    def key(self) -> bytes:
        """32 bytes."""


class CaseKeys(Protocol):
    """Where the keys of cases and matters are kept (`certify.vault.keys.VaultKeys`)."""

    async def key_of(self, subject: str) -> CaseKey:
        """Return the key of a case or matter, made at first use."""

    async def find(self, key_id: str) -> CaseKey:
        """Return the key of an id."""


class UnsealedError(Exception):
    """A payload that was not sealed here for this workflow. Nothing is taken from it; what waits for it goes on
    waiting.
    """  # noqa: D205  # one sentence and its reason


@dataclass(frozen=True)
class _Cipher:
    id: str
    aead: AESGCM


class Ring:
    """Finds the cipher of a workflow or of an id; shared by all codecs of a program.

    Args:
        installation: keys of what belongs to no case.
        cases: keys of cases; None for the signer, which has none.
        seals: whether it seals; while programs of before still run, it only opens.

    Attributes:
        takes_unsealed: whether a workflow of before may still run, whose payloads nobody sealed.
    """

    def __init__(self, installation: PayloadKeys, cases: CaseKeys | None, *, seals: bool = True) -> None:
        self._cases, self.seals = cases, seals
        self.takes_unsealed = not seals or installation.workflows_sealed_since is None
        self.ids = WorkflowIds(installation.naming)
        self._installation = {name: _cipher(name, key) for name, key in installation.sealing.items()}
        self._current = self._installation[installation.current]
        self._remembered: dict[tuple[str, str], tuple[float, _Cipher]] = {}

    async def of(self, scope: str, *, for_signer: bool) -> _Cipher:
        """Return what seals for a workflow now."""
        subject = subject_of(self.ids.name(scope))
        if for_signer or subject is None or self._cases is None:
            return self._current
        known = self._known("of", subject)
        return known or self._keep("of", subject, await self._cases.key_of(subject))

    async def find(self, key_id: str) -> _Cipher:
        """Return what opens under an id.

        Raises:
            UnsealedError: this program has no such key.
        """
        known = self._installation.get(key_id) or self._known("find", key_id)
        if known is not None:
            return known
        if self._cases is None:
            raise UnsealedError("sealed with a key that this program does not have")
        return self._keep("find", key_id, await self._cases.find(key_id))

    def _known(self, how: str, name: str) -> _Cipher | None:
        until, cipher = self._remembered.get((how, name), (0.0, None))
        return cipher if monotonic() < until else None

    def _keep(self, how: str, name: str, key: CaseKey) -> _Cipher:
        while len(self._remembered) >= _REMEMBERED_MAX:
            del self._remembered[next(iter(self._remembered))]
        cipher = _cipher(key.id, key.key)
        self._remembered.pop((how, name), None)
        self._remembered[how, name] = (monotonic() + _REMEMBERED_FOR, cipher)
        return cipher


@dataclass(frozen=True)
class Sealing(PayloadCodec, WithSerializationContext):
    """The codec of every client, worker and replayer."""

    ring: Ring
    scope: str = ""
    purpose: str | None = None
    for_signer: bool = False

    def with_context(self, context: SerializationContext) -> Self:
        """Return the codec of one workflow; of one order to the signer."""
        if isinstance(context, ActivitySerializationContext):
            return replace(
                self,
                scope=context.workflow_id or _NO_WORKFLOW,
                purpose=f"activity/{context.activity_type}",
                for_signer=_is_for_signer(context),
            )
        if isinstance(context, WorkflowSerializationContext):
            return replace(self, scope=context.workflow_id, purpose=_OF_WORKFLOW, for_signer=False)
        return self

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Seal payloads; a program that seals no more still does so for what was begun hidden."""
        if not self.ring.seals and not self.ring.ids.is_hidden(self.scope):
            return list(payloads)
        cipher = await self.ring.of(self.scope, for_signer=self.for_signer)
        return [self._sealed(payload, cipher) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Open payloads; those from before they were sealed are as they are.

        Raises:
            UnsealedError: altered, of another workflow or for none, or unsealed where all are sealed.
        """
        return [await self._opened(payload) for payload in payloads]

    def _sealed(self, payload: Payload, cipher: _Cipher) -> Payload:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        purpose = self.purpose or _OF_WORKFLOW
        sealed = cipher.aead.encrypt(nonce, payload.SerializeToString(), _about(cipher.id, self.scope, purpose))
        metadata = {"encoding": ENCODING, _KEY: cipher.id.encode(), _SCOPE: self.scope.encode()}
        metadata[_PURPOSE] = purpose.encode()
        return Payload(metadata=metadata, data=nonce + sealed)

    async def _opened(self, payload: Payload) -> Payload:
        if self.scope == _NO_WORKFLOW:
            raise UnsealedError("an order of no workflow")
        if payload.metadata.get("encoding") != ENCODING:
            if not self.ring.takes_unsealed or self.ring.ids.is_hidden(self.scope):
                raise UnsealedError("a payload that nobody sealed")
            return payload
        key_id, scope = (payload.metadata.get(name, b"").decode() for name in (_KEY, _SCOPE))
        if self.scope not in {"", scope}:
            raise UnsealedError("a payload of another workflow")
        purpose = payload.metadata[_PURPOSE].decode() if _PURPOSE in payload.metadata else None
        if purpose is not None and self.purpose not in {None, purpose}:
            raise UnsealedError("a payload for something else")
        cipher = await self.ring.find(key_id)
        nonce, sealed = payload.data[:_NONCE_BYTES], payload.data[_NONCE_BYTES:]
        try:
            return Payload.FromString(cipher.aead.decrypt(nonce, sealed, _about(cipher.id, scope, purpose)))
        except (InvalidTag, ValueError):
            raise UnsealedError("an altered payload") from None


def ids_of(client: Any) -> WorkflowIds | None:
    """Return how a client hides names of workflows and finds them again, None for one that never does."""
    ring = _ring_of(client)
    return ring.ids if ring is not None else None


def seals(client: Any) -> bool:
    """Whether a client hides the name of a workflow that it begins."""
    ring = _ring_of(client)
    return ring is not None and ring.seals


def takes_unsealed(client: Any) -> bool:
    """Whether a workflow of before may still run, under its plain name and with payloads that nobody sealed."""
    ring = _ring_of(client)
    return ring is not None and ring.takes_unsealed


def _ring_of(client: Any) -> Ring | None:
    codec = getattr(getattr(client, "data_converter", None), "payload_codec", None)
    return codec.ring if isinstance(codec, Sealing) else None


def _cipher(key_id: str, key: bytes) -> _Cipher:
    # The key of a case wraps keys of files too: this one does nothing else.
    derived = HKDF(SHA256(), 32, salt=None, info=b"certify temporal payload").derive(key)
    return _Cipher(key_id, AESGCM(derived))


def _about(key_id: str, scope: str, purpose: str | None) -> bytes:
    if purpose is None:
        return f"{key_id}\n{scope}".encode()  # sealed before it had a purpose
    # JSON, so that no id of a workflow, which may hold anything, reads as an id and a purpose.
    return canonical_json([key_id, scope, purpose])


def _is_for_signer(context: ActivitySerializationContext) -> bool:
    return context.activity_task_queue == options.SIGNING_QUEUE or context.activity_type in options.SIGNING_ACTIVITIES
