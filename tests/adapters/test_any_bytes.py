"""Any bytes at all: records or a named error, never another exception, and never a zero from nothing."""

from __future__ import annotations

import csv
import io
import random
import zipfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.contract import Account, FileRecord, Sheet
from adapters.errors import Invalid, SourceError
from adapters.files import open_file
from adapters.records import METRICS, AccountFigures, Headings, Post, Remark
from adapters.registry import ADAPTERS
from tests.adapters.cases import account_of, all_cases, expectation
from tests.tries import tries


@pytest.fixture
def place(tmp_path: Path) -> Callable[[bytes, str], Path]:
    """Puts bytes into a file and gives its path."""

    def put(content: bytes, name: str = "文件.bin") -> Path:
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return put


def everything(path: Path, **how: Any) -> list[FileRecord]:
    """What all adapters together make of a file; named errors are the only ones let through."""
    try:
        file = open_file(path, **how)
    except SourceError as problem:
        _believable_error(problem)
        return []
    records: list[FileRecord] = []
    for adapter in ADAPTERS.values():
        for platform in sorted(adapter.platforms):
            account = Account(id="a", platform=platform)
            try:
                if adapter.recognises and adapter.recognises(file, account) and adapter.read_file:
                    records += adapter.read_file(file, account)
            except SourceError as problem:
                _believable_error(problem)
    for record in records:
        _believable(record)
    return records


def _believable_error(problem: SourceError) -> None:
    assert any("\u4e00" <= sign <= "\u9fff" for sign in problem.what), problem.what
    assert problem.advice, problem.what


def _believable(record: FileRecord) -> None:
    assert isinstance(record, Post | AccountFigures | Headings | Remark | Invalid)
    repr(record).encode("utf-8")
    if isinstance(record, Invalid):
        _believable_error(record)
    if isinstance(record, Post):
        f"{record.title}{record.key}{record.url}{record.author}{record.column}".encode()
        assert record.published_at is None or record.published_at.tzinfo is not None


@cache
def corpus() -> tuple[tuple[Path, bytes], ...]:
    return tuple((case, case.read_bytes()) for case in all_cases())


STARTS = [
    b"",
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"<table>",
    b"[",
    b"{",
    b"\xef\xbb\xbf",
]
STARTS += [b"\xff\xfe", b"\xfe\xff", b"\xff\xfe\x00\x00", "作品名称,发布时间".encode("gb18030")]


@tries(60)
@given(st.sampled_from(STARTS), st.binary(max_size=400))
def test_any_bytes(place: Callable[..., Path], start: bytes, rest: bytes) -> None:
    everything(place(start + rest))


@tries(60)
@given(
    st.text(max_size=300), st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le"])
)
def test_any_text(place: Callable[..., Path], text: str, encoding: str) -> None:
    everything(place(text.encode(encoding, "replace")))


def _damage(content: bytes, rng: random.Random) -> bytes:
    """Cut, flip, blank, double, or reorder pieces."""
    data = bytearray(content)
    for _ in range(rng.randint(1, 4)):
        if not data:
            break
        at = rng.randrange(len(data))
        length = rng.choice([1, 2, 8, 64, 512])
        way = rng.randrange(6)
        if way == 0:
            del data[at:]
        elif way == 1:
            data[at] ^= 1 << rng.randrange(8)
        elif way == 2:
            data[at : at + length] = bytes(len(data[at : at + length]))
        elif way == 3:
            del data[at : at + length]
        elif way == 4:
            data[at:at] = data[at : at + length]
        else:
            data[:] = data[at:] + data[:at]
    return bytes(data)


def _damage_parts(content: bytes, rng: random.Random) -> bytes:
    """The same inside the parts of a zip, with sizes and checksums made good again."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(packed, "w") as new:
        names = old.namelist()
        hurt = rng.choice([name for name in names if name.startswith("xl/")])
        for name in names:
            part = old.read(name)
            new.writestr(name, _damage(part, rng) if name == hurt else part)
    return packed.getvalue()


@tries(60)
@given(st.integers(0, 2**32))
def test_damaged_cases(place: Callable[..., Path], seed: int) -> None:
    rng = random.Random(seed)
    case, content = rng.choice(corpus())
    zipped = content.startswith(b"PK") and rng.random() < 0.7
    hurt = _damage_parts(content, rng) if zipped else _damage(content, rng)
    everything(place(hurt, case.name), post=expectation(case).get("post", ""))


def _text_cases() -> list[Path]:
    return [case for case in all_cases() if case.suffix in (".csv", ".txt", ".tsv")]


def _metrics(records: list[FileRecord]) -> dict[int, dict[str, Any]]:
    return {
        each.row: {name: getattr(each.metrics, name) for name in METRICS}
        for each in records
        if isinstance(each, Post) and each.row is not None
    }


def _read_as_claimed(case: Path, path: Path) -> list[FileRecord] | None:
    """What the case's own adapter reads; None when it refuses the whole file."""
    expected = expectation(case)
    account = account_of(expected)
    adapter = ADAPTERS[case.parent.name]
    try:
        file = open_file(path, encoding=expected.get("encoding", ""), post=expected.get("post", ""))
        assert adapter.recognises and adapter.read_file
        return list(adapter.read_file(file, account)) if adapter.recognises(file, account) else None
    except SourceError:
        return None


@pytest.mark.parametrize("case", _text_cases(), ids=lambda case: f"{case.parent.name}/{case.name}")
@pytest.mark.parametrize("blank", ["", "-", " ", "??"])
def test_a_blanked_cell_never_becomes_a_figure(
    place: Callable[..., Path], case: Path, blank: str
) -> None:
    """Blank each cell of each row in turn: that row's figures stay what they were, turn None, or the
    row is an error; no figure changes to another one, least of all to 0. Other rows do not change.
    (A row that was an error may become a post: its bad cell was the one blanked.)"""
    whole = _read_as_claimed(case, case)
    assert whole is not None
    before = _metrics(whole)
    errors = {each.row for each in whole if isinstance(each, Invalid)}
    for content, row in _with_each_cell_blanked(case, blank):
        after = _read_as_claimed(case, place(content, case.name))
        if after is None:
            continue
        for number, figures in _metrics(after).items():
            assert number in before or number in errors
            for name, figure in figures.items():
                known = before[number][name] if number in before else figure
                assert figure == known or (figure is None and number == row), (number, name, figure)


def _with_each_cell_blanked(case: Path, blank: str) -> Iterator[tuple[bytes, int]]:
    """(file with one cell replaced, number of its row) for the first rows of data."""
    sheet: Sheet = open_file(case, encoding=expectation(case).get("encoding", "")).sheets[0]
    rows = [list(row) for row in sheet.rows()]
    for row in range(1, min(len(rows), 5)):
        for column in range(len(rows[row])):
            changed = [list(each) for each in rows]
            changed[row][column] = blank
            text = io.StringIO(newline="")
            csv.writer(text).writerows(changed)
            yield text.getvalue().encode("utf-8-sig"), row + 1
