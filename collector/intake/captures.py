"""The bytes that a number was read from: content-addressed, compressed, synced before they are told of."""

from __future__ import annotations

import errno
import gzip
import hashlib
import os
import re
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import IO

#: Where captures lie below their folder. A database may be a doctored one: nothing else is opened or removed.
_PLACE = re.compile(r"[0-9a-f]{2}/[0-9a-f]{64}\.gz")


@dataclass(frozen=True, slots=True)
class Capture:
    """A capture: the sha256 of its bytes, how many, and where it lies below the captures folder."""

    sha256: str
    size: int
    path: str


class Changed(OSError):
    """The bytes are no longer those whose sha256 was taken."""


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


def keep(blocks: Iterable[bytes], sha256: str, size: int, folder: Path) -> Capture:
    """Keep bytes, unless they are kept already; their place is told only once they are on the disk. Raises Changed, and
    OSError where the disk does not let us."""
    place = f"{sha256[:2]}/{sha256}.gz"
    target = folder / place
    if not _is_kept(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_suffix(f".{os.getpid()}-{threading.get_ident()}.part")
        try:
            with partial.open("wb") as raw:
                if _write_packed(raw, iter(blocks)) != sha256:
                    raise Changed("文件正在被写入")
                raw.flush()
                os.fsync(raw.fileno())
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)
    return Capture(sha256, size, place)


def keep_bytes(body: bytes, folder: Path) -> Capture:
    """Keep an answer that is in memory."""
    return keep([body], *fingerprint([body]), folder)


def _write_packed(raw: IO[bytes], blocks: Iterator[bytes]) -> str:
    """Pack ``blocks``; their sha256."""
    digest, first = hashlib.sha256(), next(blocks, b"")
    level = 0 if first.startswith(b"PK\x03\x04") else 4  # an xlsx is packed already
    with gzip.GzipFile("", "wb", level, raw, mtime=0) as packed:
        for block in chain([first], blocks):
            digest.update(block)
            packed.write(block)
    return digest.hexdigest()


def _is_kept(target: Path) -> bool:
    """Whether the bytes are there; then they count as touched now, which clean-up (collector.care) leaves alone."""
    try:
        os.utime(target)
    except OSError:  # not there, or another user's
        return target.exists()
    return True


def ours(folder: Path, places: Iterable[str]) -> Iterator[Path]:
    """The files of captures whose places the database names; what is no place of a capture is left out."""
    return (folder / each for each in places if _PLACE.fullmatch(each))


def read(folder: Path, place: str) -> bytes:
    """The bytes of a capture. Raises OSError where it is gone, or where that is no place of a capture."""
    for path in ours(folder, [place]):
        with gzip.open(path, "rb") as stream:
            return stream.read()
    raise FileNotFoundError(errno.ENOENT, "no place of a capture", place)


def is_there(folder: Path, place: str) -> bool:
    """Whether the bytes of a capture are there."""
    return any(path.exists() for path in ours(folder, [place]))
