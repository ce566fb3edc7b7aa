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
from pathlib import Path

#: Where captures lie below their folder. A database may be a doctored one: nothing else is opened or removed.
_PLACE = re.compile(r"[0-9a-f]{2}/[0-9a-f]{64}\.gz")


@dataclass(frozen=True, slots=True)
class Capture:
    """A capture: the sha256 of its bytes, how many, and where it lies below the captures folder."""

    sha256: str
    size: int
    path: str


def fingerprint(path: Path) -> tuple[str, int]:
    """(sha256, size) of a file's bytes."""
    digest = hashlib.sha256()
    size = 0
    with path.open("rb") as stream:
        while block := stream.read(2**20):
            digest.update(block)
            size += len(block)
    return digest.hexdigest(), size


class Changed(OSError):
    """The bytes are no longer those whose sha256 was taken."""


def fingerprint_of(body: bytes) -> str:
    """sha256 of bytes in memory."""
    return hashlib.sha256(body).hexdigest()


def keep(path: Path, sha256: str, size: int, folder: Path) -> Capture:
    """Keep a file's bytes; nothing is written where they are kept already. Raises Changed."""
    place = f"{sha256[:2]}/{sha256}.gz"
    target = folder / place
    if not _is_kept(str(target)):
        target.parent.mkdir(parents=True, exist_ok=True)
        with path.open("rb") as stream:  # an xlsx is packed already
            level = 0 if stream.read(4) == b"PK\x03\x04" else 6
        partial = target.with_suffix(f".{os.getpid()}.part")
        try:
            with (
                path.open("rb") as source,
                partial.open("wb") as raw,
                gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=level, mtime=0) as packed,
            ):
                digest = hashlib.sha256()
                while block := source.read(2**20):
                    digest.update(block)
                    packed.write(block)
                packed.close()
                raw.flush()
                os.fsync(raw.fileno())
            if digest.hexdigest() != sha256:
                raise Changed("文件正在被写入")
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)
    return Capture(sha256, size, place)


def keep_bytes(body: bytes, folder: Path) -> Capture:
    """Keep an answer that is in memory. Its place is said only when its bytes are on the disk."""
    sha256 = hashlib.sha256(body).hexdigest()
    place = f"{sha256[:2]}/{sha256}.gz"
    target = (
        f"{folder}{os.sep}{sha256[:2]}{os.sep}{sha256}"  # text: a Path costs as much as the rest
    )
    if not _is_kept(f"{target}.gz"):
        partial = f"{target}.{os.getpid()}-{threading.get_ident()}.part"
        try:
            _write_packed(partial, body)
            os.replace(partial, f"{target}.gz")  # noqa: PTH105
        except OSError:
            Path(partial).unlink(missing_ok=True)
            raise
    return Capture(sha256, len(body), place)


def _is_kept(target: str) -> bool:
    """Whether the bytes are there; then they count as touched now, which clean-up (collector.care) leaves alone."""
    try:
        os.utime(target)
    except OSError:  # not there, or another user's
        return os.path.exists(target)  # noqa: PTH110
    return True


def _write_packed(path: str, body: bytes) -> None:
    """Pack and sync; the folder is made where it is missing."""
    packed = gzip.compress(body, compresslevel=4, mtime=0)
    try:
        raw = open(path, "wb")  # noqa: PTH123, SIM115
    except FileNotFoundError:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        raw = open(path, "wb")  # noqa: PTH123, SIM115
    with raw:
        raw.write(packed)
        raw.flush()
        os.fsync(raw.fileno())


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
