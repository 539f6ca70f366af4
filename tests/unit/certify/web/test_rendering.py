"""The frame of every page: language, person, parts, static files."""

import hashlib
import re
from pathlib import Path
from typing import Any

import pytest
from jinja2 import UndefinedError
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from certify.web.rendering import STATIC, Static, render, static_address
from schemas.label import Standing
from schemas.stages import Stage, Verdict
from tests.unit.certify.web.samples import ADA, SITE, WORK_PAGES, a_request, pages_of

ERROR = {name: value for name, value in WORK_PAGES["error.html"].items() if name != "person"}


def body(template: str, request_query: str = "", **context: Any) -> str:
    return bytes(render(a_request("/x", request_query), template, **context).body).decode()


def part(source: str, language: str = "en") -> str:
    environment = pages_of(demo=False)._environments[language]  # type: ignore[index]
    return environment.from_string(source).render()


def test_a_name_missing_from_the_context_is_an_error_and_not_a_gap() -> None:
    with pytest.raises(UndefinedError, match="sentence"):
        render(
            a_request(),
            "error.html",
            title="Not possible now",
            code=None,
            reference=None,
            whose=None,
            written=(),
            ways_on=(),
        )


def test_an_error_page_says_what_happened_under_which_number_and_where_to_go() -> None:
    page = body("error.html", **ERROR)

    for words in ("Not possible now", "The case is in another stage.", "wrong_stage", "7d1f", "Back to the case"):
        assert words in page


def test_the_bar_of_a_signed_in_person_has_name_role_links_and_a_form_that_signs_out() -> None:
    page = body("error.html", person=ADA, **ERROR)

    assert "Ada Tamm" in page
    assert "Expert reviewer" in page
    assert 'href="/reviewer"' in page
    assert re.search(r'<form method="post" action="/sign-out">', page)


def test_nobody_signed_in_sees_no_bar_and_gets_no_script() -> None:
    page = body("error.html", **ERROR)

    assert "/sign-out" not in page
    assert "<script" not in page


def test_a_work_page_remembers_the_language_asked_for() -> None:
    page = render(a_request("/x", "lang=ru"), "error.html", 409, person=ADA, **ERROR)

    assert page.headers["set-cookie"].startswith("lang=ru; HttpOnly; Max-Age=31536000; Path=/; SameSite=lax")
    assert render(a_request("/x"), "error.html", person=ADA, **ERROR).headers.get("set-cookie") is None


def test_a_work_page_speaks_the_language_remembered() -> None:
    page = render(a_request("/x", headers={"Cookie": "lang=ru"}), "error.html", person=ADA, **ERROR)

    assert page.headers["Content-Language"] == "ru"
    assert "Cookie" in page.headers["Vary"]


def test_the_language_link_keeps_the_rest_of_the_address() -> None:
    page = body("error.html", "after=4&lang=en", **ERROR)

    assert 'href="/x?after=4&amp;lang=ru"' in page


def test_the_page_of_an_error_says_error_in_its_title() -> None:
    page = body("sign_in.html", mail="ada@example.org", next_href="/", errors=(("password", "Type your password"),))

    assert "<title>Error: Sign in \N{EN DASH} AI label register</title>" in page
    assert 'href="#password"' in page
    assert 'aria-describedby="password-error"' in page
    assert 'value="ada@example.org"' in page


def test_a_sign_in_link_opens_a_page_with_one_button_and_changes_nothing_by_itself() -> None:
    page = body(
        "sign_in_link.html",
        name="Ada",
        role="Expert",
        token="t0k",
        needs_password=False,
        is_recovery=False,
        next_href="/work",
    )

    main = page[page.index("<main") : page.index("</main>")]
    assert main.count("<button") == 1
    assert '<input type="hidden" name="token" value="t0k">' in main
    assert "password" not in main


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_stage_standing_and_verdict_has_a_word_of_its_own(language: str) -> None:
    for macro, values in (("stage_tag", Stage), ("standing_tag", Standing), ("verdict_tag", Verdict)):
        words = {
            part(f'{{% from "parts.html" import {macro} %}}{{{{ {macro}("{value}") }}}}', language) for value in values
        }
        assert len(words) == len(values)


def test_an_act_form_carries_its_idempotency_key() -> None:
    form = part(
        '{% from "parts.html" import act_form %}{% call act_form("/a", "key-1", "Submit the review") %}F{% endcall %}'
    )

    assert '<input type="hidden" name="idempotency_key" value="key-1">' in form
    assert "Submit the review" in form
    assert "enctype" not in form


def test_a_task_that_cannot_start_yet_has_no_link() -> None:
    tasks = part(
        '{% from "parts.html" import task_list %}'
        '{{ task_list([{"name": "Send", "href": none, "hint": none, "status": "Cannot start yet", "done": false}]) }}'
    )

    assert "<a " not in tasks
    assert "Cannot start yet" in tasks


def test_an_answer_not_given_is_shown_as_not_provided() -> None:
    rows = part('{% from "parts.html" import check_answers %}{{ check_answers([("Version", "", "/change")]) }}')

    assert "Not provided" in rows
    assert re.search(r'href="/change">Change<span class="govuk-visually-hidden"> Version', rows)


def test_what_people_type_is_escaped_by_the_parts_too() -> None:
    field = part(
        '{% from "parts.html" import field %}{{ field("n", "<b>", hint="<i>", value=\'"><u>\', error="<s>") }}'
    )

    assert [tag for tag in ("<b>", "<i>", "<u>", "<s>") if tag in field] == []


def test_the_address_of_a_static_file_names_its_content() -> None:
    digest = hashlib.sha256((STATIC / "site.css").read_bytes()).hexdigest()

    assert static_address("site.css") == f"/static/site.css?v={digest[:12]}"


def test_a_static_file_is_kept_for_a_year_only_under_its_digest() -> None:
    client = TestClient(Starlette(routes=[Mount("/static", Static())]))

    assert client.get(static_address("site.css")).headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert client.get("/static/site.css").headers["Cache-Control"] == "no-cache"
    assert client.get("/static/../rendering.py").status_code == 404


def test_every_static_file_a_template_names_is_there() -> None:
    templates = (Path(__file__).parents[4] / "certify" / "templates").rglob("*.html")
    named = {path for template in templates for path in re.findall(r"static\('([^']+)'\)", template.read_text())}

    assert len(named) >= 4
    assert [path for path in named if not (STATIC / path).is_file()] == []


def test_the_sample_site_has_a_name_in_every_language() -> None:
    assert body("error.html", "lang=ru", **ERROR).count(SITE.names["ru"]) == 2
