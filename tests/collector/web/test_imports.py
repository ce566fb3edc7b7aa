"""导入: a heap of files is handed in, looked at, taken over or left; nothing is lost, nothing is read twice."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from collector.web import handing
from collector.web.desk import Desk
from collector.web.handing import cleaned
from collector.web.server import create
from collector.web.site import Site
from storage.operations import uploads
from tests.collector.centre import Centre
from tests.collector.test_placing import ACCOUNT, CONFIG, LISTED, OTHERS, TWO
from tests.collector.web.conftest import Browser, Clock

NAMES = [
    "../../config.toml",
    "..\\..\\config.toml",
    "/etc/passwd",
    "C:\\x\\con.csv",
    "a\x00b.csv",
    "nul",
    "…",
    "",
]
NAMES += ["长" * 400 + ".csv"]


class Office:
    """A centre with two accounts of one platform, its page, and the desk, which works when it is told to."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        text = CONFIG + "".join(ACCOUNT.format(*each) for each in TWO)
        (folder / "config.toml").write_text(text, encoding="utf-8")
        self.site = Site(
            config_path=folder / "config.toml", guarded=False, owner="小林", clock=clock
        )
        self.app = create(self.site)
        self.app.test_client_class = Browser
        self.desk: Desk = self.app.extensions["desk"]
        self.browser: FlaskClient = self.app.test_client()
        self.browser.get("/import/")

    def hand_in(self, *files: tuple[str, bytes]) -> str:
        data = {"file": [(io.BytesIO(body), name) for name, body in files]}
        self.browser.post("/import/files", data=data)
        self.desk.work()
        return self.page()

    def page(self) -> str:
        return self.browser.get("/import/").text

    def states(self) -> list[str]:
        with self.site.reading() as connection:
            return [each.state for each in reversed(uploads.uploads(connection))]

    def act(self, what: str, number: int | None = None, **data: str) -> None:
        self.browser.post(
            f"/import/{what}", data=data | ({"number": str(number)} if number else {})
        )
        self.desk.work()

    def posts(self, account: str = "") -> int:
        page = self.browser.get(f"/posts/?account={account}").text
        return int(re.search(r"作品（(\d+) 条", page)[1])  # type: ignore[index]


@pytest.fixture
def office(tmp_path: Path, clock: Clock) -> Office:
    return Office(tmp_path, clock)


def listed(tmp_path: Path, rows: list[tuple[str, str, int]]) -> bytes:
    return Centre(tmp_path).douyin("x.csv", rows, tmp_path).read_bytes()


def test_a_file_is_shown_first_and_stored_when_it_is_taken(office: Office, tmp_path: Path) -> None:
    page = office.hand_in(("2026-10-05 看青禾.csv", listed(tmp_path, LISTED)))
    assert "看青禾" in page and "文件名写着它" in page
    assert "作品 2 条（新 2）" in page
    assert office.posts() == 0, "only looked at"
    office.act("take")
    assert office.states() == ["done"]
    assert office.posts("dy1") == 2
    assert not [each for each in (tmp_path / "data/web/uploads").rglob("*") if each.is_file()]
    assert "小林" in office.page()


def test_whose_it_is_is_asked_once(office: Office, tmp_path: Path) -> None:
    """What a person said of one list says whose the next is that shares a work with it."""
    both = [
        ("2026-10-05 列表.csv", listed(tmp_path, LISTED)),
        ("2026-10-06 列表.csv", listed(tmp_path, [LISTED[0], *OTHERS])),
    ]
    page = office.hand_in(*both)
    assert office.states() == ["asked", "asked"]
    assert "是哪个账号的？" in page
    office.act("whose", 1, account="dy2")
    assert office.states() == ["ready", "asked"]
    office.act("take", 1)
    assert office.states() == ["done", "ready"]
    office.act("take")
    assert office.posts("dy2") == 4
    assert office.posts("dy1") == 0


def test_the_same_bytes_change_nothing_twice(office: Office, tmp_path: Path) -> None:
    file = ("2026-10-05 看青禾.csv", listed(tmp_path, LISTED))
    office.hand_in(file, file)
    assert office.states() == ["ready"]
    office.act("take")
    assert "此前已导入" in office.hand_in(file)
    office.act("take")
    assert office.posts() == 2


@pytest.mark.parametrize(
    ("name", "body", "words"),
    [
        ("空.csv", b"", "是空的"),
        ("坏.xlsx", b"PK\x03\x04 not a workbook", "坏.xlsx"),
        ("说明.txt", "这不是数据".encode(), "没有一个账号读得懂"),
        ("程序.exe", b"MZ\x90\x00" * 50, "程序.exe"),
    ],
)
def test_what_cannot_be_read_says_why(office: Office, name: str, body: bytes, words: str) -> None:
    page = office.hand_in((name, body))
    assert words in page
    assert office.states() in ([], ["failed"])


@pytest.mark.parametrize(
    "name",
    [
        "../../config.toml",
        "..\\..\\config.toml",
        "/etc/passwd",
        "C:\\x\\con.csv",
        "a\x00b.csv",
        "长" * 400 + ".csv",
        "nul",
        "…",
        "",
    ],
)
def test_no_name_leads_out_of_the_desk(office: Office, tmp_path: Path, name: str) -> None:
    before = (tmp_path / "config.toml").read_bytes()
    assert len(cleaned(name).encode()) <= 200
    assert not re.search(r'[\\/:*?"<>|\x00-\x1f]', cleaned(name))
    if name:
        office.hand_in((name, b"x,y\n1,2\n"))
    assert (tmp_path / "config.toml").read_bytes() == before
    kept = [
        each
        for each in tmp_path.rglob("*")
        if each.is_file() and each.suffix not in (".toml", ".key") and ".db" not in each.name
    ]
    assert all(each.is_relative_to(tmp_path / "data" / "web" / "uploads") for each in kept)


def test_a_file_that_is_too_large_leaves_nothing(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handing, "MAX_BYTES", 100)
    assert "上限" in office.hand_in(("大.csv", b"x" * 101))
    assert not [each for each in (tmp_path / "data/web/uploads").rglob("*") if each.is_file()]


def test_a_full_disk_is_told_and_leaves_nothing(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    assert "磁盘已满" in office.hand_in(("a.csv", b"x" * 10))
    assert not [each for each in (tmp_path / "data/web/uploads").rglob("*") if each.is_file()]
    assert office.states() == []


def test_a_file_can_be_left(office: Office, tmp_path: Path) -> None:
    office.hand_in(("看青禾.csv", listed(tmp_path, LISTED)))
    office.act("leave", 1)
    assert office.states() == ["left"]
    office.act("take", 1)
    assert office.states() == ["left"]
    assert office.posts() == 0


def test_what_was_at_work_when_the_server_ended_is_done_after_it(
    office: Office, tmp_path: Path, clock: Clock
) -> None:
    office.hand_in(("2026-10-05 看青禾.csv", listed(tmp_path, LISTED)))
    office.browser.post("/import/take")
    office.site.close()
    again = Office(tmp_path, clock)
    assert again.states() == ["taking"]
    again.desk.work()
    assert again.states() == ["done"]
    assert again.posts() == 2


def test_two_people_who_take_one_file_take_it_once(office: Office, tmp_path: Path) -> None:
    office.hand_in(("看青禾.csv", listed(tmp_path, LISTED)))
    other = office.app.test_client()
    other.get("/import/")
    office.browser.post("/import/take", data={"number": "1"})
    other.post("/import/take", data={"number": "1"})
    assert "别人已经接收" in other.get("/import/").text
    office.desk.work()
    assert office.posts() == 2


def test_an_import_is_withdrawn_and_stays_on_record(office: Office, tmp_path: Path) -> None:
    office.hand_in(("2026-10-05 看青禾.csv", listed(tmp_path, LISTED)))
    office.act("take")
    where = re.search(r'href="(/import/withdraw/\d+)"', office.page())
    assert where is not None
    office.browser.get(where[1])
    office.browser.post(where[1], data={"reason": "放错了"})
    assert office.posts() == 0
    page = office.page()
    assert "放错了" in page and where[1] not in page


def test_five_hundred_files_at_once(office: Office, tmp_path: Path) -> None:
    body = listed(tmp_path, LISTED)
    data = {"file": [(io.BytesIO(body + b"\n" * at), f"看青禾 {at}.csv") for at in range(120)]}
    assert office.browser.post("/import/files", data=data).status_code == 302
    assert office.states() == ["waiting"] * 120


def test_a_pass_is_made_when_a_person_asks_for_one(office: Office, tmp_path: Path) -> None:
    Centre(tmp_path).douyin("2026-10-05 列表.csv", LISTED, Centre(tmp_path).inbox("dy1"))
    office.browser.post("/import/now")
    assert "正在采集" in office.page()
    office.desk._pass()
    assert "新作品 2 条" in office.page()
    assert office.posts("dy1") == 2


def test_files_alike_are_asked_about_once(office: Office, tmp_path: Path) -> None:
    page = office.hand_in(
        ("2026-10-05 作品列表.csv", listed(tmp_path, LISTED)),
        ("2026-10-06 作品列表 (1).csv", listed(tmp_path, OTHERS)),
    )
    assert office.states() == ["asked", "asked"]
    assert "等 2 个" in page
    assert page.count("都是哪个账号的？") == 1
    group = re.search(r"<form[^>]*whose.*?</form>", page, re.DOTALL)
    assert group is not None
    numbers = re.findall(r'name="number" value="(\d+)"', group[0])
    assert sorted(numbers) == ["1", "2"]
    office.browser.post("/import/whose", data={"number": numbers, "account": "dy2"})
    office.desk.work()
    assert office.states() == ["ready", "ready"]
    office.act("take")
    assert office.posts("dy2") == 4
