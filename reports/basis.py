"""Which total of a period is meant: what was published in it, what was gained in it, or what its posts had at one age
(docs/definitions.md §5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from reports.periods import Period
from storage.bulk import seconds
from storage.known import Known
from storage.views.valued import Question

BasisKind = Literal["published", "gained", "aged"]


@dataclass(frozen=True, slots=True)
class Basis:
    """Which total of a period: *published*, *gained*, or *aged* with its days."""

    kind: BasisKind
    days: int = 7

    def __str__(self) -> str:
        return f"aged:{self.days}" if self.kind == "aged" else self.kind

    def question(self, period: Period, as_of: datetime, known: Known) -> Question:
        """What is asked of storage for a period's figures on this basis."""
        return Question(
            basis=self.kind,
            start=seconds(period.start),
            end=seconds(period.end),
            as_of=seconds(as_of),
            known=known,
            days=self.days,
        )


def parse_basis(text: str) -> Basis:
    """``published``, ``gained`` or ``aged:N``. Raises ValueError in Chinese."""
    kind, _, days = text.strip().partition(":")
    if kind == "published" and not days:
        return Basis("published")
    if kind == "gained" and not days:
        return Basis("gained")
    if kind == "aged" and days.isascii() and days.isdigit() and 1 <= int(days) <= 3_650:
        return Basis("aged", int(days))
    raise ValueError(
        f"看不懂口径“{text}”。可以写 published（发布）、gained（增量）或 aged:7（满 7 天）"
    )
