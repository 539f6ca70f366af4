"""when images of holders were handed in

Revision ID: 0130
Revises: 0120
"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = '0130'
down_revision = '0120'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('image_handed_in',
    sa.Column('digest', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('digest')
    )


def downgrade() -> None:
    op.drop_table('image_handed_in')
