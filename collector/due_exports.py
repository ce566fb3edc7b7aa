"""Which account's file is to be downloaded this week: by the rhythm in which its files came so far, and before a list
that holds only so many works has rolled over. Status, the weekly mail and the page say it in these words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from statistics import median_low

from sqlalchemy import Connection

from adapters import platforms
from adapters.exports import EXPORTS, Export
from adapters.moments import DAY, SHANGHAI
from adapters.registry import ADAPTERS
from collector.config.loading import Config
from collector.config.sections import AccountConfig
from reports.periods import day_words
from reports.weekly.weeks import after, newest_complete
from storage.operations.due import Download, downloads, published

#: A rhythm is the middle one of so many gaps between days of downloads, and no rhythm of fewer than the second number.
_GAPS, _FEWEST = 8, 2
#: How fast an account publishes is taken from so many days.
_PACE_DAYS = 28
#: What is said where all is done.
NOTHING = "这一周没有要下载的文件"


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """An account's file that is to be downloaded. ``last``: the day of the newest one, None: there never was one.
    ``every``: the days between two, ``usual`` so far or else as the manual advises. ``rolls``: the day about which more
    works have come than the list of ``limit`` rows holds. ``export``: where it is had; None where that is not known.
    Days are Shanghai's."""

    account: AccountConfig
    export: Export | None
    today: date
    last: date | None = None
    every: int | None = None
    usual: bool = True
    rolls: date | None = None
    limit: int = 0

    @property
    def by(self) -> date | None:
        """The last day to download it; None: as soon as may be."""
        if self.last is None:
            return None
        days = [self.last + timedelta(days=self.every)] if self.every else []
        return min([*days, *([self.rolls] if self.rolls else [])], default=None)

    @property
    def late(self) -> bool:
        """Whether its day is over."""
        return self.by is not None and self.by < self.today

    @property
    def name(self) -> str:
        """The account and, where it is known, the file."""
        where = platforms.NAMES[self.account.platform]
        said = "" if where in self.account.name else f"（{where}）"
        return f"“{self.account.name}”{said}" + (f"的{self.export.file}" if self.export else "")

    @property
    def why(self) -> str:
        """Since when it is due, and what is lost otherwise."""
        if self.last is None:
            return "还没有导入过文件"
        parts = [f"上次是{self._day(self.last)}的"]
        if self.every:
            often = "每天下载" if self.every == 1 else f" {self.every} 天下载一次"
            parts.append(f"{'通常' if self.usual else '建议'}{often}")
        if self.rolls and self.rolls == self.by:
            full = f"照近来的发布速度，{self._day(self.rolls)}前后发满 {self.limit} 个"
            lost = "再早的可能已经不在导出里" if self.rolls < self.today else "再早的就不在导出里了"
            parts.append(f"{full}，{lost}")
        assert self.by is not None
        late = (self.today - self.by).days
        when = f"请在{self._day(self.by)}以前下载"
        parts.append(f"已晚了 {late} 天" if late > 0 else "今天该下载" if late == 0 else when)
        return "，".join(parts)

    @property
    def steps(self) -> tuple[str, ...]:
        """What to do in the back-end, one step after the other; empty where it is not known."""
        if self.export is None:
            return ()
        since = (self.today - self.last).days if self.last else None
        hints = []
        if self.export.default_days and (since is None or since > self.export.default_days):
            hints.append(f"日期范围默认只有近 {self.export.default_days} 天，请先改")
        if self.export.most_days and (since or 0) > self.export.most_days:
            hints.append(f"一次最多选约 {self.export.most_days} 天，请分几次下载")
        *way, last = self.export.steps
        return (*way, *hints, last)

    @property
    def line(self) -> str:
        """All of it in one line."""
        if self.export is None:
            return f"{self.name}：{self.why}"
        beware = f"（不要选错：{self.export.beware}）" if self.export.beware else ""
        return f"{self.name}：{self.why}。{self.export.link} → {' → '.join(self.steps)}{beware}"

    def _day(self, day: date) -> str:
        return day_words(day, year=day.year != self.today.year)


def due(connection: Connection, config: Config, now: datetime) -> list[Due]:
    """What is due until the end of this week, the most urgent first."""
    today = now.astimezone(SHANGHAI).date()
    week_end = after(newest_complete(now, config.centre.week_starts)).last_day
    found = [
        each for each in _all(connection, config, today) if each.by is None or each.by <= week_end
    ]
    return sorted(found, key=lambda each: each.by or date.min)


def notes(found: Sequence[Due]) -> list[str]:
    """How long the figures of these downloads can still be had, each once."""
    said = [each.export.keeps for each in found if each.export is not None and each.last]
    return list(dict.fromkeys(said))


def lines(found: Sequence[Due]) -> Iterator[str]:
    """Each download on a line, then how long their figures can be had."""
    yield from (each.line for each in found)
    yield from notes(found)


def _all(connection: Connection, config: Config, today: date) -> Iterator[Due]:
    """Each account's downloads that have a day on which they are due."""
    came = {(each.account, each.works): each for each in downloads(connection, _GAPS + 1)}
    limits = {
        name: limit
        for (name, works), last in came.items()
        if works and (limit := ADAPTERS[last.adapter].row_limit)
    }
    spans = [(name, (at := came[name, True].at) - _PACE_DAYS * DAY, at) for name in limits]
    paces = published(connection, spans)
    for account in config.accounts:
        kinds = [works for works in (True, False) if (account.id, works) in came]
        for works in kinds:
            last = came[account.id, works]
            limit = limits.get(account.id, 0) if works else 0
            export, rhythm = _export(account, works, last.adapter), _rhythm(last.days)
            advised = export.advised if export and not config.asks_pages(account) else None
            made = Due(
                account=account,
                export=export,
                today=today,
                last=_day(last),
                every=rhythm or advised,
                usual=rhythm is not None,
                rolls=_rolls(last, limit, paces.get(account.id, 0)) if limit else None,
                limit=limit,
            )
            if made.by is not None:
                yield made
        export = _export(account, True)
        if not kinds and export is not None and not config.asks_pages(account):
            yield Due(account=account, export=export, today=today)


def _export(account: AccountConfig, works: bool, adapter: str = "") -> Export | None:
    """Where an account's file of a kind is had, by whom it was read so far; not the files of others' accounts."""
    known = EXPORTS.get(account.platform, ()) if account.owner == "ours" else ()
    fits = (each for each in known if each.works == works and adapter in ("", each.adapter))
    return next(fits, None)


def _rhythm(days: Sequence[int]) -> int | None:
    """The usual days between downloads; several of one day are one."""
    gaps = [later - day for day, later in pairwise(days)]
    return median_low(gaps) if len(gaps) >= _FEWEST else None


def _rolls(last: Download, limit: int, lately: int) -> date | None:
    """About when a list of ``limit`` rows no longer reaches back to the last download. ``lately``: works that were
    published in the days before it; what a list that was cut off spans tells of works that are not known."""
    days = [limit * _PACE_DAYS / lately] if lately else []
    if last.cut_off and last.first_published is not None:
        days.append((last.at - last.first_published) / DAY * limit / last.posts)
    return _day(last) + timedelta(days=int(min(days))) if days else None


def _day(download: Download) -> date:
    return datetime.fromtimestamp(download.at, SHANGHAI).date()
