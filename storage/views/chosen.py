"""Posts of a view that a word in the title, a column or a tag chooses: one pass in the database finds the few that may
be, each with what a topic adds up. Titles and columns are those known in the view."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.records import METRICS, Count
from storage import facts, schema
from storage.bulk import run_sql, select_in
from storage.values import decode
from storage.views.series import View
from storage.views.valued import is_current

_MANY = 2_000
_COLUMNS = (
    "v.post_id, v.account_id, v.published_at, v.state, v.views, v.readers, v.bounds, p.kind, p.date_only,"
    ' p.title, p."column", p.retold'
)
#: Views and readers are the first two metrics; a topic adds up no others.
_OTHERS: tuple[int | None, ...] = (None,) * (len(METRICS) - 2)


@dataclass(frozen=True, slots=True)
class Chosen:
    """A post of a view, with its views and readers there (None: not shown). ``published_at`` in UTC seconds."""

    post_id: int
    account: str
    published_at: int
    date_only: bool
    kind: str
    title: str
    column: str
    deleted: bool
    views: Count | None
    readers: Count | None


def may_be_chosen(
    view: View, *, words: Sequence[str], columns: Sequence[str], tagged: Collection[int]
) -> Iterator[Chosen]:
    """The posts of the view whose title is or ever was one with one of ``words`` in it, whose column is or was one of
    ``columns``, or that are among ``tagged``: each once, with its title and column as known in the view."""
    rows = _rows(view, words, columns, tagged)
    as_known = not is_current(view.connection, view.question)
    while part := [row for _, row in zip(range(_MANY), rows, strict=False)]:
        retold = [row[0] for row in part if row[-1]] if as_known else []
        told = facts.told(view.connection, retold, view.question.as_of, view.question.known)
        for row in part:
            yield _chosen(view, row, told.get(row[0], {}))


def _rows(
    view: View, words: Sequence[str], columns: Sequence[str], tagged: Collection[int]
) -> Iterator[tuple[Any, ...]]:
    of_view = f"SELECT {_COLUMNS} FROM {view.table} v JOIN post p ON p.post_id = v.post_id"
    yield from select_in(view.connection, f"{of_view} WHERE v.post_id IN (??)", sorted(tagged))
    postgres = view.connection.dialect.name == "postgresql"
    now = _tests("p.title", 'p."column"', words, columns, postgres=postgres)
    if not now:
        return
    ever = _tests(
        "CASE WHEN f.name = 'title' THEN f.value END",
        "CASE WHEN f.name = 'column' THEN f.value END",
        words,
        columns,
        postgres=postgres,
    )
    sql = f"{of_view} WHERE {now} OR (p.retold AND p.post_id IN (SELECT f.post_id FROM fact f WHERE {ever}))"
    values = (*words, *columns)
    for row in run_sql(view.connection, sql, *values, *values):
        if row[0] not in tagged:
            yield tuple(row)


def _chosen(view: View, row: Sequence[Any], told: dict[str, str]) -> Chosen:
    number, account, published_at, state, views, readers, bounds, *facts_now, _ = row
    kind, date_only, title, column = facts_now
    if told:
        said = facts.columns(told)
        kind, title = said.get("kind", kind), said.get("title", title)
        column, date_only = said.get("column", column), said.get("date_only", date_only)
    shown = decode((views, readers, *_OTHERS), bounds)
    return Chosen(
        post_id=number,
        account=view.accounts[account],
        published_at=published_at,
        date_only=bool(date_only),
        kind=kind,
        title=title,
        column=column,
        deleted=state == schema.STATE_CODE["deleted"],
        views=shown[0],
        readers=shown[1],
    )


def _tests(
    title: str, column: str, words: Iterable[str], columns: Sequence[str], *, postgres: bool
) -> str:
    """SQL with a ``?`` for each word and each column, in this order; empty where there are none. LIKE would
    fold case on SQLite and not on PostgreSQL."""
    where = "strpos" if postgres else "instr"
    tests = [f"{where}({title}, ?) > 0" for _ in words]
    if columns:
        tests.append(f"{column} IN ({', '.join('?' * len(columns))})")
    return f"({' OR '.join(tests)})" if tests else ""
