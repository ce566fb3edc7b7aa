"""The bytes that a figure was read from: the row in its table, and the file to take away."""

from __future__ import annotations

import tempfile
from pathlib import Path

from flask import Blueprint, Response, abort, request

from adapters.errors import SourceError
from adapters.files import open_file
from collector.intake.stores import captures_of
from collector.web.showing import Listing, download, page, whole
from collector.web.site import site
from storage.views import history
from storage.views.history import StoredReading

PAGE = Blueprint("originals", __name__, url_prefix="/originals/<int:attempt>")

#: Rows shown around the one that is meant.
AROUND = 6
#: Rows at the top that are always shown, and columns at most.
HEAD, MOST = 3, 60


@PAGE.get("/")
def show(attempt: int) -> Response | str:
    """The rows around the one that a figure stands in."""
    told = _reading(attempt)
    sheet, row = whole(request.args, "sheet", 0), whole(request.args, "row", 1)
    tables, fault = [], ""
    if told.kind == "file":
        try:
            tables = [_rows(told, sheet, row)]
        except SourceError as problem:
            fault = str(problem)
    return page("original.html", *tables, told=told, row=row, sheet=sheet, fault=fault)


@PAGE.get("/bytes")
def take(attempt: int) -> Response:
    """The bytes as they came, under the name that they came with."""
    told = _reading(attempt)
    name = told.source.rpartition("/")[2] if told.kind == "file" else f"原件-{attempt}.txt"
    return download(_bytes(told), name or f"原件-{attempt}", "application/octet-stream")


def _reading(attempt: int) -> StoredReading:
    with site().reading() as connection:
        found = history.readings(connection, [attempt]).get(attempt)
    if found is None or found.path is None:
        return abort(404, "没有这次读取，或它没有原件")
    if found.removed_at is not None:
        return abort(404, "这份原件已按 [storage] keep_captures_days 清理，数字仍在")
    return found


def _bytes(told: StoredReading) -> bytes:
    config = site().config
    try:
        return captures_of(config).read(told.path or "")
    except OSError:
        return abort(404, "原件不在留存的文件夹里，请看看它是不是被移走了")


def _rows(told: StoredReading, sheet: int, row: int) -> Listing:
    """The rows around ``row`` (1-based) of a sheet, below its first rows, where headings stand."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "original"
        path.write_bytes(_bytes(told))
        encoding = str(told.notes.get("encoding", ""))
        file = open_file(path, name=told.source, encoding=encoding)
        table = next((each for each in file.sheets if each.index == sheet), None)
        if table is None:
            return Listing(
                id="rows", title="原件", headings=(), rows=(), empty="原件里没有这张表。"
            )
        near = [
            (number, each)
            for number, each in enumerate(table.rows(), start=1)
            if number <= HEAD or abs(number - row) <= AROUND
        ]
    wide = min(MOST, max((len(each) for _, each in near), default=0))
    rows = [(f"{n} ←" if n == row else str(n), *map(_text, each[:wide])) for n, each in near]
    rows = [(*each, *[""] * (wide + 1 - len(each))) for each in rows]
    letters = [_letter(at) for at in range(wide)]
    return Listing(id="rows", title=table.name or "原件", headings=("行", *letters), rows=rows)


def _text(cell: object) -> str:
    if cell is None:
        return ""
    return f"{cell:g}" if isinstance(cell, float) else str(cell)


def _letter(at: int) -> str:
    """A column as spreadsheets call it: A … Z, AA …"""
    high, low = divmod(at, 26)
    return (_letter(high - 1) if high else "") + chr(ord("A") + low)
