"""Figures of many centres: what may be added up, how, and over how many of them (docs/definitions.md §8).

Times and people, and the units of reading and playing, are figures of their own. A centre without a figure adds nothing,
which is not 0: a sum says over how many centres it goes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from adapters import platforms
from adapters.records import METRICS, Count, added
from reports import wording
from reports.basis import Basis
from reports.fleet.told import (
    Finder,
    Part,
    Told,
    lines_of,
    of_accounts,
    of_followers,
    of_hits,
    of_placements,
    of_posts,
    of_total,
)
from reports.listing import output_words, whole_words
from reports.statement import Statement, Trace, Way
from reports.vocabulary import HEADINGS, UNITS, word_of, words_of

#: Word for views → its key in the ids of figures.
VIEWS = {"阅读量": "reads", "播放量": "plays", "观看量": "watched", "阅读播放量": "both"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A figure that centres have. ``key`` ends its ids, ``heading`` names it in tables; ``word``, ``unit`` and ``way``: how it
    is said; ``metric`` and ``threshold``: of hits."""

    key: str
    heading: str
    find: Finder
    word: str = ""
    unit: str = ""
    way: Way = "sum"
    metric: str = ""
    threshold: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """A figure of several centres. ``parts``: what each of them adds that has it; ``asked``: how many were asked."""

    kind: Kind
    id: str
    subject: str
    parts: tuple[Part, ...]
    asked: int
    marks: tuple[int, ...] = ()

    @property
    def count(self) -> Count | None:
        """All together; None where no centre shows any."""
        return added_up(self.parts)

    @property
    def shown(self) -> int:
        """How many centres show it."""
        return sum(each.count is not None for each in self.parts)

    @property
    def statement(self) -> Statement:
        kind = self.kind
        return Statement(
            id=self.id, name=f"{self.subject}{kind.heading}", value=self.count, metric=kind.key, word=kind.word,
            measure=kind.unit, way=kind.way, marks=self.marks, noun=kind.word or "作品",
            trace=Trace(accounts=tuple(each.told.centre.key for each in self.parts), metrics=tuple(filter(None, [kind.metric]))),
            parts=tuple(each.count for each in self.parts if each.count is not None),
        )  # fmt: skip


def added_up(parts: Sequence[Part]) -> Count | None:
    """What centres add up to. Works that show nothing make it a lower bound and are counted; None where nobody shows any."""
    whole = added(each.count for each in parts if each.count is not None)
    hidden = sum(each.works for each in parts)
    return Count(
        whole.value, whole.below, whole.above, whole.missing + hidden, whole.known
    ).stated()


def kinds(told: Sequence[Told], basis: Basis) -> tuple[Kind, ...]:
    """The figures of these centres on a basis: works, views and which of them are reading and which playing, other metrics, works
    past each line that any of them has, followers, placements."""
    gained = basis.kind == "gained"
    works = Kind(
        key="posts", heading="作品数", find=of_posts, word=output_words(basis), unit="条（篇）", way="" if gained else "count"
    )  # fmt: skip
    return (
        works,
        *(replace(each, way="change") if gained else each for each in _amounts(told, basis)),
        *(_hits(*line) for line in lines_of(told)),
        Kind(
            key="followers", heading="期末粉丝", find=of_followers, word="粉丝合计", unit="人", metric="followers"
        ),
        Kind(
            key="placements", heading="外宣刊发", find=of_placements, word="在外部媒体刊发稿件", unit="篇", way="count"
        ),
    )  # fmt: skip


def _amounts(told: Sequence[Told], basis: Basis) -> Iterator[Kind]:
    yield _metric("views", f"{whole_words(basis)}阅读播放量")
    yield from _views(told)
    yield from (_metric(name, _word(name)) for name in METRICS if name != "views")


def _word(metric: str) -> str:
    return "阅读（观看）人数合计" if metric == "readers" else word_of(metric, words_of(()))


def _metric(name: str, word: str) -> Kind:
    unit = {"views": "人次", "readers": "人"}.get(name) or UNITS[name]
    return Kind(
        key=name, heading=HEADINGS[name], find=of_total(name), word=word, unit=unit, metric=name
    )


def _views(told: Sequence[Told]) -> Iterator[Kind]:
    """Views by what they are: times read, played, watched; each its own figure."""
    words = {each.views_word(line) for each in told for line in each.accounts if line["views"]}
    for word, key in VIEWS.items():
        if word in words:

            def chosen(told: Told, line: Mapping[str, object], word: str = word) -> bool:
                return told.views_word(line) == word

            of = "图文视频都有的账号" if key == "both" else ""
            yield Kind(
                key=f"views.{key}", heading=f"其中{of}{word}", find=of_accounts(chosen, "views"),
                word=f"其中{of}{word}", unit="人次", metric="views",
            )  # fmt: skip


def _hits(metric: str, threshold: int) -> Kind:
    mark = f"“{wording.mark(threshold)}”"
    own = "" if metric == "views" else f"{word_of(metric, words_of(()))}"
    return Kind(
        key=f"hits.{metric}.{threshold}", heading=f"{HEADINGS[metric]}{wording.mark(threshold)}以上作品数",
        find=of_hits(metric, threshold), word=f"{own}{mark}作品", unit="条（篇）", way="count",
        metric=metric, threshold=threshold,
    )  # fmt: skip


def of_platform(key: str, basis: Basis) -> tuple[Kind, ...]:
    """What is added up of one platform's accounts."""
    way: Way = "change" if basis.kind == "gained" else "sum"
    count: Way = "" if basis.kind == "gained" else "count"

    def chosen(told: Told, line: Mapping[str, object]) -> bool:
        return line["platform"] == key

    views = platforms.BY_KEY[key].views or "阅读播放量"

    def amount(metric: str, heading: str, word: str, unit: str) -> Kind:
        find = of_accounts(chosen, metric)
        return Kind(
            key=metric, heading=heading, find=find, word=word, unit=unit, way=way, metric=metric
        )

    return (
        Kind(
            key="posts", heading="作品数", find=of_accounts(chosen, "posts"), word="发布作品", unit="条（篇）", way=count
        ),
        amount("views", views, views, "人次"),
        amount("readers", HEADINGS["readers"], _word("readers"), "人"),
        amount("likes", HEADINGS["likes"], "点赞", "次"),
    )  # fmt: skip


def sums(
    subject: str, id_: str, told: Sequence[Told], kinds: Sequence[Kind], marks: Mapping[str, tuple[int, ...]]
) -> tuple[Sum, ...]:  # fmt: skip
    """These figures of these centres, each once; ``id_`` begins their ids, ``marks``: metric → lines that a rounded number may
    not reach."""
    return tuple(
        Sum(
            kind=kind, id=f"{id_}.{kind.key}", subject=subject, asked=len(told), marks=marks.get(kind.metric, ()),
            parts=tuple(part for each in told if (part := kind.find(each)) is not None),
        )
        for kind in kinds
    )  # fmt: skip
