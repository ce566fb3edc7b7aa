"""Plans the paper of a summary: numbered chapters in the order of importance, each figure once, then the notes, and the
tables at its end (附表): every account, every work past a line, every outlet, every topic."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from reports import measure, wording
from reports.figures.totals import Line, Summary
from reports.measure import Measure, fact
from reports.paper import chapters, notes
from reports.paper.chapters import Draft
from reports.paper.lines import Lines
from reports.paper.paper import Chapter, Paper, Paragraph
from reports.section import Cell, Link, Table
from reports.sections.hits import ACCOUNTS
from reports.sections.topics import TOGETHER

#: Where a table of the paper has no figure; the notes say why.
_NONE = "—"
#: Title (empty: the paragraph with which the paper begins) → what writes its paragraphs.
_Chapters = Sequence[tuple[str, Callable[[Draft], Iterator[Paragraph]]]]
_ALL: _Chapters = (
    ("", chapters.opening),
    ("爆款作品", chapters.works),
    (chapters.CHANNELS, chapters.channels),
    ("重点主题宣传", chapters.topics),
    ("对外宣传", chapters.placements),
    ("广播电视和网络直播", chapters.broadcast),
    ("排名情况", chapters.ranks),
)
_TOPIC: _Chapters = (("", chapters.topic_alone),)


def paper(summary: Summary) -> Paper:
    """The same summary gives the same paper. A chapter without anything to say is not there."""
    draft = Draft(summary, _lines(summary))
    made: list[Chapter] = []
    for title, write in _TOPIC if summary.topic else _ALL:
        paragraphs = tuple(each for each in write(draft) if each.pieces)
        if paragraphs:
            number = sum(bool(each.title) for each in made) + 1
            made.append(Chapter(f"{wording.ordinal(number)}、{title}" if title else "", paragraphs))
    letter = summary.centre.letter
    about = f"{summary.topic}专题" if summary.topic else ""
    return Paper(
        title=wording.line(letter.titled(summary.centre.name, f"{summary.period.title}{about}")),
        addressee=letter.opening,
        chapters=tuple(made),
        notes=notes.notes(draft),
        signature=letter.closing(summary.as_of.date()),
        tables=tuple(_tables(summary)),
    )


def _lines(summary: Summary) -> Lines:
    """The lines, with the growth that the section on comparisons knows, and how many hits each account has."""
    matters = {section.id: section.matters for section in summary.sections}
    growth = {each.subject: each.statements for each in matters.get("comparisons", ())}
    counted = (each for each in matters.get("hits", ()) if each.subject == ACCOUNTS)
    hits = {part.subject: part.statements[0] for each in counted for part in each.parts}
    return Lines(summary, growth, hits)


def _tables(summary: Summary) -> Iterator[Table]:
    """Those that hold something."""
    if summary.topic:
        for table in _found(summary, f"topic.{summary.topic}.posts"):
            yield _shown(table, table.title, table.headings)
        return
    yield from _accounts(summary)
    for table in _found(summary, "hits"):
        yield _shown(table, "达到爆款线的作品", ("标题", "账号", "指标", "数值", "达到"))
    for table in _found(summary, "placements"):
        yield _shown(table, "对外宣传刊发情况", table.headings)
    for table in _found(summary, "topics"):
        platform, posts = map(table.headings.index, ("平台", "作品数"))
        whole = tuple(row for row in table.rows if row[platform] == TOGETHER and row[posts])
        if whole:
            shown = [each for each in table.headings if each not in ("平台", "账号")]
            yield _shown(replace(table, rows=whole), "各专题传播情况", shown)


def _found(summary: Summary, id_: str) -> Iterator[Table]:
    return (t for section in summary.sections for t in section.tables if t.id == id_ and t.rows)


def _shown(table: Table, title: str, headings: Sequence[str]) -> Table:
    """Some columns of a table of the full listing, works by the titles that the text gives them."""
    columns = [table.headings.index(each) for each in headings]
    return Table(
        id=f"paper.{table.id}",
        title=title,
        headings=tuple(headings),
        rows=tuple(tuple(_cell(row[at]) for at in columns) for row in table.rows),
    )


def _cell(cell: Cell) -> Cell:
    if cell is None:
        return _NONE
    return Link(wording.bare_title(cell.text), cell.url) if isinstance(cell, Link) else cell


def _accounts(summary: Summary) -> Iterator[Table]:
    """A row for each account, the most viewed first, then for all of them."""
    ledgers = {each.id for each in summary.centre.accounts if each.ledger}
    lines = sorted(
        (each for each in summary.accounts if each.id not in ledgers), key=_order, reverse=True
    )
    if not any(each.posts for each in lines):
        return
    several = len(lines) > 1
    told = {each.id: each.value for each in summary.figures}
    columns: list[Measure[Line]] = [
        fact("账号", lambda line: "合计" if line is summary.total else line.name),
        fact("平台", lambda line: "" if line is summary.total else line.platform_name),
        fact("作品数", lambda line: line.posts),
        *(_metric(name, word) for name, word in _METRICS.items() if summary.total.figures[name]),
        *map(_hits, sorted(summary.centre.thresholds.get("views", ()))[:1]),
    ]
    if told.get("followers.at_end") is not None:
        columns.append(fact("期末粉丝", lambda line: _cell(told.get(_followers(line)))))
    title = "各账号发布和传播情况" if several else "发布和传播情况"
    every = (*lines, summary.total) if several else lines
    yield measure.table("paper.accounts", title, columns, every)


_METRICS = {"views": "阅读播放量", "readers": "阅读人数", "likes": "点赞", "shares": "分享"}


def _metric(name: str, word: str) -> Measure[Line]:
    def of(line: Line) -> Cell:
        figure = line.figures[name]
        return _NONE if figure is None else figure

    return fact(word, of)


def _hits(mark: int) -> Measure[Line]:
    def of(line: Line) -> Cell:
        number = line.hits["views"][mark]
        return number if number or not line.unknown_hits["views"][mark] else _NONE

    return fact(wording.mark(mark), of)


def _order(line: Line) -> tuple[int, int]:
    views = line.figures["views"]
    return (-1 if views is None else views.value, line.posts)


def _followers(line: Line) -> str:
    """The id under which the section on followers tells those of an account, or of all, at the period's end."""
    return "followers.at_end" if line.id == "total" else f"followers.{line.id}.at_end"
