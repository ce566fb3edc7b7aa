"""Signing in and out, who may do what, and forms that outlive a session: nothing that a person typed is lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from functools import wraps
from ipaddress import IPv6Address, ip_address, ip_network
from secrets import token_hex
from threading import Lock
from typing import ParamSpec, TypeVar
from urllib.parse import unquote

from flask import (
    Blueprint,
    abort,
    current_app,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.datastructures import MultiDict
from werkzeug.security import check_password_hash, generate_password_hash
from werkzeug.wrappers import Response

from collector.web.site import Site, Visitor, site, visitor
from storage.bulk import seconds
from storage.operations import people
from storage.operations.people import Person, Role

PAGE = Blueprint("signing", __name__)

SHORTEST_PASSWORD, LONGEST_PASSWORD = 8, 256
#: The cookie by which a browser is known, where somebody signs in again.
_BROWSER = "baokuan_browser"
#: One password is checked at a time: each check takes 32 MB.
_HASHING = Lock()
#: What a wrong name is checked against, so that it takes as long as a wrong password.
_NOBODY = generate_password_hash("nobody")
#: Fields of a form that are never carried over a new sign-in.
_NOT_CARRIED = ("csrf_token", "password", "again")

#: What is shown to anybody; the screen looks at its token itself.
_OPEN = ("static", "charts", "signing.enter", "screen.show")

P = ParamSpec("P")
R = TypeVar("R")


def needs(role: Role) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """A page that only ``role``, or one above it, may ask for."""

    def guard(page: Callable[P, R]) -> Callable[P, R]:
        @wraps(page)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            if not visitor().may(role):
                abort(403, f"这件事要“{role}”来做，您是“{visitor().role}”。需要时请找管理员")
            return page(*args, **kwargs)

        return guarded

    return guard


def recognise() -> Response | str | tuple[str, int] | None:
    """Who asks; whoever must sign in first is asked to, and what was typed waits."""
    if by_program():
        return None
    g.visitor = _who()
    if g.visitor is not None or request.endpoint in _OPEN:
        return None
    return (
        resume(None) if request.method == "POST" else redirect(url_for("signing.enter", to=_here()))
    )


def _who() -> Visitor | None:
    here = site()
    if not here.guarded:
        return Visitor(here.owner or "本机", "管理员")
    return person_of(here, session) or here.guest()


def person_of(here: Site, session: Mapping[str, object]) -> Visitor | None:
    """Who a session says is asking, if that still stands."""
    name = session.get("name")
    if not isinstance(name, str) or here.is_new:
        return None
    with here.reading() as connection:
        found = people.person(connection, name)
    if found is None or found.added_at != session.get("since"):
        return None  # taken away, or given another password since
    return Visitor(found.name, found.role)


def _here() -> str:
    path = request.full_path.rstrip("?") if request.method == "GET" else request.path
    return f"{request.script_root}{path}"


def inside(address: str) -> str:
    """An address of this page to go on to; the first page where ``address`` leads elsewhere."""
    first = f"{request.script_root}/"
    fine = (
        address.startswith(first)
        and not address.startswith((f"{first}/", f"{first}\\"))
        and ".." not in unquote(address.partition("?")[0]).split("/")
        and address.isprintable()
    )
    return address if fine else first


def resume(_problem: Exception | None) -> Response | str | tuple[str, int]:
    """A form whose session has ended: it is kept in the page, and sent once the person has signed in or says so."""
    if by_script():
        return Response("登录过期了，请刷新这一页，登录后再传", 401, mimetype="text/plain")
    if request.endpoint == "signing.enter":
        to, words = inside(request.form.get("to", "")), "这一页放得太久了，请再输一次"
        return render_template("enter.html", to=to, kept=_kept(request.form), words=words)
    if request.endpoint == "signing.leave":
        return redirect(url_for("signing.enter"))
    if not comes_from_us():  # no click makes a form of ours of what may be another site's
        words = "这一页放得太久了。请回到上一页，刷新后再提交"
        return render_template("problem.html", words=words), 400
    kept = [(n, v) for n, v in request.form.items(multi=True) if n not in _NOT_CARRIED]
    to = inside(f"{request.script_root}{request.path}")
    lost = bool(request.files)
    g.visitor = _who()
    template = "enter.html" if g.visitor is None else "resume.html"
    return render_template(template, to=to, kept=kept, lost=lost)


def by_program() -> bool:
    """Whether a program asks (collector.web.programs): it has a token and no session, and wants no page."""
    path = f"{request.path}/".casefold()
    return request.blueprint == "programs" or path.startswith(("/api/", "/metrics/"))


def by_script() -> bool:
    """Whether the script of the page asks, which wants words rather than a page."""
    return request.headers.get("X-Requested-With") == "fetch"


def comes_from_us() -> bool | None:
    """Whether the browser says that a page of ours sent this; None where it says nothing."""
    origin = request.headers.get("Origin")
    if origin is None:
        return None
    public, host = current_app.config["PUBLIC_ORIGIN"], request.host
    if public and origin == public:
        return True
    return host != current_app.config["PUBLIC_HOST"] and origin == f"{request.scheme}://{host}"


@PAGE.route("/enter", methods=["GET", "POST"])
def enter() -> Response | str | tuple[str, int]:
    """Sign in."""
    here = site()
    to = inside(request.values.get("to", ""))
    kept = _kept(request.form)
    if not here.guarded:
        return redirect(to)
    if request.method == "GET":
        return render_template("enter.html", to=to, kept=kept)
    name = "".join(each for each in request.form.get("name", "").strip()[:64] if each.isprintable())
    password = request.form.get("password", "")[:LONGEST_PASSWORD]
    now = seconds(here.clock())
    with here.writing() as connection:
        found = people.person(connection, name)
        subjects = _subjects(name, found)
        until = people.waits_until(connection, subjects)
        if until > now:
            words = f"密码错的次数太多，请等 {_wait(until - now)}再试"
            return render_template("enter.html", to=to, kept=kept, name=name, words=words), 429
        people.failed(connection, subjects, now)  # until it is known better: many at once are many
    with _HASHING:
        good = check_password_hash(found.password if found else _NOBODY, password)
    if found is None or not good:
        words = "名字或密码不对，请再输一次。忘了密码，请管理员重设"
        return render_template("enter.html", to=to, kept=kept, name=name, words=words), 403
    with here.writing() as connection:
        people.succeeded(connection, subjects)
    session.clear()
    session.permanent = True
    session["name"], session["since"] = found.name, found.added_at
    if kept:
        g.visitor = Visitor(found.name, found.role)
        return _remembered(make_response(render_template("resume.html", to=to, kept=kept)), found)
    return _remembered(redirect(to), found)


def _subjects(name: str, found: Person | None) -> tuple[str, ...]:
    """Who waits after wrong passwords: the name, and where they come from. A browser that this person has used counts by
    itself: a stranger who goes on giving wrong passwords for a name does not keep its owner out."""
    with suppress(BadSignature):
        known, since, browser = _signer().loads(request.cookies.get(_BROWSER, ""))
        if found is not None and (known, since) == (found.name, found.added_at):
            return (f"browser:{browser}",)
    return (f"name:{name}", f"from:{_neighbourhood(request.remote_addr or '')}")


def _neighbourhood(address: str) -> str:
    """What one person has: an address, of IPv6 a network of 64 bits."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv6Address) and found.ipv4_mapped is None:
        return str(ip_network((found, 64), strict=False))
    return str(getattr(found, "ipv4_mapped", None) or found)


def _remembered(answer: Response, someone: Person) -> Response:
    """The browser is known to be this person's. It opens nothing by that."""
    value = _signer().dumps((someone.name, someone.added_at, token_hex(8)))
    answer.set_cookie(
        _BROWSER,
        value,
        max_age=timedelta(days=400),
        path=url_for("signing.enter"),
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Strict",
    )
    return answer


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or b"", salt="browser")


def _kept(form: MultiDict[str, str]) -> list[tuple[str, str]]:
    """The fields of a form that waits, as the page of signing in carries them."""
    return [
        (n.removeprefix("kept:"), v) for n, v in form.items(multi=True) if n.startswith("kept:")
    ]


def _wait(left: int) -> str:
    return f"{left} 秒" if left < 60 else f"{-(-left // 60)} 分钟"


@PAGE.post("/leave")
def leave() -> Response:
    """Sign out."""
    session.clear()
    return redirect(url_for("signing.enter"))


def hashed(password: str, again: str) -> str:
    """The hash of a password that was typed twice. Raises ValueError, in Chinese."""
    if password != again:
        raise ValueError("两次输入的密码不一样，请重新输入")
    if len(password) < SHORTEST_PASSWORD:
        raise ValueError(f"密码至少 {SHORTEST_PASSWORD} 个字符")
    if len(password) > LONGEST_PASSWORD:
        raise ValueError(f"密码最多 {LONGEST_PASSWORD} 个字符")
    return generate_password_hash(password)
