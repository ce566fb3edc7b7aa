"""A post's growth as a drawing: one point an observation, by time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from adapters.moments import DAY, SHANGHAI
from collector.web.showing import moment
from reports import wording
from reports.vocabulary import HEADINGS, UNITS
from storage.views.history import Observation

WIDTH, HEIGHT = 760, 260
#: Room around the drawing, in its own units.
_TOP, _BOTTOM, _SIDE = 24, 26, 56


@dataclass(frozen=True, slots=True)
class Point:
    """An observation: its place, what it says when pointed at, whether it is no more than a bound."""

    x: float
    y: float
    tip: str
    bound: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """``ticks``: height and word of the marks of the scale; ``days``: place and word of the marks of time."""

    word: str
    words: str
    points: tuple[Point, ...]
    ticks: tuple[tuple[float, str], ...]
    days: tuple[tuple[float, str], ...]
    width: int = WIDTH
    height: int = HEIGHT


def curve(seen: Sequence[Observation], metric: str) -> Curve:
    """The observations that show ``metric``, in order."""
    there = [(each.observed_at, each.figures[metric]) for each in seen if metric in each.figures]
    there.sort(key=lambda pair: pair[0])
    word = HEADINGS[metric]
    if not there:
        return Curve(word=word, words="", points=(), ticks=(), days=())
    first, last = there[0][0], there[-1][0]
    top = max(count.value for _, count in there) or 1

    def across(at: int) -> float:
        return round(_SIDE + (at - first) / max(1, last - first) * (WIDTH - 2 * _SIDE), 1)

    def down(value: float) -> float:
        return round(HEIGHT - _BOTTOM - value / top * (HEIGHT - _TOP - _BOTTOM), 1)

    points, said = [], []
    for at, count in there:
        tip = f"{moment(at)}：{wording.cell(count)}{UNITS[metric]}"
        points.append(Point(across(at), down(count.value), tip, not count.exact))
        said.append(tip)
    ticks = tuple((down(top * part / 2), wording.tick(top * part // 2)) for part in (0, 1, 2))
    days = tuple((across(at), f"{_day(at):%m-%d}") for at in _marks(first, last))
    return Curve(
        word=word,
        words=f"{word}：{'；'.join(said[:20])}",
        points=tuple(points),
        ticks=ticks,
        days=days,
    )


def _day(at: int) -> datetime:
    return datetime.fromtimestamp(at, SHANGHAI)


def _marks(first: int, last: int) -> list[int]:
    """Up to seven midnights between two moments, evenly apart."""
    begin = _day(first).replace(hour=0, minute=0, second=0) + timedelta(days=1)
    step = max(1, (last - first) // DAY // 6) * DAY
    return list(range(int(begin.timestamp()), last + 1, step))
