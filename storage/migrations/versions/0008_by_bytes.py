"""Text is compared by its bytes on PostgreSQL too (storage.postgres.by_bytes, after every upgrade, so that columns that are
still to come are compared alike). On SQLite it always was."""

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Nothing of its own: that there is something newer brings ``by_bytes`` to databases of before."""
