"""WeChat pages that show no article: what they say, and which error that means (docs/platforms.md §2.5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from adapters._wechat_script import assigned, scripts
from adapters.answers.pages import Meaning, first_text, tree
from adapters.errors import Blocked, Gone, LayoutChanged, SourceError, Unclear

#: What to do next, for whoever saved the page.
SAVED: Mapping[type[SourceError], str] = {
    Blocked: "请过一会儿在微信里重新打开文章，完成验证后再保存",
    Unclear: "请在微信里打开原文，确认能看到正文后再保存",
    LayoutChanged: "请在微信里打开原文，确认能看到正文后再保存",
}
#: What to do next where the program itself fetched it.
FETCHED: Mapping[type[SourceError], str] = {
    Blocked: "已有数据不受影响，程序会过一段时间再试；总是这样时请把间隔调大",
    Unclear: "请用浏览器打开这个链接看看；链接失效时请重新复制一个",
    LayoutChanged: "平台可能改版了，已有数据不受影响；请等程序更新",
}

_DELETED = Meaning(Gone, "文章已被发布者删除", "已存的数据会保留", ("deleted",))
_BANNED = "请尽快告知值班编辑，到公众号后台查看处理通知"
_BANNED_ACCOUNT = Meaning(Gone, "公众号已被屏蔽", _BANNED, ("account_banned",))
#: How a message begins → what it means; what to do, where it is empty, is said above.
_MESSAGES = {
    "该内容已被发布者删除": _DELETED,
    "The content has been deleted": _DELETED,
    "此内容因违规无法查看": Meaning(
        Gone, "文章因违规被平台屏蔽", _BANNED, ("deleted", "violation")
    ),
    "该内容暂时无法查看": Meaning(
        Gone, "文章暂时无法查看", "请到公众号后台确认它是否被隐藏", ("private",)
    ),
    "此帐号已被屏蔽": _BANNED_ACCOUNT,
    "此账号已被屏蔽": _BANNED_ACCOUNT,
    "环境异常": Meaning(Blocked, "这是微信的验证页，不是文章", ""),
    "访问过于频繁": Meaning(Blocked, "微信提示访问过于频繁", ""),
    "未知错误": Meaning(Blocked, "微信提示未知错误", ""),
    "参数错误": Meaning(
        Unclear, "微信提示参数错误：链接不完整或已过期", "", ("bad_link", "expired_link")
    ),
}
#: Where a page of this platform puts its message, the surest place first.
_PLACES = (
    "//body//*[contains(concat(' ', @class, ' '), ' weui-msg__title ')]",
    "//body//*[contains(concat(' ', @class, ' '), ' mesg-block ')]",
    "//title",
)
_REASON = "//body//*[contains(concat(' ', @class, ' '), ' weui-msg__desc ')]"


def no_article(
    html: str, target: str, advice: Mapping[type[SourceError], str] = SAVED
) -> SourceError:
    """The error that a page without an article stands for, with what to do next."""
    root = tree(html)
    places = [first_text(root, place) for place in _PLACES]
    said = next(filter(None, places), "")
    for begin, meaning in _MESSAGES.items():
        if any(each.startswith(begin) for each in places):
            reason = first_text(root, _REASON) if meaning.error is Gone else ""
            return replace(meaning, advice=meaning.advice or advice[meaning.error]).of(
                target, reason
            )
    # the second form of the verification page carries no visible Chinese text
    if root.xpath("//body//*[@id='js_verify']") or assigned(scripts(html), "PAGE_MID").startswith(
        "mmbizwap:secitptpage/verify"
    ):
        return Blocked("这是微信的验证页，不是文章", target=target, advice=advice[Blocked])
    if said:
        return Unclear(
            f"页面里没有文章，只写着“{said[:60]}”", target=target, advice=advice[Unclear]
        )
    return LayoutChanged(
        "这像是微信的页面，但找不到文章的编号和标题", target=target, advice=advice[LayoutChanged]
    )
