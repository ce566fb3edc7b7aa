"""The example county: its files are what its generator writes, its truth is what the program finds."""

from __future__ import annotations

import importlib.util
import json
import runpy
import shutil
import sys
import zipfile
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from adapters.contract import File
from adapters.errors import Invalid
from adapters.files import open_file
from adapters.records import METRICS, AccountFigures, Metrics, Post
from adapters.registry import choose
from collector.app import App
from collector.cli import main
from collector.config.loading import Config, load
from tests.conftest import LATER

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = ROOT / "examples"
TRUTH: dict[str, Any] = json.loads((EXAMPLES / "truth.json").read_text(encoding="utf-8"))
HAS_XLWT = importlib.util.find_spec("xlwt") is not None
#: Every figure of an account that the truth states for a basis; on *gained* only the sums are beyond doubt.
COMPARED = ("posts", *METRICS, "hits", "unknown_hits")


@pytest.fixture(scope="module")
def generator() -> Iterator[Mapping[str, Any]]:
    """The generator's own names; its package leaves nothing behind."""
    path = list(sys.path)
    yield runpy.run_path(str(EXAMPLES / "make_county.py"))
    sys.path[:] = path
    for name in [each for each in sys.modules if each.partition(".")[0] == "county"]:
        del sys.modules[name]


@pytest.fixture(scope="module")
def everything(generator: Mapping[str, Any]) -> Any:
    """(files, followers) as the generator means them."""
    return generator["everything"]()


@pytest.fixture(scope="module")
def config() -> Config:
    return load(ROOT / "config.toml")


def _contents(path: Path) -> object:
    """Bytes, or for a workbook its parts: another zlib packs the same text differently."""
    if path.suffix != ".xlsx":
        return path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        return [(part.filename, part.date_time, archive.read(part)) for part in archive.infolist()]


def _names(folder: Path) -> list[str]:
    return sorted(str(each.relative_to(folder)) for each in folder.rglob("*") if each.is_file())


def test_the_generator_writes_the_committed_files(
    generator: Mapping[str, Any], tmp_path: Path
) -> None:
    left_out = generator["write"](tmp_path)
    assert bool(left_out) is not HAS_XLWT
    written = _names(tmp_path / "inbox")
    skipped = {str(each.relative_to(tmp_path / "inbox")) for each in left_out}
    assert written == [name for name in _names(EXAMPLES / "inbox") if name not in skipped]
    for name in written:
        ours, theirs = EXAMPLES / "inbox" / name, tmp_path / "inbox" / name
        assert _contents(ours) == _contents(theirs), name
    assert (tmp_path / "truth.json").read_bytes() == (EXAMPLES / "truth.json").read_bytes()


def test_it_is_a_county_of_the_size_that_was_asked_for(config: Config) -> None:
    year = _stated("2025-10-01..2026-09-30", "published", None)
    assert sum(each["posts"] for name, each in year.items() if name != "ledger") > 1_000
    assert sum(each["hits"]["views"]["100000"] for each in year.values()) >= 12
    assert sum(each["hits"]["views"]["1000000"] for each in year.values()) == 2
    assert {each.id for each in config.accounts} == set(year)
    assert sum(each.stat().st_size for each in EXAMPLES.rglob("*") if each.is_file()) < 2_500_000


FILES = [(each["account"], each["name"]) for each in TRUTH["files"]]


@pytest.mark.parametrize(("account", "name"), FILES)
def test_each_file_is_read_as_it_was_meant(
    everything: Any, config: Config, account: str, name: str
) -> None:
    described = config.account(account)
    assert described is not None
    meant = next(each for each in everything[0] if (each.account, each.name) == (account, name))
    file: File = open_file(EXAMPLES / "inbox" / account / name)
    adapter = choose(file, described.for_adapters())
    assert adapter.name == meant.adapter
    assert adapter.read_file is not None
    records = list(adapter.read_file(file, described.for_adapters()))
    assert [each for each in records if isinstance(each, Invalid)] == []
    posts = [each for each in records if isinstance(each, Post)]
    if "tendency" in name:
        assert len(posts) == 5
        assert all(each.metrics == Metrics() for each in posts)
        return
    assert [_row(each) for each in posts] == [_meant(each) for each in meant.shown]
    stated = _figures(posts)
    line = next(
        each for each in TRUTH["files"] if (each["account"], each["name"]) == (account, name)
    )
    assert (len(posts), stated) == (line["posts"], line["sums"])


def _row(post: Post) -> tuple[Any, ...]:
    counts = {name: getattr(post.metrics, name) for name in METRICS}
    figures = {name: (each.value, each.bound) for name, each in counts.items() if each is not None}
    return " ".join(post.title.split()), post.published_at, post.state, figures


def _meant(shown: Any) -> tuple[Any, ...]:
    figures = {
        name: (value, "at_least" if name in shown.at_least else "exact")
        for name, value in shown.figures.items()
        if value is not None
    }
    state = "private" if shown.private else "public"
    return " ".join(shown.title.split()), shown.work.published, state, figures


def _figures(posts: list[Post]) -> dict[str, int]:
    found: dict[str, int] = {}
    for name in METRICS:
        counts = [each for post in posts if (each := getattr(post.metrics, name)) is not None]
        if counts:
            found[name] = sum(each.value for each in counts)
    return found


def test_followers_are_read_as_they_were_meant(everything: Any, config: Config) -> None:
    wanted = {(each.account, each.day, each.value) for each in everything[1]}
    found = set()
    for account, name in FILES:
        if "user_analysis" not in name and account != "ledger":
            continue
        described = config.account(account)
        assert described is not None
        file = open_file(EXAMPLES / "inbox" / account / name)
        read_file = choose(file, described.for_adapters()).read_file
        assert read_file is not None
        for each in read_file(file, described.for_adapters()):
            if isinstance(each, AccountFigures) and "followers" in each.figures:
                count = each.figures["followers"]
                assert each.observed_at is not None
                owner = config.called[each.account] if each.account else account
                value = count if isinstance(count, int) else count.value
                found.add((owner, each.observed_at.date(), value))
    assert found == wanted


def test_bilibili_files_reach_back_into_the_one_before(everything: Any) -> None:
    files = [each for each in everything[0] if each.account == "bilibili"]
    numbers = [{shown.work.number for shown in each.shown} for each in files]
    assert len(numbers[0]) < 10
    assert all(len(each) <= 10 for each in numbers)
    assert all(one & other for one, other in pairwise(numbers))


def _run(centre: Path, *arguments: str) -> Result:
    app = App(config_path=centre / "config.toml", clock=lambda: LATER)
    return CliRunner().invoke(main, list(arguments), obj=app, catch_exceptions=False)


def test_every_file_is_put_away(county: Path) -> None:
    waiting = [
        each
        for account in (county / "inbox").iterdir()
        for each in account.iterdir()
        if each.name != "done"
    ]
    assert waiting == []


def test_a_second_run_adds_nothing(county: Path) -> None:
    before = _report(county, "2026Q3", "published", None)
    result = _run(county, "now", "--json")
    assert result.exit_code == 0, result.output
    after = _report(county, "2026Q3", "published", None)
    assert before["accounts"] == after["accounts"]


def _report(centre: Path, period: str, basis: str, as_of: str | None) -> dict[str, Any]:
    out = centre / "out"
    shutil.rmtree(out, ignore_errors=True)
    moment = ("--as-of", as_of) if as_of else ()
    arguments = ("report", period, "--format", "json", "--basis", basis, *moment, "--out", str(out))
    result = _run(centre, *arguments)
    assert result.exit_code == 0, result.output
    (path,) = out.glob("*.json")
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def _stated(period: str, basis: str, as_of: str | None, part: str = "accounts") -> dict[str, Any]:
    wanted = (period, basis, as_of)
    found: dict[str, Any] = next(
        each[part]
        for each in TRUTH["summaries"]
        if (each["period"], each["basis"], each["as_of"]) == wanted
    )
    return found


SUMMARIES = [(each["period"], each["basis"], each["as_of"]) for each in TRUTH["summaries"]]


@pytest.mark.parametrize(("period", "basis", "as_of"), SUMMARIES)
def test_the_summary_states_the_truth(
    county: Path, period: str, basis: str, as_of: str | None
) -> None:
    report = _report(county, period, basis, as_of)
    assert report["basis"] == basis
    if as_of is not None:
        assert datetime.fromisoformat(report["as_of"]) == datetime.fromisoformat(as_of)
    wrong = []
    for part in ("accounts", "groups"):
        found = {each["id"]: each for each in report[part]}
        for line, answer in _stated(period, basis, as_of, part).items():
            wrong += _differences(line, found[line], answer)
    assert wrong == []


def _differences(line: str, found: Mapping[str, Any], answer: Mapping[str, Any]) -> list[str]:
    wrong = [
        f"{line} {name}: {found[name]}, truly {answer[name]}"
        for name in COMPARED
        if name in answer and found[name] != answer[name]
    ]
    # where no views and no readers are shown, it is not defined which post is best: not compared
    if best := answer.get("best"):
        wanted = (best["title"], {"value": best["value"], "bound": best["bound"]})
        shown = found["best"]
        if shown is None or (shown["title"], shown[best["metric"]]) != wanted:
            wrong.append(f"{line} best: {shown}, truly {best}")
    return wrong


@pytest.fixture(scope="module")
def backwards(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same county, each account's newest file taken in first."""
    folder = tmp_path_factory.mktemp("backwards")
    shutil.copy(ROOT / "config.toml", folder)
    for account in sorted({account for account, _ in FILES}):
        files = sorted((EXAMPLES / "inbox" / account).iterdir(), reverse=True)
        result = _run(folder, "import", *map(str, files), "--account", account)
        assert result.exit_code == 0, result.output
    return folder


@pytest.mark.parametrize(
    ("period", "basis", "as_of"),
    [each for each in SUMMARIES if each[0] in ("2026Q3", "2025-10-01..2026-09-30")],
)
def test_the_order_of_imports_changes_nothing(
    backwards: Path, period: str, basis: str, as_of: str | None
) -> None:
    test_the_summary_states_the_truth(backwards, period, basis, as_of)
