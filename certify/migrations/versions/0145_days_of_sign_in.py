"""the day on which somebody last came in

Revision ID: 0145
Revises: 0136
"""

import sqlalchemy as sa
from alembic import op

revision = '0145'
down_revision = '0136'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('account', sa.Column('last_signed_in_on', sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column('account', 'last_signed_in_on')
