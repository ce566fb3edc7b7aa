"""设置: who may use the page, what config.toml says, backups, and how the service is."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response, abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from adapters import platforms
from collector.care import backup_database, backups, put_back
from collector.service.service_status import lines, service_status
from collector.web import signing
from collector.web.showing import Listing, led, page
from collector.web.signing import needs
from collector.web.site import site, visitor
from reports.section import Link
from storage.bulk import seconds
from storage.operations import people, tokens
from storage.operations.people import ROLES, Person, Role

_OWNERS = {"ours": "本单位", "peer": "同行", "outlet": "外部媒体"}

PAGE = Blueprint("settings", __name__, url_prefix="/settings")


@PAGE.get("/")
def show() -> Response | str:
    """Who may sign in, and config.toml with its addresses, are for those who look after them."""
    here, found, text = site(), [], ""
    if visitor().may("管理员"):
        with here.reading() as connection:
            found = people.people(connection)
        text = here.text
    with here.reading() as connection:
        service = service_status(here.engine, connection, here.config, here.clock())
    return page(
        "settings.html",
        _accounts(),
        _backups(),
        people=found,
        roles=ROLES,
        service=list(lines(service, here.clock())),
        config_text=text,
        config_path=here.config_path.name,
    )


def _accounts() -> Listing:
    rows = [
        (each.id, each.name, platforms.NAMES[each.platform], each.group or "—", _OWNERS[each.owner])
        for each in site().config.accounts
    ]
    return Listing(
        id="accounts", title="账号", headings=("id", "名称", "平台", "分组", "归属"), rows=rows
    )


def _backups() -> Listing:
    """The backups that lie in their folder, the newest first."""
    rows = [
        (
            each.name,
            f"{each.stat().st_size / 2**20:.1f} MB",
            Link("恢复", url_for("settings.ask", name=each.name)),
        )
        for each in backups(site().config)
    ]
    return Listing(
        id="backups",
        title="备份",
        headings=("文件", "大小", ""),
        rows=rows[:30],
        empty="还没有备份。服务每天夜里自动备份一次，也可以按“马上备份”。",
    )


@PAGE.get("/restore/<name>")
@needs("管理员")
def ask(name: str) -> Response | str:
    """Ask before a backup takes the place of the database."""
    return page("restore.html", name=_backup(name).name)


@PAGE.post("/restore/<name>")
@needs("管理员")
def put_back_one(name: str) -> Answer:
    """Put a backup back. The page lets go of the database first, and opens it again when it is next asked."""
    here, source = site(), _backup(name)
    here.close()
    for line in put_back(here.config, source, here.clock(), lambda: None):
        flash(line, "good")
    return redirect(url_for(".show"))


def _backup(name: str) -> Path:
    """The backup of that name; a name from a request is compared and leads nowhere by itself."""
    found = next((each for each in backups(site().config) if each.name == name), None)
    return abort(404, "没有这个备份") if found is None else found


@PAGE.post("/people")
@needs("管理员")
def put_person() -> Answer:
    """Add a person, or give a known one another role and password."""
    name = request.form.get("name", "").strip()
    role = _role(request.form.get("role", ""))
    if not name or len(name) > 32 or not name.isprintable():
        return led("请写名字，不超过 32 个字", "bad")
    try:
        password = signing.hashed(request.form.get("password", ""), request.form.get("again", ""))
    except ValueError as problem:
        return led(str(problem), "bad")
    here = site()
    someone = Person(
        name=name,
        role=role,
        password=password,
        added_at=seconds(here.clock()),
        added_by=visitor().name,
    )
    with here.writing() as connection:
        if role != "管理员" and _is_last(people.people(connection), name):
            return led(_LAST, "bad")
        people.put(connection, someone)
    return led(f"已保存“{name}”（{role}）")


_LAST = "这是最后一个管理员，请先另设一个管理员"


def _is_last(everyone: list[Person], name: str) -> bool:
    """Whether ``name`` is the only one left who may add people."""
    return [each.name for each in everyone if each.role == "管理员"] == [name]


@PAGE.post("/people/remove")
@needs("管理员")
def remove_person() -> Answer:
    name = request.form.get("name", "")
    with site().writing() as connection:
        if _is_last(people.people(connection), name):
            return led(_LAST, "bad")
        people.remove(connection, name)
    return led(f"“{name}”不能再登录了")


def _role(text: str) -> Role:
    found = next((each for each in ROLES if each == text), None)
    return abort(400, "请选一个角色") if found is None else found


@PAGE.post("/backup")
@needs("编辑")
def back_up() -> Answer:
    """Back the database up now."""
    here = site()
    return led(backup_database(here.engine, here.config, here.clock()).words)


# ── the screens on a wall ──

LONGEST_NAME = 40


@PAGE.get("/walls/")
@needs("管理员")
def show_walls() -> Response | str:
    """The screens on a wall: each has an address of its own, which can be taken back."""
    return _walls("")


@PAGE.post("/walls/")
@needs("管理员")
def add_wall() -> Answer | str:
    """Make the address of a screen. It is shown once: only a hash of it is kept."""
    name = request.form.get("name", "").strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        return led(
            f"请写这块屏在哪里，不超过 {LONGEST_NAME} 个字，如“一楼大厅”", "bad", ".show_walls"
        )
    here = site()
    with here.writing() as connection:
        made_at = seconds(here.clock())
        token = tokens.add(connection, name, "screen", at=made_at, by=visitor().name)
    made = _walls(url_for("screen.show", token=token, _external=True))
    return made if isinstance(made, str) else redirect(url_for(".show_walls"))


@PAGE.post("/walls/revoke")
@needs("管理员")
def revoke_wall() -> Answer:
    here = site()
    with here.writing() as connection:
        done = tokens.revoke(
            connection,
            request.form.get("wall", ""),
            at=seconds(here.clock()),
            by=visitor().name,
        )
    told = ("已收回，那块屏一分钟内就看不到了", "good") if done else ("它已经收回了", "bad")
    return led(*told, ".show_walls")


def _walls(address: str) -> Response | str:
    with site().reading() as connection:
        found = tokens.tokens(connection, "screen")
    return page("walls.html", walls=found, address=address, longest=LONGEST_NAME)
