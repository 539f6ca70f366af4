"""seals over position and time of each entry of the journal

Revision ID: 0110
Revises: 0100
"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

from certify.register.guards import statements
from certify.register.places import FIRST, seal_of

revision = '0110'
down_revision = '0100'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('journal_place',
    sa.Column('position', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('seal', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.PrimaryKeyConstraint('position')
    )
    _seal_what_is_there()
    for statement in statements(op.get_bind().dialect.name, ('journal_place',)):
        op.execute(sa.text(statement))


def _seal_what_is_there() -> None:
    entry = sa.table('journal_entry', *map(sa.column, ('position', 'stream', 'number')),
                     sa.column('recorded_at', sqlmodel.sql.sqltypes.UTCDateTime()))
    place = sa.table('journal_place', *map(sa.column, ('position', 'seal')))
    connection, previous = op.get_bind(), FIRST
    query = sa.select(entry.c.position, entry.c.stream, entry.c.number, entry.c.recorded_at).order_by(entry.c.position)
    for found in connection.execute(query).partitions(1000):
        rows = []
        for row in found:
            previous = seal_of(previous, *row)
            rows.append({'position': row.position, 'seal': previous})
        connection.execute(place.insert(), rows)


def downgrade() -> None:
    op.drop_table('journal_place')
