"""What today's reading of kept bytes adds to what was stored of them, and where it says otherwise.

Added is only what was missed: a post, a metric, a figure kept beside, a fact that is still empty. Where a figure
or a state differs from what was stored, nothing of that record is added: a person is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from adapters.records import METRICS, AccountFigures, Count, Metrics, Post
from collector.words import STATE_WORDS, metric_word
from storage.views.history import StoredPost
from storage.writing.rereading import AccountRow, Row


@dataclass(frozen=True, slots=True)
class Differs:
    """Today's reading contradicts what was stored; ``words`` say how."""

    words: str


def said(count: Count) -> str:
    """A count with what is known of its precision: ``约 1200``, ``至少 100000``, ``57``."""
    return {"exact": "", "about": "约 ", "at_least": "至少 "}[count.bound] + str(count.value)


def missed(
    post: Post, known: StoredPost | None, rows: Sequence[Row], seen: int
) -> Post | Differs | None:
    """What of a record was missed; None for nothing.

    ``known`` is its stored post, ``rows`` what was stored of it from these bytes, ``seen`` the record's moment.
    """
    if known is None or not rows:
        return post
    name = post.title[:30] or "（无标题）"
    there = [row for row in rows if row.seen == seen]
    if not there:
        return post if post.observed_at is not None else Differs(f"{name}：存的是另一个时间的数")
    exact = [row for row in there if post.row is not None and row.place == (post.sheet, post.row)]
    there = exact or there
    if all(row.state != post.state for row in there):
        was, now = STATE_WORDS[there[0].state], STATE_WORDS[post.state]
        return Differs(f"{name}：存的是“{was}”，现在读出“{now}”")
    gained: dict[str, Count] = {}
    for metric in METRICS:
        today = getattr(post.metrics, metric)
        stored = [row.figures[metric] for row in there if metric in row.figures]
        if today is not None and not stored:
            gained[metric] = today
        elif today is not None and today not in stored:
            words = f"{metric_word(metric)} 存的是 {said(stored[0])}，现在读出 {said(today)}"
            return Differs(f"{name}：{words}")
    kept = {each for row in there for each in row.beside}
    beside = {name: value for name, value in post.beside.items() if name not in kept}
    facts = (post.author and not known.author) or (post.column and not known.column)
    if not gained and not beside and not facts:
        return None
    return replace(
        post,
        title=known.title,
        author=known.author or post.author,
        column=known.column or post.column,
        kind=None,
        original=None,
        details={},
        metrics=Metrics(**gained),
        beside=beside,
    )


def missed_figures(
    record: AccountFigures, there: Sequence[AccountRow], seen: int
) -> AccountFigures | Differs | None:
    """The same for the figures of an account; ``there``: what was stored of that account from these bytes."""
    day = record.day.isoformat() if record.day else None
    gained = {}
    for metric, figure in record.figures.items():
        stored = [
            each.figure
            for each in there
            if (each.metric, each.seen, each.day) == (metric, seen, day)
        ]
        if not stored:
            gained[metric] = figure
        elif figure not in stored:
            when = f"{day} 的" if day else ""
            return Differs(f"账号{when} {metric} 存的是 {said(stored[0])}，现在读出 {said(figure)}")
    return replace(record, figures=gained) if gained else None
