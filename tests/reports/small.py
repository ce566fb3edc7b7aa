"""A county in three lines: accounts, works, and what was observed of them; its summary."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from adapters import platforms
from adapters.records import METRICS, Count, Metrics, Post
from reports.centre import AccountInfo, Centre
from reports.figures.totals import Summary
from reports.periods import parse_period
from reports.summary import build
from storage import database
from storage.writing import upkeep, writes
from storage.writing.reading import Reading
from tests.reports.county import THRESHOLDS, at


def account(id_: str, name: str, platform: str, group: str = "", **more: Any) -> AccountInfo:
    named = platforms.NAMES[platform]
    return AccountInfo(
        id=id_, name=name, platform=platform, platform_name=named, group=group, ledger=platform == "ledger", **more
    )  # fmt: skip


def work(title: str, day: tuple[int, int] = (8, 1), kind: str = "video", **others: Any) -> Post:
    """A post of 2026; its figures by metric."""
    counts = {name: others.pop(name) for name in METRICS if name in others}
    exact = {name: Count(each) if isinstance(each, int) else each for name, each in counts.items()}
    return Post(title=title, published_at=at(*day), kind=kind, metrics=Metrics(**exact), **others)  # type: ignore[arg-type]


def summary(
    folder: Path,
    accounts: Sequence[AccountInfo],
    works: Mapping[str, Iterable[Post]],
    *,
    period: str = "2026Q3",
    basis: str = "published",
    as_of: datetime | None = None,
    **centre: Any,
) -> Summary:
    """All works as one file of each account, observed on 8 October 2026 or at ``as_of``."""
    moment = as_of or at(10, 8)
    engine = database.open_database(f"sqlite:///{folder / 'small.db'}")
    try:
        database.prepare(engine, moment)
        with database.writing(engine) as connection:
            numbers = writes.accounts_known(connection, {e.id: e.platform for e in accounts})
            upkeep.keep_thresholds(connection, THRESHOLDS, int(moment.timestamp()))
            run = writes.start_run(connection, "import", moment)
            for key, posts in works.items():
                reading = Reading(
                    run_id=run, account=key, source=f"{key}.xlsx", adapter="table", kind="file", observed_at=moment,
                    observed_from="as-of", recorded_at=moment, row_limit=None,
                )  # fmt: skip
                writes.store(connection, reading, list(posts), numbers)
        with database.reading(engine) as connection:
            made = Centre(
                name="云岭县融媒体中心", accounts=accounts, thresholds=centre.pop("thresholds", THRESHOLDS), **centre
            )  # fmt: skip
            return build(connection, made, parse_period(period), basis, moment, moment)
    finally:
        engine.dispose()
