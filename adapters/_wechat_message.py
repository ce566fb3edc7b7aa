"""WeChat pages without an article: what the page itself says, and which error that is (pages.md §7)."""

from __future__ import annotations

from lxml import etree
from lxml import html as lxml_html

from adapters._wechat_script import assigned, scripts
from adapters.errors import Blocked, Gone, LayoutChanged, SourceError, Unclear

_LATER = "请过一会儿在微信里重新打开文章,完成验证后再保存"
_IN_CLIENT = "请在微信里打开原文,确认能看到正文后再保存"

#: How a message begins → error, its cases, what happened, what to do.
_MESSAGES: tuple[tuple[str, type[SourceError], tuple[str, ...], str, str], ...] = (
    ("该内容已被发布者删除", Gone, ("deleted",), "文章已被发布者删除", "已存的数据会保留"),
    ("The content has been deleted", Gone, ("deleted",), "文章已被发布者删除", "已存的数据会保留"),
    (
        "此内容因违规无法查看",
        Gone,
        ("deleted", "violation"),
        "文章因违规被平台屏蔽",
        "请尽快告知值班编辑,到公众号后台查看处理通知",
    ),
    (
        "该内容暂时无法查看",
        Gone,
        ("private",),
        "文章暂时无法查看",
        "请到公众号后台确认它是否被隐藏",
    ),
    (
        "此帐号已被屏蔽",
        Gone,
        ("account_banned",),
        "公众号已被屏蔽",
        "请尽快告知值班编辑,到公众号后台查看处理通知",
    ),
    ("环境异常", Blocked, (), "这是微信的验证页,不是文章", _LATER),
    ("访问过于频繁", Blocked, (), "微信提示访问过于频繁", _LATER),
    ("未知错误", Blocked, (), "微信提示未知错误", _LATER),
    (
        "参数错误",
        Unclear,
        ("bad_link", "expired_link"),
        "微信提示参数错误:链接不完整或已过期",
        "请重新复制文章链接,打开后再保存",
    ),
)
#: Where a page of this platform puts its message, the surest place first.
_PLACES = (
    "//body//*[contains(concat(' ', @class, ' '), ' weui-msg__title ')]",
    "//body//*[contains(concat(' ', @class, ' '), ' mesg-block ')]",
    "//title",
)
_REASON = "//body//*[contains(concat(' ', @class, ' '), ' weui-msg__desc ')]"


def no_article(html: str, target: str) -> SourceError:
    """The error that a page without an article stands for."""
    root = _root(html)
    found = (_text(root, place) for place in _PLACES)
    said = next((text for text in found if text), "")
    for begin, error, cases, what, advice in _MESSAGES:
        if said.startswith(begin):
            reason = _text(root, _REASON) if error is Gone else ""
            return error(
                f"{what}({reason})" if reason else what, target=target, advice=advice, cases=cases
            )
    # the form of the verification page that carries no visible Chinese text
    if assigned(scripts(html), "PAGE_MID").startswith("mmbizwap:secitptpage/verify"):
        return Blocked("这是微信的验证页,不是文章", target=target, advice=_LATER)
    if said:
        return Unclear(f"页面里没有文章,只写着“{said[:60]}”", target=target, advice=_IN_CLIENT)
    return LayoutChanged(
        "这像是微信的页面,但找不到文章的编号和标题", target=target, advice=_IN_CLIENT
    )


def _root(html: str) -> lxml_html.HtmlElement:
    parser = lxml_html.HTMLParser(encoding="utf-8", recover=True, huge_tree=False, no_network=True)
    try:
        return lxml_html.document_fromstring(html.encode("utf-8", "replace"), parser=parser)
    except etree.ParserError:  # no element at all, only comments: it says nothing
        return lxml_html.Element("html")


def _text(root: lxml_html.HtmlElement, place: str) -> str:
    found = root.xpath(place)
    if not isinstance(found, list) or not found:
        return ""
    return " ".join("".join(map(str, found[0].itertext())).split())
