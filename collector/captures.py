"""The bytes that a number was read from: content-addressed, compressed, synced before they are told of."""

from __future__ import annotations

import gzip
import hashlib
import os
import threading
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Kept:
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


def keep(path: Path, sha256: str, size: int, folder: Path) -> Kept:
    """Keep a file's bytes; nothing is written where they are kept already. Raises Changed."""
    place = f"{sha256[:2]}/{sha256}.gz"
    target = folder / place
    if not target.exists():
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
    return Kept(sha256, size, place)


def keep_bytes(body: bytes, folder: Path) -> Kept:
    """Keep an answer that is in memory. Its place is said only when its bytes are on the disk."""
    sha256 = fingerprint_of(body)
    place = f"{sha256[:2]}/{sha256}.gz"
    target = folder / place
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_suffix(f".{os.getpid()}-{threading.get_ident()}.part")
        try:
            with partial.open("wb") as raw:
                raw.write(gzip.compress(body, compresslevel=6, mtime=0))
                raw.flush()
                os.fsync(raw.fileno())
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)
    return Kept(sha256, len(body), place)


def read(folder: Path, place: str) -> bytes:
    """The bytes of a capture. Raises OSError where it is gone."""
    with gzip.open(folder / place, "rb") as stream:
        return stream.read()
