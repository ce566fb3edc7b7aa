"""The posts of a view in short rows, for what goes over all of them one by one: a quarter of the time and memory of
``View.posts``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from adapters.records import METRICS
from storage import facts
from storage.bulk import select_in
from storage.series import Amount, View, amounts

_N = len(METRICS)


class Lean(NamedTuple):
    """A post and its figures. ``published_at`` is in UTC seconds. ``kind`` as it stands now."""

    post_id: int
    account: str
    published_at: int
    kind: str
    url: str
    author: str
    figures: Mapping[str, Amount]


def lean(view: View, accounts: Collection[str], posts: str = "") -> Iterator[Lean]:
    """The counted posts of ``accounts``. ``posts``: another table of posts to go over instead of the view's own, made by a
    View too; those without a value in this view have no figures."""
    numbers = {number: key for number, key in view.accounts.items() if key in accounts}
    if not numbers:
        return
    retold = _authors_told(view, numbers)
    table = posts or view.table
    columns = ", ".join(f"v.{name}" for name in METRICS)
    sql = (
        f"SELECT c.post_id, c.account_id, c.published_at, p.kind, p.url, p.author, {columns}, v.bounds"
        f" FROM {table} c LEFT JOIN {view.table} v ON v.post_id = c.post_id"
        " JOIN post p ON p.post_id = c.post_id"
        f" WHERE c.account_id IN ({', '.join(map(str, numbers))})"
    )
    for row in view.connection.exec_driver_sql(sql):
        author = retold[row[0]] if row[0] in retold else str(row[5])
        shown = amounts(row[6 : 6 + _N], row[6 + _N])
        yield Lean(row[0], numbers[row[1]], row[2], row[3], row[4], author, shown)


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
    """The keys by which posts are known (storage.identity)."""
    found: dict[int, list[str]] = defaultdict(list)
    sql = "SELECT post_id, key FROM post_key WHERE post_id IN (??)"
    for number, key in select_in(view.connection, sql, posts):
        found[number].append(key)
    return found
