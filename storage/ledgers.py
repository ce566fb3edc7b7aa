"""The versions of a ledger. A file of the same folder and name (apart from a date in front) replaces the one before it
from the moment that it shows; before that moment the older one holds. This is worked out from the attempts alone, so
that neither the order of imports nor a withdrawn version matters. Times are UTC seconds."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from storage import schema
from storage.bulk import rows_of
from storage.known import Known

#: The adapter whose readings are versions of ledgers.
LEDGER = "ledger"
#: Why an older version of a ledger no longer counts: kept with the attempt for what asks about the present alone.
NEWER = "同名台账有了新版本"
#: SQL: when an attempt ``a`` was taken back; a version that a newer one followed never was.
TAKEN_BACK = f"CASE WHEN a.withdrawn_reason = '{NEWER}' THEN NULL ELSE a.withdrawn_at END"

_DATE = re.compile(
    r"^20\d\d[-_.年]?\d{1,2}[-_.月]?\d{1,2}日?(?:[T_\s]*\d{2}[-:：.时h]\d{2}分?)?(?![\d月])[-_\s]*"
)


@dataclass(frozen=True, slots=True)
class _Version:
    attempt_id: int
    source: str
    seen: int
    first: int | None
    last: int | None
    gone: bool  # taken back, as was known

    def follows(self, older: _Version) -> bool:
        """Whether it takes the place of ``older``. Versions told apart by the date before their names do so where the
        newer one reaches back over the older one's rows: a ledger begun anew each month replaces nothing."""
        if self.source == older.source:
            return self.attempt_id > older.attempt_id
        if (self.seen, self.attempt_id) <= (older.seen, older.attempt_id):
            return False
        if self.first is None or older.first is None or older.last is None:
            return False
        return 2 * self.first <= older.first + older.last


def followed(
    connection: Connection, known: Known, accounts: Collection[int] | None = None
) -> dict[int, int | None]:
    """Attempt → the moment from which a newer version stands in its place, by what was known; None: one did, and has
    been taken back. Those that nothing ever followed are left out. ``accounts``: the numbers of the ledgers' own accounts
    (None: all)."""
    books: dict[tuple[int, str], list[_Version]] = defaultdict(list)
    again: dict[int, int] = {}
    owners = "" if accounts is None else _among(accounts)
    sql = (
        "SELECT a.attempt_id, a.account_id, a.source, a.observed_at, a.first_published, a.last_published,"
        f" r.occasion, a.notes, {TAKEN_BACK} FROM attempt a JOIN run r ON r.run_id = a.run_id"
        f" WHERE a.adapter = ? AND a.outcome IN ('ok', 'invalid'){owners}"
    )
    for number, account, source, seen, first, last, occasion, notes, gone in rows_of(
        connection, sql, LEDGER
    ):
        if known.attempt_id is not None and number > known.attempt_id:
            continue
        if occasion == schema.REREAD:  # it stands and falls with what was read again
            again[number] = json.loads(notes or "{}").get("request", {}).get("of", number)
        else:
            version = _Version(number, source, seen, first, last, known.holds(gone))
            books[account, undated(source)].append(version)
    ends = {
        old.attempt_id: min((each.seen for each in newer if not each.gone), default=None)
        for versions in books.values()
        for old in versions
        if (newer := [each for each in versions if each.follows(old)])
    }
    return ends | {number: ends[of] for number, of in again.items() if of in ends}


def standing(connection: Connection, known: Known, as_of: int) -> dict[int, Mapping[str, Any]]:
    """The versions of ledgers that stand: attempt → what it says it covers (see ``spans.stated``)."""
    ends = followed(connection, known)
    sql = (
        f"SELECT a.attempt_id, a.observed_at, a.notes, {TAKEN_BACK} FROM attempt a"
        " WHERE a.adapter = ? AND a.outcome IN ('ok', 'invalid')"
    )
    return {
        number: json.loads(notes or "{}").get("covers", {})
        for number, seen, notes, gone in rows_of(connection, sql, LEDGER)
        if seen <= as_of
        and not (known.attempt_id is not None and number > known.attempt_id)
        and not known.holds(gone)
        and not ended(ends, number, as_of)
    }


def ended(ends: Mapping[int, int | None], attempt_id: int, as_of: int | None) -> bool:
    """Whether by ``as_of`` (None: ever) a newer version stood in the place of an attempt; ``ends``: see followed."""
    end = ends.get(attempt_id)
    return end is not None and (as_of is None or end <= as_of)


def _among(accounts: Collection[int]) -> str:
    return f" AND a.account_id IN ({', '.join(map(str, sorted(accounts))) or 'NULL'})"


def undated(name: str) -> str:
    """A file name without the date at its front, which says when it was observed and not what it is."""
    return _DATE.sub("", name)
