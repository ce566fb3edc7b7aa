"""What Procrastinate's own table says of the tasks of centres: those that wait or are under way."""

from __future__ import annotations

from sqlalchemy import Connection, text


def standing(connection: Connection) -> set[str]:
    """``centre/job`` of every task that waits or is under way."""
    sql = "SELECT queueing_lock FROM procrastinate_jobs WHERE status IN ('todo', 'doing') AND lock IS NOT NULL"
    return {str(name) for (name,) in connection.execute(text(sql))}


def is_worked_for(connection: Connection, centre: str) -> bool:
    """Whether a task of the centre is under way, or was when its worker was last heard of."""
    sql = "SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing' AND lock = :centre"
    return bool(connection.execute(text(sql), {"centre": centre}).scalar_one())
