"""Which language is spoken, and how."""
# ruff: noqa: RUF001  # some of it is Russian

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.responses import Response

from certify.web.language import country, day, language_name, language_of, moment, remember, sentence, translations
from tests.unit.certify.web.samples import a_request


@pytest.mark.parametrize(
    ("query", "cookie", "accepted", "spoken"),
    [
        ("lang=ru", "lang=en", "en", "ru"),
        ("lang=de", "lang=ru", "en", "ru"),
        ("", "lang=ru", "en", "ru"),
        ("", "__Host-lang=ru", "en", "ru"),
        ("", "lang=en; __Host-lang=ru", "en", "ru"),
        ("", "", "ru-RU,ru;q=0.9,en;q=0.8", "ru"),
        ("", "", "de,en;q=0.5,ru;q=0.7", "ru"),
        ("", "", "ru;q=0,en;q=0.1", "en"),
        ("", "", "de, fr", "en"),
        ("", "", "ru;q=much", "en"),
        ("", "", "", "en"),
    ],
)
def test_the_address_goes_before_the_cookie_and_the_cookie_before_the_browser(
    query: str, cookie: str, accepted: str, spoken: str
) -> None:
    request = a_request("/", query, {"Cookie": cookie, "Accept-Language": accepted})

    assert language_of(request, remembered=True) == spoken


def test_by_https_the_choice_is_kept_to_this_one_host() -> None:
    told, plain = Response(), Response()
    remember(told, "ru", secure=True)
    remember(plain, "ru", secure=False)

    assert told.headers["set-cookie"] == ("__Host-lang=ru; HttpOnly; Max-Age=31536000; Path=/; SameSite=lax; Secure")
    assert plain.headers["set-cookie"] == "lang=ru; HttpOnly; Max-Age=31536000; Path=/; SameSite=lax"


def test_without_leave_the_cookie_is_not_read() -> None:
    assert language_of(a_request(headers={"Cookie": "lang=ru"})) == "en"


@given(header=st.text(alphabet="ru,en;q=.0123456789- ", max_size=60))
def test_no_header_breaks_the_choice(header: str) -> None:
    assert language_of(a_request(headers={"Accept-Language": header})) in ("en", "ru")


def test_days_moments_and_names_are_written_as_each_language_does() -> None:
    when = datetime(2026, 11, 22, 9, 5, tzinfo=UTC)

    assert day("en", date(2028, 11, 20)) == "20 November 2028"
    assert day("ru", date(2028, 11, 20)).split() == ["20", "ноября", "2028", "г."]
    assert day("en", None) == ""
    assert moment("en", when) == "22 November 2026, 09:05 UTC"
    assert moment("ru", when) == "22 ноября 2026, 09:05 UTC"
    assert (country("en", "de"), country("ru", "DE"), country("en", "Atlantis")) == ("Germany", "Германия", "Atlantis")
    assert (language_name("en", "ru"), language_name("ru", "EN")) == ("Russian", "английский")


def test_a_sentence_that_no_catalogue_knows_stays_as_it_is() -> None:
    assert sentence("ru", "Never heard of %(it)s", it="it") == "Never heard of it"


@pytest.mark.parametrize(("number", "word"), [(1, "знак"), (2, "знака"), (5, "знаков"), (11, "знаков"), (21, "знак")])
def test_russian_has_three_plurals(number: int, word: str) -> None:
    translated = translations("ru").ngettext("%(num)s label", "%(num)s labels", number)

    assert translated % {"num": number} == f"{number} {word}"
