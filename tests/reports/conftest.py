"""The example county, opened once for the tests of a worker."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection

from collector.app import App
from collector.summaries import centre_of
from reports.centre import Centre
from storage.database import reading
from tests.conftest import LATER


@pytest.fixture(scope="session")
def example_county(county: Path) -> Iterator[tuple[Connection, Centre]]:
    app = App(config_path=county / "config.toml", clock=lambda: LATER)
    with reading(app.engine) as connection:
        yield connection, centre_of(app.config)
    app.engine.dispose()
