"""organisations as matters, what the Register says of them, and which belong together

Revision ID: 0020
Revises: 0002
"""

import json

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = '0020'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('participant', schema=None) as batch_op:
        batch_op.add_column(sa.Column('left_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column('officer_due_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column('officer_state', sqlmodel.sql.sqltypes.AutoString(), nullable=True))
        batch_op.add_column(sa.Column('has_ethics_commission', sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column('ethics_commission', sqlmodel.sql.sqltypes.AutoString(), nullable=True))
        batch_op.add_column(sa.Column('extract', sa.Text(), nullable=True))
    participant = sa.table(
        'participant', sa.column('ethics_officer'), sa.column('officer_state'), sa.column('has_ethics_commission', sa.Boolean())
    )
    named = sa.case((participant.c.ethics_officer.is_(None), 'awaited'), else_='named')
    op.execute(participant.update().values(officer_state=named, has_ethics_commission=False))
    with op.batch_alter_table('participant', schema=None) as batch_op:
        batch_op.alter_column('officer_state', existing_type=sqlmodel.sql.sqltypes.AutoString(), nullable=False)
        batch_op.alter_column('has_ethics_commission', existing_type=sa.Boolean(), nullable=False)

    op.create_table('relation',
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('stated_of', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('found', sa.Boolean(), nullable=False),
    sa.Column('organisation', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('parent', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('since', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('until', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('relation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_relation_stated_of'), ['stated_of'], unique=False)
        batch_op.create_index(batch_op.f('ix_relation_organisation'), ['organisation'], unique=False)
        batch_op.create_index(batch_op.f('ix_relation_parent'), ['parent'], unique=False)

    _fold_organisations()


def _fold_organisations() -> None:
    """Give every organisation that was entered so far its row among the matters: its stream has this one entry."""
    body = sa.table('journal_body', sa.column('stream'), sa.column('number'), sa.column('body', sa.LargeBinary()))
    matter = sa.table('matter', *map(sa.column, ('stream', 'kind', 'organisation', 'entry', 'state')), sa.column('is_over', sa.Boolean()))
    entries = sa.select(body.c.stream, body.c.body).where(body.c.stream.like('organisation/%'), body.c.number == 1)
    connection = op.get_bind()
    for stream, written in connection.execute(entries).all():
        event = json.loads(written)
        state = {
            'id': event['organisation'], 'entry': 1, 'organisation': event['organisation'],
            'opened_by': event['actor'], 'opened_at': event['at'],
            'name': event['name'], 'country': event['country'], 'roles': event['roles'], 'entered_at': event['at'],
            'officer': event['ethics_officer'], 'public_contact': event['officer_contact'],
            'register_entry': 1, 'register_at': event['at'],
        }
        known = {name: value for name, value in state.items() if value is not None}
        connection.execute(matter.insert().values(
            stream=stream, kind='organisation', organisation=event['organisation'], is_over=False, entry=1,
            state=json.dumps(known, ensure_ascii=False, separators=(',', ':')),
        ))


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM matter WHERE kind = 'organisation'"))
    op.drop_table('relation')
    with op.batch_alter_table('participant', schema=None) as batch_op:
        for name in ('left_at', 'officer_due_at', 'officer_state', 'has_ethics_commission', 'ethics_commission', 'extract'):
            batch_op.drop_column(name)
