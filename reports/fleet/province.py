"""The province's value of a period, frozen before anything is drawn: what its centres told, added up, compared, and listed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from adapters import platforms
from reports import wording
from reports.basis import Basis, parse_basis
from reports.centre import Centre as Author
from reports.fleet.adding import Kind, Sum, kinds, of_platform, sums
from reports.fleet.ranking import Ranking, rankings
from reports.fleet.told import Told, accepted, lines_of
from reports.periods import Period, minute_words
from reports.section import Cell, Section
from reports.statement import Statement, Trace

#: The id of everything together; what the ids of cities, centres and platforms begin with.
WHOLE, CITY, CENTRE, PLATFORM = "total", "city", "centre", "platform"


@dataclass(frozen=True, kw_only=True)
class Province:
    """``telling``: centres that told something of the period; ``silent``: those that did not, each with why. ``made_at``: when
    they were asked; ``program``: of what version this is. Everything else follows from them."""

    name: str
    period: Period
    basis: Basis
    made_at: datetime
    program: str
    telling: tuple[Told, ...]
    silent: tuple[Told, ...]

    @property
    def centre(self) -> Author:
        """Who signs, as documents need to know it."""
        return Author(name=self.name, accounts=(), thresholds={})

    @property
    def asked(self) -> int:
        """How many centres the province has."""
        return len(self.telling) + len(self.silent)

    @property
    def title(self) -> str:
        return f"{self.name}{self.period.title}各中心传播数据汇总"

    @property
    def as_of(self) -> datetime:
        """The newest moment as of which a centre speaks; ``dated`` says from when to when they do."""
        return max((each.as_of for each in self.telling), default=self.made_at)

    @property
    def known_by(self) -> datetime:
        """The newest moment by which a centre had been told what it speaks of."""
        return max((each.known_by for each in self.telling), default=self.made_at)

    @property
    def dated(self) -> str:
        """As of when, in words that are true of every centre."""
        moments = {each.as_of for each in self.telling} or {self.made_at}
        first, last = minute_words(min(moments)), minute_words(max(moments))
        return first if first == last else f"{first}至{last}，各中心不同"

    @cached_property
    def marks(self) -> Mapping[str, tuple[int, ...]]:
        """Metric → the lines of any centre."""
        found: dict[str, tuple[int, ...]] = {}
        for metric, value in lines_of(self.telling):
            found[metric] = (*found.get(metric, ()), value)
        return found

    @cached_property
    def kinds(self) -> tuple[Kind, ...]:
        return kinds(self.telling, self.basis)

    @cached_property
    def total(self) -> tuple[Sum, ...]:
        """Everything together."""
        return self._sums(f"{len(self.telling)}个中心", WHOLE, self.telling, self.kinds)

    @cached_property
    def cities(self) -> Mapping[str, tuple[Sum, ...]]:
        """City → its sums, in the order of the centres; of centres without one nothing is added up."""
        there: dict[str, list[Told]] = {}
        for each in self.telling:
            if each.centre.city:
                there.setdefault(each.centre.city, []).append(each)
        return {
            city: self._sums(city, f"{CITY}.{city}", told, self.kinds)
            for city, told in there.items()
        }

    @cached_property
    def centres(self) -> Mapping[str, tuple[Sum, ...]]:
        """Key of a centre → its own figures."""
        return {
            each.centre.key: self._sums(
                each.centre.name, f"{CENTRE}.{each.centre.key}", [each], self.kinds
            )
            for each in self.telling
        }

    @cached_property
    def platforms(self) -> Mapping[str, tuple[Sum, ...]]:
        """Key of a platform → what its accounts of all centres add up to, the most viewed first."""
        keys = {line["platform"] for each in self.telling for line in each.accounts}
        made = {
            key: self._sums(platforms.NAMES[key], f"{PLATFORM}.{key}", self.telling, of_platform(key, self.basis))
            for key in sorted(keys)
        }  # fmt: skip
        there = {key: each for key, each in made.items() if each[0].parts}
        return dict(sorted(there.items(), key=lambda each: size(each[1]), reverse=True))

    @cached_property
    def rankings(self) -> tuple[Ranking, ...]:
        by = ("views",) if self.basis.kind == "gained" else ("views", "posts")
        return tuple(rankings(self.telling, [each for each in self.total if each.kind.key in by]))

    @cached_property
    def sums(self) -> Mapping[str, Sum]:
        """Every figure that is added up, by its id."""
        whole = (
            self.total,
            *self.cities.values(),
            *self.platforms.values(),
            *self.centres.values(),
        )
        return {each.id: each for there in whole for each in there}

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        from reports.fleet.sections import sections  # which is about a province

        return sections(self)

    @property
    def figures(self) -> Iterator[Statement]:
        """All figures, in the order of the sections."""
        return (each for section in self.sections for each in section.figures)

    def walk(self, id_: str) -> str:
        """The command that shows what is behind a figure of this value."""
        return f'collect fleet explain "{id_}" --period {self.period.name} --basis {self.basis}'

    def behind(self, trace: Trace) -> list[Cell]:
        """In words: of what, of which centres, and where they stand."""
        names = {each.centre.key: each.centre.name for each in self.telling}
        words = "、".join(names[key] for key in trace.accounts if key in names)
        return ["、".join(trace.metrics) or None, words or None, "各中心总结里的数"]

    def _sums(
        self, subject: str, id_: str, told: Sequence[Told], kinds: Sequence[Kind]
    ) -> tuple[Sum, ...]:
        return sums(subject, id_, told, kinds, self.marks)


def size(sums: Sequence[Sum]) -> tuple[int, int]:
    """What a city, a centre or a platform is ordered by: views, then works."""
    posts, views = (next(e for e in sums if e.kind.key == key).count for key in ("posts", "views"))
    return (-1 if views is None else views.value, 0 if posts is None else posts.value)


def build(
    name: str, told: Sequence[Told], period: Period, basis: str, made_at: datetime, program: str
) -> Province:
    """What centres told of a period, in the order given. One whose summary cannot be read, is about something else, or tells
    nothing of the period, is silent, and says why. Raises ValueError, in Chinese, for another basis."""
    chosen = parse_basis(basis)
    there = [accepted(each, period.name, str(chosen)) for each in told]
    there = [
        replace(each, data=None, why="没有读到本期的数据")
        if each.data is not None and each.silent
        else each
        for each in there
    ]
    return Province(
        name=wording.line(name),
        period=period,
        basis=chosen,
        made_at=made_at,
        program=program,
        telling=tuple(each for each in there if each.data is not None),
        silent=tuple(each for each in there if each.data is None),
    )
