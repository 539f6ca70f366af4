"""The ledger of openings as its readers may see it: the applicant learns what was opened as what, and not by whom."""

from collections.abc import Iterable

from certify.accounts.policy import permit
from certify.accounts.principal import Principal
from certify.accounts.reading_parts import ReadingPart
from schemas.case import Case
from schemas.identifiers import Identifier, ItemId, Moment, Word
from schemas.label import LabelId
from schemas.record_events import EvidenceOpened
from schemas.records import Entry


class Opening(ReadingPart):
    """One opening of an item.

    Attributes:
        part: what the person was to the case, or to the label where there is one.
        pseudonym: 1 for the first person who opened something here as this part, 2 for the next.
        person: None where who takes part is not for this reader; `authn` and `request_id` likewise.
    """

    number: int
    at: Moment
    item: ItemId
    file: str
    part: Word
    pseudonym: int
    round: int | None
    manifest: int | None
    label: LabelId | None
    person: Identifier | None
    authn: str | None
    request_id: str | None


def openings_for(
    case: Case, principal: Principal, found: Iterable[tuple[Entry, EvidenceOpened]]
) -> tuple[Opening, ...]:
    """Return the ledger of a case for one reader, the latest first.

    Raises:
        NotFound: `unknown_application`.
        NotPermitted: `not_permitted` or `scope_missing`.
    """
    permit(principal, "read_openings", case).require()
    with_names = bool(permit(principal, "read_participants", case))
    seen: dict[tuple[str, str], int] = {}
    counts: dict[str, int] = {}
    told: list[Opening] = []
    for entry, event in found:
        key = (event.part, event.person)
        if key not in seen:
            seen[key] = counts[event.part] = counts.get(event.part, 0) + 1
        told.append(_opening(case, entry, event, pseudonym=seen[key], with_names=with_names))
    return tuple(reversed(told))


def _opening(case: Case, entry: Entry, event: EvidenceOpened, *, pseudonym: int, with_names: bool) -> Opening:
    held = case.evidence.get(event.item)
    return Opening(
        number=entry.number,
        at=event.at,
        item=event.item,
        # A label's own evidence is numbered by itself.
        file=held.file if held is not None and held.digest == event.digest else "",
        part=event.part,
        pseudonym=pseudonym,
        round=event.round,
        manifest=event.manifest,
        label=event.label,
        person=event.person if with_names else None,
        authn=entry.authn if with_names else None,
        request_id=entry.request_id if with_names else None,
    )
