"""Renewing a label as its holder: by which application, and when it can be asked for (scheme, renewal)."""

from dataclasses import dataclass, replace
from datetime import datetime

from certify.accounts.principal import Principal
from certify.register import cases, matters
from certify.web.acting import Before
from certify.web.language import Language, marked
from certify.web.matters.label_forms import one, page
from certify.web.matters.matter_reasons import reason_of
from certify.web.matters.open_matter import OpenMatter
from certify.web.services import Services
from schemas.errors import NotFound
from schemas.label_life import LabelLife
from schemas.scheme import Scheme
from workflows.rules.label.kernel import LABEL
from workflows.rules.label.renewal import window_of


@dataclass(frozen=True, kw_only=True)
class RenewalStep:
    """What comes after lodging: the renewal of the label itself is asked for.

    Attributes:
        opens_at: from when it can be asked for, until `closes_at`.
        barred: why it cannot be asked for now, in words; None where it can, within these days.
    """

    label: str
    opens_at: datetime
    closes_at: datetime
    barred: str | None


async def renewal_step(
    services: Services, principal: Principal, language: Language, label: str | None
) -> RenewalStep | None:
    """Return what is to be done with the label that an application renews, None where it renews none."""
    if label is None:
        return None
    try:
        reading, scheme = await services.procedure.matters.opened(principal, LABEL.name, label)
    except NotFound:  # Its life has not begun: nothing can be asked for yet.
        return None
    opens_at, closes_at = await _window(services, label, scheme)
    code = reading.may["ask_renewal"]
    barred = None if code is None else reason_of(language, code)
    return RenewalStep(label=label, opens_at=opens_at, closes_at=closes_at, barred=barred)


async def _window(services: Services, label: str, scheme: Scheme) -> tuple[datetime, datetime]:
    async with services.database.reading() as session:
        life = await matters.get(session, LabelLife, LABEL.name, label)
    return window_of(life, scheme.rules)


async def _naming(before: Before[OpenMatter], _: Language) -> list[tuple[str, str]]:
    """Return the applications of the holder that name the label as the one they renew."""
    reading = before.opened.reading
    async with before.services.database.reading() as session:
        lodged = await cases.of_organisation(session, reading.organisation or "none")
    return [(case.id, case.lodged.reference) for case in lodged if case.lodged.renews == reading.id]


_CHOOSE = marked("Choose the application.")
_FORM = page(
    "ask_renewal",
    marked("Ask for a renewal"),
    one("new_application", marked("By which application?"), _naming, _CHOOSE),
    button=marked("Ask for the renewal"),
)


async def _more(before: Before[OpenMatter]) -> dict[str, object]:
    opens_at, closes_at = await _window(before.services, before.opened.reading.id, before.opened.scheme)
    return {**await _FORM.more(before), "opens_at": opens_at, "closes_at": closes_at}


ASK_RENEWAL = replace(_FORM, template="applicant/ask_renewal.html", required={"new_application": _CHOOSE}, more=_more)
