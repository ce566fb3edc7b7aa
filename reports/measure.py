"""Measures: each figure of a kind of subject, declared once.

From one list of measures come a table's columns, the keys of JSON and their schema, the figures that ``collect explain``
walks back from, and what the sentences of the full listing say (reports.listing).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Any, Generic, TypeVar

from adapters.records import Count, data_of
from reports.section import Cell, Link, Table
from reports.statement import By, Statement, Trace, Way

Subject = TypeVar("Subject")


@dataclass(frozen=True, slots=True)
class Measure(Generic[Subject]):
    """One figure, or one fact (a name, a day), of a subject.

    ``key`` ends the figure's id and is its key in JSON; empty: JSON has it not. ``heading``: of its column and, after the
    subject's name, of the figure; empty: no column. ``of``: what a table shows of it. ``trace``: what lies behind it; None:
    a fact.

    ``narrow``: paper has room for the column. ``data``: what JSON has, if not ``of`` in plain types; ``number``: it is a
    plain number there. ``least``: whether a plain number is a lower bound. ``sentence`` of the listing that states it, with
    ``word`` before and ``measure`` after it, as ``way`` says.
    """

    key: str
    heading: str
    of: Callable[[Subject], Cell]
    trace: Callable[[Subject], Trace] | None = None
    _: KW_ONLY
    narrow: bool = True
    data: Callable[[Subject], Any] | None = None
    number: bool = False
    least: Callable[[Subject], bool] | None = None
    by: By = "sum"
    sentence: str = ""
    word: str = ""
    measure: str = ""
    way: Way = ""


Measures = Sequence[Measure[Subject]]
Row = TypeVar("Row")


def within(measures: Measures[Subject], of: Callable[[Row], Subject]) -> Iterator[Measure[Row]]:
    """The columns of a subject that rows of a table have within them."""

    def shown(each: Measure[Subject]) -> Measure[Row]:
        return Measure(each.key, each.heading, lambda row: each.of(of(row)), narrow=each.narrow)

    return map(shown, measures)


def fact(
    heading: str,
    of: Callable[[Subject], Cell],
    key: str = "",
    data: Callable[[Subject], Any] | None = None,
    *,
    narrow: bool = True,
) -> Measure[Subject]:
    """What is no figure: a name, a day, a remark."""
    return Measure(key, heading, of, data=data, narrow=narrow)


def table(id_: str, title: str, measures: Measures[Subject], subjects: Iterable[Subject]) -> Table:
    """A row for each subject, a column for each measure that has a heading."""
    shown = [each for each in measures if each.heading]
    narrow = tuple(at for at, each in enumerate(shown) if each.narrow)
    return Table(
        id=id_,
        title=title,
        headings=tuple(each.heading for each in shown),
        rows=tuple(tuple(each.of(subject) for each in shown) for subject in subjects),
        narrow=narrow if len(narrow) < len(shown) else None,
    )


def data(measures: Measures[Subject], subject: Subject) -> dict[str, Any]:
    """What JSON has of a subject."""
    return {
        each.key: _plain(each.of(subject)) if each.data is None else each.data(subject)
        for each in measures
        if each.key
    }


def _plain(cell: Cell) -> Any:
    if isinstance(cell, Count):
        return data_of(cell)
    return cell.text if isinstance(cell, Link) else cell


def statements(
    measures: Measures[Subject], subject: Subject, id_: str, name: str
) -> Iterator[Statement]:
    """The figures of a subject; ``name`` is what the subject is called in theirs."""
    for each in measures:
        if each.trace is None:
            continue
        value = each.of(subject)
        assert not isinstance(value, str | Link)
        yield Statement(
            id=f"{id_}.{each.key}", name=f"{name}{each.heading}", value=value, trace=each.trace(subject),
            least=each.least is not None and each.least(subject), metric=each.key, by=each.by,
            word=each.word or each.heading, measure=each.measure, way=each.way,
        )  # fmt: skip
