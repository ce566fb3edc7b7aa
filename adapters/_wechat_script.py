"""Values that a WeChat page states in its scripts, read without parsing the HTML (2–4 MB, nearly all of it script:
docs/platforms.md §2.3). Only literals are read; nothing is executed."""

from __future__ import annotations

import html as entities
import re
from collections.abc import Iterator
from typing import Any

#: An object literal: key → the literal as it stands between its quotes (see ``plain_text``), or Values.
Values = dict[str, Any]

_OBJECT = re.compile(r"\s*[:=]\s*\{")
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


def script_spans(html: str) -> Iterator[tuple[int, int]]:
    """Where the text of each script begins and ends."""
    at = html.find("<script")
    while at >= 0:
        opened = html.find(">", at)
        closed = html.find("</script", opened)
        if opened < 0 or closed < 0:
            return
        yield opened + 1, closed
        at = html.find("<script", closed)


def scripts(html: str) -> str:
    """All scripts of a page, joined."""
    return "\n".join(html[start:end] for start, end in script_spans(html))


def in_scripts(html: str, word: str) -> Iterator[int]:
    """Where ``word`` stands inside a script, never in what the article says."""
    for start, end in script_spans(html):
        at = html.find(word, start, end)
        while at >= 0:
            yield at
            at = html.find(word, at + 1, end)


def object_at(text: str, at: int, name: str) -> Values | None:
    """The object literal given to ``name`` (``name: {…}`` or ``name = {…}``) that stands at ``at``."""
    opened = _OBJECT.match(text, at + len(name))
    return _object(text, opened.end()) if opened else None


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
