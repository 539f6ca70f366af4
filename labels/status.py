"""Status lists: how all labels of a shard stand, small and signed (IETF Token Status List, CWT form).

    protected   {1: -19 (Ed25519), 4: kid, 16: "application/statuslist+cwt"}      unprotected {}
    payload     {2: address, 4: exp, 6: iat, 65534: ttl, 65533: {"bits": 2, "lst": zlib}, -65538: version}

Two bits a label: 0 as issued, 1 withdrawn, lapsed or ended, 2 suspended, 3 superseded; whether one expired follows
from its `exp`. The version is the size of the log the list tells of: it never goes back, and a verifier that knows a
higher one refuses a lower (the draft has no such claim; others pass it over). Nothing but status keys signs lists, and
the type in the header keeps a list and a label apart, so that the draft's empty external_aad can stay.
"""

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import zopfli.zlib
from cbor2 import CBORTag

from labels.cose import to_be_signed
from labels.encoding import from_cbor, to_cbor
from labels.key_set import KID_BYTES, TrustedKey
from labels.signing import Signer
from schemas.errors import CouldNotCheck, VerificationError
from schemas.label import Standing

SHARD = 2**17
"""Labels of one list; label `index` stands in list `index // SHARD` at place `index % SHARD`."""

TTL = timedelta(seconds=900)
VALIDITY = timedelta(hours=24)
"""How long a list can be relied on: a verifier that has a list older than `TTL` asks for a new one first."""

TYPE = "application/statuslist+cwt"
VALUES: Mapping[Standing, int] = {
    Standing.NOT_YET: 0,
    Standing.IN_FORCE: 0,
    Standing.EXPIRED: 0,
    Standing.WITHDRAWN: 1,
    Standing.LAPSED: 1,
    Standing.ENDED_BY_HOLDER: 1,
    Standing.SUSPENDED: 2,
    Standing.SUPERSEDED: 3,
}
"""The value that stands for a standing."""

_BITS, _PER_BYTE = 2, 4
_BYTES = SHARD // _PER_BYTE
_MAX_LIST_BYTES = 65_536
_ALG, _KID, _TYPE = 1, 4, 16
_MAX_NUMBER = 253_402_300_799
"""The last second of the year 9999, the largest number of a claim: every reader counts so far."""
_SUB, _EXP, _IAT, _TTL, _LIST, _VERSION = 2, 4, 6, 65534, 65533, -65538
_ED25519 = -19
_SIGNATURE_BYTES = 64
_EMPTY_AAD = b""


@dataclass(frozen=True)
class StatusList:
    """A list that was verified.

    Attributes:
        version: size of the log it tells of.
        statuses: packed, two bits a label.
    """

    address: str
    version: int
    issued_at: datetime
    expires_at: datetime
    statuses: bytes

    def is_good_at(self, moment: datetime) -> bool:
        """Whether it can be relied on at a moment."""
        return self.issued_at - TTL <= moment <= self.expires_at

    def value_of(self, status_index: int) -> int:
        """Return the value of a label of this shard."""
        place, rest = divmod(status_index % SHARD, _PER_BYTE)
        return (self.statuses[place] >> (rest * _BITS)) & 3


class Shard:
    """The standings of one shard, on their way into a list."""

    def __init__(self, standings: Iterable[tuple[int, Standing]] = ()) -> None:
        self._packed = bytearray(_BYTES)
        for index, standing in standings:
            self.put(index, standing)

    def put(self, status_index: int, standing: Standing) -> None:
        """Set how a label stands."""
        place, rest = divmod(status_index % SHARD, _PER_BYTE)
        shift = rest * _BITS
        self._packed[place] = self._packed[place] & ~(3 << shift) & 0xFF | VALUES[standing] << shift

    def __bytes__(self) -> bytes:
        """Return the packed statuses."""
        return bytes(self._packed)


@lru_cache(maxsize=64)
def packed(statuses: bytes) -> bytes:
    """Compress the statuses of a shard; a tenth smaller than zlib at its best, and read by every zlib."""
    compressed: bytes = zopfli.zlib.compress(statuses)
    return compressed


def signed_list(statuses: bytes, *, address: str, version: int, at: datetime, signer: Signer) -> bytes:
    """Sign the statuses of a shard, as they stand at a moment.

    Raises:
        ValueError: not the statuses of a whole shard.
    """
    if len(statuses) != _BYTES:
        raise ValueError("a list tells of a whole shard")
    protected = to_cbor({_ALG: _ED25519, _KID: bytes.fromhex(signer.kid), _TYPE: TYPE})
    payload = to_cbor(
        {
            _SUB: address,
            _EXP: int((at + VALIDITY).timestamp()),
            _IAT: int(at.timestamp()),
            _TTL: int(TTL.total_seconds()),
            _LIST: {"bits": _BITS, "lst": packed(statuses)},
            _VERSION: version,
        }
    )
    signature = signer.sign(to_be_signed(protected, payload, _EMPTY_AAD))
    return to_cbor(CBORTag(18, [protected, {}, payload, signature]))


def verified_list(
    content: bytes, keys: Sequence[TrustedKey], *, address: str, at: datetime, known_version: int = 0
) -> StatusList:
    """Verify a list and read it.

    Args:
        content: the list as it was served.
        keys: status keys of the key set that are not compromised.
        address: from where it was asked for.
        at: moment it is asked about.
        known_version: the highest version seen so far.

    Raises:
        CouldNotCheck: `list_malformed`, `list_not_signed`, `list_of_another_address`, `list_older` than one already
            known, `list_stale`. Whatever is wrong with a list, nothing follows from it about a label.
    """
    found = signed_by(content, keys, address=address)
    _check_current(found, at, known_version)
    return found


def signed_by(content: bytes, keys: Sequence[TrustedKey], *, address: str) -> StatusList:
    """Read a list that the register signed, of whatever day.

    Raises:
        CouldNotCheck: `list_malformed`, `list_not_signed`, `list_of_another_address`.
    """
    found = _signed(content, keys)
    _check_place(found, is_there=found.address == address)
    return found


def list_about(
    content: bytes,
    keys: Sequence[TrustedKey],
    status_index: int,
    *,
    at: datetime,
    known_version: int = 0,
) -> StatusList:
    """Verify a list that came as a file: its signed address must say that it is the one of a label's shard.

    Raises:
        CouldNotCheck: as `verified_list`.
    """
    found = _signed(content, keys)
    _check_place(found, is_there=found.address.endswith(f"/s/{status_index // SHARD}"))
    _check_current(found, at, known_version)
    return found


def _signed(content: bytes, keys: Sequence[TrustedKey]) -> StatusList:
    protected, payload, signature = _parts(content)
    message = to_be_signed(protected, payload, _EMPTY_AAD)
    signed = [key for key in keys if key.holds(signature, message)]
    if not signed:
        raise CouldNotCheck("list_not_signed", "No key of the register signed this list.")
    found = _read(payload)
    if not any(key.was_in_use_at(found.issued_at) for key in signed):
        raise CouldNotCheck("list_not_signed", "The key that signed this list was not in use by then.")
    return found


def _check_place(found: StatusList, *, is_there: bool) -> None:
    if not is_there:
        raise CouldNotCheck("list_of_another_address", f"This is the list of another address, {found.address}.")


def _check_current(found: StatusList, at: datetime, known_version: int) -> None:
    if found.version < known_version:
        raise CouldNotCheck("list_older", f"Version {known_version} is known; version {found.version} is not taken.")
    if not found.is_good_at(at):
        raise CouldNotCheck("list_stale", "The list is too old to tell how a label stands now.")


def standing_in(found: StatusList, status_index: int) -> Standing | None:
    """Return how a label stands by a list that tells of it; None for as issued, which its own end decides."""
    return {1: Standing.WITHDRAWN, 2: Standing.SUSPENDED, 3: Standing.SUPERSEDED}.get(found.value_of(status_index))


def _parts(content: bytes) -> tuple[bytes, bytes, bytes]:
    if len(content) <= _MAX_LIST_BYTES:
        match _cbor(content):
            case CBORTag(tag=18, value=[bytes(protected), Mapping() as bare, bytes(payload), bytes(signature)]):
                if not bare and _is_ours(protected) and len(signature) == _SIGNATURE_BYTES:
                    return protected, payload, signature
    raise _malformed()


def _is_ours(protected: bytes) -> bool:
    header = _cbor(protected)
    kid = header.get(_KID) if isinstance(header, Mapping) else None
    # Its one spelling, for 1, 1.0 and true are one key of a map here, and not in every reader.
    is_kid = isinstance(kid, bytes) and len(kid) == KID_BYTES
    return is_kid and protected == to_cbor({_ALG: _ED25519, _KID: kid, _TYPE: TYPE})


def _read(payload: bytes) -> StatusList:
    match _cbor(payload):
        case {
            2: str(address),
            4: int(exp),
            6: int(iat),
            65534: int(ttl),
            65533: {"bits": 2, "lst": bytes(compressed)},
            -65538: int(version),
        } if all(map(_is_number, (exp, iat, ttl, version))):
            told = {_SUB: address, _EXP: exp, _IAT: iat, _TTL: ttl, _VERSION: version}
            # These and no other, in their one spelling, as of the header.
            if payload == to_cbor({**told, _LIST: {"bits": _BITS, "lst": compressed}}):
                return StatusList(address, version, _moment(iat), _moment(exp), _unpacked(compressed))
    raise _malformed()


def _is_number(value: int) -> bool:
    return not isinstance(value, bool) and 0 <= value <= _MAX_NUMBER


def _unpacked(compressed: bytes) -> bytes:
    reader = zlib.decompressobj()
    try:
        statuses = reader.decompress(compressed, _BYTES)
    except zlib.error as error:
        raise _malformed() from error
    if len(statuses) != _BYTES or not reader.eof or reader.unused_data:
        raise _malformed()
    return statuses


def _moment(seconds: int) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError) as error:
        raise _malformed() from error


def _cbor(content: bytes) -> Any:
    try:
        return from_cbor(content)
    except VerificationError as error:
        raise _malformed() from error


def _malformed() -> CouldNotCheck:
    return CouldNotCheck("list_malformed", "This is no status list.")
