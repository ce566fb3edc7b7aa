"""Many centres on many machines: one PostgreSQL database, a schema a centre, tasks by Procrastinate."""
