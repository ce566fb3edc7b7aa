"""When the database was last told anything, without a look at every attempt: pages and the interface ask it each time."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_index("attempt_recorded", "attempt", ["recorded_at"])
    op.create_index(
        "attempt_withdrawn",
        "attempt",
        ["withdrawn_at"],
        sqlite_where=sa.text("withdrawn_at IS NOT NULL"),
    )
