"""Reading pages, against BeautifulSoup(html, "lxml"), the parser alone.

    python -m bench.pages

A WeChat article of 3 MB as a client saves it (docs/platforms.md §2.3: re-indented, most of it markup of the text), chosen by
``recognises`` and read with all its figures; and a 快手 page of 300 KB whose figures lie in embedded JSON.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from datetime import datetime

from bs4 import BeautifulSoup

from adapters.contract import Account, File, Page, Request
from adapters.registry import ADAPTERS, choose
from bench._common import line

MB = 2**20
FETCHED = datetime.fromisoformat("2026-11-01T12:00:00+08:00")
EID = "3xunling0000001"


def wechat_article(size: int) -> str:
    """A saved article of about ``size`` bytes: 8,431 reads."""
    paragraph = (
        '\n   <section style="font-size: 16px; color: rgb(51, 51, 51); line-height: 1.75em;">\n    <p>\n     '
        '<span style="letter-spacing: 1px;">\n      云岭县今年新建高标准农田两万亩,秋粮长势喜人。\n     </span>\n    </p>\n'
        "   </section>"
    )
    head = (
        '<!DOCTYPE html>\n<html>\n <head>\n  <meta charset="utf-8"/>\n  <title>\n  </title>\n'
        '  <meta property="og:title" content="云岭秋粮丰收"/>\n </head>\n <body id="activity-detail">\n'
        '  <h1 class="rich_media_title" id="activity-name">\n   云岭秋粮丰收\n  </h1>\n'
        '  <span id="js_name">\n   云岭发布\n  </span>\n  <div id="js_content">'
    )
    bar = (
        "read_num: '8431' * 1, old_like_count: '356' * 1, like_count: '41' * 1, share_count: '77' * 1,"
        " collect_count: '15' * 1, comment_count: '9' * 1, get_data_succ: '1' * 1"
    )
    tail = (
        '\n  </div>\n  <script nonce="1">\nvar biz = "MzA4MTIzNDU2Nw==" || ""; var sn = "" || "" || "0a1b2c3d";'
        ' var mid = "" || "" || "2651000777"; var idx = "" || "" || "1";\nvar ct = "1790553600";'
        " var msg_title = '云岭秋粮丰收'.html(false); var nickname = htmlDecode(\"云岭发布\");\n</script>\n"
        "  <script>\nwindow.cgiDataNew = { svr_time: '1790640000' * 1, mid: '2651000777' * 1, idx: '1' * 1,"
        " sn: '0a1b2c3d', bizuin: JsDecode('MzA4MTIzNDU2Nw=='), title: JsDecode('云岭秋粮丰收'),"
        " ori_create_time: '1790553600' * 1, item_show_type: '0' * 1, nick_name: JsDecode('云岭发布'),"
        " user_info: { is_login: '1' * 1, appmsg_bar_data: { "
        + bar
        + " } } };\n  </script>\n </body>\n</html>\n"
    )
    return head + paragraph * (size // len(paragraph.encode())) + tail


def kuaishou_page(size: int) -> str:
    """A share page of about ``size`` bytes: 392,625 plays."""
    photo = {
        "photoId": "5203346451000000001", "caption": "云岭的春天", "timestamp": 1767258000123,
        "viewCount": 392_625, "likeCount": 10_052, "commentCount": 474, "shareCount": 136,
        "share_info": f"photoId={EID}",
    }  # fmt: skip
    state = {"a": {"result": 1, "photo": photo}}
    block = (
        '<div class="card"><a href="/short-video/x"><span class="title">更多作品</span></a></div>'
    )
    return (
        "<!DOCTYPE html><html><head><title>快手</title></head><body>"
        + block * (size // len(block.encode()))
        + f"<script>window.INIT_STATE = {json.dumps(state, ensure_ascii=False)}</script></body></html>"
    )


def seconds(act: Callable[[], object], repeats: int) -> float:
    """The median of some repeats."""
    found = []
    for _ in range(repeats):
        begun = time.perf_counter()
        act()
        found.append(time.perf_counter() - begun)
    return statistics.median(found)


def article_views(html: str) -> int | None:
    """Chosen and read as an import does it."""
    account = Account(id="mp", platform="wechat_mp", name="云岭发布")
    file = File(name="云岭秋粮丰收.html", html=html)
    read_file = choose(file, account).read_file
    assert read_file is not None
    (post,) = read_file(file, account)
    views = getattr(post, "metrics").views  # noqa: B009 - whatever record comes
    return None if views is None else views.value


def page_views(body: bytes) -> int | None:
    url = f"https://v.m.chenzhongtech.com/fw/photo/{EID}"
    page = Page(
        request=Request(url=url, key=EID),
        account=Account(id="ks", platform="kuaishou"),
        url=url,
        status=200,
        body=body,
        fetched_at=FETCHED,
    )
    read = ADAPTERS["kuaishou"].read
    assert read is not None
    (post,) = read(page)
    views = getattr(post, "metrics").views  # noqa: B009 - whatever record comes
    return None if views is None else views.value


def main() -> None:
    article = wechat_article(3 * MB)
    if article_views(article) != 8_431:
        raise SystemExit("the article is not read right")
    mine = seconds(lambda: article_views(article), 7)
    soup = seconds(lambda: BeautifulSoup(article, "lxml"), 3)
    line(
        f"WeChat article, {len(article.encode()) / MB:.1f} MB: chosen and read",
        f"{mine * 1e3:.1f} ms",
    )
    line("    BeautifulSoup(html, 'lxml') alone", f"{soup * 1e3:.0f} ms")
    line("    ratio", f"{mine / soup:.3f}", "goal: at most 0.5")
    body = kuaishou_page(300 * 1024).encode()
    if page_views(body) != 392_625:
        raise SystemExit("the page is not read right")
    mine = seconds(lambda: page_views(body), 25)
    soup = seconds(lambda: BeautifulSoup(body, "lxml"), 5)
    line(f"embedded JSON, {len(body) // 1024} KB: read", f"{mine * 1e3:.2f} ms")
    line("    BeautifulSoup(html, 'lxml') alone", f"{soup * 1e3:.0f} ms")
    line("    ratio", f"{mine / soup:.4f}", "goal: at most 0.02")


if __name__ == "__main__":
    main()
