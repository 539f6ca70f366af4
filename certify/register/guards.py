"""Triggers that keep the journal append-only, whoever sends the SQL (security T25).

Only bodies of refused attempts can be deleted, when the time is over for which they are kept; `certify check` holds
each that is missing against the record of that.

SQLite's `INSERT OR REPLACE` deletes without telling a DELETE trigger unless the connection asks for it, so what
would be replaced is refused before it is inserted. Only an owner who drops the triggers gets past them, and then
`certify check` names what was changed.
"""

from collections.abc import Iterable

_REFUSAL = "the journal is append-only"

_UNIQUE_KEYS = {
    "journal_entry": (("position",), ("stream", "number"), ("act_id",), ("digest",)),
    "journal_body": (("stream", "number"),),
    "journal_place": (("position",),),
}
"""The tables and, of each, the columns by which a row could take another's place."""


def statements(dialect: str, tables: Iterable[str] = tuple(_UNIQUE_KEYS)) -> tuple[str, ...]:
    """Return the SQL that sets the guards up, one statement each, for `sqlite` or `postgresql`; repeating is harmless.

    Raises:
        KeyError: another database.
    """
    return {"sqlite": _on_sqlite, "postgresql": _on_postgresql}[dialect](tables)


def dropping(dialect: str) -> tuple[str, ...]:
    """Return the SQL that takes the guards away: for a migration that makes one of the tables anew.

    Raises:
        KeyError: another database.
    """
    return {"sqlite": _SQLITE_DROPS, "postgresql": _POSTGRESQL_DROPS}[dialect]


def lifting(dialect: str, table: str) -> tuple[str, str]:
    """Return the SQL that lets rows of a table be written again, and the SQL that guards them as before.

    For one transaction that runs both: readers go on meanwhile, writers wait.

    Raises:
        KeyError: another database.
    """
    return {
        "sqlite": (f"DROP TRIGGER IF EXISTS {table}_no_update", _refused_on_sqlite(table, "update")),
        "postgresql": (
            f"ALTER TABLE {table} DISABLE TRIGGER {table}_append_only",
            f"ALTER TABLE {table} ENABLE TRIGGER {table}_append_only",
        ),
    }[dialect]


def _refused_on_sqlite(table: str, change: str) -> str:
    which = f"WHEN {_IS_KEPT} " if (table, change) == _ERASABLE else ""
    return (
        f"CREATE TRIGGER IF NOT EXISTS {table}_no_{change} BEFORE {change} ON {table} {which}"
        f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
    )


def _no_replacing_on_sqlite(table: str) -> str:
    taken = " OR ".join(
        "(" + " AND ".join(f"{column} = NEW.{column}" for column in key) + ")" for key in _UNIQUE_KEYS[table]
    )
    is_taken = f"EXISTS (SELECT 1 FROM {table} WHERE {taken})"  # noqa: S608  # names of our own tables
    return (
        f"CREATE TRIGGER IF NOT EXISTS {table}_no_replace BEFORE INSERT ON {table} WHEN {is_taken} "
        f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
    )


def _on_sqlite(tables: Iterable[str]) -> tuple[str, ...]:
    return tuple(
        statement
        for table in tables
        for statement in (
            _refused_on_sqlite(table, "update"),
            _refused_on_sqlite(table, "delete"),
            _no_replacing_on_sqlite(table),
        )
    )


_SQLITE_DROPS = tuple(
    f"DROP TRIGGER IF EXISTS {table}_no_{change}"
    for table in _UNIQUE_KEYS
    for change in ("update", "delete", "replace")
)

_ERASABLE = ("journal_body", "delete")
_IS_KEPT = "OLD.stream <> 'attempts'"

_FUNCTION = "journal_refuses_change()"
_REFUSING = f"BEGIN RAISE EXCEPTION '{_REFUSAL}'; END"


def _on_postgresql(tables: Iterable[str]) -> tuple[str, ...]:
    return (
        f"CREATE OR REPLACE FUNCTION {_FUNCTION} RETURNS trigger LANGUAGE plpgsql AS $$ {_REFUSING} $$",
        *(statement for table in tables for statement in _refused_on_postgresql(table)),
    )


def _refused_on_postgresql(table: str) -> tuple[str, ...]:
    erasable = table == _ERASABLE[0]
    changes = "UPDATE OR TRUNCATE" if erasable else "UPDATE OR DELETE OR TRUNCATE"
    whole = (
        f"CREATE OR REPLACE TRIGGER {table}_append_only BEFORE {changes} ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {_FUNCTION}"
    )
    rows = (
        f"CREATE OR REPLACE TRIGGER {table}_kept BEFORE DELETE ON {table} "
        f"FOR EACH ROW WHEN ({_IS_KEPT}) EXECUTE FUNCTION {_FUNCTION}"
    )
    return (whole, rows) if erasable else (whole,)


_POSTGRESQL_DROPS = tuple(
    f"DROP TRIGGER IF EXISTS {table}_{what} ON {table}" for table in _UNIQUE_KEYS for what in ("append_only", "kept")
)
