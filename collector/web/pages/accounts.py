"""账号: followers, works and figures by month, which days are known, the best works, the last files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta

from flask import Blueprint, Response, abort, url_for
from sqlalchemy import Connection

from adapters import platforms
from adapters.records import METRICS, Count
from collector.web.amounts import Amounts, amounts, known, months, works
from collector.web.showing import Cell, Listing, moment, original, page, published
from collector.web.site import site
from reports.documents.web import drawn
from reports.figures.totals import Line, covered_words
from reports.periods import here as at
from reports.periods import moment_words, seen_words, span_words
from reports.section import Chart, Link, Series
from reports.sections.line_figures import FIGURES, passed
from reports.vocabulary import HEADINGS, OUTCOMES, UNITS
from storage.operations import attempts
from storage.views import catalogue
from storage.views.catalogue import Wanted

PAGE = Blueprint("accounts", __name__, url_prefix="/accounts")

MONTHS = 12
#: The best works and the last files that an account's page shows.
BEST, FILES = 10, 20
_OWNERS = {"ours": "本中心", "peer": "对标", "outlet": "外宣媒体"}


@PAGE.get("/")
def show() -> Response | str:
    """All accounts, with the figures of this month."""
    now = site().clock()
    with site().reading() as connection:
        month = amounts(connection, months(now, 1)[0])
    return page("accounts.html", _all(month), as_of=month.as_of)


@PAGE.get("/<account>/")
def one(account: str) -> Response | str:
    """One account, by its id in config.toml."""
    found = site().config.account(account)
    if found is None:
        return abort(404, "config.toml 里没有这个账号。请从“账号”进入")
    with site().reading() as connection:
        year = [amounts(connection, each) for each in months(site().clock(), MONTHS)]
        best = _best(connection, account)
        files = _files(connection, account)
    return page(
        "account.html",
        _by_month(year, account),
        _coverage(year, account),
        best,
        files,
        account=found,
        platform=platforms.NAMES[found.platform],
        followers=year[0].followers.get(account),
        works=works(year[0].lines[account]),
        figures=[
            (HEADINGS[name], value, UNITS[name])
            for name in ("views", "readers")
            if (value := year[0].lines[account].figures[name]) is not None
        ],
        charts=[drawn(each) for each in _charts(year, account)],
        as_of=year[0].as_of,
    )


def _all(month: Amounts) -> Listing:
    rows: list[tuple[Cell, ...]] = []
    for each in site().config.accounts:
        line, follower = month.lines[each.id], month.followers.get(each.id)
        rows.append(
            (
                Link(each.name or each.id, url_for(".one", account=each.id)),
                platforms.NAMES[each.platform],
                each.group or "",
                follower.value if follower else None,
                seen_words(at(follower.seen_at)) if follower else "",
                works(line),
                line.figures["views"],
                line.figures["readers"],
                covered_words(line),
                _OWNERS.get(each.owner, each.owner),
            )
        )
    return Listing(
        id="all",
        title=f"账号，{month.period.title}",
        headings=(
            *("账号", "平台", "分组", "粉丝", "粉丝数的时间", "作品数", HEADINGS["views"]),
            *(HEADINGS["readers"], "已知的日子", "归属"),
        ),
        rows=rows,
        empty="config.toml 里还没有账号。请到“导入”交来文件，或在 config.toml 里写上。",
    )


def _by_month(year: Sequence[Amounts], account: str) -> Listing:
    """The figures that the monthly summaries state; a figure that no month shows has no column."""
    lines = [each.lines[account] for each in year]
    columns = list(_columns(lines))
    rows: list[tuple[Cell, ...]] = []
    for each, line in zip(year, lines, strict=True):
        follower = each.followers.get(account)
        rows.append(
            (
                Link(each.period.title, _works_of(each, account)),
                works(line),
                *(of(line) if known(line) else None for _, of in columns),
                follower.value if follower else None,
                seen_words(at(follower.seen_at)) if follower else "",
            )
        )
    return Listing(
        id="months",
        title="各月",
        headings=("月份", "作品数", *(name for name, _ in columns), "期末粉丝", "期末数的时间"),
        rows=rows,
    )


def _works_of(month: Amounts, account: str) -> str:
    """Where the works of a month are listed."""
    first, last = month.period.start.date(), month.period.last_day
    return url_for("posts.show", account=account, since=str(first), until=str(last))


def _columns(lines: Sequence[Line]) -> Iterator[tuple[str, Callable[[Line], Cell]]]:
    """The metrics that some month shows, then the hits by them; readers prove a hit by views too."""
    shown = {name for name in METRICS if any(line.figures[name] for line in lines)}
    proved = shown | ({"views"} if "readers" in shown else set())
    marks = {name: each for name, each in site().config.thresholds.items() if name in proved}
    of_metrics = (each for each in FIGURES if each.key in shown)
    for each in (*of_metrics, *passed(marks)):
        yield each.heading, each.of


def _coverage(year: Sequence[Amounts], account: str) -> Listing:
    """Which publish days of each month are known, and which are not."""
    rows: list[tuple[Cell, ...]] = []
    for each in year:
        line = each.lines[account]
        unknown = "、".join(span_words(*days) for days in _unknown(line, each))
        cut = "、".join(moment_words(edge) for edge in line.coverage.open_parts)
        rows.append(
            (
                each.period.title,
                covered_words(line),
                unknown or "没有",
                f"有导出到了条数上限：{cut}以前还有没读到的作品，各数是下限" if cut else "",
            )
        )
    return Listing(
        id="coverage", title="哪些日子已知", headings=("月份", "已知", "不知道", "说明"), rows=rows
    )


def _unknown(line: Line, month: Amounts) -> Iterator[tuple[date, date]]:
    """The days of the month so far that nothing tells of."""
    one, cover = timedelta(days=1), line.coverage
    first, last = month.period.start.date(), min(month.period.last_day, month.as_of.date())
    if cover.first is None or cover.last is None:
        yield first, last
        return
    if first < cover.first:
        yield first, cover.first - one
    yield from cover.gaps
    if cover.last < last:
        yield cover.last + one, last


def _best(connection: Connection, account: str) -> Listing:
    """By views; by readers where no work shows views."""
    for order in ("views", "readers"):
        wanted = Wanted(accounts=(account,), order=order)
        found = catalogue.rows(connection, wanted, most=BEST)
        if any(order in each.latest for each in found):
            break
    found = [each for each in found if each.latest]
    metrics = [name for name in METRICS if any(name in each.latest for each in found)]
    rows: list[tuple[Cell, ...]] = [
        (
            Link(each.title, url_for("post.show", number=each.post_id)),
            published(each),
            *(each.latest.get(name) for name in metrics),
        )
        for each in found
    ]
    return Listing(
        id="best",
        title=f"{HEADINGS[order]}最高的作品",
        headings=("标题", "发布时间", *(HEADINGS[name] for name in metrics)),
        rows=rows,
        empty="还没有作品。请到“导入”交来这个账号的文件。",
    )


def _files(connection: Connection, account: str) -> Listing:
    rows: list[tuple[Cell, ...]] = [
        (
            moment(each.recorded_at),
            original(each),
            "已撤回" if each.withdrawn_at else OUTCOMES.get(each.outcome, each.outcome),
            each.posts,
            "—".join(
                moment(day)[:10] for day in (each.first_published, each.last_published) if day
            ),
        )
        for each in attempts.recent(connection, FILES, account)
    ]
    return Listing(
        id="files",
        title="最近的文件",
        headings=("时间", "文件", "结果", "作品数", "其中作品的发布日期"),
        rows=rows,
        empty="还没有读过这个账号的文件。",
    )


def _charts(year: Sequence[Amounts], account: str) -> Iterator[Chart]:
    """By month: views, readers, and followers where they were seen in that month. Nothing of fewer than two months."""
    course = list(reversed(year))
    for name in ("views", "readers"):
        values = [each.lines[account].figures[name] for each in course]
        yield from _chart(course, name, "各月发布的作品，到现在的", HEADINGS[name], values)
    seen = [(each.period.start, each.followers.get(account)) for each in course]
    there = [found.value if found and at(found.seen_at) >= start else None for start, found in seen]
    yield from _chart(course, "followers", "各月末的", "粉丝", there)


def _chart(
    course: Sequence[Amounts], metric: str, what: str, word: str, values: Sequence[Count | None]
) -> Iterator[Chart]:
    if sum(each is not None for each in values) > 1:
        yield Chart(
            id=metric,
            title=f"{course[0].period.title}—{course[-1].period.title}{what}{word}",
            kind="column",
            categories=tuple(f"{each.period.start.month}月" for each in course),
            series=(Series.of(word, values),),
            unit=UNITS[metric],
        )
