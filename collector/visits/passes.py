"""A pass through an account's list: which days it reaches, when every part of it ended well.

One page about one post says nothing of the other posts of that day; a whole list says that nothing is missing
between its oldest and its newest post.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from adapters.records import Post
from collector.visits.asking import Task
from storage.bulk import seconds

Place = tuple[int, ...]
Name = tuple[str, int]  # account, number of the list

#: What does not spoil a pass: a post that is gone is no longer there to be missed.
_WELL = frozenset({"ok", "unchanged", "gone"})


@dataclass(slots=True)
class Pass:
    """One list: how many of its requests are still under way, whether all went well, when its posts appeared."""

    task: Task
    under_way: int = 0
    well: bool = True
    published: dict[Place, int] = field(default_factory=dict)

    @property
    def span(self) -> tuple[int, int] | None:
        """(oldest, newest) publish time that the list reaches without a gap; None where it showed no post.

        Lists run from new to old, so the last post is where it ends; one that is pinned stands out of order at
        its head, however old it is, and says nothing of what lies between.
        """
        times = [self.published[place] for place in sorted(self.published)]
        return (times[-1], max(times)) if times else None


@dataclass(slots=True)
class Passes:
    """All lists of a run."""

    open: dict[Name, Pass] = field(default_factory=dict)

    def add(self, task: Task) -> None:
        """A request of a list is about to be sent."""
        if task.place:
            self.open.setdefault(_name(task), Pass(task)).under_way += 1

    def known(self, task: Task, published_at: int | None) -> None:
        """A list led to a post that is known and need not be asked for."""
        if task.place and published_at is not None:
            self.open[_name(task)].published[task.place] = published_at

    def left_out(self, task: Task) -> None:
        """A list led to something that is not asked for."""
        if task.place and _name(task) in self.open:  # else its first request is what is left out
            self.open[_name(task)].well = False

    def ended(self, task: Task, outcome: str, posts: Sequence[tuple[int, Post]]) -> None:
        """A request of a list ended; ``posts`` are those of its answer, with their places in it."""
        if not task.place:
            return
        through = self.open[_name(task)]
        through.under_way -= 1
        through.well &= outcome in _WELL
        for number, post in posts:
            if post.published_at is not None:
                place = (*task.place, number)
                through.published[place] = seconds(post.published_at)

    def finished(self) -> Iterator[tuple[Task, tuple[int, int]]]:
        """The lists that have just ended well, each with what it reaches; they are forgotten."""
        for name in [name for name, each in self.open.items() if not each.under_way]:
            through = self.open.pop(name)
            if through.well and through.span is not None:
                yield through.task, through.span


def _name(task: Task) -> Name:
    return task.account.id, task.place[0]
