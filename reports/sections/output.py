"""Output (发稿): posts by account, kind and column; originals and reprints. Ledgers list no output of a channel.

On *gained* it is what was published in the period all the same: a gain is no output (docs/decisions.md).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from heapq import nlargest
from typing import Any, Literal

from adapters.records import KINDS
from reports import wording
from reports.centre import AccountInfo
from reports.inquiry import Inquiry
from reports.section import Cell, Chart, Section, Sentence, Series, Table
from reports.statement import Statement, Trace
from reports.vocabulary import words_of
from reports.wording import Spread, exactly
from storage.views.output import Output, output
from storage.views.series import View

_KINDS = {
    "article": "文章",
    "video": "短视频",
    "image": "图文",
    "live": "直播",
    "item": "其他条目",
    "placement": "外宣",
}
#: Columns that a sentence names; the table has all.
_NAMED = 10
#: Accounts that a chart draws; the table has all.
DRAWN = 30


def section(inquiry: Inquiry) -> Section | None:
    """None where no account of ours is anything but a ledger."""
    infos = [each for each in inquiry.ours if not each.ledger]
    if not infos:
        return None
    told = output(_view(inquiry))
    there = {info.id: told.get(info.id, Output()) for info in infos}
    return Section(
        id="output",
        title="发稿情况",
        sentences=tuple(_sentences(inquiry, infos, there)),
        tables=tuple(_tables(inquiry, infos, there)),
        charts=tuple(_charts(infos, there)),
        traced=tuple(_traced(inquiry, infos, there)),
        data={"output": [_data(info.id, there[info.id]) for info in infos]},
    )


def _view(inquiry: Inquiry) -> View:
    if inquiry.basis.kind != "gained":
        return inquiry.view
    question = replace(inquiry.view.question, basis="published")
    return View(inquiry.connection, question, "published")


def _sentences(
    inquiry: Inquiry, infos: Sequence[AccountInfo], there: Mapping[str, Output]
) -> Iterator[Sentence]:
    whole = _whole(there)
    trace = _every(inquiry, infos)
    subject = f"{inquiry.centre.name}{len(infos)}个账号{inquiry.period.title}"
    if not whole.posts:
        said = f"{subject}没有读到发布的作品，发稿数{wording.NO_DATA}（不是 0）。"
        yield Sentence("output.total", said, trace)
        return
    kinds = "、".join(
        f"{_KINDS[kind]}{_count(inquiry, whole.kinds[kind], words_of([kind]).measure)}"
        for kind in KINDS
        if whole.kinds[kind]
    )
    measure = words_of(whole.kinds).measure
    aged = f"、满{inquiry.basis.days}天且当天有观测的作品" if inquiry.basis.kind == "aged" else ""
    did = f"发布{aged}" if aged else "共发稿"
    yield Sentence(
        "output.total", f"{subject}{did}{_count(inquiry, whole.posts, measure)}：{kinds}。", trace
    )
    yield Sentence("output.originals", _originals(inquiry, whole), trace)
    for info in infos:
        each = there[info.id]
        if each.originals or each.reprints:
            number = _count(inquiry, each.posts, words_of(each.kinds).measure, info.id)
            said = f"{info.spoken}{did}{number}，其中{_split(each)}。"
            yield Sentence(f"output.{info.id}", said, _every(inquiry, [info]))
    if whole.columns:
        yield Sentence("output.columns", _columns(whole), trace)


def _originals(inquiry: Inquiry, whole: Output) -> str:
    if not (whole.originals or whole.reprints):
        return f"原创与转载篇数{wording.NO_DATA}：所用数据没有注明。"
    return f"注明原创或转载的作品中，{_split(whole)}。"


def _split(each: Output) -> str:
    measure = words_of(each.kinds).measure
    said = f"原创{each.originals}{measure}、转载{each.reprints}{measure}"
    return said + (f"（另有{each.unstated}{measure}没有注明）" if each.unstated else "")


def _columns(whole: Output) -> str:
    measure = words_of(whole.kinds).measure
    ranked = sorted(whole.columns.items(), key=lambda each: (-each[1], each[0]))
    named = "、".join(f"{wording.line(name)}{n}{measure}" for name, n in ranked[:_NAMED])
    more = "等" if len(ranked) > _NAMED else ""
    number = sum(whole.columns.values())
    return (
        f"注明栏目（专题）的作品{number}{measure}，分属{len(ranked)}个栏目：{named}{more}；"
        f"其余{whole.posts - number}{measure}没有注明栏目。"
    )


def _tables(
    inquiry: Inquiry, infos: Sequence[AccountInfo], there: Mapping[str, Output]
) -> Iterator[Table]:
    whole = _whole(there)
    kinds = [kind for kind in KINDS if whole.kinds[kind]]
    names = tuple(_KINDS[kind] for kind in kinds)
    rows: list[tuple[Cell, ...]] = [
        (name, platform, *_cells(each, kinds))
        for name, platform, each in (
            ("合计", "", whole),
            *((info.name or info.id, info.platform_name, there[info.id]) for info in infos),
        )
    ]
    yield Table(
        id="output",
        title="发稿",
        headings=("账号", "平台", "作品数", *names, "原创", "转载", "没有注明"),
        rows=tuple(rows),
    )
    columns: list[tuple[Cell, ...]] = [
        (column, info.name or info.id, number)
        for info in infos
        for column, number in sorted(
            there[info.id].columns.items(), key=lambda each: (-each[1], each[0])
        )
    ]
    if columns:
        yield Table(
            id="columns",
            title="栏目",
            headings=("栏目", "账号", "作品数"),
            rows=tuple(columns),
        )


def _cells(each: Output, kinds: Sequence[str]) -> tuple[Cell, ...]:
    """Originals and reprints of an account that never says are not shown, which is not 0."""
    says = each.originals or each.reprints
    split: tuple[Cell, ...] = (each.originals, each.reprints) if says else (None, None)
    return (each.posts, *(each.kinds[kind] for kind in kinds), *split, each.unstated)


def _charts(infos: Sequence[AccountInfo], there: Mapping[str, Output]) -> Iterator[Chart]:
    active = [info for info in infos if there[info.id].posts]
    most = {each.id for each in nlargest(DRAWN, active, key=lambda each: there[each.id].posts)}
    shown = [info for info in active if info.id in most]
    if len(shown) > 1:
        yield Chart(
            id="output",
            title="各账号发稿数",
            kind="bar",
            categories=tuple(info.name or info.id for info in shown),
            series=(Series("作品数", tuple(there[info.id].posts for info in shown)),),
            unit="篇（条）",
            note=f"只画发稿最多的{DRAWN}个账号，其余见表。" if len(active) > DRAWN else "",
        )


def _every(inquiry: Inquiry, infos: Sequence[AccountInfo]) -> Trace:
    """The posts that ``_view`` holds of these accounts."""
    basis: Literal["", "published"] = "published" if inquiry.basis.kind == "gained" else ""
    return Trace(accounts=tuple(each.id for each in infos), basis=basis)


def _traced(
    inquiry: Inquiry, infos: Sequence[AccountInfo], there: Mapping[str, Output]
) -> Iterator[Statement]:
    whole = _whole(there)
    every = _every(inquiry, infos)
    yield Statement(id="output.posts", name="发稿数", value=whole.posts, trace=every)
    for kind in KINDS:
        if whole.kinds[kind]:
            name = f"发稿数：{_KINDS[kind]}"
            yield Statement(
                id=f"output.{kind}",
                name=name,
                value=whole.kinds[kind],
                trace=replace(every, kinds=(kind,)),
            )
    for name, word in (("originals", "原创"), ("reprints", "转载")):
        says = whole.originals or whole.reprints
        value = getattr(whole, name) if says else None
        trace = replace(every, original=name == "originals")
        yield Statement(id=f"output.{name}", name=f"发稿数：{word}", value=value, trace=trace)


def _data(account: str, each: Output) -> dict[str, Any]:
    says = each.originals or each.reprints
    return {
        "account": account,
        "posts": each.posts,
        "kinds": dict(each.kinds),
        "originals": each.originals if says else None,
        "reprints": each.reprints if says else None,
        "unstated": each.unstated,
        "columns": dict(sorted(each.columns.items())),
    }


def _whole(there: Mapping[str, Output]) -> Output:
    whole = Output(kinds=Counter(), columns=Counter())
    for each in there.values():
        whole.posts += each.posts
        whole.kinds += each.kinds
        whole.columns += each.columns
        whole.originals += each.originals
        whole.reprints += each.reprints
    return whole


def _count(inquiry: Inquiry, number: int, measure: str, account: str = "") -> str:
    """At least as many where posts of the period are known to be missing, of an account or of any."""
    missing = {line.id for line in inquiry.accounts if line.incomplete}
    short = account in missing if account else inquiry.total.incomplete
    return wording.count(Spread(number, None) if short else exactly(number), measure)
