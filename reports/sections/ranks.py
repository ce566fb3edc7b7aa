"""Ranks within configured groups of accounts, ours and others': for each ranking a table and a few sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil, floor
from typing import Any

from adapters.records import METRICS
from reports import measure, wording
from reports.centre import RankInfo
from reports.figures.indices import WCI, Between, Score
from reports.figures.ranking import Ranked, ranked
from reports.figures.totals import covered_words, lacking
from reports.inquiry import Inquiry
from reports.measure import Measure, fact
from reports.section import Cell, Chart, Section, Sentence, Series, bars
from reports.statement import Matter, Statement, Trace
from reports.statement import ranked as in_order
from reports.vocabulary import HEADINGS, UNITS

#: Indices by the name that is printed with every figure; a metric by its heading.
NAMES = {"posts": "作品数", WCI: "WCI 14.2a", "weighted": "加权指数"} | HEADINGS
_OWNERS = {"ours": "本单位", "peer": "同行", "outlet": "外部媒体"}
#: Accounts that a chart draws; the table has all.
_DRAWN = 20


def section(inquiry: Inquiry) -> Section | None:
    """None where config ranks nothing."""
    if not inquiry.centre.ranks:
        return None
    made = [(rank, ranked(inquiry, rank)) for rank in inquiry.centre.ranks]
    return Section(
        id="ranks",
        title="排名",
        sentences=tuple(said for rank, rows in made for said in _sentences(inquiry, rank, rows)),
        tables=tuple(
            measure.table(f"rank.{rank.name}", f"排名：{rank.name}", columns(inquiry, rank), rows)
            for rank, rows in made
        ),
        charts=tuple(each for rank, rows in made for each in _charts(rank, rows)),
        data={"ranks": [_data(inquiry, rank, rows) for rank, rows in made]},
        matters=tuple(each for rank, rows in made for each in _matters(rank, rows)),
    )


def _matters(rank: RankInfo, rows: Sequence[Ranked]) -> Iterator[Matter]:
    """What each account is compared by; the sure places of our own are said."""
    there = sum(each.score is not None for each in rows)
    parts = tuple(
        Matter(
            subject=each.info.called,
            statements=(_statement(rank, each, there),),
            size=(-each.first,),
        )
        for each in rows
    )
    subject = f"“{wording.line(rank.name)}”{there}个账号按{NAMES[rank.index]}排名，"
    yield Matter(subject=subject, statements=(), parts=in_order(parts))


def _statement(rank: RankInfo, row: Ranked, there: int) -> Statement:
    score = row.score
    figure = row.line.figures.get(rank.index) if score else None
    sure = score and row.info.owner == "ours" and row.first == row.last and there > 1
    return Statement(
        id=f"rank.{rank.name}.{row.info.id}", name=f"{rank.name}：{row.info.name or row.info.id}的{NAMES[rank.index]}",
        value=figure or _number(score), least=score is not None and not score.exact,
        trace=Trace(accounts=(row.info.id,), metrics=_metrics(rank)), by="sum" if rank.index in METRICS else "made",
        metric="place", word="居第", measure="位", way="place" if sure else "", place=row.first if sure else 0,
    )  # fmt: skip


def _sentences(inquiry: Inquiry, rank: RankInfo, rows: Sequence[Ranked]) -> Iterator[Sentence]:
    """The places of ours and who is first; the table says the others, and what each rests upon."""
    there = [each for each in rows if each.score is not None]
    said = f"{inquiry.period.title}“{rank.name}”{len(rows)}个账号按{NAMES[rank.index]}排名"
    if len(there) < 2:
        only = f"：只有{_name(there[0])}有这项数据" if there else ""
        said += f"{wording.NO_DATA}{only}"
    else:
        named = [each for each in there if each.info.owner == "ours" or each.first == 1]
        few = f"（其中{len(there)}个可比）" if len(there) < len(rows) else ""
        said += f"{few}：{'，'.join(f'{_name(each)}第{_place(each)}位' for each in named)}"
    trace = Trace(accounts=tuple(each.info.id for each in rows), metrics=_metrics(rank))
    yield Sentence(f"rank.{rank.name}", f"{said}。", trace)
    if method := _method(rank):
        yield Sentence(f"rank.{rank.name}.method", method)


def _place(row: Ranked) -> str:
    return f"{row.first}" if row.first == row.last else f"{row.first}—{row.last}"


def _index(score: Between) -> str:
    """An index has two decimals, rounded to the safe side where it is a bound."""
    low = f"{_low(score):.2f}"
    if score.high is None:
        return f"至少{low}"
    return low if score.exact else f"{low}—{ceil(score.high * 100) / 100:.2f}"


def _low(score: Between) -> float:
    return round(float(score.low), 2) if score.exact else floor(score.low * 100) / 100


def _number(score: Score | None) -> int | float | None:
    """What is compared; the least of a bound."""
    if isinstance(score, Between):
        return _low(score)
    return None if score is None else score.low


def _remarks(inquiry: Inquiry, rank: RankInfo, row: Ranked) -> str:
    """Why it has no place, or no sure one, and whether it was read as fully as others; on *aged* how many posts its figure
    leaves out (all of them count as posts)."""
    left = row.line.young + row.line.unobserved if rank.index != "posts" else 0
    out = f"没有计入未满{inquiry.basis.days}天或该时点无观测的作品{left}个" if left else ""
    partly = "数据没有覆盖整期" if row.score and lacking(row.line, inquiry.period) else ""
    return "；".join(each for each in (row.why, partly, out) if each)


def _method(rank: RankInfo) -> str:
    if rank.index == WCI:
        return "WCI 14.2a 由本单位按流传较广的公式、用本单位所存的数据计算（公式见 docs/指数.md），不是任何机构发布的数值。"
    if rank.index == "weighted":
        parts = "、".join(f"{NAMES[name]}{each:g}" for name, each in rank.weights.items())
        return f"“{rank.name}”的加权指数由本单位设定：各项占组内最高者的比例乘以权重（{parts}），满分100。"
    return ""


def columns(inquiry: Inquiry, rank: RankInfo) -> Sequence[Measure[Ranked]]:
    """An account of a ranking, in table and JSON: ``place`` is null where only ``place_from`` … ``place_to`` is sure."""
    return (
        fact(
            "位次", _shown_place, "place", lambda e: e.first or None if e.first == e.last else None
        ),
        fact("", lambda each: each.first or None, "place_from"),
        fact("", lambda each: each.last or None, "place_to"),
        fact(
            "账号", lambda each: each.info.name or each.info.id, "name", lambda each: each.info.name
        ),
        fact("", lambda each: each.info.id, "account"),
        fact("平台", lambda each: each.info.platform_name, narrow=False),
        fact("归属", lambda each: _OWNERS[each.info.owner], narrow=False),
        fact(
            NAMES[rank.index],
            lambda each: _cell(each.score),
            "value",
            lambda e: _number(e.score),
        ),
        fact("", lambda e: e.score and ("exact" if e.score.exact else "at_least"), "bound"),
        fact("覆盖", lambda each: covered_words(each.line), "coverage"),
        fact("说明", lambda each: _remarks(inquiry, rank, each), "why", lambda each: each.why),
    )


def _shown_place(row: Ranked) -> Cell:
    return _place(row) if row.first < row.last else row.first or None


def _cell(score: Score | None) -> Cell:
    if not isinstance(score, Between):
        return score
    return _low(score) if score.exact else _index(score)


def _charts(rank: RankInfo, rows: Sequence[Ranked]) -> tuple[Chart, ...]:
    there = [(each, each.score) for each in rows if each.score is not None][:_DRAWN]
    bounds = tuple(at for at, (_, score) in enumerate(there) if score.high is None)
    missing = sum(each.score is None for each in rows)
    notes = [f"{missing}个账号没有可比的数据"] if missing else []
    notes += ["有的数值是下限"] if bounds else []
    name = NAMES[rank.index]
    unit = UNITS.get(rank.index, "篇" if rank.index == "posts" else "分")
    series = Series(name, tuple(_number(score) for _, score in there), bounds)
    accounts = [each.info.name or each.info.id for each, _ in there]
    return bars(
        f"rank.{rank.name}", f"{rank.name}（{name}）", unit, accounts, series, note="；".join(notes)
    )


def _metrics(rank: RankInfo) -> tuple[str, ...]:
    if rank.index == WCI:
        return "views", "looks", "likes"
    names = tuple(rank.weights) if rank.index == "weighted" else (rank.index,)
    return tuple(each for each in names if each != "posts")


def _name(row: Ranked) -> str:
    return f"“{row.info.name or row.info.id}”"


def _data(inquiry: Inquiry, rank: RankInfo, rows: Sequence[Ranked]) -> dict[str, Any]:
    shown = columns(inquiry, rank)
    return {
        "name": rank.name,
        "index": rank.index,
        "weights": dict(rank.weights),
        "accounts": [measure.data(shown, each) for each in rows],
    }
