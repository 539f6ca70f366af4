"""standing ties of people

Revision ID: 0040
Revises: 0030
"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = '0040'
down_revision = '0030'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('tie_declaration',
    sa.Column('entry', sa.Integer(), nullable=False),
    sa.Column('person', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('declared_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('ties', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('entry')
    )
    with op.batch_alter_table('tie_declaration', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_tie_declaration_person'), ['person'], unique=False)


def downgrade() -> None:
    op.drop_table('tie_declaration')
