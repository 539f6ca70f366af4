"""What a person with a phone and no account reads."""

import re

import pytest
from starlette.responses import HTMLResponse

from certify.web.public.views import scan_page
from certify.web.rendering import render
from schemas.label import Authenticity, Standing
from tests.unit.certify.web.samples import LABEL, NUMBER, PUBLIC_PAGES, SCANS, a_label, a_request, a_scan


def text_of(response: HTMLResponse) -> str:
    """Return the words of a page, spaces folded."""
    words = re.sub(r"<(style|svg).*?</\1>|<[^>]+>", " ", bytes(response.body).decode(), flags=re.DOTALL)
    return " ".join(words.replace("&#39;", "'").split())


def every_public_page(query: str = "") -> dict[str, HTMLResponse]:
    pages = {name: scan_page(a_request("/x", query), view) for name, view in SCANS.items()}
    return pages | {name: render(a_request("/x", query), name, **context) for name, context in PUBLIC_PAGES.items()}


def test_the_status_then_the_product_then_the_end_come_first() -> None:
    page = text_of(scan_page(a_request(), SCANS["in_force"]))

    places = [
        page.index(words)
        for words in (
            "AI label register",
            "labels.example.org",
            "Label in force Lantern Speech version 2.1 until 20 November 2028",
            "Holder Northwind Language Lab, Estonia",
            "Risk tier Low risk",
            f"Label number {NUMBER}",
            "This label covers version 2.1 only. If yours shows another, the label says nothing about it.",
            "What was certified",
            "What the label means, and what it does not",
            "How it was decided",
            "History of this label",
            "Checked at 22 November 2026, 09:30 UTC",
            "Signing key 3fa9c01b",
            "Does this match the product in front of you?",
        )
    ]
    assert places == sorted(places)


def test_the_decision_is_told_with_its_figures() -> None:
    page = text_of(scan_page(a_request(), SCANS["in_force"]))

    assert "Decision D-2026-0001 of 20 November 2026" in page
    assert "Votes 3 of 3 present: 3 for, 0 against, 0 abstained" in page
    assert "Evaluated by 1 expert: ethics or law" in page
    assert "Criteria 41 of 44 met, 3 not applicable" in page
    assert "Scheme Certification scheme for the AI Ethics Code, version 0.1.0" in page
    assert LABEL.scheme_digest in page


def test_russian_counts_experts_as_russian_does() -> None:
    evaluation = LABEL.evaluation.model_copy(update={"reviewers": 3, "recused": 1})

    page = text_of(scan_page(a_request(query="lang=ru"), a_scan(label=a_label(evaluation=evaluation))))

    assert "3 эксперта: ethics or law" in page
    assert "1 член Комиссии" in page


def test_nothing_a_forged_code_claims_is_shown() -> None:
    page = scan_page(a_request(f"/C/{NUMBER}"), SCANS["not_ours"])

    assert LABEL.product not in text_of(page)
    assert "Not our signature" in text_of(page)


def test_each_way_of_not_being_ours_has_its_own_sentence() -> None:
    forged = [kind for kind in Authenticity if kind is not Authenticity.AUTHENTIC]

    pages = {
        text_of(scan_page(a_request(), a_scan(authenticity=kind, standing=Standing.UNKNOWN_NUMBER, label=None)))
        for kind in forged
    }

    assert len(pages) == len(forged) == 5


def test_a_number_that_was_typed_says_that_no_signature_was_looked_at() -> None:
    page = text_of(scan_page(a_request(), a_scan(authenticity=None)))

    assert "a number carries no signature" in page
    assert "ours and unaltered" not in page


def test_a_name_with_markup_in_it_is_shown_as_it_is_written() -> None:
    page = bytes(scan_page(a_request(), a_scan(label=a_label(product="<script>alert(1)</script>"))).body).decode()

    assert "<script" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_suspension_says_why_and_how_it_ends() -> None:
    page = text_of(scan_page(a_request(), SCANS["suspended"]))

    assert "Fresh evidence about safety was not handed in. It can be restored when the evidence is accepted." in page


def test_a_replaced_label_leads_to_the_new_one() -> None:
    page = bytes(scan_page(a_request(query="lang=ru"), SCANS["superseded"]).body).decode()

    assert 'href="/9Z2M-XK4T-0B9D-HE3W-E?lang=ru"' in page


def test_a_mistyped_number_can_be_corrected_where_it_is_wrong() -> None:
    page = bytes(scan_page(a_request(), SCANS["mistyped"]).body).decode()

    assert re.findall(r"<mark>(.*?)</mark>", page) == ["0B!D"]
    assert "Look at group 3" in page
    assert 'value="7Q2M-XK4T-0B!D-HE3W-0"' in page


def test_a_number_mistyped_somewhere_marks_no_group() -> None:
    view = SCANS["mistyped"].model_copy(update={"wrong_group": None})

    assert "<mark>" not in bytes(scan_page(a_request(), view).body).decode()


def test_an_unnamed_ethics_officer_is_said_to_be_not_yet_named() -> None:
    page = text_of(render(a_request(), "public/register.html", **PUBLIC_PAGES["public/register.html"]))

    assert "Harbour AI Germany Entered on 5 October 2026 Ethics officer: not yet named" in page


def test_the_directory_keeps_its_filter_and_its_language() -> None:
    view = PUBLIC_PAGES["public/labels.html"]["view"].model_copy(update={"query": "lantern", "standing": "expired"})

    page = bytes(render(a_request("/labels", "lang=ru"), "public/labels.html", view=view).body).decode()

    assert 'value="lantern"' in page
    assert re.search(r'<option value="expired"\s+selected', page)
    assert '<input type="hidden" name="lang" value="ru">' in page
    assert 'href="/labels?after=4&amp;lang=ru"' in page


def test_the_tour_is_shown_only_where_there_is_one() -> None:
    assert "✓" not in text_of(render(a_request(), "public/home.html", tour=()))
    assert "guided tour" not in text_of(render(a_request(), "public/home.html", tour=()))
    assert "1." not in text_of(render(a_request(), "public/home.html", tour=()))
    assert "Lodge an application as the applicant done" in text_of(
        render(a_request(), "public/home.html", **PUBLIC_PAGES["public/home.html"])
    )


def test_a_demonstration_says_so_on_every_public_page() -> None:
    assert "An illustration" in text_of(scan_page(a_request(demo=True), SCANS["in_force"]))
    assert "An illustration" not in text_of(scan_page(a_request(), SCANS["in_force"]))


@pytest.mark.parametrize("query", ["", "lang=ru"])
def test_no_public_page_sets_a_cookie_or_runs_a_script(query: str) -> None:
    for name, page in every_public_page(query).items():
        assert "set-cookie" not in page.headers, name
        assert "<script" not in bytes(page.body).decode(), name


def test_a_public_page_ignores_the_language_cookie_of_work_pages() -> None:
    page = scan_page(a_request(headers={"Cookie": "lang=ru"}), SCANS["in_force"])

    assert page.headers["Content-Language"] == "en"
    assert page.headers["Vary"] == "Accept, Accept-Language"


def test_no_public_page_asks_anything_of_another_host() -> None:
    for name, page in every_public_page().items():
        addresses = re.findall(r'(?:href|src|action)="([^"]*)"', bytes(page.body).decode())
        assert [one for one in addresses if not one.startswith(("/", "#", "mailto:"))] == [], name


@pytest.mark.parametrize("name", SCANS)
@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_answer_to_a_scan_has_its_own_way_to_report(name: str, language: str) -> None:
    page = bytes(scan_page(a_request("/x", f"lang={language}"), SCANS[name]).body).decode()
    answer = page.split("<main", 1)[1].split("</main>", 1)[0]

    (address,) = re.findall(r'href="(/report[^"]*)"', answer)
    known = name not in {"mistyped", "not_ours", "preview", "could_not_check"}
    assert address.startswith(f"/report/{NUMBER}?" if known else "/report")
