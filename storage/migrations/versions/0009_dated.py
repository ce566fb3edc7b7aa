"""How far each account's data reach, and when its files came, without a look at every attempt."""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    columns = ["account_id", "kind", "observed_at", "posts", "figures"]  # and what they bring
    op.create_index("attempt_dated", "attempt", columns)
