"""A summary with a section of every kind of thing that documents draw, and titles that do documents harm."""

from __future__ import annotations

from dataclasses import replace

from adapters.records import Count
from reports.figures.totals import Summary
from reports.section import Cell, Chart, Link, Section, Sentence, Series, Table
from reports.statement import Statement, Trace

#: What a title may hold → what must be read of it in a document (None: only that the document is whole).
HOSTILE = {
    '=HYPERLINK("http://x.example","点我")': '=HYPERLINK("http://x.example","点我")',
    "<script>alert(1)</script></w:t>&amp;": "<script>alert(1)</script></w:t>&amp;",
    "{{ 7*7 }}{% endfor %}{_{ 8 }_}": "{{ 7*7 }}{% endfor %}{_{ 8 }_}",
    "]]>--><!--": "]]>--><!--",
    "响\x07铃\x0b和\n换行\t制表\u2028分行": "响 铃 和 换行 制表 分行",
    "半个\ud83d字": "半个字",
    "非\ufffe字\uffff": "非字",
    "长" * 10_000: "长" * 60 + "…",
    "مرحبا بالعالم 2026": "مرحبا بالعالم 2026",
    "倒\u202e着写": "倒着写",
    "👨‍👩‍👧 一家 🚀": "👨‍👩‍👧 一家 🚀",
    "': [一]*?/\\ $x_1$ `b` |c|": "': [一]*?/\\ $x_1$ `b` |c|",
}
BOUND = Count(350_000, above=None, missing=2)
ABOUT = Count(12_000, 12_000 - 11_500, 12_499 - 12_000)
EXACT = Count(1_053_112)


def dressed(summary: Summary) -> Summary:
    """The summary with one more section before its notes: hostile titles in a table, charts of every kind."""
    return with_section(summary, tried())


def with_section(summary: Summary, *sections: Section) -> Summary:
    return replace(summary, sections=(*summary.sections[:-1], *sections, summary.sections[-1]))


def tried() -> Section:
    titles = tuple(HOSTILE)
    rows: list[tuple[Cell, ...]] = [
        (Link(each, "https://a.example/" if at % 2 else f"javascript:{at}"), EXACT, 0.5, at, "说明")
        for at, each in enumerate(titles)
    ]
    rows += [
        ("只知下限", BOUND, 1.25, 3, "x"),
        ("约数", ABOUT, 2.0, 4, "y"),
        ("无", None, None, 5, "z"),
    ]
    return Section(
        id="tried",
        title="试一试<b>&",
        sentences=(
            Sentence("tried.bound", "总阅读量350000人次及以上。", Trace(accounts=("fabu",))),
            *(Sentence(f"tried.{at}", f"单篇最高为“{each[:60]}”。") for at, each in enumerate(titles)),
        ),
        tables=(
            Table(id="tried", title="作品: [试]/全部", headings=("试的标题", "阅读量", "份额", "条", "说明"),
                  rows=tuple(rows), narrow=(0, 1, 2)),
            Table(id="again", title="作品: [试]/全部", headings=("一",), rows=()),
        ),
        charts=charts(titles),
        traced=(
            Statement(id="tried.views", name="阅读量", value=BOUND, trace=Trace(accounts=("fabu",))),
            Statement(id="tried.none", name="点赞数", value=None, trace=Trace(posts=(1, 2))),
            Statement(id="tried.share", name="份额", value=0.25, trace=Trace(accounts=("fabu",))),
        ),
    )  # fmt: skip


def charts(titles: tuple[str, ...] = tuple(HOSTILE)) -> tuple[Chart, ...]:
    names = tuple(f"{n}月" for n in range(1, 13))
    values = tuple(each * 1_000 for each in range(12))
    return (
        Chart(id="bar", title="<各>账号", kind="bar", categories=titles, unit="人次", note="一个无数据。",
              series=(Series("本期", (None, *range(len(titles) - 1)), (3,)),)),
        Chart(id="column", title="逐月", kind="column", categories=names, unit="条",
              series=(Series("甲<i>", values), Series("乙", (*values[:5], None, *values[6:]), (2,)))),
        Chart(id="fall", title="增减", kind="bar", categories=("增", "减"), unit="人",
              series=(Series("净增", (500, -200)),)),
        Chart(id="nothing", title="全无", kind="bar", categories=("甲",), unit="人次",
              series=(Series("阅读量", (None,)),)),
    )  # fmt: skip


def crowd(number: int) -> Section:
    """A section as a county with very many accounts has one."""
    names = tuple(f"乡村公众号{at}" for at in range(number))
    return Section(
        id="crowd",
        title="各账号情况",
        sentences=tuple(Sentence(f"crowd.{at}", f"“{each}”发稿{at}篇。") for at, each in enumerate(names)),
        tables=(
            Table(
                id="crowd", title="账号", headings=("村账号", "平台", "作品数", "阅读量", "点赞数"),
                rows=tuple((each, "微信公众号", at, EXACT, None) for at, each in enumerate(names)),
            ),
        ),
        charts=(
            Chart(id="crowd", title="阅读量", kind="bar", categories=names, unit="人次",
                  series=(Series("阅读量", tuple(range(number, 0, -1))),)),
        ),
    )  # fmt: skip
