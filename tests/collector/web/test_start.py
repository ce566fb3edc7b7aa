"""开始: a folder without config.toml becomes a centre; nothing is written before a person confirms, nothing twice."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from collector.config.loading import load
from collector.config.web import WebConfig
from collector.web import handing
from collector.web.desk import Desk
from collector.web.server import NOT_BEGUN, NoPeople, create, serve
from collector.web.site import Site
from storage.operations import uploads
from tests.collector.centre import Centre
from tests.collector.web.conftest import Browser, Clock

LISTED = [("凌晨的青禾", "2026-10-01 08:00:00", 9), ("茶山开园", "2026-10-02 08:00:00", 8)]
OTHERS = [("夜市开街", "2026-09-03 08:00:00", 77), ("送戏下乡", "2026-09-04 08:00:00", 5)]
OWN = "标题,发布时间,累计点击\n甲,2026-10-01 08:00,10\n乙,2026-10-02 08:00,20\n".encode("utf-8-sig")


class Empty:
    """An empty folder, its page, and the desk, which works when it is told to."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.folder = folder
        self.site = Site(
            config_path=folder / "config.toml", guarded=False, owner="小林", clock=clock
        )
        self.app = create(self.site)
        self.app.test_client_class = Browser
        self.desk: Desk = self.app.extensions["desk"]
        self.browser: FlaskClient = self.app.test_client()
        self.browser.get("/start/")

    def hand_in(self, path: str, body: bytes) -> None:
        name = path.rpartition("/")[2] or "x"
        self.browser.post("/start/files", data={"file": (io.BytesIO(body), name), "path": path})

    def form(self, **changed: str) -> dict[str, str]:
        """The form as it stands on the page, with changes; of fields that begin with a word, each."""
        page = self.browser.get("/start/").text
        fields = dict(re.findall(r'<input [^>]*?name="([^"]+)"[^>]*? value="([^"]*)"', page))
        for name, inner in re.findall(r'<select name="([^"]+)">(.*?)</select>', page, re.DOTALL):
            fields[name] = re.findall(r'value="([^"]*)"', inner)[0]
        fields["centre"] = "青禾县融媒体中心"
        return fields | changed

    def confirm(self, form: dict[str, str]) -> tuple[int, str]:
        answer = self.browser.post("/start/confirm", data=form)
        return answer.status_code, answer.text

    def rows(self) -> list[tuple[str, str, str]]:
        with self.site.reading() as connection:
            found = uploads.uploads(connection)
        return sorted((each.name, each.state, each.account) for each in found)


@pytest.fixture
def empty(tmp_path: Path, clock: Clock) -> Iterator[Empty]:
    made = Empty(tmp_path, clock)
    yield made
    made.site.close()


def listed(tmp_path: Path, rows: list[tuple[str, str, int]]) -> bytes:
    path = Centre(tmp_path).douyin("bytes.csv", rows, tmp_path)
    body = path.read_bytes()
    path.unlink()
    return body


def test_every_page_of_an_empty_folder_is_the_start(empty: Empty) -> None:
    for address in ("/", "/import/", "/posts/"):
        assert empty.browser.get(address).headers["Location"] == "/start/"
    assert "还没有交来文件" in empty.browser.get("/start/").text


def test_from_files_to_a_centre(empty: Empty, tmp_path: Path) -> None:
    empty.hand_in("下载/看青禾/作品列表.csv", listed(tmp_path, LISTED))
    empty.hand_in("下载/青禾好物/作品列表.csv", listed(tmp_path, OTHERS))
    empty.hand_in("下载/青禾云统计.csv", OWN)
    empty.hand_in("下载/说明.txt", "不是数据".encode())
    page = empty.browser.get("/start/").text
    assert "文件夹叫“看青禾”" in page
    assert "没有人读得懂的 1 个" in page
    assert not (tmp_path / "config.toml").exists()
    form = empty.form()
    (name,) = (key for key, value in form.items() if value == "青禾好物")
    (column,) = (key for key in form if key.startswith("column-"))
    code, _ = empty.confirm(form | {name: "青禾好物铺", column: "views"})
    assert code == 302
    config = load(tmp_path / "config.toml")
    assert config.centre.name == "青禾县融媒体中心"
    assert [(each.id, each.name, each.group, dict(each.columns)) for each in config.accounts] == [
        ("douyin", "看青禾", "短视频", {}),
        ("douyin2", "青禾好物铺", "短视频", {}),
        ("app", "青禾云", "自有平台", {"累计点击": "views"}),
    ]
    empty.desk.work()
    assert empty.rows() == [
        ("作品列表.csv", "ready", "douyin"),
        ("作品列表.csv", "ready", "douyin2"),
        ("青禾云统计.csv", "ready", "app"),
    ]
    assert not (tmp_path / "data/web/start").exists()
    assert "开始时小林确认的" in empty.browser.get("/import/").text


def test_a_confirm_sent_twice_writes_once(empty: Empty, tmp_path: Path) -> None:
    empty.hand_in("作品列表.csv", listed(tmp_path, LISTED))
    form = empty.form()
    assert empty.confirm(form)[0] == 302
    before = (tmp_path / "config.toml").read_bytes()
    assert empty.confirm(form | {"centre": "别的"})[0] == 302
    assert (tmp_path / "config.toml").read_bytes() == before
    assert len(empty.rows()) == 1
    empty.hand_in("b.csv", listed(tmp_path, OTHERS))
    assert not (tmp_path / "data/web/start").exists()


def test_what_was_left_when_the_server_ended_goes_to_the_desk(empty: Empty, tmp_path: Path) -> None:
    empty.hand_in("作品列表.csv", listed(tmp_path, LISTED))
    (tmp_path / "config.toml").write_text(
        '[centre]\nname = "青"\n[[accounts]]\nid = "d"\nplatform = "douyin"\nname = "看"\n',
        encoding="utf-8",
    )
    assert empty.browser.get("/start/").headers["Location"] == "/import/"
    empty.desk.work()
    assert empty.rows() == [("作品列表.csv", "ready", "d")]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"centre": " "}, "请写单位名称"),
        ({"name": ""}, "没有写名称"),
        ({"use": ""}, "至少要有一个账号"),
        ({"shown": "x"}, "再看一遍"),
    ],
)
def test_what_is_lacking_is_said_and_nothing_typed_is_lost(
    empty: Empty, tmp_path: Path, changed: dict[str, str], words: str
) -> None:
    empty.hand_in("作品列表.csv", listed(tmp_path, LISTED))
    form = empty.form()
    form = {k: changed.get(k.partition("-")[0], v) for k, v in form.items()}
    group = next(key for key in form if key.startswith("group-"))
    code, page = empty.confirm(form | {group: "短视频部"})
    assert code == 422
    assert words in page
    assert "短视频部" in page
    assert not (tmp_path / "config.toml").exists()


def test_two_rows_of_one_name_are_one_account(empty: Empty, tmp_path: Path) -> None:
    empty.hand_in("看青禾/a.csv", listed(tmp_path, LISTED))
    empty.hand_in("好物/b.csv", listed(tmp_path, OTHERS))
    form = empty.form()
    assert (
        empty.confirm({k: "看青禾" if k.startswith("name-") else v for k, v in form.items()})[0]
        == 302
    )
    assert [each.name for each in load(tmp_path / "config.toml").accounts] == ["看青禾"]
    empty.desk.work()
    assert {account for _, _, account in empty.rows()} == {"douyin"}


@pytest.mark.parametrize(
    "path",
    [
        "../../config.toml", "..\\..\\x.csv", "/etc/passwd", "C:\\x\\con.csv", "a\x00b/c\x00.csv", "nul", "…/…",
        "<script>.csv", "长" * 300 + "/" + "长" * 300 + ".csv",
    ],
)  # fmt: skip
def test_no_name_leads_out_of_the_heap(empty: Empty, tmp_path: Path, path: str) -> None:
    empty.hand_in(path, b"x,y\n1,2\n")
    kept = [each for each in tmp_path.rglob("*") if each.is_file() and each.suffix != ".key"]
    assert len(kept) == 1
    assert kept[0].is_relative_to(tmp_path / "data" / "web" / "start")
    assert "<script>." not in empty.browser.get("/start/").text


def test_the_same_bytes_lie_once_and_can_be_thrown_away(empty: Empty, tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        empty.hand_in(name, listed(tmp_path, LISTED))
    assert len([each for each in (tmp_path / "data/web/start").rglob("*") if each.is_file()]) == 1
    empty.browser.post("/start/clear")
    assert "还没有交来文件" in empty.browser.get("/start/").text


def test_beyond_this_pc_nobody_begins(tmp_path: Path, clock: Clock) -> None:
    site = Site(config_path=tmp_path / "config.toml", guarded=True, clock=clock)
    app = create(site)
    for address in ("/", "/start/", "/enter"):
        answer = app.test_client().get(address, base_url="http://127.0.0.1:8720")
        assert answer.status_code == 403
        assert NOT_BEGUN in answer.text
    with pytest.raises(NoPeople, match="第一次请在这台电脑上打开"):
        serve(site, WebConfig(listen="0.0.0.0:0"))


def test_files_beyond_what_one_request_may_hold_are_told_of(
    empty: Empty, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handing, "AT_ONCE", 2)
    data = {"file": [(io.BytesIO(f"a,b\n{at},2\n".encode()), f"{at}.csv") for at in range(5)]}
    empty.browser.post("/start/files", data=data)
    assert "后面的 3 个没有收下" in empty.browser.get("/start/").text
