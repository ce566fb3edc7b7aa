"""Which file was downloaded when, and what it shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path

from county import containers, tables
from county.accounts import CHANNELS, Channel
from county.tables import Shown, newest_first
from county.works import BEIJING, Work, end_of, works_of

#: The undated copy of the 小红书 list found on an old computer: only its document properties tell its age.
OLD_COPY = datetime(2026, 8, 14, 2, 11, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Export:
    """A file below inbox/<account>/ and the posts it shows. ``observed``: the moment it stands for."""

    account: str
    name: str
    adapter: str
    observed: datetime
    shown: tuple[Shown, ...]
    write: Callable[[Path], object]


def exports() -> list[Export]:
    """Every export of every channel, by channel and day."""
    found: list[Export] = []
    for channel in CHANNELS:
        works = works_of(channel)
        make = _MAKERS.get(channel.id, _listed)
        for day in channel.observed:
            found += make(channel, works, day)
        if channel.id == "xiaohongshu":
            found.append(_notes(works, OLD_COPY, "笔记列表明细表 (1).xlsx"))
    return found


def _showing(
    works: Sequence[Work], moment: datetime, since: date | None = None, until: date | None = None
) -> list[Shown]:
    """The posts that a file made at ``moment`` lists, published from ``since`` to ``until`` inclusive."""
    return [
        _shown(work, moment)
        for work in works
        if work.published <= moment
        and not (work.special.gone_after and moment > end_of(work.special.gone_after))
        and (since is None or work.published.date() >= since)
        and (until is None or work.published.date() <= until)
    ]


def _shown(work: Work, moment: datetime) -> Shown:
    special = work.special
    figures: dict[str, int | None] = dict(work.at(moment))
    hidden = special.missing
    if special.late and moment <= end_of(special.late[0]):
        hidden += special.late[1]
    figures |= dict.fromkeys(hidden)
    at_least: frozenset[str] = frozenset()
    if special.at_least and moment <= end_of(special.at_least):
        assert (figures["views"] or 0) >= 100_000
        figures["views"], at_least = 100_000, frozenset({"views"})
    return Shown(work, work.title_at(moment), work.private_at(moment), figures, at_least)


def _quarter_of(moment: datetime, back: int) -> tuple[date, date]:
    """The quarter that an export made at ``moment`` is about: the one of ``back`` days before."""
    day = moment.date() - timedelta(days=back)
    first = date(day.year, day.month - (day.month - 1) % 3, 1)
    return first, min(
        moment.date(),
        date(first.year + first.month // 10, (first.month + 3) % 12, 1) - timedelta(days=1),
    )


def _notified(channel: Channel, works: Sequence[Work], day: str) -> list[Export]:
    """公众号 16 columns: at most three months by publish date."""
    moment = end_of(day)
    since, until = _quarter_of(moment, 10)
    shown = newest_first(_showing(works, moment, since, until))
    rows = [tables.NOTIFIED, *map(tables.notified, shown)]
    name = f"{day} 已通知内容.xls"
    return [
        Export(
            channel.id,
            name,
            "wechat_mp",
            moment,
            tuple(shown),
            lambda path: containers.biff_xls(path, rows, "Sheet1"),
        )
    ]


def _unix(day: date, clock: time) -> int:
    return int(datetime.combine(day, clock, BEIJING).timestamp())


def _published(channel: Channel, works: Sequence[Work], day: str) -> list[Export]:
    """公众号 9 columns of 2026: a blank row and column, a title row. The first download, in April, fetched
    the winter's quarter too."""
    moment = end_of(day)
    found = []
    for since, until in (
        _quarter_of(moment, 10),
        *([(date(2025, 10, 1), date(2025, 12, 31))] if day == "2026-04-02" else ()),
    ):
        shown = newest_first(_showing(works, moment, since, until))
        title = [None, "数据来源概况", *[None] * 8]
        rows: list[Sequence[containers.Cell]] = [
            [None] * 10,
            title,
            tables.PUBLISHED,
            *map(tables.published, shown),
        ]
        begin, made = _unix(since, time(0, 0)), _unix(moment.date(), time(16, 20, 33 + since.month))
        name = f"{day} total_{begin}_{made}.xls"
        write = partial(containers.biff_xls, rows=rows, sheet_name="New Sheet1")
        found.append(Export(channel.id, name, "wechat_mp", moment, tuple(shown), write))
    return found


def _channels(channel: Channel, works: Sequence[Work], day: str) -> list[Export]:
    """视频号: the last seven days, or the quarter; four columns more since 2026-06."""
    moment = end_of(day)
    days = 7 if day == "2026-07-06" else 95
    shown = newest_first(_showing(works, moment, moment.date() - timedelta(days=days)))
    more = day >= "2026-06"
    rows: list[tuple[containers.Cell, ...]] = [
        (*tables.CHANNELS, *(tables.CHANNELS_2026 if more else ()))
    ]
    rows += [tuple(tables.channels(each) + ([0, 0, 0, 0] if more else [])) for each in shown]
    write = _bytes(containers.channels_csv(rows))
    return [
        Export(
            channel.id,
            f"{day} 视频号动态数据明细.csv",
            "wechat_channels",
            moment,
            tuple(shown),
            write,
        )
    ]


def _toutiao(channel: Channel, works: Sequence[Work], day: str) -> list[Export]:
    """头条: one file a type, its row range in its name; in August only 图文 was fetched."""
    moment = end_of(day)
    since = moment.date() - timedelta(days=130)
    found = []
    for kind, verb in (("图文", "阅读"), ("微头条", "阅读"), ("小视频", "播放")):
        of_kind = [work for work in works if _kind(work) == kind]
        shown = newest_first(_showing(of_kind, moment, since))
        if not shown or (day == "2026-08-20" and kind != "图文"):
            continue
        rows = [tables.toutiao_headings(verb), *map(tables.toutiao, shown)]
        name = f"{day} {kind}_-_1-{len(shown)}.xlsx"
        write = partial(containers.text_xlsx, rows=rows, broken_styles=True)
        found.append(Export(channel.id, name, "toutiao", moment, tuple(shown), write))
    return found


def _kind(work: Work) -> str:
    if work.special.title:
        return "小视频" if "直升机" in work.title else "图文"
    return ("图文", "图文", "图文", "微头条", "微头条", "小视频")[work.number % 6]


def _bilibili(channel: Channel, works: Sequence[Work], day: str) -> list[Export]:
    """B站: the ten newest works; every file reaches back into the one before, so that none is missed."""
    moment = end_of(day)
    shown = newest_first(_showing(works, moment))[:10]
    text = containers.csv_text([tables.BILIBILI, *map(tables.bilibili, shown)], "\n").removesuffix(
        "\n"
    )
    name = f"{day} 近期稿件对比.csv"
    return [
        Export(channel.id, name, "bilibili", moment, tuple(shown), _bytes(text.encode("utf-8-sig")))
    ]


def _xiaohongshu(channel: Channel, works: Sequence[Work], day: str) -> list[Export]:
    if day != "2026-04-20":
        return [_notes(works, end_of(day), f"{day} 笔记列表明细表.xlsx")]
    moment = end_of(day)  # somebody opened it in Excel, deleted the banner and saved it
    shown = newest_first(_showing(works, moment))
    rows = [tables.XIAOHONGSHU, *(tables.xiaohongshu(each, moment) for each in shown)]
    write = partial(containers.excel_xlsx, sheets={"Sheet1": rows})
    return [
        Export("xiaohongshu", f"{day} 小红书笔记.xlsx", "xiaohongshu", moment, tuple(shown), write)
    ]


def _notes(works: Sequence[Work], moment: datetime, name: str) -> Export:
    shown = newest_first(_showing(works, moment))
    rows = [
        tables.XIAOHONGSHU,
        *(tables.xiaohongshu(each, moment.astimezone(BEIJING)) for each in shown),
    ]
    write = partial(
        containers.poi_xlsx, rows=rows, banner=tables.BANNER, made=moment.astimezone(UTC)
    )
    return Export(
        "xiaohongshu", name, "xiaohongshu", moment.astimezone(BEIJING), tuple(shown), write
    )


@dataclass(frozen=True)
class _List:
    """A plain list of works: its file name, adapter, headings, row and how many days back it reaches."""

    name: str
    adapter: str
    headings: tuple[str, ...]
    row: Callable[[Shown], tables.Row]
    back: int


_LISTS = {
    "douyin": _List("作品列表导出.xlsx", "douyin", tables.DOUYIN, tables.douyin, 180),
    "kuaishou": _List("作品列表明细.xlsx", "kuaishou", tables.KUAISHOU, tables.kuaishou, 120),
    "weibo": _List("1000000002.csv", "weibo_crawler", tables.WEIBO, tables.weibo, 400),
    "app": _List("云岭云稿件统计.xlsx", "table", tables.APP, tables.app, 110),
    "portal": _List("云岭新闻网稿件.csv", "table", tables.PORTAL, tables.portal, 100),
}


def _listed(channel: Channel, works: Sequence[Work], day: str) -> list[Export]:
    kind, moment = _LISTS[channel.id], end_of(day)
    shown = newest_first(_showing(works, moment, moment.date() - timedelta(days=kind.back)))
    rows = [kind.headings, *map(kind.row, shown)]
    name = f"{day} {kind.name}"
    return [Export(channel.id, name, kind.adapter, moment, tuple(shown), _writer(channel.id, rows))]


def _writer(account: str, rows: containers.Rows) -> Callable[[Path], object]:
    if account == "weibo":
        return _bytes(containers.csv_text(rows, "\r\n").encode("utf-8-sig"))
    if account == "portal":
        return _bytes(containers.csv_text(rows, "\r\n").encode("gbk"))
    if account == "app":
        return partial(containers.excel_xlsx, sheets={"稿件": rows})
    return partial(containers.text_xlsx, rows=rows)


def _bytes(content: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(content)


_MAKERS: dict[str, Callable[[Channel, Sequence[Work], str], list[Export]]] = {
    "fabu": _notified,
    "rongmei": _published,
    "shipinhao": _channels,
    "toutiao": _toutiao,
    "bilibili": _bilibili,
    "xiaohongshu": _xiaohongshu,
}
