"""Answers of every platform, of the form in docs/platforms.md, with the figures a test wants in them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

from tests.server.site import Reply

SHANGHAI = timezone(timedelta(hours=8))
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def data(tree: Any) -> Reply:
    return Reply(
        json.dumps(tree, ensure_ascii=False).encode(), 200, {"Content-Type": "application/json"}
    )


def page(html: str) -> Reply:
    return Reply(html.encode(), 200, {"Content-Type": "text/html; charset=utf-8"})


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def bilibili_list_path(mid: str, number: int = 1) -> str:
    return f"/x/series/recArchivesByKeywords?mid={mid}&keywords=&ps=30&pn={number}"


def bilibili_list(videos: Sequence[tuple[str, str, str, int]]) -> Reply:
    """(BV, title, time, plays) each."""
    archives = [
        {
            "bvid": key,
            "title": title,
            "pubdate": int(moment(at).timestamp()),
            "stat": {"view": plays},
        }
        for key, title, at, plays in videos
    ]
    return data({"code": 0, "message": "0", "data": {"archives": archives, "page": {"num": 1}}})


def bilibili_view(key: str, title: str, at: str, views: int, likes: int) -> Reply:
    stat = {
        "view": views,
        "like": likes,
        "reply": 3,
        "favorite": 4,
        "share": 5,
        "coin": 6,
        "danmaku": 7,
    }
    video = {
        "bvid": key,
        "aid": 1,
        "title": title,
        "pubdate": int(moment(at).timestamp()),
        "stat": stat,
    }
    return data({"code": 0, "message": "0", "data": video | {"state": 0}})


def weibo_list_path(uid: str, since: str = "") -> str:
    further = f"&since_id={since}" if since else ""
    return f"/api/container/getIndex?type=uid&value={uid}&containerid=107603{uid}{further}"


def weibo_status(key: str, text: str, at: str, likes: int, uid: str) -> dict[str, Any]:
    when = moment(at)
    words = (
        f"{_DAYS[when.weekday()]} {_MONTHS[when.month - 1]} {when:%d %H:%M:%S} +0800 {when.year}"
    )
    return {
        "created_at": words, "id": key, "mid": key, "bid": "Pa" + key[-7:], "text": text,
        "source": "微博网页版", "isLongText": False, "user": {"id": int(uid), "screen_name": "云岭发布"},
        "reposts_count": 2, "comments_count": 1, "attitudes_count": likes, "reads_count": 0,
    }  # fmt: skip


def weibo_list(statuses: Iterable[dict[str, Any]], uid: str, since: str = "") -> Reply:
    cards = [{"card_type": 9, "mblog": each} for each in statuses]
    info = {"containerid": f"107603{uid}", "since_id": since}
    return data({"ok": 1, "data": {"cardlistInfo": info, "cards": cards}})


def toutiao_path(key: str) -> str:
    return f"/i{key}/info/"


def toutiao(key: str, title: str, at: str, likes: int, comments: int) -> Reply:
    return data(
        {
            "success": True,
            "data": {
                "title": title, "publish_time": int(moment(at).timestamp()),
                "url": f"http://toutiao.com/group/{key}/", "digg_count": likes,
                "comment_count": comments, "repost_count": 9, "impression_count": 45_120,
            },
        }
    )  # fmt: skip


def kuaishou_path(key: str) -> str:
    return f"/fw/photo/{key}"


def kuaishou(key: str, title: str, at: str, views: int, likes: int) -> Reply:
    photo = {
        "photoId": "5203346451000000001", "caption": title, "timestamp": int(moment(at).timestamp()) * 1000,
        "viewCount": views, "likeCount": likes, "commentCount": 4, "shareCount": 5,
        "share_info": f"photoId={key}",
    }  # fmt: skip
    state = json.dumps({"a": {"result": 1, "photo": photo}}, ensure_ascii=False)
    return page(
        f"<!DOCTYPE html><html><head><title>快手</title></head><body><script>window.INIT_STATE = {state}"
        "</script></body></html>"
    )


def douyin_path(key: str) -> str:
    return f"/share/video/{key}/"


def douyin(key: str, title: str, day: str, likes: int) -> Reply:
    state = {
        "loaderData": {"video_(id)/page": {"isSpider": False, "lastPath": key}},
        "errors": None,
    }
    return page(
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title} - 抖音</title>'
        f'<meta name="description" content="{title} - 云岭融媒于{day}发布在抖音，已经收获了{likes}个喜欢，'
        '来抖音，记录美好生活！"></head><body><div id="root"></div>'
        f"<script>window._ROUTER_DATA = {json.dumps(state)}</script></body></html>"
    )


def xiaohongshu(key: str, title: str, at: str, likes: int, token: str) -> Reply:
    """The page repeats the token of the link, as the real one does."""
    shown = {
        "likedCount": str(likes),
        "collectedCount": "8",
        "commentCount": "6",
        "shareCount": "4",
    }
    note = {
        "noteId": key, "title": title, "desc": "", "type": "normal",
        "time": int(moment(at).timestamp()) * 1000, "interactInfo": shown,
        "user": {"userId": "5faf", "nickname": "云岭文旅"}, "xsecToken": token,
    }  # fmt: skip
    state = json.dumps(
        {"note": {"firstNoteId": key, "noteDetailMap": {key: {"note": note}}}}, ensure_ascii=False
    )
    return page(
        f"<!DOCTYPE html><html><head><title>{title} - 小红书</title></head><body><a href='/explore/{key}?xsec_token="
        f"{token}'>x</a><script>window.__INITIAL_STATE__={state}</script></body></html>"
    )


def wechat_path(mid: str, idx: int = 1) -> str:
    return f"/s?__biz=MzA4MTIzNDU2Nw==&mid={mid}&idx={idx}&sn=0a1b2c3d"


def wechat_article(mid: str, title: str, at: str, ticket: str = "") -> Reply:
    ct = int(moment(at).timestamp())
    return page(
        f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title></title><meta property="og:title" content="{title}">
</head><body id="activity-detail"><h1 class="rich_media_title" id="activity-name">{title}</h1>
<span id="js_name">云岭发布</span><em id="publish_time"></em><div id="js_content">正文</div>
<a href="/mp/profile?uin=MTIzNDU2Nzg5MA&amp;pass_ticket={ticket}">x</a>
<script nonce="1">var biz = "MzA4MTIzNDU2Nw==" || ""; var sn = "" || "" || "0a1b2c3d"; var mid = "" || "" || "{mid}";
var idx = "" || "" || "1"; var ct = "{ct}"; var msg_title = '{title}'.html(false);
var nickname = htmlDecode("云岭发布"); var user_name = "gh_yunling";</script>
<script>window.cgiDataNew = {{ mid: '{mid}' * 1, idx: '1' * 1, sn: '0a1b2c3d', bizuin: JsDecode('MzA4MTIzNDU2Nw=='),
 title: JsDecode('{title}'), ori_create_time: '{ct}' * 1, item_show_type: '0' * 1, nick_name: JsDecode('云岭发布') }};
</script></body></html>"""
    )


DELETED_ARTICLE = page(
    '<!DOCTYPE html><html><head><title></title></head><body><div class="weui-msg"><h2 class="weui-msg__title warn">'
    "该内容已被发布者删除</h2></div></body></html>"
)


def wechat_totals(mid: str, title: str, day: str, readers: Sequence[int]) -> dict[str, Any]:
    """Totals of one article from its publish day on; ``readers`` day by day."""
    first = datetime.fromisoformat(day)
    rows = [
        {
            "stat_date": (first + timedelta(days=number)).date().isoformat(), "read_user": count,
            "share_user": 5 + number, "zaikan_user": 1, "like_user": 3 + number, "comment_count": 1,
            "collection_user": 2,
        }
        for number, count in enumerate(readers)
    ]  # fmt: skip
    url = (
        f"http://mp.weixin.qq.com/s?__biz=MzA4MTIzNDU2Nw==&mid={mid}&idx=1&sn=0a1b2c3d&chksm=9f#rd"
    )
    article = {
        "ref_date": day,
        "msgid": f"{mid}_1",
        "title": title,
        "content_url": url,
        "detail_list": rows,
    }
    return {"list": [article], "is_delay": False}


def portal_list(links: Sequence[str], next_page: str = "") -> Reply:
    items = "".join(f'<li><a href="{link}">云岭要闻</a></li>' for link in links)
    more = f'<a href="{next_page}">下一页</a>' if next_page else ""
    return page(
        f'<!DOCTYPE html><html><head><meta charset="utf-8"></head><body><ul>{items}</ul>{more}</body></html>'
    )


def portal_article(
    title: str, at: str, views: int | None = None, counter: int | None = None
) -> Reply:
    """With its number in the page, or asking a counter for it."""
    shown = f"浏览次数：{views}" if views is not None else ""
    if counter is not None:
        shown = f'浏览次数: <script>_showDynClicks("wbnews", 1412614994, {counter})</script>'
    return page(
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><meta name="ArticleTitle" content="{title}">'
        f'<meta name="PubDate" content="{at}"><title>{title}</title></head><body><h2>{title}</h2>'
        f"<div>来源: 云岭县融媒体中心 | {shown}</div></body></html>"
    )


def counter_path(number: int) -> str:
    return f"/system/resource/code/news/click/dynclicks.jsp?clickid={number}&owner=1412614994&clicktype=wbnews"


def h5_list(items: Sequence[tuple[str, str, str, int | None]]) -> Reply:
    """(id, title, time, reads) each; None: the number is not there."""
    rows = [
        {"id": key, "title": title, "time": at, "read": "--" if reads is None else reads}
        for key, title, at, reads in items
    ]
    return data({"data": {"rows": rows}})


H5_PAGE = 'page = { items = "json:data.rows", title = "title", published_at = "time", views = "read", key = "id" }'
