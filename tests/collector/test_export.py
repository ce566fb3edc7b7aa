"""``collect export`` on the example county: what a file of rows adds up to is what the summary of the period says."""

from __future__ import annotations

import csv
import errno
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from adapters.records import METRICS, Count, added, data_of
from collector.app import App
from collector.cli import main
from reports.periods import parse_moment
from reports.tidy import files
from reports.tidy.about import About
from reports.tidy.columns import COLUMNS, Row
from reports.tidy.files import WRITERS
from storage import schema
from storage.bulk import seconds
from storage.database import reading
from storage.operations import retention
from tests.conftest import LATER


def run(county: Path, *arguments: str) -> Result:
    app = App(config_path=county / "config.toml", clock=lambda: LATER)
    return CliRunner().invoke(main, list(arguments), obj=app, catch_exceptions=False)


def exported(county: Path, folder: Path, table: str, *more: str) -> list[dict[str, str]]:
    path = folder / f"{table}.csv"
    result = run(county, "export", table, "--out", str(path), *more)
    assert result.exit_code == 0, result.output
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert f"共 {len(rows)} 行" in result.output
    return rows


def count(row: dict[str, str], name: str) -> Count | None:
    if not row[name]:
        return None
    above = row[f"{name}_above"]
    return Count(int(row[name]), int(row[f"{name}_below"]), int(above) if above else None)


@pytest.mark.parametrize(
    ("period", "more"),
    [
        ("2026Q3", ()),
        ("2026-09", ("--as-of", "2026-09-20")),
        ("2026H1", ("--basis", "gained")),
        ("2026Q3", ("--basis", "aged:7")),
        ("2026", ()),
    ],
)
def test_the_files_add_up_to_the_summary(
    county: Path, tmp_path: Path, period: str, more: tuple[str, ...]
) -> None:
    assert (
        run(county, "report", period, "--format", "json", "--out", str(tmp_path), *more).exit_code
        == 0
    )
    (written,) = tmp_path.glob("总结*.json")
    summary: dict[str, Any] = json.loads(written.read_text(encoding="utf-8"))
    posts = exported(county, tmp_path, "posts", "--period", period, *more)
    accounts = exported(county, tmp_path, "accounts", "--period", period, *more)
    hits = exported(county, tmp_path, "hits", "--period", period, *more)
    lines = {each["account"]: each for each in accounts}
    total = [each for each in posts if each["in_total"] == "true"]
    open_part = any(each["in_total"] == each["incomplete"] == "true" for each in accounts)
    for line, mine, incomplete in [
        (summary["total"], total, open_part),
        *(
            (
                each,
                [p for p in posts if p["account"] == each["id"]],
                lines[each["id"]]["incomplete"] == "true",
            )
            for each in summary["accounts"]
        ),
    ]:
        assert len(mine) == line["posts"]
        for name in METRICS:
            whole = added(count(each, name) for each in mine).stated(incomplete=incomplete)
            assert data_of(whole) == line[name], (line["id"], name)
        for metric, marks in line["hits"].items():
            for mark, number in marks.items():
                there = [e for e in hits if (e["metric"], e["threshold"]) == (metric, mark)]
                of_all = line["id"] == "total"
                own = [
                    e
                    for e in there
                    if (e["in_total"] == "true" if of_all else e["account"] == line["id"])
                ]
                assert len(own) == number, (line["id"], metric, mark)
    for each in summary["accounts"]:
        row = lines[each["id"]]
        for name in METRICS:
            assert data_of(count(row, name)) == each[name], (each["id"], name)


def test_about_figures_add_up_as_the_statement_says(county: Path, tmp_path: Path) -> None:
    """Beside works that show no figure the total is a lower limit: an about figure adds its least."""
    shutil.copytree(
        county, tmp_path / "here", ignore=shutil.ignore_patterns("inbox", "reports_out")
    )
    here = tmp_path / "here"
    path = here / "2026-10-20 统计.csv"
    path.write_text(
        "标题,链接,发布时间,累计点击\n甲,https://a.example/1,2026-09-01,12万\n"
        "乙,https://a.example/2,2026-09-02,10万+\n丙,https://a.example/3,2026-09-03,3.5万\n",
        encoding="utf-8",
    )
    assert run(here, "import", str(path), "--account", "app").exit_code == 0
    rows = exported(here, tmp_path, "posts", "--period", "2026-09")
    own = [each for each in rows if each["url"].startswith("https://a.example")]
    assert [(e["views"], e["views_below"], e["views_above"], e["views_bound"]) for e in own] == [
        ("120000", "5000", "9999", "about"),
        ("100000", "0", "", "at_least"),
        ("35000", "500", "999", "about"),
    ]
    assert run(here, "report", "2026-09", "--format", "json", "--out", str(tmp_path)).exit_code == 0
    total = json.loads((tmp_path / "总结-2026-09.json").read_text("utf-8"))["total"]["views"]
    shown = [e for e in rows if e["in_total"] == "true" and e["views"]]
    least = sum(int(each["views"]) - int(each["views_below"]) for each in shown)
    assert (total["value"], total["bound"]) == (least, "at_least")


def test_observations_of_all_time(county: Path, tmp_path: Path) -> None:
    rows = exported(county, tmp_path, "observations")
    posts = {each["post_id"] for each in exported(county, tmp_path, "posts")}
    assert {each["post_id"] for each in rows} == posts
    assert len(rows) > len(posts)
    assert all(
        each["file"] and each["row"] and each["observed_at"].endswith("+08:00") for each in rows
    )
    said = (tmp_path / "observations.csv-说明.txt").read_text(encoding="utf-8-sig")
    assert "口径：按发布统计" in said
    assert "数据时点：截至2026年12月1日9时的观测" in said
    assert "覆盖与来源" in said
    assert all(f"\n{each.name}（" in said for each in COLUMNS["observations"])


def test_a_row_leads_back_to_its_post(county: Path, tmp_path: Path) -> None:
    row = exported(county, tmp_path, "posts", "--period", "2026Q3")[0]
    told = run(county, "explain", row["post_id"])
    assert row["title"] in told.output
    assert row["file"] in told.output


def test_nothing_is_written_over_unasked(county: Path, tmp_path: Path) -> None:
    path = tmp_path / "爆款.csv"
    path.write_text("mine", encoding="utf-8")
    refused = run(county, "export", "hits", "--out", str(path))
    assert refused.exit_code == 2
    assert "没有动它" in refused.output
    assert "--force" in refused.output
    assert path.read_text("utf-8") == "mine"
    assert run(county, "export", "hits", "--out", str(path), "--force").exit_code == 0
    assert path.read_text("utf-8-sig").startswith("post_id,")
    beside = tmp_path / "数据-爆款-2026Q3.csv-说明.txt"
    beside.write_text("mine too", encoding="utf-8")
    refused = run(county, "export", "hits", "--period", "2026Q3", "--out", str(tmp_path))
    assert (refused.exit_code, beside.read_text("utf-8")) == (2, "mine too")
    assert sorted(each.name for each in tmp_path.iterdir()) == [
        "数据-爆款-2026Q3.csv-说明.txt", "爆款.csv", "爆款.csv-说明.txt",
    ]  # fmt: skip


def test_nothing_is_not_zero(county: Path, tmp_path: Path) -> None:
    done = run(county, "export", "posts", "--period", "2020", "--out", str(tmp_path))
    assert "共 0 行" in done.output
    assert "不等于数是 0" in done.output
    said = (tmp_path / "数据-作品-2020.csv-说明.txt").read_text(encoding="utf-8-sig")
    assert "无数据（不是 0）" in said


@pytest.mark.parametrize("kind", WRITERS)
def test_every_format_has_a_telling_name(county: Path, tmp_path: Path, kind: str) -> None:
    if kind == "parquet":
        pytest.importorskip("pyarrow")
    arguments = ("--period", "2026Q3", "--as-of", "2026-10-08", "--basis", "gained")
    done = run(county, "export", "accounts", "--format", kind, "--out", str(tmp_path), *arguments)
    assert done.exit_code == 0, done.output
    name = f"数据-账号-2026Q3-gained-截至2026-10-08.{kind}"
    assert name in {each.name for each in tmp_path.iterdir()}
    assert str(tmp_path / name) in done.output


def test_without_pyarrow_it_says_what_to_do(
    county: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    done = run(county, "export", "hits", "--format", "parquet", "--out", str(tmp_path))
    assert done.exit_code == 1
    assert "pip install pyarrow" in done.output
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("posts", "--period", "2026Q9"), "看不懂时间段"),
        (("posts", "--basis", "all"), "看不懂口径"),
        (("figures",), "posts"),
        (("posts", "--format", "xml"), "csv"),
        (("posts", "--out", "there.xlsx"), "--format xlsx"),
        (("posts", "--out", __file__), "是一个文件"),
    ],
)
def test_what_is_asked_wrongly(county: Path, arguments: tuple[str, ...], said: str) -> None:
    result = run(county, "export", *arguments)
    assert result.exit_code == 2
    assert said in result.output


def test_a_name_too_long(county: Path, tmp_path: Path) -> None:
    result = run(county, "export", "hits", "--out", str(tmp_path / f"{'长' * 90}.csv"))
    assert (result.exit_code, "写不了" in result.output) == (1, True)
    assert list(tmp_path.iterdir()) == []


def test_rows_and_statement_come_together(
    county: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that is full at the statement leaves nothing that the next export would stumble over."""

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    with monkeypatch.context() as there:
        there.setattr("reports.tidy.files.write_statement", full)
        result = run(county, "export", "hits", "--out", str(tmp_path))
    assert (result.exit_code, "磁盘已满" in result.output) == (1, True)
    assert list(tmp_path.iterdir()) == []
    assert run(county, "export", "hits", "--out", str(tmp_path)).exit_code == 0


@pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")
def test_what_stops_in_the_middle_leaves_nothing_open(
    county: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[Iterator[Row]] = []  # as a traceback keeps what it went through

    def stops(_: Path, __: About, rows: Iterator[Row]) -> int:
        kept.append(rows)
        next(rows)
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setitem(files.WRITERS, "csv", stops)
    result = run(county, "export", "observations", "--out", str(tmp_path))
    assert (result.exit_code, "磁盘已满" in result.output) == (1, True)
    assert list(tmp_path.iterdir()) == []
    assert next(kept[0], None) is None


def test_two_at_once_are_each_whole(
    county: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second begins while the first is at work, and ends before it."""
    path, first = tmp_path / "同名.json", WRITERS["json"]

    def slow(partial: Path, said: About, rows: Iterator[Row]) -> int:
        monkeypatch.setitem(files.WRITERS, "json", first)
        with partial.open("w", encoding="utf-8"):
            other = run(county, "export", "accounts", "--format", "json", "--out", str(path))
        assert other.exit_code == 0
        assert json.loads(path.read_text("utf-8"))["about"]["table"] == "accounts"
        return first(partial, said, rows)

    monkeypatch.setitem(files.WRITERS, "json", slow)
    mine = ("export", "hits", "--format", "json", "--out", str(path), "--force")
    assert run(county, *mine).exit_code == 0
    assert json.loads(path.read_text("utf-8"))["about"]["table"] == "hits"
    assert [each.name for each in tmp_path.iterdir()] == ["同名.json"]


def test_what_was_given_away_is_noted(county: Path, tmp_path: Path) -> None:
    """So that the captures behind it are kept; a summary was not written by that."""
    engine = App(config_path=county / "config.toml").engine
    period = "2026-05-01..2026-05-20"
    table = schema.summary
    wanted = select(table.c.as_of, table.c.basis).where(table.c.period == period)
    exported(county, tmp_path, "observations", "--period", period)
    with reading(engine) as connection:
        assert connection.execute(wanted).all() == []
    more = ("--basis", "aged:9", "--as-of", "2026-06-01")
    exported(county, tmp_path, "posts", "--period", period, *more)
    moment = seconds(parse_moment("2026-06-01"))
    with reading(engine) as connection:
        assert connection.execute(wanted).all() == [(moment, "aged:9")]
        told = retention.told(connection)
        assert moment in {at for at, _ in told.moments}
        assert 9 in told.ages
        assert retention.last_written(connection, period, "aged:9") is None
