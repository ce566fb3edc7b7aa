"""Answers that platforms give instead of a page, and ways in which a connection goes wrong."""

from __future__ import annotations

import gzip
import socket
import struct
import time
import zlib
from http.server import BaseHTTPRequestHandler
from itertools import count

from tests.server.site import Answering, Reply, Seen

SHELL = Reply(
    b"<!DOCTYPE html><html><head><title>Verify</title></head><body><script>"
    b"var PAGE_MID='mmbizwap:secitptpage/verify.html';new TencentCaptcha();</script></body></html>"
)
EMPTY = Reply(b"")


def status(code: int, body: bytes = b"", **headers: str) -> Reply:
    return Reply(body, code, {name.replace("_", "-"): value for name, value in headers.items()})


def in_turn(*replies: Reply) -> Answering:
    """One answer after the other, the last one for ever."""
    turn = count()
    return lambda _seen: replies[min(next(turn), len(replies) - 1)]


def moved(where: str, code: int = 302) -> Reply:
    return Reply(b"", code, {"Location": where})


def marked(body: bytes, etag: str, modified: str = "") -> Answering:
    """A page that need not be sent again to somebody who has it."""

    def answer(seen: Seen) -> Reply:
        headers = {"ETag": etag} | ({"Last-Modified": modified} if modified else {})
        if seen.headers.get("if-none-match") == etag:
            return Reply(b"", 304, headers)
        return Reply(body, 200, headers)

    return answer


def _start(handler: BaseHTTPRequestHandler, **headers: str) -> None:
    handler.send_response(200)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()


def too_long(body: bytes) -> Reply:
    """Says that it is longer than it is."""

    def send(handler: BaseHTTPRequestHandler) -> None:
        _start(handler, Content_Length=str(len(body) + 1_000))
        handler.wfile.write(body)

    return Reply(send=send)


def cut_chunk(body: bytes) -> Reply:
    """Breaks off in the middle of its second chunk."""

    def send(handler: BaseHTTPRequestHandler) -> None:
        _start(handler, Transfer_Encoding="chunked")
        half = len(body) // 2
        handler.wfile.write(b"%x\r\n%b\r\n" % (half, body[:half]))
        handler.wfile.write(b"%x\r\n%b" % (len(body) - half, body[half : half + 10]))

    return Reply(send=send)


def cut_gzip(body: bytes) -> Reply:
    """A packed body that breaks off, and a length that says it is whole."""
    packed = gzip.compress(body)
    return Reply(packed[: len(packed) // 2], headers={"Content-Encoding": "gzip"})


def packed(body: bytes) -> Reply:
    return Reply(gzip.compress(body), headers={"Content-Encoding": "gzip"})


def bomb(megabytes: int) -> Reply:
    """Small on the wire, large when unpacked."""
    packing = zlib.compressobj(9, wbits=31)
    block = bytes(2**20)
    small = b"".join(packing.compress(block) for _ in range(megabytes)) + packing.flush()
    return Reply(small, headers={"Content-Encoding": "gzip"})


def drip(seconds: float, gap: float = 0.05) -> Reply:
    """A byte now and then, for that long."""

    def send(handler: BaseHTTPRequestHandler) -> None:
        _start(handler, Content_Length="1000000")
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(gap)

    return Reply(send=send)


def endless(first: bytes, again: bytes, seconds: float, gap: float = 0.02) -> Reply:
    """``first``, and then ``again`` and again, for that long: what no time-out of a socket ends."""

    def send(handler: BaseHTTPRequestHandler) -> None:
        end = time.monotonic() + seconds
        handler.wfile.write(first)
        while time.monotonic() < end:
            handler.wfile.write(again)
            handler.wfile.flush()
            time.sleep(gap)

    return Reply(send=send)


def silent(seconds: float) -> Reply:
    """Nothing at all for that long."""
    return Reply(send=lambda _handler: time.sleep(seconds))


def reset() -> Reply:
    """Hangs up rudely."""

    def send(handler: BaseHTTPRequestHandler) -> None:
        linger = struct.pack("hh" if hasattr(socket, "SIO_RCVALL") else "ii", 1, 0)
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        handler.connection.close()

    return Reply(send=send)
