"""The screens on a wall: each gets an address of its own from a 管理员, which can be taken back."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from collector.web.showing import page
from collector.web.signing import needs
from collector.web.site import site, visitor
from storage.bulk import seconds
from storage.operations import walls

PAGE = Blueprint("walls", __name__, url_prefix="/settings/walls")

LONGEST_NAME = 40


@PAGE.get("/")
@needs("管理员")
def show() -> Response | str:
    return _page("")


@PAGE.post("/")
@needs("管理员")
def add() -> Answer | str:
    """Make the address of a screen. It is shown once: only a hash of it is kept."""
    name = request.form.get("name", "").strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        flash(f"请写这块屏在哪里，不超过 {LONGEST_NAME} 个字，如“一楼大厅”", "bad")
        return redirect(url_for(".show"))
    here = site()
    with here.writing() as connection:
        token = walls.add(connection, name, at=seconds(here.clock()), by=visitor().name)
    made = _page(url_for("screen.show", token=token, _external=True))
    return made if isinstance(made, str) else redirect(url_for(".show"))


@PAGE.post("/revoke")
@needs("管理员")
def revoke() -> Answer:
    here = site()
    with here.writing() as connection:
        done = walls.revoke(
            connection,
            request.form.get("wall", ""),
            at=seconds(here.clock()),
            by=visitor().name,
        )
    flash(*(("已收回，那块屏一分钟内就看不到了", "good") if done else ("它已经收回了", "bad")))
    return redirect(url_for(".show"))


def _page(address: str) -> Response | str:
    with site().reading() as connection:
        found = walls.walls(connection)
    return page("walls.html", walls=found, address=address, longest=LONGEST_NAME)
