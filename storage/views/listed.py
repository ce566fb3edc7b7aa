"""Posts that are counted by their publish time alone, whatever the basis of a summary: placements and issues of
programmes. They show no figures; one counts as soon as an observation by as-of, told by known-by, shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from storage import schema
from storage.bulk import rows_of
from storage.observations import series_of, value_at
from storage.views.posts import PostFacts, facts_of
from storage.views.valued import Question, published_by, whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed(PostFacts):
    """One such post, with its facts as of the question. ``seen_at``: when it was last seen, by the reading
    ``attempt_id``; UTC seconds."""

    published_at: int
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
    for number, said in facts_of(connection, seen, question).items():
        moment, last = times[number], seen[number]
        if moment is not None and moment <= question.as_of and said["kind"] in kinds:
            said |= {"published_at": moment, "seen_at": last.seen_at}
            found.append(Listed(**said, attempt_id=last.attempt_id))
    return sorted(found, key=lambda each: (each.published_at, each.post_id))
