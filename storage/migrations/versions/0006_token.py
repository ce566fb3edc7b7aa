"""For programs that ask: a token has a purpose, a screen on a wall or another, and its last use is kept."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.rename_table("wall", "token")
    op.add_column("token", sa.Column("purpose", sa.Text, nullable=False, server_default="screen"))
    op.add_column("token", sa.Column("used_at", sa.BigInteger))
