"""The example county's topics, placements, live streams, broadcast, followers and named posts: what the program states
is the truth that the generator computed without it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from collector.app import App
from collector.cli import main
from tests.conftest import LATER

ROOT = Path(__file__).resolve().parents[1]
TRUTH: list[dict[str, Any]] = json.loads(
    (ROOT / "examples" / "truth.json").read_text(encoding="utf-8")
)["kinds"]
CASES = [(each["period"], each["basis"], each["as_of"]) for each in TRUTH]


def _run(centre: Path, *arguments: str) -> str:
    app = App(config_path=centre / "config.toml", clock=lambda: LATER)
    result = CliRunner().invoke(main, list(arguments), obj=app, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture(params=CASES, ids=lambda case: "-".join(map(str, case)))
def case(
    request: pytest.FixtureRequest, county: Path, tmp_path: Path
) -> tuple[dict[str, Any], dict[str, Any]]:
    """(what the program states, the truth) of a period, basis and moment."""
    period, basis, as_of = request.param
    moment = ("--as-of", as_of) if as_of else ()
    asked = (period, "--format", "json", "--basis", basis, *moment)
    _run(county, "report", *asked, "--out", str(tmp_path))
    (path,) = tmp_path.glob("*.json")
    wanted = next(
        each for each in TRUTH if (each["period"], each["basis"], each["as_of"]) == request.param
    )
    return json.loads(path.read_text(encoding="utf-8")), wanted


def test_the_sections_state_the_truth(case: tuple[dict[str, Any], dict[str, Any]]) -> None:
    report, truth = case
    assert _topics(report) == {
        name: (each["posts"], each["views"], each["accounts"])
        for name, each in truth["topics"].items()
    }
    tops = [[each["title"], each["account"], each["views"]["value"]] for each in report["tops"]]
    assert tops[: len(truth["tops"])] == truth["tops"]
    assert _followers(report) == truth["followers"]
    if "placements" in truth:
        stated = {
            name: {key: n for key, n in each.items() if n} if isinstance(each, dict) else each
            for name, each in report["placements"].items()
        }
        for name, each in truth["placements"].items():
            assert stated[name] == each, name
        live = report["live"]
        views = None if live["views"] is None else live["views"]["value"]
        best = None if live["best"] is None else live["best"]["title"]
        assert (live["sessions"], views, best) == tuple(truth["live"].values())


def _topics(report: dict[str, Any]) -> dict[str, Any]:
    return {
        each["name"]: (
            each["posts"],
            each["views"],
            {
                part["account"]: {"posts": part["posts"], "views": part["views"]}
                for part in each["platforms"]
                if part["posts"]
            },
        )
        for each in report["topics"]
    }


def _followers(report: dict[str, Any]) -> dict[str, list[int | None]]:
    found = {}
    for each in report["followers"]:
        ends = [each["at_start"], each["at_end"]]
        values = [end["value"] if isinstance(end, dict) else end for end in ends]
        if values != [None, None]:
            found[each["account"]] = values
    return found
