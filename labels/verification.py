"""Is this token ours and unaltered? Pure and offline; whether the label still stands is another question.

The procedure, whose numbers the code and its tests repeat:

    (1) the token is well formed: one spelling in base36, one in CBOR, nothing after the end
    (2) its key is in the key set; the token can name a key, never bring one
    (3) the signature holds, under the algorithm of the key; on a clash of short names each key is tried
    (4) only now is the payload read: it is a label statement
    (5) its end lies within what that key could promise: the key's last day and the longest validity
    (6) where that key may be in other hands, the label was in the witnessed log before; and where the log was looked
        at, witnesses saw the label when that key was in use

A token that fails has no statement: claims nobody signed are shown to nobody.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import MAXYEAR, UTC, date, datetime, time

from labels.cose import EXTERNAL_AAD, Envelope, statement_in, to_be_signed, unseal
from labels.encoding import from_base36
from labels.key_set import KeySet, TrustedKey, Use
from schemas.errors import VerificationError
from schemas.label import Authenticity, IssuedLabel, LabelStatement

LONGEST_VALIDITY_MONTHS = 24  # of every tier of the scheme (its validity_months)
_MAX_TOKEN_CHARACTERS = 600  # twice the largest token: what is longer is not worth decoding


@dataclass(frozen=True)
class Verification:
    """The answer about one token.

    Attributes:
        statement: what was signed; None unless the token is authentic.
        kid: short name of the key the token names; None when the token is malformed.
        expired: the label's end lies before the moment asked about; None unless authentic.
        reason: one sentence for a person.
    """

    authenticity: Authenticity
    statement: LabelStatement | None
    kid: str | None
    expired: bool | None
    reason: str


def verify(
    token: str | bytes,
    keys: KeySet,
    *,
    at: datetime,
    longest_validity_months: int = LONGEST_VALIDITY_MONTHS,
    witnessed_at: datetime | None = None,
) -> Verification:
    """Answer for a token, in base36 (upper case) or in bytes, at a moment (aware); never raises for a bad token.

    Args:
        token: as the QR carries it.
        keys: what the reader trusts.
        at: the moment asked about.
        longest_validity_months: of every tier of the scheme.
        witnessed_at: when a witness signed a checkpoint of the log that holds this label, as whoever verified that
            proof knows; None where nobody did.
    """
    kid = None
    try:
        envelope = _well_formed(token)  # (1)
        kid = envelope.kid
        key, statement = _signed(envelope, keys, longest_validity_months)  # (2) to (5)
        check_witnessed(key, witnessed_at, keys)  # (6)
    except VerificationError as error:
        return Verification(Authenticity(error.code), None, kid, None, error.message)
    reason = f"Signed by key {kid} and unaltered."
    return Verification(Authenticity.AUTHENTIC, statement, kid, at > statement.expires_at, reason)


def signed_statement(
    token: str | bytes, keys: KeySet, *, longest_validity_months: int = LONGEST_VALIDITY_MONTHS
) -> LabelStatement:
    """Return what a key of ours signed, steps (1) to (5), whoever may hold that key: to look for its proof in the log.

    Nobody is shown it before step (6) is done, as `verify` does it.

    Raises:
        VerificationError: `malformed`, `unknown_key`, `bad_signature`.
    """
    return _signed(_well_formed(token), keys, longest_validity_months)[1]


def is_as_signed(label: IssuedLabel, keys: KeySet) -> bool:
    """Whether a label, as somebody keeps it, is what a key of ours signed: steps (1) to (5), and all it tells beside.

    A record or a directory that tells something else of a label than its token does, is wrong about that label.
    """
    try:
        envelope = _well_formed(label.token)
        _, statement = _signed(envelope, keys, LONGEST_VALIDITY_MONTHS)
    except VerificationError:
        return False
    told = statement.model_copy(update={"holder": None})
    return (envelope.kid, told) == (label.kid, label.statement) and statement.holder in {None, label.holder}


def _signed(envelope: Envelope, keys: KeySet, months: int) -> tuple[TrustedKey, LabelStatement]:
    key = signing_key(envelope, keys)  # (2) (3)
    statement = statement_in(envelope.payload)  # (4)
    _check_end(statement, key, months)  # (5)
    return key, statement


def _well_formed(token: str | bytes) -> Envelope:
    if len(token) > _MAX_TOKEN_CHARACTERS:
        raise VerificationError("malformed", "No label token is this long.")
    return unseal(from_base36(token) if isinstance(token, str) else token)


def signing_key(envelope: Envelope, keys: KeySet, external_aad: bytes = EXTERNAL_AAD) -> TrustedKey:
    """Return the label key that signed an envelope, as a label unless another aad is given: steps (2) and (3).

    Raises:
        VerificationError: `unknown_key` or `bad_signature`.
    """
    candidates = keys.of_use(Use.LABEL).named(envelope.kid)
    if not candidates:
        raise VerificationError("unknown_key", f"No trusted key is called {envelope.kid}.")
    message = to_be_signed(envelope.protected, envelope.payload, external_aad)
    for key in candidates:
        if key.holds(envelope.signature, message):
            return key
    raise VerificationError("bad_signature", f"Key {envelope.kid} did not sign this.")


def check_witnessed(key: TrustedKey, witnessed_at: datetime | None, keys: KeySet) -> None:
    """Refuse what a key signed that may have been in other hands by then, or was not in use: step (6).

    Raises:
        VerificationError: `not_in_log`; `key_not_in_use`.
    """
    if key.compromised_at is not None and (witnessed_at is None or witnessed_at >= key.compromised_at):
        since = f"Key {key.kid} may have been in other hands since {_in_words(key.compromised_at)}"
        if witnessed_at is None:
            raise VerificationError("not_in_log", f"{since}; nothing shows that the log held this before.")
        raise VerificationError("not_in_log", f"{since}; the log holds this since {_in_words(witnessed_at)} only.")
    if witnessed_at is None or key.was_in_use_at(witnessed_at):
        return
    if witnessed_at.astimezone(UTC).date() < key.valid_from or not _was_seen_by_a_lost_witness(key, keys):
        days = f"was in use from {key.valid_from} to {key.valid_to}"
        what = f"Key {key.kid} {days}; the log holds this since {_in_words(witnessed_at)}."
        raise VerificationError("key_not_in_use", what)


def _was_seen_by_a_lost_witness(key: TrustedKey, keys: KeySet) -> bool:
    """Whether a witness of the days of a key is believed no more, so that what it saw is proved again, and later."""
    return any(
        one.compromised_at is not None and one.valid_from <= key.valid_to and one.valid_to >= key.valid_from
        for one in keys.of_use(Use.WITNESS).keys
    )


def _in_words(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _check_end(statement: LabelStatement, key: TrustedKey, months: int) -> None:
    latest = datetime.combine(_months_later(key.valid_to, months), time(23, 59, 59), UTC)
    if statement.expires_at > latest:
        raise VerificationError("unknown_key", f"Key {key.kid} was out of use when it would have signed this label.")


def _months_later(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    if day.year + years > MAXYEAR:
        return date.max
    last = monthrange(day.year + years, month + 1)[1]
    return date(day.year + years, month + 1, min(day.day, last))
