"""From a sentence or a figure of a summary back to the posts, or the account's own figures, behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection

from adapters.records import METRICS, NOTHING, UNKNOWN, Count
from reports.centre import Centre
from reports.figures.totals import Scope
from reports.statement import Trace
from storage import schema
from storage.bulk import seconds
from storage.known import Known
from storage.values import reached
from storage.views.crossings import crossings
from storage.views.history import (
    Observation,
    StoredPost,
    StoredReading,
    observations,
    posts_by_number,
    readings,
)
from storage.views.standing import standing
from storage.views.valued import Question
from storage.views.view import PostValue, ShortPost, View


@dataclass(slots=True, kw_only=True)
class Behind:
    """A post behind a figure, with its amounts as counted there. ``moments``: of what times it is the value, in
    UTC seconds (two on *gained*: the period's start and its end). ``looks``: the observations of its amounts, once
    they were asked for (see ``walk``)."""

    post: PostValue | StoredPost
    amounts: Mapping[str, Count]
    moments: tuple[int, ...]
    looks: Sequence[Observation] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnFigure:
    """A standing figure of an account (followers), and where it stood: see ``history.Observation``."""

    value: Count
    observed_at: int
    sheet: int
    row: int
    reading: StoredReading


@dataclass(slots=True)
class Evidence:
    """What lies behind a figure in the period of a question: how many posts, each metric of theirs added up, and the first
    of them."""

    question: Question
    total: int = 0
    sums: dict[str, Count] = field(default_factory=dict)
    posts: list[Behind] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """The way back from what a summary states. ``periods``: the summary's own, and the one it is compared with. ``own``:
    (account, metric) → the account's own figures at the start and the end."""

    periods: Sequence[Evidence] = ()
    own: Mapping[tuple[str, str], Sequence[OwnFigure | None]] = field(default_factory=dict)


def walk(connection: Connection, scope: Scope, trace: Trace | None, top: int) -> Walk:
    """From a trace to the first ``top`` posts of each period, and on to the readings of their figures."""
    if trace is None:
        return Walk()
    question = question_of(connection, scope)
    if trace.standing:
        return Walk(own=standing_behind(connection, question, trace))
    periods = []
    for asked in (question, earlier_of(question, trace)):
        if asked is not None:
            found = behind(connection, asked, trace, top)
            del found.posts[top:]
            for each in found.posts:
                each.looks = _looks(connection, asked, each, trace.metrics)
            periods.append(found)
    return Walk(periods=periods)


def question_of(connection: Connection, scope: Scope) -> Question:
    """What was asked of storage for a summary."""
    known = Known.by(connection, seconds(scope.known_by))
    question = scope.basis.question(scope.period, scope.as_of, known)
    return replace(question, accounts=asked_about(connection, scope.centre))


def asked_about(connection: Connection, centre: Centre) -> tuple[int, ...] | None:
    """The numbers of the accounts that a narrowed centre is about; None where it is not."""
    if not centre.only:
        return None
    kept = {each.id for each in centre.accounts}
    numbers = connection.execute(schema.account.select())
    return tuple(row.account_id for row in numbers if row.key in kept)


def earlier_of(question: Question, trace: Trace) -> Question | None:
    """The same question of the period that a figure is compared with; None where it is compared with none."""
    if trace.earlier is None:
        return None
    start, end, as_of = trace.earlier
    return replace(question, start=start, end=end, as_of=as_of)


def behind(
    connection: Connection, question: Question, trace: Trace, top: int | None = None
) -> Evidence:
    """What is behind a trace, and its first ``top`` posts, those with most of its (first) metric first. Posts that
    count on every basis alike (a live stream on *aged*) have their value at as-of."""
    found = Evidence(question)
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
        found.posts.append(Behind(post=post, amounts={}, moments=(question.as_of,)))
    return found


def _add(
    found: Evidence, view: View, trace: Trace, wanted: set[int] | None, top: int | None
) -> None:
    """The posts of a view that are behind a trace; they are no longer wanted afterwards."""
    ranked = []
    takes, metric = _chosen(view, trace), (trace.metrics or ("views",))[0]
    for row in view.short(accounts=trace.accounts, posts=wanted):
        if not takes(row):
            continue
        for name in trace.metrics:
            found.sums[name] = found.sums.get(name, NOTHING) + row.amounts.get(name, UNKNOWN)
        value = -row.amounts[metric].value if metric in row.amounts else None
        ranked.append((value is None, value or 0, row.published_at, row.post_id))
    numbers = [each[-1] for each in sorted(ranked)]
    found.total += len(numbers)
    found.posts += [_behind(view.question, each) for each in view.each(numbers[:top])]
    if wanted is not None:
        wanted.difference_update(numbers)


def _chosen(view: View, trace: Trace) -> Callable[[ShortPost], bool]:
    """Which posts of a view a trace is about, by their facts and by the thresholds that they may have passed."""
    crossed: set[int] | None = None
    if trace.reaching and view.question.basis == "gained":
        thresholds = {metric: [mark] for metric, mark in trace.reaching}
        crossed = {each.post_id for each in crossings(view, thresholds)}

    def takes(post: ShortPost) -> bool:
        if trace.kinds and post.kind not in trace.kinds:
            return False
        if trace.original not in (None, post.original):
            return False
        if crossed is not None:
            return post.post_id in crossed
        counts = tuple(map(post.amounts.get, METRICS))
        return not trace.reaching or any(
            reached(counts, *mark) is not False for mark in trace.reaching
        )

    return takes


def _behind(question: Question, post: PostValue) -> Behind:
    moments = {
        "published": (question.as_of,),
        "gained": (question.opening, question.closing),
        "aged": (question.moment(post.published_at),),
    }[question.basis]
    return Behind(post=post, amounts=post.amounts, moments=moments)


def standing_behind(
    connection: Connection, question: Question, trace: Trace
) -> dict[tuple[str, str], list[OwnFigure | None]]:
    """(account, metric) → its own figures at the period's start, or the end of the one compared with, and its end."""
    start = question.opening if trace.earlier is None else trace.earlier[1] - 1
    ends = (min(start, question.as_of), question.closing)
    found = {}
    for metric in trace.metrics:
        told = standing(connection, metric, ends, question.known, question.as_of)
        for account in trace.accounts:
            own = told.get(account, [None, None])
            read = readings(connection, [each.attempt_id for each in own if each is not None])
            found[account, metric] = [
                None
                if each is None
                else OwnFigure(
                    value=each.value,
                    observed_at=each.seen_at,
                    sheet=each.sheet,
                    row=each.row,
                    reading=read[each.attempt_id],
                )
                for each in own
            ]
    return found


def _looks(
    connection: Connection, question: Question, post: Behind, metrics: Sequence[str]
) -> Sequence[Observation]:
    """The observations whose figures are the post's value: at each moment, of each metric the last that shows it; of a
    figure without metrics the last one."""
    known = observations(connection, post.post.post_id, question.known, question.as_of)
    found: dict[int, Observation] = {}
    for moment in post.moments:
        seen = [each for each in reversed(known) if each.observed_at <= moment]
        for metric in metrics or ("",):
            last = next((each for each in seen if not metric or metric in each.figures), None)
            if last is not None:
                found[id(last)] = last
    return sorted(found.values(), key=lambda each: (each.observed_at, each.reading.attempt_id))
