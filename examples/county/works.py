"""What the county published, and how the figures of each post grew. Everything follows from fixed seeds."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone

from county.accounts import Channel
from county.special import SPECIAL, Special
from county.titles import hashtags, title

BEIJING = timezone(timedelta(hours=8))
FIRST, LAST = date(2025, 10, 1), date(2026, 9, 30)
DAY = timedelta(days=1)
#: Platforms that show a date without a time.
DATE_ONLY = frozenset({"wechat_mp", "wechat_channels"})
#: No ordinary post comes near the first threshold: hits are listed in special.py.
MOST = 91_000


@dataclass(frozen=True)
class Work:
    """One post. ``final`` is where its figures end, ``days`` how long they grow; ``seed`` draws what
    nobody adds up (rates, ids). ``published`` is Beijing time."""

    channel: Channel
    number: int
    title: str
    published: datetime
    final: Mapping[str, int]
    days: float
    seed: int
    special: Special = field(default_factory=Special)

    @property
    def rng(self) -> random.Random:
        return random.Random(f"{self.channel.id} {self.seed}")

    def at(self, moment: datetime) -> dict[str, int]:
        """Its true figures: rising fast, then level; less what a clean-up took away."""
        age = (moment - self.published) / DAY
        missing = 1 - min(max(age / self.days, 0.0), 1.0)
        grown = 1 - missing * missing * missing * missing
        kept = 1.0
        if self.special.cleaned and moment >= end_of(self.special.cleaned[0]):
            kept = self.special.cleaned[1]
        return {name: round(value * grown * kept) for name, value in self.final.items()}

    def title_at(self, moment: datetime) -> str:
        new = self.special.retitled
        return new[1] if new and moment >= end_of(new[0]) else self.title

    def private_at(self, moment: datetime) -> bool:
        since = self.special.private_from
        return bool(since) and moment >= end_of(since)


def end_of(day: str) -> datetime:
    """The last second of a day, Beijing: the moment that a file dated so stands for."""
    return datetime.combine(date.fromisoformat(day), time(23, 59, 59), BEIJING)


def works_of(channel: Channel) -> tuple[Work, ...]:
    """Every post of a channel, oldest first."""
    rng = random.Random(f"云岭 {channel.id}")
    special = SPECIAL.get(channel.id, ())
    moments = [_moment(channel, each.published) for each in special if each.published]
    taken = set(moments)
    while len(moments) < channel.posts:
        moment = _draw(rng, channel)
        if moment not in taken:
            taken.add(moment)
            moments.append(moment)
    by_moment: dict[datetime, list[Special]] = {}
    for each in special:
        by_moment.setdefault(_moment(channel, each.published), []).append(each)
    used: set[str] = {each.title for each in special}
    works: list[Work] = []
    for moment in sorted(moments):
        waiting = by_moment.get(moment)
        works.append(
            _work(rng, channel, len(works), moment, waiting.pop(0) if waiting else None, used)
        )
    return tuple(works)


def _moment(channel: Channel, text: str) -> datetime:
    moment = datetime.fromisoformat(text).replace(tzinfo=BEIJING)
    assert not _between_ages(channel, _shown(channel, moment)), (
        f"{channel.id} {text}: see _between_ages"
    )
    return moment


def _draw(rng: random.Random, channel: Channel) -> datetime:
    while True:
        day = channel.begins + DAY * rng.randrange((LAST - channel.begins).days + 1)
        moment = datetime.combine(
            day, time(rng.randint(7, 21), rng.randint(0, 59), rng.randint(0, 59)), BEIJING
        )
        if not _between_ages(channel, _shown(channel, moment)):
            return moment


def _shown(channel: Channel, moment: datetime) -> datetime:
    """A publish time as the channel's back-end writes it."""
    if channel.platform in DATE_ONLY:
        return moment.replace(hour=0, minute=0, second=0)
    return moment.replace(second=0) if channel.platform in ("toutiao", "app", "portal") else moment


def _between_ages(channel: Channel, published: datetime) -> bool:
    """Whether a post is looked at just after its seventh day and not just before: then papers may differ
    on whether it "was observed within a day of that age". The county never publishes on such days."""
    age = published + 7 * DAY
    seen = [end_of(each) for each in channel.observed]
    if channel.id == "xiaohongshu":
        seen.append(datetime(2026, 8, 14, 2, 11, 9, tzinfo=UTC))
    before = any(age - DAY <= each <= age for each in seen)
    return not before and any(age < each <= age + DAY for each in seen)


def _work(
    rng: random.Random,
    channel: Channel,
    number: int,
    moment: datetime,
    special: Special | None,
    used: set[str],
) -> Work:
    base = min(round(rng.lognormvariate(0, channel.spread) * channel.median), MOST - number)
    words = _caption(rng, channel, moment, used)
    days = rng.uniform(7, 10) if rng.random() < 0.85 else rng.uniform(30, 80)
    if special is not None:
        base = special.figures.get(channel.base, base)
        words, days = special.title, 9.0
    final = {channel.base: base}
    for name, ratio in channel.ratios.items():
        final[name] = (
            round(base * ratio * rng.uniform(0.5, 1.6))
            if name != "readers"
            else round(base * ratio)
        )
    if "sharers" in final and "shares" in final:  # people are never more than times
        final["sharers"] = round(final["shares"] * 0.86)
    if special is not None:
        final |= special.figures
    if (
        "likes" in final
        and channel.base != "likes"
        and (special is None or "likes" not in special.figures)
    ):
        final["likes"] = min(final["likes"], 9_900 - number)
    shown = _shown(channel, moment)
    return Work(
        channel, number, words, shown, final, days, rng.randrange(10**9), special or Special()
    )


def _caption(rng: random.Random, channel: Channel, moment: datetime, used: set[str]) -> str:
    """A title that the channel has not had yet; captions of short videos carry topics."""
    if channel.platform == "kuaishou" and rng.random() < 0.4:
        return hashtags(rng, 5)
    while (words := title(rng, moment.month)) in used:
        pass
    used.add(words)
    if channel.platform == "douyin":
        return f"{words}{chr(10) if rng.random() < 0.08 else ' '}{hashtags(rng, 4)}"
    if channel.platform == "wechat_channels":
        return f"{words}{chr(10) if rng.random() < 0.3 else ''}{hashtags(rng, 3)}"
    return words
