import hashlib
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labels.keys import KeyInMemory
from labels.signing import PreparedLabel, prepare, sign, subject_digest
from schemas.errors import PreparationError
from schemas.label import LabelStatement
from schemas.label_number import bytes_of

Statements = Callable[..., LabelStatement]


def test_the_same_statement_gives_the_same_bytes(statement: LabelStatement, signer: KeyInMemory) -> None:
    assert sign(prepare(statement), signer) == sign(prepare(statement), signer)


def test_a_name_of_24_bytes_makes_a_token_of_151_bytes(a_statement: Statements, signer: KeyInMemory) -> None:
    assert len(sign(prepare(a_statement(name_version="x" * 22 + " 1")), signer)) == 151


@pytest.mark.parametrize(
    "changes", [{"name_version": "x" * 53 + " 1"}, {"name_version": "x" * 22 + " 1", "holder": "h" * 29}]
)
def test_the_longest_token_has_182_bytes(a_statement: Statements, signer: KeyInMemory, changes: dict[str, str]) -> None:
    longest = a_statement(status_index=2**32 - 1, **changes)

    assert len(sign(prepare(longest), signer)) == 182


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name_version": "x" * 54 + " 1"}, "name_too_long"),
        ({"name_version": "Ж" * 27 + " 1"}, "name_too_long"),
        ({"holder": "h" * 34}, "holder_too_long"),
        ({"name_version": "x" * 53 + " 1", "holder": "h"}, "holder_too_long"),
        ({"name_version": "Reader\u202e 2.1"}, "text_unprintable"),
        ({"name_version": "Reader\n2.1"}, "text_unprintable"),
        ({"holder": "A\x00B"}, "text_unprintable"),
    ],
)
def test_a_statement_that_does_not_fit_is_never_prepared(
    a_statement: Statements, changes: dict[str, str], code: str
) -> None:
    for make in (prepare, PreparedLabel):
        with pytest.raises(PreparationError) as refusal:
            make(a_statement(**changes))

        assert refusal.value.code == code


def test_a_key_of_another_algorithm_signs_no_label(statement: LabelStatement) -> None:
    with pytest.raises(PreparationError, match="wrong_algorithm"):
        sign(prepare(statement), KeyInMemory(generate_private_key(SECP256R1())))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.text(min_size=1, max_size=60),
    holder=st.none() | st.text(min_size=1, max_size=60),
    index=st.integers(0, 2**32 - 1),
)
def test_whatever_is_prepared_keeps_the_budget(
    a_statement: Statements, signer: KeyInMemory, name: str, holder: str | None, index: int
) -> None:
    try:
        prepared = prepare(a_statement(name_version=name, holder=holder, status_index=index))
    except PreparationError:
        return
    assert len(sign(prepared, signer)) <= 182


def test_the_subject_digest_is_of_number_name_version_and_build() -> None:
    label_id = "60RK4CSM6MV3EE1S"
    expected = hashlib.sha256(bytes_of(label_id) + b'{"build_digest":null,"name":"Reader","version":"2.1"}')

    assert subject_digest(label_id, "Reader", "2.1", None) == expected.hexdigest()[:24]
    assert subject_digest(label_id, "Reader", "2.1", "ab" * 32) != subject_digest(label_id, "Reader", "2.1", None)
