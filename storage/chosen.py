"""Posts of a view that a word in the title, a column or a tag may have chosen: one pass in the database, so that
only these few need a closer look (their facts as of the view: ``View.get``)."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from storage.bulk import rows_of, select_in
from storage.series import View


def may_be_chosen(
    view: View, *, words: Sequence[str], columns: Sequence[str], tagged: Collection[int]
) -> list[int]:
    """Numbers, in order, of all posts of the view whose title now or ever held one of ``words``, whose column
    is or was one of ``columns``, or that are among ``tagged``."""
    found = {row[0] for row in select_in(view.connection, _tagged(view), tagged)}
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
            f"SELECT v.post_id FROM {view.table} v JOIN post p ON p.post_id = v.post_id"
            f" WHERE {now} OR (p.retold AND p.post_id IN (SELECT f.post_id FROM fact f WHERE {ever}))"
        )
        values = (*words, *columns)
        found |= {row[0] for row in rows_of(view.connection, sql, *values, *values)}
    return sorted(found)


def _tagged(view: View) -> str:
    return f"SELECT v.post_id FROM {view.table} v WHERE v.post_id IN (??)"


def _tests(
    title: str, column: str, words: Sequence[str], columns: Sequence[str], *, postgres: bool
) -> str:
    """SQL with a ``?`` for each word and each column, in this order; empty where there are none. LIKE would
    fold case on SQLite and not on PostgreSQL."""
    where = "strpos" if postgres else "instr"
    tests = [f"{where}({title}, ?) > 0" for _ in words]
    if columns:
        tests.append(f"{column} IN ({', '.join('?' * len(columns))})")
    return f"({' OR '.join(tests)})" if tests else ""
