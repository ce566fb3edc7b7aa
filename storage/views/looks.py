"""The observations behind the posts of a view, and the one that each value was last seen in: for those who walk a figure
back. What was withdrawn is left out; what was told after the view's known-by or observed after its as-of too."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from heapq import merge
from itertools import islice
from operator import attrgetter
from typing import NamedTuple

from sqlalchemy import Connection

from adapters.records import METRICS
from storage.bulk import rows_of, select_in, streamed
from storage.known import Known
from storage.observations import Seen, series_of
from storage.views.view import View

#: Posts whose observations are asked for at once; those of one post may be thousands.
_MANY = 100
_FIGURES = ", ".join(f"o.{name}" for name in METRICS)


class Origin(NamedTuple):
    """Where an observation stands: in what an attempt read, on which sheet (0-based), in which row (1-based)."""

    attempt_id: int
    sheet: int
    row: int


class SourceFile(NamedTuple):
    """What an attempt read: a file's name or an address, and the hash of the bytes that were kept of it."""

    source: str
    sha256: str | None


def looks(connection: Connection, posts: Sequence[int], known: Known, as_of: int) -> Iterator[Seen]:
    """The standing observations of ``posts`` (ascending numbers), post by post in the order of their moments; those of
    posts merged into one are its own. Nothing but a few posts is in memory at once."""
    told = "" if known.attempt_id is None else f" AND o.attempt_id <= {known.attempt_id}"
    sql = (
        f'SELECT o.post_id, o.observed_at, o.attempt_id, o.sheet, o."row", o.state, {_FIGURES}, o.bounds'
        " FROM observation o WHERE o.post_id IN ({})"
        f" AND o.observed_at <= ?{told}"
        ' ORDER BY o.post_id, o.observed_at, o.attempt_id, o.sheet, o."row"'
    )
    stream = iter(posts)
    while part := list(islice(stream, _MANY)):
        folded = _folded(connection, part)
        plain = ", ".join(str(each) for each in part if each not in folded) or "NULL"
        rows = streamed(connection, sql.format(plain), as_of)
        found = (Seen.of(row, row[0]) for row in rows)
        if folded:
            others = _standing(connection, sorted(folded), known, as_of)
            yield from merge(found, others, key=attrgetter("post_id"))
        else:
            yield from found


def origins(view: View, posts: Collection[int]) -> dict[int, Origin]:
    """Posts of the view → the observation at the moment of their value; the last one where there are several."""
    folded = _folded(view.connection, posts)
    told = view.question.known.attempt_id
    sql = (
        f'SELECT o.post_id, o.attempt_id, o.sheet, o."row" FROM {view.table} v'
        " CROSS JOIN observation o WHERE o.post_id = v.post_id AND o.observed_at = v.seen_at"
        f" AND v.post_id IN (??){'' if told is None else f' AND o.attempt_id <= {told}'}"
    )
    plain = [each for each in posts if each not in folded]
    found = {row[0]: Origin(*row[1:]) for row in select_in(view.connection, sql, plain)}
    seen_at = f"SELECT post_id, seen_at FROM {view.table} WHERE post_id IN (??)"
    moments = {row[0]: row[1] for row in select_in(view.connection, seen_at, folded)}
    question = view.question
    for number, series in series_of(
        view.connection, sorted(moments), question.known, question.as_of
    ):
        there = origin(series, moments[number])
        if there is not None:
            found[number] = there
    return found


def origin(series: Sequence[Seen], moment: int) -> Origin | None:
    """The last standing observation of a series at a moment."""
    there = [each for each in series if each.observed_at == moment and not each.withdrawn]
    return Origin(there[-1].attempt_id, there[-1].sheet, there[-1].row) if there else None


def sources_of(connection: Connection, attempts: Collection[int]) -> dict[int, SourceFile]:
    """What these attempts read."""
    sql = (
        "SELECT a.attempt_id, a.source, c.sha256 FROM attempt a"
        " LEFT JOIN capture c ON c.capture_id = a.capture_id WHERE a.attempt_id IN (??)"
    )
    return {row[0]: SourceFile(*row[1:]) for row in select_in(connection, sql, attempts)}


def first_published(connection: Connection) -> int | None:
    """When the first of all posts was published, in UTC seconds; None where no such time is known."""
    sql = "SELECT min(published_at) FROM post"
    first: int | None = rows_of(connection, sql)[0][0]
    return first


def _folded(connection: Connection, posts: Collection[int]) -> set[int]:
    """Those of ``posts`` whose series are not plain."""
    sql = "SELECT post_id FROM post WHERE NOT plain AND post_id IN (??)"
    return {row[0] for row in select_in(connection, sql, posts)}


def _standing(
    connection: Connection, posts: Sequence[int], known: Known, as_of: int
) -> Iterator[Seen]:
    for _, series in series_of(connection, posts, known, as_of):
        for each in series:
            if not each.withdrawn and each.observed_at <= as_of:
                yield each
