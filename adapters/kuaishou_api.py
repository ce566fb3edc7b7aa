"""快手's interface for an account's owner (docs/platforms.md §13.3): the works, one work, the account's followers.

Nobody has seen it live: requests and answers are as the documentation and programs that use it have them. A person consents
once; a token lives as long as the answer says (two days so far) and is renewed by a token that is good for one use, until
about 180 days after the consent. Shows plays, likes and comments as totals to date; hides shares and favourites. A work in
review (``pending``) is none yet. A ``photo_id`` has the form of the id in a share page's address; that it is the same one
is not known, so a work is the same as one of a share page only where the ids are equal, and has no address here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from adapters.answers.interfaces import Codes, ends_in, token_at
from adapters.answers.json import at, changed, figure, ident, metrics, moment
from adapters.answers.pages import Meaning, check_answered, unclear
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
)
from adapters.errors import LayoutChanged, LoginExpired, Refused, Unclear, Unreachable
from adapters.kuaishou import stated_id
from adapters.moments import SHANGHAI
from adapters.records import AccountFigures, Post
from adapters.tables.dates import end_of_day

HOST = "open.kuaishou.com"
#: Works of the last days; at most so many a page, and so many pages.
DAYS, SIZE, PAGES = 30, 200, 20
LIST, POST, USER = "list", "post", "user"
FIGURES = {"views": "view_count", "likes": "like_count", "comments": "comment_count"}
#: What the owner consents to.
SCOPES = "user_info,user_video_info"
_KEY = re.compile(r"[0-9A-Za-z_-]{5,40}", re.ASCII)

_LATER = "程序下次会再取"
_CHECK = "请核对 config.toml 里这个账号的 appid（app_id）和密钥（app_secret）"
_AGAIN = "请运行 collect grant 加这个账号的 id，重新授权"
_ASKED_WRONGLY = Meaning(
    LayoutChanged,
    "快手说请求的参数不对",
    "已有数据不受影响；请等程序更新，这段时间用后台导出的文件",
)
_NO_SUCH = Meaning(
    Unclear,
    "快手说没有这个作品",
    "刚发布的过一会儿就有；也可能是删了，或者它的编号来自网页，接口不认。请到后台核对，已存的数据会保留",
    ("not_ready", "deleted", "moved"),
)
#: result → what it means. 100200102 is every trouble with a token, of the account or of the one that renews it.
CODES: dict[int, Meaning] = {
    120001: _NO_SUCH,
    100120001: _NO_SUCH,
    100200100: _ASKED_WRONGLY,
    100200101: Meaning(LoginExpired, "快手不认这个应用", _CHECK),
    100200102: Meaning(LoginExpired, "快手不认这个授权", _AGAIN),
    100200103: _ASKED_WRONGLY,
    100200104: _ASKED_WRONGLY,
    100200105: Meaning(LoginExpired, "快手不认授权后给的这个 code", f"它只能用一次，也会过期；{_AGAIN}"),
    100200106: Meaning(
        Refused, "授权里没有这一项", f"请先在快手开放平台给应用申请 user_info 和 user_video_info，再{_AGAIN[1:]}"
    ),
    100200107: Meaning(LoginExpired, "快手说授权的不是这个账号", _AGAIN),
    100200500: Meaning(Unreachable, "快手的服务器出错", _LATER),
}  # fmt: skip
#: What the message of 100200102 says besides, in its own words.
_WHY = re.compile(
    r"invalid refresh_token|refreshToken\.(?:discarded|revokedAuthorization)", re.ASCII
)
ANSWERS = Codes(
    of="快手",
    meanings=CODES,
    places=(("result",),),
    messages=(("error_msg",),),
    good=1,
    stale=frozenset({100200102}),
    worth={100200102: _WHY},
)


def exchange(_account: Account) -> Request:
    """What is asked for the first token."""
    return _token(
        f"access_token?app_id={APPID}&app_secret={SECRET}&code={CODE}", "authorization_code"
    )


def refresh(_account: Account) -> Request:
    """What is asked for the next token; the one that is sent is good for nothing after it."""
    asked = f"refresh_token?app_id={APPID}&app_secret={SECRET}&refresh_token={REFRESH_TOKEN}"
    return _token(asked, "refresh_token")


def _token(asked: str, grant_type: str) -> Request:
    return Request(url=f"https://{HOST}/oauth2/{asked}&grant_type={grant_type}", about="token")


def read_token(page: Page) -> OwnerToken:
    """Good for ``expires_in`` seconds, the next one for ``refresh_token_expires_in``. Raises what the result says,
    LayoutChanged where one is missing."""
    tree = ANSWERS.tree(page)
    return OwnerToken(
        access=token_at(tree, "access_token", page=page),
        until=ends_in(tree, "expires_in", page=page),
        refresh=token_at(tree, "refresh_token", page=page),
        refresh_until=ends_in(tree, "refresh_token_expires_in", page=page),
    )


def start(_account: Account, _today: date) -> Iterator[Request]:
    """The newest works, and the account itself."""
    yield _works()
    yield Request(url=_call("user_info"), about=USER)


def visit(_account: Account, key: str, url: str) -> Request | None:
    """One work by its id, or by that in its address."""
    asked = key if _KEY.fullmatch(key) else stated_id(url)
    return Request(url=f"{_call('photo/info')}&photo_id={asked}", key=asked) if asked else None


def read(page: Page) -> Iterable[PageRecord]:
    """The works of a page of the list and the next page, one work, or the followers. Raises what the result says."""
    tree, target = ANSWERS.tree(page), page.request.url
    if page.request.about == LIST:
        return _listed(at(tree, "video_list", kind=list, target=target), page)
    if page.request.about == USER:
        fans = figure(tree, "user_info", "fan", target=target)
        assert fans is not None  # no sign hides it
        return [AccountFigures(figures={"followers": fans})]
    work = at(tree, "video_info", kind=dict, target=target)
    if _is_pending(work, page):
        raise unclear(page, "这个作品还在审核", "审核通过后会自动采到", "in_review")
    found = _post(work, page)
    check_answered(page, found.key)
    return [found]


def _call(name: str) -> str:
    return f"https://{HOST}/openapi/{name}?app_id={APPID}&access_token={ACCESS_TOKEN}"


def _works(cursor: str = "", depth: int = 0) -> Request:
    after = f"&cursor={cursor}" if cursor else ""
    url = f"{_call('photo/list')}&count={SIZE}{after}"
    return Request(url=url, about=LIST, key=cursor, depth=depth)


def _listed(works: list[Any], page: Page) -> list[PageRecord]:
    """Each work once. The next page begins after the last one, unless that is older than the window, or was the cursor."""
    target, number = page.request.url, page.request.depth
    if not works:
        if number:
            return []
        what = "快手说这个账号没有作品"
        raise unclear(page, what, f"可能真的没有；{_LATER}", "no_posts", "not_ready")
    keys = [_key(each, target) for each in works]
    if len(set(keys)) != len(keys):
        raise changed("同一个作品出现了两次", target)
    found: list[PageRecord] = [_post(each, page) for each in works if not _is_pending(each, page)]
    since = page.fetched_at - timedelta(days=DAYS)
    is_within = moment(works[-1], "create_time", target=target) >= since
    if is_within and keys[-1] != page.request.key and number + 1 < PAGES:
        found.append(_works(keys[-1], number + 1))
    return found


def _post(work: Any, page: Page) -> Post:
    """A work has no title: its caption, as one line, stands for it. Nothing tells video from pictures."""
    target = page.request.url
    key = _key(work, target)
    created = moment(work, "create_time", target=target)
    if created > end_of_day(page.fetched_at.astimezone(SHANGHAI).date()):
        raise changed(f"作品 {key} 的发布时间在采集之后", target)
    return Post(
        title=" ".join(at(work, "caption", kind=str, target=target).split()),
        published_at=created,
        key=key,
        metrics=metrics(work, names=FIGURES, target=target),
    )


def _key(work: Any, target: str) -> str:
    key = ident(work, "photo_id", target=target)
    if not _KEY.fullmatch(key):
        raise changed(f"回答里的“photo_id”不是作品编号：{key[:40]}", target)
    return key


def _is_pending(work: Any, page: Page) -> bool:
    return at(work, "pending", kind=bool, target=page.request.url)


_WORK = "快手创作者服务平台“作品管理”里这个作品的"
ADAPTER = Adapter(
    name="kuaishou_api",
    platforms=frozenset({"kuaishou"}),
    page_metrics=frozenset(FIGURES),
    start=start,
    visit=visit,
    read=read,
    hosts=(HOST,),
    own_api=OwnApi(
        refresh=refresh,
        grant=Grant(
            address=f"https://{HOST}/oauth2/authorize?app_id={APPID}&scope={SCOPES}&response_type=code"
            f"&redirect_uri={REDIRECT}&state={STATE}&ua=pc",
            exchange=exchange,
        ),
        read_token=read_token,
        is_stale=ANSWERS.is_stale,
        instead_of=frozenset({"kuaishou"}),
        compare={
            "views": f"{_WORK}播放量",
            "likes": f"{_WORK}点赞量",
            "comments": f"{_WORK}评论量",
            "followers": "快手主页的粉丝数",
        },
    ),
)
