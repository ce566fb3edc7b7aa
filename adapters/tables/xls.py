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

from adapters.errors import EXPORT_AGAIN, bad_file
from adapters.tables.xlsx import MAX_CELLS, NOT_CALCULATED, WorkbookFacts, damaged, too_large

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
        entries, streams = _streams(content)
        for stream, (what, advice) in _OTHER_DOCUMENTS.items():
            if stream in streams:
                raise bad_file(name, what, advice)
        books = [each for each in entries if each.name in ("Workbook", "Book")]
        if not books:
            raise bad_file(name, "文件里没有工作表")
        if any(each.kind != _STREAM or not each.size for each in books):
            raise ValueError("a workbook that is no stream")
        told = WorkbookFacts()
        cells = max(_cells(streams[each.name], told) for each in books)
    except (struct.error, IndexError, ValueError) as problem:
        raise damaged(name) from problem
    if cells > MAX_CELLS:
        raise too_large(name)
    return told


class _Sectors:
    """Sectors of one size, and behind which of them a chain goes on. Raises ValueError, IndexError or struct.error on any
    damage: a sector outside the file, used twice, or in a circle."""

    def __init__(self, content: bytes, size: int, begin: int = 0) -> None:
        self.content, self.size, self.begin = content, size, begin
        self.used: set[int] = set()
        self.next: tuple[int, ...] = ()

    def one(self, number: int) -> bytes:
        at = self.begin + number * self.size
        if number in self.used or at >= len(self.content):
            raise ValueError("a sector used twice or outside the file")
        self.used.add(number)
        return self.content[at : at + self.size]

    def chain(self, number: int) -> bytes:
        sectors = []
        while number != _END:
            sectors.append(self.one(number))
            number = self.next[number]
        return b"".join(sectors)


def _streams(content: bytes) -> tuple[list[_Entry], dict[str, bytes]]:
    """The entries of a compound file and the bytes of its streams. Raises as ``_Sectors`` does."""
    (shift,) = struct.unpack_from("<H", content, 30)
    if shift not in (9, 12):
        raise ValueError("sector size")
    large = _Sectors(content, 1 << shift, begin=1 << shift)
    directory, _, _, small_table, _, next_list, _ = struct.unpack_from("<7I", content, 48)
    numbers = list(struct.unpack_from("<109I", content, 76))
    while next_list < _SPECIAL:
        *more, next_list = _numbers(large.one(next_list))
        numbers += more
    large.next = _numbers(b"".join(large.one(each) for each in numbers if each < _SPECIAL))
    entries = list(_entries(large.chain(directory)))
    root = entries[0]
    if root.kind != _ROOT:
        raise ValueError("no root")
    small = _Sectors(large.chain(root.start) if root.start < _SPECIAL else b"", 64)
    small.next = _numbers(large.chain(small_table)) if small_table < _SPECIAL else ()
    names = [each.name for each in entries if each.name]
    if len(set(names)) != len(names):
        raise ValueError("two streams of one name")
    streams = {
        each.name: (small if each.size < _SMALL else large).chain(each.start) if each.size else b""
        for each in entries
        if each.kind == _STREAM
    }
    return entries, streams


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
