"""The example county, imported once for the tests of a worker."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Connection

from adapters.moments import SHANGHAI
from collector.app import App
from collector.cli import main
from collector.summaries import centre_of
from reports.centre import Centre
from storage.database import reading

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
LATER = datetime(2026, 12, 1, 9, tzinfo=SHANGHAI)


@pytest.fixture(scope="session")
def example_county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Connection, Centre]]:
    folder = tmp_path_factory.mktemp("云岭")
    shutil.copy(ROOT / "config.toml", folder)
    app = App(config_path=folder / "config.toml", clock=lambda: LATER)
    for account in sorted((EXAMPLES / "inbox").iterdir()):
        files = map(str, sorted(account.iterdir()))
        result = CliRunner().invoke(main, ["import", *files, "--account", account.name], obj=app)
        assert result.exit_code == 0, result.output
    with reading(app.engine) as connection:
        yield connection, centre_of(app.config)
    app.engine.dispose()
