"""The followers of our accounts at both ends of a period."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from adapters.records import Count
from reports.centre import AccountInfo
from reports.inquiry import Inquiry
from storage.views.standing import Standing, standing


@dataclass(frozen=True, slots=True)
class Followed:
    """An account's followers at the period's two ends."""

    info: AccountInfo
    start: Standing | None
    end: Standing | None

    @property
    def growth(self) -> Count | None:
        """End less start; None where one of them is not known or the start has no upper limit."""
        if self.start is None or self.end is None:
            return None
        return self.end.value.less(self.start.value)


def followed(inquiry: Inquiry, infos: Iterable[AccountInfo] | None = None) -> list[Followed]:
    """Each of these accounts (None: all of ours) that is no ledger; a ledger itself only where it has followers. At each
    end the last observation before it, never one after as-of."""
    question = inquiry.view.question
    ends = (min(question.opening, question.as_of), question.closing)
    told = standing(inquiry.connection, "followers", ends, inquiry.known, question.as_of)
    return [
        Followed(info, *told.get(info.id, (None, None)))
        for info in (inquiry.ours if infos is None else infos)
        if not info.ledger or info.id in told
    ]
