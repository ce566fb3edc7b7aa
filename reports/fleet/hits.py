"""Works past a line in any centre (爆款), as their summaries list them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from adapters import platforms
from adapters.records import METRICS, Count
from reports import wording
from reports.centre import AccountInfo
from reports.fleet.province import Province
from reports.fleet.told import Told, number
from reports.statement import Statement, Trace
from reports.vocabulary import UNITS, views_word, word_of, words_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A work past a line of its centre. ``figure`` is that of ``shown_by`` now; ``after``: when it was first seen past the line.
    ``published``: a time, or a day. ``post``: its number in its centre."""

    told: Told
    info: AccountInfo
    post: int
    kind: str
    title: str
    url: str
    metric: str
    shown_by: str
    threshold: int
    figure: Count
    after: datetime
    published: str

    @property
    def account(self) -> str:
        return self.info.name

    @property
    def reached(self) -> str:
        """The line; 曾达 where the figure has fallen below it since."""
        fallen = self.figure.high is not None and self.figure.high < self.threshold
        return f"{'曾达' if fallen else ''}{wording.mark(self.threshold)}"

    @property
    def id(self) -> str:
        return f"hit.{self.told.centre.key}.{self.post}.{self.metric}"

    @property
    def walk(self) -> str:
        """The command that shows its every observation."""
        return f"collect fleet at {self.told.centre.key} explain {self.post}"

    @property
    def statement(self) -> Statement:
        """Its figure, as the paper says it."""
        kinds = [self.kind] if self.kind else []
        word = {
            "views": views_word([self.info.platform], kinds),
            "likes": "获点赞",
        }.get(self.shown_by) or word_of(self.shown_by, words_of(kinds))
        return Statement(
            id=self.id, name=f"{self.told.centre.name}{wording.title(self.title)}", value=self.figure,
            trace=Trace(accounts=(self.told.centre.key,), metrics=(self.shown_by,)), metric=self.metric,
            word=word, measure="人次" if self.shown_by == "views" else UNITS[self.shown_by], way="single",
            marks=(self.threshold,),
        )  # fmt: skip


def hits(province: Province) -> list[Hit]:
    """All of them: metric by metric, the highest figure first."""
    found = [hit for each in province.telling for hit in _of(each)]
    return sorted(
        found,
        key=lambda e: (METRICS.index(e.metric), -e.figure.value, e.told.centre.key, e.post),
    )


def _of(told: Told) -> Iterator[Hit]:
    lines = {each["id"]: each for each in told.accounts}
    for each in told.summary.get("hits", ()):
        line = lines.get(each["account"])
        figure = number(each["figure"])
        if line is not None and figure is not None:
            yield _hit(told, each, line, figure)


def _hit(told: Told, data: Mapping[str, Any], line: Mapping[str, Any], figure: Count) -> Hit:
    info = AccountInfo(
        id=line["id"], name=line["name"], platform=line["platform"],
        platform_name=platforms.NAMES[line["platform"]],
    )  # fmt: skip
    return Hit(
        told=told, info=info, post=int(data["post"]), kind=data["kind"], title=data["title"], url=data["url"],
        metric=data["metric"], shown_by=data["shown_by"], threshold=int(data["threshold"]), figure=figure,
        after=datetime.fromisoformat(data["after"]), published=data["published_at"].replace("T", " ")[:16],
    )  # fmt: skip
