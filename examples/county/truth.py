"""What a summary must say, computed here from what the files show, by docs/definitions.md and by
nothing of the program's own. Half-open periods, Beijing time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from county.exports import Export
from county.ledgers import LEDGER_DAY, Follower
from county.tables import Shown
from county.works import BEIJING, DAY, Work, end_of

METRICS = ("views", "readers", "likes", "comments", "shares", "sharers", "favourites", "looks")
THRESHOLDS = {"views": (100_000, 1_000_000), "likes": (10_000,)}
PERIODS = {
    "2025Q4": ("2025-10-01", "2026-01-01"),
    "2026Q1": ("2026-01-01", "2026-04-01"),
    "2026Q2": ("2026-04-01", "2026-07-01"),
    "2026Q3": ("2026-07-01", "2026-10-01"),
    "2025-10-01..2026-09-30": ("2025-10-01", "2026-10-01"),
}
#: Accounts whose figures are added up; the same groups stand in config.toml.
GROUPS = {
    "公众号": ("fabu", "rongmei"),
    "短视频": ("shipinhao", "douyin", "kuaishou", "bilibili"),
    "资讯平台": ("toutiao", "weibo", "xiaohongshu"),
    "自有平台": ("app", "portal"),
}
#: None: the latest.
AS_OF = (None, "2026-10-08T00:00:00+08:00", "2026-07-10T00:00:00+08:00")
_LATEST = datetime(2027, 1, 1, tzinfo=BEIJING)
_SECOND = timedelta(seconds=1)

Value = tuple[int, bool]  # the number, and whether it is only a lower bound
Answer = dict[str, Any]


@dataclass
class Story:
    """One post and everything the files ever showed of it, in order of time."""

    work: Work
    seen: list[tuple[datetime, Shown]]

    def at(self, moment: datetime) -> Shown | None:
        """The last file that shows it at ``moment``."""
        before = [shown for when, shown in self.seen if when <= moment]
        return before[-1] if before else None

    def value(self, metric: str, moment: datetime) -> Value | None:
        """The last figure that a file shows at ``moment``; an exact one after a bound is not below it."""
        found: Value | None = None
        for when, shown in self.seen:
            figure = shown.figures.get(metric)
            if when <= moment and figure is not None:
                assert found is None or not found[1] or figure >= found[0]
                found = (figure, metric in shown.at_least)
        return found

    def between(self, after: datetime, until: datetime) -> bool:
        return any(after < when <= until for when, _ in self.seen)

    @property
    def published(self) -> datetime:
        return self.work.published


def stories(exports: Iterable[Export]) -> dict[str, list[Story]]:
    """Posts by account."""
    found: dict[str, dict[int, Story]] = defaultdict(dict)
    for export in sorted(exports, key=lambda each: each.observed):
        for shown in export.shown:
            story = found[export.account].setdefault(shown.work.number, Story(shown.work, []))
            story.seen.append((export.observed, shown))
    return {account: list(each.values()) for account, each in found.items()}


def truth(exports: Sequence[Export], followers: Sequence[Follower]) -> Answer:
    told = stories(exports)
    return {
        "centre": "云岭县融媒体中心",
        "files": [_file(each) for each in exports],
        "summaries": [
            _summary(told, basis, period, as_of)
            for basis in _BASES
            for period in PERIODS
            for as_of in AS_OF
        ],
        "followers": {
            period: dict(sorted(_followers(followers, end).items()))
            for period, (_, end) in PERIODS.items()
        },
    }


def _summary(told: dict[str, list[Story]], basis: str, period: str, as_of: str | None) -> Answer:
    """A group is its accounts' posts taken together; on *gained* that is left to the accounts."""
    compute, span = _BASES[basis], PERIODS[period]
    answers = {account: compute(account, each, span, as_of) for account, each in told.items()}
    together = {
        name: [story for account in members for story in told[account]]
        for name, members in GROUPS.items()
        if basis != "gained"
    }
    return {
        "period": period,
        "basis": basis,
        "as_of": as_of,
        "accounts": {account: each for account, each in answers.items() if each is not None},
        "groups": {name: compute("", each, span, as_of) for name, each in together.items()},
    }


def _file(export: Export) -> Answer:
    sums = {
        name: sum(each.figures.get(name) or 0 for each in export.shown)
        for name in METRICS
        if any(each.figures.get(name) is not None for each in export.shown)
    }
    return {
        "account": export.account,
        "name": export.name,
        "adapter": export.adapter,
        "observed_at": export.observed.isoformat(),
        "posts": len(export.shown),
        "sums": sums,
    }


def _moment(text: str | None) -> datetime:
    return _LATEST if text is None else datetime.fromisoformat(text).replace(tzinfo=BEIJING)


def _ledger_unclear(account: str, moment: datetime) -> bool:
    """Before the ledger was handed in nothing of it was known; docs/definitions.md leaves open what is said then."""
    return account == "ledger" and moment < end_of(LEDGER_DAY)


def _published(
    account: str, told: list[Story], period: tuple[str, str], as_of: str | None
) -> Answer | None:
    """The posts published in the period that some file shows by as-of and that are not private there."""
    moment = _moment(as_of)
    if _ledger_unclear(account, moment):
        return None
    chosen = [(each, moment) for each in told if _within(each, period) and _counted(each, moment)]
    return _figures(chosen)


def _aged(
    account: str, told: list[Story], period: tuple[str, str], as_of: str | None
) -> Answer | None:
    """Each at seven days of age, where a file stands for a moment within the day before."""
    if account == "ledger":
        return None
    limit = _moment(as_of)
    chosen = []
    for each in told:
        age = each.published + 7 * DAY
        seen = any(age - DAY <= when <= age for when, _ in each.seen)
        assert seen or not any(age < when <= age + DAY for when, _ in each.seen), (
            "works._between_ages"
        )
        if _within(each, period) and age <= limit and seen and _counted(each, age):
            chosen.append((each, age))
    return _figures(chosen)


def _within(story: Story, period: tuple[str, str]) -> bool:
    return _moment(period[0]) <= story.published < _moment(period[1])


def _counted(story: Story, moment: datetime) -> bool:
    shown = story.at(moment)
    return shown is not None and not shown.private


def _figures(chosen: list[tuple[Story, datetime]]) -> Answer:
    answer: Answer = {"posts": len(chosen)}
    for name in METRICS:
        answer[name] = _sum([each.value(name, moment) for each, moment in chosen])
    answer["hits"], answer["unknown_hits"] = {}, {}
    for name, thresholds in THRESHOLDS.items():
        for wanted, key in ((True, "hits"), (None, "unknown_hits")):
            answer[key][name] = {
                str(limit): sum(
                    _hit(each, name, limit, moment) is wanted for each, moment in chosen
                )
                for limit in thresholds
            }
    answer["best"] = _best(chosen)
    return answer


def _sum(values: Sequence[Value | None]) -> Answer | None:
    known = [each for each in values if each is not None]
    if not known:
        return None
    exact = len(known) == len(values) and not any(bound for _, bound in known)
    return {"value": sum(value for value, _ in known), "bound": "exact" if exact else "at_least"}


def _hit(story: Story, metric: str, limit: int, moment: datetime) -> bool | None:
    value = story.value(metric, moment)
    if value is not None and (value[0] >= limit or not value[1]):
        return value[0] >= limit
    readers = story.value("readers", moment) if metric == "views" else None
    return True if readers is not None and readers[0] >= limit else None


def _best(chosen: list[tuple[Story, datetime]]) -> Answer | None:
    """The most viewed post; the most read one where no views are shown."""
    for metric in ("views", "readers"):
        ranked = sorted(
            (
                (value[0], n)
                for n, (each, at) in enumerate(chosen)
                if (value := each.value(metric, at))
            ),
            reverse=True,
        )
        if ranked:
            assert len(ranked) == 1 or ranked[0][0] > ranked[1][0], "two best posts"
            story, moment = chosen[ranked[0][1]]
            shown = story.at(moment)
            assert shown is not None
            bound = "at_least" if metric in shown.at_least else "exact"
            return {"title": shown.title, "metric": metric, "value": ranked[0][0], "bound": bound}
    return None


def _gained(
    account: str, told: list[Story], period: tuple[str, str], as_of: str | None
) -> Answer | None:
    """Later value less earlier value, whenever published. None where files leave it open: a post of before
    first shown inside the period, a post of the period first shown after it, a bound, a change of state."""
    start, end, limit = _moment(period[0]), _moment(period[1]), _moment(as_of)
    closing = min(end - _SECOND, limit)
    if account == "ledger" or limit < start:
        return None
    gains: dict[str, list[Value | None]] = {name: [] for name in METRICS}
    for each in told:
        if each.published >= end or not each.between(datetime.min.replace(tzinfo=BEIJING), limit):
            continue
        born = each.published >= start
        if not each.between(start, closing):
            if born:
                return None
            continue
        before, after = each.at(start), each.at(closing)
        if (
            after is None
            or (before is None and not born)
            or (before is not None and before.private != after.private)
        ):
            return None
        if after.private:
            continue
        for name in METRICS:
            late, early = each.value(name, closing), each.value(name, start)
            early = (0, False) if early is None and born else early
            if (late and late[1]) or (early and early[1]) or (late and not early):
                return None
            gains[name].append(
                None if late is None or early is None else (late[0] - early[0], False)
            )
    return {name: _sum(values) for name, values in gains.items()}


def _followers(followers: Iterable[Follower], end: str) -> dict[str, int]:
    """Each account's followers at the end of a period, as known at last."""
    last: dict[str, tuple[Any, int]] = {}
    for each in followers:
        if end_of(each.day.isoformat()) < _moment(end) and (
            each.account not in last or each.day >= last[each.account][0]
        ):
            last[each.account] = (each.day, each.value)
    return {account: value for account, (_, value) in last.items()}


_BASES: dict[str, Callable[[str, list[Story], tuple[str, str], str | None], Answer | None]] = {
    "published": _published,
    "gained": _gained,
    "aged:7": _aged,
}
