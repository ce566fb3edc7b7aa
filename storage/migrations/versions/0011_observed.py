"""The newest moment that any reading shows, without a look at every attempt: each view of a report asks for it."""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_index("attempt_observed", "attempt", ["observed_at"], if_not_exists=True)
