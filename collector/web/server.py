"""The page as a web application: its addresses, what every answer carries, and whom it does not answer at all."""

from __future__ import annotations

import ipaddress
import logging
import socket
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import cast
from urllib.parse import urlsplit

from flask import Flask, Response, g, redirect, render_template, request, url_for
from flask_wtf import CSRFProtect
from flask_wtf.csrf import CSRFError
from waitress.server import BaseWSGIServer, create_server
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as Answer

from collector.config.loading import ConfigError
from collector.config.web import WebConfig, host_and_port
from collector.web import showing, signing
from collector.web.desk import Desk
from collector.web.heap import Heap
from collector.web.pages import (
    accounts,
    check,
    imports,
    originals,
    post,
    posts,
    reports,
    screen,
    settings,
    sources,
    start,
    today,
    walls,
)
from collector.web.site import Site, site
from storage.database import StorageError
from storage.operations import people

LOG = logging.getLogger("collector.web")

#: The pages in the order of the menu, each with its word there; those without one stand in no menu.
PAGES = (
    (today.PAGE, "今天"),
    (imports.PAGE, "导入"),
    (posts.PAGE, "作品"),
    (post.PAGE, ""),
    (originals.PAGE, ""),
    (accounts.PAGE, "账号"),
    (reports.PAGE, "总结"),
    (check.PAGE, "核对"),
    (screen.PAGE, "大屏"),
    (sources.PAGE, "来源"),
    (settings.PAGE, "设置"),
    (walls.PAGE, ""),
    (start.PAGE, ""),
    (signing.PAGE, ""),
)

#: The most that one request may hold; a file of an upload is limited as those of the inbox are.
MAX_REQUEST = 300 * 2**20
SESSION = timedelta(hours=12)
_HEADERS = MappingProxyType(
    {
        "Content-Security-Policy": (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
            " form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
        ),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
)
#: A folder without config.toml has no people yet, so that anybody could begin.
NOT_BEGUN = "这里还没有 config.toml。第一次请在这台电脑上打开：运行 collect web（不写 --listen），写好以后再让别的电脑看"
#: What people are told when a request cannot be answered.
_PROBLEMS = {
    400: "这个请求不完整，请回到上一页再试一次",
    403: "您的账号不能做这件事，需要时请找管理员",
    404: "没有这一页。请从上面的菜单进入",
    405: "这个地址不能这样用。请从上面的菜单进入",
    413: f"一次传的文件太大，合计不能超过 {MAX_REQUEST // 2**20} MB，请分几次",
    421: "这个网址不是本程序的网址。请用收藏的网址打开",
}


def create(made_for: Site, address: str = "") -> Flask:
    """The application for a site. ``address``: the public address behind a proxy, such as ``https://bk.example.cn``."""
    app = Flask(__name__)
    app.extensions["site"] = made_for
    app.extensions["desk"] = Desk(made_for)
    app.extensions["heap"] = Heap(made_for)
    public = urlsplit(address)
    app.config.update(
        SECRET_KEY=made_for.session_key(),
        MAX_CONTENT_LENGTH=MAX_REQUEST,
        MAX_FORM_PARTS=2_000,
        PERMANENT_SESSION_LIFETIME=SESSION,
        SESSION_COOKIE_NAME="baokuan",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        SESSION_COOKIE_SECURE=public.scheme == "https",
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session
        WTF_CSRF_SSL_STRICT=False,  # the origin is checked below, by every scheme
        PUBLIC_HOST=public.netloc,
    )
    app.before_request(_refuse_strangers)
    CSRFProtect(app)
    app.before_request(signing.recognise)
    app.before_request(_begin)
    app.after_request(_protect)
    for page, _ in PAGES:
        app.register_blueprint(page)
    app.register_error_handler(CSRFError, signing.resume)
    app.register_error_handler(HTTPException, _refused)
    app.register_error_handler(StorageError, _unusable)
    app.register_error_handler(ConfigError, _unusable)
    app.register_error_handler(Exception, _fault)
    showing.equip(app)
    app.jinja_env.globals["menu"] = [(page.name, word) for page, word in PAGES if word]
    return app


def _refuse_strangers() -> Answer | None:
    """Another host's name (DNS rebinding) or a form of another site (CSRF) is not answered."""
    if not _is_ours(request.host):
        return _problem(421)
    origin = request.headers.get("Origin")
    if request.method not in ("GET", "HEAD") and origin and urlsplit(origin).netloc != request.host:
        return _problem(403)
    if site().guarded and site().is_new:
        return _problem(403, NOT_BEGUN)
    return None


def _is_ours(host: str) -> bool:
    """Whether ``host`` is a number, this machine's own name, or the public address of config: a name that a stranger
    lets lead here is none of them."""
    from flask import current_app

    if host == current_app.config["PUBLIC_HOST"]:
        return True
    name = (urlsplit(f"//{host}").hostname or "").rstrip(".")
    if name in ("localhost", socket.gethostname().lower()):
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _begin() -> Answer | None:
    """In an empty folder every page is the start."""
    open_to_all = request.blueprint in ("start", "signing") or request.endpoint in (
        "static",
        "charts",
    )
    if site().is_new and not open_to_all:
        return redirect(url_for("start.show"))
    return None


def _protect(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if request.endpoint not in ("static", "charts"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _problem(code: int, words: str = "") -> Response:
    g.setdefault("visitor", None)
    page = render_template(
        "problem.html", words=words or _PROBLEMS.get(code, "这一页打不开，请再试一次")
    )
    return Response(page, code)


def _refused(problem: HTTPException) -> Answer:
    """What the framework or a page refuses, in Chinese."""
    if isinstance(problem.response, Answer) and problem.code in (301, 302, 303, 304, 308):
        return problem.response
    own = problem.description if problem.description and not problem.description.isascii() else ""
    return _problem(problem.code or 500, own)


def _unusable(problem: StorageError | ConfigError) -> Answer:
    LOG.error("%s", problem)
    return _problem(503, str(problem))


def _fault(problem: Exception) -> Answer:
    LOG.exception("页面出错：%s", request.path, exc_info=problem)
    return _problem(
        500, "程序出错了，别的页面不受影响。请再试一次；还不行，请把日志发给维护程序的人"
    )


class NoPeople(Exception):
    """The page would answer beyond this PC, and nobody has a password."""


@dataclass(slots=True)
class Web:
    """The page as it answers: ``run`` until ``close``."""

    site: Site
    server: BaseWSGIServer
    desk: Desk

    @property
    def url(self) -> str:
        """Where it answers on this PC."""
        host, port = self.server.effective_host, self.server.effective_port
        here = "127.0.0.1" if ipaddress.ip_address(host).is_unspecified else host
        return f"http://{f'[{here}]' if ':' in here else here}:{port}/"

    def run(self) -> None:
        self.desk.begin()
        self.server.run()

    def close(self) -> None:
        self.server.close()
        self.desk.end()
        self.site.close()


def serve(made_for: Site, web: WebConfig) -> Web:
    """The page, which listens already. Raises OSError where the port is taken, and NoPeople."""
    if made_for.guarded:
        if made_for.is_new:
            raise NoPeople(NOT_BEGUN)
        with made_for.reading() as connection:
            if not people.people(connection):
                raise NoPeople(
                    "别的电脑也能打开这个网页，所以要先设密码：运行 collect user add 名字 --role 管理员，再启动"
                )
    host, port = host_and_port(web.listen)
    app = create(made_for, web.address)
    server = create_server(
        app,
        listen=f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
        threads=8,
        ident="",
        max_request_body_size=MAX_REQUEST,
        clear_untrusted_proxy_headers=True,
    )
    return Web(made_for, cast("BaseWSGIServer", server), app.extensions["desk"])
