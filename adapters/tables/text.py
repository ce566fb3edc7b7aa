"""Text files: which encoding, which delimiter. Two encodings matter here, so a short ladder is surer
than a statistical guess (detectors called GBK cp949 and windows-1257)."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TextIO

from adapters.contract import Row
from adapters.errors import Invalid, bad_file

#: A caption is at most a few thousand characters; the csv module's own default refuses at 128 KiB.
MAX_CELL = 2**20
#: Characters in one line: 100,000 columns fit, a file without line ends does not.
MAX_LINE = 2**22
csv.field_size_limit(MAX_CELL)
#: Follows the last line: where it turns up inside a cell, that cell's quote was never closed. No file
#: holds it, because NUL bytes are refused.
_END = "\x00"

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decoded(path: Path, name: str, encoding: str = "") -> str:
    """The encoding that decodes the whole file: the one asked for, else BOM → utf-8 → gb18030 →
    utf-16. Raises Invalid when none does, or when NUL bytes say that it is no text."""
    with path.open("rb") as stream:
        start = stream.read(4096)
    if encoding:
        try:
            codecs.lookup(encoding)
        except LookupError:
            raise bad_file(name, f"没有名为“{encoding}”的编码", "常用 utf-8 或 gb18030") from None
        ladder: tuple[str, ...] = (encoding,)
    else:
        marked = next((codec for bom, codec in _BOMS if start.startswith(bom)), "")
        if marked:
            ladder = (marked,)
        elif _surely_utf8(start):  # then a wrong byte further on is damage, not another encoding
            ladder = ("utf-8",)
        else:
            ladder = (_unmarked_utf16(start), "utf-8", "gb18030")
    for codec in filter(None, ladder):
        if _decodes(path, codec):
            return codec
    if not start.startswith(tuple(bom for bom, _ in _BOMS)) and _has_nul(path):
        raise bad_file(name, "文件含有空字节，不是文本也不是表格", "请从平台后台重新下载")
    what = f"不能按“{encoding}”解码" if encoding else "认不出文字编码"
    raise bad_file(name, what, "请用 --encoding 指明编码，或用 Excel 另存为“CSV UTF-8”")


def _surely_utf8(start: bytes) -> bool:
    """Three and more characters beyond ASCII that are all good UTF-8: GBK text never looks so."""
    try:
        text = codecs.getincrementaldecoder("utf-8")("strict").decode(start)
    except UnicodeDecodeError:
        return False
    return sum(not sign.isascii() for sign in text) >= 3


def _unmarked_utf16(start: bytes) -> str:
    """UTF-16 without a BOM: ASCII delimiters and digits leave NULs in every other place. (一 U+4E00
    leaves one in the other.)"""
    odd, even = start[1::2].count(0), start[0::2].count(0)
    if odd > len(start) // 40 and odd > 4 * even:
        return "utf-16-le"
    if even > len(start) // 40 and even > 4 * odd:
        return "utf-16-be"
    return ""


def _decodes(path: Path, codec: str) -> bool:
    try:
        with path.open(encoding=codec, newline="") as stream:
            return all("\x00" not in block for block in iter(partial(stream.read, 2**20), ""))
    except (LookupError, ValueError):  # no encoding of texts, or not that of this one
        return False


def _has_nul(path: Path) -> bool:
    with path.open("rb") as stream:
        return any(b"\x00" in block for block in iter(partial(stream.read, 2**20), b""))


def without_bom(text: str) -> str:
    """Tools that add a BOM to a file that has one leave two."""
    return text.lstrip("\ufeff")


def delimited(path: Path, name: str, codec: str) -> Callable[[], Iterator[Row]]:
    """A function giving the rows of a delimited text file; quoted cells may hold line breaks
    (docs/platforms.md §3: bare LF inside quoted 视频描述). Raises Invalid where the quoting is broken."""
    with path.open(encoding=codec, newline="") as stream:
        head = without_bom(stream.read(65_536))
    # tabs beside another delimiter keep Excel from counting with an id, and part nothing
    delimiter = max("\t,;|", key=lambda sign: _spread(_PADDING.sub(r"\1", head), sign))

    def rows() -> Iterator[Row]:
        with path.open(encoding=codec, newline="") as stream:
            read: list[str] = []
            reader = csv.reader(_lines(stream, name, read), delimiter=delimiter)
            begun, width = 1, 0
            try:
                for line in reader:
                    if line and _END in line[-1]:
                        if line == [_END]:
                            return
                        raise _broken(name, begun, "有引号没有闭合")
                    width = width or (len(line) if len(line) > 1 else 0)
                    if len(read) > 1 and _swallowed(read, delimiter, width):
                        raise _broken(name, begun, "有引号没有配对，后面的行被并进了这一格")
                    yield line
                    begun = reader.line_num + 1
                    read.clear()
            except csv.Error as problem:
                raise _broken(
                    name, begun, f"有一格超过 {MAX_CELL} 字，或有引号没有闭合"
                ) from problem

    return rows


#: Tabs beside another delimiter.
_PADDING = re.compile(r"\t*([,;|])\t*")


def _swallowed(lines: list[str], delimiter: str, width: int) -> bool:
    """Whether a cell over several lines holds rows: its quote is closed by one that opens another cell, or the lines
    are rows by themselves."""
    try:
        list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error:
        return True
    whole = [each.count(delimiter) + 1 >= width for each in lines]
    return width > 1 and whole[0] and (whole[-1] or sum(whole) > 2)


def _broken(name: str, line: int, what: str) -> Invalid:
    return Invalid(
        f"第{line}行{what}",
        target=name,
        advice="请从平台后台重新下载；自己做的表请补上或删去那个引号，或另存为 xlsx 再放进来",
        row=line,
    )


def _lines(stream: TextIO, name: str, read: list[str]) -> Iterator[str]:
    """The lines as they stand, without BOM, and ``_END`` after the last. Each is put down in ``read`` too, which the
    reader of rows empties."""
    number = 0
    while line := stream.readline(MAX_LINE):
        number += 1
        if len(line) == MAX_LINE:
            raise _broken(name, number, f"超过 {MAX_LINE} 字")
        line = line if number > 1 else without_bom(line)
        read.append(line)
        yield line
    yield _END


def _spread(head: str, delimiter: str) -> tuple[int, int]:
    """How many of the first lines agree on their number of cells when split so, and on how many: a
    caption full of commas must not outvote the tabs."""
    lines = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)
    widths: Counter[int] = Counter()
    try:
        widths.update(len(line) for _, line in zip(range(12), lines, strict=False) if len(line) > 1)
    except csv.Error:
        return 0, 0
    return max(((times, width) for width, times in widths.items()), default=(0, 0))
