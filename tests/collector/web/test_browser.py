"""The page in a real browser: from an empty folder to the first paper, with the example county's files as they come."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright

from collector.config.web import WebConfig
from collector.web.server import Web, serve
from collector.web.site import Site
from tests.collector.web.conftest import Clock

ROOT = Path(__file__).resolve().parents[3]
CHROMIUM = shutil.which("chromium")
#: Nothing here takes nearly as long, on a machine that does nothing else.
PATIENCE = 240.0

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine"),
]


@pytest.fixture
def web(tmp_path: Path, clock: Clock) -> Iterator[Web]:
    """The page of an empty folder, on a port of its own."""
    made = serve(
        Site(config_path=tmp_path / "config.toml", guarded=False, owner="小林", clock=clock),
        WebConfig(listen="127.0.0.1:0"),
    )
    thread = Thread(target=made.run, daemon=True)
    thread.start()
    yield made
    made.close()
    thread.join(5.0)


@pytest.fixture(params=[1280, 390])
def tab(request: pytest.FixtureRequest) -> Iterator[Page]:
    """A tab of a browser, wide or narrow; what its console complains of fails the test."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": request.param, "height": 900})
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        yield page
        browser.close()
    assert said == []


def until(look: Callable[[], Any]) -> Any:
    """The first thing that is true."""
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        found = look()
        if found:
            return found
        time.sleep(0.2)  # of the browser's own process: nothing here could wake us
    raise AssertionError("it did not come")


def fits(tab: Page) -> bool:
    """Whether nothing of the page stands beyond the edge of the screen."""
    wide = tab.locator("html").bounding_box()
    main = tab.locator("main").bounding_box()
    assert wide and main
    return main["x"] >= 0 and main["x"] + main["width"] <= wide["width"] + 1


def test_from_an_empty_folder_to_the_first_paper(web: Web, tab: Page) -> None:
    tab.goto(web.url)
    assert tab.url.endswith("/start/")
    files = sorted((ROOT / "examples" / "inbox").glob("*/*"))
    tab.set_input_files(
        "#drop input[type=file]:not([webkitdirectory])", [str(each) for each in files]
    )
    until(lambda: tab.inner_text("#progress").startswith("传完了"))
    assert f"传完了 {len(files)} 个" in tab.inner_text("#progress")
    tab.goto(web.url)
    until(lambda: tab.locator("input[name=centre]").count())
    tab.fill("input[name=centre]", "云岭县融媒体中心")
    assert fits(tab)
    tab.click("form:has(input[name=centre]) button:has-text('确认')")
    until(web.site.config_path.exists)
    tab.goto(f"{web.url}import/")
    _take_everything(tab, web)
    assert fits(tab)
    tab.goto(f"{web.url}reports/?period=2026Q3")
    assert "云岭县融媒体中心2026年第三季度传播情况" in tab.inner_text("article h1")
    figure = tab.locator("article a.figure").first
    figure.hover()
    until(lambda: tab.locator("#tip").is_visible())
    assert "来自" in tab.inner_text("#tip")
    figure.click()
    tab.click("main ul a >> nth=0")
    tab.click("a[href*='/originals/'] >> nth=0")
    assert "←" in tab.inner_text("main")
    for page in ("", "posts/", "accounts/", "check/", "sources/", "settings/", "reports/"):
        tab.goto(f"{web.url}{page}")
        assert fits(tab), page


def _take_everything(tab: Page, web: Web) -> None:
    """Take over what is ready, and what then becomes ready, until nothing is at work."""
    for _ in range(20):
        until(lambda: _at_work(tab, web) == 0)
        take = tab.locator("button:has-text('全部接收')")
        if not take.count():
            return
        take.first.click()
    raise AssertionError("there is always something left")


def _at_work(tab: Page, web: Web) -> int:
    tab.goto(f"{web.url}import/")
    there = tab.locator("[data-at-work]")
    return int(there.get_attribute("data-at-work") or 0) if there.count() else 0
