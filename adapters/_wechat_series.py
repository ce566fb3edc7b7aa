"""Whether a ``detail_list`` of the data API holds totals up to each day or each day's own figures.

The documentation says totals, yet a client in use adds the days up (docs/platforms.md §2.6). So the figures themselves,
of all articles of one answer together, must show which it is before any of them is believed:

| what the rows show | read as |
|---|---|
| only the publish day, or nothing but zeros | the same either way: believed |
| readers fall from one day to the next | each day's own: people of several days cannot be added up |
| from the publish day on, three days without a gap, readers grow by ever less, and no figure of any article falls | totals |
| seven such days, however much readers grow, | totals |
| the same, where only likes, shares, favourites … fall (people can take them back) | totals |
| anything else: two days, a rise that does not slow down, equal rows, a gap, few readers | not told: nothing is believed |

Two days prove nothing: what is published in the evening is read more on the next day. A few rising days may be daily
figures; an article's totals slow down, and seven daily figures in a row never all rise. Equal rows may be totals at a
standstill or a steady trickle.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal

#: Days in a row that tell, and days in a row after which a like taken back does not matter.
ENOUGH_DAYS, MANY_DAYS = 3, 7
#: Below this, a few readers a day look like anything.
ENOUGH_READERS = 10

Told = Literal["total", "daily", "unknown"]


@dataclass(frozen=True, slots=True)
class Series:
    """One article's rows: the publish day, and for each stat_date (ascending, each once) its counts by name."""

    published: date
    days: Sequence[date]
    counts: Sequence[Mapping[str, int]]


def told(articles: Sequence[Series], readers: str) -> Told:
    """How the rows of one answer are to be read; ``readers`` names the count that can never fall."""
    if all(_alike_either_way(each) for each in articles):
        return "total"
    if any(_falls(each, readers) for each in articles):
        return "daily"
    names = {name for each in articles for row in each.counts for name in row}
    steady = not any(_falls(each, name) for each in articles for name in names)
    needed = ENOUGH_DAYS if steady else MANY_DAYS
    return "total" if any(_grows(each, readers, needed) for each in articles) else "unknown"


def _alike_either_way(series: Series) -> bool:
    first_day_only = list(series.days) == [series.published]
    return first_day_only or not any(value for row in series.counts for value in row.values())


def _falls(series: Series, name: str) -> bool:
    return any(after[name] < before[name] for before, after in pairwise(series.counts))


def _grows(series: Series, readers: str, needed: int) -> bool:
    """Whether its rows run from the publish day on without a gap, long enough, and its readers grow."""
    expected = [series.published + timedelta(days=number) for number in range(len(series.days))]
    if list(series.days) != expected or len(series.days) < needed:
        return False
    values = [row[readers] for row in series.counts]
    if not values[0] < values[-1] or values[-1] < ENOUGH_READERS:
        return False
    return len(values) >= MANY_DAYS or _slows_down(values)


def _slows_down(values: Sequence[int]) -> bool:
    """Whether each day added no more than the day before, the first day counting in full."""
    added = [values[0], *(after - before for before, after in pairwise(values))]
    return all(later <= earlier for earlier, later in pairwise(added))
