"""The server itself: what it answers is a table of addresses, and it remembers who asked for what, and when."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType


@dataclass(frozen=True, slots=True)
class Seen:
    """A request as it arrived; ``at`` is in monotonic seconds, header names are lower-case."""

    method: str
    path: str  # with its query
    headers: Mapping[str, str]
    body: bytes
    at: float


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer; ``send`` writes one that no honest server would."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    send: Callable[[BaseHTTPRequestHandler], None] | None = None


Answering = Callable[[Seen], Reply]


class Site:
    """``with Site() as site``: ``site.url`` is its address, ``site.routes`` what it answers (path with query →
    Reply, or a function of the request); anything else is 404. ``delay``: seconds before each answer."""

    def __init__(self, delay: float = 0.0) -> None:
        self.routes: dict[str, Reply | Answering] = {}
        self.seen: list[Seen] = []
        self.delay = delay
        self.under_way = self.most_under_way = 0
        self.lock = threading.Lock()
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = -1

            def do_GET(self) -> None:
                site.answer(self)

            do_POST = do_GET  # noqa: N815

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, request: object, client_address: object) -> None:
                """A visitor that hangs up is no news."""

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self) -> Site:
        serving = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        serving.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.server.shutdown()
        self.server.server_close()

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        length = int(handler.headers.get("Content-Length", 0))
        headers = {name.lower(): value for name, value in handler.headers.items()}
        body = handler.rfile.read(length)
        seen = Seen(handler.command, handler.path, headers, body, time.monotonic())
        with self.lock:
            self.seen.append(seen)
            self.under_way += 1
            self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            if self.delay:
                time.sleep(self.delay)
            route = self.routes.get(handler.path, Reply(status=404))
            reply = route(seen) if callable(route) else route
        finally:
            with self.lock:
                self.under_way -= 1
        if reply.send is not None:
            handler.close_connection = True
            reply.send(handler)
            return
        handler.send_response(reply.status)
        for name, value in reply.headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(reply.body)))
        handler.end_headers()
        handler.wfile.write(reply.body)

    def asked(self, path: str) -> list[Seen]:
        """The requests for an address, in order."""
        return [each for each in self.seen if each.path == path]
