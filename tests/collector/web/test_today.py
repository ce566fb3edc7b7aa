"""今天: what a person sees first, and what it says to do next."""

from __future__ import annotations

import re

from click.testing import CliRunner
from flask.testing import FlaskClient

from collector.app import App
from collector.cli import main
from collector.web.site import Site
from tests.collector.centre import Centre
from tests.collector.web.conftest import Clock, browse

EVIL = "<script>alert(1)</script>"


def read(centre: Site) -> None:
    app = App(config_path=centre.config_path, clock=centre.clock)
    CliRunner().invoke(main, ["now", "--json"], obj=app)


def text(browser: FlaskClient) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", browser.get("/").text))


def test_before_there_is_anything_it_says_what_to_do(browser: FlaskClient) -> None:
    said = text(browser)
    assert "还没有数据。从各平台后台下载文件，交到“导入”" in said
    assert "还没有数据，有没有作品过线不知道" in said
    assert "“看青禾”（抖音）的作品列表导出.xlsx 还没有导入过文件" in said
    page = browser.get("/").text
    assert (
        '<a href="https://creator.douyin.com/" target="_blank" rel="noopener noreferrer">' in page
    )
    assert 'href="/import/"' in page


def test_hits_of_the_week_with_their_crossing(centre: Site, clock: Clock) -> None:
    place = Centre(centre.folder)  # 2026-10-08 is a Thursday
    old = ("早就过了", "2026-09-01 08:00:00", 300_000)
    place.douyin("2026-10-04 作品列表.csv", [(f"凌晨{EVIL}", "2026-10-01 08:00:00", 99_000), old])
    place.douyin("2026-10-06 作品列表.csv", [(f"凌晨{EVIL}", "2026-10-01 08:00:00", 123_456), old])
    read(centre)
    page = browse(centre).get("/").text
    assert EVIL not in page
    hits = page[page.index('id="table-hits"') : page.index('id="due"')]
    assert "本周爆款（10月5日起）" in hits
    assert "凌晨&lt;script&gt;" in hits
    assert "播放量12.3万人次（“10万+”）" in hits or "播放量超12.3万人次（“10万+”）" in hits
    assert "越过时间在 2026-10-04 之后，不晚于 2026-10-06" in hits
    assert "早就过了" not in hits
    assert "另有 1 篇作品更早就越过了，这一周导入时才看到" in hits
    config = centre.config_path.read_text(encoding="utf-8")
    centre.config_path.write_text(config + 'owner = "peer"\n', encoding="utf-8")
    assert "凌晨" not in text(browse(centre))
    centre.config_path.write_text(config, encoding="utf-8")
    clock.later(days=7)
    assert "还没有这一周的数据（最新的是 2026-10-06 的），有没有作品过线不知道" in text(
        browse(centre)
    )


def test_what_failed_stands_there_with_what_to_do(centre: Site) -> None:
    inbox = Centre(centre.folder).inbox("douyin")
    (inbox / "坏.xlsx").write_bytes(b"PK\x03\x04")
    read(centre)
    said = text(browse(centre))
    assert "看青禾：坏.xlsx 有误" in said
    assert "请从平台后台重新下载" in said


def test_works_that_may_be_one_wait_for_a_person(centre: Site) -> None:
    place = Centre(centre.folder)
    place.douyin("2026-10-05 作品列表.csv", [("春茶上市了", "2026-10-01 08:00:00", 100)])
    place.douyin("2026-10-06 作品列表.csv", [("春茶上市了！", "2026-10-01 08:00:00", 90)])
    read(centre)
    said = text(browse(centre))
    assert "可能是同一篇：看青禾的“春茶上市了！”和“春茶上市了”，打开任一篇来定" in said


def test_a_file_that_nobody_has_placed_is_named(centre: Site, browser: FlaskClient) -> None:
    with centre.writing() as connection:
        from storage.operations import uploads

        number = uploads.add(connection, name="a.xlsx", size=1, sha256="0", at=1, by="小林")
        uploads.change(connection, number, ("waiting",), state="asked")
    assert "1 个文件不知道是哪个账号的，请选一下" in text(browser)


def test_what_came_in_last_leads_to_its_bytes(centre: Site) -> None:
    Centre(centre.folder).douyin("2026-10-06 作品列表.csv", [("春茶", "2026-10-01 08:00:00", 9)])
    read(centre)
    browser = browse(centre)
    page = browser.get("/").text
    (where,) = re.findall(r'href="(/originals/\d+/)">2026-10-06 作品列表.csv', page)
    assert browser.get(where).status_code == 200
    lines = browser.get("/?table=came&as=csv").data.decode("utf-8-sig").splitlines()
    assert lines[1].endswith("看青禾,2026-10-06 作品列表.csv,成功,1,1")
