"""What grows beyond its account's usual: on 今天, and drawn on the post's own page."""

from __future__ import annotations

import re

import pytest

from collector.web.site import Site
from tests.collector.centre import Centre
from tests.collector.web.conftest import browse
from tests.collector.web.test_today import read, text


def filled(centre: Site, earlier: int) -> None:
    """So many posts had 4,500 views forty hours after publishing; six of them passed the line later."""
    place = Centre(centre.folder)
    moments = [(f"旧{n}", f"2026-09-20 08:{n:02d}:00") for n in range(earlier)]
    place.douyin("2026-09-21 作品列表.csv", [(*each, 4_500) for each in moments])
    later = [(*each, 120_000 if n < 6 else 5_000) for n, each in enumerate(moments)]
    place.douyin("2026-09-30 作品列表.csv", later)
    place.douyin("2026-10-07 作品列表.csv", [("苗头", "2026-10-06 08:30:00", 9_000)])
    read(centre)


@pytest.mark.parametrize(("earlier", "told"), [(24, True), (19, False)])
def test_told_with_the_cases_it_rests_on(centre: Site, earlier: int, told: bool) -> None:
    filled(centre, earlier)
    browser = browse(centre)
    usual = "发布1天15小时，播放量9000人次，达到本账号同龄作品中位数的2倍"
    cases = "也在4500到9000之间的有24条：6条后来过了播放量“10万+”，18条到发布7天以后还没有过"
    page = browser.get("/").text
    assert ("苗头" in page[page.index('id="rising"') : page.index('id="due"')]) == told
    assert (usual in page, cases in page) == (told, told)
    assert ("没有数字达到本账号同龄作品中位数两倍的" in text(browser)) != told
    found = re.search(r'/posts/(\d+)">苗头', browser.get("/posts/").text)
    assert found is not None
    page = browser.get(f"/posts/{found[1]}/").text
    assert (usual in page, cases in page) == (told, told)


def test_what_is_usual_is_drawn_and_in_a_table(centre: Site) -> None:
    filled(centre, 24)
    Centre(centre.folder).douyin(
        "2026-10-08 作品列表.csv", [("苗头", "2026-10-06 08:30:00", 9_500)]
    )
    read(centre)
    browser = browse(centre)
    found = re.search(r'/posts/(\d+)">苗头', browser.get("/posts/").text)
    assert found is not None
    address = f"/posts/{found[1]}/"
    assert 'class="band"' in browser.get(address).text
    lines = (
        browser.get(f"{address}?table=usual-views&as=csv").data.decode("utf-8-sig").split("\r\n")
    )
    assert lines[1].startswith("发布后1天15小时,9000,4500,4500,4500,24")
