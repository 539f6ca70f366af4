"""A case as the pages of the body show it: what the reading gives, with its texts, names and criteria in words."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil
from typing import Any

from certify.accounts import people
from certify.accounts.narrowing import case_for, cases_for
from certify.accounts.principal import Principal
from certify.accounts.reading import CaseReading, reading_of
from certify.register import schemes
from certify.vault import inspections
from certify.vault.inspection.clamav import Scan
from certify.vault.inspections import FileInspection
from certify.vault.keys import ERASED
from certify.web.services import Services
from schemas.application import Application
from schemas.case import Case
from schemas.errors import NotFound
from schemas.evidence import TextRef
from schemas.review import Finding, Revision
from schemas.scheme import Scheme


@dataclass(frozen=True, kw_only=True)
class OpenCase:
    """One case open before one person.

    Attributes:
        case: for the rules of `workflows.rules` alone; a page is given the reading.
        texts: texts of people by digest, all that the reading names.
        names: names by the ids the reading gives.
        inspections: what was found in the files, by digest.
    """

    case: Case
    reading: CaseReading
    scheme: Scheme
    texts: Mapping[str, str]
    names: Mapping[str, str]
    inspections: Mapping[str, FileInspection] = field(default_factory=dict)

    @property
    def infected(self) -> list[str]:
        """The items whose files a scanner found something in, of those that this reader may know of."""
        found = ((item.id, self.inspections.get(item.digest)) for item in self.reading.evidence)
        return [item for item, row in found if row is not None and row.scan == Scan.INFECTED]

    @property
    def context(self) -> dict[str, Any]:
        """What every page about a case is filled with."""
        own = ("reading", "scheme", "texts", "names", "inspections", "infected")
        return {name: getattr(self, name) for name in own}


@dataclass(frozen=True, kw_only=True)
class ListedCase:
    """A case in a list: the reading and the scheme it is pinned to."""

    reading: CaseReading
    scheme: Scheme


async def open_case(services: Services, principal: Principal, application: str) -> OpenCase:
    """Return a case as somebody may see it.

    Raises:
        NotFound: `unknown_application`, whether there is none or it is not for them.
    """
    async with services.database.reading() as session:
        case = await case_for(session, principal, application)
        scheme = await schemes.pinned(session, case.lodged.scheme.digest)
        reading = reading_of(case, principal, scheme.rules)
        names = await people.names_of(session, _people_in(reading))
        found = await inspections.of_application(session, application) if reading.evidence else {}
    texts = await _texts(services, application, reading.texts)
    return OpenCase(case=case, reading=reading, scheme=scheme, texts=texts, names=names, inspections=found)


async def list_cases(
    services: Services, principal: Principal, *, where: Callable[[Case], bool] = lambda _: True
) -> Sequence[ListedCase]:
    """Return the cases somebody may know of, newest first; `where` leaves out those a page has no use for."""
    async with services.database.reading() as session:
        found = [case for case in await cases_for(session, principal) if where(case)]
        digests = {case.lodged.scheme.digest for case in found}
        pinned = {digest: await schemes.pinned(session, digest) for digest in digests}
    listed = ((case, pinned[case.lodged.scheme.digest]) for case in found)
    return [ListedCase(reading=reading_of(case, principal, scheme.rules), scheme=scheme) for case, scheme in listed]


async def lodged_application(services: Services, reading: CaseReading) -> Application | None:
    """Return the application as it was lodged, None where it is not for this reader or lost from the store."""
    if reading.application_digest is None:
        return None
    ref = TextRef(digest=reading.application_digest, length=1)
    try:
        return Application.model_validate_json(await services.vault.text(reading.id, ref))
    except NotFound:
        return None


async def _texts(services: Services, application: str, digests: Iterable[str]) -> dict[str, str]:
    async def one(digest: str) -> tuple[str, str | None]:
        try:
            return digest, await services.vault.text(application, TextRef(digest=digest, length=1))
        except NotFound as error:
            # No text is empty: an empty one was erased.
            # A lost file must not hide the rest of the case; the page says which text is missing.
            return digest, "" if error.code == ERASED else None

    found = await asyncio.gather(*(one(digest) for digest in digests))
    return {digest: text for digest, text in found if text is not None}


def _people_in(reading: CaseReading) -> Iterator[str]:
    for vote in reading.rounds:
        yield from vote.electorate or ()
        yield from (ballot.member for ballot in vote.ballots or ())
    yield from (review.reviewer for review in reading.reviews if review.reviewer)
    yield from (one.recorded_by for one in reading.protocols if one.recorded_by)
    for one in reading.interest_reports:
        yield from (who for who in (one.person, one.reported_by, one.settled_by) if who)
    held = reading.participants
    if held is None:
        return
    yield from (held.lodged_by, *held.criteria, *(one.reviewer for one in held.assignments))
    yield from (one.person for one in held.interests)
    yield from (person for person in (held.third_party, held.rapporteur, held.released_by) if person)


ShownFinding = tuple[str, Finding, Revision | None]


def findings_by_criterion(opened: OpenCase) -> dict[str, list[ShownFinding]]:
    """Return every finding the reading gives under its criterion, with the reviewer's name or number.

    The name is empty for what the secretariat looked up; with a verdict that was changed stands what it was before.
    """
    found: dict[str, list[ShownFinding]] = {}
    for number, review in enumerate(opened.reading.reviews, start=1):
        by = opened.names.get(review.reviewer or "", str(number))
        revised = {revision.criterion: revision for revision in review.revisions}
        for finding in review.findings:
            found.setdefault(finding.criterion, []).append((by, finding, revised.get(finding.criterion)))
    for finding in opened.reading.lookup_findings:
        found.setdefault(finding.criterion, []).append(("", finding, None))
    return found


def ballots_needed(quorum: str, base: int) -> int:
    """Return how many ballots of a base make its quorum (procedure, stage 8).

    Args:
        quorum: a share of the base such as `2/3`, or a number of members where it has no slash.
        base: members of the electorate who did not recuse themselves.
    """
    return ceil(Fraction(quorum) * base) if "/" in quorum else int(quorum)
