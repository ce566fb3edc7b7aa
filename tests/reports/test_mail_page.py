"""The weekly mail's HTML in a browser as wide as a phone: nothing stands out to the side, two screens hold it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from reports.centre import Centre
from reports.mail.rendering import render
from reports.periods import parse_period
from reports.weekly import build
from storage import database
from tests.conftest import LATER
from tests.reports import week
from tests.reports.week import CENTRE, NOW, at

_MEASURE = """<script>
addEventListener("load", () => {
  const all = [...document.querySelectorAll("body *")].filter(each => each.tagName !== "SCRIPT");
  const told = {
    width: document.documentElement.scrollWidth,
    window: innerWidth,
    out: all.filter(each => each.getBoundingClientRect().right > innerWidth + 1).map(each => each.outerHTML.slice(0, 200)),
    cut: all.filter(each => each.scrollWidth > each.clientWidth + 1 && each.clientWidth)
      .map(each => each.outerHTML.slice(0, 200)),
    small: all.filter(each => each.children.length === 0 && each.textContent.trim()
      && parseFloat(getComputedStyle(each).fontSize) < 14).map(each => each.outerHTML.slice(0, 200)),
    height: document.querySelector(".page").offsetHeight,
    scripts: document.scripts.length,
  };
  const place = document.createElement("pre");
  place.id = "told";
  place.textContent = JSON.stringify(told);
  document.body.append(place);
});
</script>"""


@pytest.fixture(scope="module")
def html(tmp_path_factory: pytest.TempPathFactory) -> str:
    engine = database.open_database(f"sqlite:///{tmp_path_factory.mktemp('week') / 'w.db'}")
    database.prepare(engine, at(1))
    with database.writing(engine) as connection:
        week.fill(connection)
    with database.reading(engine) as connection:
        value = build(connection, CENTRE, parse_period("2026-W38"), as_of=NOW, known_by=NOW)
    engine.dispose()
    return render(value).html


def measured(html: str, folder: Path, width: int) -> dict[str, Any]:
    """What a browser as wide as ``width`` makes of a mail."""
    browser = shutil.which("chromium")
    assert browser, "chromium is installed by .ci/run"
    # headless windows are no narrower than 500: the mail stands in a frame of the phone's width
    (folder / "mail.html").write_text(html.replace("</body>", f"{_MEASURE}</body>"), "utf-8")
    frame = (
        f'<!DOCTYPE html><iframe src="mail.html" style="width:{width}px;height:4000px;border:0"></iframe>'
        '<script>addEventListener("load", () => setTimeout(() => { document.body.append('
        'frames[0].document.getElementById("told").cloneNode(true)); }, 0));</script>'
    )
    (folder / "frame.html").write_text(frame, "utf-8")
    command = [
        browser, "--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files",
        "--dump-dom", "--window-size=1200,4200", f"--user-data-dir={folder / 'profile'}",
        (folder / "frame.html").as_uri(),
    ]  # fmt: skip
    shown = subprocess.run(command, capture_output=True, check=True, timeout=120).stdout.decode()
    found = re.search(r'<pre id="told">(.*?)</pre>', shown, re.DOTALL)
    assert found is not None, shown[:2_000]
    told: dict[str, Any] = json.loads(
        found[1].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    )
    return told


@pytest.mark.parametrize("width", [360, 390, 1_000])
def test_it_fits_a_phone(html: str, tmp_path: Path, width: int) -> None:
    told = measured(html, tmp_path, width)
    assert told["window"] == width
    assert told["width"] <= width
    assert told["out"] == []
    assert told["cut"] == []
    assert told["small"] == []
    assert told["scripts"] == 1


def test_two_screens_of_a_phone_hold_a_week(
    example_county: tuple[Connection, Centre], tmp_path: Path
) -> None:
    connection, centre = example_county
    value = build(connection, centre, parse_period("2026-W38"), as_of=LATER, known_by=LATER)
    assert measured(render(value).html, tmp_path, 390)["height"] <= 2 * 844
