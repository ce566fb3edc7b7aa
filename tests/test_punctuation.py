"""Chinese is punctuated as Chinese (，：；（）？！) in all that a person reads: the string literals of the program, its
templates, click's words, what make says and the comments of the example's config.

Looked at is the text with ``□`` for what is filled in. A half-width sign is wrong where a Chinese sign stands beside it,
over blanks and what is filled in; between two digits (12:30, 1,000) it is a number's own. Patterns are no text.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
_FILLED = "□"
_CHINESE = "\u3400-\u9fff、。《》“”‘’…—，：；？！（）"
_WRONG = re.compile(
    rf"(?<=[{_CHINESE}])[ {_FILLED}]*[,:;()?!]|[,:;()?!](?=[ {_FILLED}]*[{_CHINESE}])"
)
_PATTERN = re.compile(r"\\[A-Za-z(\[]|\(\?|\[\^|\.\*")
_FONTS = re.compile(r"SimSun|FangSong|KaiTi")  # names of fonts, as a word file lists them


def wrong(text: str) -> bool:
    """Whether a half-width sign stands between Chinese."""
    between = re.sub(r"(?<=\d)[,:](?=\d)", "", text)
    return bool(re.search("[\u3400-\u9fff]", text) and _WRONG.search(between))


def _literals(source: str) -> Iterator[tuple[int, str]]:
    """Line and text of each literal that is neither a docstring nor written raw, as patterns are."""
    tree, lines = ast.parse(source), source.splitlines()
    skipped = {
        id(each)
        for joined in ast.walk(tree)
        if isinstance(joined, ast.JoinedStr)
        for each in joined.values
    }
    skipped |= {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts = (e.value if isinstance(e, ast.Constant) else _FILLED for e in node.values)
            yield node.lineno, "".join(str(each) for each in parts)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            raw = lines[node.lineno - 1].encode()[node.col_offset :].lower().startswith(b"r")
            if not raw and id(node) not in skipped:
                yield node.lineno, node.value


def _helps(source: str) -> Iterator[tuple[int, str]]:
    """A command's help is its docstring, in Chinese."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and node.decorator_list:
            text = ast.get_docstring(node) or ""
            if re.match("[\u3400-\u9fff]", text):
                yield node.lineno, text


@pytest.mark.parametrize("package", ["adapters", "collector", "reports", "storage"])
def test_no_literal_has_half_width_signs_between_chinese(package: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line} {text!r}"
        for path in sorted((ROOT / package).rglob("*.py"))
        for source in [path.read_text(encoding="utf-8")]
        for line, text in (*_literals(source), *(_helps(source) if package == "collector" else ()))
        if wrong(text) and not _PATTERN.search(text) and not _FONTS.search(text)
    ]
    assert not found, "\n".join(found)


def _other_texts() -> Iterator[tuple[str, str]]:
    for path in (*ROOT.glob("reports/**/templates/*"), *ROOT.glob("collector/**/templates/*")):
        if path.suffix in (".html", ".txt"):
            text = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", _FILLED, path.read_text(encoding="utf-8"))
            yield from ((path.name, part) for part in re.split(r"<[^<>]*>|\n", text))
    for line in (ROOT / "Makefile").read_text(encoding="utf-8").splitlines():
        if "echo" in line:
            yield "Makefile", re.sub(r"\$@|\$\([A-Z_]+\)", _FILLED, line)
    for path in ROOT.glob("collector/locale/**/*.po"):
        said = re.findall(
            r'^msgstr(?:\[\d\])? "(.*)"', path.read_text(encoding="utf-8"), re.MULTILINE
        )
        yield from ((path.name, re.sub(r"\{[^}]*\}", _FILLED, each)) for each in said)
    for line in (ROOT / "config.toml").read_text(encoding="utf-8").splitlines():
        yield "config.toml", line.partition("#")[2]


def test_nothing_else_that_is_read_has_them() -> None:
    found = [f"{name}: {text}" for name, text in _other_texts() if wrong(text)]
    assert not found, "\n".join(found)


WRONG = [
    "没有,再试",
    "读不了:□",
    "（见下）:□",
    "□ 篇,另有",
    "拒绝了(□)",
    "撤回? □次",
    "□(超时)",
    "另存:",
]
RIGHT = [
    "没有，再试",
    "□：读不了",
    "共 1,000 篇",
    "周三 12:30 起",
    "应是 a, b",
    "见 https://x.cn 的说明",
    "a,b",
]


@pytest.mark.parametrize(
    ("text", "is_wrong"), [*((e, True) for e in WRONG), *((e, False) for e in RIGHT)]
)
def test_what_is_wrong(text: str, is_wrong: bool) -> None:
    assert wrong(text) is is_wrong
