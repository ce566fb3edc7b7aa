"""``collect notify`` and what ``collect now`` tells, as a person sees it."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from collector.cli import main
from tests.collector.centre import CONFIG as CENTRE
from tests.collector.centre import NOW, Centre, centre
from tests.collector.robots import PATHS, SECRETS, TAKEN, at_home, room, said, text_of
from tests.server.faults import status
from tests.server.site import Site


def run(made: Centre, *args: str) -> tuple[int, str]:
    answer = CliRunner().invoke(main, list(args), obj=made.app)
    assert answer.exception is None or isinstance(answer.exception, SystemExit), answer.exception
    return answer.exit_code, answer.output


def test_a_test_says_what_each_chat_answered(
    tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    robots = ("wecombot", "dingtalk", "feishu", "lark", "what://is-this")
    made = room(tmp_path, site, monkeypatch, robots=robots)
    site.routes[PATHS["dingtalk"]] = said({"errcode": 310000, "errmsg": "keywords not in content"})
    site.routes[PATHS["feishu"]] = status(503)
    code, out = run(made.centre, "notify", "--test")
    assert code == 1
    assert [line.partition("]")[0][1:] for line in out.splitlines()] == [
        "有误", "成功", "被拒绝", "暂时没有成功", "成功",
    ]  # fmt: skip
    assert "第5行的地址看不懂" in out
    assert "自定义关键词" in out
    (text,) = made.heard("lark")
    assert text == "【爆款】云岭县融媒体中心的测试消息，2026-10-08 09:00。收到它，群通知就设好了"
    assert [secret for secret in SECRETS if secret in out] == []


def test_all_is_well(tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    made = room(tmp_path, site, monkeypatch)
    assert run(made.centre, "notify", "--test")[0] == 0
    assert run(made.centre, "notify") == (0, "没有要通知的\n")


def test_no_chats(tmp_path: Path) -> None:
    code, out = run(centre(tmp_path), "notify", "--test")
    assert (code, out) == (1, "config.toml 里没有写群机器人。写法见使用手册“群通知”\n")


def chatting(tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch) -> Centre:
    at_home(site, monkeypatch)
    monkeypatch.setenv("ROBOTS", "wecombot://wecomkey-5f3a9b7c/")
    return centre(tmp_path, f'{CENTRE}\n[notify]\nurls_env = "ROBOTS"\n')


def test_collect_now_tells_once(
    tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = chatting(tmp_path, site, monkeypatch)
    made.douyin(
        "a.csv", [("秋收", "2026-10-06 08:00", 120_000), ("夏收", "2026-06-06 08:00", 990_000)]
    )
    code, out = run(made, "now")
    assert code == 0
    assert "[已通知] 企业微信#1-" in out
    (seen,) = site.asked(PATHS["wecombot"])
    assert "“秋收” 播放量12万人次（“10万+”）" in text_of(seen)
    assert "夏收" not in text_of(seen)
    made.now = NOW + timedelta(hours=1)
    code, out = run(made, "now", "--json")
    assert json.loads(out)["announced"] == []
    assert len(site.asked(PATHS["wecombot"])) == 1


def test_what_was_not_taken_is_tried_by_hand(
    tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = chatting(tmp_path, site, monkeypatch)
    made.douyin("a.csv", [("秋收", "2026-10-06 08:00", 120_000)])
    site.routes[PATHS["wecombot"]] = status(503)
    code, out = run(made, "now")
    assert code == 0  # the sources are well
    assert "[通知没有发成] 企业微信#1-" in out
    assert "暂时不接收（HTTP 503）" in out
    site.routes[PATHS["wecombot"]] = said(TAKEN["wecombot"])
    made.now = NOW + timedelta(minutes=5)
    code, out = run(made, "notify")
    assert code == 0
    assert out.startswith("[已通知] 企业微信#1-")


@pytest.mark.parametrize("days", [40, -40, 9, -2])
def test_under_a_wrong_clock_nothing_is_told_by_hand(
    tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch, days: int
) -> None:
    """The hit stays news: told as soon as the clock is right, or as soon as a person runs it again."""
    made = chatting(tmp_path, site, monkeypatch)
    assert run(made, "now")[0] == 0
    made.douyin("a.csv", [("秋收", "2026-10-06 08:00", 120_000)])
    made.now = NOW + timedelta(days=days)
    code, out = run(made, "notify")
    assert (code, site.asked(PATHS["wecombot"])) == (1, [])
    assert f"{'晚' if days > 0 else '早'}了{abs(days)}天" in out
    code, out = run(made, "now")
    assert (code, site.asked(PATHS["wecombot"])) == (1, [])
    assert "[通知没有发成] 电脑的时钟是" in out
    made.now = NOW + timedelta(hours=1)  # set right: one look more, or none where it was days back
    if run(made, "now")[0]:
        assert site.asked(PATHS["wecombot"]) == []
        assert run(made, "now")[0] == 0
    (seen,) = site.asked(PATHS["wecombot"])
    assert "“秋收” 播放量12万人次（“10万+”）" in text_of(seen)
