"""Sources and credentials that break and work again: told once each, in one message, and not for a hiccup."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from collector.source_states import logins
from storage import database
from storage.operations.attempts import INTERFACE, POSTS
from storage.operations.troubles import open_troubles
from storage.writing import writes
from storage.writing.reading import Reading
from tests.collector.robots import Room, room
from tests.server.site import Site
from tests.storage.build import DAY, at, epoch, post

HOUR = 3_600
LIST = "https://www.yunling.gov.cn/xw/index.html"
CONFIG = f"""\
[centre]
name = "云岭县融媒体中心"

[[accounts]]
id = "wang"
platform = "portal"
name = "云岭新闻网"
url = "{LIST}"

[[accounts]]
id = "bo"
platform = "weibo"
name = "云岭微博"
uid = "5612345678"

[[accounts]]
id = "mp"
platform = "wechat_mp"
name = "云岭发布"
appid = "wx1"
secret_env = "NONE"

[platforms.weibo]
cookie_env = "WEIBO_COOKIE"

[notify]
urls_file = "robots.txt"
"""
PLATFORMS = {"wang": "portal", "bo": "weibo", "mp": "wechat_mp"}


@dataclass
class Watch:
    """A room in which time goes by in hours; each pass looks at sources with these outcomes."""

    room: Room
    hour: int = 0
    last: int = field(default=0, init=False)

    def run(self, *looks: tuple[str, str, str], hour: int | None = None) -> list[str]:
        """A pass an hour after the last one (or at this hour), then what people are told; a look is
        (account, source, outcome)."""
        self.hour = self.hour + 1 if hour is None else hour
        now = at(10 * DAY + self.hour * HOUR)
        with database.writing(self.room.store.engine) as connection:
            numbers = writes.accounts_known(connection, PLATFORMS)
            run = writes.start_run(connection, "service", now)
            for account, source, outcome in looks:
                about = {"about": "list"} if source == LIST else {}
                read = Reading(
                    run_id=run, account=account, source=source, adapter="x",
                    kind="file" if "." in source and "/" not in source else "page",
                    observed_at=now, observed_from="", recorded_at=now, request=about,
                )  # fmt: skip
                if source == INTERFACE:
                    read = Reading(
                        run_id=run, account=account, source="https://api", adapter="wechat_api",
                        kind="api", observed_at=now, observed_from="", recorded_at=now,
                    )  # fmt: skip
                if outcome == "ok":
                    made = post(f"{source}{self.hour}", 0, key=f"{source}{self.hour}", likes=1)
                    writes.store(connection, read, [made], numbers)
                else:
                    problem = f"{source}：出了事。请照做"
                    writes.failed(connection, read, outcome, problem, numbers[account])
        before = len(self.room.heard())
        self.room.tell(10 * DAY + self.hour * HOUR)
        return self.room.heard()[before:]

    def open(self) -> list[tuple[str, str, str, str, int]]:
        """(kind, account, source, outcome, since in hours) of what does not work."""
        with database.reading(self.room.store.engine) as connection:
            return [
                (each.kind, each.account, each.source, each.outcome,
                 (each.since - epoch(10 * DAY)) // HOUR)
                for each in open_troubles(connection)
            ]  # fmt: skip


@pytest.fixture
def watch(tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch) -> Watch:
    return Watch(room(tmp_path, site, monkeypatch, config=CONFIG))


def test_a_broken_list_is_told_once_and_once_again_when_it_works(watch: Watch) -> None:
    assert watch.run(("wang", LIST, "ok")) == []
    assert watch.run(("wang", LIST, "layout_changed")) == []
    assert watch.open() == [("source", "wang", LIST, "layout_changed", 2)]
    (text,) = watch.run(("wang", LIST, "layout_changed"))
    assert text.split("\n") == [
        "【爆款】数据来源出了问题",
        f"云岭新闻网的列表页 {LIST}：版式变了，1月11日02:00起",
        "出了事。请照做",
    ]
    for _ in range(30):
        assert watch.run(("wang", LIST, "layout_changed")) == []
    (text,) = watch.run(("wang", LIST, "ok"))
    assert text.split("\n") == [
        "【爆款】数据来源已恢复",
        f"云岭新闻网的列表页 {LIST}：1月12日10:00又读到了（1月11日02:00起不通）",
    ]
    assert watch.run(("wang", LIST, "ok")) == []
    assert watch.open() == []


def test_a_hiccup_is_no_alarm(watch: Watch) -> None:
    for outcome in ("ok", "unreachable", "ok", "layout_changed", "ok", "unreachable", "ok"):
        assert watch.run(("wang", LIST, outcome)) == []


def test_what_passes_by_itself_is_told_after_two_hours(watch: Watch) -> None:
    watch.run(("wang", LIST, "ok"))
    assert watch.run(("wang", LIST, "unreachable")) == []  # 02:00
    assert watch.run(("wang", LIST, "unreachable")) == []
    assert len(watch.run(("wang", LIST, "blocked"))) == 1  # 04:00
    assert watch.open() == [("source", "wang", LIST, "blocked", 2)]


def test_looks_of_one_pass_are_one_failure(watch: Watch) -> None:
    urls = [f"https://m.weibo.cn/detail/{n}" for n in range(5)]
    watch.run(*(("bo", url, "ok") for url in urls))
    assert watch.run(*(("bo", url, "layout_changed") for url in urls)) == []
    (text,) = watch.run(*(("bo", url, "layout_changed") for url in urls))
    assert text.split("\n")[1] == "云岭微博的作品页：版式变了，1月11日02:00起"
    assert watch.open() == [("source", "bo", POSTS, "layout_changed", 2)]


def test_one_post_is_not_the_source(watch: Watch) -> None:
    watch.run(("bo", "https://m.weibo.cn/detail/1", "ok"))
    for _ in range(3):
        looks = [("bo", "https://m.weibo.cn/detail/1", "layout_changed")]
        looks.append(("bo", "https://m.weibo.cn/detail/2", "ok"))
        assert watch.run(*looks) == []
    for outcome in ("gone", "unclear"):
        for _ in range(3):
            assert watch.run(("bo", "https://m.weibo.cn/detail/1", outcome)) == []
    assert watch.open() == []


def test_several_faults_are_one_message(watch: Watch) -> None:
    for _ in range(2):
        told = watch.run(
            ("wang", LIST, "layout_changed"), ("bo", "https://m.weibo.cn/detail/1", "refused")
        )
    (text,) = told
    assert text.count("起\n") == 2


def test_a_dead_cookie_is_one_trouble_and_told_at_once(watch: Watch) -> None:
    urls = [f"https://m.weibo.cn/detail/{n}" for n in range(3)]
    watch.run(*(("bo", url, "ok") for url in urls))
    (text,) = watch.run(*(("bo", url, "login_expired") for url in urls))
    assert text.split("\n")[1] == "微博的登录（cookie）：登录失效，1月11日02:00起"
    assert watch.open() == [("credential", "", "weibo", "login_expired", 2)]
    assert watch.run(*(("bo", url, "login_expired") for url in urls)) == []
    assert watch.run(*(("bo", url, "unreachable") for url in urls)) == []  # tells nothing of it
    assert ("credential", "", "weibo", "login_expired", 2) in watch.open()
    (text,) = watch.run(*(("bo", url, "ok") for url in urls))
    assert text.split("\n")[1] == "微博的登录（cookie）：1月11日05:00又可用了（1月11日02:00起不通）"
    assert watch.open() == []


def test_a_key_of_an_interface(watch: Watch) -> None:
    watch.run(("mp", INTERFACE, "ok"))
    (text,) = watch.run(("mp", INTERFACE, "login_expired"))
    assert text.split("\n")[1] == "云岭发布的接口密钥：登录失效，1月11日02:00起"
    (text,) = watch.run(("mp", INTERFACE, "ok"))
    assert text.split("\n")[1] == "云岭发布的接口密钥：1月11日03:00又可用了（1月11日02:00起不通）"


def test_login_without_a_cookie_in_config_is_the_source_itself(watch: Watch) -> None:
    watch.run(("wang", LIST, "login_expired"))
    (text,) = watch.run(("wang", LIST, "login_expired"))
    assert text.split("\n")[1] == f"云岭新闻网的列表页 {LIST}：登录失效，1月11日01:00起"


def test_a_file_that_cannot_be_read_until_it_is_taken_away(watch: Watch) -> None:
    path = watch.room.centre.inbox("wang") / "表.xlsx"
    path.write_bytes(b"x")
    assert watch.run(("wang", "表.xlsx", "layout_changed")) == []
    (text,) = watch.run(("wang", "表.xlsx", "layout_changed"))
    assert text.split("\n")[1] == "云岭新闻网的文件 表.xlsx：版式变了，1月11日01:00起"
    path.unlink()
    assert watch.run() == []  # it is known what was done
    assert watch.open() == []


def test_a_file_named_by_hand_is_no_source(watch: Watch) -> None:
    for _ in range(3):
        assert watch.run(("wang", "别处的.xlsx", "layout_changed")) == []
    assert watch.open() == []


def test_what_config_no_longer_asks_ends_without_a_word(watch: Watch) -> None:
    for _ in range(2):
        watch.run(("wang", LIST, "layout_changed"))
    config = watch.room.centre.folder / "config.toml"
    config.write_text(CONFIG.replace("/xw/index", "/xinwen/index"), encoding="utf-8")
    assert watch.run() == []
    assert watch.open() == []


def test_what_began_before_the_days_that_are_read(watch: Watch) -> None:
    watch.run(("wang", LIST, "ok"))
    chats = watch.room.centre.folder / "robots.txt"
    kept = chats.read_text(encoding="utf-8")
    chats.write_text("", encoding="utf-8")
    watch.run(("wang", LIST, "layout_changed"))  # hour 2
    with database.writing(watch.room.store.engine) as connection:
        connection.exec_driver_sql("DELETE FROM trouble")
        connection.exec_driver_sql("DELETE FROM delivery")
    chats.write_text(kept, encoding="utf-8")
    watch.run(("wang", LIST, "layout_changed"), hour=300)
    (text,) = watch.run(("wang", LIST, "layout_changed"), hour=301)
    assert "1月11日02:00起" in text


def test_what_breaks_again_is_told_again(watch: Watch) -> None:
    texts = []
    for outcome in ("ok", *["layout_changed"] * 3, "ok", *["layout_changed"] * 3, "ok"):
        texts += watch.run(("wang", LIST, outcome))
    assert [text.split("\n")[0] for text in texts] == [
        "【爆款】数据来源出了问题",
        "【爆款】数据来源已恢复",
    ] * 2


#: Outcomes of three passes with the cookie; its text; what is said at 04:00 on 2026-01-11.
LOGINS = [
    ((), "SUB=x", "微博的登录（cookie）：还没有用过"),
    (("ok", "ok", "ok"), "SUB=x", "微博的登录（cookie）：正常，最近 1月11日03:00 可用"),
    (("ok", "login_expired", "login_expired"), "SUB=x", "微博的登录（cookie）：1月11日02:00起失效，请换上新的"),
    # 2026-01-21 04:00 and 2026-01-11 03:00 in Shanghai
    (("ok",), "SUB=x; ALF=02_1768939200", "微博的登录（cookie）：正常，最近 1月11日01:00 可用，还有 10 天到期，到期前请换上新的"),
    ((), "SUB=x; ALF=1768071600", "微博的登录（cookie）：还没有用过，已经到期，请换上新的"),
    ((), None, "微博的登录（cookie）：环境变量 WEIBO_COOKIE 没有设置"),
]  # fmt: skip


@pytest.mark.parametrize(("outcomes", "cookie", "words"), LOGINS)
def test_states_of_credentials(
    watch: Watch,
    monkeypatch: pytest.MonkeyPatch,
    outcomes: tuple[str, ...],
    cookie: str | None,
    words: str,
) -> None:
    monkeypatch.delenv("WEIBO_COOKIE", raising=False)
    if cookie is not None:
        monkeypatch.setenv("WEIBO_COOKIE", cookie)
    for outcome in outcomes:
        watch.run(("bo", "https://m.weibo.cn/detail/1", outcome))
    app = watch.room.centre.app
    with database.reading(app.engine) as connection:
        found = logins(connection, app.config, at(10 * DAY + 4 * HOUR))
    now = at(10 * DAY + 4 * HOUR)
    assert [each.words(now) for each in found] == [
        words,
        "云岭发布的接口密钥：环境变量 NONE 没有设置",
    ]
