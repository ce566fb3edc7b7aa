"""Posts of a view chosen by a word in the title, a column or a tag. One pass in the database narrows them down first."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from storage.bulk import run_sql
from storage.views.view import PostValue, View


def may_be_chosen(
    view: View, *, words: Sequence[str], columns: Sequence[str], tagged: Collection[int]
) -> Iterator[PostValue]:
    """The posts of the view whose title is or ever was one with one of ``words`` in it, whose column is or was one of
    ``columns``, or that are among ``tagged``: each once, with its title and column as known in the view."""
    found = set(tagged)
    postgres = view.connection.dialect.name == "postgresql"
    now = _tests("p.title", 'p."column"', words, columns, postgres=postgres)
    if now:
        ever = _tests(
            "CASE WHEN f.name = 'title' THEN f.value END",
            "CASE WHEN f.name = 'column' THEN f.value END",
            words,
            columns,
            postgres=postgres,
        )
        sql = (
            f"SELECT v.post_id FROM {view.table} v JOIN post p ON p.post_id = v.post_id WHERE {now}"
            f" OR (p.retold AND p.post_id IN (SELECT f.post_id FROM fact f WHERE {ever}))"
        )
        values = (*words, *columns)
        found |= {row[0] for row in run_sql(view.connection, sql, *values, *values)}
    yield from view.each(sorted(found))


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
