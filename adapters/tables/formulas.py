"""Cells of an xlsx that hold a formula without a value, or an error; and formulas that are their own values."""

from __future__ import annotations

import html
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime

from lxml import etree

#: The longest cell believed.
_LONGEST = 2**16
_POSITION = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]*)([0-9]*)["']""")
_CELL = re.compile(rb"<(?:\w+:)?c(\s[^<>]*[^/<>])>(.*?)</(?:\w+:)?c>", re.DOTALL)
_FORMULA = re.compile(rb"<(?:\w+:)?f(?:\s[^<>]*)?(?:/>|>([^<]*)<)")
_VALUE = re.compile(rb"<(?:\w+:)?v(?:\s[^<>]*)?>([^<]*)</")
#: A formula that is its own value: ="304…", =12, =HYPERLINK("address","what is shown").
_TEXT = r'"((?:[^"]|"")*)"'
_LITERAL = re.compile(
    rf"""(?P<number>[+-]?\d{{1,15}}(?:\.\d+)?)|{_TEXT}|HYPERLINK\({_TEXT}(?:,{_TEXT})?\)"""
)
NOT_CALCULATED = "是公式，却没有算出的值，请用 Excel 或 WPS 打开存一次"


@dataclass(slots=True)
class WorkbookFacts:
    """What a workbook says of itself beside its cells. ``unread``: sheet (0-based, in order) → (row, column), 0-based
    → what stands in a cell without a value; ``literals``: the value of one whose formula is nothing else."""

    stated_at: datetime | None = None
    from_1904: bool = False
    unread: dict[int, dict[tuple[int, int], str]] = field(default_factory=dict)
    literals: dict[int, dict[tuple[int, int], str]] = field(default_factory=dict)


def find_valueless(
    archive: zipfile.ZipFile,
    unpacked: Callable[[zipfile.ZipInfo], AbstractContextManager[Iterator[bytes]]],
    parts: list[zipfile.ZipInfo],
    told: WorkbookFacts,
) -> None:
    """Cells with a formula that was never calculated, or an error: the reader gives both as empty."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        book = etree.fromstring(archive.read("xl/workbook.xml"), parser)
        links = etree.fromstring(archive.read("xl/_rels/workbook.xml.rels"), parser)
    except (KeyError, etree.XMLSyntaxError):
        return  # then the reader refuses the workbook
    targets = {
        each.get("Id"): str(each.get("Target", "")) for each in links.iter("{*}Relationship")
    }
    anew = any(each.get("fullCalcOnLoad") in ("1", "true") for each in book.iter("{*}calcPr"))
    for index, sheet in enumerate(book.iter("{*}sheet")):
        number = next((value for key, value in sheet.items() if key.endswith("}id")), "")
        target = targets.get(number, "").removeprefix("/").removeprefix("xl/")
        for part in parts:
            if target and part.filename == f"xl/{target}":
                with unpacked(part) as pieces:
                    for position, what, literal in _valueless(pieces, anew):
                        if literal is None:
                            told.unread.setdefault(index, {})[position] = what
                        else:
                            told.literals.setdefault(index, {})[position] = literal


def _valueless(
    pieces: Iterable[bytes], anew: bool
) -> Iterator[tuple[tuple[int, int], str, str | None]]:
    """(position, what is wrong with it, its value if the formula says it). ``anew``: the file itself says that its
    values are to be calculated when it is opened; the 0 that a program wrote beside a formula is then no value."""
    rest = b""
    for piece in pieces:
        text = rest + piece
        end = text.rfind(b"c>")
        cut = end + 2 if end >= 0 else max(len(text) - _LONGEST, 0)
        rest = text[cut:]
        for cell in _CELL.finditer(text, 0, cut):
            inside, content = cell[1], cell[2]
            value = _VALUE.search(content)
            worth = value[1].strip() if value else b""
            formula, literal = _FORMULA.search(content), None
            if b't="e"' in inside or b"t='e'" in inside:
                what = f"是出错的公式（{worth.decode('ascii', 'replace')}）"
            elif not formula or (value and b't="str"' in inside and not anew):
                continue
            elif not worth or (anew and worth in (b"0", b"0.0")):
                what, literal = NOT_CALCULATED, _literal(formula[1] or b"")
            else:
                continue
            position = _POSITION.search(inside)
            if position and position[1] and position[2]:
                yield (int(position[2]) - 1, column_number(position[1]) - 1), what, literal


def _literal(formula: bytes) -> str | None:
    match = _LITERAL.fullmatch(html.unescape(formula.decode("utf-8", "replace")).strip())
    if match is None:
        return None
    shown = next(each for each in (match[1], match[2], match[4], match[3]) if each is not None)
    return shown.replace('""', '"')


def column_number(letters: bytes) -> int:
    """``A`` → 1, ``XFD`` → 16,384; more than four letters are beyond any sheet."""
    number = 0
    for letter in letters.upper()[:5]:
        number = number * 26 + letter - 64
    return number
