"""Is this compound file an xls that can be read without harm?

python-calamine 0.9 follows the chains of sectors of a damaged file round in circles until no memory is
left, which ends the process; and it reserves the whole square of each sheet's cells. So every chain is
walked here first, and the cells are measured. Layout of the bytes: Microsoft [MS-CFB] 2.2–2.6, [MS-XLS] 2.4.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from adapters.errors import Invalid
from adapters.tables.formulas import NOT_CALCULATED, WorkbookFacts
from adapters.tables.xlsx import EXPORT_AGAIN, MAX_CELLS, damaged

_FREE, _END, _SPECIAL = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFA
_STREAM, _ROOT = 2, 5
_SMALL = 4096  # streams shorter than this lie in the mini stream, in sectors of 64 bytes

#: Compound files that are no workbook, by the name of a stream.
_OTHER_DOCUMENTS = {
    "EncryptedPackage": ("表格有密码保护", "请去掉密码后再放进来"),
    "WordDocument": ("这是 Word 文档，不是表格", EXPORT_AGAIN),
    "PowerPoint Document": ("这是演示文稿，不是表格", EXPORT_AGAIN),
}
_BOF, _SHEET, _DATE_SYSTEM, _FORMULA, _ERROR = 0x0809, 0x0085, 0x0022, 0x0006, 0x0205
#: Records that put something at (row, column), in BIFF8 and its forerunners.
_CELLS = frozenset(
    {0x0006, 0x0206, 0x0406, 0x0201, 0x0203, 0x0204, 0x0205, 0x027E, 0x00FD, 0x00D6, 0x00BD, 0x00BE}
    | {0x0001, 0x0002, 0x0003, 0x0004, 0x0005, 0x0007}
)
_SEVERAL = frozenset({0x00BD, 0x00BE})  # their last column stands at their end


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    kind: int
    start: int
    size: int


def check(path: Path, name: str) -> WorkbookFacts:
    """Raises Invalid where the compound file is damaged, no workbook, or its cells lie too far apart; returns what
    the workbook says of itself."""
    content = path.read_bytes()
    try:
        file = _Compound(content)
        for stream, (what, advice) in _OTHER_DOCUMENTS.items():
            if stream in file.streams:
                raise Invalid(what, target=name, advice=advice)
        books = [each for each in file.entries if each.name in ("Workbook", "Book")]
        if not books:
            raise Invalid("文件里没有工作表", target=name, advice=EXPORT_AGAIN)
        if any(each.kind != _STREAM or not each.size for each in books):
            raise ValueError("a workbook that is no stream")
        told = WorkbookFacts()
        cells = max(_cells(file.streams[each.name], told) for each in books)
    except (struct.error, IndexError, ValueError) as problem:
        raise damaged(name) from problem
    if cells > MAX_CELLS:
        raise Invalid("表格的行列范围过大", target=name, advice="请按月分几次导出")
    return told


class _Compound:
    """The streams of a compound file. Raises ValueError, IndexError or struct.error on any damage: a
    sector outside the file, used twice, or in a circle."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        (self.shift,) = struct.unpack_from("<H", content, 30)
        if self.shift not in (9, 12):
            raise ValueError("sector size")
        directory, _, _, mini_fat, _, next_list, _ = struct.unpack_from("<7I", content, 48)
        self.used: set[int] = set()
        self.table = self.allocation(next_list)
        self.entries = list(_entries(self.chain(directory)))
        root = self.entries[0]
        if root.kind != _ROOT:
            raise ValueError("no root")
        self.mini_table = _numbers(self.chain(mini_fat)) if mini_fat < _SPECIAL else ()
        self.mini = self.chain(root.start) if root.start < _SPECIAL else b""
        self.mini_used: set[int] = set()
        if len({each.name for each in self.entries if each.name}) != sum(
            1 for each in self.entries if each.name
        ):
            raise ValueError("two streams of one name")
        self.streams = {
            each.name: self.small(each) if each.size < _SMALL else self.chain(each.start)
            for each in self.entries
            if each.kind == _STREAM
        }

    def sector(self, number: int) -> bytes:
        if number in self.used:
            raise ValueError("a sector used twice")
        self.used.add(number)
        at = (number + 1) << self.shift
        if at >= len(self.content):
            raise ValueError("a sector outside the file")
        return self.content[at : at + (1 << self.shift)]

    def allocation(self, next_list: int) -> tuple[int, ...]:
        numbers = list(struct.unpack_from("<109I", self.content, 76))
        while next_list < _SPECIAL:
            more = _numbers(self.sector(next_list))
            numbers += more[:-1]
            next_list = more[-1]
        tables = [self.sector(number) for number in numbers if number < _SPECIAL]
        return _numbers(b"".join(tables))

    def chain(self, number: int) -> bytes:
        sectors = []
        while number != _END:
            sectors.append(self.sector(number))
            number = self.table[number]
        return b"".join(sectors)

    def small(self, entry: _Entry) -> bytes:
        pieces, number = [], entry.start
        while entry.size and number != _END:
            if number in self.mini_used or number * 64 >= len(self.mini):
                raise ValueError("a small sector used twice or outside")
            self.mini_used.add(number)
            pieces.append(self.mini[number * 64 : number * 64 + 64])
            number = self.mini_table[number]
        return b"".join(pieces)


def _numbers(content: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(content) // 4}I", content[: len(content) // 4 * 4])


def _entries(directory: bytes) -> Iterator[_Entry]:
    for at in range(0, len(directory) - 127, 128):
        (length,) = struct.unpack_from("<H", directory, at + 64)
        start, size = struct.unpack_from("<II", directory, at + 116)
        text = directory[at : at + max(0, min(length, 64) - 2)]
        yield _Entry(text.decode("utf-16-le"), directory[at + 66], start, size)


def _cells(book: bytes, told: WorkbookFacts) -> int:
    """The squares of all sheets together, each from its first row and column; cells without a value go to ``told``."""
    total = rows = columns = at = 0
    begins: list[int] = []  # where the sheets begin, in the order in which the workbook names them
    errors: dict[int, dict[tuple[int, int], str]] = {}
    begin = 0
    while at + 4 <= len(book):
        kind, length = struct.unpack_from("<HH", book, at)
        if kind == _BOF:
            total += rows * columns
            rows, columns, begin = 0, 0, at
        elif kind in _CELLS and length >= 4:
            row, column = struct.unpack_from("<HH", book, at + 4)
            if kind in _SEVERAL:
                (column,) = struct.unpack_from("<H", book, at + 2 + length)
            rows, columns = max(rows, row + 1), max(columns, column + 1)
            if what := _valueless(kind, book[at + 4 : at + 4 + length]):
                errors.setdefault(begin, {})[row, column] = what
        elif kind == _SHEET and length >= 4:
            begins += struct.unpack_from("<I", book, at + 4)
        elif kind == _DATE_SYSTEM and length >= 2:
            told.from_1904 = told.from_1904 or book[at + 4] == 1
        at += 4 + length
    told.unread |= {index: errors[each] for index, each in enumerate(begins) if each in errors}
    return total + rows * columns


def _valueless(kind: int, record: bytes) -> str:
    """What is wrong with a BOOLERR that holds an error, or a FORMULA that gave one or nothing; empty where all is well."""
    if kind == _ERROR and len(record) >= 8 and record[7] == 1:
        return "是出错的公式"
    if kind == _FORMULA and record[12:14] == b"\xff\xff":
        return {2: "是出错的公式", 3: NOT_CALCULATED}.get(record[6], "")
    return ""
