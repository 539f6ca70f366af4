r"""The mark and its proofs: make a label's token and picture, verify it anywhere, offline.

>>> from datetime import UTC, date, datetime
>>> from pathlib import Path
>>> from tempfile import TemporaryDirectory
>>> from labels import keys, signing, verification
>>> from labels.encoding import to_base36
>>> from labels.key_set import KeySet, LabelKey
>>> from schemas.label import LabelStatement
>>> from schemas.label_number import format_number, id_of

A signing key is made once and opened by the signer alone; its public half goes into the key set.

>>> with TemporaryDirectory() as folder:
...     made = keys.create(Path(folder, "label-2026.pem"), "a passphrase")
...     signer = keys.open(f"file:{folder}/label-2026.pem", "a passphrase")
>>> trusted = KeySet((LabelKey(signer.public_key, date(2026, 1, 1), date(2026, 12, 31)),))

What has not been prepared cannot be signed.

>>> label_id = id_of(bytes(range(10)))
>>> statement = LabelStatement(
...     id=label_id,
...     expires_at=datetime(2028, 11, 22, 23, 59, 59, tzinfo=UTC),
...     tier="low",
...     status_index=70_123,
...     subject_digest=signing.subject_digest(label_id, "Lighthouse Reader", "2.1", None),
...     name_version="Lighthouse Reader 2.1",
... )
>>> token = to_base36(signing.sign(signing.prepare(statement), signer))

Whoever has the token and the key set can tell that it is ours; only the register knows whether it still stands.

>>> answer = verification.verify(token, trusted, at=datetime(2027, 1, 1, tzinfo=UTC))
>>> print(answer.authenticity, format_number(answer.statement.id), answer.statement.name_version)
authentic 000G-40R4-0M30-E209-B Lighthouse Reader 2.1
>>> print(verification.verify(token[:-1], trusted, at=datetime(2027, 1, 1, tzinfo=UTC)).authenticity)
malformed
"""
