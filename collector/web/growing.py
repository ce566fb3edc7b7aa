"""A post's growth: as a drawing before what is usual for its account at the same age, what grows beyond that, and where posts
on the way to a line may go; for 今天 and a post's own page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from sqlalchemy import Connection

from adapters.moments import SHANGHAI
from adapters.records import METRICS
from collector.config.loading import Config
from collector.web.showing import Cell, Listing, moment
from collector.web.site import Kept
from reports import growth as words
from reports import wording
from reports.vocabulary import HEADINGS, UNITS
from storage.bulk import seconds
from storage.known import newest_told
from storage.views import growth
from storage.views.growth import DAY, ENOUGH, SHOWN, Grown, Usual
from storage.views.history import Observation, StoredPost

#: From how many times the median on a young post is told of on 今天; of so many at most.
TIMES, MOST, WITHIN = 2.0, 6, 7 * DAY
#: At so many ages, evenly apart, what is usual is drawn.
STEPS = 24


@dataclass(frozen=True, slots=True)
class Rising:
    """A post, its account's name, and what is said of it: beside the usual, then a sentence for each line ahead."""

    post: Grown
    account: str
    beside: str
    ahead: Sequence[str]


_rising: Kept[list[Rising]] = Kept(1)


def above_usual(connection: Connection, config: Config, now: datetime) -> list[Rising]:
    """The posts of our accounts of the last seven days that are farthest above what is usual at their age; worked out
    anew when the database has been told something, and every hour."""
    names = {each.id: each.name for each in config.accounts if each.owner == "ours"}
    lines = [(metric, *marks) for metric, marks in config.thresholds.items()]
    hour = seconds(now) // growth.HOUR
    made_of = (config.database_url, *names.items(), *lines, *newest_told(connection), hour)
    return _rising.get(made_of, lambda: _above_usual(connection, config, names, now))


def _above_usual(
    connection: Connection, config: Config, names: Mapping[str, str], now: datetime
) -> list[Rising]:
    found = growth.above(connection, names, now=seconds(now), times=TIMES, within=WITHIN)
    found.sort(key=lambda each: (-each.figure.low / (each.usual.median.high or 1), each.post_id))
    return [
        Rising(
            each,
            names[each.account],
            words.beside_usual(each),
            lines_ahead(connection, config, each, now),
        )
        for each in found[:MOST]
    ]


def lines_ahead(connection: Connection, config: Config, post: Grown, now: datetime) -> list[str]:
    """A sentence for the next line of config that the post's figure may pass; none where too few cases are known."""
    metric = "views" if post.metric == "readers" else post.metric
    lines = sorted(each for each in config.thresholds.get(metric, ()) if each > post.figure.low)
    there = [growth.ahead(connection, post, metric, each, seconds(now)) for each in lines[:1]]
    return [words.later(post, each) for each in there if each is not None]


@dataclass(frozen=True, slots=True)
class OfPost:
    """A post's own page: its drawings, what is said of them, and the drawings' figures as tables."""

    curves: Sequence[Curve]
    said: Sequence[str]
    tables: Sequence[Listing]


def of_post(
    connection: Connection,
    config: Config,
    post: StoredPost,
    seen: Sequence[Observation],
    now: datetime,
) -> OfPost:
    """``seen``: its standing observations, in order."""
    drawn, said, tables = [], [], []
    marked = {
        "readers" if name == "views" and name not in post.latest else name
        for name in config.thresholds
    }
    for metric in METRICS:
        shown = any(metric in each.figures for each in seen)
        if not shown or metric not in {*SHOWN, *marked}:
            continue
        own = _ages(post, seen, metric)
        steps = [max(own, default=0) * step // STEPS for step in range(1, STEPS + 1)]
        grown, usual = growth.of_post(connection, post, metric, {*own, *steps})
        if metric in SHOWN:
            drawn.append(curve(seen, metric, post.published_at, list(_parts(steps, usual))))
        if usual and metric in SHOWN:
            tables.append(_table(metric, own, usual))
        if grown is None:
            continue
        if grown.usual.compared >= ENOUGH and metric in SHOWN:
            said.append(f"{words.beside_usual(grown)}。")
        if metric in marked:
            said += lines_ahead(connection, config, grown, now)
    return OfPost(drawn, said, tables)


def _ages(post: StoredPost, seen: Sequence[Observation], metric: str) -> dict[int, Observation]:
    """The post's observations that show the metric, by its age; none where its hour is not known."""
    born = post.published_at
    if born is None or post.date_only:
        return {}
    return {
        each.observed_at - born: each
        for each in seen
        if metric in each.figures and each.observed_at > born
    }


def _parts(ages: Sequence[int], usual: Mapping[int, Usual]) -> Iterator[Mapping[int, Usual]]:
    """What is usual, parted where an age between has too few others."""
    for there, group in groupby(ages, key=lambda each: each in usual):
        if there:
            yield {age: usual[age] for age in group}


def _table(metric: str, own: Mapping[int, Observation], usual: Mapping[int, Usual]) -> Listing:
    rows: list[tuple[Cell, ...]] = [
        (
            f"发布后{words.age(age)}",
            each.figures[metric],
            *((there.lower, there.median, there.upper, there.compared) if there else (None,) * 4),
        )
        for age, each in own.items()
        for there in [usual.get(age)]
    ]
    return Listing(
        id=f"usual-{metric}",
        title=f"{HEADINGS[metric]}：本作品和同龄作品",
        headings=("作品年龄", "本作品", "同龄的四分之一处", "中位数", "四分之三处", "同龄作品数"),
        rows=rows,
    )


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
                    words.usual_words(each, age),
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
