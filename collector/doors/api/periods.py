"""What a period amounts to, told once and kept until the database is told something: the summary's own figures."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from threading import BoundedSemaphore
from typing import Any

from sqlalchemy import Connection

from adapters.records import Count
from collector.config.loading import Config
from collector.doors import telling
from collector.doors.api.schemas import LINES, SHAPES
from collector.summaries import centre_of, last_quarter, present
from collector.web.site import Kept
from reports.figures.totals import Line, lacking
from reports.inquiry import Inquiry
from reports.periods import Period
from reports.sections.line_figures import past
from reports.summary import inquire
from reports.tidy.columns import Row
from reports.tidy.rows import rows, summary_rows
from storage.known import newest_told


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodAnswer:
    """``key``: of the state of the database that this is true of; ``scope`` goes with every answer (which figures, as of
    when, which accounts lack something); ``period`` is the one that was meant; ``hits``: rows of the tidy table."""

    key: tuple[Hashable, ...]

    period: Period
    scope: Mapping[str, Any]
    coverage: Sequence[Mapping[str, Any]]
    summary: Mapping[str, Any]
    hits: Sequence[Row]


class NoData(ValueError):
    """Nothing is stored yet of which a period could be told."""


class Busy(Exception):
    """Too many wait for periods that are being made: the page must go on answering."""


_told: Kept[PeriodAnswer] = Kept(24)
_quarter: Kept[Period | None] = Kept(2)
#: So many may wait for a period at once, of the eight that the server answers.
_room = BoundedSemaphore(4)


def of_period(
    connection: Connection,
    config: Config,
    now: datetime,
    period: Period | None,
    basis: str = "published",
    as_of: datetime | None = None,
) -> PeriodAnswer:
    """``period`` None: the last quarter that has posts. Kept while nothing is told, at most for the hour. Raises NoData
    and Busy."""
    latest = now_of(connection, now)
    key = (config.database_url, config.fingerprint, *newest_told(connection), latest)
    found = period or _quarter.get(key, lambda: last_quarter(connection, config))
    if found is None:
        raise NoData(
            "还没有任何作品的数据。先导入文件或运行 collect now；要看某个时期，请写 period"
        )

    def make() -> PeriodAnswer:
        moment = as_of or latest
        asked = inquire(connection, centre_of(config), found, basis, moment, latest)
        return _tell(asked, key)

    if not _room.acquire(blocking=False):
        raise Busy("别的程序正在问别的时期，还没有答完。请过几秒再问")
    try:
        return _told.get((*key, found.name, basis, as_of), make)
    finally:
        _room.release()


def now_of(connection: Connection, now: datetime) -> datetime:
    """The present as answers state it: the hour's beginning, or when the database was last told anything, so that the same
    question has the same answer, byte for byte, while nothing is told. An observation may be dated after that."""
    return present(connection, now.replace(minute=0, second=0, microsecond=0))


def _tell(asked: Inquiry, key: tuple[Hashable, ...]) -> PeriodAnswer:
    accounts = [(info, asked.loaded.account(info)) for info in asked.centre.accounts]
    coverage = [_coverage(line, asked.period) for _, line in accounts]
    lines = [
        (cells[0], telling.row(LINES, cells) | {"hits": _hits(line)})
        for cells, line in zip(
            summary_rows(asked),
            (asked.total, *asked.groups, *asked.platforms, *asked.accounts),
            strict=True,
        )
    ]
    rows_of = zip(rows(asked, "accounts"), accounts, strict=True)
    gaps = [each for each in coverage if each["lacking"]]
    return PeriodAnswer(
        key=key,
        period=asked.period,
        scope={**telling.scope(asked), "gaps": gaps},
        coverage=coverage,
        summary={
            "centre": asked.centre.name,
            "total": next(line for kind, line in lines if kind == "total"),
            "groups": [line for kind, line in lines if kind == "group"],
            "platforms": [line for kind, line in lines if kind == "platform"],
            "accounts": [
                telling.row(SHAPES["accounts"], cells) | {"hits": _hits(line)}
                for cells, (_, line) in rows_of
            ],
        },
        hits=tuple(rows(asked, "hits")),
    )


def _hits(line: Line) -> list[dict[str, Any]]:
    def told(metric: str, threshold: int) -> dict[str, Any] | None:
        number = past(line, metric, threshold)
        return telling.number(number if isinstance(number, Count) else Count(number))

    return [
        {"metric": metric, "threshold": threshold, "posts": told(metric, threshold)}
        for metric, marks in line.hits.items()
        for threshold in marks
    ]


def _coverage(line: Line, period: Period) -> dict[str, Any]:
    cover = line.coverage
    return {
        "account": line.id,
        "account_name": line.name,
        "first_day": None if cover.first is None else cover.first.isoformat(),
        "last_day": None if cover.last is None else cover.last.isoformat(),
        "gaps": list(spans(cover.gaps)),
        "incomplete": line.incomplete,
        "lacking": lacking(line, period) or None,
        "observed_at": None if cover.observed_at is None else cover.observed_at.isoformat(),
    }


def spans(days: Iterable[tuple[date, date]]) -> Iterator[dict[str, str]]:
    """Stretches of days as they are told."""
    for first, last in days:
        yield {"first": first.isoformat(), "last": last.isoformat()}
