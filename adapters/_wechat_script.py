"""What a WeChat page states: literals in its scripts, read without parsing the HTML (docs/platforms.md §2.3), or, where it
shows no article, which error its message means (§2.5)."""

from __future__ import annotations

import html as entities
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from adapters.answers.pages import Meaning, first_text, tree
from adapters.errors import Blocked, Gone, LayoutChanged, SourceError, Unclear

#: An object literal: key → the literal as it stands between its quotes (see ``plain_text``), or Values.
Values = dict[str, Any]

_TOKEN = re.compile(
    r"'(?P<single>[^'\\]*(?:\\.[^'\\]*)*)'|\"(?P<double>[^\"\\]*(?:\\.[^\"\\]*)*)\""
    r"|(?P<bracket>[{}\[\]])|(?P<key>[A-Za-z_$][\w$]*)\s*:",
    re.DOTALL,
)
_LITERALS = r"""((?:'[^'\\\n]*(?:\\.[^'\\\n]*)*'|"[^"\\\n]*(?:\\.[^"\\\n]*)*"|\s*\|\|\s*)+)"""
_BEFORE = r"\s*(?:window\.\w+\s*=\s*)?(?:(?:htmlDecode|JsDecode)\(\s*)?"
_LITERAL = re.compile(r"""'([^'\\]*(?:\\.[^'\\]*)*)'|"([^"\\]*(?:\\.[^"\\]*)*)\"""")
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_ENTITY = re.compile(r"&#?\w+;", re.ASCII)
_SIGNS = {"n": "\n", "r": "\r", "t": "\t"}

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
    "此内容因违规无法查看": Meaning(Gone, "文章因违规被平台屏蔽", _BANNED, ("deleted", "violation")),
    "该内容暂时无法查看": Meaning(Gone, "文章暂时无法查看", "请到公众号后台确认它是否被隐藏", ("private",)),
    "此帐号已被屏蔽": _BANNED_ACCOUNT,
    "此账号已被屏蔽": _BANNED_ACCOUNT,
    "环境异常": Meaning(Blocked, "这是微信的验证页，不是文章", ""),
    "访问过于频繁": Meaning(Blocked, "微信提示访问过于频繁", ""),
    "未知错误": Meaning(Blocked, "微信提示未知错误", ""),
    "参数错误": Meaning(Unclear, "微信提示参数错误：链接不完整或已过期", "", ("bad_link", "expired_link")),
}  # fmt: skip
#: Where a page of this platform puts its message, the surest place first.
_PLACES = (
    "//body//*[contains(concat(' ', @class, ' '), ' weui-msg__title ')]",
    "//body//*[contains(concat(' ', @class, ' '), ' mesg-block ')]",
    "//title",
)
_REASON = "//body//*[contains(concat(' ', @class, ' '), ' weui-msg__desc ')]"


class PageScript:
    """What a page states: its ``cgiDataNew``, else the assignments of its scripts (older pages; pages cut down
    to some lines, whose scripts have lost their tags)."""

    def __init__(self, html: str) -> None:
        code = scripts(html)
        self.values = _first_object(code, "cgiDataNew", "svr_time")
        if {"mid", "idx"} <= self.values.keys():
            code = ""  # it says everything: what else stands in scripts is about other things
        self.code = code if self.values or assigned(code, "ct") else html

    def text(self, name: str, variable: str = "") -> str:
        """The text under ``name``, else of the script's ``variable``; empty where nothing is said."""
        value = self.values.get(name)
        if not isinstance(value, str) or not value:
            value = assigned(self.code, variable or name, as_key=name == "svr_time")
        return plain_text(value)

    def bar(self) -> Values:
        """``appmsg_bar_data``: the figures, empty for whoever is not logged in."""
        if self.values:
            user = self.values.get("user_info")
            bar = user.get("appmsg_bar_data") if isinstance(user, dict) else None
            return bar if isinstance(bar, dict) else {}
        return _first_object(self.code, "appmsg_bar_data", "get_data_succ")

    def copyright(self) -> str:
        info = self.values.get("copyright_info")
        return str(info.get("copyright_stat", "")) if isinstance(info, dict) else ""


def scripts(html: str) -> str:
    """All scripts of a page, joined: what the article itself says is no script."""
    found, at = [], html.find("<script")
    while at >= 0:
        opened = html.find(">", at)
        closed = html.find("</script", opened)
        if opened < 0 or closed < 0:
            break
        found.append(html[opened + 1 : closed])
        at = html.find("<script", closed)
    return "\n".join(found)


def _first_object(text: str, name: str, holding: str) -> Values:
    """The first object literal given to ``name`` (``name: {…}`` or ``name = {…}``) that has the key ``holding``."""
    for opened in re.finditer(rf"{name}\s*[:=]\s*\{{", text):
        values = _object(text, opened.end())
        if holding in values:
            return values
    return {}


def _object(text: str, start: int) -> Values:
    """The keys of an object literal whose brace was just opened. Of ``'687' * 1`` and ``JsDecode('…')`` the
    text is kept, of ``'' || 'x'`` the first that is not empty; lists are read as nameless objects."""
    root: Values = {}
    stack: list[tuple[Values, str]] = [(root, "")]
    for token in _TOKEN.finditer(text, start):
        held, key = stack[-1]
        if token["key"]:
            stack[-1] = (held, token["key"])
        elif (bracket := token["bracket"]) in ("{", "["):
            inner: Values = {}
            held.setdefault(key, inner)
            stack.append((inner, ""))
        elif bracket:
            stack.pop()
            if not stack:
                break
        elif key and not held.get(key):
            held[key] = token["single"] or token["double"] or ""
    return root


def assigned(text: str, name: str, *, as_key: bool = False) -> str:
    """The first non-empty literal of ``var name = "x" || ""`` or ``window.name = '' || 'x'`` (with
    ``as_key`` of ``name: 'x' * 1`` too), as it stands between its quotes; else empty."""
    forms = (rf"var {name}\s*=", rf"window\.{name}\s*=", rf"\b{name}\s*:")
    for form in forms if as_key else forms[:2]:
        for match in re.finditer(form + _BEFORE + _LITERALS, text):
            for literal in _LITERAL.finditer(match[1]):
                if value := literal[1] or literal[2]:
                    return value
    return ""


def meta(html: str, name: str) -> str:
    """What a ``<meta property="og:…" content="…">`` of a page says; empty where there is none."""
    found = re.search(rf"""<meta\s+property="{name}"\s+content="([^"]*)\"""", html)
    return _entities(found[1]) if found else ""


def plain_text(literal: str) -> str:
    """What stands between the quotes of a script, as the reader sees it."""
    text = _ESCAPE.sub(_unescaped, literal)
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # 😀 is two escapes
    return _entities(whole)


def _entities(text: str) -> str:
    """Entities written in full as their signs; ``&times`` without ``;`` belongs to an address."""
    return _ENTITY.sub(lambda match: entities.unescape(match[0]), text)


def _unescaped(match: re.Match[str]) -> str:
    code = match[1] or match[2]
    return chr(int(code, 16)) if code else _SIGNS.get(match[3], match[3])


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
