"""Figures as DataFrames: the summary's, with their types, from a database that nothing changes; and the page of the docs
that shows how, run as it stands."""

from __future__ import annotations

import contextlib
import io
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sqlalchemy.exc import OperationalError

from adapters.records import METRICS, data_of
from collector.app import App
from collector.doors import frames as door
from collector.doors.frames import open_frames
from collector.summaries import centre_of
from reports.frames import Frames
from reports.periods import parse_period
from reports.summary import build
from storage.database import StorageError, reading
from tests.collector.centre import centre
from tests.conftest import LATER, ROOT

PAGE = ROOT / "docs" / "数据框.md"


@pytest.fixture(scope="module")
def data(county: Path) -> Iterator[Frames]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(door, "clock", lambda: LATER)
        found = open_frames(county / "config.toml")
        yield found
        found.engine.dispose()


def test_the_columns_have_their_types(data: Frames) -> None:
    for frame in (
        data.posts("2026Q3"),
        data.hits(),
        data.accounts("2026Q3"),
        data.summary("2026Q3"),
        data.series(551),
    ):
        for name in frame.columns:
            dtype = str(frame[name].dtype)
            if name.endswith("_at"):
                assert dtype == "datetime64[s, Asia/Shanghai]"
            elif name.endswith("_day"):
                assert dtype == "datetime64[s]"
            else:
                assert dtype in ("string", "Int64", "boolean"), name
        assert frame.attrs["as_of"] == LATER.isoformat()
    assert len(data.posts("2025-01")) == 0  # types stay where there is nothing
    assert str(data.posts("2025-01")["views"].dtype) == "Int64"
    assert str(data.posts("2025-01")["seen_at"].dtype) == "datetime64[s, Asia/Shanghai]"


@pytest.mark.parametrize(("period", "basis"), [("2026Q3", "published"), ("2026Q2", "gained")])
def test_the_lines_are_the_summarys(data: Frames, county: Path, period: str, basis: str) -> None:
    app = App(config_path=county / "config.toml", clock=lambda: LATER)
    with reading(app.engine) as connection:
        made = build(connection, centre_of(app.config), parse_period(period), basis, LATER, LATER)
    app.close()
    frame = data.summary(period, basis=basis).set_index(["of", "id"])
    lines = {("total", "total"): made.total}
    lines |= {("group", each.id): each for each in made.groups}
    lines |= {("account", each.id): each for each in made.accounts}
    assert {key for key in frame.index if key[0] != "platform"} == set(lines)
    for key, line in lines.items():
        row = frame.loc[key]
        assert row["posts"] == line.posts
        for name in METRICS:
            stated = data_of(line.figures[name])
            if stated is None:
                assert row[name] is pd.NA
            else:
                assert {"value": row[name], "bound": row[f"{name}_bound"]} == stated


def test_posts_add_up(data: Frames) -> None:
    posts, total = data.posts("2026Q3"), data.summary("2026Q3").iloc[0]
    ours = posts[posts["in_total"]]
    assert len(ours) == total["posts"]
    assert ours["views"].sum() == total["views"]
    assert ours["views"].isna().sum() == total["views_missing"]


def test_a_series_is_of_one_post_or_of_an_account(data: Frames) -> None:
    one = data.series(551)
    assert set(one["post_id"]) == {"551"}
    assert one["observed_at"].is_monotonic_increasing
    assert len(data.series("凌晨的云岭")) == len(one)
    of_account = data.series("douyin")
    assert set(of_account["account"]) == {"douyin"}
    assert len(of_account[of_account["post_id"] == "551"]) == len(one)
    early = data.series(551, as_of="2026-07-20")
    assert 0 < len(early) < len(one)
    with pytest.raises(ValueError, match="不止一篇，请写编号"):
        data.series("云岭")
    with pytest.raises(ValueError, match="没有“从未有过”"):
        data.series("从未有过")
    with pytest.raises(ValueError, match="看不懂时间段"):
        data.posts("Q3")


def test_nothing_can_be_changed(data: Frames) -> None:
    with (
        pytest.raises(OperationalError, match="readonly"),
        data.engine.connect() as connection,
        connection.begin(),
    ):
        connection.exec_driver_sql("DELETE FROM observation")


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    folder = centre(tmp_path).folder
    with pytest.raises(StorageError, match="没有数据库"):
        open_frames(folder / "config.toml")
    assert not (folder / "data").exists()


def test_an_older_database_is_left_as_it_is(county: Path, tmp_path: Path) -> None:
    shutil.copytree(county / "data", tmp_path / "data")
    shutil.copy(county / "config.toml", tmp_path)
    app = App(config_path=tmp_path / "config.toml", clock=lambda: LATER)
    with app.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    app.close()
    with pytest.raises(StorageError, match="版本不同"):
        open_frames(tmp_path / "config.toml")


def _blocks() -> list[tuple[str, str]]:
    """Each piece of Python of the page, and what it prints there."""
    text = PAGE.read_text(encoding="utf-8")
    return re.findall(r"```python\n(.*?)```(?:\n\n```text\n(.*?)```)?", text, re.DOTALL)


def test_the_page_of_the_docs_is_true(
    county: Path, data: Frames, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(county)
    names: dict[str, Any] = {}
    blocks = _blocks()
    assert len(blocks) > 5
    for code, printed in blocks:
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile(code, PAGE.name, "exec"), names)  # noqa: S102 - the page's own
        assert out.getvalue() == printed, code
    names["data"].engine.dispose()


def test_no_command_imports_pandas(tmp_path: Path) -> None:
    folder = centre(tmp_path).folder
    asked = (
        "import sys; from click.testing import CliRunner; from collector.cli import main\n"
        "for words in (['--help'], ['now'], ['report', '2026Q3'], ['export', 'posts', '--format', 'xlsx']):\n"
        "    done = CliRunner().invoke(main, words)\n"
        "    assert done.exit_code == 0, done.output\n"
        "import json; print(json.dumps([n for n in ('pandas', 'numpy', 'pyarrow') if n in sys.modules]))"
    )
    command = [sys.executable, "-c", asked]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == []
