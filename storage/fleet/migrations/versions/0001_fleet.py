"""Centres, what became of their work, their summaries, turns at hosts, workers, the province's staff."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "centre",
        sa.Column("key", sa.Text(), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("config", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("left_at", sa.BigInteger()),
    )
    op.create_table(
        "inbox",
        sa.Column("centre", sa.Text(), primary_key=True),
        sa.Column("seen", sa.Text(), nullable=False),
        sa.Column("handed", sa.Text(), nullable=False),
    )
    op.create_table(
        "setback",
        sa.Column("centre", sa.Text(), primary_key=True),
        sa.Column("job", sa.Text(), primary_key=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
        sa.Column("aside_at", sa.BigInteger()),
    )
    op.create_table(
        "stored_summary",
        sa.Column("centre", sa.Text(), primary_key=True),
        sa.Column("period", sa.Text(), primary_key=True),
        sa.Column("basis", sa.Text(), primary_key=True),
        sa.Column("as_of", sa.BigInteger()),
        sa.Column("known_by", sa.BigInteger()),
        sa.Column("made_at", sa.BigInteger()),
        sa.Column("program", sa.Text()),
        sa.Column("summary", sa.Text()),
        sa.Column("problem", sa.Text()),
        sa.Column("tried_at", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "host_turn",
        sa.Column("host", sa.Text(), primary_key=True),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("holder", sa.Text()),
        sa.Column("held_until", sa.DateTime(timezone=True)),
        sa.Column("gap", sa.Float(), nullable=False),
        sa.Column("line", sa.ARRAY(sa.Text()), nullable=False),
    )
    op.create_table(
        "worker",
        sa.Column("worker_id", sa.BigInteger(), primary_key=True, autoincrement=True),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("at_work", sa.Text(), nullable=False),
        sa.Column("stopped_at", sa.BigInteger()),
        sa.Column("problem", sa.Text(), nullable=False),
    )
    op.create_table(
        "state",
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("value", sa.Text(), nullable=False),
    )
    op.create_table(
        "person",
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("password", sa.Text(), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
    )
    op.create_table(
        "sign_in",
        sa.Column("subject", sa.Text(), primary_key=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failed_at", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "token",
        sa.Column("sha256", sa.Text(), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("used_at", sa.BigInteger()),
        sa.Column("revoked_at", sa.BigInteger()),
        sa.Column("revoked_by", sa.Text()),
    )
