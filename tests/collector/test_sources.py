"""``collect sources``: what fails since when, how often, and what to do."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from adapters.contract import Request
from adapters.records import Post
from collector.cli import main
from tests.collector.centre import Centre, centre
from tests.collector.kept import CONFIG, KEY, THEN, VIEW, keep, view

LIST = "https://www.yunling.example/xw/"
POST = Post(title="云岭茶山开园", published_at=THEN - timedelta(days=1), key=KEY)
HOUR = timedelta(hours=1)


@pytest.fixture
def here(tmp_path: Path) -> Centre:
    return centre(tmp_path, CONFIG)


def run(here: Centre, *words: str) -> Result:
    app = here.app
    result = CliRunner().invoke(main, ["sources", *words], obj=app)
    if "engine" in app.__dict__:
        app.engine.dispose()
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def look(here: Centre, url: str, moment: datetime, outcome: str = "", about: str = "post") -> None:
    body = f"{url} {moment}".encode()
    post = Post(title=url, published_at=THEN - timedelta(days=1), url=url)
    request = Request(url=url, about=about)
    records = [] if about == "list" else [post]
    keep(
        here, body, records, request=request, account="wang", adapter="portal",
        outcome=outcome, moment=moment,
    )  # fmt: skip


def test_before_anything_was_asked(here: Centre) -> None:
    said = run(here)
    assert said.exit_code == 0
    assert f"[未采集] wang / 列表 {LIST}：还没有采集过" in said.output
    assert "[未采集] bili / 列表 " in said.output


def test_without_pages_it_says_how_to_have_some(tmp_path: Path) -> None:
    said = run(centre(tmp_path))
    assert said.exit_code == 0
    assert "还没有网页来源" in said.output


def test_a_failing_list_says_since_when_and_what_to_do(here: Centre) -> None:
    look(here, LIST, THEN, about="list")
    look(here, LIST, THEN + HOUR, "blocked", about="list")
    look(here, LIST, THEN + 2 * HOUR, "layout_changed", about="list")
    said = run(here, "--account", "wang")
    assert said.exit_code == 1
    assert (
        f"[版式变了] wang / 列表 {LIST}：2026-10-01 09:00 起失败 2 次；最近读到 2026-10-01 08:00"
        in said.output
    )
    assert "旧的读法不认得" in said.output
    assert "1 个有问题" in said.output


def test_a_good_look_ends_the_run_of_failures(here: Centre) -> None:
    look(here, LIST, THEN, "blocked", about="list")
    look(here, LIST, THEN + HOUR, about="list")
    said = run(here, "--account", "wang")
    assert said.exit_code == 0
    assert f"[正常] wang / 列表 {LIST}：最近读到 2026-10-01 09:00" in said.output


def test_posts_are_one_line_and_twenty_failing_ones(here: Centre) -> None:
    for number in range(30):
        outcome = "unreachable" if number < 25 else ""
        look(here, f"{LIST}t20260930_{number}.html", THEN, outcome)
    said = run(here, "--account", "wang")
    assert said.exit_code == 1
    assert "wang / 作品：30 个地址，25 个有问题；最近读到 2026-10-01 08:00" in said.output
    assert said.output.count("[连不上]") == 20
    assert "另有 5 个" in said.output


def test_a_post_that_is_gone_is_no_failure(here: Centre) -> None:
    look(here, f"{LIST}t20260930_1.html", THEN)
    look(here, f"{LIST}t20260930_2.html", THEN, "gone")
    said = run(here, "--account", "wang")
    assert said.exit_code == 0
    assert "2 个地址，1 个作品已不在" in said.output


def test_a_list_that_is_gone_is_one(here: Centre) -> None:
    look(here, LIST, THEN, "gone", about="list")
    said = run(here, "--account", "wang")
    assert said.exit_code == 1
    assert "[已不在]" in said.output
    assert "还没有读到过" in said.output


def test_what_could_be_read_again_is_good(here: Centre) -> None:
    keep(here, view(), [], outcome="layout_changed")
    assert run(here, "--account", "bili").exit_code == 1
    app = here.app
    CliRunner().invoke(main, ["reread"], obj=app)
    app.engine.dispose()
    assert run(here, "--account", "bili").exit_code == 0


def test_json_has_every_address(here: Centre) -> None:
    keep(here, view(), [POST])
    keep(here, b"", [], outcome="blocked", moment=THEN + HOUR)
    group = json.loads(run(here, "--account", "bili", "--json").output)[0]
    (source,) = group["sources"]
    assert (group["label"], group["failing"], group["last_good"]) == (
        "作品",
        1,
        "2026-10-01T08:00:00+08:00",
    )
    assert (source["source"], source["outcome"], source["failures"], source["looks"]) == (
        VIEW,
        "blocked",
        1,
        2,
    )
    assert source["failing_since"] == "2026-10-01T09:00:00+08:00"


def test_an_unknown_account_is_usage(here: Centre) -> None:
    assert run(here, "--account", "nobody").exit_code == 2
