"""The full listing of a province: everything together, cities, centres, platforms, hits, rankings, who has no data, how far
each centre's word carries. Every figure is listed, each under the id by which it walks back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reports import listing, measure, wording
from reports.figures.indices import Between
from reports.fleet.adding import Sum
from reports.fleet.hits import Hit, hits
from reports.fleet.notes import notes
from reports.fleet.province import CENTRE, CITY, PLATFORM, WHOLE, Province, size
from reports.fleet.ranking import Place, Ranking
from reports.fleet.states import Silence, covered, lags, silences, unread
from reports.fleet.told import Told
from reports.listing import counted
from reports.measure import Measure, fact
from reports.periods import minute_words, seen_words
from reports.section import Cell, Chart, Link, Section, Sentence, Series, Table, bars
from reports.statement import Statement, Trace
from reports.vocabulary import HEADINGS

#: Rows of the table of hits; the counts are of all.
LISTED = 1_000
#: Columns of a table of centres that paper has room for, beside the line of views that most of them have.
_NARROW = ("posts", "views", "likes", "followers", "placements")
#: Centres that a chart draws.
_DRAWN = 30


def sections(province: Province) -> tuple[Section, ...]:
    """In the order of the paper; the notes last. What there is nothing of is left out."""
    made = (
        _total(province), *_cities(province), _centres(province), _platforms(province), *_hits(province),
        *_ranks(province), *_silent(province), _states(province), _notes(province),
    )  # fmt: skip
    return tuple(each for each in made if not each.empty)


def _total(province: Province) -> Section:
    rows = [each for each in province.total if each.parts]
    columns: tuple[Measure[Sum], ...] = (
        fact("指标", lambda each: each.kind.heading),
        fact("合计", lambda each: each.count),
        fact("有此项的中心", lambda each: each.shown),
        fact("没有此项的中心", lambda each: province.asked - each.shown),
        fact("无数据作品", lambda each: 0 if each.count is None else each.count.missing),
    )
    return Section(
        id=WHOLE,
        title="总体情况",
        sentences=tuple(
            said(each, f"，来自{each.shown}个中心（共{province.asked}个）")
            for each in rows
            if each.shown
        ),
        tables=(measure.table("total", "合计", columns, rows),) if rows else (),
        traced=_statements(rows),
    )


def said(each: Sum, beside: str = "") -> Sentence:
    """A figure as a sentence, under its own id."""
    return listing.sentence(each.id, each.subject, each.statement, beside, "。")


def _statements(sums: Sequence[Sum]) -> tuple[Statement, ...]:
    return tuple(each.statement for each in sums if each.parts)


_Row = tuple[str, Told | None, Mapping[str, Sum]]


def _figures(province: Province) -> Iterator[Measure[_Row]]:
    """A column for each figure that any centre shows."""
    lines = [each for each in province.total if each.kind.threshold and each.kind.metric == "views"]
    usual = max(lines, key=lambda each: len(each.parts), default=None)
    narrow = (*_NARROW, usual.kind.key if usual else "")
    for whole in province.total:
        if whole.shown:
            key = whole.kind.key
            yield fact(whole.kind.heading, _cell(key), narrow=key in narrow)


def _cell(key: str) -> Any:
    def of(row: _Row) -> Cell:
        """None: no source of this centre shows it, or it has no such line."""
        return row[2][key].count

    return of


def _row(name: str, told: Told | None, sums: Sequence[Sum]) -> _Row:
    return name, told, {each.kind.key: each for each in sums}


def _cities(province: Province) -> Iterator[Section]:
    if not province.cities:
        return
    asked: dict[str, int] = {}
    for each in (*province.telling, *province.silent):
        asked[each.centre.city] = asked.get(each.centre.city, 0) + 1
    ordered = sorted(province.cities.items(), key=lambda each: size(each[1]), reverse=True)
    columns: tuple[Measure[_Row], ...] = (
        fact("市", lambda row: row[0]),
        fact("有数据的中心", lambda row: row[2]["posts"].asked),
        fact("中心", lambda row: asked[row[0]]),
        *_figures(province),
    )
    rows = [_row(city, None, sums) for city, sums in ordered]
    yield Section(
        id=CITY,
        title="各市情况",
        tables=(measure.table("cities", "各市", columns, rows),),
        traced=tuple(each for _, sums in ordered for each in _statements(sums)),
    )


def _centres(province: Province) -> Section:
    there = {each.centre.key: each for each in province.telling}
    ordered = sorted(province.centres.items(), key=lambda each: size(each[1]), reverse=True)
    columns: tuple[Measure[_Row], ...] = (
        fact("中心", lambda row: row[0]),
        fact("市", lambda row: "" if row[1] is None else row[1].centre.city, narrow=False),
        *_figures(province),
        fact("说明", lambda row: "" if row[1] is None else "；".join(_remarks(province, row[1])), narrow=False),
    )  # fmt: skip
    rows = [_row(there[key].centre.name, there[key], sums) for key, sums in ordered]
    rows.append(_row(f"合计（{len(there)}个中心）", None, province.total))
    return Section(
        id=CENTRE,
        title="各中心情况",
        tables=(measure.table("centres", "各中心", columns, rows),) if there else (),
        charts=_chart(rows[:-1]),
        traced=tuple(each for _, sums in ordered for each in _statements(sums)),
    )


def _chart(rows: Sequence[_Row]) -> tuple[Chart, ...]:
    """The centres that reached most."""
    shown = [each for each in rows if each[2]["views"].count is not None][:_DRAWN]
    note = f"只画最多的{_DRAWN}个中心，其余见表。" if len(rows) > _DRAWN else ""
    views = Series.of(HEADINGS["views"], (each[2]["views"].count for each in shown))
    names = (each[0] for each in shown)
    return bars("centres", f"各中心{HEADINGS['views']}", "人次", names, views, note=note)


def _remarks(province: Province, told: Told) -> Iterator[str]:
    yield from lags(province, told)
    if number := unread(told):
        yield f"{number}个账号没有读到本期的数据"
    if told.total["incomplete"]:
        yield "有账号的导出达到条数上限，各数为下限"
    if deleted := told.total["deleted"]:
        yield f"已删除{deleted}条，按最后数值计入"


def _platforms(province: Province) -> Section:
    columns: tuple[Measure[tuple[Sum, ...]], ...] = (
        fact("平台", lambda sums: sums[0].subject),
        fact("中心", lambda sums: len(sums[0].parts)),
        fact("账号", lambda sums: sum(len(each.ids) for each in sums[0].parts)),
        fact("作品数", lambda sums: sums[0].count),
        fact("指标", lambda sums: sums[1].kind.heading),
        fact("数值", lambda sums: sums[1].count),
        fact("阅读人数", lambda sums: sums[2].count),
        fact("点赞数", lambda sums: sums[3].count),
    )
    rows = [*province.platforms.values()]
    return Section(
        id=PLATFORM,
        title="各平台情况",
        sentences=tuple(said(sums[1]) for sums in rows if sums[1].shown),
        tables=(measure.table("platforms", "各平台", columns, rows),) if rows else (),
        traced=tuple(each for sums in rows for each in _statements(sums)),
    )


_HITS: tuple[Measure[Hit], ...] = (
    fact("标题", lambda each: Link(each.title, each.url)),
    fact("账号", lambda each: each.account),
    fact("中心", lambda each: each.told.centre.name),
    fact("指标", lambda each: HEADINGS[each.shown_by]),
    fact("数值", lambda each: each.figure),
    fact("达到", lambda each: each.reached),
    fact("首次观测到", lambda each: seen_words(each.after)),
    fact("发布时间", lambda each: each.published, narrow=False),
    fact("怎样查证", lambda each: each.walk, narrow=False),
)


def _hits(province: Province) -> Iterator[Section]:
    found = hits(province)
    if not found:
        return
    sentences: tuple[Sentence, ...] = ()
    if len(found) > LISTED:
        listed = counted(LISTED, "条")
        sentences = (Sentence("hits.listed", f"表中列数值最高的{listed}，其余未列。"),)
    yield Section(
        id="hits",
        title="爆款作品",
        sentences=sentences,
        tables=(measure.table("hits", "爆款作品", _HITS, found[:LISTED]),),
        traced=tuple(each.statement for each in found[:LISTED]),
    )


def _ranks(province: Province) -> Iterator[Section]:
    there = [each for each in province.rankings if each.places]
    if not there:
        return
    yield Section(
        id="rank",
        title="排名",
        sentences=tuple(_compared(each) for each in there),
        tables=tuple(_ranked(each) for each in there),
        traced=tuple(place_statement(rank, each) for rank in there for each in rank.places),
    )


def _compared(rank: Ranking) -> Sentence:
    centres = len({each.centre.key for each in rank.places})
    without = f"；{len(rank.without)}个中心没有这项数据，不参与" if rank.without else ""
    one = "，只有一个，没有位次" if len(rank.places) == 1 else ""
    text = f"{rank.name}排名：{len(rank.places)}个可比，来自{centres}个中心{one}{without}。"
    return Sentence(rank.id, text, Trace(accounts=tuple({e.centre.key: 0 for e in rank.places})))


def _ranked(rank: Ranking) -> Table:
    accounts: tuple[Measure[Place], ...] = (
        (fact("账号", lambda each: each.account),) if any(e.account for e in rank.places) else ()
    )
    columns: tuple[Measure[Place], ...] = (
        fact("位次", place_words),
        *accounts,
        fact("中心", lambda each: each.centre.name),
        fact("数值", score_cell),
        fact("数据截至", lambda each: minute_words(each.told.as_of), narrow=False),
        fact("说明", lambda each: each.why, narrow=False),
    )
    return measure.table(rank.id, f"{rank.name}排名", columns, rank.places)


def place_words(place: Place) -> str:
    """``3``, ``2—5`` where it cannot be told; empty where nobody else is compared."""
    if not place.first:
        return ""
    return f"{place.first}" if place.sure else f"{place.first}—{place.last}"


def score_cell(place: Place) -> Cell:
    """A figure, or an index with its two decimals; a bound says so."""
    score = place.score
    if isinstance(score, Between):
        low = f"{float(score.low):.2f}"
        return float(low) if score.exact else f"至少{low}"
    return score


def place_statement(rank: Ranking, place: Place) -> Statement:
    """What a centre, or an account of it, is compared by, with its place."""
    score = place.score
    account = f".{place.behind.rpartition('.')[2]}" if place.account else ""
    return Statement(
        id=f"{rank.id}.{place.centre.key}{account}", name=f"{rank.name}：{place.account or place.centre.name}",
        value=float(score.low) if isinstance(score, Between) else score,
        least=isinstance(score, Between) and not score.exact, trace=Trace(accounts=(place.centre.key,)),
        metric="place", word="居第", measure="位", way="place" if place.sure else "", place=place.first, by="made",
    )  # fmt: skip


_SILENCES: tuple[Measure[Silence], ...] = (
    fact("中心", lambda each: each.centre.name),
    fact("账号", lambda each: each.account or "全部"),
    fact("何时起没有数据", lambda each: each.since),
    fact("说明", lambda each: each.why),
)


def _silent(province: Province) -> Iterator[Section]:
    found = [*silences(province)]
    if found:
        yield Section(
            id="silent",
            title="没有数据的中心和账号",
            tables=(measure.table("silent", "没有数据的中心和账号", _SILENCES, found),),
        )


def _states(province: Province) -> Section:
    columns: tuple[Measure[Told], ...] = (
        fact("中心", lambda each: each.centre.name),
        fact("标识", lambda each: each.centre.key),
        fact("数据截至", lambda each: minute_words(each.as_of)),
        fact("入库截至", lambda each: minute_words(each.known_by), narrow=False),
        fact("覆盖", covered),
        fact("账号", lambda each: len(each.accounts)),
        fact("其中无数据", unread),
        fact("爆款线", _lines, narrow=False),
        fact("程序版本", lambda each: each.program, narrow=False),
        fact("配置", lambda each: str(each.summary.get("config", "")), narrow=False),
        fact("不齐之处", lambda each: "；".join(lags(province, each))),
    )
    rows = province.telling
    return Section(
        id="states",
        title="各中心数据情况",
        tables=(measure.table("states", "各中心数据情况", columns, rows),) if rows else (),
    )


def _lines(told: Told) -> str:
    return "；".join(
        f"{HEADINGS[metric]}{'、'.join(wording.mark(int(each)) for each in values)}"
        for metric, values in told.summary["thresholds"].items()
    )


def _notes(province: Province) -> Section:
    found = [Sentence(f"note.{name}", text) for name, text in notes(province) if text]
    return Section(id="note", title="数据说明", sentences=tuple(found))
