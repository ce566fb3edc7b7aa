"""Posts that are counted by when they were published and by nothing else, whatever the basis of a summary: placements
and the issues of programmes. They show no figures, so *gained* and *aged* say nothing of them; one counts as soon as
any observation by as-of, told by known-by, shows it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from storage import facts, schema
from storage.bulk import rows_of, select_in
from storage.observations import series_of, value_at
from storage.views.valued import Question, published_by, whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One such post, with its facts as of the question. Times are UTC seconds; ``seen_at``: when it was last seen,
    by the reading ``attempt_id``."""

    post_id: int
    account: str
    title: str
    url: str
    kind: str
    published_at: int
    date_only: bool
    author: str
    column: str
    details: Mapping[str, str]
    seen_at: int
    attempt_id: int


def listed(connection: Connection, question: Question, kinds: Sequence[str]) -> list[Listed]:
    """The counted posts of ``kinds`` of all accounts, of any time, in the order of their publishing: those before the
    question's period tell from when a ledger was kept."""
    marks = ", ".join("?" * len(kinds))
    sql = f"SELECT p.post_id FROM post p WHERE p.kind IN ({marks}) AND {whole(question)}"
    numbers = [row[0] for row in rows_of(connection, sql, *kinds)]
    times = published_by(connection, numbers, question.known)
    seen = {}
    for owner, series in series_of(connection, numbers, question.known, question.as_of):
        value = value_at(series, question.as_of)
        if value is not None and value.state in schema.COUNTED:
            seen[owner] = value
    found = []
    for row in _facts(connection, question, list(seen)):
        moment = times[row["post_id"]]
        if moment is not None and moment <= question.as_of and row["kind"] in kinds:
            last = seen[row["post_id"]]
            found.append(
                Listed(**row, published_at=moment, seen_at=last.seen_at, attempt_id=last.attempt_id)
            )
    return sorted(found, key=lambda each: (each.published_at, each.post_id))


def _facts(
    connection: Connection, question: Question, posts: Sequence[int]
) -> list[dict[str, Any]]:
    sql = (
        'SELECT p.post_id, a.key, p.title, p.url, p.kind, p.date_only, p.author, p."column", p.details, p.retold'
        " FROM post p JOIN account a ON a.account_id = p.account_id WHERE p.post_id IN (??)"
    )
    rows = list(select_in(connection, sql, posts))
    retold = [row[0] for row in rows if row[-1]]
    told = facts.told(connection, retold, question.as_of, question.known)
    names = (
        "post_id",
        "account",
        "title",
        "url",
        "kind",
        "date_only",
        "author",
        "column",
        "details",
    )
    found = []
    for row in rows:
        said = dict(zip(names, row, strict=False))
        changed = facts.columns(dict(told.get(row[0], {})))
        said |= {name: each for name, each in changed.items() if name in names}
        said["details"] = json.loads(said["details"]) if said["details"] else {}
        said["date_only"] = bool(said["date_only"])
        found.append(said)
    return found
