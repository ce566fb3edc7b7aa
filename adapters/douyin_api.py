"""抖音's interface for a 品牌号 that is bound to a mini program (docs/platforms.md §13.5): one work, followers by day.

Nobody has seen it live, and who gets it is uncertain: requests and answers are as the documentation and ByteDance's own client
have them, which differ in how deep an answer lies and in numbers as text; both are read. There is no list: only works are
asked for whose number is known already. Shows plays, likes, comments and shares as totals to date. The plays of a work by
day (``item_bc``) are not read: they count 30 days at most and are no totals.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any
from urllib.parse import quote

from adapters.answers.interfaces import Codes, ends_in, past_day, token_at
from adapters.answers.json import at, changed, figure, ident, metrics, moment
from adapters.answers.pages import Meaning, check_answered, unclear
from adapters.contract import (
    ACCESS_TOKEN,
    APPID,
    REFRESH_TOKEN,
    SECRET,
    Account,
    Adapter,
    OwnApi,
    OwnerToken,
    Page,
    PageRecord,
    Request,
)
from adapters.douyin import ID, stated_id
from adapters.errors import Blocked, LayoutChanged, LoginExpired, Refused, Unreachable
from adapters.moments import SHANGHAI
from adapters.records import AccountFigures, Count, Post
from adapters.tables.dates import end_of_day

HOST = "open.douyin.com"
POST, FANS = "post", "fans"
#: What the mini program is allowed to ask for the account.
SCOPES = "ma.video.bind_bc,ma.user.data_bc"
#: Days of followers in one answer: 7, 15 or 30.
DAYS = 30
FIGURES = {
    "views": "play_count",
    "likes": "digg_count",
    "comments": "comment_count",
    "shares": "share_count",
}

_LATER = "程序下次会再取"
_CHECK = "请核对 config.toml 里这个账号的 appid（小程序的 AppID）、密钥（AppSecret）和 uid（账号的 open_id）"
_APPLY = "请到抖音开放平台的小程序后台查看能力和绑定的账号；拿不到的，用创作者中心的“作品列表导出”"
_STALE = Meaning(LoginExpired, "抖音不认这个令牌", _CHECK)
_BUSY = Meaning(Unreachable, "抖音的服务器忙", _LATER)
_OFTEN = Meaning(Unreachable, "抖音说请求太频繁", _LATER)
_SPENT = Meaning(Blocked, "今天的接口次数用完了", "已有数据不受影响，明天会再取")
_WRONG = Meaning(LayoutChanged, "抖音说请求的参数不对", "请等程序更新，这段时间用“作品列表导出”")
_NO_RIGHT = Meaning(Refused, "小程序没有这个能力，或账号没有授权", _APPLY)
#: The same states have an old and a new number.
CODES: dict[int, Meaning] = {
    **dict.fromkeys((10008, 2190008, 28001003, 28001008), _STALE),
    10010: Meaning(LoginExpired, "抖音说续期用的令牌过期了", _CHECK),
    28001015: Meaning(LoginExpired, "令牌和 open_id 不是一个账号的", _CHECK),
    **dict.fromkeys(
        (10004, 2100007, 28001012, 28001014, 28001016, 28001018, 28001019, 28004020), _NO_RIGHT
    ),
    28001056: Meaning(LayoutChanged, "抖音已下线这个接口", f"不用再等，请在 config.toml 里去掉 appid；{_APPLY}"),
    **dict.fromkeys((2190001, 28003017), _SPENT),
    **dict.fromkeys((28001052, 28003018), _OFTEN),
    **dict.fromkeys((2100004, 28001005, 28001006), _BUSY),
    **dict.fromkeys((10005, 2100005), _WRONG),
}  # fmt: skip
#: An answer may say it in one place or in several.
ANSWERS = Codes(
    of="抖音",
    meanings=CODES,
    places=(
        ("err_no",),
        ("error_code",),
        ("data", "error_code"),
        ("extra", "error_code"),
        ("data", "extra", "error_code"),
    ),
    messages=(
        ("err_msg",),
        ("data", "description"),
        ("extra", "description"),
        ("description",),
        ("message",),
    ),
    stale=frozenset(number for number, meaning in CODES.items() if meaning is _STALE),
)


def issue(account: Account) -> Request:
    """What is asked for the first token. Raises LoginExpired where config does not say whose."""
    if not account.uid:
        raise LoginExpired(
            "没有写 uid（账号在这个小程序里的 open_id）", target=account.id, advice=_CHECK
        )
    return _token("business_token", open_id=account.uid, scope=SCOPES)


def refresh(_account: Account) -> Request:
    """What is asked for the next one."""
    return _token("refresh_biz_token", refresh_token=REFRESH_TOKEN)


def _token(call: str, **more: str) -> Request:
    body = {"client_key": APPID, "client_secret": SECRET, **more}
    return Request(url=f"https://{HOST}/oauth/{call}/", about="token", body=body)


def read_token(page: Page) -> OwnerToken:
    """Good for ``biz_expires_in`` seconds. Raises what the code says, LayoutChanged where there is no token."""
    tree = ANSWERS.tree(page)
    return OwnerToken(
        access=token_at(tree, "data", "biz_token", page=page),
        until=ends_in(tree, "data", "biz_expires_in", page=page),
        refresh=token_at(tree, "data", "biz_refresh_token", page=page),
        refresh_until=ends_in(tree, "data", "biz_refresh_expires_in", page=page),
    )


def start(account: Account, _today: date) -> Iterator[Request]:
    """The followers; works are not listed anywhere."""
    yield _asked(account, "user_bc/get_fans", FANS, f"&date_type={DAYS}")


def visit(account: Account, key: str, url: str) -> Request | None:
    """One work by its number, or by that in its address."""
    asked = key if ID.fullmatch(key) else stated_id(url)
    return _asked(account, "video_bc/query", POST, key=asked) if asked else None


def read(page: Page) -> Iterable[PageRecord]:
    """One work, or the followers by day. Raises what the code says."""
    tree = ANSWERS.tree(page)
    if page.request.about == FANS:
        return list(_followers(_inside(tree, "result_list", page), page))
    return [_post(_inside(tree, "list", page), page)]


def _asked(account: Account, call: str, about: str, more: str = "", *, key: str = "") -> Request:
    return Request(
        url=f"https://{HOST}/api/apps/v1/{call}/?open_id={quote(account.uid, safe='')}{more}",
        about=about,
        key=key,
        headers={"access-token": ACCESS_TOKEN},
        body={"video_ids": (key,)} if key else None,
    )


def _inside(tree: Any, name: str, page: Page) -> list[Any]:
    """A list of the answer, under one level of ``data`` or two."""
    target = page.request.url
    data = at(tree, "data", kind=dict, target=target)
    if name not in data and "data" in data:
        data = at(data, "data", kind=dict, target=target)
    return at(data, name, kind=list, target=target)


def _post(works: list[Any], page: Page) -> Post:
    target, key = page.request.url, page.request.key
    if not works:
        what = "抖音没有给出这个作品"
        raise unclear(
            page,
            what,
            "可能删了，也可能不是这个账号的；请在抖音 App 里核对",
            "deleted",
            "private",
            "moved",
        )
    if len(works) > 1:
        raise changed("问的是一个作品，答的是几个", target)
    (work,) = works
    came = ident(work, "video_id", target=target) if "video_id" in work else ""
    check_answered(page, came or stated_id(str(work.get("share_url", ""))) or key)
    created = moment(work, "create_time", target=target)
    if created > end_of_day(page.fetched_at.astimezone(SHANGHAI).date()):
        raise changed(f"作品 {key} 的发布时间在采集之后", target)
    if work.get("statistics") is None:
        raise unclear(
            page, "抖音这次没有给这个作品的数字", f"授权的第二天才有；{_LATER}", "not_ready"
        )
    return Post(
        title=" ".join(at(work, "title", kind=str, target=target).split()),
        published_at=created,
        key=key,
        url=f"https://www.douyin.com/video/{key}",
        metrics=metrics(work, "statistics", names=FIGURES, target=target),
    )


def _followers(rows: list[Any], page: Page) -> Iterator[AccountFigures]:
    """Each day that was over, once. Accounts below 1,000 followers have no figures here, so a total of 0 is none."""
    target = page.request.url
    days = {past_day(at(row, "date", kind=str, target=target), page): row for row in rows}
    if len(days) != len(rows):
        raise changed("同一天出现了两次", target)
    told = {day: row for day, row in days.items() if _fans(row, "total_fans", page).value}
    if not told:
        advice = "要满 1000 粉丝，在创作者服务中心开通数据看盘，授权的第二天才有"
        raise unclear(page, "抖音没有给出粉丝数", f"{advice}；{_LATER}", "not_ready")
    for day, row in sorted(told.items()):
        at_night = end_of_day(day)
        yield AccountFigures(
            figures={"followers_gained": _fans(row, "new_fans", page)},
            observed_at=at_night,
            day=day,
        )
        yield AccountFigures(
            figures={"followers": _fans(row, "total_fans", page)}, observed_at=at_night
        )


def _fans(row: Any, name: str, page: Page) -> Count:
    shown = figure(row, name, target=page.request.url)
    assert shown is not None  # no sign hides it
    return shown


_WORK = "抖音创作者中心“作品管理”里这个作品的"
ADAPTER = Adapter(
    name="douyin_api",
    platforms=frozenset({"douyin"}),
    page_metrics=frozenset(FIGURES),
    start=start,
    visit=visit,
    read=read,
    hosts=(HOST,),
    own_api=OwnApi(
        issue=issue,
        refresh=refresh,
        read_token=read_token,
        is_stale=ANSWERS.is_stale,
        instead_of=frozenset({"douyin"}),
        compare={
            "views": f"{_WORK}播放量",
            "likes": f"{_WORK}点赞量",
            "comments": f"{_WORK}评论量",
            "shares": f"{_WORK}分享量",
            "followers": "抖音主页的粉丝数（那一天结束时的）",
            "day.followers_gained": "抖音创作者中心“粉丝分析”里这一天的新增粉丝",
        },
    ),
)
