"""When a file was observed (docs/definitions.md §7): --as-of, else a date at the front of its name, else a time inside it
or in its name, else its modification time. Which of these it was is stored and shown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from adapters.moments import SHANGHAI

#: What inbox.put_away sets before a name: a file brought back from done/ keeps its own date.
PUT_AWAY = re.compile(r"^\d{8}-\d{6}-[0-9a-f]{8}-")
_FRONT = re.compile(
    r"(?P<year>20\d\d)(?P<sign>[-_.年]?)(?P<month>\d{1,2})[-_.月]?(?P<day>\d{1,2})日?"
    r"(?:[T_\s]*(?P<hour>[01]\d|2[0-3])[:：.时h-](?P<minute>[0-5]\d)分?)?(?![\d月])"
)
#: ``total_1774668963_1777260963.xls``: the later one is the moment of the download (docs/platforms.md §2.1).
_UNIX = re.compile(r"_(1[5-9]\d{8}|2\d{9})(?=[_.]|$)")


@dataclass(frozen=True, slots=True)
class Observed:
    """A moment and, in Chinese, how it became known."""

    at: datetime
    how: str


def observed(
    name: str,
    *,
    now: datetime,
    as_of: datetime | None,
    stated_at: datetime | None,
    modified_at: datetime,
) -> Observed:
    """The moment that the figures of a file are for. A date without a time means the end of that day.

    Moments after ``now`` are not believed. A day that is not over yet counts up to now.
    """
    if as_of is not None:
        return Observed(as_of, "按 --as-of")
    dated = _front_of(PUT_AWAY.sub("", name))
    if dated is not None and dated[0] <= now:
        return Observed(min(dated[1], now), "按文件名开头的日期")
    if stated_at is not None and stated_at <= now:
        return Observed(stated_at.astimezone(SHANGHAI), "按文件内记录的时间")
    stamped = [datetime.fromtimestamp(int(text), SHANGHAI) for text in _UNIX.findall(name)]
    if stamped and max(stamped) <= now:
        return Observed(max(stamped), "按文件名里的时间")
    return Observed(min(modified_at.astimezone(SHANGHAI), now), "按文件的修改时间")


def _front_of(name: str) -> tuple[datetime, datetime] | None:
    """(earliest, assumed) moment of a date at the front of a name."""
    match = _FRONT.match(name)
    if match is None or (not match["sign"] and len(match["month"] + match["day"]) != 4):
        return None
    try:
        day = datetime(int(match["year"]), int(match["month"]), int(match["day"]), tzinfo=SHANGHAI)
    except ValueError:
        return None  # such a day does not exist: then it is no date
    if match["hour"]:
        moment = day.replace(hour=int(match["hour"]), minute=int(match["minute"]))
        return moment, moment
    return day, day + timedelta(days=1, seconds=-1)
