"""Compares every view with what the journal gives, row by row and column by column."""

import json
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from typing import Any

from pydantic import BaseModel
from sqlalchemy import Column
from sqlmodel import SQLModel, select
from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register import (
    access_ends,
    appeals,
    cases,
    complaints,
    invitations,
    label_lives,
    labels,
    matters,
    participants,
    passkeys,
    people,
    recoveries,
    relations,
    schemes,
    ties,
)
from certify.register.checking import Finding, columns_of, is_moment, moment_of
from schemas.canonical import says_no_other, strict_json
from schemas.case import Case
from schemas.extract import SignedExtract
from schemas.label import IssuedLabel
from schemas.matter import Matter
from schemas.public_facts import PublicFacts
from schemas.record_events import RecordEvents, TiesDeclared

VIEWS: tuple[type[SQLModel], ...] = (
    access_ends.AccessEnd,
    appeals.AppealRecord,
    cases.CaseRecord,
    complaints.ComplaintRecord,
    invitations.InvitationRecord,
    label_lives.LabelLifeRecord,
    labels.LabelRecord,
    matters.MatterRecord,
    participants.ParticipantRecord,
    passkeys.PasskeyRecord,
    people.PersonRecord,
    recoveries.RecoveryRecord,
    relations.RelationRecord,
    schemes.SchemeRecord,
    ties.TieDeclaration,
)

_ROW_OF: dict[str, Callable[[str, int, Any], SQLModel]] = {
    "scheme": lambda _key, _number, event: schemes.row_of(event),
    "people": lambda _key, number, event: (
        ties.row_of(number, event) if isinstance(event, TiesDeclared) else people.row_of(number, event)
    ),
}
"""The row that an entry of a stream makes, for the streams whose entries each make one."""

_READ_AS: dict[tuple[str, str], type[BaseModel] | None] = {
    ("case", "state"): Case,
    ("label", "label"): IssuedLabel,
    ("label", "facts"): PublicFacts,
    ("label_life", "life"): label_lives.PublicLife,
    ("matter", "state"): None,
    ("participant", "extract"): SignedExtract,
    ("scheme", "content"): None,
    ("tie_declaration", "ties"): None,
}
"""Columns of JSON, compared by what they say, type by type: a later version may order and add what has a default."""

_DERIVED_LATER = frozenset({"report_awaited_since", "left_at", "third_party_drawn_at", "third_party_plan"})
"""Fields of a case that a later version takes from entries of before: a row that was made then lacks them, and so does
its workflow. The signer and whoever recomputes read the entries."""

_SHOWN_CHARACTERS = 60


def row_made_by(stream: str, number: int, event: RecordEvents) -> SQLModel:
    """Return the row that one entry makes of a view; `case/…` streams are folded instead.

    Raises:
        KeyError: no view follows this stream.
        AttributeError: the event is of another stream.
    """
    kind, _, key = stream.partition("/")
    return _ROW_OF[kind](key, number, event)


def rows_of_case(case: Case) -> tuple[SQLModel, ...]:
    """Return the rows that a case makes of the views."""
    row = cases.CaseRecord(**cases.columns_of(case))
    return (row,) if case.label is None else (row, labels.row_of(case))


def rows_of_matter(kind: str, state: Matter) -> tuple[SQLModel, ...]:
    """Return the rows that a matter makes of the views."""
    return (matters.row_of(kind, state), *_BESIDE.get(kind, lambda _: ())(state))


_BESIDE: dict[str, Callable[[Any], tuple[SQLModel, ...]]] = {
    "appeal": appeals.rows_of,
    "complaint": complaints.rows_of,
    "label": lambda life: (label_lives.row_of(life),),
    "organisation": participants.rows_of,
}
"""Rows of the views beside a kind of matter (`certify.register.projection`)."""


class ViewCheck:
    """Compares rows as they should be with what stands in the views; remembers only their keys."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._seen: dict[str, set[Any]] = defaultdict(set)

    async def compare(self, expected: SQLModel) -> AsyncIterator[Finding]:
        """Yield what differs in the row of a view from what the journal gives."""
        model = type(expected)
        name, key_column = str(model.__tablename__), _key_column(model)
        key = getattr(expected, key_column.name)
        self._seen[name].add(key)
        query = select(*columns_of(model)).where(key_column == key)
        connection = await self._session.connection()
        found = (await connection.execute(query)).mappings().first()
        if found is None:
            yield Finding(where=f"{name} {key}", what="the journal gives this row; it is missing", code="row_missing")
            return
        for column in _table(model).c:
            stands, should = found[column.name], getattr(expected, column.name)
            if model is cases.CaseRecord and column.name == "state":
                should = _as_of_before(stands, should)
            if _meaning(column, stands) != _meaning(column, should):
                what = f"{_shown(stands)} stands where the journal gives {_shown(should)}"
                yield Finding(where=f"{name} {key} {column.name}", what=what, code="view_differs")

    def excuse(self, model: type[SQLModel], key: str) -> None:
        """Ask no reason for a row whose stream cannot be folded: that was found already."""
        self._seen[str(model.__tablename__)].add(key)

    async def surplus(self) -> AsyncIterator[Finding]:
        """Yield, when all expected rows were compared, the rows that the journal does not give."""
        connection = await self._session.connection()
        for model in VIEWS:
            name, key_column = str(model.__tablename__), _key_column(model)
            async with connection.stream(select(*columns_of(model, key_column.name))) as rows:
                async for (key,) in rows:
                    if key not in self._seen[name]:
                        what = "the journal gives no such row"
                        yield Finding(where=f"{name} {key}", what=what, code="row_surplus")


def _table(model: type[SQLModel]) -> Any:
    return model.__table__  # type: ignore[attr-defined]  # SQLModel makes it for table=True


def _key_column(model: type[SQLModel]) -> Column[Any]:
    (column,) = _table(model).primary_key
    return column  # type: ignore[no-any-return]  # of an untyped table


def _meaning(column: Column[Any], value: Any) -> Any:
    if is_moment(column):
        return moment_of(value)
    place = (column.table.name, column.name)
    if place not in _READ_AS:
        return value
    try:
        return _said(value, _READ_AS[place])
    except (ValueError, TypeError):
        return value


def _as_of_before(stands: str, should: str) -> str:
    """Return what a row should say, without what it lacks of `_DERIVED_LATER`."""
    try:
        return json.dumps(_without_later(json.loads(should), json.loads(stands)))
    except (ValueError, TypeError):
        return should


def _without_later(should: Any, stands: Any) -> Any:
    if not isinstance(should, dict) or not isinstance(stands, dict):
        return should
    kept = {name: one for name, one in should.items() if name in stands or name not in _DERIVED_LATER}
    return {name: _without_later(one, stands.get(name)) for name, one in kept.items()}


def _said(value: str, model: type[BaseModel] | None) -> Any:
    """Return what JSON says; raises ValueError where it is not written as it is read."""
    written = strict_json(value)
    if model is None:
        return json.dumps(written, sort_keys=True)
    read = model.model_validate_json(value)
    if not says_no_other(written, json.loads(read.model_dump_json())):
        raise ValueError("this is not written as it is read")
    return read


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"
