"""When each account last published something, and when its list of posts was last looked at: an account is silent only
where somebody looked. Times are UTC seconds."""

from __future__ import annotations

from sqlalchemy import Connection

from storage import schema
from storage.bulk import rows_of
from storage.known import Known

#: Readings that show an account's posts as a whole; a page may be about one of them alone.
_WHOLE = ("file", "api", "pass")


def last_published(connection: Connection, before: int, known: Known) -> dict[str, int]:
    """Account key → when its newest counted post before that moment was published. Accounts without are left out."""
    told = "" if known.attempt_id is None else f" AND o.attempt_id <= {known.attempt_id}"
    counted = ", ".join(map(str, schema.COUNTED))
    sql = (
        "SELECT a.key, max(p.published_at) FROM post p"
        " JOIN account a ON a.account_id = p.account_id"
        " JOIN latest l ON l.post_id = p.post_id"
        f" WHERE p.published_at < ? AND p.merged_into IS NULL AND l.state IN ({counted})"
        f" AND EXISTS (SELECT 1 FROM observation o WHERE o.post_id = p.post_id{told})"
        " GROUP BY a.key"
    )
    return {key: int(moment) for key, moment in rows_of(connection, sql, before)}


def last_looked(connection: Connection, until: int, known: Known) -> dict[str, int]:
    """Account key → the newest moment not after ``until`` that a good reading of its posts shows."""
    told = "" if known.attempt_id is None else f" AND t.attempt_id <= {known.attempt_id}"
    withdrawn = "" if known.at is None else f" OR t.withdrawn_at > {known.at}"
    good = ", ".join(f"'{each}'" for each in schema.GOOD)
    kinds = ", ".join(f"'{each}'" for each in _WHOLE)
    sql = (
        "SELECT a.key, max(coalesce(t.observed_at, t.recorded_at)) FROM attempt t"
        " JOIN account a ON a.account_id = t.account_id"
        f" WHERE t.outcome IN ({good}) AND t.kind IN ({kinds})"
        f" AND (t.posts > 0 OR t.first_published IS NOT NULL OR t.outcome = 'unchanged'){told}"
        f" AND (t.withdrawn_at IS NULL{withdrawn})"
        " AND coalesce(t.observed_at, t.recorded_at) <= ? GROUP BY a.key"
    )
    return {key: int(moment) for key, moment in rows_of(connection, sql, until)}
