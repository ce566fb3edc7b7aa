"""What the attempts show: the latest readings, how each source fares, how much is stored. Times are UTC seconds.

Withdrawn readings do not count. Reading kept bytes again is no look at a source, but a failed look whose bytes could
be read later (``collect reread``) counts as a good one."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Select, func, select, text

from storage import schema
from storage.bulk import rows_of, streamed
from storage.known import told_until
from storage.operations.due import LOOKS
from storage.views.history import StoredReading, readings
from storage.writing.rereading import OF

#: What the pages of an account's posts, and an account's interface, go by as sources; no address or file is called so.
POSTS, INTERFACE = "*posts", "*api"
#: The runs that read kept bytes again.
_REREAD = f"SELECT run_id FROM run WHERE occasion = '{schema.REREAD}'"
#: Outcomes that are no failure. A post that is gone is known to be gone; a list that is gone is a failure.
_GOOD = ("ok", "unchanged")


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """How much is stored. ``observations`` counts the rows that were read, withdrawn ones too."""

    accounts: int
    posts: int
    observations: int
    hits: int
    attempts: int
    withdrawn: int
    pairs: int  # waiting for a person
    last_run: int | None  # when it started
    told_until: int | None  # when the database was last told anything


#: What is told of the newest attempt of a source.
LAST = ("account", "source", "outcome", "problem", "observed_at", "recorded_at", "posts")


def newest_outcomes(connection: Connection) -> Iterator[dict[str, Any]]:
    """The newest attempt (LAST) of each source of each account, by account, the newest first; kept bytes that were read
    again are no newer look."""
    columns = ", ".join(f"t.{name}" for name in LAST[1:])
    sql = (
        f"SELECT a.key, {columns} FROM attempt t LEFT JOIN account a ON a.account_id = t.account_id"
        f" WHERE t.attempt_id IN (SELECT max(n.attempt_id) FROM attempt n WHERE n.run_id NOT IN ({_REREAD})"
        " GROUP BY n.account_id, n.source) ORDER BY coalesce(a.key, ''), t.attempt_id DESC"
    )
    return (dict(zip(LAST, row, strict=True)) for row in streamed(connection, sql))


def last_of(connection: Connection, names: Collection[tuple[str, str]]) -> list[StoredReading]:
    """Those newest attempts (``newest_outcomes``) that are of these sources: (account, source)."""
    sql = (
        "SELECT max(t.attempt_id) FROM attempt t JOIN account a ON a.account_id = t.account_id"
        f" WHERE a.key = ? AND t.source = ? AND t.run_id NOT IN ({_REREAD})"
    )
    found = (rows_of(connection, sql, *name)[0][0] for name in names)
    return _by_account(connection, [each for each in found if each is not None])


def partly_taken(connection: Connection) -> list[StoredReading]:
    """Those newest attempts (``newest_outcomes``) that stand, and of which some rows were taken and others were not."""
    sql = (
        "SELECT t.attempt_id FROM attempt t WHERE t.bad_rows > 0 AND t.posts > 0 AND t.withdrawn_at IS NULL"
        f" AND t.run_id NOT IN ({_REREAD}) AND NOT EXISTS (SELECT 1 FROM attempt n"
        " WHERE n.account_id = t.account_id AND n.source = t.source AND n.attempt_id > t.attempt_id"
        f" AND n.run_id NOT IN ({_REREAD}))"
    )
    return _by_account(connection, [row[0] for row in rows_of(connection, sql)])


def _by_account(connection: Connection, numbers: Sequence[int]) -> list[StoredReading]:
    found = readings(connection, numbers).values()
    return sorted(found, key=lambda each: (each.account or "", -each.attempt_id))


def newest_figures(connection: Connection, *, posts: bool = False) -> dict[str, tuple[int, str]]:
    """Account → the newest moment that a reading which stands shows, and its source; kept bytes that were read again are
    no newer one. ``posts``: of posts alone, not of the account itself."""
    good = ", ".join(f"'{each}'" for each in schema.GOOD)
    kinds = " UNION ALL ".join(f"SELECT '{each}' AS kind" for each in schema.KINDS)
    sql = (  # each is the end of an index
        "SELECT a.key, t.observed_at, t.source FROM attempt t JOIN account a ON a.account_id = t.account_id"
        " WHERE t.attempt_id IN (SELECT (SELECT t.attempt_id FROM attempt t"
        f" WHERE t.account_id = a.account_id AND t.kind = k.kind AND t.outcome IN ({good})"
        f" AND t.withdrawn_at IS NULL AND t.run_id NOT IN ({_REREAD}) AND t.observed_at IS NOT NULL"
        f" AND {'t.posts' if posts else 't.posts + t.figures'} > 0"
        " ORDER BY t.observed_at DESC, t.attempt_id DESC LIMIT 1)"
        f" FROM account a CROSS JOIN ({kinds}) k) ORDER BY t.observed_at, t.attempt_id"
    )
    return {key: (seen, source) for key, seen, source in rows_of(connection, sql)}


def recent(connection: Connection, most: int, account: str | None = None) -> list[StoredReading]:
    """The newest attempts to read a file, the newest first; ``account``: only those of this one."""
    table = schema.attempt
    files = select(table.c.attempt_id).where(table.c.kind == "file")
    if account is not None:
        known = schema.account.c
        files = files.where(
            table.c.account_id.in_(select(known.account_id).where(known.key == account))
        )
    newest = files.order_by(table.c.attempt_id.desc()).limit(most)
    found = readings(connection, connection.execute(newest).scalars().all()).values()
    return sorted(found, key=lambda each: -each.attempt_id)


def by_source(
    connection: Connection, source: str, account: str | None = None
) -> list[StoredReading]:
    """Attempts that gave figures and stand, by file name, oldest first."""
    query = _standing().where(schema.attempt.c.source == source)
    return _chosen(connection, query, account)


def by_run(connection: Connection, run_id: int, account: str | None = None) -> list[StoredReading]:
    """Attempts of a run that gave figures and stand, oldest first."""
    query = _standing().where(schema.attempt.c.run_id == run_id)
    return _chosen(connection, query, account)


def by_number(connection: Connection, attempt_id: int) -> list[StoredReading]:
    """The attempt of that number, if it gave figures and stands."""
    return _chosen(connection, _standing().where(schema.attempt.c.attempt_id == attempt_id), None)


def _standing() -> Select[int]:
    table = schema.attempt
    return select(table.c.attempt_id).where(
        table.c.outcome.in_(schema.GOOD), table.c.withdrawn_at.is_(None)
    )


def _chosen(connection: Connection, query: Select[int], account: str | None) -> list[StoredReading]:
    found = readings(connection, connection.execute(query).scalars().all()).values()
    chosen = [each for each in found if account is None or each.account == account]
    return sorted(chosen, key=lambda each: each.attempt_id)


def counts(connection: Connection) -> Holdings:
    """How much is stored, from small tables only."""
    post, attempt, hit, pair = schema.post, schema.attempt, schema.hit, schema.pair
    read, number, withdrawn = connection.execute(
        select(
            func.coalesce(func.sum(attempt.c.posts), 0),
            func.count(),
            func.count(attempt.c.withdrawn_at),
        ).select_from(attempt)
    ).one()

    def count(query: Select[int]) -> int:
        return int(connection.execute(query).scalar_one())

    return Holdings(
        accounts=count(select(func.count()).select_from(schema.account)),
        posts=count(select(func.count()).select_from(post).where(post.c.merged_into.is_(None))),
        observations=int(read),
        hits=count(select(func.count()).select_from(hit).where(~hit.c.revoked)),
        attempts=number,
        withdrawn=withdrawn,
        pairs=count(select(func.count()).select_from(pair).where(pair.c.settled_at.is_(None))),
        last_run=connection.execute(select(func.max(schema.run.c.started_at))).scalar(),
        told_until=told_until(connection) or None,
    )


def tally(connection: Connection) -> dict[str, int]:
    """How many attempts ended in each way, by outcome."""
    outcome = schema.attempt.c.outcome
    query = select(outcome, func.count()).group_by(outcome).order_by(outcome)
    return {name: int(number) for name, number in connection.execute(query)}


def runs(connection: Connection) -> tuple[int, int | None]:
    """How many runs there were, and when the last one started."""
    run = schema.run
    found = connection.execute(select(func.count(), func.max(run.c.started_at)).select_from(run))
    number, last = found.one()
    return int(number), last


@dataclass(slots=True, kw_only=True)
class Source:
    """How the looks at one source of one account ended. ``about``: what it was asked for, in the adapter's word;
    ``depth``: which page of a list it is (0: the first). ``failures`` and ``runs`` (the passes they were in) count from
    the last good look on; ``good_at`` is that look, ``healed_at`` the first good one after a failure."""

    account: str
    source: str
    kind: str = ""  # file, page, api
    adapter: str = ""
    about: str = "post"
    depth: int = 0
    looks: int = 0
    last_at: int = 0
    outcome: str = ""
    problem: str | None = None
    good_at: int | None = None
    healed_at: int | None = None
    failing_since: int | None = None
    failures: int = 0
    logged_out: bool = False  # at one of these failures
    runs: set[int] = field(default_factory=set)

    @property
    def gone(self) -> bool:
        """A post that is known to be gone: it is neither good nor failing."""
        return self.outcome == "gone" and self.about != "list"

    @property
    def failing(self) -> bool:
        return self.failures > 0 and not self.gone

    def saw(self, look: Any, *, healed: bool) -> None:
        """One more look; ``healed``: its bytes could be read later."""
        self.looks += 1
        self.last_at, self.kind, self.adapter = look.recorded_at, look.kind, look.adapter
        self.outcome = "ok" if healed else look.outcome
        if healed or look.brought or look.outcome in _GOOD:
            if self.failures:
                self.healed_at = look.recorded_at
            self.good_at, self.failing_since, self.problem = look.recorded_at, None, None
            self.failures, self.logged_out = 0, False
            self.runs.clear()
        else:
            self.problem = look.problem
            self.failing_since = self.failing_since or look.recorded_at
            self.failures += 1
            self.logged_out |= look.outcome == "login_expired"
            self.runs.add(look.run_id)


def sources(connection: Connection) -> list[Source]:
    """Every address that was ever asked, by account and address; files are no sources of this kind."""
    return _told(connection, _looks(connection, LOOKS))


def _told(connection: Connection, looks: Iterable[Any]) -> list[Source]:
    """What looks, oldest first, tell of each source, by account and source."""
    healed = _reread_well(connection)
    found: dict[tuple[str, str], Source] = {}
    notes: dict[tuple[str, str], str | None] = {}
    for look in looks:
        name = look.account, look.source
        source = found.setdefault(name, Source(account=look.account, source=look.source))
        source.saw(look, healed=look.attempt_id in healed)
        notes[name] = look.notes
    for name, source in found.items():
        request = json.loads(notes[name] or "{}").get("request", {})
        source.about, source.depth = request.get("about", "post"), request.get("depth", 0)
    return [found[name] for name in sorted(found)]


def failing(connection: Connection) -> list[Source]:
    """Those of ``sources`` that fail, as far as their looks since the last good one tell: not ``good_at``, nor all ``looks``."""
    good = ", ".join(f"'{each}'" for each in _GOOD)
    kinds = ", ".join(f"'{each}'" for each in LOOKS)
    no_good_one_since = (
        "attempt.attempt_id IN (SELECT t.attempt_id FROM attempt t"
        f" WHERE t.kind IN ({kinds}) AND t.outcome NOT IN ({good}) AND t.posts + t.figures = 0"
        f" AND t.withdrawn_at IS NULL AND t.run_id NOT IN ({_REREAD}) AND NOT EXISTS (SELECT 1 FROM attempt n"
        " WHERE n.account_id = t.account_id AND n.source = t.source AND n.attempt_id > t.attempt_id"
        f" AND n.kind IN ({kinds}) AND (n.outcome IN ({good}) OR n.posts + n.figures > 0)"
        f" AND n.withdrawn_at IS NULL AND n.run_id NOT IN ({_REREAD})))"
    )
    looks = _looks(connection, LOOKS, only=no_good_one_since)
    return [each for each in _told(connection, looks) if each.failing]


def fares(connection: Connection, since: int, account: str | None = None) -> list[Source]:
    """How each source that was looked at from ``since`` on (of one account) fares, by account and source.

    All pages of an account's posts are one source (POSTS), and so is its interface (INTERFACE): that one post cannot be
    read is no trouble of the source. The further pages of a list are none.
    """
    healed = _reread_well(connection)
    found: dict[tuple[str, str], Source] = {}
    for look in _looks(connection, ("file", *LOOKS), since, account):
        name = _counts_for(look)
        if name is None or (name == POSTS and look.outcome in ("gone", "unclear")):
            continue  # this tells of one post, not of the source
        source = Source(account=look.account, source=name, about="list")
        found.setdefault((look.account, name), source).saw(look, healed=look.attempt_id in healed)
    return [found[name] for name in sorted(found)]


def _counts_for(look: Any) -> str | None:
    """The source that a look counts for; None for the further pages of a list."""
    if look.kind == "api":
        return INTERFACE
    notes = look.notes or ""
    if look.kind != "file" and '"depth": ' in notes:
        return None
    return str(look.source) if look.kind == "file" or '"about": "list"' in notes else POSTS


def _looks(
    connection: Connection,
    kinds: Collection[str],
    since: int = 0,
    account: str | None = None,
    only: str = "",
) -> Iterator[Any]:
    """The looks at sources (that pass the test ``only``), oldest first: rows with account (its key), source, kind, adapter,
    attempt_id, run_id, outcome, problem, recorded_at, notes, and whether anything was ``brought``."""
    table, key = schema.attempt.c, schema.account.c.key
    before = select(table.attempt_id).where(table.recorded_at < since)
    first = before.order_by(table.attempt_id.desc()).limit(1)
    query = (
        select(
            *(key.label("account"), table.source, table.kind, table.adapter, table.attempt_id),
            *(table.run_id, table.outcome, table.problem, table.recorded_at, table.notes),
            (table.posts + table.figures > 0).label("brought"),
        )
        .join(schema.account, schema.account.c.account_id == table.account_id)
        .where(table.kind.in_(kinds), table.withdrawn_at.is_(None), table.run_id.not_in(_reread()))
        .order_by(table.attempt_id)
    )
    if since:
        query = query.where(table.attempt_id > (connection.execute(first).scalar() or 0))
    if account is not None:
        query = query.where(key == account)
    yield from connection.execute(query.where(text(only)) if only else query)


def _reread() -> Select[int]:
    """The runs that read kept bytes again."""
    return select(schema.run.c.run_id).where(schema.run.c.occasion == schema.REREAD)


def _reread_well(connection: Connection) -> set[int]:
    """The looks whose kept bytes were read later."""
    table, run = schema.attempt.c, schema.run.c
    first = select(func.min(run.started_at)).where(run.occasion == schema.REREAD)
    begun = connection.execute(first).scalar()
    if begun is None:
        return set()
    query = (
        select(table.notes)
        .where(table.run_id.in_(_reread()), table.outcome == "ok", table.withdrawn_at.is_(None))
        .where(table.recorded_at >= begun)
    )
    notes = (json.loads(each) for each in connection.execute(query).scalars() if each)
    return {each["request"][OF] for each in notes if OF in each.get("request", {})}
