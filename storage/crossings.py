"""Hits of a period on the basis *gained*: a crossing lies between two observations, and counts for the
period only where both lie in it (domain.md "A hit")."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import Connection, select

from storage import schema
from storage.seen import series_of
from storage.valued import Question, value_at
from storage.values import reached

Crossing = tuple[int, str, int, bool]


def crossings(
    connection: Connection, question: Question, thresholds: Mapping[str, Sequence[int]]
) -> Iterator[Crossing]:
    """(account, metric, threshold, whether it surely lies in the period) of crossings that touch it,
    and of posts valued in it of which it cannot be told whether they have crossed."""
    posts = _candidates(connection, question, thresholds)
    numbers = sorted(posts)
    for start in range(0, len(numbers), 500):
        part = numbers[start : start + 500]
        for owner, series in series_of(connection, part, question.known):
            account_id, published_at = posts[owner]
            seen = [each for each in series if not each.withdrawn]
            moments = [each.values[1] for each in seen if each.values[1] <= question.as_of]
            for metric, values in thresholds.items():
                for threshold in values:
                    before, after = published_at, None
                    unsure = False
                    for moment in moments:
                        found = value_at(seen, moment)
                        answer = None if found is None else reached(found[2], metric, threshold)
                        if answer:
                            after = moment
                            break
                        unsure = answer is None
                        if answer is False:
                            before = moment
                    sure = _place(question, before, after, unsure=unsure)
                    if sure is not None:
                        yield account_id, metric, threshold, sure


def _place(question: Question, before: int, after: int | None, *, unsure: bool) -> bool | None:
    """True: in the period. None: outside it. False: it cannot be told."""
    if after is None:
        return False if unsure else None
    if after <= question.start or before >= question.end:
        return None
    return before >= question.start and after < question.end


def _candidates(
    connection: Connection, question: Question, thresholds: Mapping[str, Sequence[int]]
) -> dict[int, tuple[int, int]]:
    """Posts that may have crossed: those with a hit on record or a value that leaves it open."""
    post, hit = schema.post, schema.hit
    rows = list(
        connection.execute(
            select(post.c.post_id, post.c.account_id, post.c.published_at)
            .where(post.c.published_at < question.end, post.c.merged_into.is_(None))
            .where(post.c.post_id.in_(select(hit.c.post_id)) | ~post.c.plain)
        )
    )
    open_posts = connection.exec_driver_sql(
        "SELECT v.post_id, v.account_id, v.published_at FROM valued v"
        f" WHERE {' OR '.join(f'v.{metric} IS NULL' for metric in thresholds) or '1 = 0'}"
    )
    found = {row[0]: (row[1], row[2]) for row in rows}
    return found | {row[0]: (row[1], row[2]) for row in open_posts}
