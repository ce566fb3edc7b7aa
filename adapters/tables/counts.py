"""The one grammar of counts, from a text or a cell to a ``Count`` (evidence: docs/platforms.md §1.2, §1.3 and §2.4), and
figures that are not what they say. Whatever it does not understand raises an error that quotes the text."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TypeVar

from adapters.contract import Cell
from adapters.records import LARGEST, Count, Metrics, about, at_least
from adapters.tables.units import COUNTED, FACTOR_IN_CELL, FACTORS

C = TypeVar("C")
T = TypeVar("T")

#: docs/platforms.md §1.2, rule 5: what every export writes for "no value". ``-1`` means it only in 头条.
DASHES = frozenset({"", "-", "--", "—", "——"})

#: What people write where they have no figure. It costs that figure, not the row.
_SIGNS = r"/ // \ -1 -1.0 -1.00 – ― ─ --- ---- * ** ? … …… . × x X N/A n/a NA #N/A NULL Null null None none nan NaN"
_WORDS = (
    "无 暂无 没有 无数据 暂无数据 没有数据 未统计 未知 不详 不显示 未显示 看不到 缺 空 待补 待统计 待定 未提供 不适用 无法统计"
    " 无法获取 统计中"
)
NO_FIGURE = DASHES | frozenset((*_SIGNS.split(), *_WORDS.split()))

#: 抖音's public pages, and every tool that reads them, give 0 plays. So many likes without a play nobody has.
_LIKED = 100
#: Where the reader page inside the WeChat client stops counting; crawlers pass it on.
WECHAT_CAP = 100_001

# Full-width forms of ASCII only: wider folding (NFKC) would make 102 of "10²".
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_INVISIBLE = re.compile(r"[\u200b\u200c\u200d\u2060\ufeff]")
#: More than any work is seen: where a unit of the table brings a figure here, the cell was written in full.
_MOST = 5 * 10**8
# "345万次播放" (Weibo 2022), "1千+" (Xiaohongshu), "10W+" (清博), "20,816" (WeChat before 2020)
_SHAPE = re.compile(
    r"(?P<number>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,20})(?:\.(?P<decimals>[0-9]{1,20}))?"
    rf"\s*(?P<factor>(?:{FACTOR_IN_CELL})?)\s*(?P<plus>\+?)"
    rf"\s*(?:{COUNTED})?"
)


def count(
    cell: Cell, *, missing: frozenset[str] = DASHES, cut: bool | None = None, factor: int = 1
) -> Count | None:
    """One cell or text as a count; None where it is one of the ``missing`` signs.

    ``factor``: what one of a bare number stands for where the table counts in 万 (12.5 is then 125,000).
    ``cut``: whether this source cuts (True) or rounds (False) what it shows in 万; None = not known.
    Raises ValueError naming the text when it is not a count.
    """
    if isinstance(cell, str):
        if cell.isascii() and cell.isdigit() and len(cell) < 14 and factor == 1:
            return Count(int(cell))
        return _from_text(cell, missing, cut, factor)
    if cell is None:
        return None
    if isinstance(cell, bool | datetime | date | time | timedelta):
        raise ValueError(f"这里应是数字，却是“{cell}”")
    if isinstance(cell, float) and not math.isfinite(cell):
        raise ValueError(f"这里应是数字，却是“{cell}”")
    if str(cell) in missing or (cell == int(cell) and str(int(cell)) in missing):
        return None
    if factor != 1 and cell >= 0:
        return _from_text(f"{cell:.10f}".rstrip("0").rstrip("."), missing, cut, factor)
    if cell != int(cell) or cell < 0:
        raise ValueError(f"这里应是不小于 0 的整数，却是“{cell}”")
    return Count(believable(int(cell), cell))


def tried(read: Callable[[C], T | None], cell: C) -> T | None:
    """What ``read`` makes of a cell; None too where it raises ValueError."""
    try:
        return read(cell)
    except ValueError:
        return None


def believable(value: int, shown: Cell) -> int:
    """The value; ValueError naming what is ``shown`` where it is a damaged number."""
    if value > LARGEST:
        raise ValueError(f"数字“{shown}”大得不可信")
    return value


def _from_text(
    raw: str, missing: frozenset[str], cut: bool | None, default: int = 1
) -> Count | None:
    text = _INVISIBLE.sub("", raw).translate(_NARROW).strip()
    if text.startswith('="'):
        text = text[2:].removesuffix('"').strip()
    if text in missing:
        return None
    match = _SHAPE.fullmatch(text)
    if match is None:
        raise ValueError(f"看不懂的数字“{raw}”")
    decimals = match["decimals"] or ""
    factor = FACTORS[match["factor"]] if match["factor"] else default
    exact = Decimal(f"{match['number'].replace(',', '')}.{decimals or 0}") * factor
    if exact != int(exact):
        raise ValueError(f"这里应是整数，却是“{raw}”")
    value = believable(int(exact), raw)
    if not match["factor"] and default > 1 and value > _MOST:
        raise ValueError(f"“{raw}”乘上表上写明的单位大得不可信")
    if match["plus"]:
        return at_least(value)
    unit = factor // 10 ** len(decimals) if factor > 1 else 1
    if unit > 1:
        return about(value, unit, cut=cut)
    return Count(value)


def capped(views: Count | None) -> Count | None:
    """``read_num`` of 公众号 as a count: at the cap it is a lower bound."""
    return at_least(WECHAT_CAP) if views == Count(WECHAT_CAP) else views


def shown(metrics: Metrics, platform: str) -> Metrics:
    """The figures of a row that may come from the platform's pages, whoever wrote the table."""
    views, likes = metrics.views, metrics.likes
    if views is None:
        return metrics
    if platform == "wechat_mp" and views.value == WECHAT_CAP:
        return replace(metrics, views=capped(views))
    if platform == "douyin" and not views.value and likes is not None and likes.value >= _LIKED:
        return replace(metrics, views=None)
    return metrics
