"""From config to a file of rows: which table, which period, which file. Nothing that is there is written over unasked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from collector.config.loading import OUT, Config
from collector.summaries import centre_of, file_name, present
from reports.documents.writing import DocumentError, replacing
from reports.periods import Period
from reports.tidy import files
from reports.tidy.about import QUOTED, about
from reports.tidy.asking import ask
from reports.tidy.columns import TITLES
from reports.tidy.rows import rows
from storage.database import reading


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
    the name given there. ``as_of`` and ``known_by`` None: all that is stored. Raises ValueError, in Chinese, for an unknown
    basis, ThereAlready and DocumentError.
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
        with replacing(target) as partial:
            number = files.WRITERS[kind](partial, statement, rows(inquiry, table))
            _free(target, force=force)  # that may have taken long
    if beside is not None:
        with replacing(beside) as partial:
            files.write_statement(partial, statement)
    return Exported(
        period=inquiry.period, rows=number, files=(target, beside) if beside else (target,)
    )


def _free(path: Path | None, *, force: bool) -> None:
    if path is not None and path.exists() and not force:
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
    if out is not None and out.suffix.lower() == f".{kind}" and not out.is_dir():
        return out
    name = file_name(period, basis, f"数据-{TITLES[table]}")
    return (out or config.path(OUT)) / f"{name}{mark}.{kind}"
