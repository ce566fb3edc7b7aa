"""What every section of a summary is made from: the question, the posts that answer it, and the lines made of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from reports.basis import Basis
from reports.centre import AccountInfo, Centre
from reports.figures.totals import Line, Loaded
from reports.periods import Period
from storage.known import Known
from storage.views.view import View


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """``view`` holds the counted posts of the period, valued; valid inside the connection's transaction. A section
    that needs a View of its own (another period) gives it a table name of its own.

    ``accounts``, ``groups``, ``platforms`` (of several accounts in no group) and ``total`` are the lines of ours;
    ``loaded`` has the totals of all accounts, peers too.
    ``topic`` narrows the topics to those of that name; empty: all. ``past``: the
    lines of earlier periods, once they were read (reports.figures.compared).
    """

    connection: Connection
    centre: Centre
    period: Period
    basis: Basis
    as_of: datetime
    known_by: datetime
    known: Known
    view: View
    loaded: Loaded
    accounts: tuple[Line, ...]
    groups: tuple[Line, ...]
    total: Line
    platforms: tuple[Line, ...]
    topic: str = ""
    past: dict[str, Mapping[str, Line]] = field(default_factory=dict)

    def marks(self, metric: str = "views") -> tuple[int, ...]:
        """The thresholds of a hit by this metric, ascending; a rounded number may not reach one."""
        return tuple(self.centre.thresholds.get(metric, ()))

    @property
    def ours(self) -> tuple[AccountInfo, ...]:
        return tuple(each for each in self.centre.accounts if each.owner == "ours")
