"""Signing in and out, who may do what, and forms that outlive a session: nothing that a person typed is lost."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import Blueprint, abort, g, redirect, render_template, request, session, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.security import check_password_hash, generate_password_hash
from werkzeug.wrappers import Response

from collector.web.site import Visitor, site, visitor
from storage.bulk import seconds
from storage.operations import people
from storage.operations.people import Role

PAGE = Blueprint("signing", __name__)

SHORTEST_PASSWORD = 8
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


def recognise() -> Response | str | None:
    """Who asks; whoever must sign in first is asked to, and what was typed waits."""
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
    name = session.get("name")
    if not isinstance(name, str) or here.is_new:
        return None
    with here.reading() as connection:
        found = people.person(connection, name)
    if found is None or found.added_at != session.get("since"):
        return None  # taken away, or given another password since
    return Visitor(found.name, found.role)


def _here() -> str:
    return request.full_path.rstrip("?") if request.method == "GET" else request.path


def inside(address: str) -> str:
    """An address of this page to go on to; the first page where ``address`` leads elsewhere."""
    fine = (
        address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()
    )
    return address if fine else "/"


def resume(_problem: Exception | None) -> Response | str:
    """A form whose session has ended: it is kept in the page, and sent once the person has signed in or says so."""
    kept = [(n, v) for n, v in request.form.items(multi=True) if n not in _NOT_CARRIED]
    to = inside(request.path)
    lost = bool(request.files)
    if _who() is None:
        return render_template("enter.html", to=to, kept=kept, lost=lost)
    g.visitor = _who()
    return render_template("resume.html", to=to, kept=kept, lost=lost)


@PAGE.route("/enter", methods=["GET", "POST"])
def enter() -> Response | str | tuple[str, int]:
    """Sign in."""
    here = site()
    to = inside(request.values.get("to", "/"))
    kept = _kept(request.form)
    if not here.guarded:
        return redirect(to)
    if request.method == "GET":
        return render_template("enter.html", to=to, kept=kept)
    name, password = (
        request.form.get("name", "").strip()[:64],
        request.form.get("password", "")[:256],
    )
    subjects = (f"name:{name}", f"from:{request.remote_addr}")
    now = seconds(here.clock())
    with here.writing() as connection:
        until = people.waits_until(connection, subjects)
        if until > now:
            words = f"密码错的次数太多，请等 {_wait(until - now)}再试"
            return render_template("enter.html", to=to, kept=kept, name=name, words=words), 429
        found = people.person(connection, name)
        good = check_password_hash(found.password if found else _NOBODY, password)
        if found is None or not good:
            people.failed(connection, subjects, now)
            words = "名字或密码不对，请再输一次。忘了密码，请管理员重设"
            return render_template("enter.html", to=to, kept=kept, name=name, words=words), 403
        people.succeeded(connection, subjects)
    session.clear()
    session.permanent = True
    session["name"], session["since"] = found.name, found.added_at
    if kept:
        g.visitor = Visitor(found.name, found.role)
        return render_template("resume.html", to=to, kept=kept, lost=False)
    return redirect(to)


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
    return generate_password_hash(password)
