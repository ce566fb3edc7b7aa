"""What came back over the wire: the body of an answer, unpacked here within size and time, and whole; or an error that
says what is wrong.

requests reads on until a block is full, so that a slow drip outlives its time-out, and takes a gzip stream that
breaks off for a whole one; here each packet is looked at as it comes.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import requests
import urllib3
from urllib3.util import Retry

from adapters.errors import Refused, Unreachable

#: The largest page believed; a re-indented WeChat article has 4 MB (docs/platforms.md §2.3).
MAX_BYTES = 20 * 2**20
_BLOCK = 65_536
#: zlib's window for each encoding: 47 finds out itself whether it is gzip or zlib.
ENCODINGS = "gzip, deflate"
_PACKED = {"gzip": 47, "x-gzip": 47, "deflate": 47}


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What came back: ``url`` is the canonical address it came from, or leads to where it is not asked."""

    status: int
    url: str
    headers: Mapping[str, str]
    body: bytes


def no_answer(what: str, target: str, advice: str = "下次采集会再试") -> Unreachable:
    """That nothing came of a request; the next run tries again."""
    return Unreachable(what, target=target, advice=advice)


def body_of(response: requests.Response, target: str, late: Callable[[], bool]) -> bytes:
    """The unpacked body. ``late`` says whether its time is over. Raises Refused where it is too large,
    Unreachable where it is too slow, broken, or packed in a way we did not ask for."""
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    if encoding not in ("", "identity", *_PACKED):
        raise no_answer(f"回答的压缩方式“{encoding}”看不懂", target)
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
            raise no_answer("回答太慢，没有等完", target)
    if unpack is not None and came and not unpack.eof:
        raise no_answer("回答不完整（压缩的内容中断）", target)
    return b"".join(parts)


def _unpacked(unpack: zlib._Decompress, packet: bytes, target: str) -> Iterator[bytes]:
    """What a packet unpacks to, block by block: a bomb never lies in memory as a whole."""
    try:
        while part := unpack.decompress(packet, _BLOCK):
            yield part
            packet = unpack.unconsumed_tail
    except zlib.error as problem:
        raise no_answer("回答的压缩内容已损坏", target) from problem


#: Failures of the connection in a few Chinese words; the first kind that fits counts.
_BROKEN: tuple[tuple[type[Exception], str], ...] = (
    (requests.exceptions.ConnectTimeout, "连接超时"),
    (requests.exceptions.Timeout, "等回答超时"),
    (urllib3.exceptions.TimeoutError, "等回答超时"),
    (requests.exceptions.SSLError, "加密连接失败"),
    (requests.exceptions.ProxyError, "代理服务器不通"),
    (urllib3.exceptions.ProtocolError, "回答中断，不完整"),
    (requests.exceptions.ConnectionError, "连接失败"),
)


def broken(problem: Exception, target: str) -> Unreachable:
    """A connection that failed, in words."""
    words = (words for kind, words in _BROKEN if isinstance(problem, kind))
    why = next(words, type(problem).__name__)
    return no_answer(f"连不上（{why}）", target, "请检查网络；下次采集会再试")


def retry_after(header: str) -> float:
    """Seconds that a Retry-After header (seconds, or a date) asks for; 0 where none can be understood."""
    try:
        return float(Retry().parse_retry_after(header)) if header else 0.0
    except urllib3.exceptions.InvalidHeader:
        return 0.0
