"""The first parts of a weekly mail: all accounts together, and each account."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from adapters.records import Count
from reports import measure, wording
from reports.centre import Centre
from reports.figures.totals import Line, covered_words
from reports.listing import counted, sentence
from reports.measure import Measure, fact
from reports.periods import here
from reports.section import Chart, Section, Sentence, Series, bars
from reports.sections.line_figures import declared
from reports.statement import Statement, Trace
from reports.vocabulary import HEADINGS, OTHERS, words_of
from reports.weekly.figures import Week, change, compared, metric_of
from storage.views.view import PostValue

#: What a figure that cannot be compared or is not shown is called in a mail.
NONE = "—"


def total(centre: Centre, now: Week, then: Week, posts: Sequence[PostValue]) -> Section:
    """How much was published and read, beside the week before, and when."""
    line = now.total
    if not line.posts:
        said = "这一周没有读到各账号发布的作品。没有数据不等于没有发布，原因见“数据情况”。"
        return Section(id="week.total", title="总览", sentences=(Sentence("week.total", said),))
    number = next(each for each in declared(line, "week.total") if each.metric == "posts")
    number = replace(number, word="共发布作品", measure=words_of(line.kinds).measure)
    every = Trace(accounts=line.members, metrics=("views",))
    views = together(centre, now, "阅读播放量", "人次")
    return Section(
        id="week.total",
        title="总览",
        sentences=(
            sentence("week.total", number, "，", views, "。", trace=every),
            *_compared(centre, now, then),
        ),
        charts=(_days(now, posts),),
    )


def together(centre: Centre, now: Week, word: str, measure: str = "") -> Statement:
    """All views of a week, after ``word``."""
    views = next(each for each in declared(now.total, "week.total") if each.metric == "views")
    parts = (each.figures["views"] for each in now.lines.values())
    return replace(
        views, word=word, measure=measure, parts=tuple(each for each in parts if each is not None),
        items=words_of(now.total.kinds).measure, marks=tuple(centre.thresholds.get("views", ())),
    )  # fmt: skip


def _compared(centre: Centre, now: Week, then: Week) -> Iterator[Sentence]:
    """The accounts of which both weeks are known."""
    found = compared(now, then)
    if found is None:
        return
    part = len(found.accounts) < len(now.lines)
    who = f"两周数据都完整的{counted(len(found.accounts), '个')}账号，" if part else ""
    views = Statement(
        id="week.change", value=found.now, trace=Trace(accounts=found.accounts, metrics=("views",)), way="sum",
        word="阅读播放量合计", measure="人次", marks=tuple(centre.thresholds.get("views", ())),
    )  # fmt: skip
    grown = found.change
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


@dataclass(frozen=True, slots=True)
class _Account:
    """An account's week and the week before. ``whole``: all that it published in the week is known."""

    line: Line
    old: Line
    whole: bool
    change: Count | None
    reads: str


def accounts(centre: Centre, now: Week, then: Week) -> Section:
    """Each account: posts, views (or readers) and their change on the week before."""
    rows = [
        _Account(
            line, then.lines[key], now.whole(key), change(now, then, key), _reads(centre, line)
        )
        for key, line in now.lines.items()
    ]
    table = measure.table("week.accounts", "各账号", _COLUMNS, rows)
    known = [each for each in rows if each.line.figures["views"] is not None]
    known.sort(key=lambda each: -(each.line.figures["views"] or Count(0)).value)
    series = (
        Series.of("这一周", (each.line.figures["views"] for each in known)),
        Series.of("前一周", (each.old.figures["views"] for each in known)),
    )
    shown = (each for each in series if any(value is not None for value in each.values))
    names = (each.line.name for each in known)
    return Section(
        id="week.accounts",
        title="各账号",
        tables=(table,) if rows else (),
        charts=bars("week.accounts", "各账号阅读播放量", "人次", names, *shown),
    )


def _metric(name: str) -> Measure[_Account]:
    return fact(HEADINGS[name], lambda each: each.line.figures[name], narrow=False)


def _before(name: str) -> Measure[_Account]:
    return fact(f"前一周{HEADINGS[name]}", lambda each: each.old.figures[name], narrow=False)


_COLUMNS: tuple[Measure[_Account], ...] = (
    fact("账号", lambda each: each.line.name),
    fact("发布", lambda each: each.line.posts if each.line.posts or each.whole else None),
    fact("阅读播放", lambda each: each.reads),
    fact("比前一周", lambda each: _signed(each.change)),
    fact("平台", lambda each: each.line.platform_name, narrow=False),
    *(_metric("views"), _before("views"), _metric("readers"), _before("readers")),
    *(_metric(name) for name in OTHERS),
    fact("覆盖", lambda each: covered_words(each.line), narrow=False),
)


def _reads(centre: Centre, line: Line) -> str:
    """An account's views in words; readers, marked as people, where it shows no views."""
    metric = metric_of(line)
    figure = line.figures[metric]
    if figure is None:
        return NONE
    said = wording.total(figure, centre.thresholds.get(metric, ()))
    return f"{said}人" if metric == "readers" else said


def _signed(change: Count | None) -> str:
    """``+1234``, ``-350``, ``0`` in full; 约 before it where a figure behind it is one; — where it cannot be told."""
    if change is None:
        return NONE
    if change.exact:
        return f"{change.low:+d}" if change.low else "0"
    if change.high is None or change.low <= 0 <= change.high:
        return NONE
    sign, size = ("+", change) if change.low > 0 else ("-", -change)
    return f"{sign}{wording.total(size)}"
