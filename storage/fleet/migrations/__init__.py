"""Alembic scripts; the program runs them itself (storage.database.prepare)."""
