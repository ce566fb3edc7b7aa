"""What is to be stored of one look at one source, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from adapters.errors import Invalid
from adapters.records import Headings, Remark
from storage.upkeep import Fall


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One reading of one source: where it came from and which moment it shows.

    ``observed_at`` is the moment of every record that does not state its own. ``accounts`` maps what a
    row may call an account (its id or name) to the account's key; ``account`` is the folder's.
    ``post_id`` is the post a person named for a file that names none. ``replaces``: the reading takes
    the place of the earlier ones of the same source (a ledger). ``outcome`` is that of a reading without
    bad rows. ``request``: what was asked, so that the kept bytes can be read again; ``remarks``: what the next
    look at the source goes by.
    """

    run_id: int
    account: str
    source: str
    adapter: str
    kind: str
    observed_at: datetime
    observed_from: str
    recorded_at: datetime
    capture_id: int | None = None
    default_kind: str = "article"
    row_limit: int | None = None
    post_id: int | None = None
    replaces: bool = False
    outcome: str = "ok"
    remarks: Mapping[str, Any] | None = None
    request: Mapping[str, Any] | None = None
    accounts: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Stored:
    """What one reading brought."""

    attempt_id: int
    posts: int = 0
    new_posts: int = 0
    retitled: int = 0
    figures: int = 0
    pairs: int = 0
    hits: int = 0
    cut_off: bool = False
    first_published: int | None = None
    last_published: int | None = None
    observed_at: int | None = None  # newest moment of a figure
    bad: int = 0  # rows that could not be believed; the first of them are named in bad_rows
    falls: list[Fall] = field(default_factory=list)
    headings: list[Headings] = field(default_factory=list)
    bad_rows: list[Invalid] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    zeros: int = 0  # rows of nothing but zeros about works older than a day
    removed: list[str] = field(default_factory=list)  # titles: a ledger's newer version
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
