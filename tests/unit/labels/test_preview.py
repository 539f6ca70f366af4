"""A preview looks like a label, and nobody can take it for one."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from labels.artwork import png, svg
from labels.encoding import from_base36
from labels.key_set import KeySet
from labels.layout import Form
from labels.preview import preview_token, previewed
from labels.reading import texts_in
from labels.signing import prepare
from labels.verification import verify
from schemas.errors import PreparationError
from schemas.label import Authenticity, LabelFacts, LabelStatement
from schemas.label_number import format_number, is_preview, parse_number, preview_id

NUMBER = preview_id(bytes(range(10)))
AT = datetime(2027, 3, 1, tzinfo=UTC)


def test_the_number_of_a_preview_says_so_and_is_read_like_any_number() -> None:
    assert format_number(NUMBER).startswith("TEST-")
    assert is_preview(parse_number(format_number(NUMBER).lower()))


def test_a_label_key_signs_no_preview(a_statement: Callable[..., LabelStatement]) -> None:
    with pytest.raises(PreparationError, match="preview_number"):
        prepare(a_statement(id=NUMBER))


def test_the_key_of_previews_signs_no_label(statement: LabelStatement) -> None:
    with pytest.raises(PreparationError, match="no_preview"):
        preview_token(statement)


def test_the_token_of_a_preview_is_of_no_key_we_trust(
    a_statement: Callable[..., LabelStatement], trusted: KeySet, token: str
) -> None:
    made = preview_token(a_statement(id=NUMBER))

    answer = verify(made, trusted, at=AT)
    assert (answer.authenticity, answer.statement) == (Authenticity.UNKNOWN_KEY, None)
    assert len(from_base36(made)) == len(from_base36(token)), "it is printed as large as the label would be"


def test_a_register_knows_its_previews_from_everything_else(
    a_statement: Callable[..., LabelStatement], token: str
) -> None:
    made = preview_token(a_statement(id=NUMBER))

    assert previewed(made, at=AT) == NUMBER
    assert previewed(token, at=AT) is None
    assert previewed(made[:-1], at=AT) is None
    assert previewed("NO TOKEN", at=AT) is None


@pytest.mark.parametrize("form", Form)
@pytest.mark.parametrize(("language", "word"), [("en", "PREVIEW"), ("ru", "ОБРАЗЕЦ")])
def test_the_picture_of_a_preview_is_watermarked_whatever_it_is_asked_for(
    some_facts: Callable[..., LabelFacts],
    a_statement: Callable[..., LabelStatement],
    form: Form,
    language: str,
    word: str,
) -> None:
    facts = some_facts(id=NUMBER, token=preview_token(a_statement(id=NUMBER)), language=language)

    for wanted in (None, "", "DEMO"):
        assert f">{word}</text>" in svg(facts, form=form, watermark=wanted)
    assert png(facts, form=form) == png(facts, form=form, watermark=word)
    (address,) = texts_in(png(facts, form=form))
    assert address.endswith(facts.token if form is Form.STANDARD else NUMBER)
