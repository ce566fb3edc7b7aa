"""抖音: 作品列表导出.xlsx and the public page of a work (docs/platforms.md §4).

The file hides ids and addresses, so a post is identified by caption and second; private posts (自见) stand in it too.
Since 2026-08-08 a share page shows only caption, day and likes in its description; older answers hold all figures but
plays in ``_ROUTER_DATA``. ``play_count`` is 0 in every answer and is never read.
"""

from __future__ import annotations

import json
import re
from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from adapters.answers.addresses import in_path, place
from adapters.answers.json import at, changed, embedded, ident, metrics, moment, understood, whole
from adapters.answers.pages import (
    blocked,
    check_answered,
    is_markup,
    markup,
    plain,
    refuse,
    tree,
    unclear,
)
from adapters.contract import Account, Adapter, Page, PageRecord, Request
from adapters.errors import Gone, SourceError
from adapters.records import Kind, Metrics, Post
from adapters.tables.columns import Layout, filled, kept
from adapters.tables.counts import count, shown
from adapters.tables.dates import published
from adapters.tables.reader import export


def _kind(text: str) -> Kind | None:
    """1min-视频, 1-3min视频, 5min+视频, 视频 → video; 图文 → image."""
    if "视频" in text:
        return "video"
    return "image" if "图文" in text else None


# Two column orders and two names of the review column were seen in 2025–2026.
WORKS = Layout(
    name="抖音作品列表",
    columns=(
        *filled(title="作品名称", published_at="发布时间", needed=True),
        *filled(kind="体裁", views="播放量", needed=True),
        *filled(state="审核状态/发布状态", likes="点赞量", shares="分享量"),
        *filled(comments="评论量", favourites="收藏量"),
        *kept("完播率 5s完播率 2s跳出率", "fraction"),
        *kept("封面点击率", "fraction", usual=False),
        *kept("作品时长", "text", usual=False),
        *kept("平均播放时长", "seconds"),
        *kept("主页访问量 粉丝增量"),
    ),
    # 公开 and 自见 stand in a real file, 审核通过 in parsers; the others are the back-end's own wording.
    states={
        **dict.fromkeys(("公开", "审核通过", "已发布"), "public"),
        **dict.fromkeys(("自见", "仅自己可见", "私密", "好友可见"), "private"),
        **dict.fromkeys(("审核中", "未通过", "审核不通过"), "in_review"),
        "已删除": "deleted",
    },
    kinds=_kind,
    untitled=True,
)


def _shown(post: Post) -> Post:
    metrics = shown(post.metrics, "douyin")
    return post if metrics is post.metrics else replace(post, metrics=metrics)


HOSTS = ("www.iesdouyin.com", "www.douyin.com", "v.douyin.com")
#: Figures of the answers until 2026-08.
FIGURES = {
    "likes": "digg_count",
    "comments": "comment_count",
    "shares": "share_count",
    "favourites": "collect_count",
}
#: filter_reason → what the post is.
REASONS = {
    "status_self_see": ("private", "作品已设为仅自己可见"),
    "status_delete": ("deleted", "作品已删除"),
    "status_deleted": ("deleted", "作品已删除"),
    "status_audit_not_pass": ("in_review", "作品未通过审核"),
    "status_reviewing": ("in_review", "作品还在审核"),
}

ID = re.compile(r"\d{15,20}", re.ASCII)
_SITES = frozenset({"www.douyin.com", "www.iesdouyin.com", "m.douyin.com"})
_WORK = re.compile(r"/(?:share/)?(?:video|note|slides)/(\d{15,20})/?", re.ASCII)
_MODAL = re.compile(r"[?&]modal_id=(\d{15,20})(?![\w-])", re.ASCII)
_WALLS = ("TTGCaptcha", "argus-csp-token", "Blocked by ArgusSecurityPlugin")
#: ``<caption> - <name>于20260808发布在抖音，已经收获了341个喜欢，来抖音，记录美好生活！``
_SAID = re.compile(
    r"(?:(?P<caption>.*) - )?(?P<name>.*?)于(?P<day>\d{8})发布在抖音[，,]已经收获了(?P<likes>[^，,]*)个喜欢[，,].*",
    re.DOTALL | re.ASCII,
)
_IN_APP = "请在抖音 App 里核对"
_KEPT = "已存的数据会保留；数字请用创作者中心的“作品列表导出”"


def visit(account: Account, key: str, url: str) -> Request | None:
    """The share page of a work by its id or address; a short ``v.douyin.com`` link leads to it."""
    asked = key if ID.fullmatch(key) else stated_id(url)
    if asked:
        form = "note" if "/note/" in url or "/slides/" in url else "video"
        return Request(url=f"https://www.iesdouyin.com/share/{form}/{asked}/", key=asked)
    return Request(url=url) if place(url)[0] == "v.douyin.com" else None


def read(page: Page) -> Iterator[PageRecord]:
    """The work of a page. Raises Blocked, Gone, Unclear or LayoutChanged where it gives no figures."""
    target = page.request.url
    if "previous_page=web_video_404_link" in page.url:
        what = "抖音转到了首页：作品没有网页版，或已删除"
        raise unclear(page, what, _IN_APP, "no_web_version", "deleted")
    refuse(page)
    if not is_markup(page):
        raise _no_work(page)
    html = markup(page)
    router = embedded(html, "window._ROUTER_DATA", target)
    if router is None and any(wall in html for wall in _WALLS):
        raise blocked(page, "抖音要求人机验证")
    held = _held(router, target) if router is not None else None
    yield _described(page, html) if held is None else _work(page, held)


def stated_id(url: str) -> str:
    """The number of the work in an address; empty where there is none."""
    modal = _MODAL.search(url) if place(url)[0] in _SITES else None
    return modal[1] if modal else in_path(url, _SITES, _WORK)


def _held(router: Any, target: str) -> dict[str, Any] | None:
    """``videoInfoRes`` of a page until 2026-08; None where it is gone."""
    for name, part in at(router, "loaderData", kind=dict, target=target).items():
        if name.endswith("/page") and isinstance(part, dict) and "videoInfoRes" in part:
            return at(part, "videoInfoRes", kind=dict, target=target)
    return None


def _work(page: Page, held: dict[str, Any]) -> Post:
    target = page.request.url
    items = at(held, "item_list", kind=list, target=target)
    if not items:
        raise _filtered(page, held.get("filter_list"))
    item = items[0]
    key = _answered(page, ident(item, "aweme_id", target=target))
    figures = at(item, "statistics", kind=dict, target=target)
    if "aweme_id" in figures and ident(figures, "aweme_id", target=target) != key:
        raise changed("回答里的数字属于另一个作品", target)
    return Post(
        title=at(item, "desc", kind=str, target=target).strip(),
        published_at=moment(item, "create_time", target=target),
        key=key,
        url=f"https://www.douyin.com/{'note' if item.get('images') else 'video'}/{key}",
        kind="image" if item.get("images") else "video",
        metrics=metrics(figures, names=FIGURES, target=target),
    )


def _described(page: Page, html: str) -> Post:
    """What is left since 2026-08: the description, whose count may be cut or rounded (which is not known)."""
    target = page.request.url
    root = tree(html)
    metas = (each for each in root.iter("meta") if each.get("name", "").lower() == "description")
    said = _SAID.fullmatch(next((each.get("content", "").strip() for each in metas), ""))
    if said is None:
        raise changed("抖音的网页已不显示这个作品的数据（不等于删除）", target)
    links = (each.get("href", "") for each in root.iter("link") if each.get("rel") == "canonical")
    key = _answered(page, stated_id(next(links, "")))
    with understood(target, "抖音的网页简介里，"):
        published_at, date_only = published(said["day"])
        likes = count(said["likes"])
        if likes is None:
            raise ValueError("没有喜欢数")
    note = "/note/" in page.url or "/slides/" in page.url
    return Post(
        title=plain(said["caption"] or ""),
        published_at=published_at,
        date_only=date_only,
        key=key,
        url=f"https://www.douyin.com/{'note' if note else 'video'}/{key}" if key else page.url,
        kind="image" if note else "video",
        metrics=Metrics(likes=likes),
    )


def _answered(page: Page, said: str) -> str:
    """The id of the work that came back, which must be the one asked for."""
    came = said or stated_id(page.url) or page.request.key
    check_answered(page, came)
    return came


def _no_work(page: Page) -> SourceError:
    """The error that an answer other than a web page means (table in docs/platforms.md §4.2)."""
    target = page.request.url
    if page.body.removeprefix(BOM_UTF8).lstrip()[:1] != b"{":
        if any(wall.encode() in page.body for wall in _WALLS):
            return blocked(page, "抖音拦截了这次访问")
        return changed("抖音的回答不是网页", target)
    answer = whole(page.body, target)
    if not isinstance(answer, dict) or answer in ({}, {"status_code": 0}):
        return blocked(page, "抖音给了一个空的回答")
    if answer.get("status_code") in (2053, "2053"):
        what = "抖音说作品暂时不能看（2053）"
        return unclear(page, what, _KEPT, "deleted", "private", "in_review")
    if answer.get("aweme_detail", answer) is None and answer.get("filter_detail"):
        return _filtered(page, [answer["filter_detail"]])
    return changed(f"没有见过的抖音回答：{json.dumps(answer, ensure_ascii=False)[:60]}", target)


def _filtered(page: Page, reasons: Any) -> SourceError:
    first = reasons[0] if isinstance(reasons, list) and reasons else None
    reason = str(first.get("filter_reason", "")) if isinstance(first, dict) else ""
    if reason in REASONS:
        state, what = REASONS[reason]
        return Gone(what, target=page.request.url, advice=_KEPT, cases=(state,))
    what = f"抖音没有给出作品，原因是“{reason or '未说明'}”"
    return unclear(page, what, _IN_APP, "deleted", "private", "in_review", "blocked")


ADAPTER = Adapter(
    name="douyin",
    platforms=frozenset({"douyin"}),
    **export(WORKS, finish=_shown),
    distinct=True,
    page_metrics=frozenset(FIGURES),
    visit=visit,
    read=read,
    hosts=HOSTS,
    example={"key": "7500000000000000000"},
)
