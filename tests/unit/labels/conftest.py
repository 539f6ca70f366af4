"""One valid statement, its keys and its picture; a test changes one thing."""

import hashlib
import random
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from labels.encoding import to_base36
from labels.key_set import KeySet, LabelKey
from labels.keys import KeyInMemory
from labels.signing import prepare, sign, subject_digest
from schemas.label import LabelFacts, LabelStatement
from schemas.label_number import id_of

ID = id_of(bytes.fromhex("00112233445566778899"))


def key(name: str) -> KeyInMemory:
    return KeyInMemory(Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest()))


@pytest.fixture
def signer() -> KeyInMemory:
    return key("the signer of 2026")


@pytest.fixture
def stranger() -> KeyInMemory:
    return key("somebody else")


@pytest.fixture
def trusted(signer: KeyInMemory) -> KeySet:
    return KeySet((LabelKey(signer.public_key, date(2026, 1, 1), date(2026, 12, 31)),))


@pytest.fixture
def at() -> datetime:
    return datetime(2027, 3, 1, tzinfo=UTC)


@pytest.fixture
def a_statement() -> Callable[..., LabelStatement]:
    def build(**changes: Any) -> LabelStatement:
        usual = {
            "id": ID,
            "expires_at": datetime(2028, 11, 22, 23, 59, 59, tzinfo=UTC),
            "tier": "low",
            "status_index": 70_123,
            "subject_digest": subject_digest(ID, "Lighthouse Reader", "2.1", None),
            "name_version": "Lighthouse Reader 2.1",
        }
        return LabelStatement.model_validate({**usual, **changes})

    return build


@pytest.fixture
def statement(a_statement: Callable[..., LabelStatement]) -> LabelStatement:
    return a_statement()


@pytest.fixture
def token(statement: LabelStatement, signer: KeyInMemory) -> str:
    return to_base36(sign(prepare(statement), signer))


@pytest.fixture
def some_facts(token: str) -> Callable[..., LabelFacts]:
    def build(**changes: Any) -> LabelFacts:
        usual = {
            "id": ID,
            "token": token,
            "product": "Lighthouse Reader",
            "version": "2.1",
            "holder": "Northern Lights OÜ",
            "issuer": "Commission for the AI Ethics Code",
            "scheme_title": "AI Ethics Code · Certification Scheme",
            "tier_name": "Low risk",
            "issued_on": date(2026, 11, 22),
            "ends_on": date(2028, 11, 22),
            "url": "https://v.example.eu",
        }
        return LabelFacts.model_validate({**usual, **changes})

    return build


@pytest.fixture
def facts(some_facts: Callable[..., LabelFacts]) -> LabelFacts:
    return some_facts()


@pytest.fixture
def twenty_labels(
    a_statement: Callable[..., LabelStatement], some_facts: Callable[..., LabelFacts], signer: KeyInMemory
) -> list[LabelFacts]:
    chance = random.Random(2026)  # noqa: S311  # the same twenty in every run
    labels = []
    for number in range(20):
        label_id = id_of(chance.randbytes(10))
        digest, index = chance.randbytes(12).hex(), chance.randrange(2**16, 2**32)
        name = f"Lighthouse Reader {number}.{number}"
        statement = a_statement(id=label_id, subject_digest=digest, status_index=index, name_version=name)
        token = to_base36(sign(prepare(statement), signer))
        labels.append(some_facts(id=label_id, token=token, version=f"{number}.{number}"))
    return labels
