"""the directory counts the reviews that stand

Rows of labels that were issued before counted a reviewer who had left the case. What was signed of them stays.

Revision ID: 0155
Revises: 0150
"""

import json
from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

from certify.register.labels import facts_of
from schemas.case import Case

revision = '0155'
down_revision = '0150'
branch_labels = None
depends_on = None

AT_ONCE = 100
COUNTED = ("experts", "own_tests", "areas")
_LABEL = sa.table("label", sa.column("id"), sa.column("application"), sa.column("facts"))
_CASE = sa.table("case", sa.column("id"), sa.column("state"))


def upgrade() -> None:
    connection = op.get_bind()
    for label, facts in recounted(connection):
        connection.execute(_LABEL.update().where(_LABEL.c.id == label).values(facts=facts))


def downgrade() -> None:
    pass


def recounted(connection: sa.Connection) -> Iterator[tuple[str, str]]:
    """Yield the labels that counted somebody who had left, with their facts as the record gives them."""
    ids = connection.execute(sa.select(_LABEL.c.id)).scalars().all()
    joined = sa.select(_LABEL.c.id, _LABEL.c.facts, _CASE.c.state).join(_CASE, _CASE.c.id == _LABEL.c.application)
    for start in range(0, len(ids), AT_ONCE):
        some = joined.where(_LABEL.c.id.in_(ids[start : start + AT_ONCE]))
        for label, facts, state in connection.execute(some).all():
            told = json.loads(facts)
            given = _given(state)
            if given is not None and any(told.get(name) != given[name] for name in COUNTED):
                yield label, json.dumps({**told, **given}, ensure_ascii=False)


def _given(state: str) -> dict[str, object] | None:
    """Return what is counted in a case; None where it cannot be read, which `certify check` names."""
    try:
        facts = facts_of(Case.model_validate_json(state)).model_dump(mode="json")
    except (ValueError, LookupError, AssertionError):
        return None
    return {name: facts[name] for name in COUNTED}
