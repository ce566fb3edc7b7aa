"""The one read path: the posts of a period, each valued on one basis.

``View(connection, question)`` fills the temporary table of valued.py once; everything else then reads it: the posts one
by one here, what they amount to in totals.py. Nothing here knows a platform or a word of Chinese.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Connection

from adapters.records import METRICS, STATES, Count
from storage import facts, schema
from storage.bulk import run_sql, select_in
from storage.values import named
from storage.views.posts import PostFacts, facts_of
from storage.views.valued import Question, fill, is_current

#: Posts whose facts are read at once.
_MANY = 1_000
#: Facts of a ShortPost that may have changed since the view's as-of.
_TOLD = ("kind", "original", "url", "author")


@dataclass(frozen=True, slots=True, kw_only=True)
class PostValue(PostFacts):
    """A post, its facts and its value in a view. Times are UTC seconds."""

    published_at: int
    state: str
    seen_at: int
    amounts: Mapping[str, Count]


class ShortPost(NamedTuple):
    """What is needed of a post where all of a view are gone over one by one: a tenth of the time of a PostValue.
    ``amounts``: of the metrics that were asked for, those that it shows."""

    post_id: int
    account: str
    published_at: int
    kind: str
    original: bool | None
    url: str
    author: str
    amounts: Mapping[str, Count]


class View:
    """A period valued on one basis; valid inside the connection's transaction. A second view beside it needs a
    ``table`` of its own: one made with the same name takes the place of the first."""

    def __init__(self, connection: Connection, question: Question, table: str = "valued") -> None:
        self.connection = connection
        self.question = question
        self.table = table
        #: On *gained*, once the totals have been asked for: (post, metric) → the thresholds that it surely crossed.
        self.crossed: dict[tuple[int, str], list[int]] = {}
        fill(connection, question, table)
        self.accounts: dict[int, str] = {
            row.account_id: row.key for row in connection.execute(schema.account.select())
        }

    def posts(
        self, accounts: Collection[str] | None = None, *, top: int | None = None, by: str = "views"
    ) -> Iterator[PostValue]:
        """The posts of a view, most ``by`` first (posts that do not show it last); ``top`` limits them."""
        where = "" if accounts is None else f" WHERE v.account_id IN {self._numbers(accounts)}"
        limit = f" LIMIT {top}" if top is not None else ""
        sql = (
            f"SELECT v.post_id FROM {self.table} v{where}"
            f" ORDER BY v.{by} IS NULL, v.{by} DESC, v.published_at, v.post_id{limit}"
        )
        yield from self.each([row[0] for row in self.connection.exec_driver_sql(sql)])

    def each(self, posts: Sequence[int]) -> Iterator[PostValue]:
        """Those of ``posts`` (by number) that are in the view, in this order."""
        for start in range(0, len(posts), _MANY):
            part = posts[start : start + _MANY]
            there = self.get(part)
            yield from (there[number] for number in part if number in there)

    def get(self, posts: Collection[int]) -> dict[int, PostValue]:
        """Posts of the view by number, with their facts as of the view."""
        sql = (
            f"SELECT post_id, published_at, state, seen_at, bounds, {', '.join(METRICS)}"
            f" FROM {self.table} WHERE post_id IN (??)"
        )
        rows = list(select_in(self.connection, sql, posts))
        said = facts_of(self.connection, [row[0] for row in rows], self.question)
        return {
            number: PostValue(
                **said[number]
                | {"published_at": published_at, "state": STATES[state], "seen_at": seen_at},
                amounts=named(values, bounds),
            )
            for number, published_at, state, seen_at, bounds, *values in rows
        }

    def numbers(self, *, by: str = "published_at") -> Sequence[int]:
        """The posts of the view in the order of their publishing, or by ``post_id``; 8 bytes each."""
        sql = f"SELECT post_id FROM {self.table} ORDER BY {by}, post_id"
        return array("q", (row[0] for row in self.connection.exec_driver_sql(sql)))

    def dated(self, posts: Sequence[int]) -> dict[int, tuple[str, int]]:
        """Posts of the view by number: (account, when published)."""
        sql = f"SELECT post_id, account_id, published_at FROM {self.table} WHERE post_id IN (??)"
        rows = select_in(self.connection, sql, posts)
        return {number: (self.accounts[account], moment) for number, account, moment in rows}

    def chosen(
        self, *, words: Sequence[str], columns: Sequence[str], tagged: Collection[int]
    ) -> Iterator[PostValue]:
        """The posts whose title is or ever was one with one of ``words`` in it, whose column is or was one of
        ``columns``, or that are among ``tagged``: each once, with its title and column as known in the view."""
        found = set(tagged)
        postgres = self.connection.dialect.name == "postgresql"
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
                f"SELECT v.post_id FROM {self.table} v CROSS JOIN post p WHERE p.post_id = v.post_id AND ({now}"
                f" OR (p.retold AND p.post_id IN (SELECT f.post_id FROM fact f WHERE {ever})))"
            )
            values = (*words, *columns)
            found |= {row[0] for row in run_sql(self.connection, sql, *values, *values)}
        yield from self.each(sorted(found))

    def short(
        self,
        metrics: Sequence[str] = METRICS,
        *,
        accounts: Collection[str] | None = None,
        posts: Collection[int] | None = None,
        among: str = "",
    ) -> Iterator[ShortPost]:
        """The counted posts of ``accounts``, or those of ``posts``, with these of their metrics, in no order. ``among``:
        another table of posts to go over instead of the view's own, made by a View too; those without a value in this view
        have no amounts."""
        source = (
            f" FROM {among or self.table} c LEFT JOIN {self.table} v ON v.post_id = c.post_id"
            " CROSS JOIN post p WHERE p.post_id = c.post_id AND"
        )
        told: dict[int, dict[str, Any]] = {}
        if not is_current(self.connection, self.question):
            sql = f"SELECT c.post_id{source} p.retold AND"
            retold = [row[0] for row in self._rows(sql, accounts, posts)]
            known = facts.told(
                self.connection, retold, self.question.as_of, self.question.known
            ).items()
            told = {
                number: {
                    name: value for name, value in facts.columns(said).items() if name in _TOLD
                }
                for number, said in known
            }
        columns = ", ".join(f"v.{name}" for name in metrics)
        sql = (
            "SELECT c.post_id, c.account_id, c.published_at, p.kind, p.original, p.url, p.author, v.bounds"
            f", {columns}{source}"
        )
        for row in self._rows(sql, accounts, posts):
            number, account, published_at, kind, original, url, author, bounds, *values = row
            post = ShortPost(
                number,
                self.accounts[account],
                published_at,
                kind,
                None if original is None else bool(original),
                url,
                author,
                named(values, bounds, metrics),
            )
            yield post._replace(**told[number]) if number in told else post

    def _rows(
        self, sql: str, accounts: Collection[str] | None, posts: Collection[int] | None
    ) -> Iterator[Any]:
        """The rows of ``sql``, to which the test of ``c`` by account or number is added."""
        if posts is not None:
            yield from select_in(self.connection, f"{sql} c.post_id IN (??)", sorted(posts))
        else:
            numbers = self._numbers(self.accounts.values() if accounts is None else accounts)
            yield from self.connection.exec_driver_sql(f"{sql} c.account_id IN {numbers}")

    def _numbers(self, accounts: Collection[str]) -> str:
        """The numbers of accounts as an SQL list."""
        numbers = [str(number) for number, key in self.accounts.items() if key in accounts]
        return f"({', '.join(numbers) or 'NULL'})"


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
