"""Captures in a bucket of an object store that speaks S3, through obstore.

Keys and the address come from the environment by the names that AWS gave them (AWS_ACCESS_KEY_ID,
AWS_SECRET_ACCESS_KEY, AWS_REGION, AWS_ENDPOINT_URL …), and are never printed. An object is there whole or not at all.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING

from collector.config.sections import origin
from collector.intake.captures import (
    IN_USE,
    Capture,
    is_place,
    must_be_place,
    pack,
    place_of,
    unpack,
)
from collector.sweep import Sweep
from storage.database import StorageError
from storage.postgres import INSTALL

if TYPE_CHECKING:
    from obstore.store import S3Store

#: What is larger goes up in parts of this size, so many at once: that much memory a capture needs, whatever its size.
PART_BYTES, PARTS = 8 * 2**20, 2
#: What no server answers in these times, in seconds, is asked again a few times.
CONNECT, SILENT, RETRIES, RETRY_SECONDS = 10, 60, 3, 60
#: Objects removed by one request; the shorter, the less time between the last look at them and the deed.
BATCH = 50
#: Beside an object that is wanted again: S3 cannot touch an object, and would have to be sent it anew.
_WANTED = ".wanted"
_CODE = re.compile(r"<Code>(\w+)</Code>")
_STATUS = re.compile(r"status code: (\d+)")
#: Where a machine of AWS is asked for a key, for want of one in the environment.
_NO_KEY = "169.254."
_KEYS = "请核对环境变量 AWS_ACCESS_KEY_ID 和 AWS_SECRET_ACCESS_KEY"


@dataclass(frozen=True, slots=True)
class Bucket:
    """Captures below ``s3://bucket/prefix``."""

    url: str

    def keep(self, blocks: Iterable[bytes], sha256: str, size: int) -> Capture:
        """See Captures. The bytes are packed, and known to be the right ones, before any of them is sent."""
        place = place_of(sha256)
        if not self._is_kept(place):
            with SpooledTemporaryFile(PART_BYTES) as packed:
                pack(packed, blocks, sha256)
                packed.seek(0)
                with self._asking() as store:
                    store.put(place, packed, chunk_size=PART_BYTES, max_concurrency=PARTS)
        return Capture(sha256, size, place)

    def read(self, place: str) -> bytes:
        """See Captures."""
        must_be_place(place)
        with SpooledTemporaryFile(PART_BYTES) as packed:
            with self._asking() as store:
                for block in store.get(place):
                    packed.write(block)
            packed.seek(0)
            return unpack(packed)

    def is_there(self, place: str) -> bool:
        """See Captures."""
        return is_place(place) and self._touched(place) is not None

    def where(self, place: str) -> str:
        """See Captures."""
        return f"{self.url.rstrip('/')}/{place}"

    def sweep(self, places: Iterable[str], before: datetime, sweep: Sweep) -> int:
        """See Captures. One listing, because there may be many more that went long ago than are there."""
        gone = {each for each in places if is_place(each)}
        old = self._old(gone, before) if gone else iter(())
        count = 0
        while batch := list(islice(old, BATCH)):
            left = [each for each in batch if not self._is_wanted(each[0], before)]
            with self._asking() as store:
                store.delete([name for place, _ in left for name in (place, place + _WANTED)])
            count += len(left)
            sweep.size += sum(size for _, size in left)
        return count

    def _old(self, gone: set[str], before: datetime) -> Iterator[tuple[str, int]]:
        """(place, size) of those that are there and were stored before ``before``."""
        with self._asking() as store:
            for page in store.list(chunk_size=1_000):
                for each in page:
                    if each["path"] in gone and each["last_modified"] < before:
                        yield each["path"], each["size"]

    def _is_wanted(self, place: str, before: datetime) -> bool:
        wanted = self._touched(place + _WANTED)
        return wanted is not None and wanted >= before

    def _is_kept(self, place: str) -> bool:
        """Whether the bytes are there. Old ones are said to be wanted first: from then on they stay."""
        stored = self._touched(place)
        if stored is None or stored > datetime.now(UTC) - IN_USE / 2:
            return stored is not None
        with self._asking() as store:
            store.put(place + _WANTED, b"")
        return self._touched(place) is not None

    def _touched(self, name: str) -> datetime | None:
        """When an object was stored, by the store's clock; None where there is none."""
        try:
            with self._asking() as store:
                return store.head(name)["last_modified"]
        except FileNotFoundError:
            return None

    @contextmanager
    def _asking(self) -> Iterator[S3Store]:
        """The store; what it says is told in Chinese. FileNotFoundError stays: there is no such object. Raises
        StorageError."""
        try:
            from obstore.exceptions import BaseError
        except ImportError:
            raise StorageError(
                f"原件要存到 {self.url}，还要装对象存储的组件 obstore：{INSTALL}"
            ) from None
        try:
            yield _opened(self.url)
        except FileNotFoundError as problem:
            if "NoSuchBucket" not in str(problem):
                raise
            raise StorageError(_said(self.url, str(problem))) from problem
        except BaseError as problem:
            raise StorageError(_said(self.url, str(problem))) from problem


@cache
def _opened(url: str) -> S3Store:
    """The store of a process: it holds the connections."""
    from obstore.store import S3Store

    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT"):
        try:
            origin(os.environ.get(name, ""))
        except ValueError as problem:
            raise StorageError(f"环境变量 {name} 有误：{problem}") from None
    return S3Store.from_url(
        url,
        client_options={  # these are no longer taken from the environment, once any is given
            "allow_http": os.environ.get("AWS_ALLOW_HTTP", "").lower() in ("true", "1"),
            "connect_timeout": timedelta(seconds=CONNECT),
            "read_timeout": timedelta(seconds=SILENT),
            "timeout": timedelta(hours=1),
        },
        retry_config={"max_retries": RETRIES, "retry_timeout": timedelta(seconds=RETRY_SECONDS)},
    )


#: A sign in obstore's words → what it means and what to do; the first that fits.
_MEANINGS = (
    ("NoSuchBucket", "没有存储桶“{bucket}”。请先建好，或核对 [storage] captures"),
    (_NO_KEY, "没有密钥。请设好环境变量 AWS_ACCESS_KEY_ID 和 AWS_SECRET_ACCESS_KEY"),
    ("403 Forbidden", f"密钥不对，或它没有权限。{_KEYS}，它要能列出、读、写、删"),
    ("401 Unauthorized", f"密钥不对。{_KEYS}"),
    ("region", "地区不对。请核对环境变量 AWS_REGION"),
    ("builder error", "地址是 http:// 的，没有加密；确实要用，请设环境变量 AWS_ALLOW_HTTP=true"),
    ("error sending request", "连不上它，或中途断了。请核对网络和环境变量 AWS_ENDPOINT_URL"),
    ("body error", "读到一半断了。请稍后再运行一次"),
    ("InsufficientStorage", "它已经满了"),
)


def _said(url: str, words: str) -> str:
    """What an object store's error means and what to do. ``words``: obstore's, never shown whole."""
    bucket = url.removeprefix("s3://").partition("/")[0]
    fitting = (meaning.format(bucket=bucket) for sign, meaning in _MEANINGS if sign in words)
    code = _CODE.search(words) or _STATUS.search(words)
    told = f"（{code[1]}）" if code and _NO_KEY not in words else ""
    return (
        f"对象存储 {url} 用不了{told}：{next(fitting, '请稍后再运行一次；一直这样，请问管它的人')}"
    )
