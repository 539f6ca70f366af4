"""matters beside the certifications

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('matter',
    sa.Column('stream', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('organisation', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('is_over', sa.Boolean(), nullable=False),
    sa.Column('entry', sa.Integer(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('stream')
    )
    with op.batch_alter_table('matter', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_matter_kind'), ['kind'], unique=False)
        batch_op.create_index(batch_op.f('ix_matter_organisation'), ['organisation'], unique=False)
        batch_op.create_index(batch_op.f('ix_matter_is_over'), ['is_over'], unique=False)


def downgrade() -> None:
    op.drop_table('matter')
