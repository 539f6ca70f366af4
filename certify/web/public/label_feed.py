"""What became of labels, as a feed: who follows it learns of a suspension without asking about each label (I7, T27).

It tells the steps that each label's own page tells, for as long as a label may be told of at all: one that no witness
saw yet, or whose proof cannot be told now, is not in it.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from fastapi import APIRouter, Request
from fastapi.responses import Response

from certify.register import labels
from certify.register.certificates import body_name
from certify.register.labels import LabelRecord
from certify.web.conditional import as_stored
from certify.web.language import Language, language_of, marked, sentence
from certify.web.matters.label_words import why
from certify.web.public.answers import steps_of
from certify.web.public.atom import MEDIA_TYPE, Feed, FeedEntry, written
from certify.web.public.lookup import SCANNED
from certify.web.public.views import READ
from certify.web.services import Serviced
from certify.web.standing import told_standing
from schemas.label import Standing
from schemas.label_life import Step
from schemas.label_number import format_number

router = APIRouter()
NEWEST = 100
"""How many steps are told: with a thousand a month, those of three days."""
_UNTOLD = frozenset({Standing.NOT_YET, Standing.COULD_NOT_CHECK})
_ISSUED = marked("Label issued: %(product)s")
_SAID: Mapping[Standing, str] = {
    Standing.IN_FORCE: marked("Label restored: %(product)s"),
    Standing.SUSPENDED: marked("Label suspended: %(product)s"),
    Standing.WITHDRAWN: marked("Label withdrawn: %(product)s"),
    Standing.LAPSED: marked("Label ended: %(product)s"),
    Standing.EXPIRED: marked("Label expired: %(product)s"),
    Standing.SUPERSEDED: marked("Label replaced: %(product)s"),
    Standing.ENDED_BY_HOLDER: marked("Label ended by its holder: %(product)s"),
}


@router.api_route("/labels.atom", methods=READ)
async def label_feed(request: Request, services: Serviced) -> Response:
    """Tell the newest steps of all labels (RFC 4287).

    Raises:
        CouldNotCheck: `record_behind_log`: labels would be missing without a word.
    """
    language, now, url = language_of(request), datetime.now(UTC), services.settings.public_url
    await services.whole_record.require(now)
    async with services.database.reading() as session:
        found = await labels.lately_changed(session, now, NEWEST)
    rows = [row for row in found if await told_standing(services, row, now) not in _UNTOLD]
    feed = Feed(
        id=f"{url}/labels.atom",
        address=f"{url}/labels.atom?lang={language}",
        title=sentence(language, marked("What became of labels")),
        page=f"{url}/labels?lang={language}",
        author=body_name(services.settings, language),
        language=language,
        entries=tuple(_entry(*one, language, url) for one in _newest(rows, now)),
    )
    headers = {**SCANNED, "Vary": "Accept-Language", "Content-Language": language}
    return as_stored(request, written(feed), MEDIA_TYPE, headers)


def _newest(rows: Iterable[LabelRecord], now: datetime) -> list[tuple[LabelRecord, Step]]:
    steps = [(row, step) for row in rows for step in steps_of(row, now)]
    return sorted(steps, key=lambda one: (one[1].at, one[0].id, one[1].version), reverse=True)[:NEWEST]


def _entry(row: LabelRecord, step: Step, language: Language, url: str) -> FeedEntry:
    facts = row.public_facts
    said = _ISSUED if step.version == 1 else _SAID[step.standing]
    return FeedEntry(
        id=f"{url}/{row.id}#{step.version}",
        title=sentence(language, said, product=f"{facts.product} {facts.version}"),
        summary=f"{format_number(row.id)}, {facts.holder}. {why(language, step)}",
        page=f"{url}/{row.id}?lang={language}",
        at=step.at,
        kind=step.standing.value,
    )
