"""What many tests of a worker look at, made once: the example county opened, and a summary to be put into documents."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection

from collector.app import App
from collector.summaries import centre_of
from reports.centre import Centre
from reports.figures.totals import Summary
from reports.periods import parse_period
from reports.summary import build
from storage.database import reading
from tests.conftest import LATER
from tests.reports import county as small
from tests.reports.papers import dressed


@pytest.fixture(scope="session")
def example_county(county: Path) -> Iterator[tuple[Connection, Centre]]:
    app = App(config_path=county / "config.toml", clock=lambda: LATER)
    with reading(app.engine) as connection:
        yield connection, centre_of(app.config)
    app.engine.dispose()


@pytest.fixture(scope="session")
def summary(tmp_path_factory: pytest.TempPathFactory) -> Summary:
    """Of the county of county.py, dressed with hostile titles as the documents get them."""
    with small.county(tmp_path_factory.mktemp("county")) as connection:
        now = small.at(10, 9)
        made = build(connection, small.CENTRE, parse_period("2026Q3"), "published", now, now)
    return dressed(made)
