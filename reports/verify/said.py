"""What a sentence has said up to a word, as far as it still holds."""

from __future__ import annotations

from dataclasses import dataclass, field

from reports.periods import Period
from reports.verify.claims import What
from reports.verify.subjects import Subject


@dataclass(slots=True)
class Said:
    """A comma, a semicolon or the end of the sentence takes parts of it back (reading_stops.py)."""

    run: list[tuple[Subject, ...]] = field(default_factory=list)
    metric: str = ""
    metric_at: int = -9
    fresh: bool = False  # the metric was said since the last ；
    other: str = ""
    best: bool = False
    best_now: bool = False
    single: bool = False
    another: bool = False  # another post than the best
    average: bool = False
    title: str = ""
    title_now: bool = False
    column: str = ""
    kind: str = ""
    kind_of: tuple[Subject, ...] = ()
    live: bool = False
    level: str = ""  # of media: a level, a medium or an outlet
    placement: bool = False
    placed_now: bool = False
    outlets: str = ""
    front: bool = False
    hot: bool = False
    original: str = ""
    marked: bool = False
    broadcast: bool = False
    gain: bool = False
    falls: bool = False
    changed: bool = False  # 增加, 减少: against something, not 新增
    earlier: str = ""
    raw: str = ""
    stranger: str = ""  # what the words not known were about: holds for the numbers after it
    raw_from: int = 0
    basis: str = ""
    day: Period | None = None
    whole: int | None = None
    all_parts: bool = False
    last: tuple[What, ...] = ()
    measured: tuple[What, ...] = ()
