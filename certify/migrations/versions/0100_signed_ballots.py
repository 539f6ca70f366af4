"""which signatures were accepted for which act

Revision ID: 0100
Revises: 0090
"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = '0100'
down_revision = '0090'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('accepted_signature',
    sa.Column('challenge', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('act_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('act_digest', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('accepted_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('challenge')
    )
    with op.batch_alter_table('accepted_signature', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_accepted_signature_accepted_at'), ['accepted_at'], unique=False)


def downgrade() -> None:
    op.drop_table('accepted_signature')
