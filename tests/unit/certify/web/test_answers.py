"""The table of answers: one standing, one status, one headline, one page."""
# ruff: noqa: RUF001  # half of the headlines are Russian

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify.web.public.views import ANSWERS, MistypedView, answer_for, headline, scan_page
from schemas.label import Authenticity, Standing
from tests.unit.certify.web.samples import CHECKED_AT, SCANS, a_label, a_request, a_scan

TABLE = [
    ("in_force", 200, "good", "Label in force", "Знак действует"),
    (
        "ending_soon",
        200,
        "good",
        "In force, ends on 20 January 2027",
        "Знак действует, срок истекает 20 января 2027 г.",
    ),
    ("not_yet", 200, "ended", "Not in force yet", "Ещё не действует"),
    (
        "suspended",
        200,
        "caution",
        "Suspended since 1 November 2026: do not rely on it",
        "Приостановлен с 1 ноября 2026 г.: полагаться на него нельзя",
    ),
    ("expired", 200, "ended", "Expired on 1 November 2026", "Срок действия истёк 1 ноября 2026 г."),
    ("withdrawn", 200, "stop", "Withdrawn on 1 November 2026", "Отменён 1 ноября 2026 г."),
    ("lapsed", 200, "ended", "Ended on 1 November 2026", "Действие прекращено 1 ноября 2026 г."),
    ("ended_by_holder", 200, "ended", "Ended on 1 November 2026", "Действие прекращено 1 ноября 2026 г."),
    ("superseded", 200, "ended", "Replaced by 9Z2M-XK4T-0B9D-HE3W-E", "Заменён знаком 9Z2M-XK4T-0B9D-HE3W-E"),
    ("unknown_number", 404, "stop", "Not in the directory", "Такого знака в перечне нет"),
    ("mistyped", 400, "unknown", "Number mistyped", "Номер введён с ошибкой"),
    ("not_ours", 409, "stop", "Not our signature", "Подпись не наша"),
    ("not_in_log", 409, "stop", "Not proved to be ours", "Не доказано, что знак наш"),
    ("preview", 200, "unknown", "A preview; not a label", "Образец, не знак"),
    ("could_not_check", 503, "unknown", "Could not check now", "Сейчас проверить не удалось"),
]


@pytest.mark.parametrize(("name", "status", "tone", "english", "russian"), TABLE)
def test_each_answer_has_its_status_tone_and_headline(
    name: str, status: int, tone: str, english: str, russian: str
) -> None:
    view = SCANS[name]

    answer = answer_for(view)

    assert (answer.status, answer.tone) == (status, tone)
    assert headline(view, "en") == english
    assert headline(view, "ru").replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ") == russian
    assert scan_page(a_request(), view).status_code == status


def test_the_table_has_a_row_for_every_standing_and_no_row_without_a_sample() -> None:
    assert {name for name, *_ in TABLE} == {str(name) for name in ANSWERS}
    assert set(Standing) <= set(ANSWERS)


@pytest.mark.parametrize("forged", [kind for kind in Authenticity if kind is not Authenticity.AUTHENTIC])
@given(standing=st.sampled_from(list(Standing)))
def test_a_code_that_is_not_ours_is_not_ours_whatever_the_standing(forged: Authenticity, standing: Standing) -> None:
    view = a_scan(authenticity=forged, standing=standing, label=None)
    is_to_be_asked_again = (forged, standing) == (Authenticity.NOT_IN_LOG, Standing.COULD_NOT_CHECK)

    assert answer_for(view).status == (503 if is_to_be_asked_again else 409)


@given(days=st.integers(min_value=0, max_value=800))
def test_the_end_moves_into_the_headline_when_fewer_than_sixty_days_are_left(days: int) -> None:
    view = a_scan(label=a_label(ends_on=CHECKED_AT.date() + timedelta(days=days)))

    assert headline(view, "en").startswith("In force, ends on") == (days < 60)


def test_a_suspended_label_near_its_end_is_still_called_suspended() -> None:
    view = a_scan(standing=Standing.SUSPENDED, since=date(2026, 11, 1), label=a_label(ends_on=date(2026, 11, 30)))

    assert headline(view, "en").startswith("Suspended since")


@pytest.mark.parametrize("standing", [Standing.UNKNOWN_NUMBER, Standing.COULD_NOT_CHECK])
def test_facts_beside_an_answer_that_knows_none_are_refused(standing: Standing) -> None:
    with pytest.raises(ValueError, match="facts are shown"):
        a_scan(standing=standing)


def test_facts_beside_a_signature_that_is_not_ours_are_refused() -> None:
    with pytest.raises(ValueError, match="facts are shown"):
        a_scan(authenticity=Authenticity.BAD_SIGNATURE)


def test_a_standing_that_began_some_day_must_say_when() -> None:
    with pytest.raises(ValueError, match="since when"):
        a_scan(standing=Standing.SUSPENDED)


def test_a_superseded_label_must_say_by_which() -> None:
    with pytest.raises(ValueError, match="by which label"):
        a_scan(standing=Standing.SUPERSEDED, since=date(2026, 11, 1))


def test_a_mistyped_number_is_shown_in_the_groups_of_a_label() -> None:
    assert MistypedView(typed=" 7q2m xk4t-0b!dhe3w0").groups == ("7Q2M", "XK4T", "0B!D", "HE3W", "0")
