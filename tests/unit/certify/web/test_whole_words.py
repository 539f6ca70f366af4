"""Numbers and ids on one line."""

import pytest

from certify.web.whole_words import kept_whole


@pytest.mark.parametrize("written", ["EJGA-H1E9-8JEK-0736-Q", "(I-1.2-03)", "I-1.2", "A-1,", "2026-01-15", "«A-1»."])
def test_a_number_or_id_is_kept_whole(written: str) -> None:
    assert kept_whole(f"<p>See {written}</p>") == f'<p>See <span class="certify-whole">{written}</span></p>'


@pytest.mark.parametrize(
    "page",
    [
        "<title>Label EJGA-H1E9</title>",
        "<option>I-1.2-03 Title</option>",
        "<textarea>About A-1</textarea>",
        '<script type="application/ld+json">{"id": "A-1"}</script>',
        '<input value="A-1"><a href="/A-1?x= A-1 ">x</a>',
        "<p>well-known, AI-system, case-1, 018f3c-0a12, 1.2.0, Acme-Vision</p>",
    ],
)
def test_what_is_no_text_and_no_id_stays_as_it_is(page: str) -> None:
    assert kept_whole(page) == page


def test_what_people_wrote_stays_escaped() -> None:
    assert kept_whole("<p>&lt;b&gt; A-1&lt;/b&gt;</p>") == "<p>&lt;b&gt; A-1&lt;/b&gt;</p>"
