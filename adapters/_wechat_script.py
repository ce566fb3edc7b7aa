"""Values that a WeChat page states in its scripts, read without parsing the HTML (2–4 MB, nearly all of it script:
docs/platforms.md §2.3). Only literals are read; nothing is executed."""

from __future__ import annotations

import html as entities
import re
from typing import Any

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
