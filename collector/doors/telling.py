"""How a row of the tidy tables is told to a program or an assistant, and what is never told.

A figure is one object: its value, how far below and above it the true number may lie (``above`` null: no limit), how it is
known. What is not known is null, never 0. A source is told by its file's or host's name; the captures stay at home.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from adapters.records import Count
from reports.figures.totals import Scope
from reports.tidy.columns import Row, TidyColumn, figure
from reports.tidy.rows import told

#: Columns and fields that lead to kept bytes.
_KEPT = frozenset({"capture", "sha256"})
_SOURCES = frozenset({"file", "source"})
#: What the columns of a figure beside its value end with.
BOUNDS = ("below", "above", "bound")
_MISSING = "_missing"


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a told row: ``at`` its column in the row. A figure has three more columns after it; one that is a sum also
    one that says how many posts do not show it, at ``missing``."""

    column: TidyColumn
    at: int
    figure: bool = False
    missing: int | None = None

    @property
    def name(self) -> str:
        return self.column.name


def fields(columns: Sequence[TidyColumn]) -> tuple[Field, ...]:
    """The fields that rows of these columns are told with."""
    places = {each.name: at for at, each in enumerate(columns)}
    inside = {f"{name}_{end}" for name in places for end in BOUNDS if f"{name}_below" in places}
    inside |= {f"{name}{_MISSING}" for name in places}
    return tuple(
        Field(each, at, f"{each.name}_below" in places, places.get(f"{each.name}{_MISSING}"))
        for at, each in enumerate(columns)
        if each.name not in inside and each.name not in _KEPT
    )


def row(shape: Sequence[Field], cells: Row) -> dict[str, Any]:
    """A row as it is told; ``shape``: the fields of its table."""
    data: dict[str, Any] = {}
    for each in shape:
        at = each.at
        if each.missing is not None:
            posts, missing = data["posts"], cells[each.missing]
            data[each.name] = {**_bounds(cells, at), "known": posts - missing, "missing": missing}
        elif each.figure:
            data[each.name] = None if cells[at] is None else _bounds(cells, at)
        elif each.name in _SOURCES:
            data[each.name] = _name(cells[at])
        else:
            data[each.name] = told(each.column, cells[at])
    return data


def number(count: Count | None) -> dict[str, Any] | None:
    """A number that stands alone, told as the figures of rows are."""
    return None if count is None else _bounds(figure(count), 0)


def _bounds(cells: Row, at: int) -> dict[str, Any]:
    return dict(zip(("value", *BOUNDS), cells[at : at + 4], strict=True))


def scope(asked: Scope) -> dict[str, Any]:
    """Which figures these are: goes with every answer."""
    return {
        "period": asked.period.name,
        "basis": str(asked.basis),
        "as_of": asked.as_of.isoformat(),
        "known_by": asked.known_by.isoformat(),
    }


def without_kept(data: Any) -> Any:
    """Any data without what leads to kept bytes or shows a path."""
    if isinstance(data, list):
        return [without_kept(each) for each in data]
    if isinstance(data, Mapping):
        return {
            name: _name(value) if name in _SOURCES else without_kept(value)
            for name, value in data.items()
            if name not in _KEPT
        }
    return data


def source_name(source: str) -> str:
    """A source as it may be told: the host of an address, the last part of a path."""
    return urlsplit(source).hostname or re.split(r"[/\\]", source)[-1]


def _name(source: Any) -> str | None:
    return None if source is None else source_name(str(source))
