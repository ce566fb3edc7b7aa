"""Posts of the few kinds that are counted by their publish time alone, found without a look at all of the others."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_index(
        "post_kind",
        "post",
        ["kind"],
        sqlite_where=sa.text("kind NOT IN ('article', 'video')"),
        if_not_exists=True,
    )
