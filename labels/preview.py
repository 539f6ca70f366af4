"""How a label would look before it is granted: everything of a label except that anybody should trust it.

Its token is signed with a key whose private half stands below, for everybody to see: no key set has it, so a verifier
answers `unknown_key`; only the register's page knows it, to say that this is a preview and no label. Its number begins
with TEST, which `labels.signing.prepare` refuses, so that a label key cannot sign a preview by mistake.
"""

import hashlib
from datetime import date, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from labels.cose import payload_of, protected_header, seal, to_be_signed
from labels.encoding import to_base36
from labels.key_set import KeySet, LabelKey, kid_of
from labels.verification import verify
from schemas.errors import PreparationError
from schemas.label import LabelStatement
from schemas.label_number import is_preview

_KEY_TRUSTED_BY_NOBODY = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"certify/preview/1").digest())
_KEY_SET = KeySet((LabelKey(_KEY_TRUSTED_BY_NOBODY.public_key(), date(2026, 1, 1), date(9000, 1, 1)),))


def preview_token(statement: LabelStatement) -> str:
    """Return the token of a preview in base36, as long as the label's would be.

    Raises:
        PreparationError: `no_preview`: the number is one that a label could have.
    """
    if not is_preview(statement.id):
        raise PreparationError("no_preview", "The number of a preview begins with TEST.")
    protected, payload = protected_header(kid_of(_KEY_TRUSTED_BY_NOBODY.public_key())), payload_of(statement)
    return to_base36(seal(protected, payload, _KEY_TRUSTED_BY_NOBODY.sign(to_be_signed(protected, payload))))


def previewed(token: str, *, at: datetime) -> str | None:
    """Return the number (16 characters) of the preview whose token this is, None of every other token."""
    statement = verify(token, _KEY_SET, at=at).statement
    return statement.id if statement is not None and is_preview(statement.id) else None
