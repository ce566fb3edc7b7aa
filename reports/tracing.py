"""From a sentence or a figure of a summary back to the posts, or the account's own figures, behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection

from adapters.moments import DAY
from adapters.records import METRICS, NOTHING, UNKNOWN, Count
from reports.figures.totals import Summary
from reports.statement import Trace
from storage.bulk import seconds
from storage.known import Known
from storage.values import reached
from storage.views.crossings import crossings
from storage.views.history import Observation, observations, posts_by_number
from storage.views.series import PostValue, View
from storage.views.shown import shown_by_accounts, shown_by_posts
from storage.views.standing import Standing, standing
from storage.views.valued import Question

_MANY = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """A sentence (``text``) or a figure (``text`` is its name, ``value`` what it is) of a summary."""

    id: str
    text: str
    trace: Trace | None
    value: Count | int | float | None = None
    is_figure: bool = False
    least: bool = False  # a plain number that is a lower bound


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
    amounts: Mapping[str, Count] = field(default_factory=dict)
    moments: tuple[int, ...] = ()


@dataclass(slots=True)
class Found:
    """What is behind a figure: how many posts, each metric of theirs added up, and the first of them."""

    total: int = 0
    sums: dict[str, Count] = field(default_factory=dict)
    posts: list[Behind] = field(default_factory=list)


def stated(summary: Summary) -> Iterator[Stated]:
    """All sentences, then all figures."""
    for each in summary.sentences:
        yield Stated(id=each.id, text=each.text, trace=each.trace)
    for section in summary.sections:
        for fig in section.figures:
            yield Stated(
                id=fig.id, text=fig.name, trace=fig.trace, value=fig.value, is_figure=True, least=fig.least
            )  # fmt: skip


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
    """All posts behind a trace: see ``behind``."""
    return behind(connection, question, trace).posts


def behind(
    connection: Connection, question: Question, trace: Trace, top: int | None = None
) -> Found:
    """What is behind a trace, and its first ``top`` posts, those with most of its (first) metric first. Posts that
    count on every basis alike (a live stream on *aged*) have their value at as-of."""
    found = Found()
    if trace.standing:
        return found
    if trace.basis:
        question = replace(question, basis=trace.basis)
    wanted = None if trace.posts is None else set(trace.posts)
    _add(found, View(connection, question), trace, wanted, top)
    if wanted and question.basis != "published":
        settled = View(connection, replace(question, basis="published"), "published")
        _add(found, settled, trace, wanted, top)
    for post in posts_by_number(connection, wanted or ()).values():
        found.total += 1
        found.posts.append(
            Behind(
                post_id=post.post_id,
                account=post.account,
                title=post.title,
                url=post.url,
                published_at=post.published_at,
                date_only=post.date_only,
                moments=(question.as_of,),
            )
        )
    return found


def _add(found: Found, view: View, trace: Trace, wanted: set[int] | None, top: int | None) -> None:
    """The posts of a view that are behind a trace; they are no longer wanted afterwards."""
    metrics = trace.metrics or ("views",)
    ranked = []
    rows = (
        shown_by_accounts(view, trace.accounts) if wanted is None else shown_by_posts(view, wanted)
    )
    chosen = _chosen(view, trace)
    for number, published_at, shown in rows:
        if not chosen(number, shown):
            continue
        found.total += 1
        for metric in trace.metrics:
            found.sums[metric] = found.sums.get(metric, NOTHING) + shown.get(metric, UNKNOWN)
        amount = shown.get(metrics[0])
        ranked.append(
            (amount is None, 0 if amount is None else -amount.value, published_at, number)
        )
    ranked.sort()
    numbers = [each[-1] for each in ranked]
    for start in range(0, len(numbers[:top]), _MANY):
        part = numbers[:top][start : start + _MANY]
        there = view.get(part)
        found.posts += [_behind(view.question, there[number]) for number in part]
    if wanted is not None:
        wanted.difference_update(numbers)


def _chosen(view: View, trace: Trace) -> Callable[[int, Mapping[str, Count]], bool]:
    """Which posts of a view a trace is about, by their facts and by the thresholds that they may have passed."""
    tests: list[Callable[[int, Mapping[str, Count]], bool]] = []
    if trace.kinds or trace.original is not None:
        of_kind = {
            post.post_id
            for post in view.posts(trace.accounts)
            if (not trace.kinds or post.kind in trace.kinds)
            and trace.original in (None, post.original)
        }
        tests.append(lambda number, _: number in of_kind)
    if trace.reaching and view.question.basis == "gained":
        thresholds = {metric: [mark] for metric, mark in trace.reaching}
        crossed = {
            each.post_id
            for each in crossings(view.connection, view.question, thresholds, view.table)
        }
        tests.append(lambda number, _: number in crossed)
    elif trace.reaching:
        tests.append(lambda _, shown: any(_may_reach(shown, *mark) for mark in trace.reaching))
    return lambda number, shown: all(test(number, shown) for test in tests)


def _may_reach(shown: Mapping[str, Count], metric: str, threshold: int) -> bool:
    return reached(tuple(map(shown.get, METRICS)), metric, threshold) is not False


def _behind(question: Question, post: PostValue) -> Behind:
    moments = {
        "published": (question.as_of,),
        "gained": (question.opening, question.closing),
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
    start = question.opening if trace.earlier is None else trace.earlier[1] - 1
    ends = (min(start, question.as_of), question.closing)
    found = {}
    for metric in trace.metrics:
        told = standing(connection, metric, ends, question.known, question.as_of)
        for account in trace.accounts:
            found[account, metric] = told.get(account, [None, None])
    return found


def sources(
    connection: Connection, question: Question, post: Behind, metrics: Sequence[str]
) -> list[Observation]:
    """The observations whose figures are the post's value: at each moment, of each metric the last that shows it; of a
    figure without metrics the last one."""
    known = observations(connection, post.post_id, question.known, question.as_of)
    found: dict[int, Observation] = {}
    for moment in post.moments:
        seen = [each for each in known if each.observed_at <= moment]
        for metric in metrics or ("",):
            last = next(
                (each for each in reversed(seen) if not metric or metric in each.figures), None
            )
            if last is not None:
                found[id(last)] = last
    return sorted(found.values(), key=lambda each: (each.observed_at, each.reading.attempt_id))
