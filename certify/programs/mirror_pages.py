"""The pages of a mirror for people: a list of the labels in both languages, static, with no script."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath

from certify.config import Settings
from certify.programs.key_files import KeyFiles
from certify.programs.mirror_sources import PublicState
from certify.web.language import Language
from certify.web.rendering import STATIC, page_alone, site_of
from labels.mirror.folder import LABELS, MANIFEST
from labels.root import Root
from schemas.label import Standing

PAGES: dict[Language, str] = {"en": "index.html", "ru": "index.ru.html"}
STYLE = "mirror.css"
_OTHER: dict[Language, Language] = {"en": "ru", "ru": "en"}


@dataclass(frozen=True)
class Row:
    """A label in the list, as of the moment of the mirror; `files` are those of its folder."""

    id: str
    number: str
    product: str
    holder: str
    standing: Standing
    ends_on: date
    files: Sequence[str]


def pages(settings: Settings, state: PublicState, files: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """Yield the pages, in English and Russian, and their style; `files` are all other files of the mirror."""
    paths = [PurePosixPath(path) for path in files]
    rows = list(_rows(state, paths))
    yield STYLE, (STATIC / STYLE).read_bytes()
    others = [str(path) for path in paths if len(path.parts) == 1] + [MANIFEST]
    for language, name in PAGES.items():
        page = page_alone(
            site_of(settings),
            language,
            "mirror/index.html",
            rows=rows,
            others=sorted(others),
            other=_OTHER[language],
            other_file=PAGES[_OTHER[language]],
            as_of=state.as_of,
            size=state.log.size,
            command=f"python -m labels mirror FOLDER --root root.json --origin {settings.log_origin}",
            fingerprint=Root.read(KeyFiles.of(settings).root).fingerprint,
        )
        yield name, page.encode()


def _rows(state: PublicState, paths: Iterable[PurePosixPath]) -> Iterator[Row]:
    of_labels: dict[str, list[str]] = {}
    for path in paths:
        if path.parts[0] == LABELS:
            of_labels.setdefault(path.parts[1], []).append(path.name)
    newest_first = sorted(state.labels.values(), key=lambda one: one.issued_at, reverse=True)
    for label in newest_first:
        yield Row(
            id=label.id,
            number=label.number,
            product=f"{label.facts.product} {label.facts.version}",
            holder=label.holder,
            standing=state.history.labels[label.id].standing_at(state.as_of),
            ends_on=label.expires_at.date(),
            files=of_labels.get(label.id, ()),
        )
