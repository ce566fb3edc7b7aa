"""Declared columns: a layout is a table of headings; ``_reader`` turns any sheet that has them into records. Headings are
matched whole, after trimming, never by position, prefix or "contains" (docs/platforms.md §1.2, rules 2 and 3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from adapters.contract import File, Row, Sheet
from adapters.errors import Invalid
from adapters.records import Headings, Kind, State
from adapters.tables.cells import plain
from adapters.tables.counts import DASHES
from adapters.tables.heads import FIGURES, Head, heads, scaled, unclear, units
from adapters.tables.merged import Carried
from adapters.tables.rows import is_remark, is_signature, is_total


@dataclass(frozen=True, slots=True)
class Column:
    """One heading (``also``: its synonyms) and the field it fills.

    ``field``: a metric; a fact (title key url published_at author column original kind state);
    ``detail:<name>``; or empty: kept beside under ``heading`` with the given ``unit`` (unit ``none``: known, and not
    kept). ``account`` names another account; ``followers`` goes to the details. ``needed`` marks a
    heading without which the sheet is not this layout. ``usual=False``: its absence is not worth a word.
    """

    heading: str
    field: str = ""
    unit: str = "number"
    also: tuple[str, ...] = ()
    needed: bool = False
    usual: bool = True


def filled(*, needed: bool = False, usual: bool = True, **headings: str) -> tuple[Column, ...]:
    """A column for each field; its heading, behind a stroke each synonym."""
    return tuple(
        Column(heading, field, also=tuple(also), needed=needed, usual=usual)
        for field, (heading, *also) in ((each, text.split("/")) for each, text in headings.items())
    )


def kept(headings: str, unit: str = "number", *, usual: bool = True) -> tuple[Column, ...]:
    """Columns kept beside under ``unit``; blanks part the headings, a stroke a heading from its synonyms."""
    return tuple(
        Column(heading, unit=unit, also=tuple(also), usual=usual)
        for heading, *also in (each.split("/") for each in headings.split())
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A table of one source: its columns and how it writes what is missing, kinds and states.

    ``date_only``: the source never states a time, whatever a re-saved cell pretends.
    ``timestamps``: publish times are Unix seconds or milliseconds.
    ``untitled``: a work may have neither title nor id nor address; else such a row is none.
    ``any_of``: headings of which one at least must stand there, where none is needed by itself.
    ``forbidden``: headings whose presence says it is another layout. ``undated`` looks at rows without a time (sheet,
    cells, 0-based number) and raises Invalid where they make the sheet another thing.
    """

    name: str
    columns: tuple[Column, ...]
    missing: frozenset[str] = DASHES
    kinds: Callable[[str], Kind | None] | None = None
    kind: Kind | None = None
    states: Mapping[str, State] = field(default_factory=dict)
    cut: bool | None = None
    date_only: bool = False
    timestamps: bool = False
    untitled: bool = False
    any_of: frozenset[str] = frozenset()
    forbidden: frozenset[str] = frozenset()
    undated: Callable[[Sheet, Row, int], None] | None = None

    def by_name(self) -> dict[str, Column]:
        """Every heading, as it is compared → its column."""
        return {plain(name): each for each in self.columns for name in (each.heading, *each.also)}


@dataclass(frozen=True, slots=True)
class FoundTable:
    """A layout found in a sheet: where its headings stand, which cell holds which column, and what one of a column
    counts for (``factors``: 10,000 under 万; others are 1). ``clash``: two cells that mean one field. ``doubtful``:
    what is said of columns that are not read, as nobody can tell whether the unit above the table is theirs."""

    layout: Layout
    sheet: Sheet
    head: Head
    columns: tuple[tuple[int, Column], ...]
    unknown: tuple[str, ...]
    factors: Mapping[int, int]
    clash: tuple[int, int] | None = None
    doubtful: Mapping[int, str] = field(default_factory=dict)

    def headings(self) -> Headings:
        cells, names = self.head.cells, self.layout.by_name()
        present = {column for _, column in self.columns} | {
            names.get(plain(cells[at])) for at in self.doubtful
        }
        beside = (at for at, each in self.columns if not each.field and each.unit != "none")
        absent = (each for each in self.layout.columns if each.usual and each not in present)
        return Headings(
            layout=self.layout.name,
            mapped={cells[at]: column.field for at, column in self.columns if column.field},
            kept=tuple(cells[at] for at in beside),
            unknown=self.unknown,
            missing=tuple(each.heading for each in absent),
            sheet=self.sheet.index,
            row=self.head.row + 1,
        )


def find(sheet: Sheet, layout: Layout) -> FoundTable | None:
    """Where ``layout`` stands in the first rows of ``sheet``, or None. Raises Invalid where it stands there under a
    unit that is not known."""
    names = layout.by_name()
    needed = {each.heading for each in layout.columns if each.needed}
    for head in heads(sheet, names):
        if layout.forbidden & set(head.names):
            continue
        placed: dict[str, tuple[int, Column]] = {}
        unknown: list[str] = []
        clash: tuple[int, int] | None = None
        for at, text in enumerate(head.names):
            column = names.get(text) if text else None
            if column is None:
                unknown += [head.cells[at]] if text else []
            elif column.heading in placed:  # of a repeated heading the first counts
                clash = clash or (placed[column.heading][0], at)
            else:
                placed[column.heading] = at, column
        if needed <= placed.keys() and (not layout.any_of or layout.any_of & placed.keys()):
            fields = {at: column.field for at, column in placed.values()}
            factors, doubtful = scaled(sheet, head, fields, *units(sheet, head, names))
            columns = tuple(each for each in placed.values() if each[0] not in doubtful)
            return FoundTable(
                layout, sheet, head, columns, tuple(unknown), factors, clash, doubtful
            )
    return None


def first(file: File, layouts: Iterable[Layout]) -> Iterator[FoundTable]:
    """The layouts found in a file: for each sheet the first of ``layouts`` that fits."""
    candidates = tuple(layouts)
    for sheet in file.sheets:
        for layout in candidates:
            found = find(sheet, layout)
            if found is not None:
                yield found
                break


def any_understood(file: File, understood: Callable[[Sheet], object | None]) -> bool:
    """Whether ``understood`` finds something in a sheet, or refuses it: then reading it says what is wrong."""
    for sheet in file.sheets:
        try:
            if understood(sheet) is not None:
                return True
        except Invalid:
            return True
    return False


def data_rows(found: FoundTable) -> Iterator[tuple[int, Row]]:
    """(1-based row number, cells) below the headings, none shorter than these; blank rows and repeated headings left
    out. What is merged down a column stands in each of its rows, figures excepted."""
    begin, width = found.head.row + 1, len(found.head.cells)
    head = tuple(found.sheet.head[found.head.row])
    known = tuple(at for at, _ in found.columns)
    facts = frozenset(at for at, each in found.columns if each.field and each.field not in FIGURES)
    carried = Carried.of(found.sheet, begin, facts, known)
    for number, row in enumerate(found.sheet.rows(), start=1):
        if number <= begin:
            continue
        if not any(row) and all(cell in (None, "") for cell in row):
            continue
        if row[0] == head[0] and tuple(row) == head:
            continue
        cells = row if carried is None else carried.filled(number - 1, row)
        if cells is not None:
            lacking = width - len(cells)
            yield number, cells if lacking <= 0 else (*cells, *[None] * lacking)


def check_second_row(found: FoundTable) -> None:
    """Raises Invalid where the row below the headings is one of headings too, and is not understood."""
    sheet, number = found.sheet, found.head.row + 1
    if number >= len(sheet.head):
        return
    row = sheet.head[number]
    filled = [cell for cell in row if cell not in (None, "")]
    facts = [at for at, column in found.columns if column.field in ("title", "published_at")]
    if not filled or any(at < len(row) and row[at] not in (None, "") for at in facts):
        return
    words = [cell for cell in filled if isinstance(cell, str) and not any(map(str.isdigit, cell))]
    begin = words[0] if words else ""
    below = is_total(begin) or is_remark(begin) or is_signature(begin)
    if len(words) == len(filled) and not below:
        shown = "、".join(each.strip()[:10] for each in words[:4])
        raise unclear(sheet, number, f"表头有两行，看不懂第二行（{shown}）")
