"""A scheme that was written out is the scheme that was read: same digest, and a folder the loader takes."""

from pathlib import Path

import pytest

from schemas.canonical import canonical_json
from schemas.scheme import Scheme, Tier
from schemas.scheme_loading import load_scheme
from schemas.scheme_scoring import GateOutcome
from schemas.scheme_writing import as_yaml, document_of
from tests.builders import scheme


def recorded(whole: Scheme) -> Scheme:
    """A scheme as it comes back from the record: from canonical JSON, where keys have no order."""
    return Scheme.model_validate_json(canonical_json(whole))


def read_again(whole: Scheme, tmp_path: Path) -> Scheme:
    (tmp_path / "scheme.yaml").write_text(as_yaml(whole), "utf-8")
    return load_scheme(tmp_path)


def changed() -> Scheme:
    """A scheme with texts that a careless writer would spoil."""
    rules, texts = scheme().rules, scheme().texts
    fees = rules.fees.model_copy(update={"currency": "EUR", "amounts": dict.fromkeys(Tier, 100)})
    gates = (rules.gates[0].model_copy(update={"if_unknown": GateOutcome.ASK}), *rules.gates[1:])
    status = texts.status.model_copy(update={"en": "yes: no # 'on' \"off\" - [0] {x}", "ru": "2026-01-01"})
    return scheme().model_copy(
        update={
            "rules": rules.model_copy(update={"version": "1.10", "fees": fees, "gates": gates}),
            "texts": texts.model_copy(update={"status": status}),
        }
    )


@pytest.mark.parametrize("whole", [scheme(), recorded(scheme()), recorded(changed())], ids=["read", "recorded", "hard"])
def test_what_is_written_is_read_again_as_the_same_scheme(whole: Scheme, tmp_path: Path) -> None:
    again = read_again(whole, tmp_path)

    assert again.digest == whole.digest
    assert again == whole


def test_a_document_parts_into_the_scheme_it_was_put_together_from() -> None:
    assert document_of(scheme()).scheme() == scheme()


def test_the_file_begins_with_what_it_is_and_its_digest() -> None:
    assert as_yaml(scheme()).splitlines()[:2] == [
        f"# {scheme().rules.id} {scheme().rules.version}",
        f"# SHA-256 of its canonical JSON: {scheme().digest}",
    ]


def test_texts_stand_in_their_own_letters() -> None:
    assert scheme().texts.title.ru in as_yaml(scheme())
