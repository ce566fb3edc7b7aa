"""A post's growth as a drawing: one point an observation, by time, before what is usual for its account at the same age."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from adapters.moments import DAY, SHANGHAI
from collector.web.showing import moment
from reports import growth, wording
from reports.vocabulary import HEADINGS, UNITS
from storage.views.growth import Usual
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
    """``ticks``: height and word of the marks of the scale; ``days``: place and word of the marks of time. ``bands``:
    corners of what the middle half of the account's posts had at the same age; ``medians``: lines of points."""

    word: str
    words: str
    points: tuple[Point, ...]
    ticks: tuple[tuple[float, str], ...]
    days: tuple[tuple[float, str], ...]
    bands: tuple[tuple[tuple[float, float], ...], ...] = ()
    medians: tuple[tuple[Point, ...], ...] = ()
    width: int = WIDTH
    height: int = HEIGHT


def curve(
    seen: Sequence[Observation],
    metric: str,
    published_at: int | None = None,
    usual: Sequence[Mapping[int, Usual]] = (),
) -> Curve:
    """The observations that show ``metric``, in order; ``usual``: by age, each without a gap."""
    born = published_at or 0
    there = [(each.observed_at, each.figures[metric]) for each in seen if metric in each.figures]
    there.sort(key=lambda pair: pair[0])
    word = HEADINGS[metric]
    if not there:
        return Curve(word=word, words="", points=(), ticks=(), days=())
    first, last = there[0][0], there[-1][0]
    if usual:
        first = min(first, born)
    highest = [each.upper.value for part in usual for each in part.values()]
    top = max(*(count.value for _, count in there), *highest, 1)

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
        bands=tuple(
            (
                *((across(born + age), down(part[age].upper.value)) for age in part),
                *((across(born + age), down(part[age].lower.value)) for age in reversed([*part])),
            )
            for part in usual
        ),
        medians=tuple(
            tuple(
                Point(
                    across(born + age),
                    down(each.median.value),
                    growth.usual_words(each, age),
                    not each.median.exact,
                )
                for age, each in part.items()
            )
            for part in usual
        ),
    )


def _day(at: int) -> datetime:
    return datetime.fromtimestamp(at, SHANGHAI)


def _marks(first: int, last: int) -> list[int]:
    """Up to seven midnights between two moments, evenly apart."""
    begin = _day(first).replace(hour=0, minute=0, second=0) + timedelta(days=1)
    step = max(1, (last - first) // DAY // 6) * DAY
    return list(range(int(begin.timestamp()), last + 1, step))
