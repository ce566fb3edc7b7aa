"""What an adapter is: one frozen value of functions. It has no session, clock, database or log."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from adapters.errors import Invalid
from adapters.records import AccountFigures, Headings, Post

Cell = str | int | float | bool | datetime | date | time | timedelta | None
Row = Sequence[Cell]

#: What reading a file yields: good records, how its headings were understood, and bad rows.
FileRecord = Post | AccountFigures | Headings | Invalid


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account as config describes it, as far as an adapter needs to know it."""

    id: str
    platform: str
    name: str = ""
    uid: str = ""
    url: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of a file. ``head`` is its first rows; ``rows()`` starts again from the first row."""

    name: str
    index: int
    head: tuple[Row, ...]
    rows: Callable[[], Iterable[Row]]


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file a person dropped in, opened but not yet understood.

    ``html`` is the text of a saved web page (its tables are in ``sheets`` too). ``stated_at`` is the
    moment the file itself states (document properties). ``post`` is the post a person named
    (``--post``) for a sheet that names none.
    """

    name: str
    sheets: tuple[Sheet, ...] = ()
    html: str | None = None
    stated_at: datetime | None = None
    post: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapter:
    """A reader of one kind of source. Either half may be missing.

    ``file_metrics`` is what the platform shows in its files: a metric outside it is never guessed.
    ``row_limit`` is the number of rows at which an export is known to be cut off.
    """

    name: str
    platforms: frozenset[str]
    file_metrics: frozenset[str] = frozenset()
    recognises: Callable[[File, Account], bool] | None = None
    read_file: Callable[[File, Account], Iterable[FileRecord]] | None = None
    row_limit: int | None = None
