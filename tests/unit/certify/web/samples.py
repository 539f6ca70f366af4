"""Views as a route would fill them, and an application that shows nothing but pages."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request

from certify.web.public.register_views import ParticipantRow, RegisterView
from certify.web.public.views import (
    AnswerView,
    DecisionView,
    EvaluationView,
    LabelRow,
    LabelsView,
    LabelView,
    MistypedView,
    PreviewView,
    ScanView,
    StatusChange,
    TourStep,
)
from certify.web.rendering import Link, Pages, SignedIn, Site
from schemas.label import Authenticity, Standing

CHECKED_AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
NUMBER = "7Q2M-XK4T-0B9D-HE3W-0"
SITE = Site(
    names={"en": "AI label register", "ru": "Реестр знаков ИИ"},
    host="labels.example.org",
)

LABEL = LabelView(
    product="Lantern Speech",
    version="2.1",
    holder="Northwind Language Lab",
    holder_address="12 Quay Street, Tallinn",
    holder_country="EE",
    tier="low",
    tier_name="Low risk",
    granted_on=date(2026, 11, 20),
    ends_on=date(2028, 11, 20),
    purpose="Turns recorded speech into text for people who write minutes and subtitles.",
    deployment="A program that runs on the buyer's own computers",
    languages=("en", "ru"),
    scheme_title="Certification scheme for the AI Ethics Code",
    scheme_version="0.1.0",
    scheme_digest="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    code_edition="26 October 2021",
    decision=DecisionView(
        number="D-2026-0001", decided_on=date(2026, 11, 20), present=3, base=3, in_favour=3, against=0, abstained=0
    ),
    evaluation=EvaluationView(
        reviewers=1, areas=("ethics or law",), met=41, total=44, not_applicable=3, own_tests=12, recused=0
    ),
    issuer="Commission for the Implementation of the Code",
    issuer_address="Example Square 1, 1000 Brussels",
    meaning=(
        "On 20 November 2026 the Commission found 41 of 44 requirements for a system of Low risk met and 3 not "
        "applicable, judged by 1 independent experts; 12 rest on the holder's own tests. The risk tier says how much "
        "harm the system could do, not how good it is. The label does not mean that the system is safe, free of "
        "errors or approved by the state."
    ),
    history=(StatusChange(standing=Standing.IN_FORCE, on=date(2026, 11, 20)),),
    kid="3fa9c01b",
    successor=None,
)


def a_label(**changes: object) -> LabelView:
    """Return the sample label with some facts changed."""
    return LabelView.model_validate({**LABEL.model_dump(), **changes})


def a_scan(**changes: object) -> ScanView:
    """Return a scan of the sample label, in force, with some facts changed."""
    facts: dict[str, object] = {
        "authenticity": Authenticity.AUTHENTIC,
        "standing": Standing.IN_FORCE,
        "checked_at": CHECKED_AT,
        "number": NUMBER,
        "label": LABEL,
        "downloads": (Link(text="JSON", href=f"/{NUMBER}.json"), Link(text="SVG", href=f"/{NUMBER}.svg")),
    }
    return ScanView.model_validate({**facts, **changes})


def _ended(standing: Standing, **changes: object) -> ScanView:
    return a_scan(standing=standing, since=date(2026, 11, 1), **changes)


SCANS: dict[str, AnswerView] = {
    "in_force": a_scan(),
    "ending_soon": a_scan(
        label=a_label(ends_on=CHECKED_AT.date() + timedelta(days=59), renewal_asked=False),
    ),
    "led_by_another_site": a_scan(
        label=a_label(websites=("northwind.example",)), came_from="a-long-name.of-another-site.example"
    ),
    "led_by_the_holder": a_scan(
        label=a_label(websites=("northwind.example",)), came_from="northwind.example", is_named=True
    ),
    "not_yet": a_scan(standing=Standing.NOT_YET, since=date(2026, 12, 1)),
    "suspended": _ended(
        Standing.SUSPENDED,
        reason="Fresh evidence about safety was not handed in.",
        restoration="It can be restored when the evidence is accepted.",
    ),
    "expired": a_scan(standing=Standing.EXPIRED, label=a_label(ends_on=date(2026, 11, 1))),
    "withdrawn": _ended(Standing.WITHDRAWN, reason="The system caused harm that the holder did not report."),
    "lapsed": _ended(Standing.LAPSED, reason="The yearly surveillance was missed."),
    "ended_by_holder": _ended(Standing.ENDED_BY_HOLDER, reason="The holder asked for it."),
    "superseded": _ended(Standing.SUPERSEDED, label=a_label(successor="9Z2M-XK4T-0B9D-HE3W-E")),
    "unknown_number": a_scan(standing=Standing.UNKNOWN_NUMBER, authenticity=None, label=None),
    "mistyped": MistypedView(typed="7Q2M-XK4T-0B!D-HE3W-0", wrong_group=2),
    "not_ours": a_scan(
        authenticity=Authenticity.BAD_SIGNATURE, standing=Standing.COULD_NOT_CHECK, label=None, number=None
    ),
    "not_in_log": a_scan(authenticity=Authenticity.NOT_IN_LOG, standing=Standing.NOT_YET, label=None),
    "preview": PreviewView(number="TEST-0123-4567-89AB-C"),
    "could_not_check": a_scan(standing=Standing.COULD_NOT_CHECK, label=None),
}

LABELS = LabelsView(
    labels=tuple(
        LabelRow(
            number=NUMBER,
            href="/7Q2MXK4T0B9DHE3W",
            product="Lantern Speech",
            version=f"2.{place}",
            holder="Northwind Language Lab",
            tier_name="Low risk",
            standing=standing,
            ends_on=date(2028, 11, 20),
        )
        for place, standing in enumerate((Standing.IN_FORCE, Standing.SUSPENDED, Standing.WITHDRAWN, Standing.EXPIRED))
    ),
    total=4,
    tiers=(("low", "Low risk"), ("medium", "Medium risk")),
    next_href="/labels?after=4",
)

REGISTER = RegisterView(
    participants=(
        ParticipantRow(
            name="Northwind Language Lab",
            country="EE",
            roles=("developer", "operator"),
            entered_on=date(2026, 10, 1),
            ethics_officer="Ms Ada Tamm, ethics@northwind.example",
        ),
        ParticipantRow(name="Harbour AI", country="DE", roles=(), entered_on=date(2026, 10, 5)),
    ),
    total=2,
)

TOUR = (
    TourStep(text="Lodge an application as the applicant", href="/sign-in", done=True),
    TourStep(text="Review the evidence as an expert", href="/sign-in"),
    TourStep(text="Scan the label"),
)

PUBLIC_PAGES: dict[str, dict[str, Any]] = {
    "public/home.html": {"tour": TOUR},
    "public/labels.html": {"view": LABELS},
    "public/register.html": {"view": REGISTER},
}


ADA = SignedIn(name="Ada Tamm", role="Expert reviewer", links=(Link(text="My cases", href="/reviewer"),))

WORK_PAGES: dict[str, dict[str, Any]] = {
    "error.html": {
        "person": ADA,
        "title": "Not possible now",
        "sentence": "The case is in another stage.",
        "code": "wrong_stage",
        "reference": "7d1f",
        "whose": None,
        "written": (),
        "ways_on": (Link(text="Back to the case", href="/reviewer/1"),),
    },
    "sign_in.html": {"mail": "ada@example.org", "next_href": "/", "errors": (("password", "Type your password"),)},
    "sign_in_link.html": {
        "name": "Ada Tamm",
        "role": "Expert reviewer",
        "token": "t0k",
        "next_href": "/work",
        "needs_password": True,
        "is_recovery": False,
        "names_oneself": True,
        "mail": "ada@example.org",
    },
}


def a_request(
    path: str = "/", query: str = "", headers: dict[str, str] | None = None, *, demo: bool = False
) -> Request:
    """Return a GET request to an application that shows the pages of the sample site."""
    app = Starlette()
    app.state.pages = pages_of(demo=demo)
    scope = {
        "type": "http",
        "method": "GET",
        "scheme": "https",
        "server": (SITE.host, 443),
        "path": path,
        "query_string": query.encode(),
        "headers": [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()],
        "app": app,
    }
    return Request(scope)


@cache
def pages_of(*, demo: bool) -> Pages:
    """Return the pages of the sample site; templates are compiled once for all tests."""
    return Pages(replace(SITE, demo=demo))
