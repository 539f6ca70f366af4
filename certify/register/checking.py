"""What `certify check` finds, and how it reads a table without believing that a cell holds what its type says."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final

from pydantic import BaseModel, ConfigDict
from sqlalchemy import ColumnElement, DateTime, type_coerce
from sqlalchemy.types import NullType, TypeEngine
from sqlmodel import SQLModel

from certify.register.cells import AsFound, SealedCell

_STORED: Final = "%Y-%m-%d %H:%M:%S.%f"
"""As SQLAlchemy stores times in SQLite."""


class Finding(BaseModel):
    """One thing that does not hold.

    Attributes:
        where: the stream and number, the table, key and column, the object, or the line of the sign log.
        what: one sentence for a person.
        code: stable snake_case name.
    """

    model_config = ConfigDict(frozen=True)

    where: str
    what: str
    code: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what} [{self.code}]"


def columns_of(table: type[SQLModel], *names: str) -> Iterable[ColumnElement[Any]]:
    """Return columns of a table, all by default, that give what is stored: SQLite takes any value in any column.

    What is sealed is opened; what does not open is given as `Unopened`.
    """
    columns = table.__table__.c  # type: ignore[attr-defined]  # SQLModel makes it for table=True
    return [type_coerce(columns[name], _as_stored(columns[name].type)).label(name) for name in names or columns.keys()]


def _as_stored(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    return AsFound(kind) if isinstance(kind, SealedCell) else NullType()


def moment_of(value: Any) -> Any:
    """Return a time as an aware one; SQLite stores UTC as text. What is no time comes back as it is.

    So does a time in another spelling than the one in which times are stored: nobody of ours wrote it.
    """
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return value
    if isinstance(value, str) and value != found.strftime(_STORED):
        return value
    return found.replace(tzinfo=UTC) if isinstance(found, datetime) and found.tzinfo is None else found


def is_moment(column: ColumnElement[Any]) -> bool:
    """Whether a column holds times."""
    return isinstance(column.type, DateTime) or isinstance(getattr(column.type, "impl_instance", None), DateTime)
