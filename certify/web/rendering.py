"""Pages from templates: one Jinja environment a language, the look's macros, addresses of static files.

app.state.pages = Pages(Site(names={"en": "AI label register", "ru": "Реестр знаков"}, host="labels.example.org"))
return render(request, "public/home.html", tour=())
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from types import SimpleNamespace

from jinja2 import ChainableUndefined, Environment, PackageLoader, PrefixLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from certify.config import Settings
from certify.web import language as speech
from certify.web.language import LANGUAGES, Language
from certify.web.matters import label_terms
from certify.web.matters.label_words import WHY
from certify.web.whole_words import kept_whole
from schemas.label_number import format_number
from schemas.tracking_code import format_code

STATIC = Path(__file__).parents[1] / "static"

_LOOK = {
    "button": "govukButton",
    "checkboxes": "govukCheckboxes",
    "error-summary": "govukErrorSummary",
    "file-upload": "govukFileUpload",
    "input": "govukInput",
    "panel": "govukPanel",
    "phase-banner": "govukPhaseBanner",
    "radios": "govukRadios",
    "select": "govukSelect",
    "service-navigation": "govukServiceNavigation",
    "skip-link": "govukSkipLink",
    "summary-list": "govukSummaryList",
    "tag": "govukTag",
    "task-list": "govukTaskList",
    "textarea": "govukTextarea",
}


@dataclass(frozen=True, kw_only=True)
class Link:
    """A text that leads somewhere; the text is already in the reader's language."""

    text: str
    href: str


@dataclass(frozen=True, kw_only=True)
class Site:
    """What every page says of the register it belongs to.

    Attributes:
        names: the register's name by language.
        host: the host in clear, as label art prints it, `labels.example.org`.
        demo: whether everything here is an illustration.
        https: whether cookies may insist on it.
    """

    names: Mapping[Language, str]
    host: str
    demo: bool = False
    https: bool = False


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """Who is signed in, as the bar above every work page shows it.

    Attributes:
        recovery: id of a recovery of the account that is under way, of which its person is told on every page.
    """

    name: str
    role: str
    links: tuple[Link, ...] = ()
    recovery: str | None = None


class Pages:
    """Renders the templates of `certify/templates` for one site."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._environments = {language: _environment(language, site) for language in LANGUAGES}

    def render(self, request: Request, template: str, status: int = 200, **context: object) -> HTMLResponse:
        """Fill a template; see `render`."""
        public = template.startswith("public/")
        language = speech.language_of(request, remembered=not public)
        person = context.setdefault("person", None)
        context.setdefault("errors", ())
        asked = speech.asked_language(request)
        keep = asked if public else None
        environment = self._environments[language]
        page = environment.get_template(template).render(
            context, to=partial(_to, keep), kept_language=keep, language_links=_language_links(request)
        )
        response = HTMLResponse(kept_whole(page), status_code=status)
        response.headers["Content-Language"] = language
        response.headers["Vary"] = "Accept, Accept-Language" if public else "Accept, Accept-Language, Cookie"
        if person and asked:
            speech.remember(response, asked, secure=self._site.https)
        return response


def render(request: Request, template: str, status: int = 200, **context: object) -> HTMLResponse:
    """Fill a template with the application's `Pages`, in the language the request asks for.

    Templates under `public/` read and set no cookie. `person` (a `SignedIn`) and `errors` (pairs of field name
    and sentence) may be left out of the context; every other name a template uses must be in it.

    Raises:
        jinja2.UndefinedError: a name is missing from the context.
    """
    pages: Pages = request.app.state.pages
    return pages.render(request, template, status, **context)


def page_alone(site: Site, language: Language, template: str, **context: object) -> str:
    """Fill a template that no request asked for, of a page that is kept as a file.

    Raises:
        jinja2.UndefinedError: a name is missing from the context.
    """
    return _environment(language, site).get_template(template).render(context)


def site_of(settings: Settings) -> Site:
    """Return what every page says of the register of these settings."""
    return Site(
        names={"en": settings.body, "ru": settings.body_ru},
        host=settings.public_url.split("://", 1)[-1],
        demo=settings.demo,
        https=settings.public_url.startswith("https://"),
    )


class Static(StaticFiles):
    """The files under `/static`; an address with a digest (`static()` in templates) is kept for a year."""

    def __init__(self) -> None:
        super().__init__(directory=STATIC)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Serve a file; whoever asks without its digest must ask again each time."""
        response = await super().get_response(path, scope)
        dated = scope["query_string"].startswith(b"v=")
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if dated else "no-cache"
        return response


@cache
def static_address(path: str) -> str:
    """Return the address of a static file, with the start of its digest so that a new file has a new address."""
    digest = hashlib.sha256((STATIC / path).read_bytes()).hexdigest()
    return f"/static/{path}?v={digest[:12]}"


def _environment(language: Language, site: Site) -> Environment:
    environment = Environment(
        loader=PackageLoader("certify"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.policies["ext.i18n.trimmed"] = True
    _install_translations(environment, language)
    for filter_ in (speech.day, speech.moment, speech.country, speech.language_name):
        environment.filters[filter_.__name__] = partial(filter_, language)
    environment.filters["tracking_code"] = format_code
    environment.filters["label_number"] = format_number
    for name, words in _LABEL_WORDS.items():
        environment.filters[name] = partial(_worded, language, words)
    environment.globals.update(govuk=_look(), LANGUAGES=LANGUAGES, language=language, site=site, static=static_address)
    return environment


_LABEL_WORDS: Mapping[str, Mapping[str, str]] = {
    "label_vote": label_terms.SUBJECTS,
    "label_why": WHY,
    "label_cause": label_terms.CAUSES,
    "label_ask": label_terms.ASKS,
    "label_check": label_terms.CHECKS,
}


def _worded(language: Language, words: Mapping[str, str], key: str) -> str:
    return speech.sentence(language, words[key])


def _install_translations(environment: Environment, language: Language) -> None:
    install: Callable[..., None] = environment.install_gettext_translations  # type: ignore[attr-defined]  # by i18n
    install(speech.translations(language), newstyle=True)


@cache
def _look() -> SimpleNamespace:
    """Return the macros of GOV.UK Frontend as one namespace.

    They ask for parameters that were never given, which our own templates must not: so they live in an
    environment of their own.
    """
    package = "govuk_frontend_jinja"
    theirs = Environment(
        loader=PrefixLoader({package: PackageLoader(package)}), autoescape=True, undefined=ChainableUndefined
    )
    macros = {
        component.replace("-", "_"): getattr(
            theirs.get_template(f"{package}/components/{component}/macro.html").module, name
        )
        for component, name in _LOOK.items()
    }
    return SimpleNamespace(**macros)


def _to(keep: Language | None, href: str) -> str:
    """Return an address of ours that keeps the language asked for: public pages have no cookie to keep it."""
    return f"{href}{'&' if '?' in href else '?'}lang={keep}" if keep else href


def _language_links(request: Request) -> dict[Language, str]:
    path = request.url.path
    return {language: f"{path}?{request.url.include_query_params(lang=language).query}" for language in LANGUAGES}
