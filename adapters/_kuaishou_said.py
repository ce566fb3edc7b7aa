"""What 快手 answers when it does not show a work, and which error that means (docs/platforms.md §5.2)."""

from __future__ import annotations

from typing import Any

from adapters.answers.json import CHANGED, changed, code
from adapters.answers.pages import LATER, blocked, visible
from adapters.contract import Page
from adapters.errors import Blocked, Gone, LayoutChanged, SourceError, Unclear

#: ``result`` → error, its cases, what happened, what to do. 1 is a good answer.
RESULTS: dict[int, tuple[type[SourceError], tuple[str, ...], str, str]] = {
    2: (Blocked, (), "快手暂时不给数据，同一个链接时好时坏", LATER),
    21: (LayoutChanged, (), "快手说请求的格式不对", CHANGED),
    50: (LayoutChanged, (), "快手的这个接口要求签名", CHANGED),
    109: (
        Unclear,
        ("login", "account_gone"),
        "快手要求登录，或者账号已不在",
        "请在浏览器里打开账号主页核对",
    ),
    2001: (Blocked, (), "快手要求人机验证", LATER),
}
#: A share page without its data is of about 96 KB, a whole one of about 185 KB.
_SHELL = range(60_000, 140_000)


def check(answer: Any, page: Page) -> None:
    """Raises what ``result`` says, unless it is 1."""
    if isinstance(answer, dict) and "操作太快了" in str(answer.get("error_msg")):
        raise blocked(page, "快手提示操作太快")
    result = code(answer, "result", target=page.request.url)
    if result in RESULTS:
        error, cases, what, advice = RESULTS[result]
        raise error(
            f"{what}（result {result}）", target=page.request.url, advice=advice, cases=cases
        )
    if result != 1:
        raise changed(f"没有见过的回答代码 result {result}", page.request.url)


def silent(page: Page, html: str, what: str, state: Any = None) -> SourceError:
    """The error that a page without a work stands for. ``what``: what is missing."""
    said = visible(html)
    if "作品已失效" in said:
        return Gone(
            "作品已失效",
            target=page.request.url,
            advice="已存的数据会保留；如不是本单位所为，请到快手后台核对",
            cases=("deleted",),
        )
    if "操作太快了" in said:
        return blocked(page, "快手提示操作太快")
    if state == {} or len(page.body) in _SHELL:
        return blocked(page, "快手给了没有数据的空壳页面")
    return changed(what, page.request.url)
