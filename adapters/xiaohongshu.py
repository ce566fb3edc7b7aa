"""小红书: 笔记列表明细表.xlsx, and the page of one note, by a link with its ``xsec_token`` (docs/platforms.md §9).

The file hides ids and addresses; a fresh note may show 曝光 0 beside 126 views, and is kept as shown. Pages never show
views; their counts are rounded down, an empty text is a missing figure. A note that is deleted, private or requested
with an old token gets the same answer (300031): Unclear.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, urlencode

from adapters.answers.addresses import in_path, place, split
from adapters.answers.json import at, changed, code, embedded, ident, metrics, moment, whole
from adapters.answers.pages import (
    Meaning,
    blocked,
    check_answered,
    is_markup,
    markup,
    refuse,
    title,
    unclear,
    visible,
)
from adapters.contract import Account, Adapter, Page, PageRecord, Request
from adapters.errors import Blocked, Gone, LayoutChanged, LoginExpired, SourceError, Unclear
from adapters.records import Kind, Post
from adapters.tables.columns import Layout, filled, kept
from adapters.tables.reader import export

#: What 体裁 holds in four real files.
KINDS: Mapping[str, Kind] = {"图文": "image", "视频": "video"}

NOTES = Layout(
    name="小红书笔记列表明细表",
    columns=(
        *filled(title="笔记标题", published_at="首次发布时间", views="观看量", needed=True),
        *filled(kind="体裁", likes="点赞", comments="评论", favourites="收藏", shares="分享"),
        *kept("曝光 涨粉 弹幕"),
        *kept("封面点击率", "fraction"),
        *kept("人均观看时长", "seconds"),
    ),
    kinds=KINDS.get,
    untitled=True,
)

SITE, SHORT = "www.xiaohongshu.com", "xhslink.com"
HOSTS = (SITE, SHORT)
FIGURES = {
    "likes": "likedCount",
    "favourites": "collectedCount",
    "comments": "commentCount",
    "shares": "shareCount",
}
#: ``type`` of a note.
TYPES: Mapping[str, Kind] = {"normal": "image", "video": "video"}
_BLANK = frozenset({""})

_KEY = re.compile(r"[0-9a-f]{24}")
_NOTE = re.compile(r"/(?:explore|discovery/item|user/profile/[0-9a-f]{24})/([0-9a-f]{24})/?")
_UNSEEN = ("deleted", "private", "expired_token")
_RENEW = "请在小红书里打开笔记，重新复制分享链接；数字以创作服务平台导出的“笔记列表明细表”为准"
#: error_code of an address or an answer → what it means.
CODES: dict[int, Meaning] = {
    300031: Meaning(Unclear, "笔记暂时无法浏览：可能已删除、已隐藏，也可能只是链接过期", _RENEW, _UNSEEN),
    300017: Meaning(Blocked, "小红书提示访问链接异常"),
    300012: Meaning(Blocked, "小红书提示网络连接异常（这个网络被限制，约一天）"),
    300011: Meaning(Blocked, "小红书提示账号异常"),
    300013: Meaning(Blocked, "小红书提示访问过于频繁"),
    -510000: Meaning(Gone, "笔记不存在", "已存的数据会保留", ("deleted",)),
    -510001: Meaning(Unclear, "笔记状态异常", "请在小红书里核对", ("deleted", "abnormal")),
}  # fmt: skip
#: What a page without a note says in its visible words.
_WORDS = {
    "Sorry, This Page Isn't Available Right Now": 300031,
    "请打开小红书App扫码查看": 300031,
    "当前笔记暂时无法浏览": 300031,
    "访问链接异常": 300017,
    "安全限制": 300017,
    "网络连接异常": 300012,
}
#: Outside of strings a page writes ``undefined`` and ``new Map([])``; strings come first, so that they stay.
_SCRIPT_ONLY = re.compile(
    r'("[^"\\]*(?:\\.[^"\\]*)*")|\bundefined\b|\bnew (?:Map|Set)\((\[\s*\])?\)', re.DOTALL
)
_STATE = "window.__INITIAL_STATE__"


def visit(account: Account, key: str, url: str) -> Request | None:
    """The note of a link with its token, or of a short link; None for a link that would only meet a wall."""
    if place(url)[0] == SHORT:
        return Request(url=url, key=key if _KEY.fullmatch(key) else "")
    named = _named(url)
    token = _token(url)
    if not named or not token:
        return None
    return Request(url=f"https://{SITE}/explore/{named}?{token}", key=named)


def read(page: Page) -> Iterator[PageRecord]:
    """The note of a page."""
    _led_away(page)
    if page.status in (461, 471):
        raise blocked(page, "小红书要求人机验证")
    refuse(page)
    target = page.request.url
    if not is_markup(page) and page.body.lstrip()[:1] == b"{":
        tree = whole(page.body, target)  # never one with figures: no data are asked for
        number = code(tree, "error_code" if "error_code" in tree else "code", target=target)
        raise _error(number, str(number), target)
    html = markup(page)
    state = _state(html, target)
    note = None if state is None else _note(state, page)
    if note is None:
        raise _no_note(html, page, stated=state is not None)
    yield _post(page, note)


def _named(url: str) -> str:
    return in_path(url, frozenset({SITE}), _NOTE)


def _token(url: str) -> str:
    """The parameters that open a note; empty without a token."""
    query = parse_qs(split(url).query)
    names = ("xsec_token", "xsec_source")
    kept = [(name, query[name][0]) for name in names if query.get(name)]
    return urlencode(kept) if "xsec_token" in query else ""


def _led_away(page: Page) -> None:
    """Raises what the address says to which a request was led away."""
    host, path = place(page.url)
    query = parse_qs(split(page.url).query)
    shown = query.get("error_code", [""])[0]
    if host == SITE and shown:
        raise _error(int(shown) if shown.lstrip("-").isdecimal() else 0, shown, page.request.url)
    if "/website-login/captcha" in path:
        raise blocked(page, "小红书要求人机验证")
    if host == SITE and path.rstrip("/") == "/404":
        raise _error(300031, "404", page.request.url)
    if path.rstrip("/") == "/login":
        raise LoginExpired("小红书要求登录后才能看", target=page.request.url, advice=_RENEW)


def _state(html: str, target: str) -> Any:
    """What the page's script assigns, None where it assigns nothing."""
    start = html.find(_STATE)
    if start < 0:
        return None
    end = html.find("</script", start)
    script = html[start:] if end < 0 else html[start:end]
    try:  # a line break is blank between values and an error in a text: then the slow, sure way
        return embedded(script.replace("undefined", "null\r"), _STATE, target)
    except LayoutChanged:
        as_json = _SCRIPT_ONLY.sub(
            lambda each: each[1] or ("null" if each[0] == "undefined" else "[]"), script
        )
        return embedded(as_json, _STATE, target)


def _note(state: Any, page: Page) -> dict[str, Any] | None:
    """The note in either form of page; None where the page has the place and nothing in it."""
    target = page.request.url
    if "noteData" in state:  # the page for phones
        data = at(state, "noteData", kind=dict, target=target).get("data")
        note = data.get("noteData") if isinstance(data, dict) else None
        return note if isinstance(note, dict) and note else None
    details = at(state, "note", kind=dict, target=target).get("noteDetailMap")
    if not isinstance(details, dict) or not details:
        return None
    asked = page.request.key or _named(page.url)
    key = asked or next(iter(details))
    if key not in details and not any(
        isinstance(each, dict) and each.get("note") for each in details.values()
    ):
        return None  # "null" or "undefined" stands there for the note that was not given
    if key not in details:
        raise changed(f"问的是 {asked}，答的是 {'、'.join(details)[:60]}", target)
    note = at(details, key, kind=dict, target=target).get("note")
    return note if isinstance(note, dict) and note else None


def _post(page: Page, note: dict[str, Any]) -> Post:
    target = page.request.url
    key = ident(note, "noteId", target=target)
    check_answered(page, key, _named(page.url))
    token = _token(page.url) or _token(target)
    return Post(
        title=at(note, "title", kind=str, target=target).strip(),
        published_at=moment(note, "time", target=target),
        key=key,
        url=f"https://{SITE}/explore/{key}" + (f"?{token}" if token else ""),
        kind=TYPES.get(str(note.get("type"))),
        metrics=metrics(note, "interactInfo", names=FIGURES, target=target, hidden=_BLANK),
    )


def _no_note(html: str, page: Page, *, stated: bool) -> SourceError:
    said = f"{title(html)} {visible(html)}".replace("’", "'")
    for words, number in _WORDS.items():
        if words in said:
            return _error(number, str(number), page.request.url)
    if stated:
        what = "页面里没有笔记：可能被拦截，也可能是链接过期"
        return unclear(page, what, _RENEW, "blocked", "expired_token")
    return changed("页面里没有“__INITIAL_STATE__”", page.request.url)


def _error(number: int, shown: str, target: str) -> SourceError:
    if number in CODES:
        return CODES[number].of(target, number)
    return changed(f"没有见过的小红书回答代码 {shown}", target)


ADAPTER = Adapter(
    name="xiaohongshu",
    platforms=frozenset({"xiaohongshu"}),
    **export(NOTES),
    distinct=True,
    row_limit=1000,
    page_metrics=frozenset(FIGURES),
    visit=visit,
    read=read,
    hosts=HOSTS,
    example={"url": "https://www.xiaohongshu.com/explore/0123456789abcdef01234567?xsec_token=A"},
)
