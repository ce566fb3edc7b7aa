"""The first parts of a weekly mail: all accounts together, and each account."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from adapters.moments import SHANGHAI
from adapters.records import Count, at_least
from reports import wording
from reports.centre import Centre
from reports.figures.covered import covered_words
from reports.figures.totals import Line
from reports.section import Cell, Chart, Section, Sentence, Series, Table
from reports.statement import Trace
from reports.vocabulary import HEADINGS, OTHERS, words_of
from reports.weekly.figures import Week, change, compared, metric_of
from storage.views.series import PostValue

#: What a figure that cannot be compared or is not shown is called in a mail.
NONE = "—"


def total(centre: Centre, now: Week, then: Week, posts: Sequence[PostValue]) -> Section:
    """How much was published and read, beside the week before, and when."""
    line = now.total
    if not line.posts:
        said = "这一周没有读到各账号发布的作品。没有数据不等于没有发布，原因见“数据情况”。"
        return Section(id="week.total", title="总览", sentences=(Sentence("week.total", said),))
    trace = Trace(accounts=line.members, metrics=("views",))
    sentences = [Sentence("week.total", _total(centre, now), trace)]
    difference = compared(now, then)
    if difference is not None:
        part = len(difference.accounts) < len(now.lines)
        who = (
            f"两周数据都完整的{wording.count(Count(len(difference.accounts)), '个')}账号，"
            if part
            else ""
        )
        marks = centre.thresholds.get("views", ())
        text = (
            f"{who}阅读播放量合计{wording.total(difference.now, marks, '人次')}，"
            f"比前一周同期{_change(difference.change)}。"
        )
        sentences.append(
            Sentence("week.change", text, Trace(accounts=difference.accounts, metrics=("views",)))
        )
    return Section(
        id="week.total",
        title="总览",
        sentences=tuple(sentences),
        charts=(_days(now, posts),),
    )


def _total(centre: Centre, now: Week) -> str:
    line = now.total
    words = words_of(line.kinds)
    number = at_least(line.posts) if line.incomplete else Count(line.posts)
    said = f"共发布作品{wording.count(number, words.measure)}"
    views = line.figures["views"]
    if views is None:
        return f"{said}，阅读播放量{wording.NO_DATA}。"
    said += f"，{together(centre, now, '阅读播放量', '人次')}"
    if views.missing:
        said += f"（其中{wording.count(Count(views.missing), words.measure)}无数据）"
    return f"{said}。"


def together(centre: Centre, now: Week, word: str, measure: str = "") -> str:
    """All views of a week that has any, after ``word``."""
    views = now.total.figures["views"]
    assert views is not None
    parts = [f for each in now.lines.values() if (f := each.figures["views"]) is not None]
    marks = centre.thresholds.get("views", ())
    return wording.whole(views, parts, marks, measure, word=word)


def _change(spread: Count) -> str:
    if not spread.exact and spread.low < 0 < (spread.high or 0):
        return "大致相当，不能确定增减"
    return wording.change(spread, (), "人次")


def _days(now: Week, posts: Sequence[PostValue]) -> Chart:
    """How many posts each day of the week saw."""
    first = now.period.start.date()
    days = [first + timedelta(days=each) for each in range(7)]
    seen = Counter(datetime.fromtimestamp(each.published_at, SHANGHAI).date() for each in posts)
    return Chart(
        id="week.days",
        title="每天发布的作品",
        kind="column",
        categories=tuple(f"{each.day}日" for each in days),
        series=(Series("作品", tuple(seen[each] for each in days)),),
        unit=words_of(now.total.kinds).measure,
        note="0 是没有读到那天发布的作品，不等于没有发布" if 0 in [seen[d] for d in days] else "",
    )


def accounts(centre: Centre, now: Week, then: Week) -> Section:
    """Each account: posts, views (or readers) and their change on the week before."""
    rows = [_row(centre, now, then, each) for each in now.lines]
    table = Table(
        id="week.accounts",
        title="各账号",
        headings=(
            "账号",
            "发布",
            "阅读播放",
            "比前一周",
            "平台",
            *(HEADINGS["views"], f"前一周{HEADINGS['views']}"),
            *(HEADINGS["readers"], f"前一周{HEADINGS['readers']}"),
            *(HEADINGS[each] for each in OTHERS),
            "覆盖",
        ),
        rows=tuple(tuple(each) for each in rows),
        narrow=(0, 1, 2, 3),
    )
    return Section(
        id="week.accounts",
        title="各账号",
        tables=(table,) if rows else (),
        charts=tuple(_chart(now, then)),
    )


def _row(centre: Centre, now: Week, then: Week, account: str) -> list[Cell]:
    line, old = now.lines[account], then.lines[account]
    unseen = not line.posts and not now.whole(account)
    return [
        line.name,
        None if unseen else line.posts,
        reads(centre, line),
        _signed(change(now, then, account)),
        line.platform_name,
        *(line.figures["views"], old.figures["views"]),
        *(line.figures["readers"], old.figures["readers"]),
        *(line.figures[each] for each in OTHERS),
        covered_words(line),
    ]


def reads(centre: Centre, line: Line) -> str:
    """An account's views in words; readers, marked as people, where it shows no views."""
    metric = metric_of(line)
    figure = line.figures[metric]
    if figure is None:
        return NONE
    said = wording.total(figure, centre.thresholds.get(metric, ()))
    return f"{said}人" if metric == "readers" else said


def _signed(spread: Count | None) -> str:
    """``+1234``, ``-350``, ``0`` in full; 约 before it where a figure behind it is one; — where it cannot be told."""
    if spread is None:
        return NONE
    if spread.exact:
        return f"{spread.low:+d}" if spread.low else "0"
    if spread.high is None or spread.low <= 0 <= spread.high:
        return NONE
    sign, size = ("+", spread) if spread.low > 0 else ("-", -spread)
    return f"{sign}{wording.total(size)}"


def _chart(now: Week, then: Week) -> Iterator[Chart]:
    """Views of the accounts that show them, the most first."""
    known = [each for each in now.lines.values() if each.figures["views"] is not None]
    known.sort(key=lambda each: -(each.figures["views"].value if each.figures["views"] else 0))
    if len(known) < 2:
        return
    yield Chart(
        id="week.accounts",
        title="各账号阅读播放量",
        kind="bar",
        categories=tuple(each.name for each in known),
        series=tuple(
            each
            for each in (
                _series("这一周", known),
                _series("前一周", [then.lines[each.id] for each in known]),
            )
            if any(value is not None for value in each.values)
        ),
        unit="人次",
    )


def _series(name: str, lines: Sequence[Line]) -> Series:
    figures = [each.figures["views"] for each in lines]
    return Series(
        name,
        tuple(None if each is None else each.value for each in figures),
        tuple(at for at, each in enumerate(figures) if each and each.bound == "at_least"),
    )
