"""The body of an answer, unpacked here: within size and time, and whole, or an error that says what is wrong.

requests reads on until a block is full, so that a slow drip outlives its time-out, and takes a gzip stream that
breaks off for a whole one; here each packet is looked at as it comes.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator

import requests

from adapters.errors import Refused, Unreachable

#: The largest page believed; a re-indented WeChat article has 4 MB (docs/platforms.md §2.3).
MAX_BYTES = 20 * 2**20
_BLOCK = 65_536
_AGAIN = "下次采集会再试"
#: zlib's window for each encoding: 47 finds out itself whether it is gzip or zlib.
ENCODINGS = "gzip, deflate"
_PACKED = {"gzip": 47, "x-gzip": 47, "deflate": 47}


def body_of(response: requests.Response, target: str, late: Callable[[], bool]) -> bytes:
    """The unpacked body. ``late`` says whether its time is over. Raises Refused where it is too large,
    Unreachable where it is too slow, broken, or packed in a way we did not ask for."""
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    if encoding not in ("", "identity", *_PACKED):
        raise Unreachable(f"回答的压缩方式“{encoding}”看不懂", target=target, advice=_AGAIN)
    unpack = zlib.decompressobj(_PACKED[encoding]) if encoding in _PACKED else None
    parts: list[bytes] = []
    size, came = 0, False
    while packet := response.raw.read1(_BLOCK, decode_content=False):
        came = True
        for part in [packet] if unpack is None else _unpacked(unpack, packet, target):
            parts.append(part)
            size += len(part)
            if size > MAX_BYTES:
                raise Refused(
                    f"回答超过 {MAX_BYTES // 2**20} MB，没有读完",
                    target=target,
                    advice="网页一般没有这么大，请在浏览器里打开核对",
                )
        if late():
            raise Unreachable("回答太慢，没有等完", target=target, advice=_AGAIN)
    if unpack is not None and came and not unpack.eof:
        raise Unreachable("回答不完整（压缩的内容中断）", target=target, advice=_AGAIN)
    return b"".join(parts)


def _unpacked(unpack: zlib._Decompress, packet: bytes, target: str) -> Iterator[bytes]:
    """What a packet unpacks to, block by block: a bomb never lies in memory as a whole."""
    try:
        while part := unpack.decompress(packet, _BLOCK):
            yield part
            packet = unpack.unconsumed_tail
    except zlib.error as problem:
        raise Unreachable("回答的压缩内容已损坏", target=target, advice=_AGAIN) from problem
