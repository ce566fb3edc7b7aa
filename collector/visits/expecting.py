"""What a source usually shows. A list that always had posts and now has none, or a figure that every post had and now none
has, means that the layout has changed: a silent "success" with 0 rows would hide it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from sqlalchemy import Engine

from adapters.contract import PageRecord, Request
from adapters.errors import LayoutChanged
from adapters.records import METRICS, Post
from collector.visits.asking import LIST, Task
from reports.vocabulary import HEADINGS
from storage.database import reading
from storage.operations.due import Find, past_finds

#: A list with fewer than this is too short to be surprised by.
ENOUGH = 3
#: A metric that at least this share of the posts showed in the past is expected.
USUAL = 0.5


@dataclass(frozen=True, slots=True)
class Shows:
    """How much an answer shows: posts and what it leads to, and how many posts show each metric."""

    found: int
    posts: int
    shown: Mapping[str, int]


def shows(records: Sequence[PageRecord]) -> Shows:
    """Counts the records of one answer; the next page of a list is none of its entries."""
    posts = [each for each in records if isinstance(each, Post)]
    found = sum(not isinstance(each, Request) or each.about != LIST for each in records)
    shown = Counter(
        name for each in posts for name in METRICS if getattr(each.metrics, name) is not None
    )
    return Shows(found, len(posts), shown)


def disappointment(
    engine: Engine, task: Task, records: Sequence[PageRecord]
) -> LayoutChanged | None:
    """What is wrong with an answer that shows much less than its source did in the past; None where nothing is."""
    now = shows(records)
    if task.request.about != LIST and now.posts < ENOUGH:
        return None
    with reading(engine) as connection:
        past = past_finds(connection, task.account.id, task.source)
    usual = int(median(each.found for each in past)) if past else 0
    if not now.found and usual >= ENOUGH and not task.request.depth:  # a further page may be empty
        return LayoutChanged(
            f"列表是空的，而以往有 {usual} 条左右",
            target=task.request.url,
            advice="版式可能变了，或被限制访问，没有当作“没有作品”。请稍后再采，仍如此请升级程序",
        )
    lost = [name for name in METRICS if _is_lost(name, now, past)]
    if lost:
        words = "、".join(HEADINGS[name] for name in lost)
        return LayoutChanged(
            f"{now.posts} 篇作品都没有{words}，而以往是显示的",
            target=task.request.url,
            advice="版式可能变了，没有存入。请升级程序，或先用后台导出的文件",
        )
    return None


def _is_lost(name: str, now: Shows, past: Sequence[Find]) -> bool:
    """Whether a metric that most posts showed in every past look is nowhere now."""
    if not past or now.posts < ENOUGH or now.shown.get(name):
        return False
    return all(
        each.found >= ENOUGH and each.shown.get(name, 0) >= USUAL * each.found for each in past
    )
