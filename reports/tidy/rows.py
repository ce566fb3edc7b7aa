"""The rows of the tidy tables (reports.tidy.columns), one after the other: nothing but a few of them is in memory at once.

``rows`` answers an inquiry with the figures of its summary. ``post_row`` and its neighbours make one row of what a door
has found in another way (a page of the catalogue, a post's series, the hits on record). Times are UTC seconds.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from itertools import islice

from sqlalchemy import Connection

from adapters.records import METRICS, STATES, Count
from reports.centre import AccountInfo, Centre
from reports.figures.totals import Line, lacking
from reports.inquiry import Inquiry
from reports.periods import here, span_words
from reports.sections.followers import followed
from reports.tidy.columns import Row, TidyColumn, Value, figure
from storage.bulk import seconds
from storage.known import Known
from storage.observations import Seen
from storage.values import named
from storage.views.crossings import HitPost, hit_posts
from storage.views.history import StoredPost
from storage.views.looks import Origin, SourceFile, looks, origins, sources_of
from storage.views.posts import PostFacts, keys_of
from storage.views.standing import Standing
from storage.views.view import PostValue

_MANY = 1_000
_NOWHERE: Row = (None,) * 5
_EXACT: Row = (0, 0, "exact")
Rows = Generator[Row, None, None]
_NOT_SHOWN: Row = (None, None, None, None)


def rows(inquiry: Inquiry, table: str) -> Rows:
    """The rows of one table of the inquiry's period, in the order of ``COLUMNS[table]``; valid inside its transaction. Whoever
    may stop before the last closes them."""
    return _ROWS[table](inquiry)


def told(column: TidyColumn, value: Value) -> Value:
    """A cell as text has it: a moment in ISO with +08:00."""
    if column.type == "moment" and isinstance(value, int):
        return here(value).isoformat()
    return value


class Sources:
    """What attempts read, looked up once each."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.there: dict[int, SourceFile] = {}

    def cells(self, origin: Origin | None) -> Row:
        """The last five columns of a row; empty where nothing is known of it."""
        if origin is None:
            return _NOWHERE
        number = origin.attempt_id
        if number not in self.there:
            self.there |= sources_of(self.connection, [number])
        source = self.there[number]
        return source.source, origin.sheet + 1, origin.row, str(number), source.sha256


# ── one row ──


def owned(accounts: Mapping[str, AccountInfo], account: str) -> Row:
    """What is known of an account by its id; one that config no longer has counts in no total."""
    info = accounts.get(account)
    if info is None:
        return account, account, None, None, None, False
    total = info.owner == "ours" and not info.ledger
    return account, info.name or account, info.platform, info.group or None, info.owner, total


def by_id(centre: Centre) -> dict[str, AccountInfo]:
    return {each.id: each for each in centre.accounts}


def post_row(
    accounts: Mapping[str, AccountInfo],
    post: PostValue | StoredPost,
    keys: Sequence[str],
    origin: Row = _NOWHERE,
) -> Row:
    """A post as ``posts`` has it, valued in a view or as it is now; ``origin``: see Sources."""
    amounts = post.amounts if isinstance(post, PostValue) else post.latest
    details = json.dumps(dict(post.details), ensure_ascii=False) if post.details else None
    return (
        str(post.post_id),
        *owned(accounts, post.account),
        post.kind,
        post.title,
        post.url or None,
        post.column or None,
        post.author or None,
        post.original,
        post.state,
        post.published_at,
        post.date_only,
        post.seen_at,
        *figures(amounts),
        " ".join(keys) or None,
        details,
        *origin,
    )


def hit_row(
    accounts: Mapping[str, AccountInfo], post: PostFacts, state: str, hit: HitPost, origin: Row
) -> Row:
    """A post past one threshold, as ``hits`` has it."""
    return (
        str(hit.post_id),
        *owned(accounts, post.account),
        post.kind,
        post.title,
        post.url or None,
        state,
        post.published_at,
        hit.metric,
        hit.threshold,
        hit.before_at,
        hit.after_at,
        hit.shown_by,
        *figure(hit.now),
        *origin,
    )


def look_row(look: Seen, account: str, published_at: int | None, origin: Row) -> Row:
    """An observation, as ``observations`` has it."""
    bounds = look.bounds
    if bounds is None:  # nearly all
        cells: list[Value] = []
        for value in look.figures:
            cells += _NOT_SHOWN if value is None else (value, *_EXACT)
    else:
        cells = list(figures(named(look.figures, bounds)))
    return (
        str(look.post_id),
        account,
        published_at,
        look.observed_at,
        STATES[look.state],
        *cells,
        *origin,
    )


def account_row(
    accounts: Mapping[str, AccountInfo], line: Line, lacks: str, followers: Standing | None
) -> Row:
    """An account's line of a summary, as ``accounts`` has it."""
    return (
        *owned(accounts, line.id),
        *_line(line, lacks),
        *figure(None if followers is None else followers.value),
        None if followers is None else followers.seen_at,
    )


def summary_rows(inquiry: Inquiry) -> Iterator[Row]:
    """The lines of the summary, as ``SUMMARY`` has them."""
    for kind, lines in (
        ("total", (inquiry.total,)),
        ("group", inquiry.groups),
        ("platform", inquiry.platforms),
        ("account", inquiry.accounts),
    ):
        for line in lines:
            yield kind, line.id, line.name, *_line(line, lacking(line, inquiry.period))


def _line(line: Line, lacks: str) -> Row:
    cover = line.coverage
    missing = [line.posts if (each := line.figures[m]) is None else each.missing for m in METRICS]
    return (
        line.posts,
        line.incomplete,
        line.deleted,
        line.young,
        line.unobserved,
        None if cover.first is None else cover.first.isoformat(),
        None if cover.last is None else cover.last.isoformat(),
        "、".join(span_words(*each) for each in cover.gaps) or None,
        lacks or None,
        None if cover.observed_at is None else seconds(cover.observed_at),
        *figures({name: each for name, each in line.figures.items() if each is not None}),
        *missing,
    )


def figures(amounts: Mapping[str, Count]) -> Iterator[Value]:
    """The cells of all metrics in their order."""
    for name in METRICS:
        yield from figure(amounts.get(name))


# ── the rows of a period ──


def _posts(inquiry: Inquiry) -> Rows:
    """In the order of publishing."""
    view, accounts, sources = inquiry.view, by_id(inquiry.centre), Sources(inquiry.connection)
    numbers = iter(view.numbers())
    while part := list(islice(numbers, _MANY)):
        places, keys = origins(view, part), keys_of(inquiry.connection, part)
        for post in view.each(part):
            number = post.post_id
            yield post_row(accounts, post, keys.get(number, ()), sources.cells(places.get(number)))


def _observations(inquiry: Inquiry) -> Rows:
    """Of the posts of the view, to as-of: post by post."""
    view, sources = inquiry.view, Sources(inquiry.connection)
    numbers = iter(view.numbers(by="post_id"))
    while part := list(islice(numbers, _MANY)):
        yield from series_rows(sources, view.dated(part), inquiry.known, view.question.as_of)


def series_rows(
    sources: Sources, posts: Mapping[int, tuple[str, int | None]], known: Known, as_of: int
) -> Iterator[Row]:
    """The observations of ``posts`` (number → account, publish time), as ``observations`` has them."""
    last: tuple[int, int, int] | None = None
    cells: Row = _NOWHERE
    for look in looks(sources.connection, sorted(posts), known, as_of):
        place = look[2:5]
        if place != last:
            cells, last = sources.cells(Origin(*place)), place
        yield look_row(look, *posts[look.post_id], cells)


def _hits(inquiry: Inquiry) -> Rows:
    """The newest crossing first; a row for each threshold that a post passed."""
    found = list(hit_posts(inquiry.view, inquiry.centre.thresholds, apart=True))
    found.sort(key=lambda each: (-each.after_at, each.post_id, each.metric, each.threshold))
    posts = inquiry.view.get(sorted({each.post_id for each in found}))
    accounts, sources = by_id(inquiry.centre), Sources(inquiry.connection)
    for each in found:
        post = posts.get(each.post_id)
        if post is not None:
            yield hit_row(accounts, post, post.state, each, sources.cells(each.origin))


def _accounts(inquiry: Inquiry) -> Rows:
    """Every account of config, in its order."""
    accounts = by_id(inquiry.centre)
    standing = {each.info.id: each.end for each in followed(inquiry, inquiry.centre.accounts)}
    for info in inquiry.centre.accounts:
        line = inquiry.loaded.account(info)
        yield account_row(accounts, line, lacking(line, inquiry.period), standing.get(info.id))


_ROWS: Mapping[str, Callable[[Inquiry], Rows]] = {
    "posts": _posts,
    "observations": _observations,
    "hits": _hits,
    "accounts": _accounts,
}
