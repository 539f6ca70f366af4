"""what the scanner knew when it called a file clean

Revision ID: 0170
Revises: 0160
"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = '0170'
down_revision = '0160'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('file_inspection') as table:
        table.add_column(
            sa.Column('signatures', sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default='')
        )
        table.alter_column('signatures', server_default=None)


def downgrade() -> None:
    with op.batch_alter_table('file_inspection') as table:
        table.drop_column('signatures')
