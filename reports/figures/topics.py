"""The figures of a topic: posts chosen by words, columns and tags, account by account.

Only posts of our channels: the rows of a ledger are placements and programmes about a topic (docs/decisions.md).
Titles are those known at as-of."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from heapq import nsmallest

from adapters.moments import DAY
from adapters.records import NOTHING, UNKNOWN, Count
from reports.centre import AccountInfo, TopicInfo
from reports.inquiry import Inquiry
from storage.bulk import seconds
from storage.views.view import PostValue, View
from storage.writing.tags import tagged

#: Times and people, which are never added to each other.
SUMS = ("views", "readers")


@dataclass(slots=True)
class Part:
    """The posts of one account, of one platform, or all of a topic. ``incomplete``: posts of one of its accounts are known
    to be missing."""

    posts: list[int] = field(default_factory=list)
    kinds: set[str] = field(default_factory=set)
    sums: dict[str, Count] = field(default_factory=lambda: dict.fromkeys(SUMS, NOTHING))
    deleted: int = 0
    incomplete: bool = False

    def add(self, post: PostValue) -> None:
        self.posts.append(post.post_id)
        self.kinds.add(post.kind)
        for name in SUMS:
            self.sums[name] += post.amounts.get(name, UNKNOWN)
        self.deleted += post.state == "deleted"

    def figure(self, name: str) -> Count | None:
        """What its posts drew; None where none shows it."""
        return self.sums[name].stated(incomplete=self.incomplete)


@dataclass(slots=True)
class Topic:
    """A topic in the period. ``accounts``: by id, in the order of the config, only those with posts.

    A post of which only the day is known stands at 0:00 of that day: ``day_in`` such posts lie on the day in which
    the window ends and are counted, ``day_out`` on the day in which it begins and are not. ``young`` and
    ``unobserved``: left out on *aged*.
    """

    info: TopicInfo
    accounts: dict[str, Part]
    best: tuple[PostValue, ...] = ()  # most viewed first
    day_in: int = 0
    day_out: int = 0
    young: int = 0
    unobserved: int = 0

    @property
    def total(self) -> Part:
        return joined(self.accounts.values())


def joined(parts: Iterable[Part]) -> Part:
    """Several parts as one."""
    whole = Part()
    for each in parts:
        whole.posts += each.posts
        whole.kinds |= each.kinds
        for name in SUMS:
            whole.sums[name] += each.sums[name]
        whole.deleted += each.deleted
        whole.incomplete |= each.incomplete
    return whole


@dataclass(frozen=True, slots=True)
class _Choice:
    """A topic's rule; ``tagged``: the posts that have one of its tags."""

    info: TopicInfo
    tagged: frozenset[int]

    def takes(self, post: PostValue) -> bool:
        return (
            any(word in post.title for word in self.info.keywords if word)
            or (bool(post.column) and post.column in self.info.columns)
            or post.post_id in self.tagged
        )


def topics(inquiry: Inquiry) -> tuple[Topic, ...]:
    """The topics asked for, in the order of the config."""
    infos = [each for each in inquiry.centre.topics if inquiry.topic in ("", each.name)]
    accounts = [each.id for each in inquiry.ours if not each.ledger]
    chosen = partial(_chosen, _choices(inquiry, infos), accounts)
    found = tuple(Topic(info, {key: Part() for key in accounts}) for info in infos)
    ranked: list[list[tuple[int, int]]] = [[] for _ in found]
    for place, post in chosen(inquiry.view):
        there = found[place]
        there.accounts[post.account].add(post)
        if "views" in post.amounts:
            ranked[place].append((-post.amounts["views"].value, post.post_id))
        there.day_in += _is_vague(post, inquiry.period.end) and inquiry.basis.kind != "gained"
    missing = {line.id for line in inquiry.accounts if line.incomplete}
    for topic, views in zip(found, ranked, strict=True):
        best = [number for _, number in nsmallest(inquiry.centre.tops, views)]
        posts = inquiry.view.get(best)
        topic.best = tuple(posts[number] for number in best)
        topic.accounts = {key: part for key, part in topic.accounts.items() if part.posts}
        for key, part in topic.accounts.items():
            part.incomplete = key in missing
    if inquiry.basis.kind != "gained":
        _edges(inquiry, chosen, found)
    if inquiry.basis.kind == "aged":
        _left_out(inquiry, chosen, found)
    return found


def platforms(inquiry: Inquiry, topic: Topic) -> dict[str, tuple[list[AccountInfo], Part]]:
    """Platform → its accounts with posts in the topic and these posts together; in the order of the config."""
    infos = {each.id: each for each in inquiry.ours}
    there: dict[str, list[AccountInfo]] = {}
    for key in topic.accounts:
        there.setdefault(infos[key].platform, []).append(infos[key])
    return {
        platform: (found, joined(topic.accounts[each.id] for each in found))
        for platform, found in there.items()
    }


def _choices(inquiry: Inquiry, infos: Sequence[TopicInfo]) -> list[_Choice]:
    names = {tag for info in infos for tag in info.tags}
    posts = tagged(inquiry.connection, names, inquiry.known)
    return [_Choice(info, frozenset().union(*(posts[tag] for tag in info.tags))) for info in infos]


def _chosen(
    choices: Sequence[_Choice], accounts: Collection[str], view: View
) -> Iterator[tuple[int, PostValue]]:
    """(place of the topic, post) for all posts of ``accounts`` in a view."""
    found = view.chosen(
        words=sorted({word for each in choices for word in each.info.keywords if word}),
        columns=sorted({name for each in choices for name in each.info.columns if name}),
        tagged={number for each in choices for number in each.tagged},
    )
    for post in found:
        if post.account in accounts:
            for place, choice in enumerate(choices):
                if choice.takes(post):
                    yield place, post


_Chosen = Callable[[View], Iterator[tuple[int, PostValue]]]


def _edges(inquiry: Inquiry, chosen: _Chosen, found: Sequence[Topic]) -> None:
    """Posts of the day in which the window begins, of which nobody knows whether they came before it."""
    start = inquiry.period.start
    midnight = _midnight(start)
    if midnight == start:
        return
    question = replace(
        inquiry.view.question, basis="published", start=seconds(midnight), end=seconds(start)
    )
    for place, post in chosen(View(inquiry.connection, question, "edge")):
        found[place].day_out += post.date_only


def _left_out(inquiry: Inquiry, chosen: _Chosen, found: Sequence[Topic]) -> None:
    """The posts of the period that have no value at that age."""
    question = inquiry.view.question
    valued = [set(each.total.posts) for each in found]
    whole = View(inquiry.connection, replace(question, basis="published"), "published")
    for place, post in chosen(whole):
        if post.post_id not in valued[place]:
            young = post.published_at + question.days * DAY > question.as_of
            found[place].young += young
            found[place].unobserved += not young


def _midnight(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def _is_vague(post: PostValue, end: datetime) -> bool:
    """Whether a post has no clock and lies on the day within which the window ends."""
    midnight = _midnight(end)
    return post.date_only and midnight < end and post.published_at >= seconds(midnight)
