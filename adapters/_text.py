"""Text files: which encoding, which delimiter. Two encodings matter here, so a short ladder is surer
than a statistical guess (stack.md: detectors called GBK cp949 and windows-1257)."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path

from adapters.contract import Row
from adapters.errors import Invalid

#: A caption is at most a few thousand characters; the csv module's own default refuses at 128 KiB.
csv.field_size_limit(2**20)

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
            raise Invalid(
                f"没有名为“{encoding}”的编码", target=name, advice="常用 utf-8 或 gb18030"
            ) from None
        ladder: tuple[str, ...] = (encoding,)
    else:
        marked = next((codec for bom, codec in _BOMS if start.startswith(bom)), "")
        ladder = (marked,) if marked else (_unmarked_utf16(start), "utf-8", "gb18030")
    for codec in filter(None, ladder):
        if _decodes(path, codec):
            return codec
    if b"\x00" in start or _has_nul(path):
        raise Invalid(
            "文件含有空字节,不是文本也不是表格", target=name, advice="请从平台后台重新下载"
        )
    raise Invalid(
        "认不出文字编码" if not encoding else f"不能按“{encoding}”解码",
        target=name,
        advice="请用 --encoding 指明编码,或用 Excel 另存为“CSV UTF-8”",
    )


def _unmarked_utf16(start: bytes) -> str:
    """UTF-16 without a BOM: ASCII delimiters and digits leave NULs in every other place."""
    half = max(1, len(start) // 2)
    odd, even = start[1::2].count(0), start[0::2].count(0)
    if odd > half // 10 and even == 0:
        return "utf-16-le"
    if even > half // 10 and odd == 0:
        return "utf-16-be"
    return ""


def _decodes(path: Path, codec: str) -> bool:
    decoder = codecs.getincrementaldecoder(codec)("strict")
    try:
        with path.open("rb") as stream:
            while block := stream.read(2**20):
                if "\x00" in decoder.decode(block):
                    return False
            return "\x00" not in decoder.decode(b"", final=True)
    except (UnicodeError, ValueError):
        return False


def _has_nul(path: Path) -> bool:
    with path.open("rb") as stream:
        return any(b"\x00" in block for block in iter(lambda: stream.read(2**20), b""))


def delimited(path: Path, name: str, codec: str) -> Callable[[], Iterator[Row]]:
    """A function giving the rows of a delimited text file; quoted cells may hold line breaks
    (exports.md §2: bare LF inside quoted 视频描述). Raises Invalid where the quoting is broken."""
    with path.open(encoding=codec, newline="") as stream:
        head = stream.read(65_536)
    delimiter = max("\t,;|", key=lambda sign: _spread(head, sign))

    def rows() -> Iterator[Row]:
        with path.open(encoding=codec, newline="") as stream:
            reader = csv.reader(stream, delimiter=delimiter)
            try:
                for number, line in enumerate(reader):
                    if number == 0 and line:
                        line[0] = line[0].lstrip("\ufeff")
                    yield line
            except csv.Error as problem:
                raise Invalid(
                    f"第{reader.line_num}行的引号或分隔不完整",
                    target=name,
                    advice="请从平台后台重新下载,不要用文本编辑器改动",
                    row=reader.line_num,
                ) from problem

    return rows


def _spread(head: str, delimiter: str) -> int:
    """How many cells the first lines have when split so: the heading row decides."""
    lines = csv.reader(io.StringIO(head), delimiter=delimiter)
    try:
        return max((len(line) for _, line in zip(range(12), lines, strict=False)), default=0)
    except csv.Error:
        return 0
