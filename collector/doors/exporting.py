"""From config to a file of rows: which table, which period, which file. Nothing that is there is written over unasked."""

from __future__ import annotations

import os
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from collector.config.loading import OUT, Config
from collector.summaries import centre_of, file_name, present
from reports.documents.writing import DocumentError, replacing, why
from reports.inquiry import Inquiry
from reports.periods import Period
from reports.tidy import files
from reports.tidy.about import QUOTED, about
from reports.tidy.asking import ask
from reports.tidy.columns import TITLES
from reports.tidy.rows import rows
from storage.bulk import seconds
from storage.database import StorageError, reading, writing
from storage.operations import retention


class ThereAlready(DocumentError):
    """A file of that name is there, and nobody said that it may go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What was written: the file of rows first, then the statement, where it has a file of its own."""

    period: Period
    rows: int
    files: tuple[Path, ...]


def export(
    engine: Engine,
    config: Config,
    table: str,
    *,
    now: datetime,
    period: Period | None = None,
    basis: str = "published",
    as_of: datetime | None = None,
    known_by: datetime | None = None,
    kind: str = "csv",
    out: Path | None = None,
    mark: str = "",
    force: bool = False,
) -> Exported:
    """Write a table (reports.tidy.columns.COLUMNS) of a period (None: of all days on which anything was published).

    ``kind``: one of files.WRITERS. ``out``: a file that ends with ``kind``, or a folder (None: reports_out); ``mark`` ends
    the name given there. ``as_of`` and ``known_by`` None: all that is stored. Figures of a period are noted as a summary's
    are (storage.operations.retention): the captures behind them stay. Raises ValueError, in Chinese, for an unknown basis or
    an ``out`` that cannot be meant, ThereAlready and DocumentError, and StorageError where the files are written and cannot be
    noted.
    """
    target = _target(config, table, period, basis, kind, out, mark)
    beside = target.with_name(f"{target.name}-说明.txt") if kind in files.BESIDE else None
    for each in (target, beside):
        _free(each, force=force)
    with reading(engine) as connection:
        latest = present(connection, now)
        inquiry = ask(
            connection, centre_of(config), period, basis, as_of or latest, known_by or latest
        )
        statement = about(inquiry, table, (QUOTED,) if kind == "csv" else ())
        with ExitStack() as files_there:  # the statement is there when the rows are, or neither is
            said = None if beside is None else files_there.enter_context(replacing(beside))
            partial = files_there.enter_context(replacing(target))
            there = files_there.enter_context(closing(rows(inquiry, table)))
            number = files.WRITERS[kind](partial, statement, there)
            if said is not None:
                files.write_statement(said, statement)
            for each in (target, beside):
                _free(each, force=force)  # that may have taken long
    if table != "observations":  # nothing keeps every look at a post
        _note(engine, inquiry)
    return Exported(
        period=inquiry.period, rows=number, files=(target, beside) if beside else (target,)
    )


def _note(engine: Engine, inquiry: Inquiry) -> None:
    span = inquiry.period
    told = retention.Stretch(seconds(span.start), seconds(span.end), seconds(inquiry.as_of))
    try:
        with writing(engine) as connection:
            retention.written(
                connection,
                occasion="export",
                period=span.name,
                basis=str(inquiry.basis),
                stretches=[told],
                known_by=seconds(inquiry.known_by),
            )
    except StorageError as problem:
        raise StorageError(f"数据已写好，但没能记下写过它：{problem}") from problem


def _free(path: Path | None, *, force: bool) -> None:
    try:
        there = path is not None and path.exists()
    except OSError as problem:
        raise DocumentError(f"写不了 {path}：{why(problem)}") from problem
    if there and not force:
        raise ThereAlready(f"已有 {path}，没有动它。要换掉它请加 --force，或用 --out 写到别处")


def _target(
    config: Config,
    table: str,
    period: Period | None,
    basis: str,
    kind: str,
    out: Path | None,
    mark: str,
) -> Path:
    """``数据-作品-2026Q3.csv`` in the folder, or the file that was named."""
    name = f"{file_name(period, basis, f'数据-{TITLES[table]}')}{mark}.{kind}"
    if out is None or os.path.isdir(out):  # noqa: PTH112 - a name too long is none
        return (out or config.path(OUT)) / name
    ending = out.suffix.lower().removeprefix(".")
    if ending == kind:
        return out
    if ending in files.WRITERS:
        raise ValueError(f"--out {out} 是 {ending} 文件，写的却是 {kind}：请加 --format {ending}")
    if os.path.isfile(out):  # noqa: PTH113
        raise ValueError(f"--out {out} 是一个文件：请写一个文件夹，或以 .{kind} 结尾的文件名")
    return out / name
