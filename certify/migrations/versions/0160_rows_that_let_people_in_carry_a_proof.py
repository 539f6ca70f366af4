"""rows that let people in carry a proof

Rows of before have none: whoever has the keys of the installation proves them once, `certify up` at its start or
`certify vault seal`. Challenges and links to files, good for minutes, are given up.

Revision ID: 0160
Revises: 0155
"""

import sqlalchemy as sa
from alembic import op

revision = '0160'
down_revision = '0155'
branch_labels = None
depends_on = None

PASSING = ('authentication_challenge', 'file_link')
LASTING = ('account', 'api_token', 'passkey_use', 'sign_in_link', 'signed_in', 'totp_secret')


def upgrade() -> None:
    for table in PASSING:
        op.execute(sa.delete(sa.table(table)))
    for table in (*PASSING, *LASTING):
        op.add_column(table, sa.Column('proof', sa.String(), nullable=True))
    with op.batch_alter_table('passkey_use') as batch_op:
        batch_op.add_column(sa.Column('person', sa.String(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('public_key', sa.String(), nullable=False, server_default=''))
    _name_passkeys()
    with op.batch_alter_table('passkey_use') as batch_op:
        batch_op.alter_column('person', server_default=None)
        batch_op.alter_column('public_key', server_default=None)


def downgrade() -> None:
    op.drop_column('passkey_use', 'public_key')
    op.drop_column('passkey_use', 'person')
    for table in (*PASSING, *LASTING):
        op.drop_column(table, 'proof')


def _name_passkeys() -> None:
    use = sa.table('passkey_use', *map(sa.column, ('credential_id', 'person', 'public_key')))
    passkey = sa.table('passkey', *map(sa.column, ('credential_id', 'person', 'public_key', 'until_entry')))
    beside = passkey.c.credential_id == use.c.credential_id
    # Beside a key that ended nothing is kept: without it the key lets nobody in again.
    live = sa.select(passkey.c.credential_id).where(passkey.c.until_entry.is_(None))
    op.execute(use.delete().where(use.c.credential_id.not_in(live)))
    op.execute(
        use.update().values(
            person=sa.select(passkey.c.person).where(beside).scalar_subquery(),
            public_key=sa.select(passkey.c.public_key).where(beside).scalar_subquery(),
        )
    )
