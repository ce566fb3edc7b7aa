"""A province of invented centres: its files, and a year of its posts, loaded by COPY as an owner would load them.

The same rows lie in a DuckDB beside, which makes them: every post is looked at once a day from the day after it was
published. Latest values and hits are those the program itself would keep (``collect rebuild --check`` says so)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb
    import psycopg

ACCOUNTS = 20
PLATFORMS = ("weibo", "wechat_mp", "douyin", "kuaishou")
#: What a site allows in a second.
RATE = 20
THRESHOLDS = {"views": (100_000, 1_000_000), "likes": (10_000,)}
_SHOWN = ("views", "likes", "comments", "shares")
#: The year that ends with the third quarter of 2026, in Shanghai: all of it is looked at for the last time in November.
_FIRST, LAST = 1_759_248_000, 1_790_784_000
_POST = """
CREATE TABLE post AS SELECT centre, post_id, (post_id - 1) % {accounts} + 1 AS account_id,
    {first} + (post_id - 1) * 31536000 // {posts} AS published_at, post_id * 7919 % 997 / 997.0 AS chance
    FROM range(1, {centres} + 1) c(centre), range(1, {posts} + 1) p(post_id)
"""
_STORED = """
SELECT post_id, account_id, published_at, false AS date_only, 'article' AS kind, true AS plain, false AS retold,
    '第' || centre || '县第' || post_id || '条消息' AS title, '' AS url, '' AS author, '' AS column
    FROM post WHERE centre = {centre}
"""
#: The figures are those of bench._common.figures; a day's looks at an account are one attempt.
_OBSERVATION = """
CREATE TABLE observation AS SELECT centre, post_id,
    {first} + ((published_at - {first}) // 86400 + 1 + look) * 86400 + 43200 AS observed_at,
    ((published_at - {first}) // 86400 + 1 + look) * {accounts} + account_id AS attempt_id,
    CAST(floor(pow(10, 1.8 + 3.6 * chance * chance) * (1 - pow(0.9, look + 1))) AS BIGINT) AS views,
    views // 30 AS likes, views // 200 AS comments, views // 90 AS shares
    FROM post, range({looks}) l(look) ORDER BY centre, post_id, observed_at
"""
_ATTEMPT = """
SELECT day * {accounts} + account AS attempt_id, 1 AS run_id, account AS account_id, 'https://example.cn/' || account AS source,
    'table' AS adapter, 'file' AS kind, 'ok' AS outcome, {first} + day * 86400 + 43200 AS observed_at,
    {first} + day * 86400 + 43200 AS recorded_at, 0 AS posts, 0 AS new_posts, 0 AS figures, 0 AS bad_rows, false AS cut_off
    FROM range(1, 366 + {looks}) d(day), range(1, {accounts} + 1) a(account)
"""
_HIT = """
SELECT post_id, '{metric}' AS metric, {value} AS threshold, before_at, observed_at AS after_at, attempt_id, {metric} AS value,
    observed_at AS found_at, 0 AS announced_at, false AS revoked FROM (SELECT *, lag(observed_at) OVER s AS before_at,
    lag({metric}) OVER s AS before FROM observation WHERE centre = {centre}
    WINDOW s AS (PARTITION BY post_id ORDER BY observed_at)) WHERE {metric} >= {value} AND (before IS NULL OR before < {value})
"""


@dataclass(frozen=True)
class Province:
    """How much there is: ``centres`` of twenty accounts, each with so many ``posts`` a year and so many ``looks`` a post."""

    centres: int
    posts: int
    looks: int

    @property
    def observations(self) -> int:
        return self.centres * self.posts * self.looks

    @property
    def keys(self) -> list[str]:
        return [f"county{number:03}" for number in range(1, self.centres + 1)]

    def _words(self) -> dict[str, int]:
        return {"first": _FIRST, "accounts": ACCOUNTS, **vars(self)}

    def write_files(self, folder: Path, url: str, sites: Sequence[str] = ()) -> Path:
        """province.toml and a config.toml for each centre, whose accounts are pages of its one of ``sites``, where there are
        any; returns the first."""
        lines = ["[province]", 'name = "云山省"', f'url = "{url}"', 'folder = "centres"']
        for number, key in enumerate(self.keys, 1):
            text = _config(number, sites[number - 1] if sites else "")
            (folder / f"{key}.toml").write_text(text, encoding="utf-8")
            city = f"第{number % 11 + 1}市"
            lines += ["[[centres]]", f'key = "{key}"', f'config = "{key}.toml"', f'city = "{city}"']
        path = folder / "province.toml"
        path.write_text("\n".join(lines), encoding="utf-8")
        return path

    def make(self, duck: duckdb.DuckDBPyConnection) -> None:
        """The posts and their observations, in DuckDB."""
        for sql in (_POST, _OBSERVATION):
            duck.execute(sql.format(**self._words()))

    def load(
        self, duck: duckdb.DuckDBPyConnection, server: psycopg.Connection[Any], folder: Path
    ) -> None:
        """All of it into the schemas of the centres, a transaction each."""
        for centre, key in enumerate(self.keys, 1):
            with server.transaction():
                server.execute(f"SET LOCAL search_path = centre_{key}")
                for table, query in self._tables(centre):
                    _copy(duck, server, table, query, folder / "rows.csv")
            server.execute(
                f"SET search_path = centre_{key}; ANALYZE observation, post, latest, hit, attempt"
            )

    def _tables(self, centre: int) -> Iterator[tuple[str, str]]:
        """(table, query) of what a centre's schema holds."""
        words = self._words() | {"centre": centre}
        kinds = ", ".join(f"({n + 1}, 'a{n + 1:02}', '{_platform(n)}')" for n in range(ACCOUNTS))
        yield "account", f"SELECT * FROM (VALUES {kinds}) t(account_id, key, platform)"
        yield (
            "run",
            f"SELECT 1 AS run_id, 'now' AS occasion, {_FIRST} AS started_at, {_FIRST} AS ended_at",
        )
        marks = [(metric, each) for metric, values in THRESHOLDS.items() for each in values]
        rows = ", ".join(f"('{metric}', {each})" for metric, each in marks)
        yield "threshold", f"SELECT * FROM (VALUES {rows}) t(metric, threshold)"
        yield "attempt", _ATTEMPT.format(**words)
        yield "post", _STORED.format(**words)
        own = f"observation WHERE centre = {centre}"
        yield (
            "post_key",
            f"SELECT account_id, 'id:' || post_id AS key, post_id FROM post WHERE centre = {centre}",
        )
        shown = ", ".join(_SHOWN)
        yield (
            "observation",
            f"SELECT post_id, observed_at, attempt_id, 0 AS sheet, 0 AS row, 0 AS state, {shown} FROM {own}",
        )
        last = ", ".join(f"arg_max({name}, observed_at) AS {name}" for name in _SHOWN)
        yield (
            "latest",
            f"SELECT post_id, max(observed_at) AS observed_at, 0 AS state, {last} FROM {own} GROUP BY post_id",
        )
        for metric, value in marks:
            yield "hit", _HIT.format(**words, metric=metric, value=value)


def _platform(number: int) -> str:
    return PLATFORMS[number % len(PLATFORMS)]


def _config(number: int, site: str) -> str:
    lines = ["[centre]", f'name = "第{number}县融媒体中心"', "[schedule]"]
    lines += [f'{job} = ""' for job in ("collect", "mail", "summary", "backup", "clean_up")]
    lines += ["[hits]", *(f"{metric} = {list(values)}" for metric, values in THRESHOLDS.items())]
    if site:
        lines += ["[platforms.portal]", f'rate = "{RATE}/s"']
    for each in range(1, ACCOUNTS + 1):
        platform = "portal" if site else _platform(each - 1)
        lines += ["[[accounts]]", f'id = "a{each:02}"', f'platform = "{platform}"']
        lines += [f'name = "第{number}县账号{each}"']
        lines += [f'url = "{site}/xw/{each}.html"', "inside = true"] if site else []
    return "\n".join(lines) + "\n"


def _copy(
    duck: duckdb.DuckDBPyConnection,
    server: psycopg.Connection[Any],
    table: str,
    query: str,
    path: Path,
) -> None:
    """The rows of a query of DuckDB into a table of the same columns; what the query does not name stays NULL."""
    duck.execute(f"COPY ({query}) TO '{path.as_posix()}' (HEADER false)")
    columns = ", ".join(f'"{each[0]}"' for each in duck.execute(f"DESCRIBE {query}").fetchall())
    into = f"COPY {table} ({columns}) FROM STDIN (FORMAT csv)"
    with server.cursor() as cursor, path.open("rb") as rows, cursor.copy(into) as copy:
        while block := rows.read(2**20):
            copy.write(block)
