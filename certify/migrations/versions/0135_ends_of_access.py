"""whose access ended

Revision ID: 0135
Revises: 0130
"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = '0135'
down_revision = '0130'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('access_end',
    sa.Column('person', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('ended_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('ended_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('restored_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.CheckConstraint('ended_by <> person', name='ended_by_another'),
    sa.PrimaryKeyConstraint('person')
    )


def downgrade() -> None:
    op.drop_table('access_end')
