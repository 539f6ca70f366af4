"""bodies of refused attempts can be erased when their time is over

Revision ID: 0150
Revises: 0145
"""

from alembic import op

from certify.register.guards import dropping, statements

revision = '0150'
down_revision = '0145'
branch_labels = None
depends_on = None


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    for statement in (*dropping(dialect), *statements(dialect)):
        op.execute(statement)


def downgrade() -> None:
    """Leave the triggers of this version: what was erased under them is gone."""
