"""What there is to announce, by kind and subject, and the words for it as it is known when it is sent.

A subject names one thing for ever: ``post:metric:threshold`` of a hit, the post of an early word, the trouble's
number.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy import Connection

from adapters.moments import DAY
from collector.announce import troubles
from collector.config.loading import Config
from reports import announcements
from reports.announcements import HEADS
from reports.hits import hit_row
from reports.wording import title
from storage.bulk import seconds
from storage.operations import deliveries, newsworthy
from storage.operations import troubles as stored
from storage.operations.newsworthy import early
from storage.views.growth import YOUNG, Grown
from storage.views.hit_list import Hit

#: Kinds of announcements, in the order in which they are told.
KINDS = tuple(HEADS)


@dataclass(frozen=True, slots=True)
class Entry:
    """What is told together of one thing: its subjects, its lines, a title for a mail that holds nothing else."""

    subjects: tuple[str, ...]
    text: str
    title: str


def news(
    connection: Connection, config: Config, now: datetime, alarming: Collection[int]
) -> dict[str, list[str]]:
    """Kind → subjects that nobody was told of yet. ``alarming``: the troubles that people should hear of."""
    hits = newsworthy.pending(connection, config.ours, config.thresholds)
    told = deliveries.of(connection, "early", since=seconds(now) - 2 * YOUNG)
    young = _early(connection, config, now, told={int(each.subject) for each in told})
    return {
        "hit": [_subject(each) for each in hits],
        "early": [str(each.post_id) for each in young],
        "trouble": [str(each) for each in alarming],
        "recovered": [str(each.number) for each in stored.ended_untold(connection)],
    }


def mark(connection: Connection, kind: str, subjects: Sequence[str], at: int) -> None:
    """These are being told; of an early word its deliveries say so."""
    if kind == "hit":
        newsworthy.mark(connection, map(_key, subjects), at)
    elif kind in ("trouble", "recovered"):
        stored.told(connection, [int(s) for s in subjects], at, ended=kind == "recovered")


def entries(
    connection: Connection, config: Config, kind: str, subjects: Collection[str], now: datetime
) -> list[Entry]:
    """The words for those of ``subjects`` that still hold, in their order."""
    if kind == "hit":
        return _hit_entries(connection, config, subjects, now)
    names = troubles.names(config)
    numbers = [int(each) for each in subjects]
    if kind == "early":
        return [
            Entry(
                (str(each.post_id),),
                announcements.early_entry(each, names.get(each.account, each.account), now),
                f"预警：{names.get(each.account, each.account)}{title(each.title)}",
            )
            for each in _early(connection, config, now, only=numbers)
        ]
    words = announcements.trouble_entry if kind == "trouble" else announcements.recovered_entry
    head = HEADS[kind].partition("】")[2]
    return [
        Entry(
            (str(each.number),),
            words(each, names, now),
            f"{head}：{announcements.source_words(each, names)}",
        )
        for each in stored.by_number(connection, numbers)
    ]


def _hit_entries(
    connection: Connection, config: Config, subjects: Collection[str], now: datetime
) -> list[Entry]:
    """One entry a post, however many of its hits are told."""
    names = troubles.names(config)
    hits = newsworthy.standing(connection, [_key(each) for each in subjects])
    order = {number: place for place, number in enumerate(dict.fromkeys(h.post_id for h in hits))}
    hits.sort(key=lambda each: order[each.post_id])
    found = []
    for _, group in groupby(hits, key=lambda each: each.post_id):
        each = list(group)
        rows = [hit_row(hit, names) for hit in each]
        found.append(
            Entry(
                tuple(map(_subject, each)),
                announcements.hit_entry(rows, now),
                f"爆款：{rows[0].name}{title(rows[0].hit.title)}",
            )
        )
    return found


def _early(
    connection: Connection,
    config: Config,
    now: datetime,
    *,
    told: Collection[int] = (),
    only: Collection[int] | None = None,
) -> list[Grown]:
    """Early words to be told, or those in ``only``: their last try may come a day later."""
    notify = config.notify
    if not notify.early:
        return []
    return early(
        connection,
        config.ours,
        now=seconds(now),
        times=notify.early,
        floor=notify.early_views,
        told=told,
        only=only,
        within=YOUNG if only is None else YOUNG + DAY,
    )


def _subject(hit: Hit) -> str:
    return ":".join(map(str, newsworthy.key(hit)))


def _key(subject: str) -> newsworthy.Key:
    post_id, metric, threshold = subject.split(":")
    return int(post_id), metric, int(threshold)
