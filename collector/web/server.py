"""The page as a web application: its addresses, what every answer carries, and whom it does not answer at all."""

from __future__ import annotations

import ipaddress
import logging
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    g,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.sessions import SecureCookieSessionInterface
from flask_wtf import CSRFProtect
from flask_wtf.csrf import CSRFError
from waitress.server import BaseWSGIServer, create_server
from werkzeug.exceptions import HTTPException
from werkzeug.routing import IntegerConverter
from werkzeug.wrappers import Response as Answer

from collector.config.loading import ConfigError
from collector.config.web import WebConfig, host_and_port, is_loopback
from collector.web import programs, showing, signing
from collector.web.desk import Desk
from collector.web.handing import DISK_FULL
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
)
from collector.web.site import Site, Visitor, site
from storage.database import StorageError
from storage.operations import people

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

LOG = logging.getLogger("collector.web")

#: Pages in the order of the menu, each with its word there; those without one stand in no menu.
Pages = Sequence[tuple[Blueprint, str]]
PAGES: Pages = (
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
    (start.PAGE, ""),
    (signing.PAGE, ""),
    (programs.PAGE, ""),
)

#: The most that one request may hold; a file of an upload is limited as those of the inbox are.
MAX_REQUEST = 300 * 2**20
SESSION = timedelta(hours=12)
#: What a browser surely keeps in a cookie, and one message of a page, in characters.
_COOKIE, _LONGEST = 3_800, 300
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


def create(made_for: Site, address: str = "", pages: Pages = PAGES, mount: str = "") -> Flask:
    """The application for a site. ``address``: the public address behind a proxy, such as ``https://bk.example.cn``;
    ``mount``: below which path it answers (``/c/yunling``): its cookies go there alone."""
    app = Flask(__name__)
    app.extensions["site"] = made_for
    app.extensions["desk"] = Desk(made_for)
    app.extensions["heap"] = Heap(made_for)
    app.extensions["programs"] = programs.Counter()
    public = urlsplit(address)
    app.config.update(
        SECRET_KEY=made_for.session_key(),
        MAX_CONTENT_LENGTH=MAX_REQUEST,
        MAX_FORM_PARTS=2_000,
        PERMANENT_SESSION_LIFETIME=SESSION,
        SESSION_COOKIE_NAME=f"baokuan{mount.replace('/', '_')}",
        SESSION_COOKIE_PATH=f"{mount}/",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        SESSION_COOKIE_SECURE=public.scheme == "https",
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session
        WTF_CSRF_SSL_STRICT=False,  # the origin is checked below, by every scheme
        PUBLIC_HOST=public.netloc,
        PUBLIC_ORIGIN=f"{public.scheme}://{public.netloc}" if address else "",
    )
    app.url_map.converters["int"] = _Number
    app.url_map.strict_slashes = (
        False  # no redirect, which would name a scheme that a proxy may have changed
    )
    app.before_request(_refuse_strangers)
    app.before_request(programs.admit)
    CSRFProtect(app)
    app.before_request(signing.recognise)
    app.before_request(_begin)
    app.after_request(_protect)
    for page, _ in pages:
        app.register_blueprint(page)
    app.register_error_handler(CSRFError, signing.resume)
    app.register_error_handler(HTTPException, _refused)
    app.register_error_handler(StorageError, _unusable)
    app.register_error_handler(ConfigError, _unusable)
    app.register_error_handler(Exception, _fault)
    showing.equip(app)
    app.jinja_env.globals["menu"] = [(page.name, word) for page, word in pages if word]
    return app


class _Number(IntegerConverter):
    """A number in an address: as many digits as every database holds."""

    regex = r"[0-9]{1,9}"


def _refuse_strangers() -> Answer | None:
    """Another host's name (DNS rebinding), a form of another site (CSRF), and a NUL, which PostgreSQL takes in no
    question, are not answered."""
    if not _is_ours(request.host):
        return _problem(421)
    given = request.args.items(multi=True)
    if not signing.by_program() and any("\0" in each for _, each in given):
        return _problem(400, "网址里有看不见的字符，请从页面上的链接打开")
    if request.method not in ("GET", "HEAD") and signing.comes_from_us() is False:
        return _problem(403)
    if site().guarded and site().is_new:
        return _problem(403, NOT_BEGUN)
    return None


def _is_ours(host: str) -> bool:
    """Whether ``host`` is the public address of config, a number or this machine's own name; without passwords only what
    leads to this PC from itself. A name that a stranger lets lead here is none of them."""
    if host and host == current_app.config["PUBLIC_HOST"]:
        return True
    try:
        name = (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return False
    if not site().guarded:
        return is_loopback(name)
    try:
        return name in ("localhost", socket.gethostname().lower()) or bool(
            ipaddress.ip_address(name)
        )
    except ValueError:
        return False


def _begin() -> Answer | None:
    """In an empty folder every page is the start."""
    open_to_all = (
        signing.by_program()
        or request.blueprint in ("start", "signing")
        or request.endpoint
        in (
            "static",
            "charts",
        )
    )
    if site().is_new and not open_to_all:
        return redirect(url_for("start.show"))
    return None


def _protect(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if request.endpoint not in ("static", "charts"):
        response.headers.setdefault("Cache-Control", "no-store")
    if not signing.by_program():
        _shorten_flashes()
    return response


def _shorten_flashes() -> None:
    """What is to be said on the next page travels in a cookie, and a browser drops one that is too large: say what fits, and
    that there was more."""
    said = session.get("_flashes")
    signer = SecureCookieSessionInterface().get_signing_serializer(current_app)
    if not said or signer is None:
        return
    fits = [
        (kind, words if len(words) <= _LONGEST else f"{words[:_LONGEST]}……") for kind, words in said
    ]
    session["_flashes"] = fits
    while len(signer.dumps(dict(session))) > _COOKIE and len(fits) > 1:
        fits = fits[: len(fits) * 3 // 4]
        session["_flashes"] = [
            *fits,
            ("bad", f"还有 {len(said) - len(fits)} 条这样的话，这里放不下"),
        ]


def _problem(code: int, words: str = "") -> Response:
    g.setdefault("visitor", None)
    if signing.by_program():
        return programs.problem(code, words)
    words = words or _PROBLEMS.get(code, "这一页打不开，请再试一次")
    if signing.by_script():
        return Response(words, code, mimetype="text/plain")
    return Response(render_template("problem.html", words=words), code)


def _refused(problem: HTTPException) -> Answer:
    """What the framework or a page refuses, in Chinese."""
    if isinstance(problem.response, Answer) and problem.code in (301, 302, 303, 304, 308):
        return problem.response
    own = problem.description if problem.description and not problem.description.isascii() else ""
    return _problem(problem.code or 500, own)


def _unusable(problem: StorageError | ConfigError) -> Answer:
    """What the database or config.toml says: of files, servers and their users only the log tells, and who looks after
    them."""
    LOG.error("%s", problem)
    someone: Visitor | None = g.get("visitor")
    told = someone is not None and someone.may("管理员")
    return _problem(503, str(problem) if told else "这会儿打不开，请稍后再试，或找管理这台电脑的人")


def _fault(problem: Exception) -> Answer:
    LOG.exception("页面出错：%s", request.path, exc_info=problem)
    if isinstance(problem, OSError) and problem.errno in DISK_FULL:
        return _problem(507, "磁盘已满，没有存下。请腾出空间再试")
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
        return url_of(self.server)

    def run(self) -> None:
        self.desk.begin()
        self.server.run()

    def close(self) -> None:
        self.server.close()
        self.desk.end()
        self.site.close()


def url_of(server: BaseWSGIServer) -> str:
    """Where a server answers on this PC."""
    host, port = server.effective_host, server.effective_port
    here = "127.0.0.1" if ipaddress.ip_address(host).is_unspecified else host
    return f"http://{f'[{here}]' if ':' in here else here}:{port}/"


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
    app = create(made_for, web.address)
    return Web(made_for, listening(app, web.listen), app.extensions["desk"])


def listening(app: WSGIApplication, listen: str) -> BaseWSGIServer:
    """A server that answers with ``app`` at an address of this PC; it listens already. Raises OSError."""
    host, port = host_and_port(listen)
    server = create_server(
        app,
        listen=f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
        threads=8,
        ident="",
        max_request_body_size=MAX_REQUEST,
        max_request_header_size=2**16,
        channel_timeout=60,  # a line that says nothing for so long is closed
        connection_limit=400,
        clear_untrusted_proxy_headers=True,
    )
    return cast("BaseWSGIServer", server)
