"""invitations that a second officer confirms

Revision ID: 0136
Revises: 0135
"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = '0136'
down_revision = '0135'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('invitation',
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('asked_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('asked_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('roles', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('organisation', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('areas', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('confirmed_by', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('ended', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.CheckConstraint('confirmed_by <> asked_by', name='confirmed_by_another'),
    sa.CheckConstraint("ended <> 'confirmed' OR confirmed_by IS NOT NULL", name='confirmed_by_somebody'),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_table('invited_person',
    sa.Column('invitation', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('email', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.PrimaryKeyConstraint('invitation')
    )


def downgrade() -> None:
    op.drop_table('invited_person')
    op.drop_table('invitation')
