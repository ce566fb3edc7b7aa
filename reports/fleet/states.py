"""How far a centre's word carries: as of when it speaks, what lags, who has no data and since when. Nothing of this is a
figure; all of it is named, never counted as 0."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from reports.figures.totals import QUIET_DAYS
from reports.fleet.province import Province
from reports.fleet.told import Centre, Told, was_read
from reports.periods import day_words, minute_words

#: Summaries that are made one after the other are of one time.
_APART = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """Of what there are no data. ``account``: its name; empty: the whole centre. ``since`` when, in words."""

    centre: Centre
    account: str
    since: str
    why: str


def lags(province: Province, told: Told) -> list[str]:
    """Why what a centre told may be older, or other, than what the others did; nothing where it is not."""
    newest, period = province.as_of, province.period
    said = []
    if told.as_of < period.end <= province.made_at:
        said.append(f"总结做于时期结束之前，只到{minute_words(told.as_of)}")
    elif newest - told.as_of > _APART:
        said.append(f"总结截至{minute_words(told.as_of)}，比最新的早{(newest - told.as_of).days}天")
    if told.program != province.program:
        said.append(
            f"总结由程序的另一版本（{told.program or '不详'}）做出，现在是 {province.program}"
        )
    if told.trouble:
        said.append(f"没能更新，用的是先前的总结：{told.trouble}")
    quiet = _quiet_since(province, told, told.total)
    if quiet:
        said.append(f"数据只到{day_words(quiet - timedelta(days=1))}")
    return said


def _quiet_since(province: Province, told: Told, line: Mapping[str, Any]) -> date | None:
    """The first day without data, where the last one lies further back than quiet days reach; None where it does not."""
    last = line["coverage"]["to"]
    if last is None:
        return None
    end = min(province.period.last_day, told.as_of.date())
    covered = date.fromisoformat(last)
    return covered + timedelta(days=1) if (end - covered).days > QUIET_DAYS else None


def silences(province: Province) -> Iterator[Silence]:
    """Centres without data, then accounts of the others."""
    for each in province.silent:
        yield Silence(centre=each.centre, account="", since=_since(each.last_at), why=each.why)
    for each in province.telling:
        quiet = _quiet_since(province, each, each.total)
        if quiet:
            yield Silence(
                centre=each.centre,
                account="",
                since=f"{day_words(quiet)}起",
                why="此前的数据已计入",
            )
            continue
        for line in each.accounts:
            if not was_read(line):
                yield Silence(
                    centre=each.centre,
                    account=line["name"],
                    since="整个时期",
                    why="没有读到本期的数据",
                )
            elif (since := _quiet_since(province, each, line)) is not None:
                yield Silence(
                    centre=each.centre, account=line["name"], since=f"{day_words(since)}起", why="此前的数据已计入"
                )  # fmt: skip


def _since(moment: datetime | None) -> str:
    return "不详" if moment is None else f"{day_words(moment.date())}（最近一次存入数据）之后"


def unread(told: Told) -> int:
    """Of how many accounts nothing of the period was read."""
    return sum(not was_read(each) for each in told.accounts)


def covered(told: Told) -> str:
    """From which to which publish day its data reach; gaps are said to be there."""
    cover = told.total["coverage"]
    if cover["from"] is None:
        return "无数据"
    first, last = (day_words(date.fromisoformat(cover[name])) for name in ("from", "to"))
    return f"{first}—{last}" + ("，其间有缺" if cover["gaps"] else "")
