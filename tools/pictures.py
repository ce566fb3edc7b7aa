"""The manual's pictures of the page: the example county's pages in Chromium, 1280 px wide.

``python -m tools.pictures [name …]`` writes ``docs/pictures/*.png``, all of them or those named. It wants the
development packages, Chromium and a Chinese font.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from io import BytesIO
from pathlib import Path
from threading import Thread
from typing import NamedTuple

import click
from click.testing import CliRunner
from PIL import Image
from playwright.sync_api import Page, sync_playwright

from adapters.moments import SHANGHAI
from collector.app import App
from collector.cli import main
from collector.config.web import WebConfig
from collector.web.server import serve
from collector.web.site import Site

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "docs" / "pictures"
CHROMIUM = "/usr/bin/chromium"
WIDTH, HEIGHT = 1280, 800
#: What a picture may weigh, in bytes, and the colours that it needs.
HEAVIEST, COLOURS = 150_000, 48
#: The machine may be busy: in milliseconds.
PATIENCE = 90_000
#: The morning after the last export of the example county; and one in its busiest week, for what is of a week.
NOW = datetime(2026, 10, 13, 9, 0, tzinfo=SHANGHAI)
BUSY = datetime(2026, 7, 17, 9, 0, tzinfo=SHANGHAI)
#: Files of the example county that are handed in through the page, the others lie in the inbox.
HELD = (
    "douyin/2026-10-12 作品列表导出.xlsx",
    "shipinhao/2026-10-08 视频号动态数据明细.csv",
    "bilibili/2026-10-10 近期稿件对比.csv",
)
DRAFT = """2026年第三季度传播情况
第三季度，“看云岭”抖音号《凌晨的云岭，全城在找一个孩子》播放量超234万人次。
“云岭发布”公众号阅读量最高的一篇阅读量达到50万次。
"""


def _drop_heap(page: Page) -> None:
    """The newest files of every platform are dropped in an empty folder; the accounts are proposed."""
    heap = sorted((ROOT / "examples" / "inbox").glob("*/2026-10-*"))
    page.set_input_files("input[name=file] >> nth=0", [str(each) for each in heap])
    page.locator("#progress", has_text="传完了").wait_for()
    page.locator("#files form").first.wait_for()
    page.locator("#files form").first.evaluate("it => it.scrollIntoView()")


def _hand_in(page: Page) -> None:
    """Files are dropped, looked at, and wait to be taken over."""
    held = [str(ROOT / "examples" / "inbox" / each) for each in HELD]
    page.set_input_files("input[name=file] >> nth=0", held)
    if page.locator(".file").count() == 0:
        page.click("form#drop button")
    page.locator(".file.ready, .file.asked").nth(len(HELD) - 1).wait_for()


def _take(page: Page) -> None:
    """What was handed in is taken over: the county is whole."""
    page.click("text=全部接收")
    page.locator(".file.done").nth(len(HELD) - 1).wait_for()


def _to_post(page: Page) -> None:
    page.click("main table a >> nth=0")
    page.wait_for_load_state()


def _verify(page: Page) -> None:
    page.fill("textarea[name=text]", DRAFT)
    page.click("button[value=verify]")
    page.wait_for_selector("article.draft")
    page.locator("article.draft").evaluate("it => it.scrollIntoView({block: 'center'})")


class Picture(NamedTuple):
    """A picture: its name, the address, what is done there before and after it is taken."""

    name: str
    address: str
    before: Callable[[Page], None] | None = None
    after: Callable[[Page], None] | None = None


STARTING = (Picture("开始", "/", _drop_heap),)
OF_A_WEEK = (Picture("今天", "/"), Picture("大屏", "/screen/"))
#: In this order: with the files of 导入 the county is whole.
PICTURES = (
    Picture("导入", "/import/", _hand_in, _take),
    Picture("作品", "/posts/?order=views"),
    Picture("一篇", "/posts/?order=views", _to_post),
    Picture("总结", "/reports/?period=2026Q3"),
    Picture("核对", "/check/", _verify),
    Picture("账号", "/accounts/"),
    Picture("来源", "/sources/"),
    Picture("设置", "/settings/"),
)


def read_files(folder: Path, now: datetime) -> None:
    """Read the example county's files as they lay there at ``now``, but for those held back."""
    shutil.copy(ROOT / "config.toml", folder)
    for each in sorted((ROOT / "examples" / "inbox").glob("*/*")):
        lies = each.relative_to(ROOT / "examples" / "inbox")
        day = each.name[:10] if each.name[:2] == "20" else "2026-10-12"
        if day < f"{now:%Y-%m-%d}" and lies.as_posix() not in HELD:
            (folder / "inbox" / lies.parent).mkdir(parents=True, exist_ok=True)
            shutil.copy(each, folder / "inbox" / lies)
    app = App(config_path=folder / "config.toml", clock=lambda: now)
    done = CliRunner().invoke(main, ["now"], obj=app, catch_exceptions=False)
    app.engine.dispose()
    if done.exit_code:
        raise SystemExit(done.output)


@contextmanager
def opened(folder: Path, now: datetime) -> Iterator[str]:
    """The page of a folder; where it answers."""
    made_for = Site(
        config_path=folder / "config.toml", guarded=False, owner="小林", clock=lambda: now
    )
    web = serve(made_for, WebConfig(listen="127.0.0.1:0"))
    Thread(target=web.run, daemon=True).start()
    try:
        yield web.url.rstrip("/")
    finally:
        web.close()


def take(page: Page, there: str, picture: Picture, wanted: list[str]) -> None:
    answer = page.goto(there + picture.address)
    if answer is None or not answer.ok:
        raise SystemExit(f"{picture.address} does not answer")
    if picture.before is not None:
        picture.before(page)
    if not wanted or picture.name in wanted:
        path = OUT / f"{picture.name}.png"
        with Image.open(BytesIO(page.screenshot())) as seen:
            seen.convert("RGB").quantize(COLOURS).save(path, optimize=True)
        size = path.stat().st_size
        click.echo(f"{path.relative_to(ROOT)}  {size // 1000} kB")
        if size > HEAVIEST:
            raise SystemExit(f"{path.name} is too heavy")
    if picture.after is not None:
        picture.after(page)


def pictures(wanted: list[str]) -> None:
    OUT.mkdir(exist_ok=True)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as made:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-lcd-text", "--lang=zh-CN"],
            env={**os.environ, "LANGUAGE": "zh_CN"},
        )
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, locale="zh-CN")
        page.set_default_timeout(PATIENCE)
        empty, whole = Path(made, "空"), Path(made, "云岭")
        empty.mkdir()
        whole.mkdir()
        for folder, now, some in (
            (empty, NOW, STARTING),
            (whole, BUSY, OF_A_WEEK),
            (whole, NOW, PICTURES),
        ):
            if folder is whole:
                read_files(folder, now)
            with opened(folder, now) as there:
                for each in some:
                    take(page, there, each, wanted)
        browser.close()


if __name__ == "__main__":
    pictures(sys.argv[1:])
