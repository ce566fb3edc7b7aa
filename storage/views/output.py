"""What accounts published: the posts of a view by kind, by column, original or reprint. One pass in the database; posts
whose facts changed are looked up as they were known only where the view is not of the present."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from storage.views.series import View
from storage.views.valued import is_current

_MANY = 1_000


@dataclass(slots=True)
class Output:
    """The posts of one account. ``unstated``: no source says whether they are original. ``columns``: those that
    have one."""

    posts: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    columns: Counter[str] = field(default_factory=Counter)
    originals: int = 0
    reprints: int = 0

    @property
    def unstated(self) -> int:
        return self.posts - self.originals - self.reprints

    def add(self, kind: str, column: str, original: bool | None, posts: int = 1) -> None:
        self.posts += posts
        self.kinds[kind] += posts
        if column:
            self.columns[column] += posts
        self.originals += posts * (original is True)
        self.reprints += posts * (original is False)


def output(view: View) -> dict[str, Output]:
    """By account key; accounts without posts in the view are left out."""
    found: dict[str, Output] = {}
    as_known = "" if is_current(view.connection, view.question) else " WHERE NOT p.retold"
    sql = (
        f'SELECT v.account_id, p.kind, p."column", p.original, count(*) FROM {view.table} v'
        f" JOIN post p ON p.post_id = v.post_id{as_known}"
        ' GROUP BY v.account_id, p.kind, p."column", p.original'
    )
    for number, kind, column, original, posts in view.connection.exec_driver_sql(sql):
        told = None if original is None else bool(original)
        found.setdefault(view.accounts[number], Output()).add(kind, column, told, posts)
    if as_known:
        _add_retold(view, found)
    return found


def _add_retold(view: View, found: dict[str, Output]) -> None:
    sql = (
        f"SELECT v.post_id FROM {view.table} v JOIN post p ON p.post_id = v.post_id WHERE p.retold"
        " ORDER BY v.post_id"
    )
    numbers = [row[0] for row in view.connection.exec_driver_sql(sql)]
    for start in range(0, len(numbers), _MANY):
        for post in view.get(numbers[start : start + _MANY]).values():
            there = found.setdefault(post.account, Output())
            there.add(post.kind, post.column, post.original)
