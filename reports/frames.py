"""The figures as pandas DataFrames, for notebooks: the tidy rows with their types. The only place that imports pandas.

Whole numbers are Int64 (missing is <NA>, never 0), moments datetime64[s, Asia/Shanghai], days datetime64[s], texts string, yes
and no boolean. ``frame.attrs`` has the period, the basis and the moments that the figures are of. docs/数据框.md shows how.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict, Unpack

import pandas as pd
from sqlalchemy import Connection, Engine

from reports.centre import Centre
from reports.inquiry import Inquiry
from reports.periods import parse_moment, parse_period
from reports.tidy.asking import ask
from reports.tidy.columns import COLUMNS, SUMMARY, Row, TidyColumn
from reports.tidy.rows import Sources, rows, series_rows, summary_rows
from storage.database import reading
from storage.views.history import find_posts

_DTYPES = {"text": "string", "word": "string", "count": "Int64", "flag": "boolean"}
_ZONED = "datetime64[s, Asia/Shanghai]"


#: A post's account, and when it was published.
Dated = tuple[str, int | None]


class How(TypedDict, total=False):
    """The basis and the moments of figures, as ``collect report`` takes them."""

    basis: str
    as_of: str | None
    known_by: str | None


@dataclass(frozen=True, slots=True)
class Frames:
    """A centre's figures. ``latest``: the moment by which all that is stored was told.

    Periods, bases and moments are written as for ``collect report``: ``"2026Q3"``, ``"gained"``, ``"2026-10-08"``; None: all
    days, all that is stored. What is written otherwise raises ValueError, in Chinese.
    """

    engine: Engine
    centre: Centre
    latest: Callable[[Connection], datetime]

    def posts(self, period: str | None = None, **how: Unpack[How]) -> pd.DataFrame:
        """A row for each counted post of the period, with its figures on this basis."""
        return self._table("posts", period, how)

    def hits(self, period: str | None = None, **how: Unpack[How]) -> pd.DataFrame:
        """A row for each threshold that a post passed."""
        return self._table("hits", period, how)

    def accounts(self, period: str | None = None, **how: Unpack[How]) -> pd.DataFrame:
        """A row for each account of config."""
        return self._table("accounts", period, how)

    def summary(self, period: str | None = None, **how: Unpack[How]) -> pd.DataFrame:
        """The lines of the period's summary: all accounts, groups or platforms, each account."""
        with reading(self.engine) as connection:
            inquiry = self._ask(connection, period, how)
            return _frame(SUMMARY, summary_rows(inquiry), inquiry)

    def series(self, of: str | int, **how: Unpack[How]) -> pd.DataFrame:
        """Every observation of a post (its number, platform id, address or a part of its title), or of all counted posts of
        an account (its id in config). The figures are cumulative. Raises ValueError where it is nothing or not one post."""
        with reading(self.engine) as connection:
            inquiry = self._ask(connection, None, how)
            posts = self._of_account(inquiry, of)
            if posts is None:
                posts = _one(connection, str(of))
            until = inquiry.view.question.as_of
            found = series_rows(Sources(connection), posts, inquiry.known, until)
            return _frame(COLUMNS["observations"], found, inquiry)

    def _of_account(self, inquiry: Inquiry, of: str | int) -> Mapping[int, Dated] | None:
        """The counted posts of an account; None where it is no account."""
        if all(each.id != of for each in self.centre.accounts):
            return None
        dated = inquiry.view.dated(inquiry.view.numbers(by="post_id"))
        return {number: each for number, each in dated.items() if each[0] == of}

    def _table(self, table: str, period: str | None, how: How) -> pd.DataFrame:
        with reading(self.engine) as connection:
            inquiry = self._ask(connection, period, how)
            return _frame(COLUMNS[table], rows(inquiry, table), inquiry)

    def _ask(self, connection: Connection, period: str | None, how: How) -> Inquiry:
        latest = self.latest(connection)
        moments = [how.get("as_of"), how.get("known_by")]
        as_of, known_by = (latest if each is None else parse_moment(each) for each in moments)
        span = None if period is None else parse_period(period)
        basis = how.get("basis", "published")
        return ask(connection, self.centre, span, basis, as_of, known_by)


def _one(connection: Connection, wanted: str) -> Mapping[int, Dated]:
    found = find_posts(connection, wanted)
    if len(found) != 1:
        there = "；".join(f"{each.post_id} {each.title}" for each in found[:10])
        raise ValueError(
            f"“{wanted}”不止一篇，请写编号：{there}" if found else f"没有“{wanted}”这个账号或作品"
        )
    return {found[0].post_id: (found[0].account, found[0].published_at)}


def _frame(columns: Sequence[TidyColumn], there: Iterable[Row], inquiry: Inquiry) -> pd.DataFrame:
    cells: Iterable[Sequence[Any]] = zip(*there, strict=True)
    by_name = dict(zip((each.name for each in columns), cells, strict=False))
    frame = pd.DataFrame({each.name: _series(each, by_name.get(each.name, ())) for each in columns})
    frame.attrs |= {
        "period": inquiry.period.name,
        "basis": str(inquiry.basis),
        "as_of": inquiry.as_of.isoformat(),
        "known_by": inquiry.known_by.isoformat(),
    }
    return frame


def _series(column: TidyColumn, cells: Sequence[Any]) -> Any:
    if column.type == "moment":
        numbers = pd.Series(cells, dtype="Int64")
        return pd.to_datetime(numbers, unit="s", utc=True).astype(_ZONED)
    if column.type == "day":
        return pd.to_datetime(pd.Series(cells, dtype="string")).astype("datetime64[s]")
    return pd.Series(cells, dtype=_DTYPES[column.type])
