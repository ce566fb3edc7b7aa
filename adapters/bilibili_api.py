"""B站's interface for an account's owner (arcopen, docs/platforms.md §13.4): published videos, the figures of each, followers.

Nobody has seen it live: requests and answers are as the documentation and programs that use it have them. A person consents
once; a token says the moment at which it ends and is renewed, while it is good, by a token that is good for one use. Shows
plays, likes, comments, shares and favourites as totals to date, 弹幕 and 投币 beside. Hides figures by day: ``inc-stats`` does
not say which days it counts, so it is not asked. A video's key is its BV number, as on its page, so that series go on.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from adapters.answers.interfaces import Codes, ends_at, token_at
from adapters.answers.json import at, changed, code, figure, ident, metrics, moment, rarer
from adapters.answers.pages import Meaning, unclear
from adapters.bilibili import BESIDE, BV, COUNTED, address, bv_of
from adapters.contract import (
    ACCESS_TOKEN,
    APPID,
    CODE,
    REDIRECT,
    REFRESH_TOKEN,
    SECRET,
    STATE,
    Account,
    Adapter,
    Grant,
    OwnApi,
    OwnerToken,
    Page,
    PageRecord,
    Request,
    Signing,
)
from adapters.errors import LayoutChanged, LoginExpired, Refused, Unclear, Unreachable
from adapters.moments import SHANGHAI
from adapters.records import AccountFigures, Post
from adapters.tables.dates import end_of_day

HOST, ACCOUNTS = "member.bilibili.com", "api.bilibili.com"
#: Videos of the last days; so many a page, and so many pages at most.
DAYS, SIZE, PAGES = 30, 50, 40
LIST, POST, USER = "list", "post", "user"
FIGURES = {"views": "view", **COUNTED}
#: The state of a video that everybody can see.
OPEN = 0

_LATER = "程序下次会再取"
_CHECK = "请核对 config.toml 里这个账号的 appid（client_id）和密钥（app secret）"
_AGAIN = "请运行 collect grant 加这个账号的 id，重新授权"
_BUSY = Meaning(Unreachable, "B站的服务器忙或出错", _LATER)
#: code → what it means.
CODES: dict[int, Meaning] = {
    -101: Meaning(LoginExpired, "B站不认这个授权", _AGAIN),
    -400: Meaning(LayoutChanged, "B站说请求的参数不对", "请等程序更新，或在 config.toml 里去掉 appid，改回看公开网页"),
    -500: _BUSY,
    4011: _BUSY,
    127009: _BUSY,
    122000: Meaning(LoginExpired, "B站不认这个凭据、授权或签名", f"{_CHECK}，电脑的时间要准；都对的，{_AGAIN[1:]}"),
    123004: Meaning(Unclear, "B站说没有这个稿件", "可能删了，也可能不是这个账号的；请到创作中心核对", ("deleted", "moved")),
    127007: Meaning(Refused, "应用没有这个接口的权限", "请在 B站开放平台给应用申请用户数据和视频稿件的权限，再让账号授权一次"),
}  # fmt: skip
ANSWERS = Codes(of="B站", meanings=CODES, stale=frozenset({-101, 122000}))


def exchange(_account: Account) -> Request:
    """What is asked for the first token."""
    return _token("token", "authorization_code", f"code={CODE}")


def refresh(_account: Account) -> Request:
    """What is asked for the next token; the one that is sent is good for nothing after it."""
    return _token("refresh_token", "refresh_token", f"refresh_token={REFRESH_TOKEN}")


def _token(call: str, grant_type: str, sent: str) -> Request:
    asked = f"client_id={APPID}&client_secret={SECRET}&grant_type={grant_type}&{sent}"
    return Request(
        url=f"https://{ACCOUNTS}/x/account-oauth2/v1/{call}?{asked}", about="token", body={}
    )


def read_token(page: Page) -> OwnerToken:
    """Good until ``expires_in``, which is a moment, and renewed from half of its life on. Raises what the code says,
    LayoutChanged where one is missing or no moment to come."""
    tree = ANSWERS.tree(page)
    until = ends_at(tree, "data", "expires_in", page=page)
    return OwnerToken(
        access=token_at(tree, "data", "access_token", page=page),
        until=until,
        refresh=token_at(tree, "data", "refresh_token", page=page),
        refresh_until=until,
        renew_from=page.fetched_at + (until - page.fetched_at) / 2,
    )


def sign(asked: Signing) -> Mapping[str, str]:
    """The headers that sign a request (version 2.0); none for a token, which is asked for unsigned."""
    if not asked.url.startswith(f"https://{HOST}/"):
        return {}
    signed = {
        "x-bili-accesskeyid": asked.appid,
        "x-bili-content-md5": hashlib.md5(asked.body, usedforsecurity=False).hexdigest(),
        "x-bili-signature-method": "HMAC-SHA256",
        "x-bili-signature-nonce": asked.nonce,
        "x-bili-signature-version": "2.0",
        "x-bili-timestamp": str(int(asked.at.timestamp())),
    }
    text = "\n".join(f"{name}:{value}" for name, value in sorted(signed.items()))
    seal = hmac.new(asked.secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    return {**signed, "Authorization": seal}


def start(_account: Account, _today: date) -> Iterator[Request]:
    """The newest videos, and the account itself."""
    yield _videos(1)
    yield _asked("data/user/stat", USER)


def visit(_account: Account, key: str, url: str) -> Request | None:
    """One video by its BV number or its address."""
    asked = key if BV.fullmatch(key) else bv_of(url)
    return _figures(asked) if asked else None


def read(page: Page) -> Iterable[PageRecord]:
    """What a page of the list leads to, the figures of one video, or the followers. Raises what the code says."""
    tree, target = ANSWERS.tree(page), page.request.url
    data = at(tree, "data", kind=dict, target=target)
    if page.request.about == LIST:
        return _led_to(data, page)
    if page.request.about == USER:
        followers = figure(data, "follower", target=target)
        assert followers is not None  # no sign hides it
        return [AccountFigures(figures={"followers": followers})]
    return [_post(data, page)]


def _asked(call: str, about: str, *, key: str = "", depth: int = 0) -> Request:
    url = f"https://{HOST}/arcopen/fn/{call}"
    return Request(
        url=url, about=about, key=key, depth=depth, headers={"Access-Token": ACCESS_TOKEN}
    )


def _videos(number: int) -> Request:
    return _asked(f"archive/viewlist?ps={SIZE}&pn={number}&status=pubed", LIST, depth=number - 1)


def _figures(key: str) -> Request:
    return _asked(f"data/arc/stat?resource_id={key}", POST, key=key)


def _led_to(data: dict[str, Any], page: Page) -> list[PageRecord]:
    """Each video of the window that everybody can see, and the next page where there is one that may hold more of them."""
    target, number = page.request.url, page.request.depth + 1
    videos = at(data, "list", kind=list, target=target)
    if not videos and number == 1:
        what = "B站说这个账号没有已发布的视频"
        raise unclear(page, what, f"可能真的没有；{_LATER}", "no_posts", "not_ready")
    since = page.fetched_at - timedelta(days=DAYS)
    young = [each for each in videos if moment(each, "ptime", target=target) >= since]
    shown = [each for each in young if code(each, "addit_info", "state", target=target) == OPEN]
    keys = [ident(each, "resource_id", target=target) for each in shown]
    if odd := next((key for key in keys if not BV.fullmatch(key)), None):
        raise changed(f"回答里的“resource_id”不是 BV 号：{odd[:30]}", target)
    if len(set(keys)) != len(keys):
        raise changed("同一个视频出现了两次", target)
    found: list[PageRecord] = [_figures(key) for key in keys]
    total = code(data, "page", "total", target=target)
    if young and number * SIZE < total and number < PAGES:
        found.append(_videos(number + 1))
    return found


def _post(data: dict[str, Any], page: Page) -> Post:
    """The answer does not say whose figures it has: it is taken for those of the video that was asked for."""
    target, key = page.request.url, page.request.key
    title = at(data, "title", kind=str, target=target).strip()
    if not title:
        raise changed("回答里的“title”是空的", target)
    published = moment(data, "ptime", target=target)
    if published > end_of_day(page.fetched_at.astimezone(SHANGHAI).date()):
        raise changed("回答里的发布时间在采集之后", target)
    return Post(
        title=title,
        published_at=published,
        key=key,
        url=address(key),
        kind="video",
        metrics=metrics(data, names=FIGURES, target=target),
        beside=rarer(data, BESIDE, target),
    )


_WORK = "B站创作中心“稿件管理”里这个视频的"
ADAPTER = Adapter(
    name="bilibili_api",
    platforms=frozenset({"bilibili"}),
    page_metrics=frozenset(FIGURES),
    start=start,
    visit=visit,
    read=read,
    hosts=(HOST, ACCOUNTS),
    headers={"Accept": "application/json", "Content-Type": "application/json"},
    own_api=OwnApi(
        refresh=refresh,
        grant=Grant(
            address="https://account.bilibili.com/pc/account-pc/auth/oauth"
            f"?client_id={APPID}&gourl={REDIRECT}&state={STATE}",
            exchange=exchange,
        ),
        read_token=read_token,
        is_stale=ANSWERS.is_stale,
        sign=sign,
        instead_of=frozenset({"bilibili"}),
        compare={
            "views": f"{_WORK}播放数",
            "likes": f"{_WORK}点赞数",
            "comments": f"{_WORK}评论数",
            "shares": f"{_WORK}分享数",
            "favourites": f"{_WORK}收藏数",
            "弹幕量": f"{_WORK}弹幕数",
            "投币量": f"{_WORK}投币数",
            "followers": "B站个人空间的粉丝数",
        },
    ),
)
