"""What may stand behind the ``?`` of an address: each parameter says in one place how it is described and how it is read.

Reading raises ValueError, in Chinese, which says what would do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from reports.basis import parse_basis
from reports.periods import FORMS, parse_moment, parse_period

#: Rows of a page, where nothing is asked for and at most; the last row that pages lead to.
ON_PAGE, MOST, DEEPEST = 50, 500, 10_000
_LONGEST = 100
#: How people write a token into an address, where logs and histories keep it.
_TOKENS = ("token", "access_token", "api_key", "key")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """``schema``: of its value, for the OpenAPI document; ``read``: the value that a text stands for; ``default``: where
    it is not there."""

    name: str
    words: str
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string"})
    read: Callable[[str], Any]
    default: Any = None


def read(parameters: Iterable[Parameter], given: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The values of all parameters. Raises ValueError for what none of them is, comes twice or cannot be read."""
    known = {each.name: each for each in parameters}
    values: dict[str, Any] = {}
    for name, text in given:
        if name in _TOKENS:
            raise ValueError(
                "令牌不能写在网址里，网址会留在日志和历史记录里。请写在请求头 Authorization: Bearer 令牌，"
                "并把这个已经露出的令牌换掉：collect token remove，再 collect token add"
            )
        if name not in known:
            raise ValueError(f"没有参数“{name[:40]}”，这里可以用：{'、'.join(known) or '（无）'}")
        if name in values:
            raise ValueError(f"参数 {name} 写了两次，请只留一个")
        if len(text) > _LONGEST:
            raise ValueError(f"参数 {name} 太长了，不超过 {_LONGEST} 字")
        try:
            values[name] = known[name].read(text)
        except ValueError as problem:
            raise ValueError(f"参数 {name}：{problem}") from problem
    return {name: each.default for name, each in known.items()} | values


def _whole(least: int, most: int) -> Callable[[str], int]:
    def value(text: str) -> int:
        number = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1
        if not least <= number <= most:
            raise ValueError(f"应是 {least} 到 {most} 的整数")
        return number

    return value


def one_of(words: Iterable[str]) -> tuple[dict[str, Any], Callable[[str], str]]:
    """Schema and reading of a word of a few."""
    there = list(words)

    def value(text: str) -> str:
        if text not in there:
            raise ValueError(f"应是其中之一：{'、'.join(there)}")
        return text

    return {"type": "string", "enum": there}, value


def _basis(text: str) -> str:
    return str(parse_basis(text))


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("里面有看不见的字符，请去掉")
    return text


def text(name: str, words: str) -> Parameter:
    """Any text; empty where it is not there."""
    return Parameter(name=name, words=words, read=_printable, default="")


def chosen(name: str, words: str, of: Iterable[str], default: str = "") -> Parameter:
    """A word of a few."""
    schema, value = one_of(of)
    return Parameter(name=name, words=words, schema=schema, read=value, default=default)


PERIOD = Parameter(
    name="period",
    words=f"哪个时期：{FORMS}；不写是最近有作品的季度",
    read=parse_period,
)
BASIS = Parameter(
    name="basis",
    words="口径：published 期内发布作品的累计值（不写就是它）、gained 期内净增、aged:7 发布满 7 天时的值",
    read=_basis,
    default="published",
)
AS_OF = Parameter(
    name="as_of",
    words="截至什么时候观测到的数，如 2026-10-08；不写是现在",
    read=parse_moment,
)
PAGES = (
    Parameter(
        name="page",
        words=f"第几页，从 1 数起；page × per_page 不超过 {DEEPEST}，更多的请分时期取，或用 collect export",
        schema={"type": "integer", "minimum": 1, "maximum": DEEPEST},
        read=_whole(1, DEEPEST),
        default=1,
    ),
    Parameter(
        name="per_page",
        words=f"一页几行，不写是 {ON_PAGE}",
        schema={"type": "integer", "minimum": 1, "maximum": MOST},
        read=_whole(1, MOST),
        default=ON_PAGE,
    ),
)
