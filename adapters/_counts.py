"""The one grammar of counts, text or cell → ``Count``. Evidence: platforms/pages.md "Cross-cutting
rules" and §7, platforms/exports.md §14. What it does not understand is an error naming the text."""

from __future__ import annotations

import math
import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from adapters.contract import Cell
from adapters.records import LARGEST, Count

#: Rule 5 of exports.md §14: what every export writes for "no value". ``-1`` means it only in 头条.
DASHES = frozenset({"", "-", "--", "—", "——"})

_FACTOR = {
    "": 1,
    "千": 10**3,
    "k": 10**3,
    "K": 10**3,
    "万": 10**4,
    "w": 10**4,
    "W": 10**4,
    "亿": 10**8,
}
# Full-width forms of ASCII only: wider folding (NFKC) would make 102 of "10²".
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_INVISIBLE = re.compile(r"[\u200b\u200c\u200d\u2060\ufeff]")
# "345万次播放" (Weibo 2022), "1千+" (Xiaohongshu), "10W+" (清博), "20,816" (WeChat before 2020)
_SHAPE = re.compile(
    r"(?P<number>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,20})(?:\.(?P<decimals>[0-9]{1,20}))?"
    r"\s*(?P<factor>[千kK万wW亿]?)\s*(?P<plus>\+?)"
    r"\s*(?:人次|次播放|次观看|次阅读|次|人|播放|阅读|观看|条|个)?"
)


def count(cell: Cell, *, missing: frozenset[str] = DASHES, cut: bool | None = None) -> Count | None:
    """One cell or text as a count; None where it is one of the ``missing`` signs.

    ``cut``: whether this source cuts (True) or rounds (False) what it shows in 万; None = not known.
    Raises ValueError naming the text when it is not a count.
    """
    if isinstance(cell, str):
        if cell.isascii() and cell.isdigit() and len(cell) < 14:
            return Count(int(cell))
        return _from_text(cell, missing, cut)
    if cell is None:
        return None
    if isinstance(cell, bool | datetime | date | time | timedelta):
        raise ValueError(f"这里应是数字，却是“{cell}”")
    if isinstance(cell, float) and not math.isfinite(cell):
        raise ValueError(f"这里应是数字，却是“{cell}”")
    if str(cell) in missing or (cell == int(cell) and str(int(cell)) in missing):
        return None
    if cell != int(cell) or cell < 0:
        raise ValueError(f"这里应是不小于 0 的整数，却是“{cell}”")
    return Count(_believable(int(cell), cell))


def _believable(value: int, shown: Cell) -> int:
    if value > LARGEST:
        raise ValueError(f"数字“{shown}”大得不可信")
    return value


def _from_text(raw: str, missing: frozenset[str], cut: bool | None) -> Count | None:
    text = _INVISIBLE.sub("", raw).translate(_NARROW).strip()
    if text in missing:
        return None
    match = _SHAPE.fullmatch(text)
    if match is None:
        raise ValueError(f"看不懂的数字“{raw}”")
    decimals = match["decimals"] or ""
    factor = _FACTOR[match["factor"]]
    exact = Decimal(f"{match['number'].replace(',', '')}.{decimals or 0}") * factor
    if exact != int(exact):
        raise ValueError(f"这里应是整数，却是“{raw}”")
    value = _believable(int(exact), raw)
    if match["plus"]:
        return Count(value, "at_least")
    unit = factor // 10 ** len(decimals) if factor > 1 else 1
    if unit > 1:
        return Count(value, "about", unit, cut)
    return Count(value)
