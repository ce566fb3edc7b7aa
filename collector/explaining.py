"""``collect explain``: what the figures of a post, or a sentence or figure of a summary, rest on: as lines for people and
as data for other programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from adapters.records import Count, data_of
from collector.intake.captures import Captures
from collector.words import STATE_WORDS, iso, metric_word, short
from reports import wording
from reports.figures.totals import Scope
from reports.periods import here, moment_words
from reports.section import Stated
from reports.statement import Statement
from reports.tracing import Behind, Evidence, OwnFigure, Walk
from storage.views.history import Observation, StoredPost, fact_history, observations
from storage.views.view import PostValue

#: Account figures have no word of their own among the metrics of posts.
_STANDING = {"followers": "粉丝数"}


def lines(
    scope: Scope, stated: Stated, walked: Walk, names: Mapping[str, str], captures: Captures
) -> Iterator[str]:
    """What is stated, how it was made, and the first posts behind it, each with its observations. ``names``: of accounts,
    by id; ``captures``: where the bytes are kept."""
    if isinstance(stated, Statement):
        yield f"{stated.name}：{_value(stated.value)}{'及以上' if stated.least else ''}"
    else:
        yield stated.text
    yield (
        f"  {scope.period.title}，口径 {scope.basis}，截至 {moment_words(scope.as_of)}，"
        f"已知 {moment_words(scope.known_by)}"
    )
    trace = stated.trace
    if trace is None:
        yield "  这一句是说明，没有由作品得来的数字"
        return
    for (account, metric), ends in walked.own.items():
        words = ("期初" if trace.earlier is None else "当时", "期末")
        for word, own in zip(words, ends, strict=True):
            said = f"{names[account]}{word}{_STANDING.get(metric, metric)}"
            yield f"  {said}：{_amount(None if own is None else own.value)}"
            if own is not None:
                yield from _look_lines(own, captures)
    for place, each in enumerate(walked.periods):
        if place:
            first, last = _when(each.question.start), _when(each.question.end - 1)
            yield f"  与之比较的时期 {first} 至 {last}，截至 {_when(each.question.as_of)}"
        yield from _period_lines(each, trace.metrics, names, captures)


def _period_lines(
    found: Evidence, metrics: Sequence[str], names: Mapping[str, str], captures: Captures
) -> Iterator[str]:
    yield f"  来自 {found.total} 篇作品" + "".join(
        f"；{metric_word(each)}{_summed(found.sums[each])}"
        for each in metrics
        if each in found.sums
    )
    for each in found.posts:
        yield _post_line(each, names, metrics)
        for look in each.looks:
            yield from _look_lines(look, captures)
    if found.total > len(found.posts):
        more = found.total - len(found.posts)
        yield f"  还有 {more} 篇。看更多请加 --top {found.total}"
    if found.total:
        yield "  一篇的全部观测：collect explain 编号"


def as_data(scope: Scope, stated: Stated, walked: Walk) -> dict[str, Any]:
    """The same in plain types."""
    data: dict[str, Any] = {
        "id": stated.id,
        "text": stated.name if isinstance(stated, Statement) else stated.text,
        "period": scope.period.name,
        "basis": str(scope.basis),
        "as_of": scope.as_of.isoformat(),
        "known_by": scope.known_by.isoformat(),
    }
    if isinstance(stated, Statement):
        value = stated.value
        data["value"] = data_of(value) if isinstance(value, Count) else value
    data |= {"posts_total": 0, "posts": []}
    for place, each in enumerate(walked.periods):
        metrics = stated.trace.metrics if stated.trace else ()
        there = {
            "posts_total": each.total,
            "posts": [_post_data(post, metrics) for post in each.posts],
        }
        asked = each.question
        span = {"from": asked.start, "to": asked.end, "as_of": asked.as_of}
        if place:
            data["earlier"] = {name: iso(at) for name, at in span.items()} | there
        else:
            data |= there
    if walked.own:
        data["accounts"] = [
            {
                "account": account,
                "metric": metric,
                "at_start": _own_data(ends[0]),
                "at_end": _own_data(ends[1]),
            }
            for (account, metric), ends in walked.own.items()
        ]
    return data


def post_lines(connection: Connection, post: StoredPost, captures: Captures) -> Iterator[str]:
    """A post, its present figures, how its facts changed, and each of its observations."""
    yield short(post.title, 200)
    yield f"  编号 {post.post_id}；账号 {post.account}；发布于 {published(post)}"
    if post.url:
        yield f"  {post.url}"
    yield f"  现值：{_figures(post.latest) or '没有来源显示数字'}" + (
        f"；状态 {STATE_WORDS[post.state]}" if post.state else ""
    )
    for told in fact_history(connection, post.post_id):
        since = _when(told.observed_at) if told.observed_at else "最初"
        yield f"  {since}：{told.name} = {told.value}"
    for each in observations(connection, post.post_id):
        read = each.reading
        how = f"人工更正：{read.notes.get('reason', '')}" if read.correction else read.observed_from
        yield f"  {_when(each.observed_at)}（{how}） {_figures(each.figures) or '没有数字'}"
        yield f"      {_place(each)}，{_when(read.recorded_at)} 存入"
        if read.withdrawn_at is not None:
            yield f"      已于 {_when(read.withdrawn_at)} 撤回：{read.withdrawn_reason}"
        if each.beside:
            yield "      另存：" + "、".join(
                f"{name} {value}" for name, value in each.beside.items()
            )
        yield from _bytes_line(each, captures)


def post_data(connection: Connection, post: StoredPost) -> dict[str, Any]:
    """The same in plain types."""
    return {
        "post": post.post_id,
        "account": post.account,
        "title": post.title,
        "url": post.url,
        "published_at": iso(post.published_at),
        "state": post.state,
        "figures": {name: data_of(count) for name, count in post.latest.items()},
        "observations": [
            {
                **_look_data(each),
                "observed_from": each.reading.observed_from,
                "figures": {name: data_of(count) for name, count in each.figures.items()},
                "beside": dict(each.beside),
                "state": each.state,
                "recorded_at": iso(each.reading.recorded_at),
                "withdrawn_at": iso(each.reading.withdrawn_at),
            }
            for each in observations(connection, post.post_id)
        ],
    }


def published(post: PostValue | StoredPost, clock: str = "%H:%M:%S") -> str:
    """When a post was published, in Shanghai; its day where nothing tells the hour."""
    if post.published_at is None:
        return "时间不详"
    return f"{here(post.published_at):{'%Y-%m-%d' if post.date_only else f'%Y-%m-%d {clock}'}}"


def _post_line(each: Behind, names: Mapping[str, str], metrics: Sequence[str]) -> str:
    post = each.post
    shown = "、".join(f"{metric_word(m)} {_amount(each.amounts.get(m))}" for m in metrics)
    account, when = names.get(post.account, post.account), published(post, "%H:%M")
    return f"  [{post.post_id}] {account} {when} {short(post.title)}" + (shown and f"：{shown}")


def _post_data(each: Behind, metrics: Sequence[str]) -> dict[str, Any]:
    post = each.post
    return {
        "post": post.post_id,
        "account": post.account,
        "title": post.title,
        "url": post.url,
        "figures": {m: data_of(each.amounts.get(m)) for m in metrics},
        "observations": [_look_data(look) for look in each.looks],
    }


def _own_data(own: OwnFigure | None) -> dict[str, Any] | None:
    return None if own is None else {**(data_of(own.value) or {}), **_look_data(own)}


def _look_lines(look: Observation | OwnFigure, captures: Captures) -> Iterator[str]:
    yield f"      {_when(look.observed_at)} 的观测，{_place(look)}"
    yield from _bytes_line(look, captures)


def _place(look: Observation | OwnFigure) -> str:
    read = look.reading
    where = f" 第{look.sheet + 1}张表第{look.row}行" if read.kind == "file" else ""
    return f"来自 {read.source}{where}；批次 {read.run_id}，记录 {read.attempt_id}"


def _bytes_line(look: Observation | OwnFigure, captures: Captures) -> Iterator[str]:
    read = look.reading
    if read.path:
        yield (
            "      原件已按期清理" if read.removed_at else f"      原件 {captures.where(read.path)}"
        )


def _look_data(look: Observation | OwnFigure) -> dict[str, Any]:
    read = look.reading
    return {
        "observed_at": iso(look.observed_at),
        "source": read.source,
        "sheet": look.sheet + 1,
        "row": look.row,
        "run": read.run_id,
        "attempt": read.attempt_id,
        "sha256": read.sha256,
        "capture": read.path,
    }


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


def _figures(figures: Mapping[str, Count]) -> str:
    how = {"exact": "", "about": "约", "at_least": "至少"}
    return "、".join(f"{metric_word(n)} {how[c.bound]}{c.value}" for n, c in figures.items())


def _when(moment: int) -> str:
    return f"{here(moment):%Y-%m-%d %H:%M:%S}"
