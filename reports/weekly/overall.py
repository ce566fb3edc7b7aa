"""The first parts of a weekly mail: all accounts together, and each account."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from adapters.records import Count, added
from reports import measure, wording
from reports.figures.totals import Line, covered_words
from reports.listing import counted, sentence
from reports.measure import Measure, fact
from reports.periods import here
from reports.section import Chart, Section, Sentence, Series, bars
from reports.sections.line_figures import declared
from reports.statement import Statement, Trace
from reports.vocabulary import HEADINGS, OTHERS, words_of
from reports.weekly.weeks import Week, change, difference, metric_of
from storage.views.view import PostValue

#: What a figure that cannot be compared or is not shown is called in a mail.
NONE = "—"


def total(now: Week, then: Week, posts: Sequence[PostValue]) -> Section:
    """How much was published and read, beside the week before, and when."""
    line = now.total
    if not line.posts:
        said = "这一周没有读到各账号发布的作品。没有数据不等于没有发布，原因见“数据情况”。"
        return Section(id="week.total", title="总览", sentences=(Sentence("week.total", said),))
    number = next(each for each in declared(line, "week.total") if each.metric == "posts")
    number = replace(number, word="共发布作品", measure=words_of(line.kinds).measure)
    every = Trace(accounts=line.members, metrics=("views",))
    views = together(now, "阅读播放量", "人次")
    return Section(
        id="week.total",
        title="总览",
        sentences=(
            sentence("week.total", number, "，", views, "。", trace=every),
            *_compared(now, then),
        ),
        charts=(_days(now, posts),),
    )


def together(now: Week, word: str, measure: str = "") -> Statement:
    """All views of a week, after ``word``."""
    views = next(each for each in declared(now.total, "week.total") if each.metric == "views")
    parts = (each.figures["views"] for each in now.lines.values())
    return replace(
        views, word=word, measure=measure, parts=tuple(each for each in parts if each is not None),
        items=words_of(now.total.kinds).measure, marks=now.marks(),
    )  # fmt: skip


def _compared(now: Week, then: Week) -> Iterator[Sentence]:
    """The accounts of which both weeks are known, together."""
    read = (each for each in now.lines if metric_of(now.lines[each]) == "views")
    known = tuple(each for each in read if change(now, then, each) is not None)
    shown, before = (added(w.lines[each].figures["views"] for each in known) for w in (now, then))
    grown = difference(shown, before)
    if not known or grown is None:
        return
    part = len(known) < len(now.lines)
    who = f"两周数据都完整的{counted(len(known), '个')}账号，" if part else ""
    views = Statement(
        id="week.change", value=shown, trace=Trace(accounts=known, metrics=("views",)), way="sum",
        word="阅读播放量合计", measure="人次", marks=now.marks(),
    )  # fmt: skip
    said = "大致相当，不能确定增减"
    if grown.exact or not grown.low < 0 < (grown.high or 0):
        said = wording.change(grown, (), "人次")
    yield sentence("week.change", who, views, f"，比前一周同期{said}。")


def _days(now: Week, posts: Sequence[PostValue]) -> Chart:
    """How many posts each day of the week saw."""
    first = now.period.start.date()
    days = [first + timedelta(days=each) for each in range(7)]
    seen = Counter(here(each.published_at).date() for each in posts)
    return Chart(
        id="week.days",
        title="每天发布的作品",
        kind="column",
        categories=tuple(f"{each.day}日" for each in days),
        series=(Series.of("作品", (seen[each] for each in days)),),
        unit=words_of(now.total.kinds).measure,
        note="0 是没有读到那天发布的作品，不等于没有发布" if 0 in [seen[d] for d in days] else "",
    )


def accounts(now: Week, then: Week) -> Section:
    """Each account: posts, views (or readers) and their change on the week before."""
    table = measure.table("week.accounts", "各账号", [*_columns(now, then)], now.lines)
    views = {key: line.figures["views"] for key, line in now.lines.items()}
    known = sorted(
        (key for key, each in views.items() if each is not None),
        key=lambda key: -(views[key] or Count(0)).value,
    )
    series = (
        Series.of("这一周", (views[key] for key in known)),
        Series.of("前一周", (then.lines[key].figures["views"] for key in known)),
    )
    shown = (each for each in series if any(value is not None for value in each.values))
    names = (now.lines[key].name for key in known)
    return Section(
        id="week.accounts",
        title="各账号",
        tables=(table,) if now.lines else (),
        charts=bars("week.accounts", "各账号阅读播放量", "人次", names, *shown),
    )


def _columns(now: Week, then: Week) -> Iterator[Measure[str]]:
    """What the table tells of an account, by its id."""
    lines = now.lines

    def metric(name: str, week: Week = now, lead: str = "") -> Measure[str]:
        return fact(
            f"{lead}{HEADINGS[name]}", lambda key: week.lines[key].figures[name], narrow=False
        )

    yield fact("账号", lambda key: lines[key].name)
    yield fact("发布", lambda key: lines[key].posts if lines[key].posts or now.whole(key) else None)
    yield fact("阅读播放", lambda key: _reads(now, lines[key]))
    yield fact("比前一周", lambda key: signed(change(now, then, key)))
    yield fact("平台", lambda key: lines[key].platform_name, narrow=False)
    for name in ("views", "readers"):
        yield from (metric(name), metric(name, then, "前一周"))
    yield from (metric(name) for name in OTHERS)
    yield fact("覆盖", lambda key: covered_words(lines[key]), narrow=False)


def _reads(now: Week, line: Line) -> str:
    """An account's views in words; readers, marked as people, where it shows no views."""
    metric = metric_of(line)
    figure = line.figures[metric]
    if figure is None:
        return NONE
    said = wording.total(figure, now.marks(metric))
    return f"{said}人" if metric == "readers" else said


def signed(change: Count | None) -> str:
    """``+1234``, ``-350``, ``0`` in full; 约 before it where a figure behind it is one; — where it cannot be told."""
    if change is None:
        return NONE
    if change.exact:
        return f"{change.low:+d}" if change.low else "0"
    if change.high is None or change.low <= 0 <= change.high:
        return NONE
    sign, size = ("+", change) if change.low > 0 else ("-", -change)
    return f"{sign}{wording.total(size)}"
