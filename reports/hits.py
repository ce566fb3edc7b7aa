"""The rows of ``collect hits``. Cheap to import: neither pandas nor xlsxwriter, and one query."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from adapters.moments import SHANGHAI
from adapters.records import Count
from reports import wording
from reports.vocabulary import UNITS, word_of, words_of
from storage.views.hit_list import Hit, hit_list


@dataclass(frozen=True, slots=True, kw_only=True)
class HitRow:
    """A hit as a person reads it. ``now`` is the latest figure, ``crossed`` the one that showed the hit; the crossing
    lies after ``before`` (None: it was first seen above) and not after ``after``."""

    post_id: int
    title: str
    url: str
    account: str
    name: str
    kind: str
    metric: str
    threshold: int
    crossed: Count
    now: Count
    by_readers: bool
    deleted: bool
    published: datetime | None
    before: datetime | None
    after: datetime

    @property
    def text(self) -> str:
        """The hit in words that are true of its latest figure."""
        return f"{self.name} {wording.title(self.title)} {self.reached}"

    @property
    def reached(self) -> str:
        """The figure and its mark: ``阅读量105.3万人次（“100万+”）``."""
        metric = "readers" if self.by_readers else self.metric
        said = self._said(self.now, metric)
        if self.now.high is not None and self.now.high < self.threshold:  # it has fallen since
            said = f"曾达{self._said(self.crossed, metric)}，现{said}"
        word, mark = word_of(metric, words_of([self.kind])), wording.mark(self.threshold)
        return f"{word}{said}（“{mark}”）"

    def _said(self, count: Count, metric: str) -> str:
        return wording.single(count, (self.threshold,), UNITS[metric])

    def as_data(self) -> dict[str, Any]:
        """In plain types, for --json."""
        return {
            "title": self.title,
            "url": self.url,
            "account": self.account,
            "metric": self.metric,
            "threshold": self.threshold,
            "value": self.now.value,
            "bound": self.now.bound,
            "shown_by": "readers" if self.by_readers else self.metric,
            "crossed": {"value": self.crossed.value, "bound": self.crossed.bound},
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
    """A hit as a person reads it."""
    return HitRow(
        post_id=hit.post_id,
        title=hit.title,
        url=hit.url,
        account=hit.account,
        name=names.get(hit.account, hit.account),
        kind=hit.kind,
        metric=hit.metric,
        threshold=hit.threshold,
        crossed=hit.crossed,
        now=hit.now,
        by_readers=hit.by_readers,
        deleted=hit.state == "deleted",
        published=_here(hit.published_at),
        before=_here(hit.before_at),
        after=datetime.fromtimestamp(hit.after_at, SHANGHAI),
    )


def _here(moment: int | None) -> datetime | None:
    return None if moment is None else datetime.fromtimestamp(moment, SHANGHAI)


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds")
