"""导入: files are handed in, looked at, taken over or left; earlier imports can be withdrawn."""

from __future__ import annotations

import re

from flask import (
    Blueprint,
    Response,
    abort,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response as Answer

from collector.intake.naming import alike
from collector.web.desk import desk
from collector.web.handing import hand_in
from collector.web.showing import Listing, led, moment, page, reading_cells, whole
from collector.web.signing import needs
from collector.web.site import site, visitor
from reports.section import Link
from storage.operations import attempts, uploads
from storage.operations.uploads import Upload
from storage.views.history import StoredReading
from storage.writing import changes
from storage.writing.changes import Act, Mistaken

PAGE = Blueprint("imports", __name__, url_prefix="/import")

STATES = {
    "waiting": "正在看……",
    "ready": "可以接收",
    "asked": "请选账号",
    "taking": "正在读入……",
    "done": "已读入",
    "failed": "读不了",
    "left": "没有接收",
}
#: Earlier imports that are shown.
EARLIER = 200


@PAGE.get("/")
def show() -> Response | str:
    with site().reading() as connection:
        found = attempts.recent(connection, EARLIER)
    return page("imports.html", _earlier(found), **_rows())


@PAGE.get("/list")
def rows() -> str:
    """The files alone, for the page that looks again every few seconds."""
    return render_template("uploads.html", **_rows())


def _rows() -> dict[str, object]:
    with site().reading() as connection:
        there = uploads.uploads(connection, most=300)
    at_work = (
        sum(each.state in ("waiting", "taking") for each in there) + desk().run_wanted.is_set()
    )
    return {
        "files": [(each, _choices(each)) for each in there if each.state != "asked"],
        "asked": [(group, _choices(group[0])) for group in _alike(there)],
        "count": len(there),
        "names": site().config.names,
        "states": STATES,
        "ready": sum(each.state == "ready" for each in there),
        "at_work": at_work,
        "passing": desk().run_wanted.is_set(),
        "passed": desk().run_told,
    }


def _alike(there: list[Upload]) -> list[list[Upload]]:
    """The files whose account a person must say, those of one kind together: one answer may do for all."""
    groups: dict[tuple[str, str], list[Upload]] = {}
    for each in there:
        if each.state == "asked":
            groups.setdefault((each.fits, alike(each.name)), []).append(each)
    return list(groups.values())


def _choices(each: Upload) -> list[tuple[str, str]]:
    """The accounts that a person may choose for a file, the likely ones first."""
    fits = each.fits.split()
    order = {name: at for at, name in enumerate(fits)}
    accounts = sorted(site().config.accounts, key=lambda account: order.get(account.id, len(fits)))
    return [(account.id, account.name) for account in accounts]


def _earlier(found: list[StoredReading]) -> Listing:
    table = [
        (
            *reading_cells(each),
            _remark(each),
            Link("撤回", url_for("imports.ask", attempt=each.attempt_id))
            if each.withdrawn_at is None and (each.posts or each.figures)
            else "",
        )
        for each in found
    ]
    return Listing(
        id="earlier",
        title="以前的导入",
        headings=("时间", "账号", "来源", "结果", "作品", "其中新的", "说明", ""),
        rows=table,
        empty="还没有导入过。",
    )


def _remark(each: StoredReading) -> str:
    if each.withdrawn_at is not None:
        return f"已于 {moment(each.withdrawn_at)} 撤回：{each.withdrawn_reason}"
    return each.problem or ""


@PAGE.post("/files")
@needs("编辑")
def take_in() -> Answer:
    """Files for the desk."""
    return hand_in(
        lambda stream, name: desk().receive(stream, name, visitor().name), url_for(".show")
    )


@PAGE.post("/now")
@needs("编辑")
def collect_now() -> Answer:
    """A pass over the inbox and the pages that are due."""
    desk().run_wanted.set()
    desk().hurry.set()
    return redirect(url_for(".show"))


@PAGE.post("/take")
@needs("编辑")
def take() -> Answer:
    """Take over one file, or all that are ready."""
    with site().writing() as connection:
        there = uploads.uploads(connection, ("ready",)) if "number" not in request.form else _one()
        taken = sum(
            uploads.change(connection, each.upload_id, ("ready",), state="taking") for each in there
        )
    desk().hurry.set()
    if not taken:
        return led("没有可以接收的文件（也许别人已经接收了）", "bad")
    return led(f"正在读入 {taken} 个文件")


@PAGE.post("/whose")
@needs("编辑")
def say_whose() -> Answer:
    """A person says whose a file is, or several alike; each is looked at again and kept for that account."""
    account = site().config.account(request.form.get("account", ""))
    if account is None:
        return abort(400, "没有这个账号")
    was, why = ("asked", "ready", "failed"), f"{visitor().name}选的"
    numbers = [
        int(each) for each in request.form.getlist("number") if re.fullmatch("[0-9]{1,9}", each)
    ]
    with site().writing() as connection:
        changed = sum(
            uploads.change(connection, each, was, state="waiting", account=account.id, why=why)
            for each in numbers
        )
    desk().hurry.set()
    if changed < len(numbers):
        return led(f"有 {len(numbers) - changed} 个文件别人已经处理了", "bad")
    return redirect(url_for(".show"))


@PAGE.post("/leave")
@needs("编辑")
def leave() -> Answer:
    """Leave a file that is not being read: its bytes go, that it was there stays on record."""
    number = whole(request.form, "number", 0)
    with site().writing() as connection:
        left = uploads.change(
            connection, number, ("waiting", "ready", "asked", "failed"), state="left"
        )
    if not left:
        return led("这个文件已经在读入，或别人已经处理了", "bad")
    desk().forget(number)
    return redirect(url_for(".show"))


def _one() -> list[Upload]:
    with site().reading() as connection:
        found = uploads.upload(connection, whole(request.form, "number", 0))
    return [] if found is None else [found]


@PAGE.get("/withdraw/<int:attempt>")
@needs("管理员")
def ask(attempt: int) -> Response | str:
    """Ask before an import is withdrawn."""
    with site().reading() as connection:
        found = attempts.by_number(connection, attempt)
    if not found:
        return abort(404, "没有这次导入，或已经撤回")
    return page("withdraw.html", each=found[0])


@PAGE.post("/withdraw/<int:attempt>")
@needs("管理员")
def withdraw(attempt: int) -> Answer:
    reason = request.form.get("reason", "").strip() or "未说明"
    try:
        with site().writing() as connection:
            act = Act(author=visitor().name, reason=reason, now=site().clock())
            touched = changes.retract(connection, [attempt], act)
    except Mistaken as problem:
        return led(str(problem), "bad")
    return led(f"已撤回，涉及 {touched} 篇作品。改好的文件可以重新导入")
