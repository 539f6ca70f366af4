"""the life of labels

Revision ID: 0050
Revises: 0040
"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = '0050'
down_revision = '0040'
branch_labels = None
depends_on = None

# SQLite knows no name of the constraint; this is how the reflected one is called while the table is made anew.
_NAMES = {"uq": "uq_%(table_name)s_%(column_0_name)s"}


def upgrade() -> None:
    op.create_table('label_life',
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('organisation', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('tier', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('standing', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('since', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('expires_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('life', sa.Text(), nullable=False),
    sa.CheckConstraint('version >= 1', name='label_life_version'),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('label_life', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_label_life_organisation'), ['organisation'], unique=False)
        batch_op.create_index(batch_op.f('ix_label_life_standing'), ['standing'], unique=False)

    # A prolonged label is carried on by a second one of the same application.
    if op.get_bind().dialect.name == 'postgresql':
        op.drop_constraint('label_application_key', 'label', type_='unique')
    else:
        with op.batch_alter_table('label', schema=None, naming_convention=_NAMES) as batch_op:
            batch_op.drop_constraint('uq_label_application', type_='unique')
    with op.batch_alter_table('label', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_label_application'), ['application'], unique=False)


def downgrade() -> None:
    named = 'label_application_key' if op.get_bind().dialect.name == 'postgresql' else 'uq_label_application'
    with op.batch_alter_table('label', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_label_application'))
        batch_op.create_unique_constraint(named, ['application'])
    op.drop_table('label_life')
