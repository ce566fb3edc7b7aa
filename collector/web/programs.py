"""What programs may ask of the page's server: ``/api/v1`` and ``/metrics``. They show a token and get data; nobody's
session counts here, and no token opens a page.

Where the page asks nobody for a password (it answers this PC alone) no token is asked for either; a token that is shown
must be right all the same.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from threading import Lock
from typing import Any

from flask import Blueprint, Response, current_app, g, request

from collector.doors.api import openapi, state
from collector.doors.api.endpoints import ENDPOINTS, ApiQuestion, Endpoint
from collector.doors.api.parameters import read
from collector.doors.api.periods import Busy, NoData
from collector.web.signing import by_program
from collector.web.site import Site, site
from storage.bulk import seconds
from storage.database import StorageError
from storage.operations import tokens
from storage.operations.tokens import Purpose

LOG = logging.getLogger("collector.web")
PAGE = Blueprint("programs", __name__)

#: So many requests of one token a minute.
A_MINUTE = 600
#: How often at most the use of a token is noted.
_HOUR = 3_600
_REFUSED = (
    "没有令牌，或者令牌不对、已收回、不是用在这里的。请求头要有 Authorization: Bearer 令牌；"
    "令牌在装程序的电脑上做：collect token add 名字 --for {word}"
)
#: What a token is for → what people call it.
WORDS: dict[Purpose, str] = {"data": "数据", "metrics": "监控"}


_SAID = {
    400: "这个请求不完整。参数见 /api/v1/openapi.json",
    404: "没有这个地址。有哪些见 /api/v1/openapi.json",
    421: "这个网址不是本程序的网址。请用装程序的电脑的 IP 或名字",
}


class Counter:
    """Requests of each token in the present minute."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._minute, self._counts = 0, dict[str, int]()

    def over(self, name: str, now: int) -> bool:
        """Count one more; whether that is too many."""
        with self._lock:
            if now // 60 != self._minute:
                self._minute, self._counts = now // 60, {}
            self._counts[name] = self._counts.get(name, 0) + 1
            return self._counts[name] > A_MINUTE


def admit() -> Response | None:
    """Before anything else is looked at: whether a program may ask this."""
    if not by_program():
        return None
    g.visitor = None
    if request.method not in ("GET", "HEAD"):
        refused = problem(405, "这里只读，只能用 GET")
        refused.headers["Allow"] = "GET, HEAD"
        return refused
    here = site()
    if here.is_new:
        return problem(
            503, "这里还没有 config.toml，没有数据可答。请先在这台电脑上运行 collect web"
        )
    purpose: Purpose = "metrics" if request.path == "/metrics" else "data"
    shown = "Authorization" in request.headers
    name = ""
    if shown or here.guarded:
        given = request.authorization
        token = given.token if given is not None and given.type == "bearer" else None
        with here.reading() as connection:
            found = tokens.admits(connection, token, purpose) if token else None
        if found is None:
            refused = problem(401, _REFUSED.format(word=WORDS[purpose]))
            refused.headers["WWW-Authenticate"] = 'Bearer realm="baokuan"'
            return refused
        name = found.sha256
        now = seconds(here.clock())
        if found.used_at is None or now - found.used_at >= _HOUR:
            _note(here, name, now)
    if current_app.extensions["programs"].over(name, seconds(here.clock())):
        refused = problem(429, f"问得太多了，一分钟最多 {A_MINUTE} 次。请过一分钟再问")
        refused.headers["Retry-After"] = "60"
        return refused
    return None


def _note(here: Site, sha256: str, now: int) -> None:
    """Note the use; while a long import holds the database it is left to a later request."""
    try:
        with here.writing() as connection:
            tokens.used(connection, sha256, now)
    except StorageError as problem:
        LOG.warning("没有记下令牌的使用时间：%s", problem)


def problem(code: int, words: str = "") -> Response:
    """A refusal, as RFC 9457 has it; without ``words`` what there is to say of any address."""
    words = words or _SAID.get(code, "这会儿答不了，请再试一次；还不行，请找管理这台电脑的人")
    title = {400: "参数不对", 401: "要有令牌", 404: "没有", 405: "只能 GET", 429: "问得太多"}
    told = {"type": "about:blank", "title": title.get(code, "没有答复"), "status": code}
    return _json({**told, "detail": words}, code, "application/problem+json")


def _json(data: Any, code: int = 200, kind: str = "application/json") -> Response:
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return Response(text.encode("utf-8", "replace"), code, content_type=kind)


def _answer(endpoint: Endpoint) -> Callable[..., Response]:
    def view(**path: int) -> Response:
        here = site()
        try:
            given = read(endpoint.parameters, request.args.items(multi=True))
            with here.reading() as connection:
                asked = ApiQuestion(
                    connection=connection, config=here.config, now=here.clock(), given=given
                )
                data = endpoint.tell(asked, **path)
        except NoData as fault:
            return problem(404, str(fault))
        except Busy as fault:
            refused = problem(503, str(fault))
            refused.headers["Retry-After"] = "5"
            return refused
        except ValueError as fault:
            return problem(400, str(fault))
        if data is None:
            return problem(404, "没有这篇作品。它可能从未存过，或导入已经撤回")
        return _unless_known(_json(data))

    return view


def _unless_known(answer: Response) -> Response:
    """The answer, or 304 where the asker has it already."""
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.add_etag()
    answer.make_conditional(request)
    return answer


for _endpoint in ENDPOINTS:
    PAGE.add_url_rule(f"/api/v1{_endpoint.path}", _endpoint.name, _answer(_endpoint))


@PAGE.get("/api/v1/openapi.json")
def described() -> Response:
    """The OpenAPI document."""
    return _unless_known(_json(openapi.document(request.script_root)))


@PAGE.get("/metrics")
def metrics() -> Response:
    """For Prometheus."""
    here = site()
    with here.reading() as connection:
        told = state.metrics(connection, here.config, here.clock())
    return Response(told, content_type="text/plain; version=0.0.4; charset=utf-8")
