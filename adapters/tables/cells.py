"""Single cells of a table: normalised headings, text, and the units of columns that are kept beside. Headings are
matched whole (docs/platforms.md §1.2, rules 2 and 3); units belong to a column, never guessed from values (rule 4)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime

from adapters.contract import Cell
from adapters.records import Beside, Count
from adapters.tables.counts import NO_FIGURE, count
from adapters.tables.units import bare, folded

#: What Excel makes of a long id when a csv is opened and saved: ``7.38E+18``.
_SHORTENED = re.compile(r"\d(?:\.\d+)?[eE]\+\d+|\d\.\d+[eE]\d+", re.ASCII)
_DIGITS = re.compile(r"[+-]?(?:\d{1,15}(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,2})?", re.ASCII)
_UNWRAPPED = re.compile(r'="([^"]*)"')


def plain(heading: Cell) -> str:
    """A heading without BOM, blanks, zero-width signs, full-width forms and a unit that is known."""
    return bare(folded(heading))


def unwrapped(text: str) -> str:
    """What a cell written as ``="304…"`` holds: tools write ids so, that Excel keeps all their digits."""
    match = _UNWRAPPED.fullmatch(text.strip()) if text.startswith("=") else None
    return match[1] if match else text


def identifier(cell: Cell) -> str:
    """An id without the signs that keep Excel from counting with it (``="…"``, an apostrophe, blanks, tabs) and in
    half width. Raises ValueError where its last digits are lost."""
    text = as_text(cell)
    if not text.isalnum() or not text.isascii():
        text = folded(unwrapped(text)).lstrip("'`’‘")
    if _SHORTENED.fullmatch(text):
        raise ValueError(f"编号“{text}”被 Excel 缩写，末几位已经丢失，请重新导出并保持为文本")
    return text


def link(cell: Cell) -> str:
    """An address as it is asked: ``&amp;`` is what a page's source writes for ``&``."""
    text = unwrapped(as_text(cell))
    while "&amp;" in text:
        text = text.replace("&amp;", "&")
    return "".join(text.split())


def as_text(cell: Cell) -> str:
    """A cell as text. Raises ValueError for a number too large for Excel to keep: its last digits are already lost in
    the file, as with 19-digit ids (docs/platforms.md §1.2, rule 9)."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell.replace("\0", "").strip()  # Excel can write NUL, PostgreSQL cannot store it
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if isinstance(cell, int) and not isinstance(cell, bool) and abs(cell) > 2**53:
        raise ValueError(
            f"编号“{cell}”被 Excel 当作数字取整，末几位已经丢失，请重新导出并保持为文本"
        )
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M:%S")
    return str(cell)


def _percent(cell: Cell) -> Beside | None:
    """Percent text (``11.14%``) or a bare percent (``16.55``) as a fraction; other text is kept."""
    text = as_text(cell)
    value = _finite(text.removesuffix("%"))
    return (text or None) if value is None else round(value / 100, 10)


def _percent_text(cell: Cell) -> Beside | None:
    """``55.9%`` as a fraction where the source always writes the sign. A number is what Excel made
    of it on re-saving (55.9% becomes 0.559): a fraction already. Other text (``3.5星``) is kept."""
    if not isinstance(cell, str):
        return _number(cell)
    return _percent(cell) if cell.strip().endswith("%") else cell.strip() or None


def _number(cell: Cell) -> Beside | None:
    """A fraction, or a number that may be negative (粉丝增量), as it stands; other text is kept."""
    text = as_text(cell)
    value = _finite(text.replace(",", ""))
    if value is None:
        return text or None
    return int(value) if value.is_integer() else value


def _finite(text: str) -> float | None:
    """The number a text writes in digits; None for anything else, also ``nan``, ``inf`` and ``1_0``."""
    return float(text) if _DIGITS.fullmatch(text) else None


#: Units of columns kept beside.
UNITS: Mapping[str, Callable[[Cell], Beside | None]] = {
    "number": _number,
    "fraction": _number,
    "percent": _percent,
    "percent_text": _percent_text,
    # 32.50秒 or 7.568111; other text (1分20秒) is kept
    "seconds": lambda cell: _number(as_text(cell).removesuffix("秒").removesuffix("s")),
    "text": lambda cell: as_text(cell) or None,
    "none": lambda _: None,
}


def count_under(
    heading: str,
    cell: Cell,
    *,
    missing: frozenset[str] = NO_FIGURE,
    cut: bool | None = None,
    factor: int = 1,
) -> Count | None:
    """``count`` of a cell; its ValueError names the heading too."""
    try:
        return count(cell, missing=missing, cut=cut, factor=factor)
    except ValueError as problem:
        raise ValueError(f"“{heading}”一栏{problem}") from None


def number_or_text(cell: Cell) -> str:
    """A cell as the signs of ``missing`` are written: ``-1`` also where Excel keeps -1.0."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
