"""The rows of ``collect hits``. Cheap to import: neither pandas nor xlsxwriter, and one query."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from adapters.records import data_of
from reports import wording
from reports.periods import here
from reports.vocabulary import UNITS, word_of, words_of
from storage.views.hit_list import Hit, hit_list


@dataclass(frozen=True, slots=True)
class HitRow:
    """A hit as a person reads it; ``name`` is its account's. Times are in Shanghai."""

    hit: Hit
    name: str

    @property
    def deleted(self) -> bool:
        return self.hit.state == "deleted"

    @property
    def published(self) -> datetime | None:
        return None if self.hit.published_at is None else here(self.hit.published_at)

    @property
    def before(self) -> datetime | None:
        """The crossing lies after it; None: it was first seen above."""
        return None if self.hit.before_at is None else here(self.hit.before_at)

    @property
    def after(self) -> datetime:
        """The crossing lies not after it."""
        return here(self.hit.after_at)

    @property
    def text(self) -> str:
        """The hit in words that are true of its latest figure."""
        return f"{self.name} {wording.title(self.hit.title)} {self.reached}"

    @property
    def reached(self) -> str:
        """The figure and its mark: ``阅读量105.3万人次（“100万+”）``."""
        hit = self.hit
        metric, marks = "readers" if hit.by_readers else hit.metric, (hit.threshold,)
        said = wording.single(hit.now, marks, UNITS[metric])
        if hit.now.high is not None and hit.now.high < hit.threshold:  # it has fallen since
            said = f"曾达{wording.single(hit.crossed, marks, UNITS[metric])}，现{said}"
        word = word_of(metric, words_of([hit.kind]))
        return f"{word}{said}（“{wording.mark(hit.threshold)}”）"

    @property
    def crossing(self) -> str:
        """When it crossed its mark, as far as that is known."""
        if self.before is None:
            return f"首次观测（{_when(self.after)}）时已越过"
        return f"越过时间在 {_when(self.before)} 之后，不晚于 {_when(self.after)}"

    def as_data(self) -> dict[str, Any]:
        """In plain types, for --json."""
        hit = self.hit
        return {
            "title": hit.title,
            "url": hit.url,
            "account": hit.account,
            "metric": hit.metric,
            "threshold": hit.threshold,
            **(data_of(hit.now) or {}),
            "shown_by": "readers" if hit.by_readers else hit.metric,
            "crossed": data_of(hit.crossed),
            "published": _iso(self.published),
            "before": _iso(self.before),
            "after": _iso(self.after),
            "deleted": self.deleted,
            "text": self.text,
        }


def hit_rows(
    connection: Connection,
    names: Mapping[str, str],
    *,
    accounts: Sequence[str] | None = None,
    found_since: int | None = None,
    top: int | None = None,
) -> Iterator[HitRow]:
    """Hits on record, newest crossing first; ``names`` maps an account's id to its name, ``found_since`` is the UTC
    second from which they were found."""
    for hit in hit_list(connection, accounts=accounts, found_since=found_since, top=top):
        yield hit_row(hit, names)


def hit_row(hit: Hit, names: Mapping[str, str]) -> HitRow:
    return HitRow(hit, names.get(hit.account, hit.account))


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds")


def _when(moment: datetime) -> str:
    """A moment; the last second of a day stands for the day."""
    if (moment.hour, moment.minute, moment.second) == (23, 59, 59):
        return f"{moment:%Y-%m-%d}"
    return f"{moment:%Y-%m-%d %H:%M}"
