"""What posts of a view show, without their facts: cheap for very many of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from adapters.records import METRICS, Count
from storage.bulk import select_in
from storage.values import named
from storage.views.series import View

_COLUMNS = f"post_id, published_at, {', '.join(METRICS)}, bounds"


def shown_by_accounts(
    view: View, accounts: Collection[str]
) -> Iterator[tuple[int, int, Mapping[str, Count]]]:
    """(post, when it was published, its amounts) of all posts of ``accounts``."""
    numbers = [number for number, key in view.accounts.items() if key in accounts]
    return _shown(view, "account_id", numbers)


def shown_by_posts(
    view: View, posts: Collection[int]
) -> Iterator[tuple[int, int, Mapping[str, Count]]]:
    """The same of those of ``posts`` that are in the view."""
    return _shown(view, "post_id", sorted(posts))


def _shown(
    view: View, column: str, numbers: Collection[int]
) -> Iterator[tuple[int, int, Mapping[str, Count]]]:
    sql = f"SELECT {_COLUMNS} FROM {view.table} WHERE {column} IN (??)"
    for number, published_at, *values, bounds in select_in(view.connection, sql, numbers):
        yield number, published_at, named(values, bounds)
