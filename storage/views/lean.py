"""The posts of a view in short rows, for what goes over all of them one by one: a tenth of the time of ``View.posts``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from typing import Any, NamedTuple

from adapters.records import METRICS
from storage import facts
from storage.bulk import select_in
from storage.values import named
from storage.views.series import View

#: From the lowest to the highest value a figure can have; the highest None: nothing limits it.
Ends = tuple[int, int | None]


class Lean(NamedTuple):
    """A post and its ``figures``, in the order they were asked for; None where it shows none. ``published_at`` is in UTC
    seconds, ``kind`` as it stands now."""

    post_id: int
    account: str
    published_at: int
    kind: str
    url: str
    author: str
    figures: tuple[Ends | None, ...]


def lean(
    view: View, accounts: Collection[str], metrics: Sequence[str], posts: str = ""
) -> Iterator[Lean]:
    """The counted posts of ``accounts`` with these of their metrics. ``posts``: another table of posts to go over instead
    of the view's own, made by a View too; those without a value in this view have no figures."""
    numbers = {number: key for number, key in view.accounts.items() if key in accounts}
    if not numbers:
        return
    retold = _authors_told(view, numbers)
    columns = ", ".join(f"v.{name}" for name in METRICS)
    places = [6 + METRICS.index(name) for name in metrics]
    sql = (
        f"SELECT c.post_id, c.account_id, c.published_at, p.kind, p.url, p.author, {columns}, v.bounds"
        f" FROM {posts or view.table} c LEFT JOIN {view.table} v ON v.post_id = c.post_id"
        " JOIN post p ON p.post_id = c.post_id"
        f" WHERE c.account_id IN ({', '.join(map(str, numbers))})"
    )
    for row in view.connection.exec_driver_sql(sql):
        number, account, published_at, kind, url = row[:5]
        author: str = row[5]
        ends = _ends(row, places) if row[-1] is None else _bounded(row, metrics)
        told = retold.get(number, author)
        yield Lean(number, numbers[account], published_at, kind, url, told, ends)


def _ends(row: Sequence[Any], places: Sequence[int]) -> tuple[Ends | None, ...]:
    """The common case: exact figures."""
    return tuple([None if row[at] is None else (row[at], row[at]) for at in places])


def _bounded(row: Sequence[Any], metrics: Sequence[str]) -> tuple[Ends | None, ...]:
    shown = named(row[6:-1], row[-1])
    return tuple((shown[name].low, shown[name].high) if name in shown else None for name in metrics)


def _authors_told(view: View, numbers: Collection[int]) -> dict[int, str]:
    """Authors of posts whose author was told otherwise at some time, as of the view."""
    sql = (
        "SELECT DISTINCT f.post_id FROM fact f JOIN post p ON p.post_id = f.post_id"
        " WHERE f.name = 'author' AND p.account_id IN (??)"
    )
    posts = [row[0] for row in select_in(view.connection, sql, numbers)]
    told = facts.told(view.connection, posts, view.question.as_of, view.question.known)
    return {number: each["author"] for number, each in told.items() if "author" in each}


def keys_of(view: View, posts: Sequence[int]) -> dict[int, list[str]]:
    """The keys by which posts are known (storage.identity.keys)."""
    found: dict[int, list[str]] = defaultdict(list)
    sql = "SELECT post_id, key FROM post_key WHERE post_id IN (??)"
    for number, key in select_in(view.connection, sql, posts):
        found[number].append(key)
    return found
