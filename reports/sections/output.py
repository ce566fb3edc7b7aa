"""Output (发稿): posts by account, kind and column; originals and reprints. Rows of ledgers are no output of a channel.

On *gained* too it is what was published in the period: a gain is no output (docs/decisions.md)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from adapters.records import KINDS
from reports import measure, wording
from reports.centre import AccountInfo
from reports.inquiry import Inquiry
from reports.listing import Piece, counted, joined, sentence
from reports.measure import Measure, fact
from reports.section import Cell, Section, Sentence, Series, Table, bars, largest
from reports.statement import Statement, Trace
from reports.vocabulary import words_of
from storage.views.totals import Output, output
from storage.views.view import View

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


@dataclass(frozen=True, slots=True)
class Published:
    """What an account published, or several. ``trace``: of all of it; ``incomplete``: posts are known to be missing."""

    infos: Sequence[AccountInfo]
    output: Output
    trace: Trace
    incomplete: bool

    @property
    def name(self) -> str:
        """Of an account; 合计 of several."""
        (info, *others) = self.infos
        return "合计" if others else info.name or info.id

    @property
    def says(self) -> bool:
        """Whether any source says what is original: where none does this is not shown, which is not 0."""
        return bool(self.output.originals or self.output.reprints)

    @property
    def measure(self) -> str:
        return words_of(self.output.kinds).measure


def _kind(kind: str) -> Measure[Published]:
    def trace(each: Published) -> Trace:
        return replace(each.trace, kinds=(kind,))

    unit = words_of([kind]).measure
    return Measure(kind, _KINDS[kind], lambda each: each.output.kinds[kind], trace, measure=unit)


def _original(key: str, heading: str, original: bool) -> Measure[Published]:
    def of(each: Published) -> Cell:
        number = each.output.originals if original else each.output.reprints
        return number if each.says else None

    return Measure(key, heading, of, lambda each: replace(each.trace, original=original))


POSTS: Measure[Published] = Measure(
    "posts", "作品数", lambda each: each.output.posts, lambda each: each.trace
)
BY_KIND = tuple(_kind(kind) for kind in KINDS)
ORIGINAL = (_original("originals", "原创", True), _original("reprints", "转载", False))
UNSTATED: Measure[Published] = fact("没有注明", lambda each: each.output.unstated, "unstated")
#: An account in JSON.
DATA: tuple[Measure[Published], ...] = (
    fact("", lambda each: each.infos[0].id, "account"),
    POSTS,
    fact("", lambda _: None, "kinds", lambda each: dict(each.output.kinds)),
    *ORIGINAL,
    UNSTATED,
    fact("", lambda _: None, "columns", lambda each: dict(sorted(each.output.columns.items()))),
)


def section(inquiry: Inquiry) -> Section | None:
    """None where no account of ours is anything but a ledger."""
    infos = [each for each in inquiry.ours if not each.ledger]
    if not infos:
        return None
    told = output(_view(inquiry))
    cut = {line.id for line in inquiry.accounts if line.incomplete}
    each = [
        Published((i,), told.get(i.id, Output()), _trace(inquiry, [i]), i.id in cut) for i in infos
    ]
    whole = Published(infos, _sum(each), _trace(inquiry, infos), inquiry.total.incomplete)
    active = [one for one in each if one.output.posts]
    drawn = largest(active, DRAWN, lambda one: one.output.posts)
    return Section(
        id="output",
        title="发稿情况",
        sentences=tuple(_sentences(inquiry, whole, each)),
        tables=tuple(_tables(whole, each)),
        charts=bars(
            "output", "各账号发稿数", "篇（条）", (one.name for one in drawn),
            Series.of("作品数", (one.output.posts for one in drawn)),
            note=f"只画发稿最多的{DRAWN}个账号，其余见表。" if len(active) > DRAWN else "",
        ),
        traced=tuple(_traced(whole)),
        data={"output": [measure.data(DATA, one) for one in each]},
    )  # fmt: skip


def _view(inquiry: Inquiry) -> View:
    if inquiry.basis.kind != "gained":
        return inquiry.view
    question = replace(inquiry.view.question, basis="published")
    return View(inquiry.connection, question, "published")


def _trace(inquiry: Inquiry, infos: Sequence[AccountInfo]) -> Trace:
    """The posts that ``_view`` holds of these accounts."""
    basis: Literal["", "published"] = "published" if inquiry.basis.kind == "gained" else ""
    return Trace(accounts=tuple(each.id for each in infos), basis=basis)


def _sum(parts: Sequence[Published]) -> Output:
    whole = Output(kinds=Counter(), columns=Counter())
    for each in (part.output for part in parts):
        whole.posts += each.posts
        whole.kinds += each.kinds
        whole.columns += each.columns
        whole.originals += each.originals
        whole.reprints += each.reprints
    return whole


def _said(of: Published, *measures: Measure[Published], word: str = "") -> list[Statement]:
    """Figures in words: ``文章至少46篇``; what is said of originals is said of those read."""
    return [
        replace(
            each, word=word or each.word, measure=each.measure or of.measure, way="count",
            least=of.incomplete and each.trace.original is None,
        )
        for each in measure.statements(measures, of, "output", "")
    ]  # fmt: skip


def _sentences(
    inquiry: Inquiry, whole: Published, accounts: Sequence[Published]
) -> Iterator[Sentence]:
    subject = f"{inquiry.centre.counted(len(whole.infos))}{inquiry.period.title}"
    every = whole.trace
    if not whole.output.posts:
        said = f"{subject}没有读到发布的作品，发稿数{wording.NO_DATA}（不是 0）。"
        yield sentence("output.total", said, trace=every)
        return
    kinds = [each for each in _said(whole, *BY_KIND) if each.value]
    aged = f"、满{inquiry.basis.days}天且当天有观测的作品" if inquiry.basis.kind == "aged" else ""
    did = f"发布{aged}" if aged else "共发稿"
    posts = _said(whole, POSTS, word=did)
    yield sentence("output.total", subject, posts, "：", joined(kinds, "、"), "。")
    if whole.says:
        yield sentence(
            "output.originals", "注明原创或转载的作品中，", _split(whole), "。", trace=every
        )
    else:
        said = f"原创与转载篇数{wording.NO_DATA}：所用数据没有注明。"
        yield sentence("output.originals", said, trace=every)
    for each in accounts:
        if each.says:
            (info,), number = each.infos, _said(each, POSTS, word=did)
            yield sentence(f"output.{info.id}", info.spoken, number, "，其中", _split(each), "。")
    if whole.output.columns:
        yield sentence("output.columns", _columns(whole), trace=every)


def _split(each: Published) -> list[Piece]:
    unstated = counted(each.output.unstated, each.measure) if each.output.unstated else ""
    beside = f"（另有{unstated}没有注明）" if unstated else ""
    return [*joined(_said(each, *ORIGINAL), "、"), beside]


def _columns(whole: Published) -> str:
    columns, unit = whole.output.columns, whole.measure
    ranked = sorted(columns.items(), key=lambda each: (-each[1], each[0]))
    named = "、".join(f"{wording.line(name)}{n}{unit}" for name, n in ranked[:_NAMED])
    more = "等" if len(ranked) > _NAMED else ""
    number = sum(columns.values())
    return (
        f"注明栏目（专题）的作品{number}{unit}，分属{len(ranked)}个栏目：{named}{more}；"
        f"其余{whole.output.posts - number}{unit}没有注明栏目。"
    )


def _tables(whole: Published, accounts: Sequence[Published]) -> Iterator[Table]:
    kinds = [each for each in BY_KIND if each.of(whole)]
    columns: tuple[Measure[Published], ...] = (
        fact("账号", lambda each: "合计" if each is whole else each.name),
        fact("平台", lambda each: "" if each is whole else each.infos[0].platform_name),
        *(POSTS, *kinds, *ORIGINAL, UNSTATED),
    )
    yield measure.table("output", "发稿", columns, (whole, *accounts))
    rows: list[tuple[Cell, ...]] = [
        (column, each.name, number)
        for each in accounts
        for column, number in sorted(each.output.columns.items(), key=lambda e: (-e[1], e[0]))
    ]
    if rows:
        yield Table(
            id="columns", title="栏目", headings=("栏目", "账号", "作品数"), rows=tuple(rows)
        )


def _traced(whole: Published) -> Iterator[Statement]:
    """What all published together, the kinds of which there are any, originals and reprints."""
    for each in measure.statements((POSTS, *BY_KIND, *ORIGINAL), whole, "output", ""):
        if each.metric == "posts":
            yield replace(each, name="发稿数")
        elif each.value or each.trace.original is not None:
            yield replace(each, name=f"发稿数：{each.name}")
