"""Whose turn it is at a host, among all machines of a province: one at a time, starts a gap apart.

The row of a host is the only truth, and the server's clock the only clock: what goes in and comes out are durations in
seconds, so machines' clocks may say what they like. Who has the turn has it for ``LEASE`` seconds at a time; it ends if
its holder dies. Who comes while another has it stands in line, and is told when its turn is likely: nobody asks before.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine, text

from storage.database import explained

#: A turn is had for so long from the start that was given, unless it is kept.
LEASE = 10.0
#: Who is first in line and does not come for its turn within this time loses its place.
GRACE = 1.0
#: How long, at least and at most, until one looks again who is due while another still has the turn.
_SOONEST, _LATEST = 0.05, 1.0

_MAKE = text(
    "INSERT INTO host_turn (host, next_at, gap, line)"
    " VALUES (:host, clock_timestamp(), :gap, '{}') ON CONFLICT DO NOTHING"
)
#: One statement, so that it costs one round trip and is one transaction. ``told``: the row, with what the asker itself
#: leaves behind where the turn was its own; ``due``: whether the turn is the asker's now, and when it may start.
_ASK = text(
    """
WITH seen AS (
  SELECT *, clock_timestamp() AS now, make_interval(secs => :gap) AS own_gap
  FROM host_turn WHERE host = :host FOR UPDATE
), told AS (
  SELECT now, line, holder, held_until, own_gap, coalesce(holder = :me, false) AS again,
    holder IS NOT NULL AND holder <> :me AND held_until > now AS taken,
    CASE WHEN holder = :me THEN now + make_interval(secs => :rest) ELSE next_at END AS next_at,
    CASE WHEN holder = :me THEN own_gap ELSE make_interval(secs => gap) END AS gap,
    CASE WHEN holder = :me THEN now + make_interval(secs => :rest + :grace)
         WHEN holder IS NULL THEN held_until
         ELSE held_until + make_interval(secs => :grace) END AS first_until
  FROM seen
), due AS (
  SELECT *,
    NOT taken AND (cardinality(line) = 0 OR line[1] = :me OR first_until < now) AS granted,
    greatest(now, next_at + greatest(own_gap - gap, make_interval())) AS start,
    CASE WHEN :me = ANY(line) THEN line ELSE line || CAST(:me AS text) END AS longer
  FROM told
)
UPDATE host_turn AS turn SET
  next_at = CASE WHEN granted THEN start + own_gap ELSE due.next_at END,
  gap = extract(epoch FROM CASE WHEN granted THEN own_gap ELSE due.gap END),
  holder = CASE WHEN granted THEN :me WHEN taken THEN due.holder END,
  held_until = CASE WHEN granted THEN start + make_interval(secs => :lease)
                    WHEN taken THEN due.held_until ELSE first_until END,
  line = CASE WHEN granted THEN array_remove(due.line[2:], :me) ELSE longer END
FROM due WHERE turn.host = :host
RETURNING granted, granted AND due.again, CAST(extract(epoch FROM CASE WHEN granted THEN start - now
  ELSE greatest(start - now, make_interval(secs => :soon)) + (array_position(longer, :me) - 1) * due.gap
  END) AS float8)
"""
)
_GIVE = text(
    """
UPDATE host_turn SET
  next_at = CASE WHEN holder = :me THEN clock_timestamp() + make_interval(secs => :rest) ELSE next_at END,
  gap = CASE WHEN holder = :me THEN :gap ELSE gap END,
  held_until = CASE WHEN holder = :me THEN clock_timestamp() + make_interval(secs => :rest + :grace)
                    ELSE held_until END,
  holder = nullif(holder, :me),
  line = array_remove(line, :me)
WHERE host = :host AND (holder = :me OR :me = ANY(line))
"""
)
_KEEP = text(
    "UPDATE host_turn SET held_until = clock_timestamp() + make_interval(secs => :lease)"
    " WHERE host = :host AND holder = :me"
)


@dataclass(frozen=True, slots=True)
class Answer:
    """``granted``: the turn is the asker's, whose request may start in ``wait`` seconds; ``again``: it was before, and nobody
    had it in between. Not granted: the asker stands in line, and is due in about ``wait`` seconds."""

    granted: bool
    again: bool
    wait: float


@dataclass(frozen=True, slots=True)
class Turns:
    """The turns of one asker, called ``me`` as nobody else is, at all hosts. ``engine`` is of the province's tables and
    commits by itself. Each method is one round trip, and raises StorageError where there is no answer."""

    engine: Engine
    me: str

    def ask(self, host: str, gap: float, rest: float) -> Answer:
        """Ask for a turn.

        ``gap``: between starts, as the asker means it; the one before may have meant more. ``rest``: where the turn was
        the asker's own, it is given back by this, and nobody may start for so many seconds from now.
        """
        soon = min(max(gap / 4, _SOONEST), _LATEST)
        values: dict[str, float | str] = {"host": host, "me": self.me, "gap": gap, "rest": rest}
        values |= {"grace": GRACE, "lease": LEASE, "soon": soon}
        with explained(), self.engine.connect() as connection:
            row = connection.execute(_ASK, values).first()
            if row is None:  # nobody ever asked for this host
                connection.execute(_MAKE, {"host": host, "gap": gap})
                row = connection.execute(_ASK, values).one()
        return Answer(bool(row[0]), bool(row[1]), float(row[2]))

    def give(self, host: str, gap: float, rest: float) -> None:
        """Give a turn back, or a place in line: nobody may start for ``rest`` seconds from now."""
        values = {"host": host, "me": self.me, "gap": gap, "rest": rest, "grace": GRACE}
        with explained(), self.engine.connect() as connection:
            connection.execute(_GIVE, values)

    def keep(self, host: str) -> bool:
        """Have a turn for another ``LEASE`` seconds: a request is still under way. Whether it was ours still."""
        with explained(), self.engine.connect() as connection:
            values = {"host": host, "me": self.me, "lease": LEASE}
            return connection.execute(_KEEP, values).rowcount == 1
