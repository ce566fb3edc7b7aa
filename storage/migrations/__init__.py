"""Alembic scripts; the program runs them itself (database.prepare)."""
