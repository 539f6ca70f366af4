"""What the form of an application takes from the record: who applies, labels to renew, whom it can keep away."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register import labels, participants
from certify.register.columns import from_words
from certify.web.language import marked
from schemas.application import KEPT_AWAY_MAX
from schemas.label_number import format_number

_UNKNOWN = marked("the Register has no organisation “%(line)s”")
_SEVERAL = marked("the Register has several organisations “%(line)s”; write one of these instead: %(ids)s")
_TOO_MANY = marked("name at most %(most)s")


@dataclass(frozen=True, kw_only=True)
class Applicant:
    """Who applies: as it stands in the Register, else as it is to be entered there (Code, II-2.1).

    Attributes:
        in_register: it stands there now; until then the decision waits.
        has_left: it stood there before.
    """

    name: str
    country: str
    roles: tuple[str, ...]
    in_register: bool = True
    has_left: bool = False


@dataclass(frozen=True, kw_only=True)
class NamedOrganisation:
    """An organisation that a line of the form can name, by its name or its id."""

    id: str
    name: str
    country: str = ""


@dataclass(frozen=True, kw_only=True)
class KeptAway:
    """What lines say that name organisations: their ids, and what is wrong, as a marked sentence with its values."""

    ids: tuple[str, ...]
    wrong: tuple[tuple[str, Mapping[str, object]], ...] = ()


async def applicant_of(session: AsyncSession, organisation: str) -> Applicant | None:
    """Return who applies, None for an organisation that neither stands in the Register nor waits to."""
    entry = await participants.find(session, organisation)
    if entry is not None:
        return Applicant(
            name=entry.name,
            country=entry.country,
            roles=tuple(from_words(entry.roles)),
            in_register=entry.is_participant,
            has_left=not entry.is_participant,
        )
    joining = await participants.joining(session, organisation)
    if joining is None:
        return None
    return Applicant(name=joining.name, country=joining.country, roles=joining.roles, in_register=False)


async def renewable_of(session: AsyncSession, organisation: str, now: datetime) -> dict[str, str]:
    """Return the labels of an organisation that a new one can replace, in words by their ids, newest first."""
    found = await labels.renewable(session, organisation, now)
    return {row.id: f"{format_number(row.id)} · {row.issued.name_version}" for row in found}


async def organisations_with(session: AsyncSession, named: Iterable[str] = ()) -> tuple[NamedOrganisation, ...]:
    """Return the organisations of the Register, and those that were named before and do not stand there."""
    entries = await participants.every(session)
    known = tuple(NamedOrganisation(id=one.organisation, name=one.name, country=one.country) for one in entries)
    others = sorted({*named} - {one.id for one in known})
    return (*known, *(NamedOrganisation(id=one, name=one) for one in others))


def in_lines(ids: Iterable[str], organisations: Sequence[NamedOrganisation]) -> str:
    """Return the lines that name organisations, by their names where these are clear."""
    times = Counter(_spelled(one.name) for one in organisations)
    clear = {one.id: one.name for one in organisations if times[_spelled(one.name)] == 1}
    return "\n".join(clear.get(one, one) for one in ids)


def kept_away_in(text: str, organisations: Sequence[NamedOrganisation]) -> KeptAway:
    """Return the organisations that lines name."""
    lines = [line for line in map(str.strip, text.splitlines()) if line]
    found = {line: _meant_by(line, organisations) for line in lines}
    ids = tuple(dict.fromkeys(meant[0].id for meant in found.values() if len(meant) == 1))
    return KeptAway(ids=ids, wrong=tuple(_wrong(found, ids)))


def _wrong(
    found: Mapping[str, Sequence[NamedOrganisation]], ids: Sequence[str]
) -> Iterator[tuple[str, Mapping[str, object]]]:
    for line, meant in found.items():
        if not meant:
            yield _UNKNOWN, {"line": line}
        elif len(meant) > 1:
            yield _SEVERAL, {"line": line, "ids": ", ".join(f"{one.id} ({one.country})" for one in meant)}
    if len(ids) > KEPT_AWAY_MAX:
        yield _TOO_MANY, {"most": KEPT_AWAY_MAX}


def _meant_by(line: str, organisations: Sequence[NamedOrganisation]) -> list[NamedOrganisation]:
    by_id = [one for one in organisations if one.id == line]
    by_name = (one for one in organisations if _spelled(one.name) == _spelled(line))
    return by_id or sorted(by_name, key=lambda one: one.country)


def _spelled(name: str) -> str:
    return " ".join(name.split()).casefold()
