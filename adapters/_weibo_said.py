"""What 微博 answers when it does not show a post, and which error that means (docs/platforms.md §7)."""

from __future__ import annotations

from typing import Any

from adapters.answers.json import at, changed, code
from adapters.answers.pages import LATER, blocked, place, refuse, title, visible
from adapters.contract import Page
from adapters.errors import Blocked, Gone, LoginExpired, SourceError, Unclear

Meaning = tuple[type[SourceError], tuple[str, ...], str, str]

COOKIE = "请在浏览器里重新打开微博，把新的 cookie 填到 config.toml 所指的环境变量里"
_KEPT = "已存的数据会保留"
_LOOK = "请隔天登录微博打开原文核对，两次都打不开再认定"
_DELETED_OR_PRIVATE: Meaning = (
    Unclear,
    ("deleted", "private"),
    "微博不存在，或没有查看权限",
    _LOOK,
)

#: error_code → error, its cases, what happened, what to do.
CODES: dict[int, Meaning] = {
    20101: _DELETED_OR_PRIVATE,  # "该微博不存在", read by others as "不存在或暂无查看权限"
    20112: (Unclear, ("private", "login"), "没有查看权限，也可能是 cookie 失效", COOKIE),
    20130: (Gone, ("private",), "博主设置了不公开", _KEPT),
}
#: Words of a message, of data or of a page without a post → the same.
WORDS: dict[str, Meaning] = {
    "微博不存在": _DELETED_OR_PRIVATE,
    "目前内容暂不可见": (Gone, ("private",), "由于博主设置，目前内容不可见", _KEPT),
    "用户不存在": (
        Gone,
        ("account_gone",),
        "微博账号不存在",
        "请核对 config.toml 里这个账号的 uid",
    ),
    "网络繁忙": (Blocked, (), "微博提示网络繁忙", LATER),
    "请先登录": (LoginExpired, (), "微博要求登录", COOKIE),
}


def refuse_page(page: Page) -> None:
    """Raises what the status and the final address say."""
    host, path = place(page.url)
    if page.status == 432:
        raise blocked(page, "微博拒绝了访问（HTTP 432），多半是没有访客 cookie 或已过期", COOKIE)
    if "passport.weibo" in host:
        if "/visitor" in path:
            raise blocked(page, "微博转到了访客验证页", COOKIE)
        raise LoginExpired("微博转到了登录页", target=page.request.url, advice=COOKIE)
    if page.status not in (400, 404):  # those may carry an error_code
        refuse(page)


def check(page: Page, tree: Any) -> None:
    """Raises what ``error_code``, ``ok`` and the message say; nothing where the answer is good."""
    target = page.request.url
    if isinstance(tree, dict) and tree.get("error_code"):
        number = code(tree, "error_code", target=target)
        if number in CODES:
            raise _error(page, CODES[number], f"（{number}）")
    ok = code(tree, "ok", target=target)
    if ok == 1:
        return refuse(page)
    if ok == -100:
        raise LoginExpired("微博要求登录（ok: -100）", target=target, advice=COOKIE)
    said = " ".join(
        str(at(tree, name, kind=object, target=target))
        for name in ("msg", "message", "errmsg")
        if name in tree
    )
    if "这里还没有内容" in said or (not said and tree.get("data") == {"cards": []}):
        return empty(page)
    raise _by_words(page, said) or changed(f"微博没有给数据（ok：{ok}）：{said[:60]}", target)


def empty(page: Page) -> None:
    """Beyond the first page a timeline has come to its end; before that nobody can tell.

    Raises Unclear there.
    """
    if page.request.about != "list" or page.request.depth == 0:
        raise Unclear(
            "微博说这里没有内容：可能真的没有，也可能是采得太快",
            target=page.request.url,
            advice="程序会放慢后再取；一直如此请核对 config.toml 里的 uid",
            cases=("no_posts", "blocked"),
        )


def silent(page: Page, html: str) -> SourceError:
    """The error that a web page without a post stands for."""
    if "Sina Visitor System" in title(html):
        return blocked(page, "微博给了访客验证页", COOKIE)
    said = visible(html)
    found = _by_words(page, said)
    if found is None and title(html) == "微博-出错了":
        found = _error(page, _DELETED_OR_PRIVATE)
    if found is None and page.status != 200:
        refuse(page)
    return found or changed("网页里没有“$render_data”", page.request.url)


def _by_words(page: Page, said: str) -> SourceError | None:
    return next((_error(page, how) for words, how in WORDS.items() if words in said), None)


def _error(page: Page, how: Meaning, more: str = "") -> SourceError:
    error, cases, what, advice = how
    return error(f"{what}{more}", target=page.request.url, advice=advice, cases=cases)
