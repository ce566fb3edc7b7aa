"""From a sentence or a figure of a summary back to the posts, or the account's own figures, behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection

from reports.figure import Figure
from reports.figures import Summary
from reports.section import Trace
from storage.bulk import seconds
from storage.history import posts_by_number
from storage.seen import Known
from storage.series import Amount, PostValue, View
from storage.standing import Standing, standing
from storage.valued import DAY, Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """A sentence (``text``) or a figure (``text`` is its name, ``value`` what it is) of a summary."""

    id: str
    text: str
    trace: Trace | None
    value: Figure | int | float | None = None
    is_figure: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """A post behind a figure, with its amounts as counted there. ``moments``: of what times it is the value, in
    UTC seconds (two on *gained*: the period's start and its end)."""

    post_id: int
    account: str
    title: str
    url: str
    published_at: int | None
    date_only: bool
    amounts: Mapping[str, Amount] = field(default_factory=dict)
    moments: tuple[int, ...] = ()


def stated(summary: Summary) -> Iterator[Stated]:
    """All sentences, then all figures."""
    for each in summary.sentences:
        yield Stated(id=each.id, text=each.text, trace=each.trace)
    for section in summary.sections:
        for fig in section.traced:
            yield Stated(id=fig.id, text=fig.name, trace=fig.trace, value=fig.value, is_figure=True)


def question_of(connection: Connection, summary: Summary) -> Question:
    """What was asked of storage for a summary."""
    return Question(
        basis=summary.basis.kind,
        start=seconds(summary.period.start),
        end=seconds(summary.period.end),
        as_of=seconds(summary.as_of),
        known=Known.by(connection, seconds(summary.known_by)),
        days=summary.basis.days,
    )


def earlier_of(question: Question, trace: Trace) -> Question | None:
    """The same question of the period that a figure is compared with; None where it is compared with none."""
    if trace.earlier is None:
        return None
    start, end, as_of = trace.earlier
    return replace(question, start=start, end=end, as_of=as_of)


def posts_behind(connection: Connection, question: Question, trace: Trace) -> list[Behind]:
    """The posts behind a trace, those with most of its (first) metric first. Posts that count
    on every basis alike (a live stream on *aged*) have their value at as-of."""
    if trace.standing:
        return []
    view = View(connection, question)
    if trace.posts is None:
        found = [_behind(question, each) for each in view.posts(trace.accounts)]
    else:
        found = list(_named(connection, question, view, trace.posts))
    metric = trace.metrics[0] if trace.metrics else "views"
    return sorted(found, key=lambda each: _rank(each, metric))


def _rank(post: Behind, metric: str) -> tuple[bool, int, int, int]:
    amount = post.amounts.get(metric)
    value = 0 if amount is None else -amount.value
    return amount is None, value, post.published_at or 0, post.post_id


def _named(
    connection: Connection, question: Question, view: View, numbers: Sequence[int]
) -> Iterator[Behind]:
    there = view.get(numbers)
    yield from (_behind(question, each) for each in there.values())
    rest = [each for each in numbers if each not in there]
    if rest and question.basis != "published":
        settled = replace(question, basis="published")
        found = View(connection, settled, "published").get(rest)
        yield from (_behind(settled, each) for each in found.values())
        rest = [each for each in rest if each not in found]
    for post in posts_by_number(connection, rest).values():
        yield Behind(
            post_id=post.post_id,
            account=post.account,
            title=post.title,
            url=post.url,
            published_at=post.published_at,
            date_only=post.date_only,
            moments=(question.as_of,),
        )


def _behind(question: Question, post: PostValue) -> Behind:
    moments = {
        "published": (question.as_of,),
        "gained": (question.start, question.closing),
        "aged": (post.published_at + question.days * DAY,),
    }[question.basis]
    return Behind(
        post_id=post.post_id,
        account=post.account,
        title=post.title,
        url=post.url,
        published_at=post.published_at,
        date_only=post.date_only,
        amounts=post.amounts,
        moments=moments,
    )


def standing_behind(
    connection: Connection, question: Question, trace: Trace
) -> dict[tuple[str, str], list[Standing | None]]:
    """(account, metric) → its own figures at the period's start, or the end of the one compared with, and its end."""
    start = question.start if trace.earlier is None else trace.earlier[1] - 1
    ends = (min(start, question.as_of), question.closing)
    found = {}
    for metric in trace.metrics:
        told = standing(connection, metric, ends, question.known)
        for account in trace.accounts:
            found[account, metric] = told.get(account, [None, None])
    return found
