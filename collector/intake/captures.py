"""The bytes that a number was read from: content-addressed, compressed, synced before they are told of.

They lie in a folder, or in a bucket of an object store, by the same names: ``[storage] captures`` says where.
"""

from __future__ import annotations

import errno
import gzip
import hashlib
import os
import re
import threading
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import IO, Protocol

from collector.sweep import Sweep

#: Where captures lie below their folder. A database may be a doctored one: nothing else is opened or removed.
_PLACE = re.compile(r"[0-9a-f]{2}/[0-9a-f]{64}\.gz")
#: A capture touched this recently may be in use: a run keeps bytes before it stores what it read from them.
IN_USE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Capture:
    """A capture: the sha256 of its bytes, how many, and where it lies below the captures folder."""

    sha256: str
    size: int
    path: str


class Changed(OSError):
    """The bytes are no longer those whose sha256 was taken."""


class Damaged(OSError):
    """What lies there is no capture any more."""


class Captures(Protocol):
    """Where captures are kept. A place is ``Capture.path``; StorageError is raised where the place as a whole cannot be
    used, which says nothing about any one capture."""

    def keep(self, blocks: Iterable[bytes], sha256: str, size: int) -> Capture:
        """Keep bytes, unless they are kept already; their place is told only once they are safe there. Bytes that were
        kept already count as touched now, which ``sweep`` leaves alone. Raises Changed, OSError or StorageError."""

    def read(self, place: str) -> bytes:
        """The bytes of a capture. Raises OSError where it is gone or damaged, or where that is no place of a capture,
        and StorageError."""

    def is_there(self, place: str) -> bool:
        """Whether the bytes of a capture are there. Raises StorageError."""

    def where(self, place: str) -> str:
        """A capture's full name, for people."""

    def sweep(self, places: Iterable[str], before: datetime, sweep: Sweep) -> int:
        """Remove captures last touched before ``before``; how many went. What is no place of a capture is left alone.
        Raises StorageError."""


def blocks_of(path: Path) -> Iterator[bytes]:
    """The bytes of a file, a MB at a time."""
    with path.open("rb") as stream:
        while block := stream.read(2**20):
            yield block


def fingerprint(blocks: Iterable[bytes]) -> tuple[str, int]:
    """(sha256, size) of bytes."""
    digest, size = hashlib.sha256(), 0
    for block in blocks:
        digest.update(block)
        size += len(block)
    return digest.hexdigest(), size


def keep_bytes(body: bytes, store: Captures) -> Capture:
    """Keep an answer that is in memory."""
    return store.keep([body], *fingerprint([body]))


def place_of(sha256: str) -> str:
    """Where bytes lie."""
    return f"{sha256[:2]}/{sha256}.gz"


def is_place(place: str) -> bool:
    """Whether that is a place of a capture."""
    return _PLACE.fullmatch(place) is not None


def must_be_place(place: str) -> None:
    """Raises FileNotFoundError where that is no place of a capture."""
    if not is_place(place):
        raise FileNotFoundError(errno.ENOENT, "no place of a capture", place)


def pack(raw: IO[bytes], blocks: Iterable[bytes], sha256: str) -> None:
    """Write ``blocks`` packed. Raises Changed where they have another sha256."""
    rest, digest = iter(blocks), hashlib.sha256()
    first = next(rest, b"")
    level = 0 if first.startswith(b"PK\x03\x04") else 4  # an xlsx is packed already
    with gzip.GzipFile("", "wb", level, raw, mtime=0) as packed:
        for block in chain([first], rest):
            digest.update(block)
            packed.write(block)
    if digest.hexdigest() != sha256:
        raise Changed("文件正在被写入")


def unpack(raw: IO[bytes]) -> bytes:
    """The bytes that were packed. Raises Damaged."""
    try:
        with gzip.GzipFile("", "rb", fileobj=raw) as packed:
            return packed.read()
    except (gzip.BadGzipFile, EOFError, zlib.error) as problem:
        raise Damaged("原件已损坏") from problem


@dataclass(frozen=True, slots=True)
class Folder:
    """Captures in a folder of this machine."""

    folder: Path

    def keep(self, blocks: Iterable[bytes], sha256: str, size: int) -> Capture:
        """See Captures."""
        place = place_of(sha256)
        target = self.folder / place
        if not _is_kept(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            partial = target.with_suffix(f".{os.getpid()}-{threading.get_ident()}.part")
            try:
                with partial.open("wb") as raw:
                    pack(raw, blocks, sha256)
                    raw.flush()
                    os.fsync(raw.fileno())
                partial.replace(target)
            finally:
                partial.unlink(missing_ok=True)
        return Capture(sha256, size, place)

    def read(self, place: str) -> bytes:
        """See Captures."""
        must_be_place(place)
        with (self.folder / place).open("rb") as raw:
            return unpack(raw)

    def is_there(self, place: str) -> bool:
        """See Captures."""
        return is_place(place) and (self.folder / place).exists()

    def where(self, place: str) -> str:
        """See Captures."""
        return str(self.folder / place)

    def sweep(self, places: Iterable[str], before: datetime, sweep: Sweep) -> int:
        """See Captures."""
        return sweep.remove((self.folder / each for each in places if is_place(each)), before)


def _is_kept(target: Path) -> bool:
    """Whether the bytes are there; then they count as touched now."""
    try:
        os.utime(target)
    except OSError:  # not there, or another user's
        return target.exists()
    return True
