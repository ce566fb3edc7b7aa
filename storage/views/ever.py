"""What went before a period, over all the time that is kept: for records and first times."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from adapters.records import METRICS, Count
from storage import schema
from storage.observations import series_of, value_at
from storage.views.series import View
from storage.views.valued import published_by


@dataclass(frozen=True, slots=True)
class Earlier:
    """A post published before a period, with its views at the view's as-of; None: only its readers are known."""

    account: str
    views: Count | None


def earlier_hits(view: View, accounts: Sequence[str]) -> Iterator[Earlier]:
    """Every post of ``accounts``, published before the view's period, that passed a threshold of views at any time: a post
    that has no such record never stood at the lowest threshold or above, unless it is rounded there."""
    question = view.question
    wanted = {number: key for number, key in view.accounts.items() if key in accounts}
    post, hit = schema.post, schema.hit
    rows = view.connection.execute(
        select(post.c.post_id, post.c.account_id)
        .where(post.c.post_id.in_(select(hit.c.post_id).where(hit.c.metric == "views")))
        .where(post.c.account_id.in_(list(wanted)))
        .where(post.c.merged_into.is_(None))
    ).all()
    owners = {row.post_id: wanted[row.account_id] for row in rows}
    times = published_by(view.connection, sorted(owners), question.known)
    posts = [n for n in sorted(owners) if (times.get(n) or question.start) < question.start]
    for number, series in series_of(view.connection, posts, question.known):
        last = value_at(series, question.as_of)
        if last is not None:
            yield Earlier(owners[number], last.counts[METRICS.index("views")])


def since(view: View, accounts: Sequence[str]) -> int | None:
    """When the first post of ``accounts`` that is kept was published, in UTC seconds; None where none is."""
    numbers = [number for number, key in view.accounts.items() if key in accounts]
    post = schema.post
    firsts = [
        view.connection.execute(
            select(func.min(post.c.published_at)).where(post.c.account_id == number)
        ).scalar()
        for number in numbers
    ]
    return min((each for each in firsts if each is not None), default=None)
