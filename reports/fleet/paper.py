"""The paper of a province: everything together, cities or centres, hits, platforms, places, then the notes and the tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from reports import wording
from reports.fleet.adding import VIEWS, Sum
from reports.fleet.hits import hits
from reports.fleet.notes import notes
from reports.fleet.province import Province, size
from reports.fleet.sections import place_statement
from reports.paper.paper import Chapter, Paper, Paragraph, Piece, clause, closed, joined
from reports.periods import day_words
from reports.section import Cell, Link, Table
from reports.statement import Matter, Statement

#: Hits, cities or centres, and platforms that are named; the tables have all.
_WORKS, _NAMED = 8, 8
#: Places of a ranking that are said, and of those that are alike how many are named.
_PLACES, _TOGETHER = 3, 5
#: What is said of everything together, of a city or a centre, of a platform.
_WHOLE, _BESIDE = ("posts", "views"), ("likes", "followers", "placements")
_UNITS = tuple(f"views.{key}" for key in VIEWS.values())
_EACH, _PLATFORM = ("posts", "views"), ("posts", "views")
#: Notes that a reader of the paper sees.
_SAID = ("moments", "basis", "covered", "lag", "apart", "hidden", "lines", "left_out", "ranks")
#: Columns of the paper's tables, by the ids of those of the full listing; a heading that is not there is left out.
_TABLES: Mapping[str, tuple[str, Sequence[str]]] = {
    "cities": ("各市发布和传播情况", ()),
    "centres": ("各中心发布和传播情况", ()),
    "platforms": (
        "各平台发布和传播情况",
        ("平台", "中心", "账号", "作品数", "指标", "数值", "点赞数"),
    ),
    "hits": ("达到爆款线的作品", ("标题", "账号", "中心", "指标", "数值", "达到", "首次观测到")),
    "silent": ("没有数据的中心和账号", ("中心", "账号", "何时起没有数据", "说明")),
    "states": (
        "各中心数据截至时间",
        ("中心", "数据截至", "覆盖", "账号", "其中无数据", "不齐之处"),
    ),
}
#: Rows of a table of the paper; the workbook has all.
_ROWS = 200
_NONE = "—"


@dataclass(slots=True)
class _Draft:
    """``said``: ids of the figures that were said: each stands once."""

    province: Province
    said: set[str] = field(default_factory=set)

    def clause(self, subject: str, statements: Iterable[Statement], sign: str = "，") -> tuple[Piece, ...]:  # fmt: skip
        return clause(Matter(subject=subject, statements=tuple(statements)), self.said, sign)


def paper(province: Province) -> Paper:
    """The same province gives the same paper. A chapter without anything to say is not there."""
    draft, made = _Draft(province), list[Chapter]()
    for title, write in _CHAPTERS:
        paragraphs = tuple(each for each in write(draft) if each.pieces)
        if paragraphs:
            number = sum(bool(each.title) for each in made) + 1
            made.append(Chapter(f"{wording.ordinal(number)}、{title}" if title else "", paragraphs))
    return Paper(
        title=wording.line(f"{province.name}{province.period.title}各中心传播情况"),
        addressee="",
        chapters=tuple(made),
        notes=Paragraph(tuple(_notes(province)), "数据说明　"),
        signature=(),
        tables=tuple(_tables(province)),
    )


def _opening(draft: _Draft) -> Iterator[Paragraph]:
    province = draft.province
    start = Piece(f"{_period(province)}，")
    if not province.telling:
        yield Paragraph(closed((start, Piece(f"{province.asked}个中心都没有可统计的数据"))))
        return
    number = len(province.telling)
    silent = province.asked - number
    beside = f"（共{province.asked}个，{silent}个没有数据，未计入）" if silent else ""
    figures = {each.kind.key: each for each in province.total}
    subject = f"{number}个中心{beside}"
    units = [figures[key] for key in _UNITS if key in figures and figures[key].shown]
    parts = tuple(
        each.statement for _, sums in _divided(province) for each in sums if each.kind.key in _WHOLE
    )
    parts += tuple(replace(each.statement, metric="views") for each in units)
    whole = Matter(
        subject=subject,
        statements=tuple(_chosen(figures, _WHOLE)),
        parts=(Matter(subject="", statements=parts),),
    )
    kinds = [replace(each.statement, word=each.kind.word.removeprefix("其中")) for each in units]
    passed = [
        _counted(each) for each in province.total if each.kind.threshold and each.kind.metric == "views"
    ]  # fmt: skip
    said = [
        clause(whole, draft.said, "，"),
        draft.clause("其中" if len(kinds) > 1 else "", kinds if len(kinds) > 1 else (), "、"),
        draft.clause("", _chosen(figures, _BESIDE)),
        draft.clause("", passed, "、"),
    ]
    yield Paragraph(closed((start, *joined(said, "；"))))


def _counted(each: Sum) -> Statement:
    """A count of hits; where not every centre has the line, over how many it goes."""
    asked = f"（{len(each.parts)}个中心设有这条线）" if len(each.parts) < each.asked else ""
    return replace(each.statement, word=f"{each.kind.word}{asked}", noun=f"{each.kind.word}{asked}")


def _chosen(figures: Mapping[str, Sum], keys: Sequence[str]) -> Iterator[Statement]:
    """Those figures; how many centres are behind one that not all have."""
    for key in keys:
        each = figures.get(key)
        if each is None or not each.shown:
            continue
        few = each.asked > each.shown and "." not in key
        word = f"{each.kind.word}（{each.shown}个中心）" if few else each.kind.word
        yield replace(each.statement, word=word)


def _period(province: Province) -> str:
    period = province.period
    if province.as_of >= period.end:
        return period.title
    return f"{period.title}（截至{day_words(province.as_of.date(), year=False)}）"


def _divided(province: Province) -> list[tuple[str, tuple[Sum, ...]]]:
    """The cities, or where fewer than two are named the centres, that reached most; each with its name."""
    there = province.cities
    if len(there) < 2:
        names = {each.centre.key: each.centre.name for each in province.telling}
        there = {names[key]: sums for key, sums in province.centres.items()}
    return sorted(there.items(), key=lambda each: size(each[1]), reverse=True)


def _parts(draft: _Draft) -> Iterator[Paragraph]:
    there = _divided(draft.province)
    if len(there) < 2:
        return
    made = [
        draft.clause(wording.line(name), _chosen({each.kind.key: each for each in sums}, _EACH))
        for name, sums in there[:_NAMED]
    ]
    unit = "市" if len(draft.province.cities) > 1 else "中心"
    rest = len(there) - _NAMED
    more = [Piece(f"其余{rest}个{unit}见附表")] if rest > 0 else []
    yield Paragraph(closed((*joined([*made, more], "；"),)))


def _works(draft: _Draft) -> Iterator[Paragraph]:
    """The works past a line of views, the highest figure first."""
    found = [each for each in hits(draft.province) if each.metric == "views"]
    made = [
        draft.clause(
            f"{each.told.centre.name}{each.info.called}{wording.book_title(each.title)}",
            [each.statement],
        )
        for each in found[:_WORKS]
    ]
    more = [Piece(f"其余{len(found) - _WORKS}条见附表")] if len(found) > _WORKS else []
    others = [
        _counted(each)
        for each in draft.province.total
        if each.kind.threshold and each.kind.metric != "views"
    ]
    pieces = closed((*joined([*made, more], "；"),))
    yield Paragraph((*pieces, *closed(draft.clause("", others, "、"))))


def _platforms(draft: _Draft) -> Iterator[Paragraph]:
    there = [*draft.province.platforms.values()]
    made = []
    for sums in there[:_NAMED]:
        accounts = sum(len(each.ids) for each in sums[0].parts)
        subject = f"{sums[0].subject}{accounts}个账号"
        made.append(draft.clause(subject, _chosen({e.kind.key: e for e in sums}, _PLATFORM)))
    yield Paragraph(closed((*joined(made, "；"),)))


def _ranks(draft: _Draft) -> Iterator[Paragraph]:
    """The first places, where they are sure; those alike together."""
    sentences: list[Piece] = []
    for rank in draft.province.rankings:
        there: dict[int, list[Piece]] = {}
        for each in rank.places:
            if each.sure and each.first <= _PLACES:
                account = f"“{each.account}”" if each.account else ""
                name = f"{each.centre.name}{account}"
                there.setdefault(each.first, []).append(Piece(name, place_statement(rank, each).id))
        made = [_at(place, names) for place, names in there.items()]
        if made:
            start = Piece(f"{rank.name}排名，{len(rank.places)}个中")
            sentences += closed((start, *joined(made, "，")))
    yield Paragraph(tuple(sentences))


def _at(place: int, names: Sequence[Piece]) -> list[Piece]:
    """Those of one place; of many the first are named, the table has all."""
    many = [Piece(f"等{len(names)}个")] if len(names) > _TOGETHER else []
    said = Piece(f"{'并列' if len(names) > 1 else '居'}第{place}位")
    return [*joined([[each] for each in names[:_TOGETHER]], "、"), *many, said]


_CHAPTERS: Sequence[tuple[str, Callable[[_Draft], Iterator[Paragraph]]]] = (
    ("", _opening),
    ("各地情况", _parts),
    ("爆款作品", _works),
    ("各平台情况", _platforms),
    ("排名情况", _ranks),
)


def _notes(province: Province) -> Iterator[Piece]:
    for name, text in notes(province):
        if text and name in _SAID:
            yield Piece(text)


def _tables(province: Province) -> Iterator[Table]:
    """Those that hold something; ranks last but one, who has no data and as of when at the end."""
    found = {table.id: table for section in province.sections for table in section.tables}
    for id_, (title, headings) in _TABLES.items():
        if id_ in found:
            yield _shown(found[id_], title, headings)
        if id_ == "hits":
            for rank in province.rankings:
                if rank.id in found:
                    table = found[rank.id]
                    shown = [h for h in table.headings if h not in ("数据截至", "说明")]
                    yield _shown(table, f"{rank.name}排名", shown)


def _shown(table: Table, title: str, headings: Sequence[str]) -> Table:
    """Some columns of a table of the full listing (none named: those that paper has room for)."""
    narrow = range(len(table.headings)) if table.narrow is None else table.narrow
    at = [table.headings.index(h) for h in headings if h in table.headings] or [*narrow]
    cut = f"（前{_ROWS}行，全部见 Excel 文件）" if len(table.rows) > _ROWS else ""
    return Table(
        id=f"paper.{table.id}",
        title=f"{title}{cut}",
        headings=tuple(table.headings[each] for each in at),
        rows=tuple(tuple(_cell(row[each]) for each in at) for row in table.rows[:_ROWS]),
    )


def _cell(cell: Cell) -> Cell:
    if cell is None:
        return _NONE
    return Link(wording.bare_title(cell.text), cell.url) if isinstance(cell, Link) else cell
