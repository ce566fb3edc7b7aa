"""``collect now`` leaves the last quarter's documents alone while they would say the same, and writes them again otherwise."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import event, text

from collector import last_quarter
from collector.cli import main
from collector.last_quarter import SEAL
from reports.periods import parse_period
from reports.summary import build
from storage import schema
from storage.database import open_database, reading, writing
from tests.collector.centre import NOW, Centre, centre
from tests.conftest import ROOT

LINES = (("开渔节", "2026-09-02 08:00", 120_000), ("秋收", "2026-09-03 08:00", 900))


@pytest.fixture
def place(tmp_path: Path) -> Centre:
    made = centre(tmp_path)
    made.douyin("作品.csv", LINES)
    made.douyin("又一份.csv", [("秋种", "2026-09-04 08:00", 10)])
    assert now(made)["summary"]["written"]
    return made


def collect(place: Centre, *words: str) -> str:
    result = CliRunner().invoke(main, words, obj=place.app, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def now(place: Centre) -> dict[str, dict[str, object]]:
    answer: dict[str, dict[str, object]] = json.loads(collect(place, "now", "--json"))
    return answer


def documents(place: Centre) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in (place.folder / "reports_out").iterdir()}


def test_nothing_new_leaves_them_alone_and_says_so(place: Centre) -> None:
    before = documents(place)
    place.now += timedelta(hours=2)
    said = collect(place, "now")
    assert "2026年第三季度的总结已是最新，没有重写（数据截至2026年10月8日9时" in said
    assert "总结-2026Q3.docx" in said
    assert documents(place) == before
    assert not now(place)["summary"]["written"]
    with reading(place.app.engine) as connection:
        (as_of,) = connection.execute(
            text("SELECT as_of FROM summary WHERE period = '2026Q3' LIMIT 1")
        ).one()
    assert as_of == int(NOW.timestamp()), "what was written is on record, as it was written"


def _config(place: Centre, old: str, new: str) -> None:
    path = place.folder / "config.toml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def _out(place: Centre, kind: str) -> Path:
    return place.folder / "reports_out" / f"总结-2026Q3.{kind}"


def _later(place: Centre) -> None:
    place.now += timedelta(days=1)


def _missed(place: Centre) -> None:
    due = int(NOW.timestamp()) - 30 * 86_400
    job = schema.job.insert().values(
        name="collect", due_at=due, missed="off", outcome="missed", ended_at=due + 60
    )
    with writing(place.app.engine) as connection:
        connection.execute(job)


def _paired(place: Centre) -> None:
    row = schema.pair.insert().values(pair_id=1, post_id=1, other_id=2, why="x", proposed_at=1)
    with writing(place.app.engine) as connection:
        connection.execute(row)


def _rebuilt(place: Centre) -> None:
    with writing(place.app.engine) as connection:
        connection.execute(text("UPDATE latest SET views = 7"))
    collect(place, "rebuild")


CHANGES: dict[str, Callable[[Centre], object]] = {
    "another file": lambda place: place.douyin("新.csv", [("丰收", "2026-09-09 08:00", 5)]),
    "a newer version": lambda place: place.douyin("作品.csv", [("秋收", "2026-09-03 08:00", 950)]),
    "withdrawn": lambda place: collect(place, "retract", "又一份.csv", "--yes"),
    "corrected": lambda place: collect(
        place, "correct", "秋收", "播放量", "901", "--reason", "看错"
    ),
    "tagged": lambda place: collect(place, "tag", "开渔", "秋收"),
    "proposed as one": _paired,
    "a miss of the service": _missed,
    "mended in place": _rebuilt,
    "a name": lambda place: _config(place, "云岭融媒客户端", "云岭客户端"),
    "a line": lambda place: _config(place, "[web]", "[hits]\nviews = [800]\n[web]"),
    "the next day": _later,
    "deleted": lambda place: _out(place, "md").unlink(),
    "edited": lambda place: _out(place, "xlsx").write_bytes(b"x"),
    "written by hand": lambda place: collect(place, "report", "2026Q3", "--as-of", "2026-10-01"),
    "no seal": lambda place: (place.folder / "reports_out" / SEAL).unlink(),
    "a broken seal": lambda place: (place.folder / "reports_out" / SEAL).write_text("[]"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_what_changes_them_writes_them_again(
    place: Centre, change: Callable[[Centre], object]
) -> None:
    change(place)
    place.now += timedelta(minutes=5)
    written = now(place)["summary"]["written"]
    assert written == (change is not CHANGES["written by hand"]), "that one has a name of its own"
    assert not now(place)["summary"]["written"]


def test_a_template_and_the_program_count_too(
    place: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(last_quarter, "_program", lambda: "another")
    assert now(place)["summary"]["written"]
    template = place.folder / "模板.docx"
    collect(place, "report", "2026Q3", "--out", str(place.folder / "x"))
    template.write_bytes((ROOT / "reports" / "templates" / "summary.docx").read_bytes())
    _config(place, "[web]", '[report]\ntemplate = "模板.docx"\n[web]')
    assert now(place)["summary"]["written"]
    assert not now(place)["summary"]["written"]
    template.write_bytes(template.read_bytes() + b"\0")
    assert now(place)["summary"]["written"]


def test_one_that_the_clock_alone_may_change_is_written_each_time(place: Centre) -> None:
    with writing(place.app.engine) as connection:
        later = int(NOW.timestamp()) + 3_600
        connection.execute(
            text("UPDATE post SET published_at = :at WHERE post_id = 1"), {"at": later}
        )
    (place.folder / "reports_out" / SEAL).unlink()
    assert now(place)["summary"]["written"]
    assert now(place)["summary"]["written"]


def test_every_table_that_a_summary_reads_is_known_here(place: Centre) -> None:
    """What it rests on is told by attempts, changes and pairs, by what ``rebuild`` derives from them, or by jobs."""
    told = {
        "account",
        "account_observation",
        "attempt",
        "change",
        "fact",
        "observation",
        "post",
        "post_key",
        "run",
    }
    told |= {"observation_beside", "pair", "tag", "story_link"}
    derived, else_known = {"hit", "latest"}, {"job"}
    seen: set[str] = set()
    engine = open_database(place.app.config.database_url)
    event.listen(
        engine,
        "connect",
        lambda file, _: file.set_trace_callback(
            lambda sql: seen.update(re.findall(r'\b(?:FROM|JOIN)\s+"?(\w+)', sql))
        ),
    )
    with reading(engine) as connection:
        from collector.summaries import centre_of

        build(
            connection, centre_of(place.app.config), parse_period("2026Q3"), "published", NOW, NOW
        )
    engine.dispose()
    assert seen & set(schema.metadata.tables) <= told | derived | else_known
    assert "job" in seen
