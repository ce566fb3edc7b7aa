"""What an adapter is: one frozen value of functions. It has no session, clock, database or log."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from adapters.errors import Invalid
from adapters.records import AccountFigures, Headings, Post, Remark

#: What stands in a Request where the owner's credential belongs: what config names (the id that the platform gave, and
#: the secret), and what the platform gives for it.
APPID, SECRET = "{appid}", "{secret}"
ACCESS_TOKEN, REFRESH_TOKEN = "{access_token}", "{refresh_token}"
#: Of a person's consent: where the platform leads back to, a word that it repeats there, and the code that it adds.
REDIRECT, STATE, CODE = "{redirect}", "{state}", "{code}"

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

    Of an owner's interface, ``url``, ``headers`` and ``body`` may hold ``APPID``, ``SECRET`` and ``ACCESS_TOKEN``: an
    adapter knows no secret. The collector fills them in just before it sends, for the adapter's own hosts, and takes
    the secrets out of the answer again: captures, ``Page``, logs and errors show the placeholders.
    """

    url: str
    about: str = "post"
    key: str = ""
    post: Post | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, str | int | tuple[str, ...]] | None = None
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


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerToken:
    """What a platform gave for a credential: an access token that is good ``until`` a moment; where the next one can be
    had for it alone, ``refresh``, good until ``refresh_until`` (None: not told).

    Where a person's consent has an end of its own, no renewal moves it. Where a token can be renewed only while it is
    good, but again and again, ``renew_from`` says from when on it is. It has no repr that shows the secrets.
    """

    access: str = field(repr=False)
    until: datetime
    refresh: str = field(default="", repr=False)
    refresh_until: datetime | None = None
    renew_from: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """How a person lets the program ask for an account: at ``address`` (with ``APPID``, ``REDIRECT`` and ``STATE`` in it)
    the platform asks its owner, and leads back with a code, for which ``exchange`` (with ``CODE``) gets the first token."""

    address: str
    exchange: Callable[[Account], Request]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """A request as it is about to be sent, and what a signature of it is made of. ``at`` and ``nonce`` are the
    collector's; ``url`` and ``body`` (b"" for none) are what goes over the wire."""

    method: str
    url: str = field(repr=False)
    body: bytes = field(repr=False)
    appid: str
    secret: str = field(repr=False)
    at: datetime
    nonce: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnApi:
    """How an owner's interface is entered, as data and pure functions; without any, the id and the secret of config go
    with each request themselves.

    ``issue`` asks for a token with id and secret, ``refresh`` for the next one with ``REFRESH_TOKEN`` (a token that
    came with one is kept on disk before it is used, and asked for by ``issue`` again only where it is refused or over);
    where a person has to consent first, ``grant`` says how. ``read_token`` understands the answer to any of them and
    raises a SourceError where there is no token. ``is_stale`` tells of any other answer that the token is no longer
    good: a new one is fetched, and the request repeated, once. ``sign`` gives the headers that sign a request.
    ``instead_of``: adapters that are not asked for an account that names its credential.

    For an account's one live check: ``compare`` says where in the platform's back-end each figure stands, by its name
    (``likes``), of the account by day as ``day.likes``.

    What an interface's answer means is told apart by class: ``Blocked`` says that there is no more today, so nothing is
    asked before tomorrow; what passes is ``Unreachable``.
    """

    issue: Callable[[Account], Request] | None = None
    refresh: Callable[[Account], Request] | None = None
    grant: Grant | None = None
    read_token: Callable[[Page], OwnerToken] | None = None
    is_stale: Callable[[Page], bool] | None = None
    sign: Callable[[Signing], Mapping[str, str]] | None = None
    instead_of: frozenset[str] = frozenset()
    compare: Mapping[str, str] = field(default_factory=dict)


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
    what the pages show, ``rare_metrics`` what of it no post's own page shows; ``hosts`` are the only hosts
    asked; ``headers`` go with every request. ``example``: uid, key or url of an invented account and post, in
    the platform's form, by which is shown what is asked.
    """

    name: str
    platforms: frozenset[str]
    file_metrics: frozenset[str] = frozenset()
    recognises: Callable[[File, Account], bool] | None = None
    read_file: Callable[[File, Account], Iterable[FileRecord]] | None = None
    row_limit: int | None = None
    page_metrics: frozenset[str] = frozenset()
    rare_metrics: frozenset[str] = frozenset()
    start: Callable[[Account, date], Iterable[Request]] | None = None
    visit: Callable[[Account, str, str], Request | None] | None = None
    read: Callable[[Page], Iterable[PageRecord]] | None = None
    hosts: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    example: Mapping[str, str] = field(default_factory=dict)
    distinct: bool = False  # no table of one's own has the headings of its files
    own_api: OwnApi | None = None  # the owner's agreed interface: robots.txt is not about it
