"""From config to a written summary: which accounts, which moment, which files."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine

from adapters import platforms
from adapters.moments import SHANGHAI
from collector.config.loading import OUT, Config
from reports.basis import parse_basis
from reports.centre import AccountInfo, BaselineInfo, Centre, Letter, RankInfo, StaffInfo, TopicInfo
from reports.documents import FULL, RENDERERS
from reports.documents.writing import DocumentError
from reports.narrowing import narrowed
from reports.periods import Period, earlier, quarter_of, year_before
from storage.bulk import seconds
from storage.database import StorageError, reading, writing
from storage.known import told_until
from storage.operations import retention
from storage.operations.retention import Occasion
from storage.views.coverage import newest_counted

if TYPE_CHECKING:
    from reports.drafts.checking.lookups import Ground


def centre_of(
    config: Config, accounts: Collection[str] = (), groups: Collection[str] = ()
) -> Centre:
    """A centre as the reports need to know it, narrowed to these accounts and groups where any are named. Raises
    ValueError, in Chinese, for one that is not there."""
    shares = {int(number): each for number, each in config.staff.shares.items()}
    whole = Centre(
        name=config.centre.name,
        accounts=tuple(
            AccountInfo(
                id=each.id,
                name=each.name,
                platform=each.platform,
                platform_name=platforms.NAMES[each.platform],
                group=each.group,
                owner=each.owner,
                ledger=each.platform == "ledger",
                level=each.level,
            )
            for each in config.accounts
        ),
        thresholds=config.thresholds,
        fingerprint=config.fingerprint,
        topics=tuple(TopicInfo(**each.model_dump()) for each in config.topics),
        points=dict(config.placements.points.items()),
        staff=StaffInfo(weights=dict(config.staff.weights.items()), shares=shares)
        if config.staff.show
        else None,
        ranks=tuple(RankInfo(**each.model_dump()) for each in config.ranks),
        baselines=tuple(BaselineInfo(**each.model_dump()) for each in config.baselines),
        tops=config.report.tops,
        template=str(config.path(config.report.template)) if config.report.template else "",
        letter=Letter(**config.report.model_dump(exclude={"template", "tops"})),
    )
    return narrowed(whole, accounts, groups)


def write(
    engine: Engine,
    config: Config,
    period: Period,
    *,
    now: datetime,
    basis: str = "published",
    as_of: datetime | None = None,
    known_by: datetime | None = None,
    folder: Path | None = None,
    formats: Sequence[str] = tuple(RENDERERS),
    mark: str = "",
    topic: str = "",
    accounts: Collection[str] = (),
    groups: Collection[str] = (),
    full: bool = False,
    occasion: Occasion = "asked",
) -> list[Path]:
    """Write the summary of a period; returns the files. Each is whole or not there at all. ``full``: the full listing
    instead of the paper, where these are two files (FULL). ``as_of`` and ``known_by``:
    None: all that is stored; ``folder``: None: reports_out. ``mark`` ends the files' names, so that a summary of an
    earlier moment or of some accounts does not take the place of the present one. The database is read first and let go; then the
    documents are drawn. What was told is noted (storage.operations.retention): the captures behind it are never cleaned away.

    Raises ValueError, in Chinese, for an unknown basis or topic, DocumentError where a file cannot be written (the
    others are), and StorageError where the files are written and cannot be noted.
    """
    from reports.summary import build  # with every section; a summary that is up to date needs none

    with reading(engine) as connection:
        latest = present(connection, now)
        as_of, known_by = as_of or latest, known_by or latest
        centre = centre_of(config, accounts, groups)
        summary = build(connection, centre, period, basis, as_of, known_by, topic=topic)
    where = folder or config.path(OUT)
    name = f"{file_name(period, basis)}{mark}"
    files, problems = [], []
    for each in formats:
        listing = full and each in FULL
        path = where / f"{name}{'-完整' if listing else ''}.{each}"
        try:
            renderer = import_module(f"reports.documents.{RENDERERS[each]}")
            (renderer.render_listing if listing else renderer.render)(summary, path)
            files.append(path)
        except DocumentError as problem:
            problems.append(str(problem))
    if files:
        note_written(engine, period, basis, as_of, known_by, occasion)
    if problems:
        there = "、".join(each.name for each in files)
        raise DocumentError("；".join(problems) + (f"。已写好：{there}" if there else ""))
    return files


def note_written(
    engine: Engine,
    period: Period,
    basis: str,
    as_of: datetime,
    known_by: datetime,
    occasion: Occasion,
) -> None:
    spans = [(period, as_of)]
    spans += [(each, each.end + (as_of - period.end)) for each in earlier(period).values()]
    last_year = year_before(period)  # whose end followers are compared with
    spans.append((last_year, min(last_year.end, as_of)))
    stretches = [
        retention.Stretch(seconds(span.start), seconds(span.end), seconds(moment))
        for span, moment in spans
    ]
    try:
        with writing(engine) as connection:
            retention.written(
                connection,
                occasion=occasion,
                period=period.name,
                basis=str(parse_basis(basis)),
                stretches=stretches,
                known_by=seconds(known_by),
            )
    except StorageError as problem:
        raise StorageError(f"总结已写好，但没能记下写过它：{problem}") from problem


def file_name(period: Period | None, basis: str, of: str = "总结") -> str:
    """``总结-2026Q3``; another basis than the default one is named too. ``period`` None: 全部. Fit for Windows."""
    kind = parse_basis(basis)
    span = "全部" if period is None else period.name.replace("..", "至").replace(":", "")
    return f"{of}-{span}" + ("" if kind.kind == "published" else f"-{kind}".replace(":", ""))


def moments_mark(as_of: datetime | None, known_by: datetime | None) -> str:
    """``-截至2026-10-08``: the end of a file name that tells of another moment than the present; fit for Windows."""
    return _mark("截至", as_of) + _mark("所知", known_by)


def _mark(word: str, moment: datetime | None) -> str:
    if moment is None:
        return ""
    day = f"{moment:%Y-%m-%d}"
    return f"-{word}{day}" + ("" if f"{moment:%H%M%S}" == "235959" else f"{moment:T%H%M}")


def present(connection: Connection, now: datetime) -> datetime:
    """The moment by which all that is stored was told: now, unless the clock has been set back."""
    return max(now, datetime.fromtimestamp(told_until(connection), SHANGHAI))


def ground_of(
    connection: Connection,
    config: Config,
    now: datetime,
    basis: str,
    as_of: datetime | None = None,
    known_by: datetime | None = None,
) -> Ground:
    """What the figures of a draft are held against: all that is stored, unless moments are named."""
    from reports.drafts.checking.lookups import Ground

    latest = present(connection, now)
    return Ground(
        connection=connection, centre=centre_of(config), basis=basis,
        as_of=as_of or latest, known_by=known_by or latest,
    )  # fmt: skip


def last_quarter(connection: Connection, config: Config) -> Period | None:
    """The last quarter that has posts of ours; None where there are none."""
    newest = newest_counted(connection, config.ours)
    return None if newest is None else quarter_of(datetime.fromtimestamp(newest, SHANGHAI))
