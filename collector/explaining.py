"""``collect explain --period``: what a sentence or a figure of a summary rests on, as lines for people and as data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from adapters.moments import SHANGHAI
from adapters.records import Count
from collector.words import metric_word, short
from reports import wording
from reports.figures.totals import Summary
from reports.periods import moment_words
from reports.statement import Trace
from reports.tracing import (
    Behind,
    Stated,
    behind,
    earlier_of,
    question_of,
    sources,
    standing_behind,
)
from storage.views.history import Observation, Reading, readings
from storage.views.standing import Standing
from storage.views.valued import Question

#: Account figures have no word of their own among the metrics of posts.
_STANDING = {"followers": "粉丝数"}


def lines(
    connection: Connection,
    summary: Summary,
    stated: Stated,
    names: Mapping[str, str],
    *,
    top: int,
    captures: Path,
) -> Iterator[str]:
    """A sentence or figure, how it was made, and the first ``top`` posts behind it, each with its observations."""
    least = "及以上" if stated.least else ""
    yield stated.text + (f"：{_value(stated.value)}{least}" if stated.is_figure else "")
    yield (
        f"  {summary.period.title}，口径 {summary.basis}，截至 {moment_words(summary.as_of)}，"
        f"已知 {moment_words(summary.known_by)}"
    )
    if stated.trace is None:
        yield "  这一句是说明，没有由作品得来的数字"
        return
    question = question_of(connection, summary)
    if stated.trace.standing:
        for (account, metric), ends in standing_behind(connection, question, stated.trace).items():
            words = ("期初" if stated.trace.earlier is None else "当时", "期末")
            told = dict(zip(words, ends, strict=True))
            yield from _standing_lines(connection, names[account], metric, told, captures)
        return
    yield from _posts_lines(connection, question, stated.trace, names, top=top, captures=captures)
    earlier = earlier_of(question, stated.trace)
    if earlier is not None:
        first, last = _moment(earlier.start), _moment(earlier.end - 1)
        yield f"  与之比较的时期 {first} 至 {last}，截至 {_moment(earlier.as_of)}"
        yield from _posts_lines(
            connection, earlier, stated.trace, names, top=top, captures=captures
        )


def _posts_lines(
    connection: Connection,
    question: Question,
    trace: Trace,
    names: Mapping[str, str],
    *,
    top: int,
    captures: Path,
) -> Iterator[str]:
    found = behind(connection, question, trace, top)
    metrics = trace.metrics
    yield f"  来自 {found.total} 篇作品" + "".join(
        f"；{metric_word(each)}{_summed(found.sums[each])}"
        for each in metrics
        if each in found.sums
    )
    for post in found.posts[:top]:
        shown = "、".join(f"{metric_word(m)} {_amount(post.amounts.get(m))}" for m in metrics)
        yield (
            f"  [{post.post_id}] {names.get(post.account, post.account)} {_when(post)} {short(post.title)}"
            + (f"：{shown}" if shown else "")
        )
        for each in sources(connection, question, post, metrics):
            yield from _source_lines(each, captures)
    if found.total > top:
        yield f"  还有 {found.total - top} 篇。看更多请加 --top {found.total}"
    if found.total:
        yield "  一篇的全部观测：collect explain 编号"


def _source_lines(each: Observation, captures: Path) -> Iterator[str]:
    yield f"      {_moment(each.observed_at)} 的观测，{_place(each.reading, each.sheet, each.row)}"
    yield from _capture(each.reading, captures)


def _standing_lines(
    connection: Connection,
    name: str,
    metric: str,
    ends: Mapping[str, Standing | None],
    captures: Path,
) -> Iterator[str]:
    for word, value in ends.items():
        what = f"  {name}{word}{_STANDING.get(metric, metric)}"
        if value is None:
            yield f"{what}：{wording.NO_DATA}"
            continue
        reading = readings(connection, [value.attempt_id])[value.attempt_id]
        yield f"{what}：{_amount(value.value)}"
        yield f"      {_moment(value.seen_at)} 的观测，{_place(reading, value.sheet, value.row)}"
        yield from _capture(reading, captures)


def _place(reading: Reading, sheet: int, row: int) -> str:
    where = f" 第{sheet + 1}张表第{row}行" if reading.kind == "file" else ""
    return f"来自 {reading.source}{where}；批次 {reading.run_id}，记录 {reading.attempt_id}"


def _capture(reading: Reading, captures: Path) -> Iterator[str]:
    if reading.path:
        yield f"      原件 {'已按期清理' if reading.removed_at else captures / reading.path}"


def _summed(total: Count) -> str:
    """The plain sum of what is there: a figure is checked by adding up."""
    if not total.known:
        return f"均{wording.NO_DATA}"
    if not total.below and total.above == 0:
        said = str(total.value)
    elif total.high is None:  # what is sure, as the figure states it
        said = f"{total.low}及以上（含约数或下限）"
    else:
        said = f"约 {total.value}（{total.low}—{total.high}）"
    missing = f"，{total.missing} 篇{wording.NO_DATA}" if total.missing else ""
    return f"合计 {said}{missing}"


def _amount(amount: Count | None) -> str:
    if amount is None:
        return wording.NO_DATA
    if amount.bound == "about":  # as the file shows it: 1.2万, and where the true one lies
        return f"{amount.value / 10_000:g}万（{wording.cell(amount)}）"
    return wording.cell(amount)


def _value(value: Count | int | float | None) -> str:
    if value is None:
        return wording.NO_DATA
    return wording.cell(value) if isinstance(value, Count) else str(value)


def _when(post: Behind) -> str:
    if post.published_at is None:
        return "时间不详"
    there = datetime.fromtimestamp(post.published_at, SHANGHAI)
    return f"{there:%Y-%m-%d}" if post.date_only else f"{there:%Y-%m-%d %H:%M}"


def _moment(at: int) -> str:
    return f"{datetime.fromtimestamp(at, SHANGHAI):%Y-%m-%d %H:%M:%S}"
