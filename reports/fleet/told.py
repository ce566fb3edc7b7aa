"""What a centre has told the province: its summary of the period as JSON (docs/summary.schema.json), or why there is none.

Nothing is looked up again here: each figure keeps the id under which ``collect explain`` walks it back in its centre.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

from adapters import platforms
from adapters.records import METRICS, Count, at_least
from reports.vocabulary import views_word

#: What a summary holds at least (docs/summary.schema.json, required).
_NEEDED = ("centre", "period", "basis", "as_of", "known_by", "thresholds", "accounts", "total")

_HIT = (
    *("post", "kind", "title", "url", "account", "published_at"),
    *("metric", "shown_by", "threshold", "after"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Centre:
    """A centre of the province. ``city``: for subtotals; may be empty."""

    key: str
    name: str
    city: str = ""


@dataclass(frozen=True, kw_only=True)
class Told:
    """What one centre has told of a period. ``data``: its summary, None where it gave none: ``why`` says so, in Chinese,
    without a full stop. ``program``: the version that made it; ``trouble``: why a newer one could not be made.
    ``last_at``: when this centre last took in any data; None: never, or not known."""

    centre: Centre
    data: Mapping[str, Any] | None
    why: str = ""
    program: str = ""
    trouble: str = ""
    last_at: datetime | None = None

    @property
    def summary(self) -> Mapping[str, Any]:
        """Its summary, where there is one."""
        assert self.data is not None
        return self.data

    @cached_property
    def as_of(self) -> datetime:
        return datetime.fromisoformat(self.summary["as_of"])

    @cached_property
    def known_by(self) -> datetime:
        return datetime.fromisoformat(self.summary["known_by"])

    @property
    def total(self) -> Mapping[str, Any]:
        line: Mapping[str, Any] = self.summary["total"]
        return line

    @property
    def accounts(self) -> Sequence[Mapping[str, Any]]:
        """The lines of its accounts that make up the total."""
        members = {*self.total["members"]}
        return [each for each in self.summary["accounts"] if each["id"] in members]

    @property
    def read(self) -> bool:
        """Whether works of the period were read, or that there were none: else its 0 is no figure."""
        return was_read(self.total)

    @property
    def silent(self) -> bool:
        """Whether its summary tells nothing at all of the period."""
        return not (self.read or of_placements(self) or of_followers(self))

    @property
    def last_day(self) -> date | None:
        """The last publish day that its data cover in the period."""
        day = self.total["coverage"]["to"]
        return None if day is None else date.fromisoformat(day)

    @cached_property
    def kinds(self) -> Mapping[str, Sequence[str]]:
        """Account id → the kinds of what it published."""
        return {each["account"]: [*each["kinds"]] for each in self.summary.get("output", ())}

    def views_word(self, line: Mapping[str, Any]) -> str:
        """阅读量, 播放量, 观看量 of an account; 阅读播放量 where it shows both."""
        return views_word([line["platform"]], self.kinds.get(line["id"], ()))


def accepted(told: Told, period: str, basis: str) -> Told:
    """What a centre has told, as far as it is a summary of this period on this basis; another is none, and says so."""
    if told.data is None:
        return told
    try:
        why = _fault(told.data, period, basis)
    except (LookupError, TypeError, ValueError, AttributeError) as problem:
        why = f"存着的总结读不了（{type(problem).__name__}：{problem}）"
    if not why:
        return told
    return replace(told, data=None, why=why)


def _fault(data: Mapping[str, Any], period: str, basis: str) -> str:
    absent = [name for name in _NEEDED if name not in data]
    if absent:
        return f"存着的总结不完整（没有 {'、'.join(absent)}）"
    if (data["period"]["name"], data["basis"]) != (period, basis):
        return "存着的是别的时期或口径的总结"
    for name in ("as_of", "known_by"):
        if datetime.fromisoformat(data[name]).tzinfo is None:
            return "存着的总结没有写明时区"
    for metric, values in data["thresholds"].items():
        for value in values:
            int(data["total"]["hits"][metric][str(value)])
    return _fault_of_lines(data) or _fault_of_hits(data)


def _fault_of_lines(data: Mapping[str, Any]) -> str:
    for line in (*data["accounts"], data["total"]):
        for metric in METRICS:
            figure(line, metric)
        posts(line)
        if line is not data["total"] and line["platform"] not in platforms.NAMES:
            return f"存着的总结里有不认识的平台 {line['platform']}，请把各处的程序升级到同一版本"
    return ""


def _fault_of_hits(data: Mapping[str, Any]) -> str:
    if data["thresholds"] and was_read(data["total"]) and "hits" not in data:
        return "存着的总结里没有爆款作品的清单，请升级做它的程序"
    for each in data.get("hits", ()):
        number(each["figure"])
        absent = [name for name in _HIT if name not in each]
        if absent:
            return f"存着的总结里爆款作品不完整（没有 {'、'.join(absent)}）"
    return ""


def number(told: Mapping[str, Any] | None, missing: int = 0, known: int = 1) -> Count | None:
    """A figure as JSON has it. ``missing``: of how many works it does not show. Raises LookupError, TypeError, ValueError."""
    if told is None:
        return None
    value, bound = int(told["value"]), told["bound"]
    if bound == "exact":
        return Count(value, known=known)
    if bound == "about":
        return Count(value, value - int(told["low"]), int(told["high"]) - value, known=known)
    if bound == "at_least":
        return Count(value, 0, None, missing, known)
    raise ValueError(f"bound {bound!r}")


def was_read(line: Mapping[str, Any]) -> bool:
    """Whether anything of the period was read of an account, or of several."""
    return bool(line["posts"]) or line["coverage"]["from"] is not None


def figure(line: Mapping[str, Any], metric: str) -> Count | None:
    """A metric of a line; None where no source shows it."""
    missing = int(line["without_data"].get(metric, 0))
    return number(line[metric], missing, max(1, int(line["posts"]) - missing))


def posts(line: Mapping[str, Any]) -> Count:
    """How many works a line counts; a lower bound where a file ended at its limit."""
    return at_least(int(line["posts"])) if line["incomplete"] else Count(int(line["posts"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What a centre adds to a figure: the ids of its own figures behind it, and what they are worth together; None: none
    of its sources shows it. ``works``: how many posts it then leaves out."""

    told: Told
    ids: tuple[str, ...]
    count: Count | None
    works: int = 0


#: How a figure is found in a centre's summary; None where the centre does not have it at all (no such line, no ledger).
Finder = Callable[[Told], Part | None]


def of_total(metric: str) -> Finder:
    """A metric of all of a centre's accounts."""

    def find(told: Told) -> Part | None:
        if not told.read:
            return None
        count = figure(told.total, metric)
        works = int(told.total["posts"]) if count is None else 0
        return Part(told=told, ids=(f"total.{metric}",), count=count, works=works)

    return find


def of_posts(told: Told) -> Part | None:
    """The works of all of a centre's accounts."""
    return Part(told=told, ids=("total.posts",), count=posts(told.total)) if told.read else None


def of_hits(metric: str, threshold: int) -> Finder:
    """Works past a line; only of centres whose config has it."""

    def find(told: Told) -> Part | None:
        if not told.read or threshold not in told.summary["thresholds"].get(metric, ()):
            return None
        line = told.total
        there = int(line["hits"][metric][str(threshold)])
        unsure = line["unknown_hits"][metric][str(threshold)] or line["incomplete"]
        ids = (f"hits.{metric}.{threshold}.posts",)
        return Part(told=told, ids=ids, count=at_least(there) if unsure else Count(there))

    return find


def of_followers(told: Told) -> Part | None:
    """The followers of a centre's accounts at the period's end; None where none is known."""
    there = [number(each["at_end"]) for each in told.summary.get("followers", ())]
    known = [each for each in there if each is not None]
    if not known:
        return None
    count = sum(known[1:], start=known[0])
    hidden = len(there) - len(known)
    whole = Count(count.value, count.below, count.above, count.missing + hidden, len(known))
    return Part(told=told, ids=("followers.at_end",), count=whole.stated())


def of_placements(told: Told) -> Part | None:
    """Pieces in outside media; None where no ledger tells of the period."""
    placed = told.summary.get("placements")
    if placed is None:
        return None
    return Part(told=told, ids=("placements.posts",), count=Count(int(placed["posts"])))


def of_accounts(
    chosen: Callable[[Told, Mapping[str, Any]], bool], metric: str
) -> Callable[[Told], Part | None]:
    """A figure (a metric, or ``posts``) of some of a centre's accounts; None where it has none of them that published or
    was read."""

    def find(told: Told) -> Part | None:
        lines = [each for each in told.accounts if chosen(told, each) and was_read(each)]
        if not lines:
            return None
        ids = tuple(f"account.{each['id']}.{metric}" for each in lines)
        if metric == "posts":
            return Part(told=told, ids=ids, count=summed(posts(each) for each in lines))
        there = [(each, figure(each, metric)) for each in lines]
        shown = [count for _, count in there if count is not None]
        works = sum(int(each["posts"]) for each, count in there if count is None)
        count = summed(shown, works) if shown else None
        return Part(told=told, ids=ids, count=count, works=0 if shown else works)

    return find


def summed(counts: Iterator[Count] | Sequence[Count], missing: int = 0) -> Count:
    """Counts added up, as a sum may be stated; ``missing``: works that show none."""
    there = [*counts]
    whole = sum(there[1:], start=there[0])
    whole = Count(whole.value, whole.below, whole.above, whole.missing + missing, whole.known)
    stated = whole.stated()
    assert stated is not None
    return stated


def lines_of(told: Sequence[Told]) -> Iterator[tuple[str, int]]:
    """Each line (metric, threshold) that any centre has, in the order of metrics, the lowest first."""
    found = {
        (metric, int(value))
        for each in told
        for metric, values in each.summary["thresholds"].items()
        for value in values
    }
    yield from sorted(found, key=lambda each: (METRICS.index(each[0]), each[1]))
