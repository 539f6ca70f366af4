"""what is found in files, who opens them, and links to them

Revision ID: 0090
Revises: 0070
"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = '0090'
down_revision = '0070'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('file_inspection',
    sa.Column('application', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('digest', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('kinds', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('remarks', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('inspected_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('scan', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('scan_detail', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('scanned_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.PrimaryKeyConstraint('application', 'digest')
    )
    op.create_index(op.f('ix_file_inspection_scanned_at'), 'file_inspection', ['scanned_at'], unique=False)
    op.create_table('opening_count',
    sa.Column('person', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('minute', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('person', 'minute')
    )
    op.create_table('file_link',
    sa.Column('id_digest', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('session', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('subject', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('of_label', sa.Boolean(), nullable=False),
    sa.Column('item', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('expires_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id_digest')
    )
    op.create_index(op.f('ix_file_link_expires_at'), 'file_link', ['expires_at'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_file_link_expires_at'), table_name='file_link')
    op.drop_table('file_link')
    op.drop_table('opening_count')
    op.drop_index(op.f('ix_file_inspection_scanned_at'), table_name='file_inspection')
    op.drop_table('file_inspection')
