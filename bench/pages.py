"""Reading pages, against BeautifulSoup(html, "lxml"), the parser alone.

    python -m bench.pages

What is found without parsing: a WeChat article of 3 MB as a client saves it (docs/platforms.md §2.3: re-indented, most of it
markup of the text), chosen by ``recognises`` and read with all its figures; a 快手 page of 300 KB whose figures lie in embedded
JSON. What must be parsed, HTML alone (§10): an article of a portal of 60 KB with its number in the text, one of 250 KB, and a
list of 400 articles. Both sides in this process, by turns.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from bs4 import BeautifulSoup

from adapters.contract import Account, File, Page, Request
from adapters.registry import ADAPTERS, choose
from bench._common import here, measured, paired

MB = 2**20
PAIRS = 9
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


def portal_article(size: int) -> str:
    """An article of a government site of about ``size`` bytes as 《政府网站发展指引》 has it: 12,345 reads."""
    metas = {
        "SiteName": "云岭县人民政府", "SiteIDCode": "5300000001", "ColumnName": "云岭要闻", "ColumnType": "新闻",
        "ArticleTitle": "云岭县新建高标准农田两万亩", "PubDate": "2026-09-30 10:20:00", "ContentSource": "云岭县融媒体中心",
        "Author": "张三", "Url": "/info/1034/5678.htm",
    }  # fmt: skip
    head = "".join(f'<meta name="{name}" content="{said}">' for name, said in metas.items())
    menu = "".join(
        f'<li class="nav"><a href="/lm{n}/" target="_blank">栏目{n}</a></li>' for n in range(120)
    )
    paragraph = (
        '<p style="text-indent: 2em; line-height: 2em;"><span style="font-size: 16px; font-family: 宋体;">云岭县今年新建'
        '高标准农田两万亩，秋粮长势喜人：<strong>亩产</strong>比去年多。</span></p>\n<p style="text-align: center;">'
        '<img src="/x/1.jpg" width="600" height="400" vspace="0"></p>\n'
    )
    script = "<script>" + "var a = 1; if (a < 2) { a += 1; }\n" * 200 + "</script>"
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8">{head}<title>{metas["ArticleTitle"]}-云岭县人民政府</title>{script}'
        f'</head><body><div class="top"><ul>{menu}</ul></div><h1>{metas["ArticleTitle"]}</h1><div class="facts">'
        "<span>来源：云岭县融媒体中心</span><span>发布时间：2026-09-30 10:20</span><span>浏览次数：12345次</span></div>"
        f'<div id="content">{paragraph * (size // len(paragraph.encode()))}</div>'
        f'<div class="footer">{menu}网站标识码：5300000001</div></body></html>'
    )


def portal_list() -> str:
    """A page of a list: 400 articles and a next page."""
    items = "".join(
        f'<li class="item"><span class="dot">·</span><a href="/info/1034/{n}.htm" target="_blank" title="云岭要闻第{n}条">'
        f'云岭要闻第{n}条</a><span class="date">2026-09-{n % 30 + 1:02}</span><div class="sum"><p>秋粮长势喜人。</p></div></li>\n'
        for n in range(400)
    )
    return (
        '<!DOCTYPE html><html><head><meta charset="utf-8"><title>云岭要闻</title></head><body><div class="list"><ul>'
        f'{items}</ul></div><div class="pages"><a href="/xw/2.htm">下一页</a></div></body></html>'
    )


def article_views(html: str) -> int | None:
    """Chosen and read as an import does it."""
    account = Account(id="mp", platform="wechat_mp", name="云岭发布")
    file = File(name="云岭秋粮丰收.html", html=html)
    read_file = choose(file, account).read_file
    assert read_file is not None
    (post,) = read_file(file, account)
    views = getattr(post, "metrics").views  # noqa: B009 - whatever record comes
    return None if views is None else views.value


def records(platform: str, url: str, body: bytes, about: str = "post", key: str = "") -> list[Any]:
    page = Page(
        request=Request(url=url, key=key, about=about),
        account=Account(id="a", platform=platform, url=url),
        url=url,
        status=200,
        body=body,
        fetched_at=FETCHED,
    )
    read = ADAPTERS[platform].read
    assert read is not None
    return list(read(page))


def views(platform: str, url: str, body: bytes, key: str = "") -> int | None:
    (post,) = records(platform, url, body, key=key)
    return None if post.metrics.views is None else int(post.metrics.views.value)


def against_soup(
    what: str, act: Callable[[], object], right: object, body: str, most: float, times: int
) -> None:
    """Reading that gives ``right`` beside a soup of the same page, which may take so many ``times`` as long."""
    if (found := act()) != right:
        raise SystemExit(f"{what}: {found} is not {right}")
    soup = partial(here, partial(BeautifulSoup, body, "lxml"))
    pairs = paired(partial(here, act, times), soup, PAIRS)
    pairs.show(
        f"{what}, {len(body.encode()) // 1024} KB", "BeautifulSoup(html, 'lxml') alone", most
    )


def main() -> None:
    article, state = wechat_article(3 * MB), kuaishou_page(300 * 1024)
    against_soup(
        "WeChat article, chosen and read", partial(article_views, article), 8_431, article, 0.02, 5
    )
    url = f"https://v.m.chenzhongtech.com/fw/photo/{EID}"
    act = partial(views, "kuaishou", url, state.encode(), EID)
    against_soup("embedded JSON", act, 392_625, state, 0.02, 50)
    url = "https://www.yunling.gov.cn/info/1034/5678.htm"
    for size in (60, 250):
        html = portal_article(size * 1024)
        act = partial(views, "portal", url, html.encode())
        against_soup("portal, an article", act, 12_345, html, 0.5, 5)
    html, url = portal_list(), "https://www.yunling.gov.cn/xw/index.htm"

    def followed() -> int:
        return len(records("portal", url, html.encode(), "list"))

    against_soup("portal, a list", followed, 401, html, 0.5, 5)


if __name__ == "__main__":
    measured(main)
