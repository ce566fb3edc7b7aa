"""What an adapter is: one frozen value of functions. It has no session, clock, database or log."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from adapters.errors import Invalid
from adapters.records import AccountFigures, Headings, Post, Remark

#: Stands in ``Request.url`` where the owner's access token belongs.
CREDENTIAL = "{access_token}"

Cell = str | int | float | bool | datetime | date | time | timedelta | None
Row = Sequence[Cell]

#: What reading a file yields: good records, how its headings were understood, what was left out, and bad rows.
FileRecord = Post | AccountFigures | Headings | Remark | Invalid


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account as config describes it, as far as an adapter needs to know it. ``others``: the id, platform and name
    of every account of config, this one too, so that a table may name them."""

    id: str
    platform: str
    name: str = ""
    uid: str = ""
    url: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    page: Mapping[str, str] = field(default_factory=dict)  # selectors of an own site (h5, portal)
    others: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of a file. ``head`` is its first rows; ``rows()`` starts again from the first row.

    ``merges``: merged cells as (top, left, bottom, right), 0-based; only the first of them holds the value.
    ``unread``: (row, column), 0-based, of cells that show something which the file does not hold (a formula that
    was never calculated, an error) → what it is. ``from_1904``: a date written as a bare number counts from 1904.
    """

    name: str
    index: int
    head: tuple[Row, ...]
    rows: Callable[[], Iterable[Row]]
    merges: tuple[tuple[int, int, int, int], ...] = ()
    unread: Mapping[tuple[int, int], str] = field(default_factory=dict)
    from_1904: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file a person dropped in, opened but not yet understood.

    ``html`` is the text of a saved web page (its tables are in ``sheets`` too). ``stated_at`` is the
    moment the file itself states (document properties). ``post`` is the post a person named
    (``--post``) for a sheet that names none. ``hidden``: names of sheets that are hidden, and so not read.
    """

    name: str
    sheets: tuple[Sheet, ...] = ()
    html: str | None = None
    stated_at: datetime | None = None
    post: str = ""
    hidden: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """An address to fetch politely. ``about`` says what for, in a word (list, post, counter, figures …).

    ``key`` is the id that is asked for: an answer about another one is refused. ``post`` is what earlier
    answers told of the post, for an answer that only completes it (a counter). ``body`` is sent as JSON.
    ``depth`` counts the pages of a list, so that a list cannot go on for ever.

    ``url`` may hold the literal ``{access_token}`` (``CREDENTIAL``): an adapter knows no secret. The collector puts
    the account's token from the credential store there just before it asks, and takes it out again before
    anything is kept: captures, ``Page.url``, logs and errors show the placeholder. An account without such a
    credential is not asked at all.
    """

    url: str
    about: str = "post"
    key: str = ""
    post: Post | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, str | int] | None = None
    depth: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One answer. ``url`` is the address it finally came from, in its canonical form (a ``base_url`` of
    config is undone); ``fetched_at`` is aware; header names are lower-case; ``body`` is unpacked."""

    request: Request
    account: Account
    url: str
    status: int
    body: bytes
    fetched_at: datetime
    headers: Mapping[str, str] = field(default_factory=dict)


#: What reading a page yields: records, and requests to follow.
PageRecord = Post | AccountFigures | Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapter:
    """A reader of one kind of source. Either half may be missing.

    File half: ``file_metrics`` is what the platform shows in its files: a metric outside it is never
    guessed; ``row_limit`` is the number of rows at which an export is known to be cut off.
    Page half: ``start`` says what to fetch for an account (lists, days) on a day (``today``, Shanghai: an
    adapter has no clock), ``visit`` how to look at one post
    again (by key and address; None where it cannot be), ``read`` turns one answer into records and
    further requests, raising a SourceError for an answer that gives no figures. ``page_metrics`` is
    what the pages show; ``hosts`` are the only hosts asked; ``headers`` go with every request. ``example``: uid, key or
    url of an invented account and post, in the platform's form, by which is shown what is asked.
    """

    name: str
    platforms: frozenset[str]
    file_metrics: frozenset[str] = frozenset()
    recognises: Callable[[File, Account], bool] | None = None
    read_file: Callable[[File, Account], Iterable[FileRecord]] | None = None
    row_limit: int | None = None
    page_metrics: frozenset[str] = frozenset()
    start: Callable[[Account, date], Iterable[Request]] | None = None
    visit: Callable[[Account, str, str], Request | None] | None = None
    read: Callable[[Page], Iterable[PageRecord]] | None = None
    hosts: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    example: Mapping[str, str] = field(default_factory=dict)
    distinct: bool = False  # no table of one's own has the headings of its files
    own_api: bool = False  # the owner's agreed interface: robots.txt is not about it
