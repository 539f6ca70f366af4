"""images of holders for their certificates

Revision ID: 0120
Revises: 0110
"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = '0120'
down_revision = '0110'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('holder_image',
    sa.Column('digest', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('digest')
    )


def downgrade() -> None:
    op.drop_table('holder_image')
