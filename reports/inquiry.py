"""What every section of a summary is made from: the question, the posts that answer it, and the lines made of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection

from reports.centre import AccountInfo
from reports.figures.totals import Line, Loaded, Scope
from storage.known import Known
from storage.views.view import View


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry(Scope):
    """``view`` holds the counted posts of the period, valued; valid inside the connection's transaction. A section
    that needs a View of its own (another period) gives it a table name of its own. ``loaded``: the totals of all
    accounts, peers too. ``past``: the lines of earlier periods, once they were read (reports.figures.compared).
    """

    connection: Connection
    known: Known
    view: View
    loaded: Loaded
    past: dict[str, Mapping[str, Line]] = field(default_factory=dict)

    def marks(self, metric: str = "views") -> tuple[int, ...]:
        """The thresholds of a hit by this metric, ascending; a rounded number may not reach one."""
        return tuple(self.centre.thresholds.get(metric, ()))

    @property
    def ours(self) -> tuple[AccountInfo, ...]:
        return tuple(each for each in self.centre.accounts if each.owner == "ours")
